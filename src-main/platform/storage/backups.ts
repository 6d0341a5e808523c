import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { files } from '../files.ts';
import { abandon, copyDatabase, isDamage, openToRead, type Database } from './sqlite.ts';

/** A backup beside its database. Its name has the time and the first half of its SHA-256, so that no second file is needed to check it. */
export type Backup = {
  readonly path: string;
  readonly name: string;
  readonly at: number;
  readonly hash: string;
};

/** At most so many are kept, and not more than so many bytes of them; the newest stays however large it is. */
const mostKept = 3;
const mostBytes = 300 * 2 ** 20;
const hashLength = 32;
const block = 2 ** 20;
const named = /^backup-(\d{13})-([0-9a-f]{32})$/;

/** The backups of a database, the newest first. Whether they are sound is not looked at. */
export function listBackups(file: string): Backup[] {
  const prefix = `${path.basename(file)}.`;
  const folder = path.dirname(file);
  return names(folder)
    .flatMap((name) => {
      const parts = name.startsWith(prefix) ? named.exec(name.slice(prefix.length)) : null;
      const [, at, hash] = parts ?? [];
      return at && hash ? [{ path: path.join(folder, name), name, at: Number(at), hash }] : [];
    })
    .sort((a, b) => b.at - a.at);
}

/** True when a backup is byte for byte what was checked when it was made. */
export function isSound(backup: Backup): boolean {
  const hashing = hashInSteps(backup.path);
  for (;;) {
    const { done, value } = hashing.next();
    if (done === true) return value === backup.hash;
  }
}

export type BackupOptions = {
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Bytes that all of them may take; for tests. */
  readonly mostBytes?: number;
};

/**
 * Makes a backup, checks it and puts it beside the database. SQLite copies page by page in a thread of its own, from one
 * moment of the database, while others read and write; what is checked afterwards is checked table by table, with a pause in
 * between. `pause` is awaited there: when it rejects, the backup is abandoned and the older ones stay. Resolves with null
 * when the copy is not sound: then the database is not, and what was kept before must not make room for it.
 */
export async function makeBackup(
  file: string,
  { now, mostBytes: limit = mostBytes }: BackupOptions,
  pause: () => Promise<void>,
): Promise<Backup | null> {
  const at = now();
  const temporary = `${file}.backup.tmp`;
  files.removeSync(temporary);
  try {
    await copyDatabase(file, temporary, pause);
    const sound = await check(temporary, pause);
    if (!sound) return null;
    const hashing = hashInSteps(temporary);
    let step = hashing.next();
    for (; step.done !== true; step = hashing.next()) await pause();
    sync(temporary);
    const name = `${path.basename(file)}.backup-${String(at).padStart(13, '0')}-${step.value}`;
    const target = path.join(path.dirname(file), name);
    files.moveSync(temporary, target);
    const made = { path: target, name, at, hash: step.value };
    prune(file, made, limit);
    return made;
  } finally {
    removeCopy(temporary);
  }
}

/** What cannot be removed while SQLite still writes it goes before the next copy. */
function removeCopy(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    try {
      files.removeSync(file + suffix);
    } catch {
      return;
    }
  }
}

/** Removes what is more than is kept. Those that are not sound any more do not count, and go first. */
function prune(file: string, newest: Backup, limit: number): void {
  let [kept, bytes] = [1, statSync(newest.path).size];
  for (const backup of listBackups(file)) {
    if (backup.name === newest.name) continue;
    const { size } = statSync(backup.path);
    const stays = kept < mostKept && bytes + size <= limit && isSound(backup);
    if (stays) [kept, bytes] = [kept + 1, bytes + size];
    else removeLater(backup.path);
  }
}

/** What somebody holds goes with the next backup: this one is made all the same. */
function removeLater(file: string): void {
  try {
    files.removeSync(file);
  } catch {
    // It does not count as kept.
  }
}

async function check(file: string, pause: () => Promise<void>): Promise<boolean> {
  let database: Database | null = null;
  try {
    database = openToRead(file);
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all() as {
      name: string;
    }[];
    for (const { name } of tables) {
      await pause();
      const sql = `PRAGMA integrity_check("${name.replaceAll('"', '""')}")`;
      const found = database.prepare(sql).get() as { integrity_check: string };
      if (found.integrity_check !== 'ok') return false;
    }
    return database.prepare('PRAGMA foreign_key_check').get() === undefined;
  } catch (thrown) {
    if (isDamage(thrown)) return false;
    throw thrown;
  } finally {
    if (database) abandon(database);
  }
}

function* hashInSteps(file: string): Generator<void, string> {
  const hash = createHash('sha256');
  const handle = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(block);
    for (;;) {
      const read = readSync(handle, buffer, 0, block, null);
      if (read === 0) return hash.digest('hex').slice(0, hashLength);
      hash.update(buffer.subarray(0, read));
      yield;
    }
  } finally {
    closeSync(handle);
  }
}

function sync(file: string): void {
  const handle = openSync(file, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
