import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseQuery, type Clause } from '../../src-main/contract/query.ts';
import { numberColumns, type NumberRow, type Sort } from '../../src-main/contract/numbers.ts';
import { Bits } from '../../src-main/inventory/index/bits.ts';
import { findSlots, narrows } from '../../src-main/inventory/index/filter.ts';
import { Lookalikes } from '../../src-main/inventory/index/lookalikes.ts';
import { NumberIndex } from '../../src-main/inventory/index/number-index.ts';
import type { IndexedNumber } from '../../src-main/inventory/index/indexed-number.ts';
import { Result } from '../../src-main/inventory/index/result.ts';
import { areaOf, areaOfNumber } from '../../src-main/nanp/area.ts';
import { seeded } from '../../src-main/sandbox/random.ts';
import { anyForeign } from '../support/any-number.ts';

/** What people call the routes, by their keys. */
const labels = new Map([
  ['0', 'sip-reg'],
  ['51', 'pbx-1'],
  ['52', 'PBX-2'],
  ['53', 'fax'],
  ['54', 'my pbx'],
]);
const types = (key: string) => (key === '' ? '' : key === '0' ? 'SIP-REG' : 'HOST');
const route = fc.constantFrom(...labels.keys(), '');
const routing = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(route, route) },
  { weight: 1, arbitrary: fc.constant(null) },
);
/** With its routes; '' is none, and null that they were not read. */
const routed = (pair: readonly [string, string] | null, routesAt: number) => ({
  primary: pair?.[0] ?? null,
  primaryType: types(pair?.[0] ?? ''),
  failover: pair?.[1] ?? null,
  failoverType: types(pair?.[1] ?? ''),
  routesAt: pair && routesAt,
});
const anyRow: fc.Arbitrary<IndexedNumber> = fc
  .record({
    number: fc.oneof(
      {
        weight: 3,
        arbitrary: fc
          .tuple(
            fc.constantFrom('206', '253', '212', '800', '604', '299'),
            fc.integer({ min: 2_000_000, max: 2_003_000 }),
          )
          .map(([npa, rest]) => `1${npa}${rest}`),
      },
      { weight: 1, arbitrary: anyForeign },
    ),
    pair: routing,
    billing: fc.constantFrom('METERED', 'VPRI'),
    seenAt: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 1e12 })),
  })
  .map(({ pair, ...row }) => ({ ...row, ...routed(pair, row.seenAt) }));
const anyChanges = fc.array(
  fc.oneof(
    anyRow.map((row) => ({ put: row })),
    fc.nat().map((place) => ({ removeAt: place })),
    fc.tuple(fc.nat(), fc.subarray(['spare', 'VIP'])).map(([place, tags]) => ({ tagAt: place, tags })),
  ),
  { maxLength: 200, size: 'max' },
);
type Change = { put: IndexedNumber } | { removeAt: number } | { tagAt: number; tags: string[] };

/** What is known of a number after it was told once more: routes that were not told stay as they were. */
function kept(before: IndexedNumber | undefined, told: IndexedNumber): IndexedNumber {
  if (!before || told.primary !== null) return told;
  const { primary, primaryType, failover, failoverType, routesAt } = before;
  return { ...told, primary, primaryType, failover, failoverType, routesAt };
}

/** Applies the changes to an index and to the plainest thing that could be right. */
function apply(changes: readonly Change[]) {
  const index = new NumberIndex();
  index.listedRoutes = { labels, builtinIsNone: true };
  const plain = new Map<string, IndexedNumber>();
  // Tags belong to the number: they are there again when it comes back.
  const tagged = new Map<string, string>();
  let tidying: Iterator<void> = [].values();
  const removed: number[] = [];
  for (const change of changes) {
    if ('put' in change) {
      index.put(change.put);
      plain.set(change.put.number, kept(plain.get(change.put.number), change.put));
    } else if ('tagAt' in change) {
      const number = [...plain.keys()][change.tagAt % plain.size] ?? '12062000001';
      index.overlay([{ number, tags: change.tags }]);
      tagged.set(number, change.tags.join(', '));
    } else if (plain.size > 0) {
      const number = [...plain.keys()][change.removeAt % plain.size] ?? '';
      removed.push(index.remove([number]));
      plain.delete(number);
    }
    index.revision += 1;
    // A few steps of putting in place, so that changes come in the middle of it and after it.
    if (index.count === 10) tidying = index.tidy();
    if (tidying.next().done === true) tidying = [].values();
  }
  expect(removed.every((count) => count === 1)).toBe(true);
  const rows = [...plain.values()].map((row): NumberRow => {
    const area = areaOfNumber(row.number);
    const shown = (key: string | null) => key && (labels.get(key) ?? '');
    const [primary, failover] = [shown(row.primary), shown(row.failover)];
    const tags = tagged.get(row.number) ?? '';
    return { ...row, primary, failover, state: area.state, area: area.place, monthly: null, tags };
  });
  return { index, rows };
}

