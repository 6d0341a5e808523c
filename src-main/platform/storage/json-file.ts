import { open, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { diskTrouble } from '../../contract/disk-trouble.ts';
import { Failure, failure } from '../../contract/errors.ts';
import { files } from '../files.ts';
import { sealJson, unsealJson, type Unsealed } from './sealed-json.ts';

/**
 * What reading a small file found. `restored` is the last good copy, used because the file was damaged or gone;
 * `damaged` means that the copy was lost too. What was damaged was moved to `keptAs`, when it could be.
 */
export type JsonFile<T> =
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'absent' }
  | { readonly state: 'restored'; readonly value: T; readonly keptAs: string | null }
  | { readonly state: 'damaged'; readonly keptAs: string | null };

type Read<T> = Exclude<Unsealed<T>, { readonly state: 'newer' }> | { readonly state: 'absent' };

/** Where the last good copy of a small file is. */
export const copyOf = (file: string): string => `${file}.copy`;

/**
 * Reads and validates a small JSON file, or its last good copy. What cannot be understood is moved aside, never overwritten.
 * Rejects with `storage` when the disk refuses, and with `storage-newer` for a file of a newer version, which is left as it is.
 */
export async function readJsonFile<S extends z.ZodObject>(
  file: string,
  schema: S,
): Promise<JsonFile<z.infer<S>>> {
  const main = await readOne(file, schema);
  if (main.state === 'ready') {
    await keepCopy(file);
    return main;
  }
  const copy = await readOne(copyOf(file), schema);
  const keptAs = main.state === 'damaged' ? await moveAside(file) : null;
  if (copy.state === 'ready') {
    await writeJsonFile(file, copy.value as Record<string, unknown>).catch(() => undefined);
    return { state: 'restored', value: copy.value, keptAs };
  }
  if (copy.state === 'damaged') await moveAside(copyOf(file));
  return main.state === 'absent' && copy.state === 'absent' ? main : { state: 'damaged', keptAs };
}

const writes = new Map<string, Promise<void>>();

/**
 * Writes sealed JSON so that a crash leaves the old file or the new one, never half of one, then its copy. Mode 0600.
 * Rejects with `storage` when the disk refuses: the old file is then as it was, and nothing is left beside it.
 */
export function writeJsonFile(file: string, value: Readonly<Record<string, unknown>>): Promise<void> {
  return inTurn(file, async () => {
    const text = sealJson(value);
    await replaceFile(file, text);
    // The file is written: a copy that could not be is made at the next start.
    await replaceFile(copyOf(file), text).catch(() => undefined);
  });
}

/** Replaces a file by one with this content, whole or not at all. */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    // 0600: only this person may read it. Windows knows no such mode; there the folder of the profile, which only this
    // person, administrators and the system may open, does the same.
    const handle = await open(temporary, 'w', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await files.move(temporary, file);
  } catch (thrown) {
    await files.remove(temporary).catch(() => undefined);
    throw diskFailure(thrown);
  }
}

/** Removes what a process that was killed in the middle of a write left in a folder that belongs to this one. */
export async function removeLeftOvers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const left = names.filter((name) => /\.json(\.copy)?\.\d+\.tmp$/.test(name));
  for (const name of left.filter((one) => !one.includes(`.${process.pid}.`)))
    await files.remove(path.join(folder, name)).catch(() => undefined);
}

/** One write of a file at a time, in the order they were asked for. */
function inTurn(file: string, work: () => Promise<void>): Promise<void> {
  const before = writes.get(file) ?? Promise.resolve();
  const next = before.catch(() => undefined).then(work);
  writes.set(file, next);
  return next;
}

async function readOne<S extends z.ZodObject>(file: string, schema: S): Promise<Read<z.infer<S>>> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { state: 'absent' };
    throw diskFailure(error);
  }
  const read = unsealJson(bytes, schema);
  if (read.state !== 'newer') return read;
  throw failure(
    'storage-newer',
    `The file ${path.basename(file)} was made by a newer version of Numberdesk.`,
    'Install the newest version. It was left as it is.',
  );
}

/** A file without a copy (of a version that made none) gets one; a copy that differs is replaced. */
async function keepCopy(file: string): Promise<void> {
  await inTurn(file, async () => {
    const bytes = await readFile(file);
    const copy = await readFile(copyOf(file)).catch(() => null);
    if (!copy?.equals(bytes)) await replaceFile(copyOf(file), bytes);
  }).catch(() => undefined);
}

async function moveAside(file: string): Promise<string | null> {
  const movedTo = `${file}.damaged-${Date.now()}`;
  return files.move(file, movedTo).then(
    () => movedTo,
    () => null,
  );
}

function diskFailure(thrown: unknown): unknown {
  const error = diskTrouble(thrown);
  return error ? new Failure(error, { cause: thrown }) : thrown;
}
