import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { Failure, toAppError, type AppError } from '../contract/errors.ts';
import { files } from '../platform/files.ts';
import { replaceFile } from '../platform/storage/json-file.ts';
import { sealJson, unsealJson } from '../platform/storage/sealed-json.ts';
import { transferFolder } from './transfers.ts';

/** A file that takes the place of another; what was there is kept under `aside`. Paths are below the data folder. */
export type Move = { readonly from: string; readonly to: string; readonly aside: string };

const inside = z
  .string()
  .regex(/^[A-Za-z0-9._/-]+$/)
  .refine((name) => !name.split('/').includes('..') && !name.startsWith('/'));
const commitSchema = z.object({
  version: z.literal(1),
  what: z.enum(['restore', 'account']).default('restore'),
  moves: z.array(z.object({ from: inside, to: inside, aside: inside })),
});
/** What files are put in their places for: a backup that is restored, or an account that is moved or joined. */
export type Committed = z.infer<typeof commitSchema>['what'];

const halfDone: Readonly<Record<Committed, readonly [done: string, it: string]>> = {
  restore: ['The restore is half done.', 'the restore'],
  account: ['The change of this account is half done.', 'it'],
};
const commitName = 'commit.json';
/**
 * What stands beside a database and is about it: its log, what is known of its pages, its own backups. It goes where the database
 * goes, before it: beside another one it would be wrong.
 */
const beside = /^(-shm|-wal|-journal|\.state|\.backup-[0-9a-f-]+)$/;
/** Copies that are older than what is kept aside itself. */
const older = /^\.backup-/;

/** What could neither be finished nor taken back: nothing may be opened before the next start has finished it. */
export class HalfDone extends Failure {
  constructor({ message }: AppError, what: Committed) {
    const [done, it] = halfDone[what];
    super({
      code: 'storage',
      message: `${message} ${done}`,
      action: `Restart Numberdesk: it finishes ${it} first.`,
      retryable: false,
    });
  }
}

/**
 * Puts prepared files in their places, all or none. From the moment `commit.json` is written the restore counts: a process that
 * is killed from then on has it finished by the next start. When a file cannot be moved, those that were are moved back, and
 * the rejection is why.
 */
export async function commitMoves(
  dataDir: string,
  folder: string,
  moves: readonly Move[],
  what: Committed = 'restore',
): Promise<void> {
  const commit = path.join(folder, commitName);
  // Of an older restore: it must not be taken for what this one puts aside.
  for (const { aside } of moves)
    for (const file of await withBeside(path.join(dataDir, aside))) await files.remove(file);
  await replaceFile(commit, sealJson({ version: 1, what, moves }));
  const done: Move[] = [];
  try {
    for (const move of moves) {
      done.push(move);
      await perform(dataDir, move);
    }
    await removeOlder(dataDir, moves);
  } catch (thrown) {
    try {
      for (const move of done.reverse()) await takeBack(dataDir, move);
      await files.remove(commit);
    } catch (second) {
      throw new HalfDone(toAppError(second), what);
    }
    throw thrown;
  }
}

/** Finishes what was interrupted, and removes what else was on its way. Resolves with what there was to finish; null for nothing. */
export async function finishCommits(dataDir: string): Promise<Committed | null> {
  const all = transferFolder(dataDir);
  let finished: Committed | null = null;
  for (const name of await readdir(all).catch(() => [])) {
    const bytes = await readFile(path.join(all, name, commitName)).catch(() => null);
    const read = bytes && unsealJson(bytes, commitSchema);
    if (read?.state !== 'ready') continue;
    for (const move of read.value.moves) await perform(dataDir, move);
    await removeOlder(dataDir, read.value.moves);
    finished = read.value.what;
  }
  // What somebody holds is removed by the next start: a restore that is finished finds nothing to do then.
  await files.remove(all).catch(() => undefined);
  return finished;
}

async function perform(dataDir: string, move: Move): Promise<void> {
  const at = (name: string) => path.join(dataDir, name);
  // Done already, by a process that did not come to its end.
  if (!(await exists(at(move.from)))) return;
  await mkdir(path.dirname(at(move.aside)), { recursive: true });
  await mkdir(path.dirname(at(move.to)), { recursive: true });
  for (const file of await withBeside(at(move.to)))
    await files.move(file, at(move.aside) + file.slice(at(move.to).length));
  await files.move(at(move.from), at(move.to));
}

async function takeBack(dataDir: string, move: Move): Promise<void> {
  const at = (name: string) => path.join(dataDir, name);
  if (!(await exists(at(move.from))) && (await exists(at(move.to))))
    await files.move(at(move.to), at(move.from));
  for (const file of await withBeside(at(move.aside)))
    await files.move(file, at(move.to) + file.slice(at(move.aside).length));
}

/** A file and what stands beside it and is about it, the file last; only those that are there. */
async function withBeside(file: string): Promise<string[]> {
  const name = path.basename(file);
  const names = await readdir(path.dirname(file)).catch(() => []);
  const found = names.filter((one) => one.startsWith(name) && beside.test(one.slice(name.length)));
  return [...found, ...names.filter((one) => one === name)].map((one) => path.join(path.dirname(file), one));
}

/** The database as it was is kept aside; its own backups, older than that, are not needed besides. */
async function removeOlder(dataDir: string, moves: readonly Move[]): Promise<void> {
  for (const { aside } of moves) {
    const file = path.join(dataDir, aside);
    for (const one of await withBeside(file))
      if (older.test(one.slice(file.length))) await files.remove(one).catch(() => undefined);
  }
}

const exists = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  );
