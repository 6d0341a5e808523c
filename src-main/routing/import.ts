import { parse, type CsvError } from 'csv-parse/sync';
import { failure } from '../contract/errors.ts';
import { readPhoneNumber } from '../contract/phone.ts';
import type { PlanProblem } from '../contract/routing.ts';
import type { WantedRow } from './rows.ts';

export const mostRows = 100_000;
const headers: Readonly<Record<string, 'number' | 'primary' | 'failover'>> = {
  ...{ number: 'number', tn: 'number', did: 'number', phone: 'number', telephone: 'number', e164: 'number' },
  ...{ phonenumber: 'number', telephonenumber: 'number', ddi: 'number', numbers: 'number' },
  ...{
    primary: 'primary',
    primaryroute: 'primary',
    route: 'primary',
    route1: 'primary',
    route1name: 'primary',
  },
  ...{ failover: 'failover', failoverroute: 'failover', route2: 'failover', backup: 'failover' },
  ...{ secondary: 'failover', secondaryroute: 'failover', fallback: 'failover', backuproute: 'failover' },
};

export type ReadImport = { readonly rows: WantedRow[]; readonly problems: PlanProblem[] };
type Line = { record: string[]; info: { lines: number } };
type Columns = { number: number; primary: number; failover: number };

/**
 * Reads a table of number, primary route and failover route. Rejects with `invalid-input` when the file as a whole cannot
 * be read; a bad cell is a problem of its line. An empty route cell keeps what the number has.
 */
export function readImport(bytes: Uint8Array): ReadImport {
  const lines = readTable(decode(bytes));
  const [first] = lines;
  if (!first) throw refuse('The file is empty.', 'Choose a file with one number per line.');
  const named = readHeader(first.record);
  const columns = named ?? positions(first.record);
  const body = named ? lines.slice(1) : lines;
  if (body.length === 0)
    throw refuse('The file has a header and no rows.', 'Choose a file with one number per line.');
  if (body.length > mostRows) {
    throw refuse(
      `The file has ${body.length.toLocaleString('en-US')} rows.`,
      'Split it: 100,000 rows at most.',
    );
  }
  return readRows(body, columns);
}

function readRows(body: readonly Line[], columns: Columns): ReadImport {
  const rows: WantedRow[] = [];
  const problems: PlanProblem[] = [];
  const seen = new Map<string, number>();
  for (const { record, info } of body) {
    const cell = (at: number) => unguarded((at < 0 ? '' : (record[at] ?? '')).trim());
    const line = info.lines;
    const written = cell(columns.number);
    const number = readPhoneNumber(written);
    const [primary, failover] = [cell(columns.primary) || null, cell(columns.failover) || null];
    const earlier = number === null ? undefined : seen.get(number);
    if (number !== null) seen.set(number, earlier ?? line);
    const problem = !written
      ? 'The number is missing.'
      : number === null
        ? whyNotANumber(written)
        : earlier !== undefined
          ? `The number stands on line ${earlier} already: this line is left out.`
          : primary === null && failover === null
            ? 'Neither a primary nor a failover route is given.'
            : null;
    if (problem === null && number !== null) rows.push({ line, number, primary, failover });
    else problems.push({ line, number: number ?? written.slice(0, 40), text: problem ?? '' });
  }
  return { rows, problems };
}

/** A spreadsheet that once opened the file may have made a large number of it. */
function whyNotANumber(written: string): string {
  if (/^\d(\.\d+)?e\+?\d+$/i.test(written)) {
    return 'A spreadsheet shortened this number. Format the column as text and save again.';
  }
  return 'This is not a North American number, such as 12065550142.';
}

/** Cells that our own export guarded against being run as a formula. */
function unguarded(cell: string): string {
  return /^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}

