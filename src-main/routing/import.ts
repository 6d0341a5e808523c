import { parse, type CsvError } from 'csv-parse/sync';
import { failure } from '../contract/errors.ts';
import { readCell, readNumberCell, whyNotANumber } from './cells.ts';
import { decodeFile } from './file-text.ts';

export const mostRows = 100_000;
/** A longer cell is shown and kept cut: it is neither a number nor the name of a route. */
const longestCell = 256;

type Column = 'number' | 'primary' | 'failover';
/**
 * Words for the columns, with what may stand around them: "Primary Route Name", "DID Number", "TN". The first of each list
 * count most: a column "route" is the primary one only when none says so.
 */
const words: Readonly<Record<Column, readonly RegExp[]>> = {
  number: [/^(numbers?|(phone|telephone|tn|did|ddi|e164|msisdn)s?(numbers?|nos?)?)$/],
  primary: [
    /^(primary(inbound)?(route)?|route(1|primary))(name)?$/,
    // Alone with "name" they are a person's.
    /^(main|first)(inbound)?(route(name)?)?$/,
    /^(inbound)?route(name)?$/,
  ],
  failover: [
    /^(failover(route)?|route(2|failover|backup))(name)?$/,
    /^((backup|secondary|fallback)(route)?(name)?|second(route(name)?)?)$/,
  ],
};

/** A row of a file: the cells as they were read and what they mean. An empty route cell (null) keeps what the number has. */
export type ImportedRow = {
  readonly line: number;
  readonly cells: { readonly number: string; readonly primary: string; readonly failover: string };
  /** Eleven digits; null when the cell is no number. */
  readonly number: string | null;
  readonly primary: string | null;
  readonly failover: string | null;
  /** Why the row cannot be used, as far as the file alone tells. */
  readonly problem: string | null;
};
type Line = { readonly cells: string[]; readonly line: number };
type Columns = Readonly<Record<Column, number>>;

/**
 * Reads a table of number, primary route and failover route: every row with the line it begins on. Rejects with
 * `invalid-input` when the file as a whole cannot be read; a bad cell is a problem of its row.
 */
export function readImport(bytes: Uint8Array): ImportedRow[] {
  const lines = readTable(decodeFile(bytes));
  const [first] = lines;
  if (!first) throw refuse('The file is empty.', 'Choose a file with one number per line.');
  const named = readHeader(first.cells);
  const columns = named ?? positions(first.cells);
  const body = named ? lines.slice(1) : lines;
  if (body.length === 0)
    throw refuse('The file has a header and no rows.', 'Choose a file with one number per line.');
  if (body.length > mostRows) {
    throw refuse('The file has more than 100,000 rows.', 'Split it.');
  }
  return body.map((line) => readRow(line, columns));
}

function readRow({ cells, line }: Line, columns: Columns): ImportedRow {
  const cell = (column: Column) => (columns[column] < 0 ? '' : (cells[columns[column]] ?? ''));
  const number = readNumberCell(cell('number'));
  const [primary, failover] = [readCell(cell('primary')) || null, readCell(cell('failover')) || null];
  const nothing =
    primary === null && failover === null ? 'Neither a primary nor a failover route is given.' : null;
  return {
    ...{ line, number, primary, failover },
    cells: {
      number: cut(cell('number')),
      primary: cut(cell('primary')),
      failover: cut(cell('failover')),
    },
    problem: number === null ? whyNotANumber(cell('number')) : nothing,
  };
}

function cut(cell: string): string {
  return cell.length > longestCell ? `${cell.slice(0, longestCell - 1)}…` : cell;
}

function readHeader(cells: readonly string[]): Columns | null {
  // No column is called by a number, and a route may be called "backup" or "main".
  if (cells.some((cell) => readNumberCell(cell) !== null)) return null;
  const names = cells.map((cell) => cell.toLowerCase().replace(/[^a-z0-9]/g, ''));
  const find = (column: Column) =>
    words[column].map((word) => names.findIndex((name) => word.test(name))).find((at) => at >= 0) ?? -1;
  const columns = { number: find('number'), primary: find('primary'), failover: find('failover') };
  if (Object.values(columns).every((at) => at < 0)) {
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
  const number = cells.findIndex((cell) => readNumberCell(cell) !== null);
  return { number, primary: number + 1, failover: number + 2 };
}

function readTable(text: string): Line[] {
  // One character for every line end: a CRLF inside quotes would count as two lines.
  const lines = text.replace(/\r\n?/g, '\n');
  const from = /^sep=.\n/i.test(lines) ? 2 : 1;
  try {
    const records = parse(lines, {
      delimiter: separatorOf(lines),
      // `sep=;` lines, ragged rows and spaces around quotes are what spreadsheets and people write.
      relax_column_count: true,
      relax_quotes: false,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      record_delimiter: '\n',
      trim: true,
      info: true,
      from,
      // The header, the rows and one too many: the rest of a larger file would fill the memory for nothing.
      to: from + mostRows + 1,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({
      cells: record,
      line: info.lines - record.reduce((sum, cell) => sum + lineEnds(cell), 0),
    }));
  } catch (thrown) {
    const { code, lines: line } = thrown as CsvError & { lines?: number };
    const where = line === undefined ? '' : ` near line ${line}`;
    if (String(code).includes('QUOTE')) {
      throw refuse(
        `A quotation mark is not closed or stands inside a cell${where}.`,
        'Correct it and try again.',
      );
    }
    throw refuse(`The file cannot be read as a table${where}.`, 'Save it as CSV and try again.');
  }
}

function lineEnds(cell: string): number {
  return cell.includes('\n') ? cell.split('\n').length - 1 : 0;
}

/** The separator that stands most often, outside quotes, in the first line that is not blank. */
function separatorOf(text: string): string {
  const stated = /^sep=(.)\n/i.exec(text)?.[1];
  if (stated) return stated;
  const line = (/\S[^\n]*/.exec(text)?.[0] ?? '').replace(/"[^"]*"/g, '');
  const counted = [',', ';', '\t', '|'].map((one) => ({ one, count: line.split(one).length }));
  return counted.reduce((best, next) => (next.count > best.count ? next : best)).one;
}

function refuse(message: string, action: string): Error {
  return failure('invalid-input', message, action);
}
