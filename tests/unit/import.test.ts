import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leftOutWords } from '../../src-main/contract/left-out.ts';
import { readCell } from '../../src-main/contract/cells.ts';
import { Failure } from '../../src-main/contract/errors.ts';
import type { Route } from '../../src-main/contract/model.ts';
import type { ImportedRow } from '../../src-main/routing/import/import.ts';
import { KnownRoutes } from '../../src-main/routing/known-routes.ts';
import { CellNames } from '../../src-main/routing/import/cell-names.ts';
import { sortRows } from '../../src-main/routing/import/wanted-rows.ts';
import { readTable } from '../../src-main/routing/import/file-table.ts';
import { GroupCommit } from '../../src-main/jobs/group-commit.ts';
import { readImport } from '../support/import-file.ts';

/** A row with its route cells as a reader takes them; null for an empty one. */
const meaning = ({ number, cells }: ImportedRow) => ({
  ...{ number, primary: readCell(cells.primary) || null, failover: readCell(cells.failover) || null },
});
const wanted = (text: string, routes: readonly Route[]) =>
  new CellNames(new KnownRoutes(routes)).resolve(readImport(bytes(text)));
const bytes = (text: string) => new TextEncoder().encode(text);
const utf16 = (text: string, bigEndian: boolean, mark: boolean) => {
  const buffer = Buffer.from(`${mark ? '\ufeff' : ''}${text}`, 'utf16le');
  return bigEndian ? buffer.swap16() : buffer;
};
const plain = 'number,primary,failover\r\n12065550142,pbx-1,sip-reg\r\n(206) 555-0143,,pbx-2\r\n';
const expected = [
  { number: '12065550142', primary: 'pbx-1', failover: 'sip-reg' },
  { number: '12065550143', primary: null, failover: 'pbx-2' },
];

test.each<[string, Uint8Array]>([
  ['plain', bytes(plain)],
  ['with a byte order mark', bytes(`\ufeff${plain}`)],
  ['with CR only', bytes(plain.replaceAll('\r\n', '\r'))],
  ['with LF only', bytes(plain.replaceAll('\r\n', '\n'))],
  ['with semicolons', bytes(plain.replaceAll(',', ';'))],
  ['with tabs', bytes(plain.replaceAll(',', '\t'))],
  ['with sep=', bytes(`sep=;\r\n${plain.replaceAll(',', ';')}`).slice()],
  ['quoted', bytes(plain.replaceAll(/[^,\r\n]+/g, '"$&"'))],
  ['UTF-16 little endian with mark', utf16(plain, false, true)],
  ['UTF-16 big endian with mark', utf16(plain, true, true)],
  ['UTF-16 little endian without mark', utf16(plain, false, false)],
  ['UTF-16 big endian without mark', utf16(plain, true, false)],
  ['without a header', bytes(plain.replace('number,primary,failover', ''))],
  [
    'with other names of columns in another order',
    bytes('Failover Route;TN;Route 1\nsip-reg;2065550142;pbx-1\npbx-2;+1 206 555 0143;\n'),
  ],
])('a file %s is read', (_, file) => {
  const rows = readImport(file);
  expect(rows.map(meaning)).toEqual(expected);
  expect(rows.map(({ problem }) => problem)).toEqual([null, null]);
});

test('the separator is the one that the lines have in common', () => {
  const title = readTable('Customers of November\nnumber;primary\n12065550142;a\n').map(({ cells }) => cells);
  expect(title).toEqual([['Customers of November'], ['number', 'primary'], ['12065550142', 'a']]);
  const dated = readTable('Export of November 26, 2026\nnumber\tprimary\n12065550142\ta\n');
  expect(dated[1]?.cells).toEqual(['number', 'primary']);
  const commas = readTable('number;primary, or main, or first\n12065550142;a\n').map(({ cells }) => cells);
  expect(commas).toEqual([
    ['number', 'primary, or main, or first'],
    ['12065550142', 'a'],
  ]);
  expect(readTable('number;primary\n12065550142\n')[0]?.cells).toEqual(['number', 'primary']);
});