function readHeader(cells: readonly string[]): Columns | null {
  const found = cells.map((cell) => headers[cell.toLowerCase().replace(/[^a-z0-9]/g, '')]);
  const columns = {
    number: found.indexOf('number'),
    primary: found.indexOf('primary'),
    failover: found.indexOf('failover'),
  };
  if (found.every((name) => name === undefined)) {
    if (cells.some((cell) => readPhoneNumber(unguarded(cell.trim())) !== null)) return null;
    throw refuse(
      `The columns are not known: ${cells.slice(0, 6).join(', ').slice(0, 120) || 'the first line is empty'}.`,
      'Name them number, primary and failover in the first line.',
    );
  }
  if (columns.number < 0) throw refuse('There is no column with numbers.', 'Name one of them "number".');
  if (columns.primary < 0 && columns.failover < 0) {
    throw refuse('There is no column with routes.', 'Name one of them "primary" or "failover".');
  }
  return columns;
}

/** Without a header: the first column that holds a number, then primary, then failover. */
function positions(cells: readonly string[]): Columns {
  const number = cells.findIndex((cell) => readPhoneNumber(unguarded(cell.trim())) !== null);
  return { number, primary: number + 1, failover: number + 2 };
}

function readTable(text: string): Line[] {
  try {
    return parse(text, {
      delimiter: separatorOf(text),
      // `sep=;` lines, ragged rows and spaces around quotes are what spreadsheets and people write.
      relax_column_count: true,
      relax_quotes: false,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      ltrim: true,
      info: true,
      from: /^sep=.(\r\n|\n|\r)/i.test(text) ? 2 : 1,
    }) as unknown as Line[];
  } catch (thrown) {
    const { code, lines } = thrown as CsvError & { lines?: number };
    const where = lines === undefined ? '' : ` near line ${lines}`;
    if (String(code).includes('QUOTE')) {
      throw refuse(
        `A quotation mark is not closed or stands inside a cell${where}.`,
        'Correct it and try again.',
      );
    }
    throw refuse(`The file cannot be read as a table${where}.`, 'Save it as CSV and try again.');
  }
}

/** The separator that stands most often in the first line outside quotes. */
function separatorOf(text: string): string {
  const stated = /^sep=(.)(\r\n|\n|\r)/i.exec(text);
  if (stated?.[1]) return stated[1];
  const line = (/^[^\r\n]*/.exec(text)?.[0] ?? '').replace(/"[^"]*"/g, '');
  const counted = [',', ';', '\t', '|'].map((one) => ({ one, count: line.split(one).length }));
  return counted.reduce((best, next) => (next.count > best.count ? next : best)).one;
}

/** Bytes as text: by the mark at the beginning, by zero bytes (UTF-16), else UTF-8, else Windows-1252. */
function decode(bytes: Uint8Array): string {
  const begins = (...start: number[]) => start.every((byte, at) => bytes[at] === byte);
  if (begins(0x50, 0x4b, 0x03, 0x04) || begins(0xd0, 0xcf, 0x11, 0xe0)) {
    throw refuse('This is a spreadsheet, not a CSV file.', 'Save it as CSV (UTF-8) and choose that file.');
  }
  const encoding = begins(0xff, 0xfe) ? 'utf-16le' : begins(0xfe, 0xff) ? 'utf-16be' : guess(bytes);
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    if (text.includes('\u0000')) throw new TypeError('zero bytes');
    return text;
  } catch {
    throw refuse(
      'The file is not text, or its encoding is damaged.',
      'Save it as CSV (UTF-8) and try again.',
    );
  }
}

function guess(bytes: Uint8Array): string {
  const sample = bytes.subarray(0, 4096);
  let [even, odd] = [0, 0];
  sample.forEach((byte, at) => {
    if (byte !== 0) return;
    if (at % 2 === 0) even += 1;
    else odd += 1;
  });
  if (odd > sample.length / 4 && even === 0) return 'utf-16le';
  if (even > sample.length / 4 && odd === 0) return 'utf-16be';
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return 'utf-8';
  } catch {
    return 'windows-1252';
  }
}

function refuse(message: string, action: string): Error {
  return failure('invalid-input', message, action);
}
