import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Failure } from '../../src-main/contract/errors.ts';
import type { PhoneNumber } from '../../src-main/contract/model.ts';
import { openInventory } from '../../src-main/inventory/inventory.ts';
import { closeDatabase, openDatabase } from '../../src-main/platform/storage/sqlite.ts';
import { numberMigrations } from '../../src-main/inventory/migrations/index.ts';
import { workerUrl } from './rig.ts';

let folder: string;
let file: string;
const moved: string[] = [];
const open = () =>
  openInventory({
    ...{ file, workerUrl, log: () => undefined, onChange: () => undefined },
    onMoved: (movedTo) => moved.push(movedTo),
  });

const first = { sort: { column: 'number', direction: 'asc' }, offset: 0, limit: 10 } as const;

const owned = (number: string) => ({
  number: number as PhoneNumber,
  billing: 'METERED',
  routes: { primary: { key: 'a', type: 'HOST' }, failover: { key: 'b', type: 'HOST' } },
});
const someNumbers = (count: number, from = 12_065_000_000) => {
  const { database } = openDatabase(file, numberMigrations);
  const insert = database.prepare(
    "INSERT INTO number VALUES (?, 'a', 'HOST', 'b', 'HOST', 'METERED', 1, 1, NULL)",
  );
  database.exec('BEGIN');
  for (let i = 0; i < count; i += 1) insert.run(String(from + i));
  database.prepare('UPDATE list_state SET total = ?, last_pass = 1').run(count);
  database.exec('COMMIT');
  return database;
};
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-'));
  file = path.join(folder, 'numbers.db');
  moved.length = 0;
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('every migration runs from an empty file, once', () => {
  closeDatabase(openDatabase(file, numberMigrations).database);
  const { database } = openDatabase(file, numberMigrations);
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  expect(version).toBe(numberMigrations.at(-1)?.version);
  closeDatabase(database);
});

test('a migration that fails leaves the file as it was', () => {
  closeDatabase(openDatabase(file, numberMigrations).database);
  const broken = [
    ...numberMigrations,
    { version: numberMigrations.length + 1, sql: 'CREATE TABLE half (a TEXT) STRICT; oops' },
  ];
  expect(() => openDatabase(file, broken)).toThrow();
  const { database } = openDatabase(file, numberMigrations);
  expect(database.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'half'").get()).toEqual({
    n: 0,
  });
  closeDatabase(database);
});

test('a file of a newer version is refused with a sentence and left untouched', async () => {
  const { database } = openDatabase(file, numberMigrations);
  database.exec('PRAGMA user_version = 999; PRAGMA application_id = 999');
  closeDatabase(database);
  const before = readFileSync(file);
  const thrown = await open().catch((error: unknown) => error);
  expect((thrown as Failure).code).toBe('storage-newer');
  expect(readFileSync(file).equals(before)).toBe(true);
  expect(readdirSync(folder).filter((name) => name.includes('corrupt'))).toEqual([]);
});

test.each([
  ['text that is no database', (text: Buffer) => Buffer.from(`hello ${text.length} `.repeat(500))],
  ['a cut file', (text: Buffer) => text.subarray(0, Math.floor(text.length / 2))],
  [
    'overwritten pages',
    (text: Buffer) => Buffer.concat([text.subarray(0, 4096), Buffer.alloc(text.length - 4096, 7)]),
  ],
])('%s is moved aside, told once, and begun anew', async (_, damage) => {
  const { database } = openDatabase(file, numberMigrations);
  const insert = database.prepare(
    "INSERT INTO number VALUES (?, 'a', 'HOST', 'b', 'HOST', 'METERED', 1, 1, NULL)",
  );
  for (let i = 0; i < 2000; i += 1) insert.run(String(12_065_550_000 + i));
  closeDatabase(database);
  writeFileSync(file, damage(readFileSync(file)));
  const inventory = await open();
  expect(await inventory.owned(['12065550001'])).toEqual([]);
  expect(moved.map((path) => existsSync(path))).toEqual([true]);
  await inventory.close();
  const again = await open();
  expect(await again.owned(['12065550001'])).toEqual([]);
  expect(moved.length).toBe(1);
  await again.close();
});

