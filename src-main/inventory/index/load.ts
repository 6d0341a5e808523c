import type { StoredColumn } from '../../contract/number-columns.ts';
import type { NumberRow } from '../../contract/numbers.ts';
import { isPhoneNumber } from '../../contract/phone.ts';
import { areaOfNumber } from '../../nanp/area.ts';
import { DamageError, type Database } from '../../platform/storage/sqlite.ts';
import { asRead, selectRow } from '../stored-rows.ts';
import { sumModulus, type PassSum } from '../sync/pass-sum.ts';
import { release } from './block.ts';
import { noValues, valueColumns, type AllValues } from './column-values.ts';
import type { IndexedNumber } from './indexed-number.ts';
import type { Interned } from './interned.ts';
import type { NumberIndex } from './number-index.ts';
import { rowLines, RowLines } from './row-lines.ts';

const chunk = 10_000;
/** Room is made for so many numbers at most before they are read: the count may be damaged. Longer lists grow as they are read. */
const mostReserved = 4_000_000;
const passSums = `count(*) FILTER (WHERE seen_pass = ?2) AS seen,
  coalesce(sum((number + 0) % ${sumModulus}) FILTER (WHERE seen_pass = ?2), 0) % ${sumModulus} AS sum`;
type Part = {
  readonly lines: Uint8Array<ArrayBuffer> | null;
  readonly count: number;
  readonly last: string | null;
  readonly latest: number;
  readonly odd: number;
  readonly seen: number;
  readonly sum: number;
};

/** What the rows of a list must agree with: the rest of the file says so. */
export type Expected = {
  readonly total: number;
  /** The pass that was begun last: no row was seen by a later one. */
  readonly lastPass: number;
  /** A pass whose rows are to be summed up; 0 for none. */
  readonly pass: number;
};

/**
 * Fills the index from the database, so many rows at each step, by ascending number. A chunk comes as one text in bytes: a
 * million rows are there in a fraction of the time that a million objects take. Reading is also a check: rows out of order, a
 * number that is none, a row that says it was seen by a pass that never was, or another count than expected throw
 * `DamageError`. Returns how many rows the pass asked for has seen, and the sum of their numbers modulo `sumModulus`.
 */
export function* loadIndex(
  database: Database,
  index: NumberIndex,
  expected: Expected,
): Generator<void, PassSum> {
  index.reserve(Math.min(expected.total, mostReserved));
  const read = database.prepare(
    `SELECT ${rowLines} AS lines, count(*) AS count, max(number) AS last, max(seen_pass) AS latest,
       count(*) FILTER (WHERE typeof(number) <> 'text') AS odd,
       ${expected.pass > 0 ? passSums : '0 AS seen, 0 AS sum'}
     FROM (SELECT * FROM number WHERE number > ?1 ORDER BY number LIMIT ${chunk})`,
  );
  const rows = new RowLines(index);
  const seen = { rows: 0, sum: 0 };
  for (let last = ''; ;) {
    const part = (expected.pass > 0 ? read.get(last, expected.pass) : read.get(last)) as Part;
    if (part.lines === null || part.last === null) break;
    seen.rows += part.seen;
    seen.sum = (seen.sum + part.sum) % sumModulus;
    // A name that holds a character that ends rows or fields makes its chunk be read row by row.
    if (!rows.put(part.lines, part.count)) {
      for (const row of readRows(database, `WHERE number > ? ORDER BY number LIMIT ${chunk}`, last)) {
        if (!isPhoneNumber(row.number)) throw new DamageError('a number of the list is none');
        index.put(row);
      }
    }
    if (index.sorted < index.count || part.odd > 0 || part.latest > expected.lastPass)
      throw new DamageError('the rows of the list do not agree with each other');
    last = part.last;
    release(part.lines.buffer);
    yield;
  }
  if (index.count !== expected.total) throw new DamageError('the list is not as long as it should be');
  yield* index.tidy();
  return seen;
}

/** Rows straight from the database: what the list shows while the index is not ready. */
export function firstRows(
  database: Database,
  index: NumberIndex,
  offset: number,
  limit: number,
): NumberRow[] {
  const values = noValues();
  const label = (key: string | null) => key && index.labelOf(key);
  return readRows(database, `ORDER BY number LIMIT ${limit} OFFSET ?`, offset).map((row) => {
    const { state, place } = areaOfNumber(row.number);
    const routes = { primary: label(row.primary), failover: label(row.failover) };
    return { ...nothingKnown(values), ...row, ...routes, state, area: place };
  });
}

function nothingKnown(values: AllValues): Omit<NumberRow, keyof IndexedNumber> {
  const nothing = valueColumns.map((column) => {
    const { meaning } = values[column] as Interned<unknown>;
    return [column, meaning.told(meaning.nothing)] as const;
  });
  return Object.fromEntries(nothing) as unknown as Omit<NumberRow, keyof IndexedNumber>;
}

/** A row of the table: it has every stored column, if only as null. */
type StoredRow = IndexedNumber & Pick<NumberRow, StoredColumn>;

function readRows(database: Database, rest: string, value: string | number): StoredRow[] {
  return (database.prepare(`${selectRow} ${rest}`).all(value) as StoredRow[]).map(asRead);
}
