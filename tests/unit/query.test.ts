import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  exactName,
  finishedPart,
  markedDigits,
  parseQuery,
  queryKeys,
} from '../../src-main/contract/query.ts';
import { foldName } from '../../src-main/contract/route-names.ts';

const clauses = (text: string) => parseQuery(text).clauses;
const problems = (text: string) => parseQuery(text).tokens.map((token) => token.problem);

describe('what a person may type', () => {
  test.each([
    ['5551', [{ field: 'contains', values: ['5551'], negated: false }]],
    ['(206) 555-0142', [{ field: 'contains', values: ['2065550142'], negated: false }]],
    ['+1 206 555 0142', [{ field: 'starts', values: ['12065550142'], negated: false }]],
    ['206 555', ['206', '555'].map((one) => ({ field: 'contains', values: [one], negated: false }))],
    ['npa:206,253', [{ field: 'npa', values: ['206', '253'], negated: false }]],
    ['-STATE:wa', [{ field: 'state', values: ['wa'], negated: true }]],
    ['route:"My pbx"', [{ field: 'route', values: ['"My pbx"'], negated: false }]],
    ['route:"a,b",C', [{ field: 'route', values: ['"a,b"', 'c'], negated: false }]],
    ['failover:"none"', [{ field: 'failover', values: ['"none"'], negated: false }]],
    ['failover:none', [{ field: 'failover', values: ['none'], negated: false }]],
    ['ends:01-42', [{ field: 'ends', values: ['0142'], negated: false }]],
    ['Seattle', [{ field: 'word', values: ['seattle'], negated: false }]],
    // A place's name is one whether it is asked for or left out.
    ['-new jersey', [{ field: 'word', values: ['new jersey'], negated: true }]],
    // What is left out is no extension of a number before it, and digits behind a key are no number.
    [
      '2065550142 -pbx 12',
      [
        { field: 'contains', values: ['2065550142'], negated: false },
        { field: 'word', values: ['pbx'], negated: true },
        { field: 'contains', values: ['12'], negated: false },
      ],
    ],
    [
      'contains:7278,7279,29 x 56',
      [
        { field: 'contains', values: ['7278', '7279', '29'], negated: false },
        { field: 'word', values: ['x'], negated: false },
        { field: 'contains', values: ['56'], negated: false },
      ],
    ],
    ['-"West side"', [{ field: 'word', values: ['west side'], negated: true }]],
    // A part of an area code is understood: the codes that begin so.
    ['npa:2', [{ field: 'npa', values: ['2'], negated: false }]],
  ])('%s', (text, expected) => {
    expect(clauses(text)).toEqual(expected);
    expect(problems(text).every((problem) => problem === null)).toBe(true);
  });

  test.each([
    ['colour:red', /no filter "colour"/],
    ['constructor:x', /no filter "constructor"/],
    ['npa:1', /area code is three digits/],
    ['npa:2o6', /area code is three digits/],
    ['npa:206,2o6', /area code is three digits/],
    ['nxx:099', /exchange is three digits/],
    ['state:zz', /not a state or province/],
    ['starts:12ab', /1 to 15 digits/],
    ['1234567890123456', /at most 15 digits/],
    ['country:atlantis', /not a country/],
  ])('%s says what is wrong and finds nothing, with or without something else', (text, sentence) => {
    for (const query of [text, `206 ${text}`, `${text} state:wa`, `-${text} state:`]) {
      const { problem, clauses: read } = parseQuery(query);
      expect(problem?.sentence).toMatch(sentence);
      expect(problem?.unfinished).toBe(false);
      expect(read).toEqual([{ field: 'nothing', values: [], negated: false }]);
      // What is wrong is not left out of what is shown either.
      expect(finishedPart(query)).toBe(query);
    }
  });

  test.each([
    ['npa:', /Type a value/],
    ['route:', /Type a value/],
    ['state:', /Type a value/],
    ['state:w', /two letters/],
    ['audit:mis', /Use one of/],
    ['starts:+', /1 to 15 digits/],
    ['country:', /Type a value/],
    ['country:germ', /not a country/],
    ['""', /between the quotes/],
    ['"', /between the quotes/],
    ['-', /Type the digits/],
    ['(', /Type the digits/],
  ])('%s is still being typed: it finds nothing for whoever acts on it', (text, sentence) => {
    const { problem, clauses: read } = parseQuery(`npa:206 ${text}`);
    expect(problem).toMatchObject({ token: text, unfinished: true });
    expect(problem?.sentence).toMatch(sentence);
    expect(read).toEqual([{ field: 'nothing', values: [], negated: false }]);
    expect(finishedPart(`npa:206 ${text}`)).toBe('npa:206');
  });
});

test('never throws, and every token points at its own text', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(...queryKeys.map((key) => `${key}:`)),
    fc.constant(' '),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (parts) => {
      const text = parts.join('');
      const { tokens } = parseQuery(text);
      expect(tokens.filter(({ end }) => end > text.length)).toEqual([]);
      const plain = (one: string) => one.replace(/\s/g, '');
      expect(tokens.map((token) => plain(token.text))).toEqual(
        tokens.map(({ start, end }) => plain(text.slice(start, end))),
      );
    }),
  );
});

test('digits to mark are those a number must show, never those it must not', () => {
  expect(markedDigits(parseQuery('npa:206 -555 ends:42 route:77'))).toEqual(['206', '42']);
});

test('any name of a route is found by its exact value and by nothing else', () => {
  const name = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('none', 'a,b', 'say "hi"', 'x" y', '"'));
  fc.assert(
    fc.property(name, (one) => {
      const { clauses: read, tokens } = parseQuery(`primary:${exactName(one)} npa:206`);
      expect(tokens.map((token) => token.problem)).toEqual([null, null]);
      expect(read[0]?.values).toEqual([`"${one}"`]);
    }),
  );
});

test('a plain name is folded as any other name is', () => {
  const text = fc.string({ unit: fc.constantFrom(...'aB1 -."é\u00a0\t') });
  fc.assert(
    // A mark that nobody sees takes the long way, and is not there afterwards.
    fc.property(text, (name) => {
      expect(foldName(name)).toBe(foldName(`\u200b${name}`));
    }),
  );
});
