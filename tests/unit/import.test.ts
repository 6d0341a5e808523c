import { expect, test } from 'vitest';
import { readImport } from '../../src-main/routing/import.ts';
import { Batch } from '../../src-main/routing/batch.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const utf16 = (text: string, bigEndian: boolean, mark: boolean) => {
  const buffer = Buffer.from(`${mark ? '\ufeff' : ''}${text}`, 'utf16le');
  return bigEndian ? buffer.swap16() : buffer;
};
const plain = 'number,primary,failover\r\n12065550142,pbx-1,sip-reg\r\n(206) 555-0143,,pbx-2\r\n';
const expected = [
  { line: 2, number: '12065550142', primary: 'pbx-1', failover: 'sip-reg' },
  { line: 3, number: '12065550143', primary: null, failover: 'pbx-2' },
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
  const { rows, problems } = readImport(file);
  expect(rows.map(({ number, primary, failover }) => ({ number, primary, failover }))).toEqual(
    expected.map(({ number, primary, failover }) => ({ number, primary, failover })),
  );
  expect(problems).toEqual([]);
});

test('lines are named, quotes with line ends included', () => {
  const { rows, problems } = readImport(
    bytes(
      'number,primary,note\n12065550142,pbx-1,"two\nlines"\n5550142,pbx-1,\n1.20656E+10,pbx-1,\n12065550142,pbx-2,\n12065550144,,\n,pbx-1,\n',
    ),
  );
  expect(rows).toEqual([{ line: 3, number: '12065550142', primary: 'pbx-1', failover: null }]);
  expect(problems.map(({ line, text }) => `${line} ${text}`)).toEqual([
    '4 This is not a North American number, such as 12065550142.',
    '5 A spreadsheet shortened this number. Format the column as text and save again.',
    '6 The number stands on line 3 already: this line is left out.',
    '7 Neither a primary nor a failover route is given.',
    '8 The number is missing.',
  ]);
});

test('cells that our own export guarded come back as they were', () => {
  const { rows } = readImport(bytes(`number,primary\n12065550142,'=cmd\n`));
  expect(rows[0]?.primary).toBe('=cmd');
});

test('Windows-1252 is read where UTF-8 cannot be', () => {
  const { rows } = readImport(Buffer.from('number,primary\n12065550142,B\xfcro\n', 'latin1'));
  expect(rows[0]?.primary).toBe('Büro');
});

test.each<[string, Uint8Array, RegExp]>([
  ['nothing', bytes(''), /empty/],
  ['only a header', bytes('number,primary\n'), /no rows/],
  ['a workbook', Buffer.from('PK\u0003\u0004rest', 'latin1'), /spreadsheet/],
  ['other columns', bytes('name,city\nAnn,Rome\n'), /columns are not known: name, city/],
  ['numbers without routes', bytes('number,city\n12065550142,Rome\n'), /no column with routes/],
  ['an open quote', bytes('number,primary\n"12065550142,pbx-1\n'), /quotation mark/],
  ['a quote inside a cell', bytes('number,primary\n1206"5550142,pbx-1\n'), /quotation mark/],
  ['pictures', Buffer.from([0x89, 0x50, 0, 0, 1, 2, 0, 0, 0, 9]), /not text/],
  ['too many rows', bytes(`number,primary\n${'12065550142,a\n'.repeat(100_001)}`), /100,001 rows/],
])('a file with %s is refused with a sentence', (_, file, sentence) => {
  expect(() => readImport(file)).toThrow(sentence);
});

test('a batch writes what came meanwhile together, and says when a write failed', async () => {
  const writes: number[][] = [];
  const batch = new Batch<number>(async (items) => {
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