const all = (index: NumberIndex) =>
  Array.from({ length: index.count }, (_, slot) => slot)
    .filter((slot) => !index.gone.has(slot))
    .map((slot) => index.rowAt(slot));
const ordered = (index: NumberIndex, sort: Sort) =>
  Array.from(new Result(index, findSlots(index, []), sort).window(0, 1_000), (slot) => index.rowAt(slot));
const byNumber = (a: NumberRow, b: NumberRow) => (a.number < b.number ? -1 : 1);

test('adding, changing and removing keep every row', () => {
  fc.assert(
    fc.property(anyChanges, (changes) => {
      const { index, rows } = apply(changes);
      expect(all(index).sort(byNumber)).toEqual([...rows].sort(byNumber));
    }),
  );
});

test('every column sorts both ways, ties by number', () => {
  const shown = (row: NumberRow, column: (typeof numberColumns)[number]) =>
    column === 'seen'
      ? row.seenAt
      : column === 'monthly'
        ? 0
        : row[column] === null
          ? ''
          : row[column].toLowerCase() || '\u0000';
  fc.assert(
    fc.property(
      anyChanges,
      fc.constantFrom(...numberColumns),
      fc.constantFrom('asc' as const, 'desc' as const),
      (changes, column, direction) => {
        const { index, rows } = apply(changes);
        const sign = direction === 'asc' ? 1 : -1;
        const expected = [...rows].sort((a, b) => {
          const [first, second] = [shown(a, column), shown(b, column)];
          return first === second ? byNumber(a, b) : (first < second ? -1 : 1) * sign;
        });
        const sorted = ordered(index, { column, direction });
        expect(sorted.map((row) => row.number)).toEqual(expected.map((row) => row.number));
      },
    ),
  );
});

/** One row at a time and one value at a time, as the README describes the tokens. */
function passes(row: NumberRow, clause: Clause): boolean {
  const lower = (text: string) => text.toLowerCase();
  const one = (value: string): boolean => {
    switch (clause.field) {
      case 'nothing':
        return false;
      case 'contains':
        return row.number.includes(value);
      case 'starts':
        if (value.startsWith('+')) return row.number.startsWith(value.slice(1));
        return row.number.startsWith(value) || row.number.startsWith(`1${value}`);
      case 'ends':
        return row.number.endsWith(value);
      case 'npa':
        return row.number.startsWith(`1${value}`);
      case 'country':
        if (value === 'gb') return row.number.startsWith('44');
        if (value === 'us')
          return row.number.startsWith('1') && areaOf(row.number.slice(1, 4)).country === 'US';
        return value === 'other' && !row.number.startsWith('1');
      case 'nxx':
        return row.number.startsWith('1') && row.number.slice(4).startsWith(value);
      case 'state':
        return lower(row.state) === value;
      case 'area':
        return lower(row.area).includes(value);
      case 'billing':
        return lower(row.billing) === value;
      case 'route':
        return named(row.primary, value) || named(row.failover, value);
      case 'primary':
        return named(row.primary, value);
      case 'failover':
        if (value === 'none' && (row.failover === 'sip-reg' || sameRoute(row))) return true;
        return named(row.failover, value);
      case 'numbers':
        return false;
      case 'tag':
        return value === 'none' ? row.tags === '' : lower(row.tags).split(', ').includes(value);
      case 'audit':
        return value === 'same' && sameRoute(row) && row.primary !== '';
      case 'routes':
        return row.primary === null;
      case 'word':
        return (
          [row.primary, row.failover, row.area, row.tags].some(
            (text) => text && lower(text).includes(value),
          ) || lower(row.state) === value
        );
    }
  };
  if (!clause.negated) return clause.values.some(one);
  // Of routes that were not read nothing is known: neither that they are so nor that they are not.
  const asksRoutes = ['route', 'primary', 'failover', 'audit'].includes(clause.field);
  return !(asksRoutes && row.primary === null) && !clause.values.some(one);
}

const named = (route: string | null, value: string) =>
  value.startsWith('"')
    ? `"${route}"` === value
    : route === ''
      ? value === 'none'
      : route?.toLowerCase() === value;
const sameRoute = (row: NumberRow) => row.primary !== null && row.primary === row.failover;

