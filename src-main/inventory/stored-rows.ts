import type { OwnedNumber } from '../contract/model.ts';
import { columnOf, storedColumns, type ToldTexts } from '../contract/number-columns.ts';
import type { NumberRow } from '../contract/numbers.ts';
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
  return [row.number, ...tableColumns.map(([, field]) => row[field] ?? null), pass];
}

/** What selects rows as they were written. */
export const selectRow = `SELECT number, ${tableColumns.map(([name, field]) => `${name} AS "${field}"`).join(', ')} FROM number`;

/** A number as the carrier has it; `seenAt` in Unix milliseconds. */
export function toRow(item: OwnedNumber, seenAt: number): IndexedNumber {
  const { primary, failover } = item.routes;
  return {
    ...toldTexts(item),
    number: item.number,
    primary: primary.name,
    primaryType: primary.type,
    failover: failover.name,
    failoverType: failover.type,
    seenAt,
  };
}

function toldTexts(item: ToldTexts): ToldTexts {
  const texts = storedColumns.map((column) => [column, item[column] ?? null] as const);
  return Object.fromEntries(texts) as ToldTexts;
}

/** True when anything that is told now but the time differs. */
export function differs(known: NumberRow, told: IndexedNumber): boolean {
  return tableColumns.some(
    ([, field]) => field !== 'seenAt' && (told[field] ?? null) !== null && known[field] !== told[field],
  );
}

/** The same number twice in one page is one number: the later word on it counts. */
export function once(items: readonly OwnedNumber[]): OwnedNumber[] {
  return [...new Map(items.map((item) => [item.number, item])).values()];
}
