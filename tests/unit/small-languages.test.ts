import { describe, expect, test } from 'vitest';
import { activityQuery } from '../../src-main/contract/activity-query.ts';
import { finishedList, readListQuery, type ListLanguage } from '../../src-main/contract/list-query.ts';
import { fixedOffers, listSuggestions } from '../../src-main/contract/list-suggestions.ts';
import { momentOf } from '../../src-main/contract/query-times.ts';
import { routeQuery } from '../../src-main/contract/route-query.ts';

const now = new Date(2026, 10, 27, 15, 30).getTime();
const read = (text: string, language: ListLanguage = activityQuery) => readListQuery(language, text, now);
const problemOf = (text: string, language: ListLanguage = activityQuery) =>
  read(text, language).problem?.sentence;

describe('a query of a small language', () => {
  test('is read piece by piece: keys, digits, words, several values, and what is excluded', () => {
    expect(read('kind:order,sync -outcome:failed "is done" (206) 555-0142').clauses).toEqual([
      { asks: 'choice', key: 'kind', codes: ['order', 'sync'], negated: false },
      { asks: 'choice', key: 'outcome', codes: ['failed'], negated: true },
      { asks: 'word', word: 'is done', negated: false },
      {
        ...{ asks: 'digits', typed: '(206) 555-0142', ordinal: 2_065_550_142, negated: false },
        number: { begins: ['12065550142', '2065550142'] },
      },
    ]);
    expect(read('order:12,13 change:7').clauses).toEqual([
      { asks: 'ordinal', key: 'order', ordinals: [12, 13], negated: false },
      { asks: 'ordinal', key: 'change', ordinals: [7], negated: false },
    ]);
    expect(read('route:"sbc west",Fax').clauses).toEqual([
      { asks: 'route', names: ['"sbc west"', 'fax'], negated: false },
    ]);
    expect(read('address:sip.Example', routeQuery).clauses).toEqual([
      { asks: 'text', key: 'address', texts: ['sip.example'], negated: false },
    ]);
  });

  test('knows days and stretches of time by the clock of this computer', () => {
    expect(momentOf('2026-11-01', now)).toBe(new Date(2026, 10, 1).getTime());
    expect(momentOf('today', now)).toBe(new Date(2026, 10, 27).getTime());
    expect(momentOf('yesterday', now)).toBe(new Date(2026, 10, 26).getTime());
    expect(momentOf('7d', now)).toBe(now - 7 * 86_400_000);
    expect(momentOf('12h', now)).toBe(now - 12 * 3_600_000);
    for (const none of ['2026-02-30', '2026-13-01', '7', 'd', '7x', '', 'tomorrow'])
      expect(momentOf(none, now), none).toBeNull();
  });

  test('with a piece that is not understood finds nothing, and says why', () => {
    expect(problemOf('colour:red')).toMatch(/^There is no filter "colour"/);
    expect(problemOf('kind:nonsense')).toBe('Use one of order, routes, sync, account, failure.');
    expect(problemOf('number:abc')).toMatch(/digits of a number/);
    expect(problemOf('number:1234567890123456')).toMatch(/15 at most/);
    expect(problemOf('order:x')).toBe('Use the number of the order, such as 7.');
    expect(problemOf('since:2026-02-30')).toMatch(/^Use a day such as/);
    expect(problemOf('used:sometimes', routeQuery)).toMatch(/^Use one of/);
    for (const text of ['colour:red', 'kind:order kind:nonsense', 'since:never order:1'])
      expect(read(text).clauses).toEqual([]);
  });

  test('that is not typed to its end is told from one that is wrong', () => {
    for (const text of ['kind:', 'kind:or', 'since:', 'since:2026-1', 'since:7', 'before:to', 'route:', '""'])
      expect(read(text).problem?.unfinished, text).toBe(true);
    for (const text of ['kind:xy', 'order:x', 'since:x'])
      expect(read(text).problem?.unfinished, text).toBe(false);
    expect(finishedList(activityQuery, 'done kind:or')).toBe('done');
    expect(finishedList(activityQuery, 'done kind:xy')).toBe('done kind:xy');
  });
});

describe('suggestions', () => {
  const counts: Readonly<Record<string, number>> = { order: 12, sync: 3, failed: 2 };
  const asked: string[] = [];
  const suggest = (typed: string, text = '') =>
    listSuggestions(activityQuery, { text, typed }, (key, rest) => {
      asked.push(`${key} ${rest}`);
      const entry = activityQuery[key];
      if (entry.asks === 'route') return [{ value: '"sbc west"', name: 'sbc west', count: 4 }];
      if (key === 'change') return [];
      if (entry.asks === 'ordinal') return [{ value: '12', name: 'Order 12', count: 2 }];
      return fixedOffers(entry, (value) => counts[value] ?? 0);
    });
  const tokens = (typed: string, text?: string) =>
    suggest(typed, text).map(({ token, count }) => [token, count] as const);

  test('are values by their words with counts, then keys; what nothing has is not offered among words', () => {
    expect(tokens('ord')).toEqual([
      ['kind:order', 12],
      ['order:12', 2],
      ['order:', null],
    ]);
    expect(tokens('acc')).toEqual([]);
    expect(tokens('sbc')).toEqual([['route:"sbc west"', 4]]);
    expect(tokens('order 12')).toEqual([['order:12', 2]]);
  });

  test('of a key are all its values, also those that nothing has; a minus and other values stay', () => {
    expect(tokens('kind:')).toEqual([
      ['kind:order', 12],
      ['kind:sync', 3],
      ['kind:routes', 0],
      ['kind:account', 0],
      ['kind:failure', 0],
    ]);
    expect(tokens('-kind:order,s')).toEqual([['-kind:order,sync', 3]]);
    expect(tokens('since:7')).toEqual([['since:7d', 0]]);
    expect(tokens('number:')).toEqual([]);
    expect(tokens('nokey:')).toEqual([]);
  });

  test('are counted among what the rest of the query finds', () => {
    asked.length = 0;
    suggest('outcome:', 'kind:order since:7d');
    expect(asked).toEqual(['outcome kind:order since:7d']);
  });
});
