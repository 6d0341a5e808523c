import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scrollTopFor, sliceOf, tallest, topHere } from '../../../src-renderer/lib/virtual.ts';

const view = (rowCount: number, scrollTop: number) => ({ rowHeight: 34, rowCount, height: 640, scrollTop });
const anyCount = fc.integer({ min: 0, max: 1_000_000 });

test('every place of the scroll bar shows a screenful of rows, first and last included', () => {
  fc.assert(
    fc.property(anyCount, fc.double({ min: 0, max: 1, noNaN: true }), (rowCount, part) => {
      const { contentHeight } = sliceOf(view(rowCount, 0));
      expect(contentHeight).toBeLessThanOrEqual(tallest);
      const slice = sliceOf(view(rowCount, part * Math.max(0, contentHeight - 640)));
      expect(slice.end - slice.first).toBeLessThanOrEqual(30);
      expect(slice.end - slice.first).toBeGreaterThanOrEqual(Math.min(rowCount, 18));
      expect([slice.first >= 0, slice.end <= rowCount]).toEqual([true, true]);
    }),
  );
  const bottom = sliceOf(view(1_000_000, tallest));
  expect(bottom.end).toBe(1_000_000);
});

test('scrolling to any row brings it fully into view', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.nat(),
      fc.nat({ max: tallest }),
      (rowCount, row, from) => {
        const wanted = row % rowCount;
        const scrollTop = scrollTopFor(wanted, view(rowCount, from));
        const after = view(rowCount, scrollTop);
        const slice = sliceOf(after);
        expect(wanted).toBeGreaterThanOrEqual(slice.first);
        expect(wanted).toBeLessThan(slice.end);
        if (rowCount * 34 <= 640) return;
        const drawn = (wanted - slice.top) * 34;
        expect(drawn).toBeGreaterThanOrEqual(-1);
        expect(drawn + 34).toBeLessThanOrEqual(641);
      },
    ),
  );
});

test('rows that are here fill the view, those of the place of the scroll bar as soon as they are here', () => {
  const visible = 640 / 34;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), fc.nat(), fc.nat(), (count, start, at) => {
      const first = start % count;
      const here = { first, end: Math.min(count, first + 300) };
      const top = at % Math.max(1, count - Math.floor(visible));
      const drawn = topHere(top, visible, count, here);
      const wanted = Math.min(top + visible, count);
      const isHere = first <= top && here.end >= wanted;
      const fills = here.end - first >= Math.min(visible, count);
      // The place itself, or the nearest where no row is missing.
      const nearest = Math.min(Math.max(top, first), Math.max(first, here.end - visible));
      expect(drawn).toBe(isHere || !fills ? top : nearest);
    }),
  );
  expect(topHere(500, visible, 1_000, null)).toBe(500);
});