test('every row is named by the line it begins on, with its cells as they were read', () => {
  const text =
    'number,primary,note\n12065550142,pbx-1,"two\nlines"\n 5550142,pbx-1,\n\n1.20656E+10,"a\n\nb",\n12065550144,,\n,pbx-1,\n';
  const lines = [
    '2 12065550142 pbx-1 null',
    '4 5550142 pbx-1 This is no phone number, such as 12065550142 or +442079460958.',
    '6 1.20656E+10 a\n\nb A spreadsheet shortened this number. Format the column as text and save again.',
    '9 12065550144  null',
    '10  pbx-1 The number is missing.',
  ];
  for (const end of ['\n', '\r\n', '\r']) {
    const rows = readImport(bytes(text.replaceAll('\n', end)));
    const read = rows.map(
      ({ line, cells, problem }) =>
        `${line} ${cells.number} ${cells.primary.replaceAll(end, '\n')} ${problem && leftOutWords(problem)}`,
    );
    expect(read).toEqual(lines);
  }
  const stated = readImport(bytes('sep=;\r\nnumber;primary\r\n12065550142;a\r\n'));
  expect(stated.map(({ line }) => line)).toEqual([3]);
});

test.each([
  ['number,route', '12065550142,pbx-1'],
  ['"Number" ,"Primary Route Name" ', ' "12065550142" , "pbx-1" '],
  ['DID Number,Primary Route', '2065550142,pbx-1'],
  ['TN,Route', '12065550142,pbx-1'],
  ['Phone,Primary', '12065550142,pbx-1'],
  ['E.164,Inbound Route', '+12065550142,pbx-1'],
  ['No.,Number,Main route', '7,12065550142,pbx-1'],
])('a file with the columns %s is read', (header, row) => {
  const [read] = readImport(bytes(`${header}\n${row}\n`));
  expect(read && meaning(read)).toEqual({ number: '12065550142', primary: 'pbx-1', failover: null });
});

test('columns of the failover route are known by all their names', () => {
  for (const name of ['Failover Route', 'Failover Route Name', 'Backup', 'route_2', 'Secondary Route']) {
    const [read] = readImport(bytes(`number,${name}\n12065550142,pbx-2\n`));
    expect(read && meaning(read)).toMatchObject({ primary: null, failover: 'pbx-2' });
  }
});

test.each([
  '12065550142.0',
  '2065550142.00',
  '1.2065550142E10',
  '1.2065550142E+10',
  '2.065550142e9',
  'tel:+1-206-555-0142',
  'tel:+12065550142;ext=',
  '\u202a+1 206-555-0142\u202c',
  '206\u200b555\u200b0142',
  '(206) 555-0142',
  '+1 206.555.0142',
  '1\u00a0206\u00a0555\u00a00142',
  '\uff12\uff10\uff16 555 0142',
  "'12065550142",
  "'+12065550142",
  '"=""12065550142"""',
])('a cell %j is a number', (cell) => {
  const [read] = readImport(bytes(`number,primary\n${cell},pbx-1\n`));
  expect(read).toMatchObject({ number: '12065550142', problem: null });
});

test.each([
  '+44 20 7946 0958',
  '0044 20 7946 0958',
  '442079460958',
  "'+442079460958",
  '+44 (0)20 7946 0958',
  '442079460958.0',
  '4.42079460958E+11',
  'tel:+442079460958',
  '="442079460958"',
])('a cell %j is a number of another country', (cell) => {
  const [read] = readImport(bytes(`number,primary\n${cell},pbx-1\n`));
  expect(read).toMatchObject({ number: '442079460958', problem: null });
});

test('addresses of hosts are no numbers: the column of numbers is known beside them', () => {
  const [read] = readImport(bytes('442079460958,208.100.200.123\n12065550142,208.100.200.123\n'));
  expect(read && meaning(read)).toMatchObject({ number: '442079460958', primary: '208.100.200.123' });
});

test.each([
  ['1.20655501E+10', /shortened/],
  ['1,20656E+10', /shortened/],
  ['12065550142.5', /no phone number/],
  ['206555014', /no phone number/],
  ['+44 20 79', /another country has 7 to 15 digits/],
  ['+44 20 7946 0958 0958 12', /another country has 7 to 15 digits/],
  ['+44 20 7946 0958 x9', /Extension 9 has no routes of its own/],
  ['12065550142 x9', /Extension 9 has no routes of its own/],
  ['x'.repeat(5_000), /no phone number/],
])('a cell %s is no number, and it is said why', (cell, why) => {
  const [read] = readImport(bytes(`number;primary\n${cell};pbx-1\n`));
  expect(read?.problem && leftOutWords(read.problem)).toMatch(why);
  expect(read?.cells.number.length).toBeLessThan(8_193);
});

