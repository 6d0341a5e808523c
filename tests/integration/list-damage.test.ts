import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { numberMigrations } from '../../src-main/inventory/migrations/index.ts';
import type { PhoneNumber } from '../../src-main/contract/model.ts';
import { openInventory } from '../../src-main/inventory/inventory.ts';
import { closeDatabase, openDatabase } from '../../src-main/platform/storage/sqlite.ts';
import { workerUrl } from './rig.ts';

let folder: string;
let file: string;
let moved: PromiseWithResolvers<string>;
const open = () =>
  openInventory({
    ...{ file, workerUrl, log: () => undefined, onChange: () => undefined },
    onMoved: (movedTo) => {
      moved.resolve(movedTo);
    },
  });
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-'));
  file = path.join(folder, 'numbers.db');
  moved = Promise.withResolvers();
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const numberAt = (place: number) => String(12_065_000_000 + place * 10);
const owned = (number: string) => ({
  number: number as PhoneNumber,
  billing: 'METERED',
  routes: { primary: { key: 'a', type: 'HOST' }, failover: { key: 'b', type: 'HOST' } },
});
const page = (from: number, count = 200) =>
  Array.from({ length: count }, (_, at) => owned(numberAt(from + at)));

/** A list of 400 numbers, seen by one pass, that was closed in order. */
async function madeList(finished = true): Promise<void> {
  const inventory = await open();
  const pass = await inventory.beginPass(1);
  await inventory.putPage(pass.id, { page: 1, isLast: false, next: null }, page(0), 1);
  await inventory.putPage(pass.id, { page: 2, isLast: true, next: null }, page(200), 1);
  if (finished) await inventory.finishPass(pass.id, 2);
  await inventory.close();
}

/** Writes other bytes in place of a text of the closed file, wherever it stands. */
function replace(from: string, to: string): void {
  const text = readFileSync(file, 'latin1');
  expect(text).toContain(from);
  writeFileSync(file, text.replaceAll(from, to), 'latin1');
}

function change(sql: string): void {
  const { database } = openDatabase(file, numberMigrations);
  database.exec(sql);
  closeDatabase(database);
}

const shown = async (inventory: Awaited<ReturnType<typeof open>>) =>
  (
    await inventory.query({
      text: '',
      sort: { column: 'number', direction: 'asc' },
      offset: 0,
      limit: 500,
    })
  ).rows.map((row) => row.number);

test('a list as it was left is opened as it is, and goes on with a pass that was cut short', async () => {
  await madeList(false);
  const inventory = await open();
  expect(await inventory.unfinishedPass(0)).toMatchObject({
    pages: [{ page: 1 }, { page: 2 }],
    lastPage: 2,
    received: 400,
  });
  expect(await shown(inventory)).toHaveLength(400);
  await inventory.close();
});

test.each([
  [
    'a digit that breaks the order',
    () => {
      replace(numberAt(100), '12069001000');
    },
  ],
  [
    'a digit that is none',
    () => {
      replace(numberAt(100), '1206500100:');
    },
  ],
  [
    'two rows of one number',
    () => {
      replace(numberAt(100), numberAt(101));
    },
  ],
  [
    'a row of a pass that never was',
    () => {
      change(`UPDATE number SET seen_pass = 2 WHERE number = '${numberAt(7)}'`);
    },
  ],
  [
    'a pass that never was',
    () => {
      change('INSERT INTO sync_pass VALUES (9, 1, 2, 0, 0, 0)');
    },
  ],
  [
    'a count that is too high',
    () => {
      change('UPDATE list_state SET total = 401');
    },
  ],
  [
    'a count of nothing',
    () => {
      change('DELETE FROM list_state');
    },
  ],
])('%s begins the list anew', async (_, damage) => {
  await madeList();
  damage();
  const inventory = await open();
  expect(existsSync(await moved.promise)).toBe(true);
  expect(await shown(inventory)).toEqual([]);
  await inventory.close();
});

