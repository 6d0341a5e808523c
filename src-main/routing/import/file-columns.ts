/** Which column of a file is what: found by their names where that is clear, asked where it is not, never guessed. */
import { readNumberCell } from '../../contract/cells.ts';
import { columnTable } from '../../contract/column-table.ts';
import {
  cellColumns,
  type CellColumn,
  type ImportColumn,
  type ImportFile,
  type ImportMapping,
} from '../../contract/importing.ts';
import type { Line } from './file-table.ts';

const mostColumns = 100;
const mostSamples = 3;
const longestSample = 60;

type Places = Readonly<Record<CellColumn, number | null>>;

/** What a file says of its columns; `question` when somebody has to say which is which. */
export function describeColumns(lines: readonly Line[], given: ImportMapping | null): ImportFile {
  const first = lines[0]?.cells ?? [];
  const header = given?.header ?? !first.some((cell) => readNumberCell(cell) !== null);
  const body = header ? lines.slice(1) : lines;
  const width = Math.min(mostColumns, Math.max(...lines.slice(0, 200).map(({ cells }) => cells.length)));
  const { places, question } = given
    ? { places: given, question: null }
    : header
      ? byNames(first.slice(0, width))
      : byPlace(first.slice(0, width));
  const columns = Array.from({ length: width }, (_, at): ImportColumn => {
    const title = header ? (first[at] ?? '') : '';
    return {
      title: cut(title),
      samples: samplesOf(body, at),
      use: cellColumns.find((use) => places[use] === at) ?? null,
    };
  });
  return { header, rows: body.length, columns, question, remembered: false };
}

/** The columns as a mapping; null while one is missing. */
export function mappingOf({ header, columns }: ImportFile): ImportMapping | null {
  const at = (use: CellColumn) => {
    const place = columns.findIndex((column) => column.use === use);
    return place < 0 ? null : place;
  };
  const [number, primary, failover] = [at('number'), at('primary'), at('failover')];
  return number === null || (primary === null && failover === null)
    ? null
    : { header, number, primary, failover };
}

/** Names a set of headers, so that what was chosen for it is found again; null for a file without a header. */
export function headersKey(lines: readonly Line[], header: boolean): string | null {
  const cells = lines[0]?.cells;
  return header && cells
    ? JSON.stringify(cells.slice(0, mostColumns).map((cell) => simple(cell) || cell))
    : null;
}

function byNames(names: readonly string[]): { places: Places; question: string | null } {
  const simpleNames = names.map(simple);
  const found = (use: CellColumn) => {
    for (const word of columnTable[use].import) {
      const places = simpleNames.flatMap((name, at) => (word.test(name) ? [at] : []));
      if (places.length > 0) return places;
    }
    return [];
  };
  const candidates = { number: found('number'), primary: found('primary'), failover: found('failover') };
  const only = (use: CellColumn) => (candidates[use].length === 1 ? (candidates[use][0] ?? null) : null);
  const places = { number: only('number'), primary: only('primary'), failover: only('failover') };
  return { places, question: questionOf(names, candidates) };
}

function questionOf(
  names: readonly string[],
  { number, primary, failover }: Readonly<Record<CellColumn, readonly number[]>>,
): string | null {
  const named = (places: readonly number[]) =>
    listed(places.map((at) => `"${names[at] ?? ''}" (column ${at + 1})`));
  if (number.length > 1) return `Which column has your numbers: ${named(number)}?`;
  for (const [side, places] of [
    ['primary', primary],
    ['failover', failover],
  ] as const) {
    if (places.length > 1) return `Which column has the ${side} route: ${named(places)}?`;
  }
  if (number.length === 0) return 'Which column has your numbers? Its name does not say.';
  if (primary.length + failover.length === 0) return 'Which column has the routes? No name says.';
  return null;
}

/** Without a header: the one column that holds a number, then primary, then failover. */
function byPlace(cells: readonly string[]): { places: Places; question: string | null } {
  const numbers = cells.flatMap((cell, at) => (readNumberCell(cell) === null ? [] : [at]));
  const [number = null] = numbers;
  const after = (by: number) => (number !== null && number + by < cells.length ? number + by : null);
  return numbers.length > 1
    ? {
        places: { number: null, primary: null, failover: null },
        question: `Which column has your numbers: ${listed(numbers.map((at) => `column ${at + 1}`))}?`,
      }
    : {
        places: { number, primary: after(1), failover: after(2) },
        question: after(1) === null ? 'Which column has the routes? There is none behind the numbers.' : null,
      };
}

function listed(texts: readonly string[]): string {
  const last = texts.at(-1) ?? '';
  return texts.length < 2 ? last : `${texts.slice(0, -1).join(', ')} or ${last}`;
}

function simple(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

function samplesOf(body: readonly Line[], at: number): string[] {
  const samples = new Set<string>();
  for (const { cells } of body.slice(0, 100)) {
    const cell = cells[at]?.trim();
    if (cell) samples.add(cut(cell));
    if (samples.size >= mostSamples) break;
  }
  return [...samples];
}

function cut(text: string): string {
  return text.length > longestSample ? `${text.slice(0, longestSample - 1)}…` : text;
}
