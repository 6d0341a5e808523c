import type { NumberRow } from '../contract/views.ts';
import { areaOfNumber } from '../nanp/area.ts';
import type { Database } from '../storage/sqlite.ts';
import type { NumberIndex } from './number-index.ts';
import type { IndexedNumber } from './rows.ts';

const chunk = 10_000;
type Kinds = Map<string, ReturnType<NumberIndex['kindOf']>>;
// Control characters: a name that holds one makes its chunk be read row by row.
const rowEnd = '\u001e';
const fieldEnd = '\u001f';
const columns = ['primary_name', 'primary_type', 'failover_name', 'failover_type', 'billing'];

/**
 * Fills the index from the database, so many rows at each step, by ascending number. A chunk comes as one text: a
 * million rows are there in a third of the time that a million objects take. `total` is how many are expected.
 */
export function* loadIndex(database: Database, index: NumberIndex, total: number): Generator<void> {
  index.reserve(total);
  const read = database.prepare(
    `SELECT group_concat(number || '${fieldEnd}' || seen_at || '${fieldEnd}' || ${columns.join(` || '${fieldEnd}' || `)},
       '${rowEnd}') AS text, count(*) AS count, max(number) AS last
     FROM (SELECT * FROM number WHERE number > ? ORDER BY number LIMIT ${chunk})`,
  );
  const kinds: Kinds = new Map();
  for (let last = ''; ;) {
    const part = read.get(last) as { text: string | null; count: number; last: string | null };
    if (part.text === null || part.last === null) break;
    const lines = part.text.split(rowEnd);
    const sound = lines.length === part.count && lines.every((line) => putLine(index, line, kinds));
    if (!sound) {
      for (const row of readRows(database, `WHERE number > ? ORDER BY number LIMIT ${chunk}`, last))
        index.put(row);
    }
    last = part.last;
    yield;
  }
  yield* index.tidy();
}

/** Rows straight from the database: what the list shows while the index is not ready. */
export function firstRows(database: Database, offset: number, limit: number): NumberRow[] {
  return readRows(database, `ORDER BY number LIMIT ${limit} OFFSET ?`, offset).map((row) => {
    const { state, place } = areaOfNumber(row.number);
    return { ...row, state, area: place, monthly: null, tags: '' };
  });
}

function putLine(index: NumberIndex, line: string, kinds: Kinds): boolean {
  const afterSeen = line.indexOf(fieldEnd, 12);
  const text = line.slice(afterSeen + 1);
  let kind = kinds.get(text);
  if (!kind) {
    const [primary = '', primaryType = '', failover = '', failoverType = '', billing = '', ...more] =
      text.split(fieldEnd);
    if (more.length > 0) return false;
    kind = index.kindOf({ primary, primaryType, failover, failoverType, billing });
    kinds.set(text, kind);
  }
  index.append(line.slice(0, 11), kind, Number(line.slice(12, afterSeen)));
  return true;
}

function readRows(database: Database, rest: string, value: string | number): IndexedNumber[] {
  return database
    .prepare(
      `SELECT number, primary_name AS "primary", primary_type AS primaryType, failover_name AS failover,
         failover_type AS failoverType, billing, seen_at AS seenAt FROM number ${rest}`,
    )
    .all(value) as IndexedNumber[];
}