test('a wrong digit that keeps the order is missed by the next pass, whenever it says it was seen', async () => {
  await madeList();
  replace(numberAt(100), '12065001005');
  change(`UPDATE number SET seen_at = ${Date.now() + 1e9}, seen_pass = 0 WHERE number = '12065001005'`);
  const inventory = await open();
  const pass = await inventory.beginPass(5);
  await inventory.putPage(pass.id, { page: 1, isLast: false, next: null }, page(0), 5);
  await inventory.putPage(pass.id, { page: 2, isLast: true, next: null }, page(200), 5);
  expect(await inventory.missed(pass.id)).toEqual(['12065001005']);
  await inventory.remove(pass.id, [{ number: '12065001005', askedAt: 6 }]);
  await inventory.finishPass(pass.id, 7);
  expect(await shown(inventory)).toEqual(page(0, 400).map(({ number }) => number));
  await inventory.close();
});

test.each([
  [
    'a wrong digit among its numbers',
    () => {
      replace(numberAt(100), '12065001005');
    },
  ],
  [
    'another page',
    () => {
      change('UPDATE sync_page SET page = 3 WHERE page = 1');
    },
  ],
  [
    'another last page',
    () => {
      change('UPDATE sync_page SET is_last = 1');
    },
  ],
  [
    'fewer numbers',
    () => {
      change('UPDATE sync_page SET numbers = 199 WHERE page = 1');
    },
  ],
  [
    'a number of another pass',
    () => {
      change(`UPDATE number SET seen_pass = 0 WHERE number = '${numberAt(3)}'`);
    },
  ],
])('a pass that was cut short does not go on over a note with %s', async (_, damage) => {
  await madeList(false);
  damage();
  const inventory = await open();
  expect(await inventory.unfinishedPass(0)).toBeNull();
  await inventory.close();
});

test('a number that is shown and cannot be found in the file begins the list anew', async () => {
  await madeList();
  const inventory = await open();
  const pass = await inventory.beginPass(5);
  change(`DELETE FROM number WHERE number = '${numberAt(3)}'`);
  await inventory.remove(pass.id, [{ number: numberAt(3), askedAt: 6 }]);
  expect(existsSync(await moved.promise)).toBe(true);
  expect(await shown(inventory)).toEqual([]);
  await inventory.close();
});

test.each([
  ['fewer rows', `DELETE FROM number WHERE number = '${numberAt(3)}'`],
  ['another number', `UPDATE number SET number = '12065000031' WHERE number = '${numberAt(3)}'`],
  ['another count', 'UPDATE list_state SET total = 399'],
])('a file with %s than is shown is found after the pass', async (_, sql) => {
  await madeList();
  const inventory = await open();
  const pass = await inventory.beginPass(5);
  change(sql);
  await inventory.finishPass(pass.id, 6);
  expect(existsSync(await moved.promise)).toBe(true);
  expect(await shown(inventory)).toEqual([]);
  await inventory.close();
});

test('a structure that reading the list does not meet is looked at after the pass, beside everything else', async () => {
  await madeList();
  // So many free pages, says the head; there are none.
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.from([0, 0, 0, 5]), 0, 4, 36);
  closeSync(handle);
  const inventory = await open();
  const pass = await inventory.beginPass(5);
  await inventory.putPage(pass.id, { page: 1, isLast: false, next: null }, page(0), 5);
  await inventory.putPage(pass.id, { page: 2, isLast: true, next: null }, page(200), 5);
  await inventory.finishPass(pass.id, 6);
  expect(existsSync(await moved.promise)).toBe(true);
  expect(await shown(inventory)).toEqual([]);
  await inventory.close();
});

test('the same number twice in a page is one', async () => {
  const inventory = await open();
  const pass = await inventory.beginPass(1);
  await inventory.putPage(pass.id, { page: 1, isLast: true, next: null }, [...page(0, 3), ...page(0, 3)], 1);
  expect(await inventory.finishPass(pass.id, 2)).toMatchObject({ added: 3 });
  await inventory.close();
  const again = await open();
  expect(await shown(again)).toHaveLength(3);
  await again.close();
});
