import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BackupStore } from '../../src-main/backup/backup-store.ts';
import { CartStore } from '../../src-main/buying/cart-store.ts';
import { OrderStore, type RunItem } from '../../src-main/buying/order-store.ts';
import { journalMigrations, journalStores, type JournalStores } from '../../src-main/journal/parts.ts';
import { closeDatabase, openDatabase, type Database } from '../../src-main/platform/storage/sqlite.ts';
import { TagStore } from '../../src-main/inventory/tag-store.ts';
import { dumpDatabase, type Row } from '../fixtures/dump.ts';
import { insertJob } from '../../src-main/jobs/job-store.ts';
import { some } from '../support/some.ts';

const fixtures = path.resolve(import.meta.dirname, '../fixtures/0.1.0');
const store = new BackupStore();
let folder: string;
const at = (name: string) => path.join(folder, name);
const rows = (name: string, table: string) => dumpDatabase(at(name))[table] ?? [];
const none = { jobs: 0, unsent: 0, unclear: 0 };

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function journal(name: string, fill: (database: Database) => void): void {
  const { database } = openDatabase(at(name), journalMigrations);
  fill(database);
  closeDatabase(database);
}

const offer = (number: string) => ({
  ...{
    number,
    setup: 100,
    monthly: 125,
    rateCenter: 'SEATTLE',
    state: 'WA',
    billingMethods: ['METERED', 'VPRI'],
  },
});
const bought = (item: RunItem, at: number) => {
  return { number: item.number, status: 'bought', reason: null, paid: { item, at, found: false } } as const;
};
/** A journal that is open has its stores once: they keep sums beside its jobs. */
const stores = new WeakMap<Database, JournalStores>();
function storesOf(database: Database): JournalStores {
  const known = stores.get(database) ?? journalStores(database);
  stores.set(database, known);
  return known;
}

/** An order of these numbers, made at that moment, with what became of each. */
function order(
  database: Database,
  made: number,
  states: Record<string, 'planned' | 'sending' | 'bought' | 'refused' | 'unknown'>,
  phase: 'running' | 'paused' | 'stopping' | 'done' = 'paused',
): number {
  const { cart, orders } = storesOf(database);
  cart.addToCart(Object.keys(states).map(offer));
  const items = cart.wholeCart().filter((item) => item.number in states);
  const id = orders.createOrder(items, null, made, { pricedAt: items.map(() => made), listKnown: true }) ?? 0;
  for (const item of orders.itemsThatAre(id, 'planned')) {
    const state = states[item.number] ?? 'planned';
    if (state === 'planned') continue;
    const { number } = item;
    if (state !== 'refused') orders.mark(id, [{ number, status: 'sending', reason: null }]);
    if (state === 'bought') orders.mark(id, [bought(item, made)]);
    else if (state !== 'sending')
      orders.mark(id, [{ number, status: state, reason: { code: 'text', detail: 'so it was' } }]);
  }
  orders.setPhase(id, phase, null);
  return id;
}
const activityIn = (database: Database) => storesOf(database).activity;
/** That an order is done. */
const note = (database: Database, moment: number, id: number, numbers: string[] = []) =>
  activityIn(database).record({
    ...{ at: moment, kind: 'order', about: { kind: 'order', id }, text: ' is done: 1 bought', outcome: 'ok' },
    numbers,
  });
/** What the record says, the oldest first, and the moment when what it is about was made. */
function saidIn(name: string): string[] {
  const made = new Map(
    [...rows(name, 'purchase_order'), ...rows(name, 'plan')].map((row) => [row['id'], row['created_at']]),
  );
  let said: string[] = [];
  journal(name, (database) => {
    const { entries } = activityIn(database).activity({ text: '', offset: 0, limit: 50 });
    said = entries.map(({ id, text, about }) => `${id} ${text} (${about ? made.get(about.id) : 'nothing'})`);
  });
  return said.reverse();
}

