import { readNumberCell, whyNotANumber } from '../../contract/cells.ts';
import { failure } from '../../contract/errors.ts';
import type { NumberTrouble } from '../../contract/left-out.ts';
import type { CellColumn, ImportFile, ImportMapping } from '../../contract/importing.ts';
import { describeColumns } from './file-columns.ts';
import { decodeFile } from './file-text.ts';
import { mostRows, readTable, type Line } from './file-table.ts';

/** A longer cell is kept cut: it is neither a number nor the name of a route. */
const longestCell = 8_192;

/** A row of a file: its cells as they were read, and the number they give. */
export type ImportedRow = {
  readonly line: number;
  readonly cells: Readonly<Record<CellColumn, string>>;
  /** Digits with the country's code; null when the cell is no number. */
  readonly number: string | null;
  /** Why the row cannot be used, as far as its number tells. */
  readonly problem: NumberTrouble | null;
};

/** The rows of a file, the header included. Rejects with `invalid-input` when the file as a whole cannot be read. */
export function openImport(bytes: Uint8Array): Line[] {
  const lines = readTable(decodeFile(bytes));
  if (lines.length === 0) throw refuse('The file is empty.', 'Choose a file with one number per line.');
  return lines;
}

/**
 * What the columns of a file are used for: as `chosen` says, else as their names tell. Rejects with `invalid-input` when there
 * is nothing to choose from.
 */
export function columnsOf(lines: readonly Line[], chosen: ImportMapping | null): ImportFile {
  const file = describeColumns(lines, chosen);
  if (file.rows === 0) {
    throw refuse('The file has a header and no rows.', 'Choose a file with one number per line.');
  }
  if (file.rows > mostRows) throw refuse('The file has more than 100,000 rows.', 'Split it.');
  if (file.columns.length < 2) {
    throw refuse(
      'The file has one column only.',
      'It needs a column with numbers and one with routes, separated by commas, semicolons or tabs.',
    );
  }
  const wrong =
    chosen && [chosen.number, chosen.primary, chosen.failover].some((at) => (at ?? 0) >= file.columns.length);
  if (wrong) throw refuse('The file has fewer columns than were chosen.', 'Choose them again.');
  return file;
}

/** The rows as a mapping reads them; a bad cell is a problem of its row. */
export function readRows(lines: readonly Line[], mapping: ImportMapping): ImportedRow[] {
  const body = mapping.header ? lines.slice(1) : lines;
  const cell = (cells: readonly string[], at: number | null) => (at === null ? '' : (cells[at] ?? ''));
  return body.map(({ cells, line }) =>
    rowOf(line, {
      number: cell(cells, mapping.number),
      primary: cell(cells, mapping.primary),
      failover: cell(cells, mapping.failover),
    }),
  );
}

export function rowOf(line: number, cells: Readonly<Record<CellColumn, string>>): ImportedRow {
  const number = readNumberCell(cells.number);
  const kept = { number: cut(cells.number), primary: cut(cells.primary), failover: cut(cells.failover) };
  return { line, number, cells: kept, problem: number === null ? whyNotANumber(cells.number) : null };
}

function cut(cell: string): string {
  return cell.length > longestCell ? `${cell.slice(0, longestCell - 1)}…` : cell;
}

function refuse(message: string, action: string): Error {
  return failure('invalid-input', message, action);
}