test('cells of a route come back as they were, without what nobody sees', () => {
  const rows = readImport(bytes(`number,primary\n12065550142,'=cmd\n12065550143,\u200bpbx-1\ufeff\n`));
  expect(rows.map((row) => meaning(row).primary)).toEqual(['=cmd', 'pbx-1']);
});

test('Windows-1252 is read where UTF-8 cannot be', () => {
  const [read] = readImport(Buffer.from('number,primary\n12065550142,B\xfcro\n', 'latin1'));
  expect(read?.cells.primary).toBe('Büro');
});

const known = [
  { key: 'pbx-1', label: 'pbx-1', type: 'HOST', value: 'pbx.example.com', builtin: false },
  { key: 'forward', label: 'forward', type: 'PSTN', value: '12065550142', builtin: false },
];
const pair = { primary: 'old', failover: 'sip-reg' };

test('of several rows of a number the first good one counts, wherever the bad ones are', () => {
  const text =
    'number,primary\n12065550142,nowhere\n12065550142,forward\n2065550142,pbx-1\n12065550142,pbx-1\n12065550143,pbx-1\n';
  const pairs = [pair, pair, pair, pair, null];
  const sorted = sortRows(wanted(text, known), { pairs, complete: true }, known);
  expect(sorted.items).toMatchObject([{ line: 4, number: '12065550142', to: { primary: 'pbx-1' } }]);
  expect(sorted.problems.map((problem) => `${problem.line} ${leftOutWords(problem.why)}`)).toEqual([
    '2 There is no route "nowhere".',
    '3 Route forward forwards to this very number: calls would go in circles.',
    '5 The number stands on line 4 already: this line is left out.',
    '6 The list has no such number of this account. If it is new, sync and try again.',
  ]);
});

test('a route that forwards to a number of another country with ten digits is not put on that number', () => {
  const forward = { key: 'abroad', label: 'abroad', type: 'PSTN', builtin: false };
  const rows = (value: string) => [{ ...forward, value }];
  for (const value of ['+65 9123 4567', '6591234567']) {
    const file = wanted('number,primary\n+6591234567,abroad\n', rows(value));
    expect(sortRows(file, { pairs: [pair], complete: true }, rows(value)).problems[0]?.why?.code).toBe(
      'forwards-to-itself',
    );
  }
});

test('while the first sync is not complete, a number that is not there yet is not called unknown', () => {
  const rows = wanted('number,primary\n12065550143,pbx-1\n', known);
  expect(sortRows(rows, { pairs: [null], complete: false }, known).problems[0]?.why?.code).toBe(
    'list-not-complete',
  );
});

test.each<[string, Uint8Array, RegExp]>([
  ['nothing', bytes(''), /empty/],
  ['only a header', bytes('number,primary\n'), /no rows/],
  ['a workbook', Buffer.from('PK\u0003\u0004rest', 'latin1'), /spreadsheet/],
  ['other columns', bytes('name,city\nAnn,Rome\n'), /Which column has your numbers/],
  ['numbers without routes', bytes('number,city\n12065550142,Rome\n'), /Which column has the routes/],
  ['one column', bytes('number\n12065550142\n'), /one column only/],
  ['an open quote', bytes('number,primary\n"12065550142,pbx-1\n'), /quotation mark/],
  ['a quote inside a cell', bytes('number,primary\n1206"5550142,pbx-1\n'), /quotation mark/],
  ['pictures', Buffer.from([0x89, 0x50, 0, 0, 1, 2, 0, 0, 0, 9]), /not text/],
  [
    'UTF-8 with a damaged place',
    Buffer.concat([bytes('number,primary\n12065550142,Zürich\n12065550143,B'), Buffer.from([0xfc, 0x0a])]),
    /encoding is damaged/,
  ],
  ['UTF-16 that is cut', utf16(plain, false, true).subarray(0, 51), /encoding is damaged/],
  ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x6e, 0, 0, 0]), /encoding is damaged/],
  ['too many rows', bytes(`number,primary\n${'12065550142,a\n'.repeat(100_001)}`), /more than 100,000 rows/],
])('a file with %s is refused with a sentence', (_, file, sentence) => {
  expect(() => readImport(file)).toThrow(sentence);
});

test('millions of short rows are refused before they fill the memory', () => {
  // Of this thread itself: what other programs take of the processor does not count.
  const spent = () => process.threadCpuUsage().user / 1_000;
  const begun = spent();
  expect(() => readImport(bytes(`number,primary\n${'1\n'.repeat(9_000_000)}`))).toThrow(
    /more than 100,000 rows/,
  );
  expect(spent() - begun).toBeLessThan(3_000);
  // Thirty seconds: what other programs take of the processor counts for the limit of a test.
}, 30_000);

