import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Failure } from '../../src-main/contract/errors.ts';
import { openInventory } from '../../src-main/inventory/inventory.ts';
import { closeDatabase, openDatabase } from '../../src-main/storage/sqlite.ts';
import { numberMigrations as migrations } from '../../src-main/storage/migrations/index.ts';
import { workerUrl } from './rig.ts';

let folder: string;
let file: string;
const moved: string[] = [];
const open = () =>
  openInventory({
    ...{ file, workerUrl, log: () => undefined, onChange: () => undefined },
    onMoved: (movedTo) => moved.push(movedTo),
  });

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-'));
  file = path.join(folder, 'numbers.db');
  moved.length = 0;
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('every migration runs from an empty file, once', () => {
  closeDatabase(openDatabase(file).database);
  const { database } = openDatabase(file);
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  expect(version).toBe(migrations.at(-1)?.version);
  closeDatabase(database);
});

test('a migration that fails leaves the file as it was', () => {
  closeDatabase(openDatabase(file).database);
  const broken = [
    ...migrations,
    { version: migrations.length + 1, sql: 'CREATE TABLE half (a TEXT) STRICT; oops' },
  ];
  expect(() => openDatabase(file, broken)).toThrow();
  const { database } = openDatabase(file);
  expect(database.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'half'").get()).toEqual({
    n: 0,
  });
  closeDatabase(database);
});

test('a file of a newer version is refused with a sentence and left untouched', async () => {
  const { database } = openDatabase(file);
  database.exec('PRAGMA user_version = 999');
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
  const { database } = openDatabase(file);
  const insert = database.prepare("INSERT INTO number VALUES (?, 'a', 'HOST', 'b', 'HOST', 'METERED', 1, 1)");
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

test('a worker that is gone fails every call with a sentence', async () => {
  const inventory = await open();
  await inventory.close();
  await expect(inventory.row('12065550142')).rejects.toMatchObject({ code: 'storage' });
});

test('numbers stay text', () => {
  const { database } = openDatabase(file);
  database.exec("INSERT INTO number VALUES ('12065550142', 'a', 'HOST', 'b', 'HOST', 'METERED', 1, 1)");
  expect(database.prepare('SELECT number, typeof(number) AS kind FROM number').get()).toEqual({
    number: '12065550142',
    kind: 'text',
  });
  closeDatabase(database);
});

test('first rows come before the index, everything else when it is there', async () => {
  const { database } = openDatabase(file);
  const insert = database.prepare("INSERT INTO number VALUES (?, 'a', 'HOST', 'b', 'HOST', 'METERED', 1, 1)");
  database.exec('BEGIN');
  for (let i = 0; i < 60_000; i += 1) insert.run(String(12_062_000_000 + i));
  // A name with the characters that separate rows and fields in a chunk.
  database.exec("UPDATE number SET primary_name = 'x\u001ey\u001f' WHERE number = '12062045678'");
  database.exec('COMMIT');
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