describe('journals of 0.1.0', () => {
  test.each(['rich', 'stopping'])('%s: every row comes back, with nothing on its way', (name) => {
    cpSync(path.join(fixtures, name), at('old'), { recursive: true });
    const databases = Object.keys(dumpOf('old')).filter((file) => file.endsWith('journal.db'));
    for (const [index, file] of some(databases.entries())) {
      const before = dumpDatabase(at(`old/${file}`));
      store.copy(at(`old/${file}`), at(`${index}.db`));
      store.prepare(at(`${index}.db`));
      const after = dumpDatabase(at(`${index}.db`));
      for (const table of ['tag', 'learned', 'search', 'stock', 'route', 'activity_part', 'plan_row'])
        expect(after[table]?.length, table).toBe(before[table]?.length);
      expect(after['tag']).toEqual(before['tag']);
      expect(after['learned']).toEqual(before['learned']);
      for (const table of ['purchase_order', 'order_item', 'plan', 'plan_item', 'activity'])
        expect(after[table]?.length, table).toBe(before[table]?.length);
      const open = (row: Row) => !['done', 'draft', 'paused'].includes(String(row['phase']));
      expect([...(after['purchase_order'] ?? []), ...(after['plan'] ?? [])].filter(open)).toEqual([]);
      expect(
        after['order_item']?.filter((item) => item['status'] === 'planned' || item['status'] === 'sending'),
      ).toEqual([]);
      // What was bought stays bought.
      const bought = (tables: Row[] | undefined) =>
        tables?.filter((item) => item['status'] === 'bought').length;
      expect(bought(after['order_item'])).toBe(bought(before['order_item']));
    }
  });

  test('are recognised although each update gives their orders other ids: nothing comes twice', () => {
    cpSync(path.join(fixtures, 'rich'), at('old'), { recursive: true });
    for (const file of some(Object.keys(dumpOf('old')).filter((one) => one.endsWith('journal.db')))) {
      store.copy(at(`old/${file}`), at('ours.db'));
      store.copy(at(`old/${file}`), at('theirs.db'));
      store.prepare(at('theirs.db'));
      const { overlaps } = store.compare(at('ours.db'), at('theirs.db'));
      // Numbers of unfinished orders come into the cart of the backup.
      for (const [kind, { here, there, both }] of some(Object.entries(overlaps)).filter(
        ([kind]) => kind !== 'cart',
      ))
        expect([kind, here, there, both]).toEqual([kind, there, there, there]);
      const before = dumpDatabase(at('ours.db'));
      store.merge(at('ours.db'), at('theirs.db'));
      const after = dumpDatabase(at('ours.db'));
      const counts = (tables: typeof before) =>
        Object.entries(tables).map(([name, all]) => [name, all.length]);
      expect(counts(after)).toEqual(counts(before));
      for (const name of ['ours.db', 'theirs.db']) rmSync(at(name));
    }
  });

  function dumpOf(name: string): Record<string, true> {
    const names = [
      '159ae081-b3c9-40a1-a551-fef9ecf5a969',
      '19ce42ea-6d02-4fe9-9853-2976ddc2d989',
      'd766d759-8c76-47bf-896d-7bfc1b7abb03',
      '2bac5fb4-9bd4-4c02-8cb9-378cb53e8973',
    ];
    return Object.fromEntries(
      names
        .map((id) => `accounts/${id}/journal.db`)
        .filter((file) => existsSync(at(`${name}/${file}`)))
        .map((file) => [file, true]),
    );
  }
});

