import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { journalMigrations, journalStores } from '../../src-main/journal/parts.ts';
import { openDatabase } from '../../src-main/platform/storage/sqlite.ts';
import { journalDomain } from '../../src-main/journal/mend.ts';
import { listBackups } from '../../src-main/platform/storage/backups.ts';
import {
  callsOf,
  copyAlive,
  fill,
  numberAt,
  placeOf,
  rowsOf,
  spoil,
  openRecord,
  type RecordFile,
} from './journal-rows.ts';
import { some } from '../support/some.ts';

let filled: string;
let folder: string;
let file: string;
const opened: RecordFile[] = [];
const open = (at = file) => {
  const journal = openRecord(at);
  opened.push(journal);
  return journal;
};
beforeAll(async () => {
  filled = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-'));
  const journal = openRecord(path.join(filled, 'journal.db'));
  fill(callsOf(journal));
  await journal.close();
});
afterAll(() => {
  rmSync(filled, { recursive: true, force: true });
});
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-'));
  file = path.join(folder, 'journal.db');
});
afterEach(async () => {
  for (const journal of opened.splice(0)) await journal.abandon();
  rmSync(folder, { recursive: true, force: true });
});

/** A filled journal that was closed in order; gives all its rows. */
function closed() {
  cpSync(filled, folder, { recursive: true, preserveTimestamps: true });
  return rowsOf(file);
}

/** The same in the middle of its work: a part in the file and its backup, a part in the log. */
async function killed() {
  closed();
  const journal = open();
  const calls = callsOf(journal);
  calls.tags.changeTags([numberAt(1)], ['later'], []);
  calls.activity.record({ at: 9_000, kind: 'order', text: 'The last thing', outcome: 'ok', numbers: [] });
  const copy = path.join(folder, 'killed', 'journal.db');
  copyAlive(file, copy);
  for (const { path: backup, name } of listBackups(file))
    writeFileSync(path.join(folder, 'killed', name), readFileSync(backup));
  await journal.close();
  return { copy, rows: rowsOf(file) };
}

const zeros = Buffer.alloc(4_096);
const garbage = Buffer.alloc(64, 0xa7);
const pages = () => readFileSync(file).length / 4_096;
const bit = (at: number) => {
  spoil(file, at, Buffer.from([(readFileSync(file)[at] ?? 0) ^ 1]));
};

test.each([
  [
    'a bit of a text',
    () => {
      bit(placeOf(file, 'a place to remember') + 3);
    },
  ],
  [
    'a digit of a number',
    () => {
      bit(placeOf(file, numberAt(700)) + 9);
    },
  ],
  [
    'a page of rows',
    () => {
      spoil(file, (pages() - 3) * 4_096, zeros);
    },
  ],
  [
    'the head',
    () => {
      spoil(file, 0, garbage);
    },
  ],
  [
    'the first page',
    () => {
      spoil(file, 0, zeros);
    },
  ],
  [
    'the version',
    () => {
      bit(63);
    },
  ],
  [
    'a version that is far too high',
    () => {
      bit(61);
    },
  ],
  [
    'the kind of file',
    () => {
      bit(18);
    },
  ],
  [
    'the encoding',
    () => {
      spoil(file, 59, Buffer.from([2]));
    },
  ],
  [
    'the second half',
    () => {
      truncateSync(file, Math.floor(pages() / 2) * 4_096 + 100);
    },
  ],
  [
    'everything',
    () => {
      truncateSync(file, 0);
    },
  ],
  [
    'the file',
    () => {
      rmSync(file);
    },
  ],
])('a journal that was closed and has lost %s is put together again, with every row', async (_, damage) => {
  const before = closed();
  damage();
  const journal = open();
  expect(journal.recovered).toMatchObject({ upTo: expect.any(Number) as number });
  await journal.close();
  const after = rowsOf(file);
  // It may have been bought since, for all that is known.
  const doubted = before['cart']?.map((row) => row.replace('"doubt":0', '"doubt":1'));
  expect(after['cart']).toEqual(doubted);
  const same = Object.keys(before).filter(
    (table) => !['order_item', 'purchase_order', 'cart'].includes(table),
  );
  for (const table of some(same)) expect(after[table], table).toEqual(before[table]);
  const again = open();
  expect(again.recovered).toBeNull();
});

