import { expect, test } from 'vitest';
import { ClockWatch, sayClock } from '../../src-main/carrier/clock.ts';

const minute = 60_000;

test.each([
  [minute, '1 minute ahead'],
  [-3 * minute, '3 minutes behind'],
  [119 * minute, '119 minutes ahead'],
  [-150 * minute, '3 hours behind'],
  [2_000_000 * minute, '33,333 hours ahead'],
])('%i ms is %s', (skew, text) => {
  expect(sayClock(skew)).toBe(text);
});

test('a clock that is minutes wrong is told once, and again only after it was right', () => {
  const told: string[] = [];
  const watch = new ClockWatch((text) => told.push(text));
  for (const skew of [200, -1_000, 50_000, -80_000]) for (let i = 0; i < 3; i += 1) watch.saw(skew);
  expect(told).toEqual([]);
  for (let i = 0; i < 5; i += 1) watch.saw(4 * minute + i);
  expect(told).toEqual([expect.stringContaining("clock is 4 minutes ahead of the carrier's")]);
  watch.saw(10);
  watch.saw(-3 * minute);
  expect(told).toHaveLength(1);
  watch.saw(-3 * minute - 900);
  expect(told[1]).toContain('3 minutes behind');
});
