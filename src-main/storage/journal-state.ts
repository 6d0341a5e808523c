import { closeSync, existsSync, fsyncSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { files } from '../files.ts';
import { z } from 'zod';
import { sealJson, unsealJson } from './sealed-json.ts';

/**
 * What is known of a database while nobody has it open, in a small file beside it. SQLite keeps no checksums: without this,
 * a bit that changed in a text, and a log that is gone or is not this file's, would pass.
 */
const schema = z.object({
  version: z.literal(1),
  /** open: in use, so that there must be a log after a crash. closing: its last moments. closed: everything is in the file. */
  phase: z.enum(['open', 'closing', 'closed']),
  /** `user_version` of the database. */
  schema: z.number().int().min(0),
  pageSize: z.number().int().min(0).default(0),
  /** Milliseconds, as the file system has them. */
  changedAt: z.number().default(0),
  size: z.number().default(0),
  /** CRC-32 of each page, four bytes each, as base64. */
  sums: z.string().default(''),
  /** The backup that holds all of it. */
  backup: z.string().nullable().default(null),
});
export type JournalState = z.infer<typeof schema>;

const stateFile = (file: string) => `${file}.state`;

/** Reads what is known; null when there is nothing, or nothing that can be believed. */
export function readState(file: string): JournalState | null {
  const path = stateFile(file);
  if (!existsSync(path)) return null;
  const read = unsealJson(readFileSync(path), schema);
  return read.state === 'ready' ? read.value : null;
}

export function forgetState(file: string): void {
  files.removeSync(stateFile(file));
}

/** From now on the file is in use. */
export function noteOpen(file: string, version: number): void {
  write(file, { version: 1, phase: 'open', schema: version });
}

/** It is about to be closed: a log that is missing from here on is no loss. */
export function noteClosing(file: string, version: number): void {
  write(file, { version: 1, phase: 'closing', schema: version });
}

/**
 * Everything is in the file and no log beside it: keeps a sum of each page. `backup` is the one that holds the same, made and
 * checked before this.
 */
export function noteClosed(file: string, version: number, backup: string): void {
  if (existsSync(`${file}-wal`)) return;
  const { pageSize, sums } = sumsOf(file);
  const { size, mtimeMs: changedAt } = statSync(file);
  write(file, {
    ...{ version: 1, phase: 'closed', schema: version, pageSize, size, changedAt, backup },
    sums: sums.toString('base64'),
  });
}

/** How a file that was closed is found again. */
export type Found =
  | { readonly kind: 'same' }
  /** Another program wrote it since: it is to be judged by what is in it. */
  | { readonly kind: 'written' }
  /** The disk did not keep these pages: nobody wrote the file, and they are not what they were. */
  | { readonly kind: 'decayed'; readonly pages: ReadonlySet<number> };

/** Compares a file with what was noted when it was closed. */
export function compare(file: string, state: JournalState): Found {
  const { size, mtimeMs } = statSync(file);
  const { sums } = sumsOf(file, state.pageSize);
  const noted = Buffer.from(state.sums, 'base64');
  if (size === state.size && sums.equals(noted)) return { kind: 'same' };
  // Some programs that put times back do so in whole milliseconds.
  if (Math.abs(mtimeMs - state.changedAt) >= 2) return { kind: 'written' };
  const pages = new Set<number>();
  for (let page = 0; page * 4 < Math.max(sums.length, noted.length); page += 1)
    if (!sums.subarray(page * 4, page * 4 + 4).equals(noted.subarray(page * 4, page * 4 + 4)))
      pages.add(page + 1);
  return { kind: 'decayed', pages };
}

function sumsOf(file: string, wanted = 0): { pageSize: number; sums: Buffer } {
  const bytes = readFileSync(file);
  const pageSize = wanted || (bytes.length >= 18 ? bytes.readUInt16BE(16) : 0) || 4_096;
  const sums = Buffer.alloc(Math.ceil(bytes.length / pageSize) * 4);
  for (let at = 0; at * pageSize < bytes.length; at += 1)
    sums.writeUInt32BE(crc32(bytes.subarray(at * pageSize, (at + 1) * pageSize)), at * 4);
  return { pageSize, sums };
}

function write(file: string, state: Partial<JournalState>): void {
  const temporary = `${stateFile(file)}.tmp`;
  const handle = openSync(temporary, 'w', 0o600);
  try {
    writeSync(handle, sealJson(state));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  files.moveSync(temporary, stateFile(file));
}
