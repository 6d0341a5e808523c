import { beforeAll, describe, expect, test } from 'vitest';
import { readListQuery } from '../../src-main/contract/list-query.ts';
import { planColumns, planQuery, type PlanColumn } from '../../src-main/contract/plan-query.ts';
import type { PlanKind } from '../../src-main/contract/plan-statuses.ts';
import type { Sorting } from '../../src-main/contract/sorting.ts';
import { journalMigrations, journalStores, type JournalStores } from '../../src-main/journal/parts.ts';
import { openStrictly, type Database } from '../../src-main/platform/storage/sqlite.ts';
import { some } from '../support/some.ts';

/** Changes of routes as the list finds and sorts them, against what a plain look at each of them says. */
type Made = {
  readonly kind?: PlanKind;
  readonly title?: string;
  readonly numbers: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly at: number;
};
const routes = [
  { key: '1', label: 'sbc-east' },
  { key: '2', label: 'sbc-west' },
  { key: '3', label: 'Fax, Office' },
  { key: '4', label: 'FAX-b' },
].map((route) => ({ ...route, type: 'HOST', value: 'v', builtin: false }));
const number = (place: number) => `1206${5_550_000 + place}`;
const now = Date.UTC(2026, 10, 27, 12);
const day = 86_400_000;
let database: Database;
let stores: JournalStores;

function make(
  stores: JournalStores,
  { kind = 'assign', title = 'Set primary', numbers, from, to, at }: Made,
): number {
  const begun = stores.drafts.beginDraft({ kind: 'numbers' });
  if ('ask' in begun) throw new Error('nothing is asked of numbers');
  stores.drafts.addDraftNumbers(begun.token, numbers, { primary: { route: to }, failover: 'keep' });
  stores.drafts.addDraftPairs(
    begun.token,
    numbers.map(() => ({ primary: from, failover: '4' })),
  );
  return stores.drafts.finishDraft(begun.token, { at, kind, title, of: null }, routes, true, false).id;
}

const newest: Sorting<PlanColumn> = { column: 'change', direction: 'desc' };
/** Ordinals of what a query finds. */
function found(text: string, sort: Sorting<PlanColumn> = newest): number[] {
  const { clauses, problem } = readListQuery(planQuery, text, now);
  expect(problem).toBeNull();
  const { plans, matching } = stores.plans.plans({ clauses, sort, offset: 0, limit: 500 });
  expect(matching).toBe(plans.length);
  return plans.map(({ ordinal }) => ordinal);
}

beforeAll(() => {
  database = openStrictly(':memory:', journalMigrations);
  stores = journalStores(database);
  stores.routes.putRoutes(routes);
  const span = (first: number, count: number) => Array.from({ length: count }, (_, at) => number(first + at));
  make(stores, {
    numbers: span(0, 3),
    from: '1',
    to: '2',
    at: now - 40 * day,
    title: 'Set primary to sbc-west',
  });
  make(stores, {
    numbers: span(2, 5),
    from: '2',
    to: '3',
    at: now - 8 * day,
    kind: 'import',
    title: 'Import of 50%_off.csv',
  });
  make(stores, { numbers: span(100, 1), from: '1', to: '3', at: now - day });
  make(stores, {
    numbers: span(200, 20),
    from: '2',
    to: '1',
    at: now - 1_000,
    title: 'Set primary to sbc-east',
  });
  const [first, second] = stores.plans.plans({ offset: 0, limit: 9 }).plans.toReversed();
  stores.plans.setPhase(first?.id ?? 0, 'running', null);
  stores.plans.mark(first?.id ?? 0, [
    { number: number(0), status: 'done', reason: null },
    { number: number(1), status: 'failed', reason: null },
  ]);
  stores.plans.setPhase(first?.id ?? 0, 'done', null);
  stores.plans.setPhase(second?.id ?? 0, 'paused', null);
});