test('whatever the bytes are, they are read or refused with a sentence', () => {
  const soup = fc.array(
    fc.constantFrom(
      'number',
      ',',
      ';',
      '\t',
      '"',
      '\n',
      '\r\n',
      '12065550142',
      'a b',
      '\u200b',
      '=',
      "'",
      'sep=',
      '\u0000',
    ),
    { maxLength: 40 },
  );
  const files = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    soup.map((parts) => bytes(parts.join(''))),
    soup.map((parts) => utf16(parts.join(''), false, true)),
  );
  fc.assert(
    fc.property(files, (file) => {
      let rows: ReturnType<typeof readImport> = [];
      let refused: unknown = null;
      try {
        rows = readImport(file);
      } catch (thrown) {
        refused = thrown;
      }
      // Each row is a number or says why it is none; a file that cannot be read says so.
      expect(rows.filter((row) => !(row.number === null ? row.problem : row.number))).toEqual([]);
      expect(refused === null || (refused instanceof Failure && refused.code === 'invalid-input')).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('without quotes, a row is named by its place among the lines of the text', () => {
  const line = fc.constantFrom('', '12065550142,a', '2065550143;b', ' ', ',,', 'x,y');
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), fc.constantFrom('\n', '\r\n', '\r'), (lines, end) => {
      const text = ['number,primary', ...lines, '12065550199,z'];
      const wanted = text.flatMap((one, at) => (at > 0 && /[^\s,]/.test(one) ? [at + 1] : []));
      expect(readImport(bytes(text.join(end))).map((row) => row.line)).toEqual(wanted);
    }),
  );
});

test('a batch writes what came meanwhile together, and says when a write failed', async () => {
  const writes: number[][] = [];
  const batch = new GroupCommit<number>(async (items) => {
    writes.push(items);
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (items.includes(4)) throw new Error('full');
  });
  const first = batch.add(1);
  await Promise.resolve();
  await Promise.resolve();
  const others = [batch.add(2), batch.add(3)];
  await Promise.all([first, ...others]);
  expect(writes).toEqual([[1], [2, 3]]);
  await expect(batch.add(4)).rejects.toThrow('full');
  await batch.add(5);
});

test.each([
  ['a route called like a column, without a header', '2065550142,backup,main', ['backup', 'main']],
  ['the first name of a person', 'First Name,Phone,Primary route,Failover\nAnn,2065550142,a,b', ['a', 'b']],
  ['a second name', 'Second Name,Phone,Primary,Backup\nAnn,2065550142,a,b', ['a', 'b']],
  ['another column of routes', 'number,route,primary,failover\n2065550142,x,a,b', ['a', 'b']],
  [
    'a column that may mean it before the one that says so',
    'number,first,primary\n2065550142,x,a',
    ['a', null],
  ],
  ['a column of routes alone', 'number,route\n2065550142,a', ['a', null]],
  ['blank lines before a header with semicolons', '\n \nnumber;primary;failover\n2065550142;a;b', ['a', 'b']],
])('%s does not mislead', (_, text, [primary, failover]) => {
  expect(readImport(bytes(`${text}\n`)).map(meaning)).toEqual([{ number: '12065550142', primary, failover }]);
});

test('ten digits that may be the end of a number of another country are asked about, with a plus sign they are not', () => {
  const known = [{ key: 'a', label: 'a', type: 'HOST', value: 'a.example.com', builtin: false }];
  const text =
    'number,primary\n2079460958,a\n+12079460958,a\n1 207 946 0958,a\n(207) 946-0959,a\n20 7946 0958,a\n';
  const other = '442079460958';
  const pair = { primary: 'b', failover: 'b' };
  const sorted = sortRows(
    wanted(text, known),
    {
      pairs: [pair, pair, pair, pair, pair],
      others: [other, other, other, other.replace('0958', '0959'), other],
      complete: true,
    },
    known,
  );
  const either =
    'This may be +1 207-946-0958 or +442079460958, which this account has: write it with a plus sign and the code of its country.';
  expect(sorted.problems.map(({ line, why }) => [line, leftOutWords(why)])).toEqual([
    [2, either],
    [4, 'The number stands on line 3 already: this line is left out.'],
    [6, either],
  ]);
  expect(sorted.items.map(({ line, number }) => [line, number])).toEqual([
    [3, '12079460958'],
    [5, '12079460959'],
  ]);
});