/** Overwrites pages of the closed or open file, counted from 1. */
const spoil = (...pages: number[]) => {
  const handle = openSync(file, 'r+');
  for (const page of pages) writeSync(handle, Buffer.alloc(4096, 7), 0, 4096, (page - 1) * 4096);
  closeSync(handle);
};

test.each(['sync_pass', 'sync_page'])('a damaged table %s is found at the start', async (table) => {
  const database = someNumbers(50);
  database.exec('INSERT INTO sync_pass VALUES (1, 1, 2, 50, 0, 0), (2, 3, NULL, 0, 0, 0)');
  database.exec('INSERT INTO sync_page VALUES (2, 1, 50, 1, 0, NULL)');
  const { rootpage } = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table) as {
    rootpage: number;
  };
  closeDatabase(database);
  spoil(rootpage);
  const inventory = await open();
  expect(await inventory.owned(['12065000001'])).toEqual([]);
  expect(await inventory.lastPass()).toBeNull();
  expect(moved.map((path) => existsSync(path))).toEqual([true]);
  const pass = await inventory.beginPass(5);
  expect((await inventory.finishPass(pass.id, 6)).completedAt).toBe(6);
  await inventory.close();
});

test('damage that shows only while the app runs begins the list anew, and keeps what a person gave it', async () => {
  closeDatabase(someNumbers(60_000));
  const inventory = await open();
  await inventory.tag([{ number: '12065000001', tags: ['vip'] }]);
  const { revision } = await inventory.query({ text: '', ...first });
  const pass = await inventory.beginPass(5);
  spoil(...Array.from({ length: 300 }, (_, at) => 10 + at));
  expect(await inventory.missed(pass.id)).toEqual([]);
  expect(moved.map((path) => existsSync(path))).toEqual([true]);
  const after = await inventory.query({ text: '', ...first });
  expect(after).toMatchObject({ total: 0, rows: [] });
  expect(after.revision).toBeGreaterThan(revision);
  // The pass went with its file: going on with it would leave out what it had stored.
  const item = owned('12065000001');
  await expect(
    inventory.putPage(pass.id, { page: 2, isLast: true, next: null }, [item], 5),
  ).rejects.toMatchObject({ code: 'storage' });
  await expect(inventory.finishPass(pass.id, 6)).rejects.toMatchObject({ code: 'storage' });
  const next = await inventory.beginPass(7);
  await inventory.putPage(next.id, { page: 1, isLast: true, next: null }, [item], 7);
  expect((await inventory.query({ text: 'tag:vip', ...first })).rows).toMatchObject([{ tags: 'vip' }]);
  await inventory.close();
});

test('a worker that is gone fails every call with a sentence', async () => {
  const inventory = await open();
  await inventory.close();
  await expect(inventory.row('12065550142')).rejects.toMatchObject({ code: 'storage' });
});

test('a list of the version before is counted once, and one with a wrong count is begun anew', async () => {
  const { database } = openDatabase(file, numberMigrations.slice(0, 1));
  for (const number of ['12065550001', '12065550002'])
    database.prepare("INSERT INTO number VALUES (?, 'a', 'HOST', 'b', 'HOST', 'METERED', 1, 7)").run(number);
  closeDatabase(database);
  const inventory = await open();
  expect((await inventory.beginPass(1)).id).toBe(8);
  await inventory.close();
  const { database: counted } = openDatabase(file, numberMigrations);
  const state = () => ({ ...counted.prepare('SELECT total, last_pass FROM list_state').get() });
  expect(state()).toEqual({ total: 2, last_pass: 8 });
  counted.exec('UPDATE list_state SET total = 77');
  closeDatabase(counted);
  const again = await open();
  expect(await again.owned(['12065550001'])).toEqual([]);
  await again.close();
  expect(moved.map((path) => existsSync(path))).toEqual([true]);
});