describe('what was not finished', () => {
  test('is a change of routes: what may have been sent is not told as not sent', () => {
    journal('a.db', (database) => {
      database.exec(`
        INSERT INTO plan (id, ordinal, created_at, kind, title, phase, waiting, already_right)
          VALUES (7, 1, 1, 'assign', 't', 'paused', '', 0);
        INSERT INTO plan_item (plan_id, number, keep, before_primary, before_failover, to_primary, to_failover, flagged, status, reason, sent)
          VALUES (7, '12065550101', 0, 'a', 'b', 'c', 'd', 0, 'planned', '', 0),
            (7, '12065550102', 0, 'a', 'b', 'c', 'd', 0, 'planned', '', 1),
            (7, '12065550103', 0, 'a', 'b', 'c', 'd', 0, 'sending', '', 1);`);
    });
    expect(store.prepare(at('a.db')).plan).toEqual({ jobs: 1, unsent: 1, unclear: 2 });
    expect(rows('a.db', 'plan_item').map(({ status }) => status)).toEqual(['left', 'unknown', 'unknown']);
    expect(rows('a.db', 'plan')).toMatchObject([{ phase: 'done', stopped: 1, waiting: 'backup-unknown' }]);
  });

  test('rests: nothing of it is sent, what was not asked for is in the cart, what may have been bought is looked up', () => {
    journal('a.db', (database) => {
      order(database, 1, {
        '12065550101': 'bought',
        '12065550102': 'planned',
        '12065550103': 'sending',
        '12065550104': 'unknown',
      });
      order(database, 2, { '12065550201': 'planned', '12065550202': 'refused' }, 'running');
      order(database, 3, { '12065550301': 'bought', '12065550302': 'refused' }, 'done');
    });
    expect(store.prepare(at('a.db'))).toEqual({ order: { jobs: 2, unsent: 2, unclear: 2 }, plan: none });
    const orders = rows('a.db', 'purchase_order').sort((a, b) => Number(a['ordinal']) - Number(b['ordinal']));
    expect(orders.map(({ phase, stopped }) => [phase, stopped])).toEqual([
      ['paused', 1],
      ['done', 1],
      ['done', 0],
    ]);
    const items = rows('a.db', 'order_item');
    const of = (number: string) => items.find((item) => item['number'] === number);
    expect(of('12065550102')).toMatchObject({ status: 'refused', doubt: 1, reason: 'backup' });
    expect(of('12065550103')).toMatchObject({ status: 'unknown', doubt: 1 });
    expect(of('12065550104')).toMatchObject({ status: 'unknown' });
    expect(of('12065550302')).toMatchObject({
      status: 'refused',
      reason_detail: '"so it was"',
    });
    expect(rows('a.db', 'cart').map(({ number, doubt }) => [number, doubt])).toEqual([
      ['12065550102', 1],
      ['12065550201', 1],
    ]);
    // A second look changes nothing more.
    expect(store.prepare(at('a.db'))).toMatchObject({ order: { jobs: 1, unsent: 0, unclear: 2 } });
    expect(rows('a.db', 'order_item')).toEqual(items);
  });

  test('a detail longer than the app writes makes it foreign', () => {
    journal('a.db', (database) => {
      order(database, 1, { '12065550101': 'refused' }, 'done');
      database.exec(
        `UPDATE order_item SET reason = 'text', reason_detail = '"' || replace(hex(zeroblob(15000)), '0', 'a') || '"'`,
      );
    });
    expect(() => store.prepare(at('a.db'))).toThrow('damaged or not of Numberdesk');
  });

  test('what a stopped order had not sent is not put into the cart, nor said to be there', () => {
    journal('a.db', (database) => {
      const id = order(database, 1, { '12065550101': 'bought', '12065550102': 'planned' }, 'stopping');
      storesOf(database).orders.stop(id);
    });
    expect(store.prepare(at('a.db'))).toEqual({ order: { jobs: 1, unsent: 0, unclear: 0 }, plan: none });
    expect(rows('a.db', 'cart')).toEqual([]);
    expect(rows('a.db', 'purchase_order')).toMatchObject([{ phase: 'done', stopped: 1, waiting: '' }]);
    const left = rows('a.db', 'order_item').find((item) => item['number'] === '12065550102');
    expect(left).toMatchObject({ status: 'refused', reason: 'stopped', doubt: 0 });
  });

  test('what was in the cart may have been bought since: it is looked up first', () => {
    journal('a.db', (database) => new CartStore(database).addToCart([offer('12065550105')]));
    store.copy(at('a.db'), at('ours.db'));
    store.prepare(at('a.db'));
    // The same of a number that both computers have in their carts.
    store.merge(at('ours.db'), at('a.db'));
    for (const name of ['a.db', 'ours.db'])
      journal(name, (database) => {
        const orders = new OrderStore(database);
        const items = new CartStore(database).wholeCart();
        const id = orders.createOrder(items, null, 9, { pricedAt: [], listKnown: true }) ?? 0;
        expect(orders.itemsThatAre(id, 'planned'), name).toMatchObject([{ number: '12065550105', doubt: 1 }]);
      });
  });

  test('routes for all of a cart come with it where the cart here is empty, and change nothing for another one', () => {
    const chosen = { primary: 'sbc-west', failover: 'fax' };
    journal('theirs.db', (database) => {
      const cart = new CartStore(database);
      cart.addToCart([offer('12065550105')]);
      cart.setRoutes(chosen);
    });
    store.prepare(at('theirs.db'));
    journal('empty.db', (database) => {
      const cart = new CartStore(database);
      cart.addToCart([offer('12065550106')]);
      cart.setRoutes({ primary: 'sbc-east', failover: '' });
      cart.removeFromCart(['12065550106']);
    });
    journal('full.db', (database) => {
      new CartStore(database).addToCart([offer('12065550107')]);
    });
    const routesIn = (name: string) => {
      store.merge(at(name), at('theirs.db'));
      let routes = {};
      journal(name, (database) => ({ routes } = new CartStore(database).cart()));
      return routes;
    };
    expect(routesIn('empty.db')).toEqual(chosen);
    expect(routesIn('full.db')).toEqual({ primary: '', failover: '' });
  });

  test('is looked up first in an order that is made of the cart afterwards', () => {
    journal('a.db', (database) => order(database, 1, { '12065550102': 'planned' }));
    store.prepare(at('a.db'));
    journal('a.db', (database) => {
      const orders = new OrderStore(database);
      const id =
        orders.createOrder(new CartStore(database).wholeCart(), null, 9, { pricedAt: [], listKnown: true }) ??
        0;
      expect(orders.itemsThatAre(id, 'planned')).toMatchObject([
        { number: '12065550102', sent: 0, doubt: 1 },
      ]);
      // Until the list has it: then the first order bought it, on the other computer.
      expect(orders.doubted().map((item) => item.number)).toEqual(['12065550102']);
    });
  });
});