test.each([
  ['the root of the tags', 'tag'],
  ['the root of the activity', 'activity'],
  ['the root of the order', 'order_item'],
])('without a backup, and without %s, every row of every page that is left comes back', async (_, table) => {
  const before = closed();
  const { roots } = await import('../../src-main/platform/storage/salvage.ts').then(async ({ schemaOf }) => {
    const { PageFile } = await import('../../src-main/platform/storage/page-file.ts');
    return schemaOf(new PageFile(file));
  });
  for (const { path: backup } of listBackups(file)) rmSync(backup);
  rmSync(`${file}.state`);
  spoil(file, ((roots.get(table) ?? 0) - 1) * 4_096, zeros);
  const journal = open();
  expect(journal.recovered).toMatchObject({ upTo: null, whole: false });
  expect(existsSync(journal.recovered?.movedTo ?? '')).toBe(true);
  await journal.close();
  const after = rowsOf(file);
  // A tree of keys has rows in its root, too: those are gone with it.
  const rootRows = table === 'activity' ? 0 : 100;
  for (const [name, rows] of some(Object.entries(before)).filter(([name]) => name !== 'purchase_order')) {
    const least = rows.length - (name === table ? rootRows : 0);
    expect(after[name]?.length, name).toBeGreaterThanOrEqual(least);
  }
});

test('what was open waits, and whatever may have been sent is looked up first', () => {
  closed();
  spoil(file, 0, zeros);
  const calls = callsOf(open());
  const [order] = calls.orders.orders({ offset: 0, limit: 1 }).orders;
  expect(order).toMatchObject({ phase: 'paused', waiting: { code: 'mended' } });
  const planned = calls.orders.itemsThatAre(order?.id ?? 0, 'planned');
  expect(planned).toHaveLength(150);
  expect(planned.every(({ doubt, sent }) => doubt === 1 && sent === 1)).toBe(true);
});

