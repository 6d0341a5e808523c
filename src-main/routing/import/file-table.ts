import { parse, type CsvError } from 'csv-parse/sync';
import { failure } from '../../contract/errors.ts';

export const mostRows = 100_000;
/** A row of a file: its cells, and the line of the file it begins on. */
export type Line = { readonly cells: string[]; readonly line: number };
type Record = { readonly record: string[]; readonly info: { readonly lines: number } };

/**
 * The rows of a file, the header if there is one included, and one too many when there are more than are read. Rejects with
 * `invalid-input` what is no table.
 */
export function readTable(text: string): Line[] {
  try {
    return numbered(records(text, false));
  } catch (thrown) {
    // Only a cell ="…" may have a quote inside that is not doubled: with it the file is read once more, more slowly.
    const bare = isQuoteTrouble(thrown) && /="/.test(text) ? withFormulas(text) : null;
    if (bare) return bare;
    throw explained(thrown);
  }
}

/** The parser makes an error of each row that is shorter than the first, and drops it: without its stack that costs little. */
function records(text: string, bareFormulas: boolean): Record[] {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return parsed(text, bareFormulas);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function parsed(text: string, bareFormulas: boolean): Record[] {
  const stated = /^sep=.(?:\r\n?|\n)/i.exec(text);
  return parse(text, {
    delimiter: separatorOf(text),
    // `sep=;` lines, ragged rows and spaces around quotes are what spreadsheets and people write.
    relax_column_count: true,
    relax_quotes: bareFormulas,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    record_delimiter: text.includes('\r') ? ['\r\n', '\n', '\r'] : '\n',
    trim: true,
    info: true,
    from: stated ? 2 : 1,
    // The header, the rows and one too many: the rest of a larger file would fill the memory for nothing.
    to: (stated ? 2 : 1) + mostRows + 1,
    ...(bareFormulas ? { cast: checkQuotes } : {}),
  }) as unknown as Record[];
}

/** The parser counts a CRLF inside quotes as two lines; a person sees one. */
function numbered(read: readonly Record[]): Line[] {
  let counted = 0;
  return read.map(({ record, info }) => {
    let [within, twice] = [0, 0];
    for (const cell of record) {
      if (!cell.includes('\n') && !cell.includes('\r')) continue;
      within += cell.match(/[\r\n]/g)?.length ?? 0;
      twice += cell.match(/\r\n/g)?.length ?? 0;
    }
    const line = info.lines - within - counted;
    counted += twice;
    return { cells: record, line };
  });
}

/** Null when there are quotes inside other cells as well. */
function withFormulas(text: string): Line[] | null {
  try {
    return numbered(records(text, true));
  } catch {
    return null;
  }
}

/** Called for every cell of a file with bare formulas: a quote inside a cell without quotes around it is nothing else. */
function checkQuotes(cell: string, { quoting }: { quoting: boolean }): string {
  if (!quoting && cell.includes('"') && !/^="(?:[^"]|"")*"$/.test(cell))
    throw new Error('a quote inside a cell');
  return cell;
}

function isQuoteTrouble(thrown: unknown): boolean {
  return String((thrown as CsvError).code).includes('QUOTE');
}

function explained(thrown: unknown): Error {
  const { lines: line } = thrown as { lines?: number };
  const where = line === undefined ? '' : ` near line ${line}`;
  return isQuoteTrouble(thrown)
    ? failure(
        'invalid-input',
        `A quotation mark is not closed or stands inside a cell${where}.`,
        'Correct it and try again.',
      )
    : failure(
        'invalid-input',
        `The file cannot be read as a table${where}.`,
        'Save it as CSV and try again.',
      );
}

/** So many letters, and lines of them, tell which separator a file has. */
const lookedAt = 20_000;
const mostLooked = 20;
const separators = [',', ';', '\t', '|'];

/**
 * The separator that stands most often, outside quotes, in the first line that is not blank, and in another line too. Where
 * the first line has none, as a title above the table, the one that stands in most of the others.
 */
function separatorOf(text: string): string {
  const stated = /^sep=(.)(?:\r|\n)/i.exec(text)?.[1];
  if (stated) return stated;
  const [first = '', ...others] = text
    .slice(0, lookedAt)
    .replace(/"[^"]*"/g, '')
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '')
    .slice(0, mostLooked);
  const counted = separators.map((one) => ({
    one,
    here: first.split(one).length - 1,
    elsewhere: others.filter((line) => line.includes(one)).length,
  }));
  type Count = (typeof counted)[number];
  const most = (by: (count: Count) => number) =>
    counted.reduce((best, next) => (by(next) > by(best) ? next : best));
  const both = most(({ here, elsewhere }) => (elsewhere > 0 ? here : 0));
  if (both.here > 0 && both.elsewhere > 0) return both.one;
  const below = most(({ elsewhere }) => elsewhere);
  return below.elsewhere > 0 ? below.one : most(({ here }) => here).one;
}