test('a query over columns finds what a look at every row finds', () => {
  const term = fc.constantFrom(
    ...[
      '206',
      '0',
      '12',
      '2002',
      '-253',
      'npa:206',
      'npa:2',
      'nxx:200',
      'state:wa,ny',
      '-state:wa',
      'area:toll',
    ],
    ...[
      'route:pbx-1',
      'primary:"my pbx"',
      'primary:"PBX-2",fax',
      'route:"pbx-2"',
      'failover:"none"',
      'failover:"FAX"',
      'failover:none',
      'failover:fax,none',
      '-failover:none',
      '-failover:fax',
      '-primary:pbx-1',
      '-route:pbx-1',
      'country:gb',
      '-country:other',
      'country:us,gb',
      'starts:+44',
      'starts:206',
      'starts:44206200',
      'ends:00',
      'ends:0000,7',
      '2062002',
      '-nxx:200',
      '44,61',
      '+44 2062',
      '-audit:same',
      'primary:none',
      'route:none',
      'routes:unread',
      '-routes:unread',
      'audit:same',
      'billing:vpri',
    ],
    ...[
      'starts:1206',
      'starts:604',
      'ends:7',
      'pbx',
      '-wa',
      'contains:55',
      'tag:vip',
      'tag:none',
      '-tag:spare',
      'vip',
    ],
  );
  fc.assert(
    fc.property(anyChanges, fc.array(term, { maxLength: 3 }), (changes, terms) => {
      const { index, rows } = apply(changes);
      const { clauses } = parseQuery(terms.join(' '));
      const slots = findSlots(index, clauses);
      const passed =
        slots instanceof Bits ? (slot: number) => slots.has(slot) : (slot: number) => slots.includes(slot);
      const found = Array.from({ length: index.count }, (_, slot) => slot)
        .filter(passed)
        .map((slot) => index.rowAt(slot));
      const expected = rows.filter((row) => clauses.every((clause) => passes(row, clause)));
      expect(found.map((row) => row.number).sort()).toEqual(expected.map((row) => row.number).sort());
    }),
    { numRuns: 300 },
  );
});

test('a result refined from a wider one, in any order and window, is what asking anew gives', () => {
  const digits = fc.constantFrom('2', '20', '200', '2000', '00', '206', '2062');
  fc.assert(
    fc.property(
      anyChanges,
      digits,
      digits,
      fc.constantFrom(...numberColumns),
      fc.boolean(),
      (changes, first, more, column, desc) => {
        const { index, rows } = apply(changes);
        const [wide, narrow] = [parseQuery(first).clauses, parseQuery(first + more).clauses];
        expect(narrows(wide, narrow)).toBe(true);
        const before = findSlots(index, wide);
        const sort = { column, direction: desc ? 'desc' : 'asc' } as const;
        const found = findSlots(index, narrow, before instanceof Bits ? undefined : before);
        const result = new Result(index, found, sort);
        const expected = rows.filter((row) => row.number.includes(first + more)).map((row) => row.number);
        expect(result.count).toBe(expected.length);
        const numbers = Array.from(result.window(0, 500), (slot) => index.numberAt(slot));
        expect([...numbers].sort()).toEqual(expected.sort());
        const inOrder = ordered(index, sort).map((row) => row.number);
        expect(numbers).toEqual(inOrder.filter((number) => expected.includes(number)));
        expect(Array.from(result.window(3, 4), (slot) => index.numberAt(slot))).toEqual(numbers.slice(3, 7));
      },
    ),
  );
  expect(narrows(parseQuery('206 -5').clauses, parseQuery('206 -55').clauses)).toBe(false);
  expect(narrows(parseQuery('206').clauses, parseQuery('207').clauses)).toBe(false);
});

test('a long list that changes while it is put in order is exact before, meanwhile and afterwards', () => {
  const random = seeded(5);
  const any = (most: number) => Math.floor(random() * most);
  const index = new NumberIndex();
  const plain = new Map<string, string>();
  const change = () => {
    const number = `1206${2_000_000 + any(60_000)}`;
    if (plain.has(number) && random() < 0.4) {
      index.remove([number]);
      plain.delete(number);
    } else {
      const primary = `pbx-${any(5)}`;
      index.put({
        number,
        primary,
        primaryType: 'HOST',
        failover: 'fax',
        failoverType: 'HOST',
        billing: 'VPRI',
        seenAt: any(1e6),
        routesAt: 1,
      });
      plain.set(number, primary);
    }
    index.revision += 1;
  };
  const check = () => {
    const { clauses } = parseQuery('7 primary:pbx-3');
    const result = new Result(index, findSlots(index, clauses), { column: 'number', direction: 'desc' });
    const expected = [...plain]
      .filter(([number, primary]) => number.includes('7') && primary === 'pbx-3')
      .map(([number]) => number)
      .sort()
      .reverse();
    expect(result.count).toBe(expected.length);
    expect(Array.from(result.window(40, 200), (slot) => index.numberAt(slot))).toEqual(
      expected.slice(40, 240),
    );
    expect(Array.from(result.window(0, 10_000), (slot) => index.numberAt(slot))).toEqual(expected);
    expect(index.size).toBe(plain.size);
  };
  for (let at = 0; at < 45_000; at += 1) change();
  check();
  for (let round = 0; round < 2; round += 1) {
    const steps = index.tidy();
    while (steps.next().done !== true) {
      for (let at = 0; at < 700; at += 1) change();
      check();
    }
    check();
    expect(index.sorted).toBeGreaterThan(index.count - 2_000 - 700);
  }
  const bySeen = new Result(index, findSlots(index, []), { column: 'seen', direction: 'asc' });
  const seen = Array.from(bySeen.window(1_000, 5_000), (slot) => index.seenAt[slot] ?? 0);
  expect(seen).toEqual(seen.slice().sort((a, b) => a - b));
  expect(seen).toHaveLength(5_000);
});

