import type { OwnedNumber } from '../contract/model.ts';
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
const names = ['number', ...tableColumns.map(([name]) => name), 'seen_pass'];

/** True for a field that may not be read yet: null in the table until then. */
export function isWhenTold(field: keyof IndexedNumber): boolean {
  return storedColumns.some((column) => column === field && columnOf(column).stored === 'when-told');
}

const kept = tableColumns.filter(([, field]) => isWhenTold(field)).map(([name]) => name);

/** Writes a row, given as `written` gives it. What was not told this time stays as it is. */
export const upsertRow = `INSERT INTO number (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})
  ON CONFLICT (number) DO UPDATE SET
    ${names
      .slice(1)
      .map(
        (name) =>
          `${name} = ${kept.includes(name) ? `coalesce(excluded.${name}, ${name})` : `excluded.${name}`}`,
      )
      .join(', ')}`;

/** What `upsertRow` takes for a row, and the pass that saw it. */
export function written(row: IndexedNumber, pass: number): (string | number | null)[] {
  const values: (string | number | null)[] = [row.number];
  for (const [, field] of tableColumns) values.push(row[field] ?? null);
  values.push(pass);
  return values;
}

/** What selects rows as they were written. */
export const selectRow = `SELECT number, ${tableColumns.map(([name, field]) => `${name} AS "${field}"`).join(', ')} FROM number`;

/** A number as the carrier has it; `seenAt` in Unix milliseconds. */
export function toRow(item: OwnedNumber, seenAt: number): IndexedNumber {
  const { primary, failover } = item.routes;
  const row: Record<string, unknown> = {
    number: item.number,
    primary: primary.name,
    primaryType: primary.type,
    failover: failover.name,
    failoverType: failover.type,
    seenAt,
  };
  for (const column of storedColumns) row[column] = item[column] ?? null;
  return row as unknown as IndexedNumber;
}

/** The same number twice in one page is one number: the later word on it counts. */
export function once(items: readonly OwnedNumber[]): OwnedNumber[] {
  return [...new Map(items.map((item) => [item.number, item])).values()];
}