describe('a query', () => {
  test.each<[string, number[]]>([
    ['', [4, 3, 2, 1]],
    ['state:draft', [4, 3]],
    ['state:paused,done', [2, 1]],
    ['-state:draft', [2, 1]],
    // Of numbers: a whole one, the end of one, one that two of them touch.
    [`number:${number(100)}`, [3]],
    ['2065550002', [2, 1]],
    ['5550002', [2, 1]],
    ['number:0219', [4]],
    ['number:9999', []],
    ['-number:5550002', [4, 3]],
    // Three digits may be the name of a change, or in a number.
    ['change:2', [2]],
    ['2', [2]],
    ['change:1,3', [3, 1]],
    // Of routes: those that a side had or gets, and not one that stays.
    ['route:sbc-east', [4, 3, 1]],
    ['route:"Fax, Office"', [3, 2]],
    ['route:"fax, office"', []],
    ['route:fax-b', []],
    ['route:nobody', []],
    ['-route:sbc-east', [2]],
    // Words in what it is called, or in the name of a route.
    ['west', [4, 2, 1]],
    ['import', [2]],
    ['50%_off', [2]],
    ['50%off', []],
    ['"to sbc-east"', [4]],
    ['change', [4, 3, 2, 1]],
    ["' OR 1", []],
    ['since:7d', [4, 3]],
    ['before:30d', [1]],
    ['since:30d before:7d', [2]],
    ['state:draft west', [4]],
    ['state:draft west 5550201', [4]],
    ['state:done since:today', []],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  test('that is not understood finds nothing, and still tells how many there are', () => {
    expect(stores.plans.plans({ clauses: null, offset: 0, limit: 500 })).toEqual({
      ...{ total: 4, open: 3, matching: 0, offset: 0, plans: [] },
    });
  });

  test('finds numbers by an index, and reads no item of other plans', () => {
    const steps = (text: string) =>
      stores.planList.steps(readListQuery(planQuery, text, now).clauses).join('\n');
    for (const text of some(['number:2065550142', '2065550142', 'number:+442079460958']))
      expect(steps(text)).toContain('SEARCH plan_item USING COVERING INDEX plan_item_number');
    // A few digits can be anywhere in a number: all of the index is read, and none of the rows.
    expect(steps('number:0142')).toContain('SCAN plan_item USING COVERING INDEX plan_item_number');
    expect(steps('route:sbc-east')).toContain('SEARCH temp.plan_route USING PRIMARY KEY (route=?)');
    expect(steps('route:sbc-east')).not.toContain('plan_item ');
  });
});

describe('the order', () => {
  test('by every column, in both directions', () => {
    const orders = Object.fromEntries(
      planColumns.map((column) => [
        column,
        [found('', { column, direction: 'asc' }), found('', { column, direction: 'desc' })],
      ]),
    );
    expect(orders).toEqual({
      change: [
        [1, 2, 3, 4],
        [4, 3, 2, 1],
      ],
      // As far as they are: drafts, paused ones, and those that are done.
      state: [
        [4, 3, 2, 1],
        [1, 2, 4, 3],
      ],
      numbers: [
        [3, 1, 2, 4],
        [4, 2, 1, 3],
      ],
      done: [
        [4, 3, 2, 1],
        [1, 4, 3, 2],
      ],
      failed: [
        [4, 3, 2, 1],
        [1, 4, 3, 2],
      ],
      from: [
        [2, 4, 3, 1],
        [4, 3, 1, 2],
      ],
      when: [
        [1, 2, 3, 4],
        [4, 3, 2, 1],
      ],
    });
  });

  test('a second column decides where the first leaves them equal', () => {
    const sort = {
      column: 'state',
      direction: 'asc',
      also: [{ column: 'numbers', direction: 'asc' }],
    } as const;
    expect(found('', { ...sort, also: [...sort.also] })).toEqual([3, 4, 2, 1]);
  });
});

test('what changes afterwards is found and sorted as it is then', () => {
  expect(found('route:sbc-west')).toEqual([4, 2, 1]);
  const [third] = stores.plans.plans({ offset: 1, limit: 1 }).plans;
  const id = third?.id ?? 0;
  stores.plans.setPhase(id, 'running', null);
  stores.plans.mark(id, [
    {
      ...{ number: number(100), status: 'done', reason: null },
      before: { primary: '2', failover: '4' },
      to: { primary: '3', failover: '4' },
    },
  ]);
  expect([found('route:sbc-west'), found('route:sbc-east')]).toEqual([
    [4, 3, 2, 1],
    [4, 1],
  ]);
  expect(found('', { column: 'done', direction: 'desc' })).toEqual([3, 1, 4, 2]);
  database.prepare('DELETE FROM plan WHERE id = ?').run(id);
  expect([found('route:"Fax, Office"'), found('number:5550100')]).toEqual([[2], []]);
});

test('counts and routes are looked for in pieces, other calls between them', () => {
  const fresh = journalStores(openStrictly(':memory:', journalMigrations));
  for (const place of [1, 2, 3]) make(fresh, { numbers: [number(place)], from: '1', to: '2', at: now });
  const byNumbers = { clauses: [], sort: { column: 'numbers', direction: 'asc' } } as const;
  const pieces = () => [1, 2, 3].map(() => fresh.planList.prepare(byNumbers, -1));
  expect(pieces()).toEqual([false, false, true]);
  expect([1, 2, 3].map(() => fresh.planList.routesKnown(-1))).toEqual([false, false, true]);
  expect([fresh.planList.prepare(byNumbers, -1), fresh.planList.routesKnown(-1)]).toEqual([true, true]);
});

test('suggestions count among what the rest of the query finds', () => {
  const offers = (typed: string, text = '') =>
    stores.planList.suggest({ text, typed }, now).map(({ token, count }) => [token, count]);
  expect(offers('dra')).toEqual([['state:draft', 1]]);
  expect(offers('state:')).toContainEqual(['state:done', 1]);
  expect(offers('sbc')).toEqual([
    ['route:sbc-west', 3],
    ['route:sbc-east', 2],
  ]);
  expect(offers('sbc', 'state:draft')).toEqual([
    ['route:sbc-east', 1],
    ['route:sbc-west', 1],
  ]);
  expect(offers('route:fax')).toEqual([['route:"Fax, Office"', 1]]);
  expect(offers('since:')).toContainEqual(['since:30d', 2]);
  expect(offers('sin')).toEqual([['since:', null]]);
  expect(offers('zzz')).toEqual([]);
});
