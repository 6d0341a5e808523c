import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { files } from '../../src-main/platform/files.ts';
import { isSound, listBackups, makeBackup } from '../../src-main/platform/storage/backups.ts';
import { openJournal } from '../../src-main/journal/open.ts';
import { journalMigrations } from '../../src-main/journal/parts.ts';
import type { Recovered } from '../../src-main/platform/storage/recovery.ts';
import { closeDatabase, openDatabase } from '../../src-main/platform/storage/sqlite.ts';
import { callsOf, fill, numberAt, rowsOf, openRecord, type RecordFile } from './journal-rows.ts';
import { workerUrl } from './rig.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-'));
  file = path.join(folder, 'journal.db');
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** A clock that stands still until it is told to go on, and what waits for it. */
function clock() {
  const waiting: { at: number; work: () => void }[] = [];
  return {
    time: 1_800_000_000_000,
    waiting,
    now() {
      return this.time;
    },
    options() {
      return {
        now: () => this.time,
        after: (ms: number, work: () => void) => {
          const entry = { at: this.time + ms, work };
          waiting.push(entry);
          return () => {
            if (waiting.includes(entry)) waiting.splice(waiting.indexOf(entry), 1);
          };
        },
        log: (line: string) => void this.lines.push(line),
      };
    },
    lines: [] as string[],
    go(ms: number) {
      this.time += ms;
      for (const entry of waiting.filter(({ at }) => at <= this.time)) {
        waiting.splice(waiting.indexOf(entry), 1);
        entry.work();
      }
    },
  };
}

const tag = (journal: RecordFile, name: string) => {
  callsOf(journal).tags.changeTags([numberAt(1)], [name], []);
  journal.touched();
};
const until = async (wanted: () => boolean) => {
  while (!wanted()) await new Promise((resolve) => setTimeout(resolve, 2));
};

test('what changed is backed up after a moment, then every ten minutes while something changes, and when it is closed', async () => {
  const time = clock();
  const journal = openRecord(file, time.options());
  tag(journal, 'one');
  time.go(4_999);
  expect(listBackups(file)).toEqual([]);
  time.go(1);
  await until(() => listBackups(file).length === 1);
  tag(journal, 'two');
  tag(journal, 'three');
  expect(time.waiting).toHaveLength(1);
  time.go(599_999);
  expect(listBackups(file)).toHaveLength(1);
  time.go(1);
  await until(() => listBackups(file).length === 2);
  // Nothing changed since.
  expect(time.waiting).toEqual([]);
  await journal.close();
  expect(listBackups(file)).toHaveLength(2);
  const again = openRecord(file, time.options());
  expect(time.waiting).toEqual([]);
  tag(again, 'four');
  time.go(1_000);
  await again.close();
  const [newest, ...older] = listBackups(file);
  expect(older).toHaveLength(2);
  expect(newest && rowsOf(newest.path)).toEqual(rowsOf(file));
  expect(listBackups(file).every(isSound)).toBe(true);
});

test('the last three are kept, fewer when they are large, and one that is not sound makes room', async () => {
  const journal = openRecord(file);
  fill(callsOf(journal), 100);
  await journal.close();
  const go = () => Promise.resolve();
  let now = 2_000_000_000_000;
  const make = (mostBytes?: number) =>
    makeBackup(file, { now: () => (now += 1_000), ...(mostBytes === undefined ? {} : { mostBytes }) }, go);
  for (let at = 0; at < 4; at += 1) await make();
  expect(listBackups(file).map(({ at }) => at)).toEqual([now, now - 1_000, now - 2_000]);
  const [, second] = listBackups(file);
  const handle = openSync(second?.path ?? '', 'r+');
  writeSync(handle, Buffer.from('x'), 0, 1, 9_000);
  closeSync(handle);
  await make();
  expect(listBackups(file).map(({ at }) => at)).toEqual([now, now - 1_000, now - 3_000]);
  await make(2.5 * statSync(file).size);
  expect(listBackups(file)).toHaveLength(2);
  await make(1);
  expect(listBackups(file)).toHaveLength(1);
});

test('an older one that somebody holds is no failure of the new one, and goes with the next', async () => {
  const journal = openRecord(file);
  fill(callsOf(journal), 10);
  await journal.close();
  let now = 2_000_000_000_000;
  const make = () => makeBackup(file, { now: () => (now += 1_000) }, () => Promise.resolve());
  for (let at = 0; at < 2; at += 1) await make();
  const remove = files.removeSync;
  vi.spyOn(files, 'removeSync').mockImplementation((target) => {
    if (/\.backup-\d/.test(target)) throw Object.assign(new Error('held'), { code: 'EBUSY' });
    remove(target);
  });
  expect(await make()).toMatchObject({ at: now });
  expect(listBackups(file)).toHaveLength(4);
  vi.restoreAllMocks();
  await make();
  expect(listBackups(file).map(({ at }) => at)).toEqual([now, now - 1_000, now - 2_000]);
});

