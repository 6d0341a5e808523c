import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GroupPlaces, groupedRows } from '../../../src-renderer/lib/groups.ts';

const anyGroups = fc.array(fc.record({ count: fc.integer({ min: 1, max: 5 }), closed: fc.boolean() }), {
  minLength: 1,
  maxLength: 12,
});

test('every place of a list with heads is what a plain list of heads and rows has there', () => {
  fc.assert(
    fc.property(anyGroups, (drawn) => {
      const groups = drawn.map(({ count }, at) => ({ value: String(at), count }));
      const places = new GroupPlaces(groups, (value) => drawn[Number(value)]?.closed === true);
      // Each head, then its rows: by their place among all, and among those in open groups.
      const plain: ({ head: number } | { head: null; listed: number; all: number; of: number })[] = [];
      let [all, listed] = [0, 0];
      const heads: number[] = [];
      drawn.forEach(({ count, closed }, group) => {
        heads.push(plain.length);
        plain.push({ head: group });
        for (let at = 0; at < count; at += 1, all += 1)
          if (!closed) plain.push({ head: null, listed: listed++, all, of: group });
      });
      const told = plain.map((one, index) => ({
        head: places.headAt(index),
        headOf: places.headOf(index),
        listed: one.head === null ? [places.listedAt(index), places.listedEnd(index + 1)] : null,
        index: one.head === null ? places.indexOf(one.listed) : index,
        all: places.allBetween(index, index + 1),
      }));
      let before = 0;
      const expected = plain.map((one, index) => {
        if (one.head === null)
          return {
            ...{ head: null, headOf: heads[one.of], listed: [one.listed, one.listed + 1], index },
            all: [one.all, one.all + 1],
          };
        const { count = 0, closed = false } = drawn[one.head] ?? {};
        const from = before;
        before += count;
        return {
          head: { value: String(one.head), count, place: one.head, closed },
          ...{ headOf: index, listed: null, index },
          all: [from, closed ? from + count : from],
        };
      });
      expect([places.count, told]).toEqual([plain.length, expected]);
      expect(groups.map((_, place) => places.rowsOf(place)[1])).toEqual(
        groups.map((_, place) => groups.slice(0, place + 1).reduce((sum, { count }) => sum + count, 0)),
      );
    }),
  );
});

test('a million rows in a hundred thousand groups are placed in no time', () => {
  const groups = Array.from({ length: 100_000 }, (_, at) => ({ value: String(at), count: 10 }));
  const places = new GroupPlaces(groups, () => false);
  expect(places.count).toBe(1_100_000);
  expect(places.headAt(1_099_989)).toMatchObject({ value: '99999' });
  expect(places.listedAt(1_099_999)).toBe(999_999);
  expect(places.indexOf(999_999)).toBe(1_099_999);
});

test('a table draws heads between the rows, and asks for rows of open groups only', () => {
  const asked: (readonly [number, number])[] = [];
  const listed = ['a', 'b', 'e'];
  const rows = groupedRows(
    {
      ...{ count: 3, pending: false, here: { first: 0, end: 3 } },
      shownAt: (index) => listed[index],
      show: (first, end) => asked.push([first, end]),
    },
    new GroupPlaces(
      [
        { value: 'x', count: 2 },
        { value: 'y', count: 2 },
        { value: null, count: 1 },
      ],
      (value) => value === 'y',
    ),
  );
  expect(Array.from({ length: rows.count }, (_, at) => rows.headAt?.(at)?.value ?? rows.shownAt(at))).toEqual(
    ['x', 'a', 'b', 'y', undefined, 'e'],
  );
  expect(rows.headAt?.(4)).toMatchObject({ value: null, closed: false });
  expect(rows.here).toEqual({ first: 0, end: 6 });
  rows.show(0, 6);
  rows.show(3, 4);
  expect(asked).toEqual([
    [0, 3],
    [2, 2],
  ]);
});