test('a change whose own entry is lost may have been a draft: nothing of it is sent, whatever is tried again', () => {
  const { database } = openDatabase(path.join(folder, 'lost.db'), journalMigrations);
  database.exec('PRAGMA foreign_keys = OFF');
  const put = database.prepare(
    `INSERT INTO plan_item (plan_id, number, keep, before_primary, before_failover, to_primary, to_failover, flagged,
       status, reason, sent) VALUES (7, ?, 0, 'a', 'b', 'c', 'd', 0, ?, '', ?)`,
  );
  const items = [
    ...[['failed', 0] as const, ['planned', 0] as const, ['sending', 1] as const, ['done', 1] as const],
    // Sent without a clear answer, and planned again.
    ['planned', 1] as const,
  ];
  for (const [at, [status, sent]] of items.entries()) put.run(numberAt(at), status, sent);
  database.exec("INSERT INTO activity_part VALUES (3, 1, '[]'); INSERT INTO plan_file VALUES (8, '{}')");
  journalDomain.mend(database, 9_000);
  const { plans, activity } = journalStores(database);
  expect(plans.summary(7)).toMatchObject({
    ...{ phase: 'done', counts: { planned: 0, left: 1, unknown: 2, failed: 1, done: 1 } },
    title: 'A change of routes whose own entry was lost',
  });
  expect(database.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
  plans.retryPlan(7);
  expect(plans.claim(7, 1).map(({ number }) => number)).toEqual([numberAt(0)]);
  activity.record({
    ...{ at: 8_000, kind: 'routes', about: { kind: 'plan', id: 7 }, text: ': 1 changed', outcome: 'ok' },
    numbers: [],
  });
  activity.record({
    ...{ at: 8_000, kind: 'order', about: { kind: 'order', id: 5 }, text: ' is done', outcome: 'ok' },
    numbers: [],
  });
  const { entries } = activity.activity({ text: '', offset: 0, limit: 9 });
  expect(entries.map(({ text }) => text)).toEqual([
    'An order whose own entry was lost is done',
    'Change 1 (A change of routes whose own entry was lost): 1 changed',
    'An entry whose text was lost',
  ]);
  database.close();
});

test('entries follow an order whose id in the backup is another one', () => {
  const made = (name: string, id: number) => {
    const file = path.join(folder, name);
    const { database } = openDatabase(file, journalMigrations);
    database.exec(`INSERT INTO purchase_order (id, ordinal, created_at, phase, waiting, primary_name, failover_name)
      VALUES (${id}, 1, 1000, 'done', '', '', '')`);
    const { activity } = journalStores(database);
    const about = { kind: 'order', id } as const;
    activity.record({ at: 2_000, kind: 'order', about, text: ' is done', outcome: 'ok', numbers: [] });
    return { file, database, activity };
  };
  const salvaged = made('salvaged.db', 200);
  salvaged.database.close();
  const { database, activity } = made('backup.db', 100);
  database.exec('PRAGMA foreign_keys = OFF');
  database.prepare('ATTACH ? AS salvaged').run(salvaged.file);
  journalDomain.align(database);
  expect(activity.activity({ text: 'order:1', offset: 0, limit: 9 }).entries).toMatchObject([
    { text: 'Order 1 is done', about: { kind: 'order', id: 200 } },
  ]);
  expect(() => database.exec("UPDATE activity SET text = ''")).toThrow('append-only');
  database.close();
});

test('every part of a change keeps its change, where a backup of an older version knows that by another id', () => {
  const { database } = openDatabase(path.join(folder, 'older.db'), journalMigrations);
  const plan = (schema: string, id: number) =>
    `INSERT INTO ${schema}.plan (id, ordinal, created_at, kind, title, phase, waiting, already_right)
       VALUES (${id}, 1, 5, 'import', 't', 'done', '', 0);`;
  const parts = `
    INSERT INTO main.plan_item (plan_id, number, keep, before_primary, before_failover, to_primary, to_failover,
      flagged, status, reason, sent) VALUES (7, '${numberAt(0)}', 0, 'a', 'b', 'c', 'd', 0, 'done', '', 1);
    INSERT INTO main.plan_problem VALUES (7, 0, '', 'number-missing', 'null');
    INSERT INTO main.plan_row VALUES (7, 1, '${numberAt(0)}', 'x', 'c', 'd');
    INSERT INTO main.plan_file VALUES (7, '{}');`;
  const empty = openDatabase(path.join(folder, 'salvaged.db'), journalMigrations).database;
  empty.exec(plan('main', 70));
  empty.close();
  database.exec(`${plan('main', 7)} ${parts} PRAGMA foreign_keys = OFF`);
  database.prepare('ATTACH DATABASE ? AS salvaged').run(path.join(folder, 'salvaged.db'));
  journalDomain.align(database);
  const tables = database
    .prepare(
      `SELECT name FROM main.sqlite_schema AS one
       WHERE type = 'table' AND EXISTS (SELECT 1 FROM pragma_foreign_key_list(one.name) WHERE "table" = 'plan')`,
    )
    .all() as { name: string }[];
  expect(tables.map(({ name }) => name).sort()).toEqual([
    ...['plan', 'plan_file', 'plan_item', 'plan_problem', 'plan_row'],
  ]);
  expect(database.prepare('PRAGMA main.foreign_key_check').all()).toEqual([]);
  database.close();
});

test('a process that was killed opens as it was, log and all', async () => {
  const { copy, rows } = await killed();
  const journal = open(copy);
  expect(journal.recovered).toBeNull();
  await journal.close();
  expect(rowsOf(copy)).toEqual(rows);
});

const wal = (copy: string) => `${copy}-wal`;
test.each([
  [
    'a bit of the log',
    (copy: string) => {
      spoil(wal(copy), placeOf(wal(copy), 'The last thing'), Buffer.from([0]));
    },
  ],
  [
    'the head of the log',
    (copy: string) => {
      spoil(wal(copy), 0, garbage);
    },
  ],
  [
    'the end of the log',
    (copy: string) => {
      truncateSync(wal(copy), readFileSync(wal(copy)).length - 5_000);
    },
  ],
  [
    'the whole log',
    (copy: string) => {
      rmSync(wal(copy));
    },
  ],
  [
    'what was in the log',
    (copy: string) => {
      truncateSync(wal(copy), 0);
    },
  ],
  [
    'the file, and only the log is left',
    (copy: string) => {
      rmSync(copy);
    },
  ],
])('a killed process that lost %s says so, and has everything of its backup', async (_, damage) => {
  const { copy } = await killed();
  const before = rowsOf(file);
  damage(copy);
  const journal = open(copy);
  expect(journal.recovered).toMatchObject({ whole: false, upTo: expect.any(Number) as number });
  await journal.close();
  const after = rowsOf(copy);
  for (const table of ['tag', 'activity', 'learned', 'search']) {
    const lost = (before[table] ?? []).filter((row) => !after[table]?.includes(row));
    expect(
      lost.filter((row) => !/later|last thing/.test(row)),
      table,
    ).toEqual([]);
  }
});

test('a text that decayed in the file of a killed process comes from the backup, and what is in the log is there', async () => {
  const { copy, rows } = await killed();
  const at = placeOf(copy, `${numberAt(700)}vip`);
  spoil(copy, at + 13, Buffer.from('q'));
  const journal = open(copy);
  expect(journal.recovered).toMatchObject({ upTo: expect.any(Number) as number });
  await journal.close();
  expect(rowsOf(copy)['tag']).toEqual(rows['tag']);
  expect(rowsOf(copy)['activity']).toEqual(rows['activity']);
});

test('a log that has grown long is moved into the file, and its pages are known from then on', async () => {
  closed();
  const journal = open();
  const calls = callsOf(journal);
  const wal = `${file}-wal`;
  for (let at = 0; existsSync(wal) && (at === 0 || statSync(wal).size > 0); at += 1) {
    calls.tags.changeTags(
      Array.from({ length: 1_500 }, (_, place) => numberAt(place)),
      [`word ${at}`],
      [],
    );
    journal.touched();
  }
  const copy = path.join(folder, 'copy', 'journal.db');
  copyAlive(file, copy);
  spoil(copy, placeOf(copy, 'word 1') + 5, Buffer.from('9'));
  expect(open(copy).recovered).not.toBeNull();
});

test('a log of another time is not taken for this file’s', async () => {
  const { copy } = await killed();
  // The log of then, beside the file as it was closed later.
  const journal = open(file);
  callsOf(journal).tags.changeTags([numberAt(2)], ['newest'], []);
  await journal.close();
  const before = rowsOf(file);
  renameSync(wal(copy), wal(file));
  const again = open();
  expect(again.recovered).toBeNull();
  await again.close();
  expect(rowsOf(file)).toEqual(before);
  expect(readdirSync(folder).filter((name) => name.includes('stray'))).toHaveLength(1);
});

test('a log of another time beside a process that was killed is found out', async () => {
  const first = await killed();
  const old = readFileSync(wal(first.copy));
  const journal = open(file);
  callsOf(journal).tags.changeTags([numberAt(2)], ['newest'], []);
  const copy = path.join(folder, 'other', 'journal.db');
  copyAlive(file, copy);
  writeFileSync(wal(copy), old);
  expect(open(copy).recovered).toMatchObject({ whole: false });
});

test('a file that another program wrote meanwhile is taken as it is', async () => {
  closed();
  const { DatabaseSync } = await import('@photostructure/sqlite');
  const other = new DatabaseSync(file);
  other.exec("DELETE FROM tag WHERE tag = 'vip'");
  other.close();
  const journal = open();
  expect(journal.recovered).toBeNull();
  expect(callsOf(journal).tags.tagNames()).toEqual([{ name: 'a place to remember', count: 1_500 }]);
});
