import { describe, expect, test } from 'vitest';
import { isSudden, secondLookMs, sortLacking } from '../../src-main/inventory/sync/lacking.ts';

describe('numbers that the carrier’s list lacks', () => {
  test.each([
    [100, 2, false],
    [100, 5, false],
    [100, 6, true],
    [20, 2, false],
    [20, 3, true],
    [2, 2, false],
    [1_000, 50, false],
    [1_000, 51, true],
    [null, 300, false],
  ])('of %o known, %i less: more than 5 %% and three at least is sudden', (known, less, sudden) => {
    expect(isSudden(less, known)).toBe(sudden);
  });

  test('leave when a pass that began ten minutes later lacks them too', () => {
    const at = 1_000_000;
    const since = new Map([
      ['a', at],
      ['b', at + 1],
      // A clock that was ahead when it was marked.
      ['c', at + 100 * secondLookMs],
    ]);
    const sorted = sortLacking(['a', 'b', 'c', 'd'], since, at + secondLookMs);
    expect(sorted).toEqual({ fresh: ['d'], due: ['a'] });
  });
});
