import { open, readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { files } from '../files.ts';

/** What reading a settings file found. `damaged` files were moved to `movedTo` and are not lost. */
export type JsonFile<T> =
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'absent' }
  | { readonly state: 'damaged'; readonly movedTo: string };

/** Reads and validates a small JSON file. One that cannot be understood is moved aside, never overwritten. */
export async function readJsonFile<T>(file: string, schema: z.ZodType<T>): Promise<JsonFile<T>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { state: 'absent' };
    throw error;
  }
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return { state: 'ready', value: parsed.data };
  const movedTo = `${file}.damaged-${Date.now()}`;
  await files.move(file, movedTo);
  return { state: 'damaged', movedTo };
}

const writes = new Map<string, Promise<void>>();

/** Writes JSON so that a crash leaves the old file or the new one, never half of one. Mode 0600. */
export function writeJsonFile(file: string, value: unknown): Promise<void> {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  const before = writes.get(file) ?? Promise.resolve();
  const next = before.catch(() => undefined).then(() => replace(file, text));
  writes.set(file, next);
  return next;
}

async function replace(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    // 0600: only this person may read it. Windows knows no such mode; there the folder of the profile, which only this
    // person, administrators and the system may open, does the same.
    const handle = await open(temporary, 'w', 0o600);
    try {
      await handle.writeFile(text, 'utf8');
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    await files.remove(temporary).catch(() => undefined);
    throw thrown;
  }
  await files.replace(temporary, file);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