test('a question is answered before what was asked to be written, and a newer one of its view ends it', async () => {
  const inventory = await open();
  const pass = await inventory.beginPass(1);
  const order: string[] = [];
  const page = (number: number) =>
    Array.from({ length: 200 }, (_, at) => owned(String(12_065_000_000 + number * 200 + at)));
  const writes = Array.from({ length: 40 }, (_, at) =>
    inventory
      .putPage(pass.id, { page: at + 1, isLast: at === 39, next: null }, page(at), 2)
      .then(() => order.push('write')),
  );
  const ask = (text: string, view?: string) =>
    inventory.query({ text, ...first, ...(view === undefined ? {} : { view }) }).then(
      () => order.push(text),
      (thrown: Failure) => order.push(`${text} ${thrown.code}`),
    );
  await Promise.all([
    ask('1', 'a'),
    ask('12', 'a'),
    ask('2', 'b'),
    ask('3'),
    ask('4'),
    ask('120', 'a'),
    ...writes,
  ]);
  const asked = ['1 cancelled', '12 cancelled', '2', '3', '4', '120'];
  expect(order.filter((what) => what !== 'write')).toEqual(asked);
  expect(order.lastIndexOf('120')).toBeLessThan(order.length - 20);
  const tagged = inventory.tag(
    Array.from({ length: 8_000 }, (_, at) => ({ number: String(12_065_000_000 + at), tags: ['x'] })),
  );
  const during = await inventory.query({ text: 'tag:x', ...first });
  await tagged;
  expect(during.matching).toBeLessThan(8_000);
  expect((await inventory.query({ text: 'tag:x', ...first })).matching).toBe(8_000);
  expect(await inventory.missed(pass.id + 1)).toHaveLength(8_000);
  await inventory.close();
});

test('the order by when a number was seen follows at once, though nothing else changed', async () => {
  closeDatabase(someNumbers(300));
  const inventory = await open();
  const bySeen = async () => {
    const sort = { column: 'seen', direction: 'desc' } as const;
    const { rows } = await inventory.query({ text: '', sort, offset: 0, limit: 2 });
    return rows.map((row) => row.number);
  };
  expect(await bySeen()).toEqual(['12065000000', '12065000001']);
  await inventory.applyFresh([owned('12065000200')], 5);
  expect(await bySeen()).toEqual(['12065000200', '12065000000']);
  await inventory.close();
});

test('a version that was damaged is not taken for a newer one', async () => {
  const database = someNumbers(3);
  database.exec('PRAGMA user_version = 999');
  closeDatabase(database);
  const inventory = await open();
  expect(await inventory.owned(['12065000001'])).toEqual([]);
  expect(moved.map((path) => existsSync(path))).toEqual([true]);
  await inventory.close();
});

test('numbers stay text', () => {
  const { database } = openDatabase(file, numberMigrations);
  database.exec("INSERT INTO number VALUES ('12065550142', 'a', 'HOST', 'b', 'HOST', 'METERED', 1, 1, NULL)");
  expect(database.prepare('SELECT number, typeof(number) AS kind FROM number').get()).toEqual({
    number: '12065550142',
    kind: 'text',
  });
  closeDatabase(database);
});

test('first rows come before the index, everything else when it is there', async () => {
  const database = someNumbers(60_000, 12_062_000_000);
  // A name with the characters that separate rows and fields in a chunk.
  database.exec("UPDATE number SET primary_name = 'x\u001ey\u001f' WHERE number = '12062045678'");
  closeDatabase(database);
  const inventory = await open();
  const sort = { column: 'number', direction: 'asc' } as const;
  const digits = inventory.query({ text: '2045678', sort, offset: 0, limit: 10 });
  const first = await inventory.query({ text: '', sort, offset: 5, limit: 2 });
  expect(first).toMatchObject({ revision: 0, total: 60_000, matching: 60_000, offset: 5 });
  expect(first.rows.map((row) => [row.number, row.state])).toEqual([
    ['12062000005', 'WA'],
    ['12062000006', 'WA'],
  ]);
  const found = await digits;
  expect(found.revision).toBeGreaterThan(0);
  expect(found.rows).toMatchObject([{ number: '12062045678', primary: 'x\u001ey\u001f', failover: 'b' }]);
  expect((await inventory.query({ text: '', sort, offset: 59_999, limit: 5 })).rows.length).toBe(1);
  await inventory.close();
});
