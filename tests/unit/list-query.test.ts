import { describe, expect, test } from 'vitest';
import { finishedList, readListQuery, type ListClause } from '../../src-main/contract/list-query.ts';
import { orderQuery } from '../../src-main/contract/order-query.ts';
import { planQuery } from '../../src-main/contract/plan-query.ts';
import { beginsMoment, momentOf } from '../../src-main/contract/query-times.ts';

const now = new Date(2026, 10, 27, 15, 30).getTime();
const day = 86_400_000;
const clausesOf = (text: string) => readListQuery(planQuery, text, now).clauses;
const only = (text: string): ListClause | undefined => clausesOf(text)[0];
const problemOf = (text: string) => readListQuery(planQuery, text, now).problem;

describe('what is understood', () => {
  test('states by their codes and by their words, several of them, and not those', () => {
    expect(only('state:draft')).toEqual({ asks: 'choice', key: 'state', codes: ['draft'], negated: false });
    expect(only('STATE:Applying,done')).toMatchObject({ codes: ['running', 'done'] });
    expect(only('-state:running')).toMatchObject({ codes: ['running'], negated: true });
    expect(readListQuery(orderQuery, 'state:buying', now).clauses[0]).toMatchObject({ codes: ['running'] });
  });

  test('numbers in any form: whole ones by how they begin, a few digits anywhere', () => {
    const ten = { begins: ['12065550142', '2065550142'] };
    for (const text of ['number:2065550142', 'number:206-555-0142', 'number:"(206) 555-0142"'])
      expect(only(text)).toMatchObject({ asks: 'number', numbers: [ten] });
    expect(only('(206) 555-0142')).toMatchObject({ asks: 'digits', number: ten });
    expect(only('+44 20 7946 0958')).toMatchObject({ asks: 'digits', number: { begins: ['442079460958'] } });
    expect(only('number:0142,0143')).toMatchObject({ numbers: [{ has: '0142' }, { has: '0143' }] });
  });

  test('digits alone are also what a row is called by; one or two of them are nothing else', () => {
    expect(only('7')).toMatchObject({ asks: 'digits', ordinal: 7, number: null });
    // What begins with a plus sign is no ordinal.
    expect(only('+44')).toMatchObject({ asks: 'digits', ordinal: 0, number: { begins: ['44'] } });
    expect(only('142')).toMatchObject({ asks: 'digits', ordinal: 142, number: { has: '142' } });
    expect(only('change:7,12')).toMatchObject({ asks: 'ordinal', ordinals: [7, 12] });
  });

  test('routes by name, in quotes by that very name; anything else is a word', () => {
    expect(only('route:SBC-East')).toMatchObject({ asks: 'route', names: ['sbc-east'] });
    expect(only('route:"SBC, East"')).toMatchObject({ names: ['"SBC, East"'] });
    expect(clausesOf('Import "of routes.csv"')).toMatchObject([
      { asks: 'word', word: 'import' },
      { asks: 'word', word: 'of routes.csv' },
    ]);
  });

  test('days and stretches of time', () => {
    expect(only('since:7d')).toEqual({ asks: 'since', at: now - 7 * day, negated: false });
    expect(only('before:2026-11-01')).toMatchObject({ asks: 'before', at: new Date(2026, 10, 1).getTime() });
    expect([momentOf('today', now), momentOf('yesterday', now)]).toEqual([
      new Date(2026, 10, 27).getTime(),
      new Date(2026, 10, 26).getTime(),
    ]);
    expect([momentOf('12h', now), momentOf('2w', now)]).toEqual([now - day / 2, now - 14 * day]);
    for (const wrong of ['2026-02-30', '2026-13-01', '7', '7m', 'tomorrow', '', '0000-00-00', '-7d', '1e3d'])
      expect(momentOf(wrong, now)).toBeNull();
    expect(['', '2', '2026', '2026-1', '2026-11-', 'tod'].every(beginsMoment)).toBe(true);
    expect(['7m', 'x', '2026.11', '2026-11-27x'].some(beginsMoment)).toBe(false);
  });
});

describe('what is not', () => {
  test.each([
    ['kind:x', 'There is no filter "kind" here. Try state, number, route, since, before, change.'],
    ['state:gone', 'Use one of draft, applying, paused, stopping, done.'],
    ['state:draft,gone', 'Use one of draft, applying, paused, stopping, done.'],
    ['number:abc', 'Use digits of a number, 15 at most, such as 2065550142.'],
    ['number:1234567890123456', 'Use digits of a number, 15 at most, such as 2065550142.'],
    ['since:soon', 'Use a day such as 2026-11-27 or today, or how long ago, such as 7d, 12h or 2w.'],
    ['change:seven', 'Use the number of the change, such as 7.'],
    ['change:0', 'Use the number of the change, such as 7.'],
    ['1234567890123456', 'A number has at most 15 digits.'],
    ['constructor:x', 'There is no filter "constructor" here.'],
  ])('%s finds nothing, and says why', (text, sentence) => {
    const read = readListQuery(planQuery, `${text} state:done`, now);
    expect(read.clauses).toEqual([]);
    expect(read.problem).toMatchObject({ unfinished: false });
    expect(read.problem?.sentence).toContain(sentence);
    expect(finishedList(planQuery, `${text} state:done`)).toBe(`${text} state:done`);
  });

  test.each([
    'state:',
    'state:dr',
    'number:(',
    'since:',
    'since:2026-11',
    'since:7',
    'before:tod',
    '-',
    '""',
  ])('%s lacks only what is still to be typed', (text) => {
    expect(problemOf(`state:done ${text}`)).toMatchObject({ unfinished: true });
    expect(finishedList(planQuery, `state:done ${text}`)).toBe('state:done');
  });
});

test('whatever is typed is read without an error, piece by piece where it stands', () => {
  const odd = [
    '"',
    '::',
    'state::',
    '-"',
    'route:"a',
    ' ',
    '\u0000',
    '%',
    "' OR 1",
    'number:"',
    '😀',
    '-state:',
  ];
  const texts = odd.flatMap((one) => odd.map((other) => `${one} ${other}`));
  const read = texts.map((text) => ({ text, tokens: readListQuery(planQuery, text, now).tokens }));
  const astray = read.filter(({ text, tokens }) =>
    tokens.some(({ start, end, text: piece }) => text.slice(start, end).length !== piece.length),
  );
  expect(astray).toEqual([]);
  expect(read.flatMap(({ tokens }) => tokens).length).toBeGreaterThan(texts.length);
});