test('learned costs are summed and sorted, unknown ones first, also when numbers go and are put in order', () => {
  const index = new NumberIndex();
  const number = (at: number) => String(12_065_550_000 + at);
  const put = (at: number) =>
    index.put({
      ...{ number: number(at), primary: 'a', primaryType: 'HOST', failover: 'b' },
      failoverType: 'HOST',
      billing: 'VPRI',
      seenAt: 1,
      routesAt: 1,
    });
  for (let at = 0; at < 40; at += 1) put(39 - at);
  const learned = (at: number, monthly: number) => ({
    number: number(at),
    monthly,
    state: 'OR',
    area: 'BEND',
  });
  index.overlay([learned(3, 1_000), learned(5, 125), learned(7, 125), learned(50, 99)]);
  const ask = (text: string) =>
    new Result(index, findSlots(index, parseQuery(text).clauses), { column: 'monthly', direction: 'desc' });
  const check = (costly: readonly number[], monthly: number) => {
    const result = ask('');
    expect(result.cost).toEqual({ monthly, known: costly.length });
    const rows = Array.from(result.window(0, 100), (slot) => index.rowAt(slot));
    expect(rows.slice(0, costly.length).map((row) => row.number)).toEqual(costly.map(number));
    expect(rows.slice(costly.length).every((row) => row.monthly === null)).toBe(true);
    expect(ask('state:or').count).toBe(costly.length);
  };
  check([3, 5, 7], 1_250);
  put(50);
  check([3, 5, 7, 50], 1_349);
  index.remove([number(5)]);
  check([3, 7, 50], 1_224);
  const steps = index.tidy();
  steps.next();
  index.overlay([learned(9, 500)]);
  index.remove([number(3)]);
  while (steps.next().done !== true);
  check([9, 7, 50], 724);
  put(5);
  check([9, 5, 7, 50], 849);
});

test('two routes that are called alike are not the same, and one is whatever type is told of it', () => {
  const index = new NumberIndex();
  const texts = { billing: 'METERED', seenAt: 1, routesAt: 1 };
  const put = (number: string, primary: string, failover: string, failoverType = 'HOST') =>
    index.put({ ...texts, number, primary, primaryType: 'HOST', failover, failoverType });
  put('12065550001', 'VIP', 'vip');
  put('12065550002', 'k1', 'k2');
  put('12065550003', 'vip', 'vip', '');
  put('12065550004', '', '');
  index.listedRoutes = {
    labels: new Map([
      ['k1', 'main'],
      ['k2', 'main'],
    ]),
    builtinIsNone: true,
  };
  const { clauses } = parseQuery('audit:same');
  const found = findSlots(index, clauses);
  const slots = found instanceof Uint32Array ? [...found] : [0, 1, 2, 3].filter((slot) => found.has(slot));
  expect(slots.map((slot) => index.numberAt(slot))).toEqual(['12065550003']);
});

test('a listing that does not tell routes leaves them as they are known, and as old', () => {
  const index = new NumberIndex();
  const read = { number: '12062000000', billing: 'METERED', seenAt: 5, ...routed(['51', '53'], 5) };
  index.put(read);
  expect(index.put({ ...read, seenAt: 9, ...routed(null, 9) })).toBe('same');
  expect(index.rowAt(0)).toMatchObject({ primary: '51', failover: '53', routesAt: 5, seenAt: 9 });
});

test('ten digits may stand for a number of another country that is, or ends, so', () => {
  const index = new NumberIndex();
  const put = (number: string) => index.put({ number, billing: '', seenAt: 1, ...routed(['1', '2'], 1) });
  const likes = new Lookalikes(index);
  const all = ['12079460958', '14722345678', '12312510123', '12125550142', '442079460958', '4722345678'];
  expect(all.map((number) => likes.of(number))).toEqual(all.map(() => null));
  for (const number of ['12079460958', '442079460958', '4722345678', '4912312510123']) put(number);
  expect(all.map((number) => likes.of(number))).toEqual([
    ...['442079460958', '4722345678', '4912312510123', null, null, null],
  ]);
  index.remove(['442079460958']);
  expect(likes.of('12079460958')).toBe(null);
});