test('a quit waits two seconds at most for a backup; then the older ones stay', async () => {
  const time = clock();
  const journal = openRecord(file, time.options());
  tag(journal, 'one');
  await journal.close();
  const [before] = listBackups(file);
  const slow = openRecord(file, {
    ...time.options(),
    // Every look at the clock finds a second gone.
    now: () => (time.time += 1_000),
  });
  tag(slow, 'two');
  await slow.close();
  expect(listBackups(file)).toEqual([before]);
  expect(time.lines).toEqual(['backup of the journal: abandoned, the older ones stay']);
  expect(readdirSync(folder).filter((name) => name.includes('.tmp'))).toEqual([]);
  // It was not said to be whole: every page is looked at, and what was written is there.
  const again = openRecord(file);
  expect(again.recovered).toBeNull();
  expect(
    callsOf(again)
      .tags.tagNames()
      .map(({ name }) => name),
  ).toEqual(['one', 'two']);
  await again.close();
});

test('a copy that does not pass its check is no backup, and takes no place', async () => {
  const { database } = openDatabase(file, journalMigrations);
  database.exec('PRAGMA foreign_keys = OFF');
  database.exec("INSERT INTO activity_part VALUES (77, 1, '[]')");
  closeDatabase(database);
  expect(await makeBackup(file, { now: () => 1 }, () => Promise.resolve())).toBeNull();
  expect(listBackups(file)).toEqual([]);
});

test('the file as it was before a migration stays until the next start, and is there for a recovery', async () => {
  const { database } = openDatabase(file, journalMigrations.slice(0, 5));
  database.exec("INSERT INTO tag VALUES ('12065550001', 'old')");
  closeDatabase(database);
  await openRecord(file).close();
  expect(existsSync(`${file}.before-5`)).toBe(true);
  expect(rowsOf(`${file}.before-5`)['tag']).toHaveLength(1);
  copyFileSync(`${file}.before-5`, path.join(folder, 'kept'));
  await openRecord(file).close();
  expect(existsSync(`${file}.before-5`)).toBe(false);
  // Nothing but the file from before the migration is left.
  copyFileSync(path.join(folder, 'kept'), `${file}.before-5`);
  for (const backup of listBackups(file)) rmSync(backup.path);
  rmSync(`${file}.state`);
  writeFileSync(file, 'no database '.repeat(2_000));
  const journal = openRecord(file);
  expect(journal.recovered).toMatchObject({ whole: false });
  expect(callsOf(journal).tags.tags()).toEqual([{ number: '12065550001', tags: ['old'] }]);
  await journal.close();
});

test('damage that shows while the journal is in use puts it together again, and what was asked is told to look again', async () => {
  const filled = openRecord(file);
  fill(callsOf(filled));
  await filled.close();
  const told = Promise.withResolvers<Recovered>();
  const store = await openJournal({
    ...{ file, workerUrl, log: () => undefined },
    onRecovered: told.resolve,
  });
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(statSync(file).size - 4_096, 7), 0, statSync(file).size - 4_096, 4_096);
  closeSync(handle);
  await expect(store.stores.tags.tags()).rejects.toMatchObject({
    error: { code: 'storage', retryable: true },
  });
  expect(await told.promise).toMatchObject({ whole: false });
  expect(existsSync((await told.promise).movedTo ?? '')).toBe(true);
  expect(await store.stores.tags.tags()).toHaveLength(1_500);
  await store.stores.tags.changeTags([numberAt(1)], ['after'], []);
  await store.close();
  const again = openRecord(file);
  expect(again.recovered).toBeNull();
  expect(callsOf(again).tags.tagNames().at(-1)).toEqual({ name: 'after', count: 1 });
  await again.close();
});

const onLinux = test.runIf(process.platform === 'linux');
onLinux('the handle is let go of when closing a damaged file throws', () => {
  const held = () =>
    readdirSync('/proc/self/fd').filter((fd) => {
      const link = `/proc/self/fd/${fd}`;
      return existsSync(link) && readlinkSync(link).startsWith(file);
    });
  const { database } = openDatabase(file, journalMigrations);
  for (let at = 0; at < 500; at += 1)
    database.exec(`INSERT INTO tag VALUES ('1206555${String(at).padStart(4, '0')}', 'x')`);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA cache_size = 0; PRAGMA shrink_memory');
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(statSync(file).size, 7), 0, statSync(file).size, 0);
  closeSync(handle);
  expect(held()).not.toEqual([]);
  expect(() => {
    closeDatabase(database);
  }).toThrow();
  expect(held()).toEqual([]);
});

describe('what cannot be written beside the journal', () => {
  afterEach(() => vi.restoreAllMocks());
  const full = () => {
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  };
  const left = () => readdirSync(path.dirname(file)).filter((name) => name.endsWith('.tmp'));

  onLinux('is a start that fails: nothing half written is left, and the file is not held', async () => {
    await openRecord(file).close();
    vi.spyOn(files, 'moveSync').mockImplementation(full);
    expect(() => openRecord(file)).toThrow('ENOSPC');
    expect(left()).toEqual([]);
    const held = readdirSync('/proc/self/fd').filter((fd) => {
      const link = `/proc/self/fd/${fd}`;
      return existsSync(link) && readlinkSync(link).startsWith(file);
    });
    expect(held).toEqual([]);
  });
});
