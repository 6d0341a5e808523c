import { expect, test } from 'vitest';
import { numberCells } from '#renderer/features/numbers/columns.ts';
import { fitting, sortedBy, templateOf } from '#renderer/lib/columns.ts';

const columns = [
  { key: 'number', minWidth: 130 },
  { key: 'route', minWidth: 90, grow: 1.2, priority: 1 },
  { key: 'billing', minWidth: 80, priority: 9 },
  { key: 'seen', minWidth: 90, priority: 7 },
];
const keysIn = (room: number) => fitting(columns, room).map(({ key }) => key);

test('columns that there is no room for are left out by their priority; those without one stay', () => {
  expect(keysIn(390)).toEqual(['number', 'route', 'billing', 'seen']);
  expect(keysIn(389)).toEqual(['number', 'route', 'seen']);
  expect(keysIn(250)).toEqual(['number', 'route']);
  expect(keysIn(10)).toEqual(['number']);
});

test('a column that grows takes its share of the rest', () => {
  expect(templateOf(columns.slice(0, 2))).toBe('130px minmax(90px, 1.2fr)');
});

test('the list of numbers has room for all columns beside its details, and for all but billing at 900 px', () => {
  // Of 1,280 px the sidebar takes 208 and the details 300; boxes take 32, a scroll bar 15.
  const keys = (room: number) => fitting(numberCells, room).map(({ key }) => key);
  expect(keys(1_280 - 208 - 300 - 32 - 15)).toEqual(numberCells.map(({ key }) => key));
  const all = numberCells.map(({ key }) => key);
  expect(keys(900 - 208 - 32 - 15)).toEqual(all.filter((key) => key !== 'billing'));
});

test('a click on a head sorts by it, and a second one the other way round', () => {
  const first = sortedBy<string>({ column: 'number', direction: 'asc' }, 'state');
  expect(first).toEqual({ column: 'state', direction: 'asc' });
  expect(sortedBy(first, 'state').direction).toBe('desc');
  expect(sortedBy(sortedBy(first, 'state'), 'state').direction).toBe('asc');
});
