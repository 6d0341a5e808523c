import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GroupColumn } from '../../src-main/contract/numbers.ts';
import { isNorthAmerican, otherCountries } from '../../src-main/contract/phone.ts';
import { findSlots } from '../../src-main/inventory/index/filter.ts';
import { NumberIndex } from '../../src-main/inventory/index/number-index.ts';
import { Result } from '../../src-main/inventory/index/result.ts';
import { anyForeign } from '../support/any-number.ts';

const labels = new Map([
  ['1', 'pbx'],
  ['2', 'PBX'],
  ['3', 'fax'],
]);
const anyNumbers = fc.uniqueArray(
  fc.record({
    number: fc.oneof(
      fc
        .tuple(fc.constantFrom('206', '253', '212', '800'), fc.integer({ min: 2_000_000, max: 2_000_400 }))
        .map(([npa, rest]) => `1${npa}${rest}`),
      anyForeign,
    ),
    primary: fc.constantFrom('1', '2', '3', '', null),
    tags: fc.subarray(['spare', 'VIP']),
  }),
  { selector: ({ number }) => number, maxLength: 60 },
);
const columns: readonly GroupColumn[] = ['primary', 'failover', 'state', 'npa', 'tags'];

test('groups hold what they say, in the order asked for; closed ones are left out of windows and counted', () => {
  fc.assert(
    fc.property(
      anyNumbers,
      fc.constantFrom(...columns),
      fc.boolean(),
      fc.nat(3),
      (drawn, group, turned, shut) => {
        const index = new NumberIndex();
        index.listedRoutes = { labels, builtinIsNone: true };
        for (const { number, primary } of drawn)
          index.put({
            ...{ number, primary, primaryType: primary ? 'HOST' : '', failover: primary, failoverType: '' },
            ...{ billing: 'METERED', seenAt: 1, routesAt: primary === null ? null : 1 },
          });
        index.overlay(drawn.map(({ number, tags }) => ({ number, tags })));
        const direction = turned ? 'desc' : 'asc';
        const result = new Result(index, findSlots(index, []), { column: 'number', direction, group });
        const valueAt = (slot: number) => {
          const row = index.rowAt(slot);
          const isOther = (group === 'npa' || group === 'state') && !isNorthAmerican(row.number);
          return isOther ? otherCountries : group === 'npa' ? row.number.slice(1, 4) : row[group];
        };
        const all = result.grouped();
        const groups = all?.groups() ?? [];
        const slots = [...result.window(0, drawn.length)];
        expect(slots.length).toBe(drawn.length);
        // No value comes twice, and the rows follow the groups.
        expect(new Set(groups.map(({ value }) => value)).size).toBe(groups.length);
        // Numbers of other countries have a group of their own, after all area codes and states.
        const other = groups.findIndex(({ value }) => value === otherCountries);
        expect([-1, groups.length - 1]).toContain(other);
        expect(slots.map(valueAt)).toEqual(
          groups.flatMap(({ value, count }) => Array<string | null>(count).fill(value)),
        );
        const numbersIn = (value: string | null) =>
          slots.filter((slot) => valueAt(slot) === value).map((slot) => index.numberAt(slot));
        const inOrder = (numbers: string[]) => (turned ? numbers.sort().toReversed() : numbers.sort());
        expect(groups.map(({ value }) => numbersIn(value))).toEqual(
          groups.map(({ value }) => inOrder(numbersIn(value))),
        );
        const closed = groups.slice(0, shut).map(({ value }) => value);
        const open = result.grouped(closed);
        const expected = slots.filter((slot) => !closed.includes(valueAt(slot)));
        expect(open?.listed).toBe(expected.length);
        expect(open?.groups()).toEqual(groups);
        const offsets = Array.from({ length: 9 }, (_, at) => at * 7);
        expect(offsets.map((offset) => [...(open?.window(offset, 10) ?? [])])).toEqual(
          offsets.map((offset) => expected.slice(offset, offset + 10)),
        );
      },
    ),
  );
});
