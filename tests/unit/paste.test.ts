import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isVisible, plainText, readTyped, trimKey } from '../../src-main/contract/clean.ts';
import { methods } from '../../src-main/contract/contract.ts';
import { formatNumber, readPhoneNumber } from '../../src-main/contract/phone.ts';
import { parseQuery } from '../../src-main/contract/query.ts';
import { findSlots } from '../../src-main/inventory/index/filter.ts';
import { NumberIndex } from '../../src-main/inventory/index/number-index.ts';
import { areaOf } from '../../src-main/nanp/area.ts';
import { supplement } from '../../src-main/nanp/supplement.ts';
import { anyLetter } from '../support/letters.ts';
import { some } from '../support/some.ts';
import { readImport } from '../support/import-file.ts';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/paste/${name}`, import.meta.url));
const lines = (name: string) => fixture(name).toString().trim().split('\n');

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
function listOf(...numbers: string[]): NumberIndex {
  const index = new NumberIndex();
  for (const number of numbers) index.put(row(number));
  return index;
}
const found = (index: NumberIndex, text: string) => {
  const { tokens, clauses } = parseQuery(text);
  const wrong = tokens.find((token) => token.problem !== null);
  if (wrong) return wrong.problem;
  const slots = findSlots(index, clauses);
  return Array.from({ length: index.count }, (_, slot) => slot)
    .filter((slot) => (slots instanceof Uint32Array ? slots.includes(slot) : slots.has(slot)))
    .map((slot) => index.numberAt(slot));
};

describe('what is typed or pasted as a number', () => {
  const ways = [
    '‪+1 206‑555‑0142‬',
    '２０６－５５５－０１４２',
    '206−555−0142',
    '206·555·0142',
    '206~555~0142',
    '206_555_0142',
    '206⁃555⁃0142',
    '206—555–0142',
    '(206) 555 0142',
    '206\u00ad555\u200b0142\ufeff',
    '٢٠٦٥٥٥٠١٤٢',
    '२०६ ५५५ ०१४२',
    '𝟐𝟎𝟔𝟓𝟓𝟓𝟎𝟏𝟒𝟐',
    'tel:+1-206-555-0142',
    'TEL:+1(206)555-0142;phone-context=example.com',
    'sip:12065550142@pbx.example.com',
    'sips:+12065550142@pbx.example.com:5061;transport=tls',
    'sip:12065550142;user=phone@pbx.example.com',
    '<sip:12065550142@pbx.example.com>',
    'callto://+12065550142',
    '011 1 206 555 0142',
    '001-206-555-0142',
  ];
  test.each(ways)('%s is one number', (text) => {
    expect(readPhoneNumber(text)).toBe('12065550142');
  });
  test.each([
    ['206-555-0142 x12', '12'],
    ['206-555-0142x12', '12'],
    ['206-555-0142 ext. 5', '5'],
    ['206-555-0142, ext 5', '5'],
    ['206-555-0142 extension 77', '77'],
    ['206-555-0142 #4', '4'],
    ['tel:+12065550142;ext=12', '12'],
    ['+12065550142;ext=12', '12'],
    ['sip:12065550142;ext=12@pbx.example.com', '12'],
    ['206-555-0142 x１２', '12'],
  ])('%s has an extension, which is said and not dropped', (text, extension) => {
    expect(readTyped(text)?.extension).toBe(extension);
    expect(readPhoneNumber(text)).toBeNull();
    const [token, ...more] = parseQuery(text).tokens;
    expect([more, token?.problem]).toEqual([[], null]);
    expect(token?.note).toContain(`Extension ${extension} `);
    expect(found(listOf('12065550142', '12065550143'), text)).toEqual(['12065550142']);
  });
  test.each(['sip:192.0.2.1', 'sip:in@pbx.example.com', 'tel:none', '2065550142x', '12a', '+', ''])(
    '%s is no number',
    (text) => {
      expect(readTyped(text)).toBeNull();
    },
  );
  test('a number of another country is neither guessed nor written as a North American one', () => {
    expect(readPhoneNumber('+61255501234')).toBe('61255501234');
    // Behind a plus sign stands a country's code: this one is Egypt's.
    expect(readPhoneNumber('+2065550142')).toBe('2065550142');
    expect(formatNumber('61255501234', 'national')).toBe('+61255501234');
    expect(formatNumber('61255501234', 'international')).toBe('+61255501234');
  });
  test.each([
    ['+44 20 7946 0958 2065', '442079460958'],
    ['011 44 20 7946 0958 2065', '442079460958'],
    ['+1 206 555 0142 958', '12065550142'],
    ['+1 206 555 0142 +44', '12065550142'],
  ])('digits behind a whole number are digits of their own: %s', (text, number) => {
    const { tokens, problem } = parseQuery(text);
    expect([tokens.length, problem]).toEqual([2, null]);
    expect(found(listOf('12065550142', '442079460958'), tokens[0]?.text ?? '')).toEqual([number]);
  });
  test('every decimal digit of Unicode is read by its value', () => {
    const digits: string[] = [];
    for (let code = 0; code <= 0x1ffff; code += 1) {
      const text = String.fromCodePoint(code);
      if (/^\p{Nd}$/u.test(text)) digits.push(text);
    }
    expect(digits.length % 10).toBe(0);
    expect(digits.map(plainText).join('')).toBe('0123456789'.repeat(digits.length / 10));
  });
  test('long texts of digits are no numbers, and are told so at once', () => {
    const begun = performance.now();
    for (const text of [`${'1'.repeat(300_000)}x`, `${'1 '.repeat(150_000)}x`, `x${' '.repeat(100_000)}1`])
      expect(readTyped(text)).toBeNull();
    // A row of a spreadsheet with numbers of another kind, pasted into a query.
    expect(parseQuery('123456789 '.repeat(5_000)).problem).toBeNull();
    expect(performance.now() - begun).toBeLessThan(3_000);
  });
  test('whatever is pasted, reading it never throws and gives digits only', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyLetter }), (text) => {
        const typed = readTyped(text);
        expect(typed?.digits ?? '0').toMatch(/^\d+$/);
        expect(readTyped(`${text}`)).toEqual(typed);
      }),
    );
  });
});

test('keys lose white space and hidden marks at their ends, and nothing else', () => {
  expect(trimKey('\u200b\ufeff  8000 1234\u00a0\n\u2069')).toBe('8000 1234');
  expect(trimKey('a\u200bb')).toBe('a\u200bb');
  const read = methods['accounts.signIn'].input.parse({
    ...{ label: 'A', remember: 'session' },
    accessKey: ' \u202a80001234\u202c\t',
    secretKey: '\ufeff0123-\u20104\u00ad\n',
  });
  expect([read.accessKey, read.secretKey]).toEqual(['80001234', '0123-\u20104']);
  expect(methods['accounts.signIn'].input.safeParse({ ...read, secretKey: '\u200b \ufeff' }).success).toBe(
    false,
  );
  expect([isVisible('\u200b\u3164 \u2800'), isVisible(' a ')]).toEqual([false, true]);
});

test('the queries that 0.1.0 did not understand find the number, or say why not (case 38)', () => {
  const index = listOf('12065550142', '13105550199', '61255501234');
  const [tel, sip, npa, marked, wide, minus, plus, starts] = lines('38-queries.txt').map((text) =>
    found(index, text),
  );
  for (const one of [tel, sip, marked, wide, minus]) expect(one).toEqual(['12065550142']);
  expect(npa).toMatch(/area code is three digits/);
  expect(plus).toEqual(['61255501234']);
  expect(starts).toEqual(['61255501234']);
});

test('a number of another country is found by its digits, and by no North American place', () => {
  const index = listOf('12555501234', '61255501234', '12065550142');
  expect(found(index, '+61 2 5550 1234')).toEqual(['61255501234']);
  expect(found(index, '0061 255501234')).toEqual(['61255501234']);
  expect(found(index, 'npa:125')).toMatch(/area code/);
  expect(found(index, 'nxx:550')).toEqual(['12555501234']);
  expect(found(index, 'starts:255')).toEqual(['12555501234']);
  expect(found(index, '-starts:+61')).toEqual(['12555501234', '12065550142']);
  expect(found(index, 'country:au')).toEqual(['61255501234']);
  expect(found(index, 'country:Australia')).toEqual(['61255501234']);
  expect(found(index, 'australia')).toEqual(['61255501234']);
  expect(found(index, '-country:other')).toEqual(['12555501234', '12065550142']);
  expect(index.rowAt(index.slotOf('61255501234') ?? -1)).toMatchObject({
    state: '',
    area: 'Australia',
  });
});

test('numbers of every length are found by any of their digits, whatever North American number is inside', () => {
  const numbers = ['13105428070', '4413105428070', '442079460958', '4420794', '310542807', '31054280701234'];
  const index = listOf(...numbers);
  const foundBy = (text: string) => [found(index, text)].flat();
  expect(foundBy('3105428070')).toEqual(['13105428070', '4413105428070', '31054280701234']);
  expect(foundBy('1 310 542 8070')).toEqual(['13105428070', '4413105428070']);
  // Behind a plus sign a number begins so: this is the North American one alone.
  expect(foundBy('+1 310 542 8070')).toEqual(['13105428070']);
  expect(foundBy('npa:310')).toEqual(['13105428070']);
  expect(foundBy('-npa:310 -starts:+44')).toEqual(['310542807', '31054280701234']);
  expect(foundBy('nxx:542')).toEqual(['13105428070']);
  expect(foundBy('+44')).toEqual(['4413105428070', '442079460958', '4420794']);
  expect(foundBy('country:uk ends:4')).toEqual(['4420794']);
  expect(foundBy('0044 20 7946 0958')).toEqual(['442079460958']);
  expect(foundBy('44 20 7946 0958')).toEqual(['442079460958']);
  expect(foundBy('ends:0958,0794')).toEqual(['442079460958', '4420794']);
  expect(foundBy('starts:31054280701')).toEqual(['31054280701234']);
  expect(foundBy('starts:310')).toEqual(['13105428070', '310542807', '31054280701234']);
  expect(foundBy('contains:542807012')).toEqual(['31054280701234']);
  expect(foundBy('310542807012345')).toEqual([]);
  expect(foundBy('country:united kingdom -area:"united kingdom"')).toEqual([]);
  expect(found(index, 'country:atlantis')).toMatch(/not a country/);
});

test('toll-free numbers are North American ones without a state', () => {
  const index = listOf('18005550142', '18885550142', '12065550142', '80055501421');
  expect(found(index, 'npa:800')).toEqual(['18005550142']);
  expect(found(index, 'npa:8')).toEqual(['18005550142', '18885550142']);
  expect(found(index, 'toll-free')).toEqual(['18005550142', '18885550142']);
  expect(found(index, '-state:wa')).toEqual(['18005550142', '18885550142', '80055501421']);
  expect(found(index, '(800) 555-0142')).toEqual(['18005550142', '80055501421']);
  expect(found(index, 'country:other')).toEqual(['80055501421']);
});

test('seven numbers in a file with hidden marks, other digits, dashes and separators (case 09)', () => {
  const rows = readImport(fixture('09-unicode.csv'));
  expect(rows.map((one) => one.number)).toEqual(
    ['0142', '0143', '0144', '0145', '0146', '0147', '0148'].map((end) => `1206555${end}`),
  );
});

describe('places', () => {
  const index = new NumberIndex();
  for (const [number, route] of [
    ['12015550100', 'pbx-1'],
    ['12065550142', 'pbx-1'],
    ['12025550100', 'pbx-1'],
    ['12075550100', 'pbx-1'],
    ['12125550100', 'main'],
    ['14185550100', 'pbx-1'],
    ['18765550100', 'pbx-1'],
    ['17875550100', 'pbx-1'],
  ] as const)
    index.put(row(number, route));
  test.each([
    ['new jersey', ['12015550100']],
    ['NEW  Jersey', ['12015550100']],
    ['state:"new jersey"', ['12015550100']],
    ['state:new jersey', ['12015550100']],
    ['state:nj,"x"', /not a state/],
    ['washington', ['12065550142', '12025550100']],
    ['state:washington', ['12065550142']],
    ['washington dc', ['12025550100']],
    ['main', ['12125550100']],
    ['maine', ['12075550100']],
    ['-state:maine npa:207', []],
    ['québec', ['14185550100']],
    ['quebec', ['14185550100']],
    ['jamaica', ['18765550100']],
    ['puerto rico', ['17875550100']],
  ])('%s', (text, expected) => {
    const numbers = found(index, text);
    const said = typeof numbers === 'string' ? numbers : numbers?.toSorted();
    expect(said).toEqual(expected instanceof RegExp ? expect.stringMatching(expected) : expected.toSorted());
  });
});

describe('area codes', () => {
  test.each(lines('41-area-codes.txt').map((line) => line.split(' ')))(
    '%s is in %s (case 41)',
    (number = '', state) => {
      expect(areaOf(number.slice(1, 4)).state).toBe(state);
    },
  );
  test.each([
    ['340', 'VI', 'US Virgin Islands', 'US'],
    ['671', 'GU', 'Guam', 'US'],
    ['876', '', 'Jamaica', 'JM'],
    ['345', '', 'Cayman Islands', 'KY'],
    ['809', '', 'Dominican Republic', 'DO'],
    ['833', '', 'Toll-free', ''],
    ['900', '', 'Premium rate', ''],
    ['257', 'BC', 'Vancouver', 'CA'],
  ])('%s', (npa, state, place, country) => {
    expect(areaOf(npa)).toEqual({ npa, state, place, country });
  });
  test('what no source knows is shown as unknown, and each line of the supplement has a source', () => {
    expect(areaOf('299')).toMatchObject({ state: '', place: 'Unknown area code', country: '' });
    for (const line of some(supplement)) expect(line.source).toMatch(/\w+\.\w+/);
  });
});
