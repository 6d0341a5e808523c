import { expect, test } from 'vitest';
import { V1RouteList } from '../../src-main/carrier/flowroute/v2/route-list.ts';
import { KnownLacks } from '../../src-main/carrier/flowroute/v2/lacks.ts';
import type { FlowrouteV1 } from '../../src-main/carrier/flowroute/v1/adapter.ts';
import { leftOutWords } from '../../src-main/contract/left-out.ts';
import type { Route } from '../../src-main/contract/model.ts';
import { parseQuery } from '../../src-main/contract/query.ts';
import { findSlots } from '../../src-main/inventory/index/filter.ts';
import { NumberIndex } from '../../src-main/inventory/index/number-index.ts';
import { distinctLabels, plainLabel } from '../../src-main/routing/distinct-labels.ts';
import { CellNames } from '../../src-main/routing/import/cell-names.ts';
import { KnownRoutes, nameIsShared } from '../../src-main/routing/known-routes.ts';
import { readImport } from '../support/import-file.ts';
import { some } from '../support/some.ts';

const route = (key: string, label: string, value: string | null): Route => ({
  ...{ key, label, type: 'HOST', value, builtin: false },
});
/** Two called pbx, three called fax of which two go to the same place, and two that have a name of their own. */
const listed = [
  route('1', 'pbx', 'a.example.com'),
  route('2', 'pbx', 'b.example.com'),
  route('3', 'fax', 'fax.example.com'),
  route('4', 'fax', 'fax.example.com'),
  route('5', 'fax', null),
  route('6', 'main', 'a.example.com'),
  route('7', 'vip · vip.example.com', 'vip.example.com'),
];
const known = new KnownRoutes(distinctLabels(listed));

test('routes that share a name are told apart by their values, and by their keys where that is not enough', () => {
  expect(known.all.map(({ label }) => label)).toEqual([
    'pbx · a.example.com',
    'pbx · b.example.com',
    'fax · fax.example.com · 3',
    'fax · fax.example.com · 4',
    'fax · 5',
    'main',
    'vip · vip.example.com',
  ]);
  expect(known.all.slice(0, 6).map(plainLabel)).toEqual(listed.slice(0, 6).map(({ label }) => label));
  // A name that somebody chose is nobody else's.
  const chosen = distinctLabels([...listed.slice(0, 2), route('8', 'pbx · b.example.com', 'c.example.com')]);
  expect(chosen.map(({ label }) => label)).toEqual([
    'pbx · a.example.com',
    'pbx · b.example.com · 2',
    'pbx · b.example.com',
  ]);
});

test('each label means one route, and the name that they share none; nobody creates another of that name', () => {
  for (const { key, label } of some(known.all)) expect(known.keyOf(label), label).toBe(key);
  expect(['pbx', ' pbx ', 'fax', 'vip'].map((typed) => known.keyOf(typed))).toEqual([null, null, null, null]);
  expect(known.several('pbx ')).toEqual(['pbx · a.example.com', 'pbx · b.example.com']);
  expect([known.several('main'), known.several('vip'), known.several('pbx · a.example.com')]).toEqual([
    [],
    [],
    [],
  ]);
  expect(known.takenNames).toEqual(expect.arrayContaining(['pbx', 'fax', 'main', 'pbx · a.example.com']));
  expect(nameIsShared('pbx', known.several('pbx')).error).toMatchObject({
    code: 'invalid-input',
    message: '2 routes are called "pbx": write "pbx · a.example.com" or "pbx · b.example.com".',
  });
});

test('a file that has the shared name is told both labels; one that has a label names its route', () => {
  const text = 'number,primary,failover\n2065550142,pbx,main\n2065550143,pbx · b.example.com,\n';
  const rows = new CellNames(known).resolve(readImport(new TextEncoder().encode(text)));
  expect(rows.map(({ problem }) => leftOutWords(problem))).toEqual([
    '2 routes are called "pbx": write "pbx · a.example.com" or "pbx · b.example.com".',
    '',
  ]);
  expect(rows[1]?.primary).toEqual({ route: '2' });
});

test('a filter for the shared name finds the numbers of all of them, one for a label its own', () => {
  const index = new NumberIndex();
  const texts = { billing: '', seenAt: 1, routesAt: 1, primaryType: 'HOST', failoverType: 'HOST' };
  const put = (number: string, primary: string, failover: string) =>
    index.put({ ...texts, number, primary, failover });
  put('12065550001', '1', '6');
  put('12065550002', '2', '6');
  put('12065550003', '6', '2');
  put('12065550004', '6', '');
  index.listedRoutes = {
    labels: new Map(known.all.map(({ key, label }) => [key, label])),
    shared: known.sharedNames(),
    builtinIsNone: false,
  };
  const found = (text: string) => {
    const slots = findSlots(index, parseQuery(text).clauses);
    const all = slots instanceof Uint32Array ? [...slots] : [0, 1, 2, 3].filter((slot) => slots.has(slot));
    return all.map((slot) => Number(index.numberAt(slot).slice(-1)));
  };
  expect([found('primary:pbx'), found('route:pbx'), found('failover:pbx')]).toEqual([[1, 2], [1, 2, 3], [3]]);
  expect([found('primary:"pbx · b.example.com"'), found('failover:none'), found('primary:main')]).toEqual([
    ...[[2], [4], [3, 4]],
  ]);
});

test("v1's list names a route that several have: which one is meant is not guessed", async () => {
  const ref = (key: string) => ({ key, type: 'HOST' });
  const owned = (number: string, primary: string) => ({
    ...{ number, billing: '', routes: { primary: ref(primary), failover: ref('main') } },
  });
  const v1 = {
    listOwned: () =>
      Promise.resolve({
        items: [owned('12065550001', 'pbx'), owned('12065550002', 'main')],
        odd: [],
        next: null,
      }),
  } as unknown as FlowrouteV1;
  const list = new V1RouteList({
    v1: () => v1,
    routes: () => Promise.resolve(listed),
    lacks: new KnownLacks({}, Date.now, () => undefined),
    now: Date.now,
  });
  const { items } = await list.page({ cursor: null, limit: 200, background: true });
  expect(items).toEqual([{ number: '12065550002', primary: ref('6'), failover: ref('6') }]);
});