describe('merging', () => {
  beforeEach(() => {
    journal('ours.db', (database) => {
      const first = order(database, 10, { '12065550101': 'bought' }, 'done');
      const second = order(database, 20, { '12065550102': 'bought' }, 'done');
      new TagStore(database).changeTags(['12065550101'], ['vip'], []);
      note(database, 10, first, ['12065550101']);
      note(database, 20, second);
    });
    journal('theirs.db', (database) => {
      const first = order(database, 15, { '12065550201': 'bought', '12065550202': 'refused' }, 'done');
      const second = order(database, 30, { '12065550203': 'bought' }, 'done');
      order(database, 35, { '12065550204': 'bought' }, 'done');
      new TagStore(database).changeTags(['12065550101', '12065550201'], ['VIP', 'spare'], []);
      note(
        database,
        15,
        first,
        Array.from({ length: 450 }, (_, i) => `1206555${1000 + i}`),
      );
      note(database, 30, second);
      new CartStore(database).addToCart([offer('12065550101'), offer('12065550999')]);
    });
    store.prepare(at('theirs.db'));
  });

  test('adds what is not here, under numbers that are free, in the order of time', () => {
    const { overlaps, blocked } = store.compare(at('ours.db'), at('theirs.db'));
    expect(overlaps).toMatchObject({
      order: { here: 2, there: 3, both: 0 },
      tags: { here: 1, there: 4, both: 1 },
      activity: { here: 2, there: 2, both: 0 },
    });
    expect(blocked).toBeNull();
    store.merge(at('ours.db'), at('theirs.db'));
    const orders = rows('ours.db', 'purchase_order').map(({ ordinal, created_at: made }) => [ordinal, made]);
    expect(orders.sort((a, b) => Number(a[0]) - Number(b[0]))).toEqual([
      [1, 10],
      [2, 20],
      [3, 15],
      [4, 30],
      [5, 35],
    ]);
    expect(saidIn('ours.db')).toEqual([
      '1 Order 1 is done: 1 bought (10)',
      '2 Order 3 is done: 1 bought (15)',
      '3 Order 2 is done: 1 bought (20)',
      '4 Order 4 is done: 1 bought (30)',
    ]);
    expect(rows('ours.db', 'activity_part').map(({ activity_id: of, part }) => [of, part])).toEqual([
      [2, 1],
      [2, 2],
    ]);
    expect(rows('ours.db', 'tag').map(({ number, tag }) => `${number} ${tag}`)).toEqual([
      '12065550101 spare',
      '12065550101 vip',
      '12065550201 spare',
      '12065550201 VIP',
    ]);
    // What was bought is in no cart.
    expect(rows('ours.db', 'cart').map(({ number }) => number)).toEqual(['12065550999']);
    journal('ours.db', (database) => {
      expect(() => database.exec('DELETE FROM activity')).toThrow('append-only');
    });
  });

  test('names the changes of both, and those they come from, by the numbers they have here', () => {
    const change = (database: Database, made: number, of: number | null) => {
      const columns = { kind: of === null ? 'assign' : 'undo', title: of === null ? 'Set primary to a' : '' };
      const id = insertJob(database, 'plan', {
        ...{ ...columns, created_at: made, phase: 'done', already_right: 0, of_id: of },
      });
      activityIn(database).record({
        ...{ at: made, kind: 'routes', about: { kind: 'plan', id }, text: ': 1 changed', outcome: 'ok' },
        numbers: [],
      });
      return id;
    };
    for (const [name, made] of [
      ['ours.db', 100],
      ['theirs.db', 110],
    ] as const)
      journal(name, (database) => change(database, made + 1, change(database, made, null)));
    store.merge(at('ours.db'), at('theirs.db'));
    expect(saidIn('ours.db').filter((text) => text.includes('Change'))).toEqual([
      '5 Change 1 (Set primary to a): 1 changed (100)',
      '6 Change 2 (Undo of Change 1): 1 changed (101)',
      '7 Change 3 (Set primary to a): 1 changed (110)',
      '8 Change 4 (Undo of Change 3): 1 changed (111)',
    ]);
  });

  test('knows an entry of a shared order that has another id in the backup', () => {
    store.copy(at('ours.db'), at('renumbered.db'));
    journal('renumbered.db', (database) => {
      database.exec(`PRAGMA foreign_keys = OFF; DROP TRIGGER activity_is_kept;
        UPDATE purchase_order SET id = id + 1; UPDATE order_item SET order_id = order_id + 1;
        UPDATE activity SET about_id = about_id + 1;
        CREATE TRIGGER activity_is_kept BEFORE UPDATE ON activity BEGIN SELECT raise(ABORT, 'activity is append-only'); END;`);
    });
    store.prepare(at('renumbered.db'));
    const { overlaps } = store.compare(at('ours.db'), at('renumbered.db'));
    expect(overlaps.activity).toEqual({ here: 2, there: 2, both: 2 });
    const before = rows('ours.db', 'activity');
    store.merge(at('ours.db'), at('renumbered.db'));
    expect(rows('ours.db', 'activity')).toEqual(before);
  });

  test('a second time adds nothing', () => {
    store.merge(at('ours.db'), at('theirs.db'));
    const once = dumpDatabase(at('ours.db'));
    store.merge(at('ours.db'), at('theirs.db'));
    expect(dumpDatabase(at('ours.db'))).toEqual(once);
  });

  test('a shared order keeps its state here; what the other computer did is looked up here first', () => {
    const states = { '12065550301': 'planned', '12065550302': 'planned', '12065550303': 'refused' } as const;
    journal('ours.db', (database) => order(database, 50, states));
    store.copy(at('ours.db'), at('elsewhere.db'));
    journal('elsewhere.db', (database) => {
      const orders = new OrderStore(database);
      const id = orders.orders({ offset: 0, limit: 99 }).orders[0]?.id ?? 0;
      const [unsent] = orders.itemsThatAre(id, 'planned');
      if (unsent) orders.mark(id, [bought(unsent, 60)]);
    });
    store.prepare(at('elsewhere.db'));
    store.merge(at('ours.db'), at('elsewhere.db'));
    const item = (number: string) => rows('ours.db', 'order_item').find((row) => row['number'] === number);
    expect(item('12065550301')).toMatchObject({ status: 'unknown', doubt: 1 });
    expect(item('12065550302')).toMatchObject({ status: 'planned', doubt: 0 });
    expect(item('12065550303')).toMatchObject({ status: 'refused', doubt: 0 });
    // Its planned number is in the order here, and not in the cart besides.
    expect(rows('ours.db', 'cart').map(({ number }) => number)).toEqual([]);
    expect(store.compare(at('ours.db'), at('elsewhere.db')).blocked).toBe('order');
  });
});

