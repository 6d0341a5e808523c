import fc from 'fast-check';
import { expect, test } from 'vitest';
import { narrowest, TableLayout, type Layout } from '#renderer/lib/table-layout.svelte.ts';

const number = { key: 'number', minWidth: 140, pinned: true as const };
const primary = { key: 'primary', minWidth: 100, grow: 1 };
const billing = { key: 'billing', minWidth: 80, usual: false };
const columns = [
  number,
  primary,
  { key: 'failover', minWidth: 100, grow: 1 },
  billing,
  { key: 'tags', minWidth: 60 },
];
const keys = (layout: TableLayout) => layout.arranged(columns).map(({ key }) => key);

test('what nobody arranged is as usual, and nothing is kept of it', () => {
  const kept: Layout[] = [];
  const layout = new TableLayout(undefined, (one) => kept.push(one));
  expect(keys(layout)).toEqual(['number', 'primary', 'failover', 'tags']);
  expect([layout.isUsual, kept]).toEqual([true, []]);
});

test('columns are shown, hidden, moved and made wider, and each change is kept', () => {
  const kept: Layout[] = [];
  const layout = new TableLayout(undefined, (one) => kept.push(one));
  layout.show(billing, true);
  expect(keys(layout)).toEqual(['number', 'primary', 'failover', 'billing', 'tags']);
  layout.move(columns, 'tags', -2);
  expect(keys(layout)).toEqual(['number', 'primary', 'tags', 'failover', 'billing']);
  layout.move(columns, 'primary', 100);
  expect(keys(layout)).toEqual(['number', 'tags', 'failover', 'billing', 'primary']);
  layout.show(primary, false);
  expect(keys(layout)).toEqual(['number', 'tags', 'failover', 'billing']);
  layout.resize('tags', 300, false);
  expect(kept).toHaveLength(4);
  layout.resize('tags', 1);
  expect(layout.arranged(columns)[1]).toMatchObject({ key: 'tags', minWidth: narrowest, grow: 0 });
  // What is pinned stays.
  layout.show(number, false);
  expect(keys(layout)[0]).toBe('number');
  const again = new TableLayout(kept.at(-1));
  expect(keys(again)).toEqual(keys(layout));
  layout.reset();
  expect([keys(layout), layout.isUsual]).toEqual([['number', 'primary', 'failover', 'tags'], true]);
});

test('a column that is new to an arrangement stands where the table has it', () => {
  const layout = new TableLayout({ order: ['tags', 'primary', 'failover'], shown: {}, widths: {} });
  const more = columns.toSpliced(3, 0, { key: 'alias', minWidth: 80 });
  expect(layout.arranged(more).map(({ key }) => key)).toEqual([
    ...['number', 'tags', 'primary', 'failover', 'alias'],
  ]);
});

test('no arrangement loses or doubles a column', () => {
  const moves = fc.array(
    fc.tuple(fc.constantFrom(...columns.map(({ key }) => key)), fc.integer({ min: -9, max: 9 })),
  );
  fc.assert(
    fc.property(moves, (steps) => {
      const layout = new TableLayout();
      for (const [key, by] of steps) layout.move(columns, key, by);
      expect(
        layout
          .ordered(columns)
          .map(({ key }) => key)
          .sort(),
      ).toEqual(columns.map(({ key }) => key).sort());
      expect(keys(layout)[0]).toBe('number');
    }),
  );
});
