import { expect, test } from 'vitest';
import {
  columnKeys,
  columnOf,
  columnsFor,
  numberColumns,
} from '../../../src-main/contract/number-columns.ts';
import type { NumberRow } from '../../../src-main/contract/numbers.ts';
import { queryKeys } from '../../../src-main/contract/query.ts';
import { exportColumns, numberCells } from '../../../src-renderer/features/numbers/columns.ts';
import { placeWords } from '../../../src-renderer/lib/places.ts';

const row: NumberRow = {
  ...{ number: '12065550142', primary: 'pbx-1', primaryType: 'HOST', failover: 'fax', failoverType: 'PSTN' },
  ...{ billing: 'METERED', state: 'WA', area: 'Seattle', tags: 'spare, vip', monthly: 125 },
  seenAt: Date.UTC(2026, 0, 2, 3, 4, 5),
  routesAt: Date.UTC(2026, 0, 2, 3, 4, 5),
};
const shown = { format: 'national' as const, now: row.seenAt + 3 * 60_000 };
const texts = (of: NumberRow) =>
  Object.fromEntries(numberCells.map(({ key, text }) => [key, text(of, shown)]));
const tips = (of: NumberRow) =>
  Object.fromEntries(numberCells.flatMap(({ key, tip }) => (tip(of) ? [[key, tip(of)]] : [])));

test('each column has a cell with its text for people', () => {
  expect(texts(row)).toEqual({
    ...{ number: '(206) 555-0142', primary: 'pbx-1', failover: 'fax', billing: 'Metered', state: 'WA' },
    ...{ area: 'Seattle, WA', tags: 'spare, vip', monthly: '$1.25', seen: '3 min. ago' },
  });
  expect(texts({ ...row, monthly: null })).toMatchObject({ monthly: '' });
  expect(tips({ ...row, tags: '' })).not.toHaveProperty('tags');
  expect(tips(row)).toMatchObject({ tags: 'spare, vip', seen: expect.stringMatching(/2026/) });
});

test('a place is written as people write it, with its state', () => {
  expect(placeWords('JERSEY CITY', 'NJ')).toBe('Jersey City, NJ');
  expect(placeWords('ST. JOHN-WEST', 'NB')).toBe('St. John-West, NB');
  expect(placeWords('McAllen', 'TX')).toBe('McAllen, TX');
  expect([placeWords('Toll-free', ''), placeWords('', 'WA'), placeWords('', '')]).toEqual([
    'Toll-free',
    'WA',
    '',
  ]);
});

test('a number that the list lacks says so where it says when it was seen', () => {
  const missing = { ...row, missingSince: row.seenAt };
  expect(texts(missing)).toMatchObject({ seen: 'missing', area: 'Seattle, WA' });
  expect(tips(missing)['seen']).toMatch(/^Missing from the carrier's list since .*, last seen /);
});

test('each column can be exported, for programs', () => {
  const columns = exportColumns(() => 'national');
  expect(Object.fromEntries(columns.map(({ name, cell }) => [name, cell(row)]))).toEqual({
    ...{ number: '12065550142', formatted: '(206) 555-0142', primary: 'pbx-1', failover: 'fax' },
    ...{ billing: 'METERED', state: 'WA', area: 'Seattle', tags: 'spare, vip', monthly: '1.25' },
    last_seen: '2026-01-02T03:04:05.000Z',
  });
  expect(columns.filter(({ chosen }) => chosen).map(({ name }) => name)).toEqual([
    ...['number', 'primary', 'failover'],
  ]);
  expect(columns.map(({ title }) => title)).toEqual([
    ...[
      'Number',
      'Number as shown',
      'Primary route',
      'Failover route',
      'Billing',
      'State',
      'Location',
      'Tags',
    ],
    ...['Monthly cost', 'Last seen'],
  ]);
});

test('an account whose API has no terms of billing has no column for them, in the table and in a file', () => {
  expect(columnsFor(undefined)).toEqual(numberColumns);
  expect(columnsFor({ billingTerms: true })).toEqual(numberColumns);
  const without = columnsFor({ billingTerms: false });
  expect(without).toEqual(numberColumns.filter((column) => column !== 'billing'));
  const names = (columns?: typeof without) => exportColumns(() => 'digits', columns).map(({ name }) => name);
  expect(names(without)).toEqual(names().filter((name) => name !== 'billing'));
});

test('no two columns share a query key, a place in the menu or a name in a file', () => {
  const keys = columnKeys.map(([key]) => key);
  const entries = numberColumns.map(columnOf);
  const places = entries.flatMap(({ menu }) => (menu ? [`${menu.place}`] : []));
  const names = exportColumns(() => 'digits').map(({ name }) => name);
  for (const all of [queryKeys, keys, places, names]) expect(new Set(all).size).toBe(all.length);
  expect(queryKeys).toEqual(expect.arrayContaining(keys));
  expect(entries.filter(({ menu, query }) => menu !== undefined && query === undefined)).toEqual([]);
});
