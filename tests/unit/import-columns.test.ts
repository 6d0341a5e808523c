import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RouteNames } from '../../src-main/contract/route-names.ts';
import { nameProblem } from '../../src-main/contract/route-rules.ts';
import { ImportMappings } from '../../src-main/routing/import/mappings.ts';
import { columnsOf, openImport } from '../../src-main/routing/import/import.ts';
import { KnownRoutes } from '../../src-main/routing/known-routes.ts';
import { CellNames } from '../../src-main/routing/import/cell-names.ts';
import { journalMigrations } from '../../src-main/journal/parts.ts';
import { openStrictly } from '../../src-main/platform/storage/sqlite.ts';
import { toCsv } from '../../src-renderer/lib/csv.ts';
import { anyLetter } from '../support/letters.ts';
import { readImport } from '../support/import-file.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const fixture = (name: string) => readFileSync(new URL(`../fixtures/paste/${name}`, import.meta.url));
const describe = (file: Uint8Array) => columnsOf(openImport(file), null);

test('cells ="…" without outer quotes are read as the digits (case 03)', () => {
  const rows = readImport(fixture('03-bare-formula.csv'));
  expect(rows.map(({ line, number, cells }) => [line, number, cells.primary])).toEqual([
    [2, '12065550142', 'pbx-1'],
    [3, '12065550143', 'pbx-1'],
  ]);
});

test('beside bare formulas, a quote inside another cell is still refused', () => {
  const wrong = bytes('number,primary\n="12065550142",pbx"1\n');
  expect(() => readImport(wrong)).toThrow(/quotation mark/);
  const fine = readImport(bytes('number,primary\n="12065550142","pbx ""1"""\n="12065550143",x\n'));
  expect(fine.map(({ cells }) => cells.primary)).toEqual(['pbx "1"', 'x']);
});

test('a remembered mapping that the file has no columns for is not forced upon it', () => {
  const mappings = new ImportMappings(openStrictly(':memory:', journalMigrations));
  const read = (text: string, chosen: Parameters<typeof mappings.read>[1] = null) => {
    const lines = openImport(bytes(text));
    return mappings.read(lines, chosen, (mapping) => columnsOf(lines, mapping));
  };
  // Columns beyond the header have no name: the next file of the same headers may lack them.
  const wide = 'number,route\n12065550142,a,b,c\n';
  read(wide, { header: true, number: 0, primary: 3, failover: null });
  expect(read(wide)).toMatchObject({ file: { remembered: true }, mapping: { primary: 3 } });
  expect(read('number,route\n12065550142,a\n')).toMatchObject({
    file: { remembered: false },
    mapping: { primary: 1 },
  });
});

test('two columns of one name are asked for, and nothing is dropped (case 15)', () => {
  const file = describe(fixture('15-duplicate-headers.csv'));
  expect(file.question).toMatch(
    /Which column has the primary route: "Route" \(column 2\) or "Route" \(column 3\)/,
  );
  expect(file.columns.map(({ title, use }) => [title, use])).toEqual([
    ['DID', 'number'],
    ['Route', null],
    ['Route', null],
  ]);
});

test("a customer's phone beside the DID is asked for, never guessed (case 17)", () => {
  const file = describe(fixture('17-two-number-columns.csv'));
  expect(file.question).toBe('Which column has your numbers: "Phone" (column 2) or "DID" (column 3)?');
  expect(() => readImport(fixture('17-two-number-columns.csv'))).toThrow(/Which column has your numbers/);
  const chosen = { header: true, number: 2, primary: 3, failover: null };
  expect(readImport(fixture('17-two-number-columns.csv'), chosen)[0]?.number).toBe('12065550142');
});

test('every column is shown as used or ignored, with what stands in it', () => {
  const file = describe(bytes('Customer,Number,Primary,Note\nACME,2065550142,a,x\nBolt,2065550143,a,\n'));
  expect(file).toMatchObject({ question: null, rows: 2, header: true });
  expect(file.columns).toEqual([
    { title: 'Customer', samples: ['ACME', 'Bolt'], use: null },
    { title: 'Number', samples: ['2065550142', '2065550143'], use: 'number' },
    { title: 'Primary', samples: ['a'], use: 'primary' },
    { title: 'Note', samples: ['x'], use: null },
  ]);
  expect(describe(bytes('2065550142,2065550199,a\n')).question).toBe(
    'Which column has your numbers: column 1 or column 2?',
  );
});

