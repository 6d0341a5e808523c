import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CartItem } from '../../src-main/contract/buying.ts';
import type { ItemStatus } from '../../src-main/contract/order-statuses.ts';
import { OrderStore } from '../../src-main/buying/order-store.ts';
import { seeded } from '../../src-main/sandbox/random.ts';
import { journalMigrations } from '../../src-main/journal/parts.ts';
import {
  closeDatabase,
  openDatabase,
  transaction,
  type Database,
} from '../../src-main/platform/storage/sqlite.ts';

let folder: string;
let database: Database;
let orders: OrderStore;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-'));
  ({ database } = openDatabase(path.join(folder, 'journal.db'), journalMigrations));
  orders = new OrderStore(database);
});
afterEach(() => {
  closeDatabase(database);
  rmSync(folder, { recursive: true });
});

function begin(count: number): number {
  const items = Array.from({ length: count }, (_, at) => ({
    ...{ number: String(12_065_550_000 + at), setup: 100 + at, monthly: 85, billing: 'METERED' },
    ...{ rateCenter: 'SEATTLE', state: 'WA' },
  })) as unknown as CartItem[];
  const put = database.prepare(
    `INSERT INTO cart (number, setup, monthly, billing, billing_methods, rate_center, state)
     VALUES (?, ?, ?, ?, '["METERED"]', 'SEATTLE', 'WA')`,
  );
  for (const { number, setup, monthly, billing } of items) put.run(number, setup, monthly, billing);
  const id = orders.createOrder(items, { primary: 'sbc-east', failover: 'fax' }, 1, {
    pricedAt: items.map(() => 1),
    listKnown: true,
  });
  if (id === null) throw new Error('no order');
  return id;
}

/** What a plain count says. */
function counted(id: number) {
  const rows = database
    .prepare('SELECT status, setup, monthly, routes FROM order_item WHERE order_id = ?')
    .all(id) as { status: ItemStatus; setup: number; monthly: number; routes: string }[];
  const counts = { planned: 0, sending: 0, bought: 0, refused: 0, unknown: 0 };
  for (const { status } of rows) counts[status] += 1;
  const bought = rows.filter(({ status }) => status === 'bought');
  return {
    counts,
    total: rows.length,
    spent: bought.reduce((sum, { setup }) => sum + setup, 0),
    monthly: bought.reduce((sum, { monthly }) => sum + monthly, 0),
    unset: bought.filter(({ routes }) => routes === 'failed').length,
  };
}

/** A change in a transaction that fails. */
function takeBack(id: number, number: string): void {
  expect(() =>
    transaction(database, () => {
      database
        .prepare("UPDATE order_item SET status = 'bought' WHERE order_id = ? AND number = ?")
        .run(id, number);
      throw new Error('taken back');
    }),
  ).toThrow('taken back');
}

test('the sums that are told are those of the rows, whatever changed them', () => {
  const random = seeded(7);
  const pick = <T>(of: readonly T[]) => of[Math.floor(random() * of.length)] as T;
  const ids = [begin(40)];
  const states = ['planned', 'sending', 'bought', 'refused', 'unknown'] as const;
  for (let step = 0; step < 600; step += 1) {
    const id = pick(ids);
    const number = String(12_065_550_000 + Math.floor(random() * 40));
    const what = random();
    if (what < 0.6) {
      const status = pick(states);
      // What is settled is never sent again.
      if (status === 'sending') orders.mark(id, [{ number, status: 'planned', reason: null }]);
      orders.mark(id, [{ number, status, reason: { code: 'text', detail: 'x' } }]);
    } else if (what < 0.8)
      database
        .prepare('UPDATE order_item SET routes = ? WHERE number = ?')
        .run(pick(['set', 'failed', 'planned']), number);
    else if (what < 0.85) orders.leave(id);
    else if (what < 0.9) takeBack(id, number);
    else if (what < 0.95)
      database.exec(
        `INSERT OR REPLACE INTO order_item SELECT * FROM order_item WHERE order_id = ${id} AND number = '${number}'`,
      );
    else {
      orders.recover();
      // Only of an order that runs is anything sent.
      orders.setPhase(id, 'running', null);
    }
    expect(orders.summary(id)).toMatchObject(counted(id));
  }
  // The same from a file that has orders already.
  const again = counted(ids[0] ?? 0);
  closeDatabase(database);
  ({ database } = openDatabase(path.join(folder, 'journal.db'), journalMigrations));
  orders = new OrderStore(database);
  expect(orders.summary(ids[0] ?? 0)).toMatchObject(again);
});

test('neither the next numbers nor the sums look through what was done of the order', () => {
  const id = begin(2_000);
  expect(orders.summary(id)?.total).toBe(2_000);
  const asked: string[] = [];
  const watched = new OrderStore(
    new Proxy(database, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        if (name === 'exec') return () => undefined;
        return (sql: string) => {
          asked.push(sql);
          return (value as (text: string) => unknown).call(target, sql);
        };
      },
    }),
  );
  for (let at = 0; at < 1_000; at += 1)
    orders.mark(id, [{ number: String(12_065_550_000 + at), status: 'bought', reason: null, routes: 'set' }]);
  expect(watched.claim(id, 2, '12065550999', 1)[0]?.number).toBe('12065551000');
  expect(watched.summary(id)?.counts).toMatchObject({ bought: 1_000, planned: 1_000 });
  const plans = asked.flatMap(
    (sql) => database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[],
  );
  const details = plans
    .map(({ detail }) => detail)
    .filter((detail) => !/json_each|SCALAR|LIST SUBQUERY|BLOOM/.test(detail));
  expect(details).toEqual([
    expect.stringMatching(/^SEARCH order_item USING PRIMARY KEY \(order_id=\? AND number>\?\)$/),
    expect.stringMatching(/^SEARCH purchase_order USING INTEGER PRIMARY KEY/),
    // What people call its two routes.
    'SEARCH route USING PRIMARY KEY (name=?)',
    'SEARCH route USING PRIMARY KEY (name=?)',
    expect.stringMatching(/^SEARCH (temp\.)?order_item_sum USING PRIMARY KEY \(job=\?\)$/),
  ]);
});
