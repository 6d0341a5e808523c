import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTyping } from '../../src-main/contract/query-typing.ts';
import { parseQuery } from '../../src-main/contract/query.ts';
import { Bits } from '../../src-main/inventory/index/bits.ts';
import { findSlots } from '../../src-main/inventory/index/filter.ts';
import type { IndexedNumber } from '../../src-main/inventory/index/indexed-number.ts';
import { NumberIndex } from '../../src-main/inventory/index/number-index.ts';
import { Suggester } from '../../src-main/inventory/index/suggest.ts';

const routes = ['sbc-west', 'sbc-east', 'SBC-West', 'my pbx', 'none', 'a "b", c'];
const areas = ['201', '206', '253', '212', '617', '800', '604', '551'];

function filled(): NumberIndex {
  const index = new NumberIndex();
  for (let at = 0; at < 400; at += 1) {
    const primary = routes[at % routes.length] ?? '';
    const failover = at % 3 === 0 ? '' : (routes[(at * 7) % routes.length] ?? '');
    const row: IndexedNumber = {
      ...{ number: `1${areas[(at * 5) % areas.length] ?? ''}${2_000_000 + at}`, billing: 'METERED' },
      ...{ primary, primaryType: 'HOST', failover, failoverType: failover && 'HOST', seenAt: 1, routesAt: 1 },
    };
    index.put(row);
  }
  index.overlay([
    { number: `1201${2_000_000}`, tags: ['west coast', 'vip'], area: 'JERSEY CITY' },
    { number: `1212${2_000_007}`, tags: ['vip'] },
  ]);
  return index;
}
const index = filled();
const suggester = new Suggester(index);

function suggest(typed: string, text = '') {
  const steps = suggester.suggest(text, typed);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
function counted(text: string): number {
  const found = findSlots(index, parseQuery(text).clauses);
  return found instanceof Bits ? found.count() : found.length;
}
const tokens = (typed: string, text = '') => suggest(typed, text).map(({ token }) => token);

describe('the end of what is typed', () => {
  test.each([
    [
      'new jer',
      [
        ['new jer', 7],
        ['jer', 3],
      ],
    ],
    ['206 -jer', [['jer', 4]]],
    ['new ', [['new ', 4]]],
    ['206 555', [['555', 3]]],
    [
      'state:wa, o',
      [
        [' o', 11],
        ['o', 1],
      ],
    ],
    [
      'state:new jer',
      [
        ['new jer', 13],
        ['jer', 3],
      ],
    ],
    ['route:"my p', [['my p', 11]]],
    ['', []],
  ] as const)('%j', (text, readings) => {
    const found = readTyping(text).map(({ needle, replaces }) => [needle, replaces]);
    expect(found).toEqual(readings);
  });
});

test('places, routes, tags, area codes and keys are offered by what they begin with, the nearest first', () => {
  const [state] = suggest('jersey');
  expect(state).toMatchObject({
    token: 'state:nj',
    value: 'New Jersey',
    replaces: 6,
    count: counted('state:nj'),
  });
  expect(tokens('new jer')).toEqual(['state:nj']);
  expect(tokens('wa')[0]).toBe('state:wa');
  expect(tokens('west')).toEqual(
    expect.arrayContaining(['route:"sbc-west"', 'route:"SBC-West"', 'tag:"west coast"']),
  );
  expect(tokens('206')).toEqual(['npa:206']);
  expect(suggest('206')[0]?.detail).toBe('Seattle, WA');
  expect(tokens('0142')).toEqual([]);
  expect(tokens('failo')).toContain('failover:');
  expect(tokens('jersey c')).toEqual(['area:"Jersey City"']);
  expect(tokens('-jersey')[0]).toBe('-state:nj');
  expect(tokens('nothing like it')).toEqual([]);
});

test('behind a key only its values are offered', () => {
  expect(tokens('failover:').slice(0, 1)).toEqual(['failover:none']);
  expect(tokens('state:').length).toBeGreaterThan(3);
  expect(tokens('state:wa,new')).toEqual(expect.arrayContaining(['state:wa,nj', 'state:wa,ny']));
  expect(tokens('tag:vi')).toEqual(['tag:vip']);
  expect(tokens('route:"my p')).toEqual(['route:"my pbx"']);
  expect(tokens('route:non')).toEqual(['route:"none"']);
  expect(tokens('npa:2')).toEqual(expect.arrayContaining(['npa:201', 'npa:206', 'npa:212', 'npa:253']));
  expect(tokens('audit:s')).toContain('audit:same');
  expect(tokens('colour:r')).toEqual([]);
});

test('what is counted is what choosing it finds, whatever else the query says', () => {
  const words = fc.constantFrom(
    ...['jersey', 'new', 'new jer', 'wa', 'west', 'sbc', 'vip', '2', '201', 'state:', 'failover:', 'route:s'],
    ...['primary:sbc', 'audit:', 'tag:', 'npa:', 'area:', 'seat', 'my', 'state:wa,n', 'route:n', 'west c'],
  );
  const rests = fc.constantFrom(
    '',
    'state:nj',
    '-state:nj',
    'route:sbc-west',
    'failover:none',
    '0',
    'state:',
    '-tag:vip',
  );
  fc.assert(
    fc.property(rests, rests, words, (rest, before, word) => {
      const typed = `${before} ${word}`;
      const offered = suggest(typed, rest).filter(({ token }) => !token.includes('state:wa,'));
      const texts = offered.map(({ token, replaces }) =>
        `${rest} ${typed.slice(0, typed.length - replaces)} ${token}`.replaceAll(/state: |state:$/g, ''),
      );
      const counts = offered.map(({ count }) => count);
      expect(counts).toEqual(texts.map((text, at) => (counts[at] === null ? null : counted(text))));
    }),
    { numRuns: 400 },
  );
});

test('numbers that change are counted anew', () => {
  const before = suggest('tag:vi')[0]?.count;
  index.overlay([{ number: `1206${2_000_005}`, tags: ['vip'] }]);
  expect(suggest('tag:vi')[0]?.count).toBe((before ?? 0) + 1);
});

test('countries are offered by their names, letters and codes, with what they have', () => {
  const abroad = filled();
  for (const number of ['442079460101', '442079460102', '4722345678', '80012345678'])
    abroad.put({
      ...{ number, billing: 'METERED', primary: 'sbc-west', primaryType: 'HOST' },
      ...{ failover: '', failoverType: '', seenAt: 1, routesAt: 1 },
    });
  const offered = (typed: string, text = '') => {
    const steps = new Suggester(abroad).suggest(text, typed);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value.map(({ token, count }) => [token, count]);
    }
  };
  expect(offered('country:')).toEqual(
    expect.arrayContaining([
      ['country:gb', 2],
      ['country:no', 1],
      ['country:other', 4],
    ]),
  );
  expect(offered('country:united k')).toEqual([['country:gb', 2]]);
  expect(offered('-country:norw')).toEqual([['-country:no', 1]]);
  expect(offered('country:oth', 'ends:8')).toEqual([['country:other', 2]]);
  expect(offered('+44')).toEqual([['country:gb', 2]]);
  expect(offered('+1206').every(([token]) => token === 'country:us')).toBe(true);
  expect(offered('united')).toContainEqual(['area:"United Kingdom"', 2]);
});