const listed = [
  { name: 'pbx-1' },
  { name: 'PBX-2' },
  { name: 'Bu\u0308ro' },
  { name: 'two  words' },
  { name: 'a b' },
  { name: 'a\u00a0b' },
].map(({ name }) => name);

const known = (names: readonly string[]) =>
  new KnownRoutes(
    names.map((name) => ({ key: name, label: name, type: 'HOST', value: null, builtin: false })),
  );

test.each([
  ['pbx-1', 'pbx-1'],
  ['  pbx-1\u200b', 'pbx-1'],
  ['Büro', 'Bu\u0308ro'],
  ['two words', 'two  words'],
  ['a b', 'a b'],
  ['a\u00a0b', 'a\u00a0b'],
])('%j is the listed route %j', (cell, name) => {
  const [row] = new CellNames(known(listed)).resolve(
    readImport(
      bytes(
        toCsv([
          ['number', 'primary'],
          ['2065550142', cell],
        ]),
      ),
    ),
  );
  expect([row?.primary, row?.problem]).toEqual([{ route: name }, null]);
});

test('a name that may be one of several is not guessed, and one in another case is asked about', () => {
  const names = new RouteNames(listed);
  expect(names.find('a\tb')).toBeNull();
  expect(names.find('pbx-2')).toBeNull();
  expect(names.meant('pbx-2')).toBe('PBX-2');
  expect(names.meant('pbx 1')).toBe('pbx-1');
  expect(names.meant('nothing')).toBeNull();
  expect(names.similar('PBX-1')).toEqual(['pbx-1']);
  expect(names.similar('pbx\u200b-1')).toEqual(['pbx-1']);
  expect(names.similar('ｐｂｘ－１')).toEqual(['pbx-1']);
  expect(names.similar('Büro')).toEqual(['Bu\u0308ro']);
  // Text programs write another hyphen, which nobody can tell from the one on the keyboard.
  expect(names.similar('pbx\u20111')).toEqual(['pbx-1']);
  expect(names.similar('pbx\u22121')).toEqual(['pbx-1']);
  expect(names.similar('pbx-1')).toEqual([]);
  expect([nameProblem('\u200b\u2060', 'sip-reg'), nameProblem('\u3164', 'sip-reg')]).toEqual([
    'A name needs characters that can be seen.',
    'A name needs characters that can be seen.',
  ]);
});

test('any names of routes come back from an exported file as they were', () => {
  // A file of text holds neither half a character nor a zero.
  const text = fc
    .string({ unit: anyLetter, minLength: 1, maxLength: 12 })
    .filter((one) => !one.includes('\u0000'));
  const odd = fc.constantFrom(
    ...[
      "'=x",
      '=x',
      "''=x",
      ' ',
      '\t',
      ' a',
      'a ',
      '="x"',
      '"',
      'a,b',
      'a;b',
      'a\r\nb',
      'a\nb',
      'a\rb',
      '\ufeffa',
      "'",
      '+1',
    ],
    ...['none', 'x'.repeat(600), 'É', 'E\u0301', 'a\u200bb', 'sep=;', '-', '@a', '12065550142'],
  );
  fc.assert(
    fc.property(fc.uniqueArray(fc.oneof(text, odd), { minLength: 1, maxLength: 12 }), (names) => {
      const rows = names.map((name, at) => [`1206555${1000 + at}`, name, names.at(-1 - at) ?? ''] as const);
      const file = bytes(`\ufeff${toCsv([['number', 'primary', 'failover'], ...rows])}`);
      const read = new CellNames(known(names)).resolve(readImport(file));
      expect(read.map(({ number, primary, failover }) => [number, primary, failover])).toEqual(
        rows.map(([number, primary, failover]) => [number, { route: primary }, { route: failover }]),
      );
    }),
    { numRuns: 150 },
  );
});