test('every table of the journal is among those that are merged: a new one has to be taught to `mergeJournal`', () => {
  journal('a.db', () => undefined);
  const tables = Object.keys(dumpDatabase(at('a.db')));
  const merged = [
    ...['activity', 'activity_part', 'cart', 'cart_routes', 'import_mapping', 'learned', 'order_item'],
    ...['plan', 'plan_file', 'plan_item', 'plan_problem', 'plan_row', 'purchase_order'],
    ...['route', 'search', 'stock', 'tag'],
  ];
  expect(tables).toEqual(merged);
});

describe('a file from elsewhere', () => {
  const strange = (sql: string) => {
    journal('x.db', (database) => new TagStore(database).changeTags(['12065550101'], ['vip'], []));
    const raw = new DatabaseSync(at('x.db'));
    raw.exec(sql);
    raw.close();
    return () => store.prepare(at('x.db'));
  };
  test.each([
    ['a trigger of its own', 'CREATE TRIGGER t AFTER INSERT ON tag BEGIN DELETE FROM learned; END'],
    [
      'a trigger with a name of ours',
      'DROP TRIGGER activity_stays; CREATE TRIGGER activity_stays AFTER INSERT ON tag BEGIN DELETE FROM tag; END',
    ],
    ['a view', 'CREATE VIEW v AS SELECT 1'],
    ['a table of its own', 'CREATE TABLE other (x)'],
    ['another schema', 'DROP TABLE learned'],
    ['a tag of no number', "INSERT INTO tag VALUES ('1206', 'x')"],
    [
      'no list where one is read',
      "INSERT INTO activity VALUES (1, 1, 'order', 't', 'ok', 'no list', 0, NULL, NULL)",
    ],
    ['half a subject', "INSERT INTO activity VALUES (1, 1, 'order', 't', 'ok', '[]', 0, 'order', NULL)"],
    ['a subject of no kind', "INSERT INTO activity VALUES (1, 1, 'order', 't', 'ok', '[]', 0, 'other', 7)"],
    ['a part of nothing', "PRAGMA foreign_keys = OFF; INSERT INTO plan_problem VALUES (7, 1, 1, 1, '{}')"],
    [
      'a reason that is no JSON',
      `INSERT INTO plan (id, ordinal, created_at, kind, title, phase, waiting, already_right) VALUES (7, 1, 1, 'assign', 't', 'draft', '', 0);
       INSERT INTO plan_problem VALUES (7, 0, '12065550142', 'text', 'no JSON')`,
    ],
  ])('with %s is refused', (_, sql) => {
    expect(strange(sql)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
  });
  test('of a newer version is refused as such', () => {
    expect(strange('PRAGMA user_version = 999; PRAGMA application_id = 999')).toThrow(
      expect.objectContaining({ code: 'storage-newer' }),
    );
  });
});
