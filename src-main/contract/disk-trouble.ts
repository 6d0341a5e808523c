import type { AppError } from './app-error.ts';

type Kind = 'full' | 'read-only' | 'not-allowed' | 'broken' | 'not-there';

/** What the system (`errno` names) and SQLite (its texts) say when a file cannot be written or read. */
const byCode: Readonly<Record<string, Kind>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EFBIG: 'full',
  EROFS: 'read-only',
  EACCES: 'not-allowed',
  EPERM: 'not-allowed',
  EIO: 'broken',
  EBUSY: 'not-allowed',
  EMFILE: 'broken',
  ENFILE: 'broken',
  ENOTDIR: 'not-there',
  EISDIR: 'not-there',
  ENAMETOOLONG: 'not-there',
};
const byText: readonly (readonly [RegExp, Kind])[] = [
  [/disk is full|SQLITE_FULL/i, 'full'],
  [/readonly database|SQLITE_READONLY/i, 'read-only'],
  [/disk I\/O|SQLITE_IOERR/i, 'broken'],
  [/unable to open database|SQLITE_CANTOPEN/i, 'not-there'],
];
const words: Readonly<Record<Kind, readonly [message: string, action: string]>> = {
  full: ['the disk is full.', 'Free some space and try again.'],
  'read-only': ['the data folder is read-only.', 'Make it writable and try again.'],
  'not-allowed': [
    'the system does not allow it.',
    'Check the permissions of the data folder, and whether another program holds its files, then try again.',
  ],
  broken: ['the disk reports an error.', 'Check the disk, then restart Numberdesk.'],
  'not-there': [
    'the data folder cannot be opened.',
    'Check that it exists and may be written, then restart Numberdesk.',
  ],
};

/**
 * The error a person sees when the disk refuses, the same for the list, the journal and every small file; null when
 * `thrown` is about something else. The text of the system is not repeated: it names folders.
 */
export function diskTrouble(thrown: unknown): AppError | null {
  if (!(thrown instanceof Error)) return null;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  const kind = byCode[code] ?? byText.find(([text]) => text.test(thrown.message))?.[1];
  if (kind === undefined) return null;
  const [message, action] = words[kind];
  return {
    code: kind === 'full' ? 'storage-full' : 'storage',
    message: `Numberdesk cannot write its data: ${message}`,
    action,
    retryable: true,
  };
}
