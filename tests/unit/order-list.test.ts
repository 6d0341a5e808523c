import { beforeAll, describe, expect, test } from 'vitest';
import type { Offer } from '../../src-main/contract/buying.ts';
import { readListQuery } from '../../src-main/contract/list-query.ts';
import { orderColumns, orderQuery, type OrderColumn } from '../../src-main/contract/order-query.ts';
import type { Sorting } from '../../src-main/contract/sorting.ts';
import { journalMigrations, journalStores, type JournalStores } from '../../src-main/journal/parts.ts';
import { openStrictly } from '../../src-main/platform/storage/sqlite.ts';
import { some } from '../support/some.ts';

/** Orders as the list finds and sorts them. */
const number = (place: number) => `1206${5_550_000 + place}`;
const now = Date.UTC(2026, 10, 27, 12);
const day = 86_400_000;
let stores: JournalStores;

/** An order of so many numbers from a place on; the first `bought` of them were bought. */
function make(first: number, count: number, bought: number, at: number, primary = ''): void {
  const offers = Array.from({ length: count }, (_, place): Offer => ({
    ...{ number: number(first + place), rateCenter: 'SEATTLE', state: 'WA', billingMethods: ['METERED'] },
    setup: 100,
    monthly: 125,
  }));
  stores.cart.addToCart(offers);
  const routes = primary === '' ? null : { primary, failover: '9' };
  const how = { pricedAt: offers.map(() => at), listKnown: true };
  const id = stores.orders.createOrder(stores.cart.wholeCart(), routes, at, how) ?? 0;
  const marks = offers.slice(0, bought).map((item) => ({
    ...({ number: item.number, status: 'bought', reason: null } as const),
    paid: { item, at, found: false },
  }));
  stores.orders.mark(id, marks);
  stores.orders.setPhase(id, bought === count ? 'done' : 'paused', null);
}

const newest: Sorting<OrderColumn> = { column: 'order', direction: 'desc' };
function found(text: string, sort: Sorting<OrderColumn> = newest): number[] {
  const { clauses, problem } = readListQuery(orderQuery, text, now);
  expect(problem).toBeNull();
  const { orders, matching } = stores.orders.orders({ clauses, sort, offset: 0, limit: 500 });
  expect(matching).toBe(orders.length);
  return orders.map(({ ordinal }) => ordinal);
}

beforeAll(() => {
  stores = journalStores(openStrictly(':memory:', journalMigrations));
  const route = { type: 'HOST', value: 'v', builtin: false };
  stores.routes.putRoutes([
    { ...route, key: '1', label: 'West, Office' },
    { ...route, key: '9', label: 'fax' },
  ]);
  make(0, 3, 3, now - 40 * day, '1');
  make(10, 5, 2, now - 8 * day);
  make(20, 1, 1, now - day, 'gone-route');
});

describe('a query', () => {
  test.each<[string, number[]]>([
    ['', [3, 2, 1]],
    ['state:done', [3, 1]],
    ['state:paused', [2]],
    [`number:${number(11)}`, [2]],
    ['5550020', [3]],
    ['number:999', []],
    ['order:2', [2]],
    ['Order 2', [2]],
    // By what people call the route; one that is not listed any more by its key.
    ['route:"West, Office"', [1]],
    ['route:fax', [3, 1]],
    ['office', [1]],
    ['gone', [3]],
    ['route:1', []],
    ['-route:fax', [2]],
    ['since:30d', [3, 2]],
    ['before:7d state:paused', [2]],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  test('that is not understood finds nothing', () => {
    expect(stores.orders.orders({ clauses: null, offset: 0, limit: 9 })).toEqual({
      ...{ total: 3, matching: 0, offset: 0, orders: [] },
    });
  });

  test('finds numbers by an index', () => {
    for (const text of some(['number:2065550011', '12065550011'])) {
      const steps = stores.orderList.steps(readListQuery(orderQuery, text, now).clauses).join('\n');
      expect(steps).toContain('SEARCH order_item USING COVERING INDEX order_item_number');
    }
  });
});

test('the order by every column, in both directions, and by a second one', () => {
  const orders = Object.fromEntries(
    orderColumns.map((column) => [
      column,
      [found('', { column, direction: 'asc' }), found('', { column, direction: 'desc' })].map(String),
    ]),
  );
  expect(orders).toEqual({
    order: ['1,2,3', '3,2,1'],
    state: ['2,3,1', '3,1,2'],
    numbers: ['3,1,2', '2,1,3'],
    bought: ['3,2,1', '1,2,3'],
    spent: ['3,2,1', '1,2,3'],
    monthly: ['3,2,1', '1,2,3'],
    primary: ['2,3,1', '1,3,2'],
    when: ['1,2,3', '3,2,1'],
  });
  const also = [{ column: 'numbers', direction: 'desc' } as const];
  expect(found('', { column: 'state', direction: 'desc', also })).toEqual([1, 3, 2]);
});

test('suggestions count among what the rest of the query finds', () => {
  const offers = (typed: string, text = '') =>
    stores.orderList.suggest({ text, typed }, now).map(({ token, count }) => [token, count]);
  expect(offers('office')).toEqual([['route:"West, Office"', 1]]);
  expect(offers('route:fax', 'since:7d')).toEqual([['route:fax', 1]]);
  expect(offers('pau')).toEqual([['state:paused', 1]]);
});
