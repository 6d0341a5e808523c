import { noRoute, type ListedNumber } from '../contract/model.ts';
import { columnOf, storedColumns } from '../contract/number-columns.ts';
import type { IndexedNumber } from './index/indexed-number.ts';

/** So many rows are written or shown between two looks at what else is asked. */
const part = 1_000;

/** Rows in portions that are written or shown between two looks at what else is asked. */
export function parts<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / part) }, (_, at) =>
    rows.slice(at * part, (at + 1) * part),
  );
}

/**
 * The columns of the table `number` but the number itself and the pass that saw it, in the order in which they are written, and
 * the field of a row that each of them holds.
 */
export const tableColumns: readonly (readonly [name: string, field: keyof IndexedNumber])[] = [
  ['primary_name', 'primary'],
  ['primary_type', 'primaryType'],
  ['failover_name', 'failover'],
  ['failover_type', 'failoverType'],
  ...storedColumns.map((column) => [column, column] as const),
  ['seen_at', 'seenAt'],
];
const names = ['number', ...tableColumns.map(([name]) => name), 'routes_at', 'seen_pass'];

const places = `(${names.map(() => '?').join(', ')})`;

/** In the place of the time when routes were read: they never were. */
export const neverRead = 0;

/**
 * In its place (Unix milliseconds) for routes that an account had with an API that has one word for the built-in route and for none:
 * they are a guess, and count as read so long ago that they are read next.
 */
export const guessedLongAgo = 1;

/** True for a field that may not be read yet: null in the table until then. */
export function isWhenTold(field: keyof IndexedNumber): boolean {
  return storedColumns.some((column) => column === field && columnOf(column).stored === 'when-told');
}

const kept = tableColumns.filter(([, field]) => isWhenTold(field)).map(([name]) => name);

/** Rows of a page that are written with one statement: it takes half as long as one for each. */
export const rowsAtOnce = 50;

/** Writes so many rows, given as `written` gives them one after another. What was not told this time stays as it is. */
export const upsertRows = (
  count: number,
) => `INSERT INTO number (${names.join(', ')}) VALUES ${Array(count).fill(places).join(', ')}
  ON CONFLICT (number) DO UPDATE SET
    ${names
      .slice(1)
      .map(
        (name) =>
          `${name} = ${kept.includes(name) ? `coalesce(excluded.${name}, ${name})` : `excluded.${name}`}`,
      )
      .join(', ')}`;

/** What `upsertRows` takes for a row, and the pass that saw it. */
export function written(row: IndexedNumber, pass: number): (string | number | null)[] {
  const values: (string | number | null)[] = [row.number];
  for (const [, field] of tableColumns) values.push(row[field] ?? textless(field));
  values.push(row.routesAt === row.seenAt ? null : (row.routesAt ?? neverRead), pass);
  return values;
}

/** What is written of a field that a row does not tell. */
function textless(field: keyof IndexedNumber): '' | null {
  return field === 'primary' || field === 'failover' ? '' : null;
}

/** A row as `selectRow` gives it, with routes that were never read told apart from none. */
export function asRead<T extends IndexedNumber>(row: T): T {
  return row.routesAt === neverRead ? { ...row, ...unread } : row;
}

/** What selects rows as they were written. */
export const selectRow = `SELECT number, ${tableColumns.map(([name, field]) => `${name} AS "${field}"`).join(', ')},
  coalesce(routes_at, seen_at) AS routesAt FROM number`;

const unread = { primary: null, primaryType: '', failover: null, failoverType: '', routesAt: null } as const;

/** What the carrier said of a number at `at` (Unix milliseconds). */
export function toRow(item: ListedNumber, at: number): IndexedNumber {
  const { number, routes } = item;
  const row: Record<string, unknown> = { ...unread, number, seenAt: at };
  if (routes !== null) {
    const { primary, failover } = routes;
    row['primary'] = primary?.key ?? noRoute;
    row['primaryType'] = primary?.type ?? '';
    row['failover'] = failover?.key ?? noRoute;
    row['failoverType'] = failover?.type ?? '';
    row['routesAt'] = at;
  }
  for (const column of storedColumns) row[column] = item[column] ?? null;
  return row as unknown as IndexedNumber;
}

/** The same number twice in one page is one number: the later word on it counts. */
export function once<T extends ListedNumber>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [item.number, item])).values()];
}
