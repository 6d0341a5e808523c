/** Why a start did not come about, in a sentence. */
import { accessSync, constants, mkdirSync } from 'node:fs';
import { diskTrouble } from '../contract/disk-trouble.ts';
import { Failure, failure, toAppError, type AppError } from '../contract/errors.ts';

/** What is wrong with the command line. Its text is ours or that of Node's own parser: a sentence either way. */
export class UsageError extends Error {}

const otherFolder = 'Choose another folder with --data-dir, or make this one usable.';
const folderTrouble: Readonly<Record<string, string>> = {
  EEXIST: 'it is a file',
  ENOTDIR: 'a part of the path is a file',
  EACCES: 'it may not be written',
  EPERM: 'it may not be written',
  EROFS: 'its disk is read-only',
  ENOSPC: 'its disk is full',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its links go round in a circle',
  ENOENT: 'its drive or a part of the path is not there',
  ENODEV: 'its drive is not there',
  EINVAL: 'its name is not allowed here',
  ERR_INVALID_ARG_VALUE: 'its name is not allowed here',
};

/** Makes the data folder where it is not there. Throws a `storage` failure that names the folder and what is wrong with it. */
export function makeDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.R_OK | constants.W_OK);
  } catch (thrown) {
    const why = folderTrouble[codeOf(thrown)];
    throw failure(
      'storage',
      `The data folder ${folder} cannot be used${why ? `: ${why}` : ''}.`,
      otherFolder,
      { cause: thrown },
    );
  }
}

/** A server that cannot listen, as a failure; other errors as they are. */
export function portTrouble(thrown: unknown, port: number): unknown {
  const code = codeOf(thrown);
  const other = 'Choose another one with --port, or leave it out for any free one.';
  if (code === 'EADDRINUSE')
    return failure('invalid-input', `Port ${port} is used by another program.`, other);
  if (code === 'EACCES')
    return failure('invalid-input', `Port ${port} may not be used by this person.`, other);
  return thrown;
}

/** What is said when a start fails: never a stack trace. */
export function startTrouble(thrown: unknown): AppError {
  if (thrown instanceof Failure) return thrown.error;
  if (isUsage(thrown))
    return { code: 'invalid-input', message: ended(thrown.message), action: 'Try --help.', retryable: false };
  return diskTrouble(thrown) ?? toAppError(thrown);
}

/** Node's parser of command lines has codes of its own. */
function isUsage(thrown: unknown): thrown is Error {
  return thrown instanceof UsageError || codeOf(thrown).startsWith('ERR_PARSE_ARGS');
}

function codeOf(thrown: unknown): string {
  const code = (thrown as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

function ended(text: string): string {
  const line = text.split('\n', 1)[0]?.trim() ?? '';
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
