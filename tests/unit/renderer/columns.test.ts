import { expect, test } from 'vitest';
import { numberColumns } from '#main/contract/number-columns.ts';
import { cellsFor } from '#renderer/features/numbers/columns.ts';
import { alsoSortedBy, fitting, sortedBy, templateOf } from '#renderer/lib/columns.ts';
import { TableLayout } from '#renderer/lib/table-layout.svelte.ts';

const columns = [
  { key: 'number', minWidth: 130 },
  { key: 'route', minWidth: 90, grow: 1.2, priority: 1 },
  { key: 'billing', minWidth: 80, priority: 9 },
  { key: 'seen', minWidth: 90, priority: 7 },
];
const keysIn = (room: number) => fitting(columns, room).map(({ key }) => key);

test('columns that there is no room for are left out by their priority; those without one go last', () => {
  expect(keysIn(390)).toEqual(['number', 'route', 'billing', 'seen']);
  expect(keysIn(389)).toEqual(['number', 'route', 'seen']);
  expect(keysIn(250)).toEqual(['number', 'route']);
  expect(keysIn(10)).toEqual(['number']);
});

test('a list never scrolls sideways: where the others have no room either, they go from the right, the first and pinned ones stay', () => {
  const plain = [
    { key: 'tick', minWidth: 40 },
    { key: 'before', minWidth: 90 },
    { key: 'number', minWidth: 130, pinned: true },
    { key: 'after', minWidth: 90 },
    { key: 'seen', minWidth: 90, priority: 1 },
  ] as const;
  const keys = (room: number) => fitting(plain, room).map(({ key }) => key);
  expect(keys(350)).toEqual(['tick', 'before', 'number', 'after']);
  expect(keys(349)).toEqual(['tick', 'before', 'number']);
  expect(keys(200)).toEqual(['tick', 'number']);
  expect(keys(10)).toEqual(['tick', 'number']);
  expect(keys(0)).toEqual(['tick', 'before', 'number', 'after']);
});

test('a column that grows takes its share of the rest', () => {
  expect(templateOf(columns.slice(0, 2))).toBe('130px minmax(90px, 1.2fr)');
});

test('the list of numbers has room for its usual columns beside the details, and at 900 px', () => {
  const usual = new TableLayout().arranged(cellsFor(undefined, numberColumns));
  const keys = (room: number) => fitting(usual, room).map(({ key }) => key);
  // Of 1,280 px the sidebar takes 200 and the details 320; boxes take 40, a scroll bar 15.
  expect(keys(1_280 - 200 - 320 - 40 - 15)).toEqual(usual.map(({ key }) => key));
  expect(keys(900 - 200 - 40 - 15)).toEqual(usual.map(({ key }) => key));
  expect(usual.map(({ key }) => key)).toEqual(['number', 'primary', 'failover', 'area', 'tags', 'monthly']);
  // Those of which no number has a value are not in the way.
  const nothingKnown = new TableLayout().arranged(cellsFor(undefined, ['number', 'primary']));
  expect(nothingKnown.map(({ key }) => key)).toEqual(['number', 'primary', 'failover', 'area']);
});

test('a click on a head sorts by it, and a second one the other way round', () => {
  const first = sortedBy<string>({ column: 'number', direction: 'asc' }, 'state');
  expect(first).toEqual({ column: 'state', direction: 'asc' });
  expect(sortedBy(first, 'state').direction).toBe('desc');
  expect(sortedBy(sortedBy(first, 'state'), 'state').direction).toBe('asc');
});

test('a click with Shift adds a column to the order, turns it round, and takes it out again', () => {
  const one = [{ column: 'state', direction: 'asc' }] as const;
  const two = alsoSortedBy<string>(one, 'number');
  expect(two).toEqual([...one, { column: 'number', direction: 'asc' }]);
  const turned = alsoSortedBy(two, 'number');
  expect(turned).toEqual([...one, { column: 'number', direction: 'desc' }]);
  expect(alsoSortedBy(turned, 'number')).toEqual(one);
  // The last one is never taken out, and there are at most three.
  expect(alsoSortedBy<string>([{ column: 'state', direction: 'desc' }], 'state')).toEqual(one);
  const many = ['a', 'b', 'c', 'd'].reduce(
    (sorts, key) => alsoSortedBy<string>(sorts, key),
    alsoSortedBy<string>([], 'z'),
  );
  expect(many.map(({ column }) => column)).toEqual(['z', 'a', 'd']);
});
