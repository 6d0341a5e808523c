import { closeSync, existsSync, fsyncSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { files } from '../files.ts';
import { sealJson, unsealed } from './sealed-json.ts';

/**
 * What is known of a database besides what is in it, in a small file beside it. SQLite keeps no checksums: without this, a bit
 * that changed in a text, and a log that is gone or is not this file's, would pass.
 */
export type JournalState = {
  readonly version: 1;
  /** open: in use, so that there must be a log after a crash. closing: its last moments. closed: everything is in the file. */
  readonly phase: 'open' | 'closing' | 'closed';
  /** `user_version` of the database. */
  readonly schema: number;
  /** Of the pages: bytes of each, the file's time (milliseconds) and size, and CRC-32 of each, four bytes, as base64. */
  readonly pages?: {
    readonly size: number;
    readonly changedAt: number;
    readonly bytes: number;
    readonly sums: string;
  };
  /** The backup that holds all of it. */
  readonly backup?: string;
};

/** What SQLite uses unless told otherwise. */
const pageSize = 4_096;
const stateFile = (file: string) => `${file}.state`;

/** Reads what is known; null when there is nothing, or nothing that can be believed. */
export function readState(file: string): JournalState | null {
  const path = stateFile(file);
  if (!existsSync(path)) return null;
  // Sealed, it is what was written here.
  const state = unsealed(readFileSync(path)) as JournalState | null;
  return state?.version === 1 ? state : null;
}

export function forgetState(file: string): void {
  files.removeSync(stateFile(file));
}

/**
 * From now on the file is in use. What changes goes into the log: until that is moved over, which changes the file's time, its
 * pages stay as they are, and after a crash they are held against these sums.
 */
export function noteOpen(file: string, version: number): void {
  write(file, { version: 1, phase: 'open', schema: version, pages: pagesOf(file) });
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
  write(file, { version: 1, phase: 'closed', schema: version, backup, pages: pagesOf(file) });
}

/** How a file is found again. */
export type Found =
  | { readonly kind: 'same' }
  /** It was written since, and nothing was noted then: it is to be judged by what is in it. */
  | { readonly kind: 'written' }
  /** The disk did not keep these pages: nobody wrote the file, and they are not what they were. */
  | { readonly kind: 'decayed'; readonly pages: ReadonlySet<number> };

/** Compares a file with what was noted of it. */
export function compare(file: string, { pages }: JournalState): Found {
  if (!pages) return { kind: 'written' };
  const { size, mtimeMs } = statSync(file);
  const now = sumsOf(file, pages.size);
  const noted = Buffer.from(pages.sums, 'base64');
  if (size === pages.bytes && now.equals(noted)) return { kind: 'same' };
  // Some programs that put times back do so in whole milliseconds.
  if (Math.abs(mtimeMs - pages.changedAt) >= 2) return { kind: 'written' };
  const decayed = new Set<number>();
  for (let at = 0; at < Math.max(now.length, noted.length); at += 4)
    if (!now.subarray(at, at + 4).equals(noted.subarray(at, at + 4))) decayed.add(at / 4 + 1);
  return { kind: 'decayed', pages: decayed };
}

function pagesOf(file: string): NonNullable<JournalState['pages']> {
  const { size: bytes, mtimeMs: changedAt } = statSync(file);
  return { size: pageSize, changedAt, bytes, sums: sumsOf(file, pageSize).toString('base64') };
}

function sumsOf(file: string, size: number): Buffer {
  const bytes = readFileSync(file);
  const sums = Buffer.alloc(Math.ceil(bytes.length / size) * 4);
  for (let at = 0; at * size < bytes.length; at += 1)
    sums.writeUInt32BE(crc32(bytes.subarray(at * size, (at + 1) * size)), at * 4);
  return sums;
}

function write(file: string, state: JournalState): void {
  const temporary = `${stateFile(file)}.tmp`;
  try {
    const handle = openSync(temporary, 'w', 0o600);
    try {
      writeSync(handle, sealJson(state));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    files.moveSync(temporary, stateFile(file));
  } catch (thrown) {
    files.tryRemoveSync(temporary);
    throw thrown;
  }
}
