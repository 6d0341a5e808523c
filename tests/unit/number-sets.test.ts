import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseQuery } from '../../src-main/contract/query.ts';
import { Bits } from '../../src-main/inventory/index/bits.ts';
import { findSlots } from '../../src-main/inventory/index/filter.ts';
import { NumberIndex } from '../../src-main/inventory/index/number-index.ts';
import { SetStore } from '../../src-main/inventory/set-store.ts';

const row = (number: string, primary = 'pbx-1') => ({
  ...{
    number,
    primary,
    primaryType: 'HOST',
    failover: 'fax',
    failoverType: 'HOST',
    billing: 'METERED',
    seenAt: 1,
    routesAt: 1,
  },
});
const found = (index: NumberIndex, text: string) => {
  const slots = findSlots(index, new SetStore(index).known(parseQuery(text)).clauses);
  const has = (slot: number) => (slots instanceof Bits ? slots.has(slot) : slots.includes(slot));
  return Array.from({ length: index.count }, (_, slot) => slot)
    .filter(has)
    .map((slot) => index.numberAt(slot))
    .sort();
};

test('a set finds its numbers among those that come and go, alone and beside other clauses', () => {
  const number = fc.integer({ min: 0, max: 40 }).map((end) => `120655501${String(end).padStart(2, '0')}`);
  fc.assert(
    fc.property(
      fc.uniqueArray(number, { minLength: 1, maxLength: 30 }),
      fc.array(fc.tuple(number, fc.boolean()), { maxLength: 60 }),
      fc.integer({ min: 0, max: 60 }),
      (set, changes, askedAt) => {
        const index = new NumberIndex();
        const { id } = new SetStore(index).keepNumbers(set);
        const here = new Set<string>();
        changes.forEach(([one, comes], at) => {
          if (comes) index.put(row(one, Number(one) % 2 ? 'odd' : 'even'));
          else index.remove([one]);
          if (comes) here.add(one);
          else here.delete(one);
          if (at === askedAt) found(index, `numbers:${id}`);
        });
        const ours = set.filter((one) => here.has(one)).sort();
        expect(found(index, `numbers:${id}`)).toEqual(ours);
        expect(found(index, `numbers:${id} primary:odd`)).toEqual(ours.filter((one) => Number(one) % 2));
        expect(found(index, `-numbers:${id}`)).toEqual([...here].filter((one) => !set.includes(one)).sort());
        const many = set.length === 1 ? '1 number' : `${set.length} numbers`;
        const missing = set.length - ours.length;
        const [token] = new SetStore(index).known(parseQuery(`numbers:${id}`)).tokens;
        expect(token?.missing).toBe(missing);
        expect(token?.note).toBe(missing ? `${many}, ${missing} not yours` : many);
        expect(new SetStore(index).keptMissing(id, 100)).toEqual(set.filter((one) => !here.has(one)).sort());
      },
    ),
  );
});

test('the same numbers have the same id; the oldest of too many sets are dropped, and then nothing is found', () => {
  const index = new NumberIndex();
  index.put(row('12065550142'));
  const sets = new SetStore(index);
  const first = sets.keepNumbers(['12065550142', '12065550143', '12065550142']);
  expect(first).toMatchObject({ count: 2, owned: 1 });
  expect(sets.keepNumbers(['12065550143', '12065550142']).id).toBe(first.id);
  for (let set = 0; set < 31; set += 1) sets.keepNumbers([String(13105550000 + set), '13105559999']);
  for (const text of [`numbers:${first.id}`, `-numbers:${first.id}`]) {
    const { tokens, problem, clauses } = sets.known(parseQuery(text));
    expect(tokens[0]?.problem).toMatch(/not kept any more. Paste them once more/);
    expect(problem?.sentence).toMatch(/Paste them/);
    expect(found(index, text)).toEqual([]);
    expect(() => {
      sets.mustHave(parseQuery(text).clauses);
    }).toThrow(/not kept any more/);
    expect(clauses).not.toEqual([]);
  }
  expect(() => sets.keptMissing(first.id, 5)).toThrow(/not kept any more/);
});

test('a set gives back numbers of every length as they were kept', () => {
  const sets = new SetStore(new NumberIndex());
  const numbers = ['12065550142', '2906001', '442079460958', '6591234567', '881612345678901'];
  expect(sets.keptNumbers(sets.keepNumbers(numbers.toReversed()).id)).toEqual(numbers);
});

test('sets hold a million numbers together, the newest always', () => {
  const index = new NumberIndex();
  const sets = new SetStore(index);
  const many = (from: number) =>
    Array.from({ length: 400_000 }, (_, at) => String(12_000_000_000 + from + at));
  const ids = [0, 400_000, 800_000].map((from) => sets.keepNumbers(many(from)).id);
  expect(ids.map((id) => index.sets.has(id))).toEqual([false, true, true]);
});
