import { DatabaseSync } from '@photostructure/sqlite';
import type { Sort } from '../../src-main/contract/numbers.ts';
import { areaOf } from '../../src-main/nanp/area.ts';
import type { BigList } from './big-list.ts';

/** One part of a combined query: as a person writes it, and as SQL over `plain`. */
export type Part = { readonly text: string; readonly sql: string; readonly args: readonly string[] };
export type Asked = { readonly total: number; readonly ms: number };

/** What SQLite orders by; columns the list is empty in are ordered by number there. */
const orders: Partial<Record<Sort['column'], string>> = {
  primary: 'primary_name',
  failover: 'failover_name',
  billing: 'billing',
  state: 'state',
  area: 'state',
  seen: 'seen_at',
};

/** The same numbers in SQLite: with LIKE over a plain table, and with an FTS5 trigram table beside it. */
export function sqliteWith(list: BigList, shown: number) {
  const database = new DatabaseSync(':memory:');
  database.exec(`
    CREATE TABLE plain (
      id INTEGER PRIMARY KEY, number TEXT NOT NULL, npa TEXT NOT NULL, state TEXT NOT NULL, primary_name TEXT NOT NULL,
      failover_name TEXT NOT NULL, billing TEXT NOT NULL, seen_at INTEGER NOT NULL
    ) STRICT;
    CREATE VIRTUAL TABLE grams USING fts5 (number, tokenize = 'trigram', detail = 'none', content = '');
    CREATE TABLE place (npa TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `);
  const place = database.prepare('INSERT OR IGNORE INTO place VALUES (?, ?)');
  for (const npa of new Set(list.numbers.map((number) => number.slice(1, 4)))) {
    place.run(npa, areaOf(npa).state.toLowerCase());
  }
  database.prepare('ATTACH ? AS list').run(list.file);
  database.exec(`
    INSERT INTO plain
      SELECT row_number() OVER (ORDER BY number), number, substr(number, 2, 3), state, primary_name, failover_name,
        billing, seen_at
      FROM list.number JOIN place ON npa = substr(number, 2, 3) ORDER BY number;
    INSERT INTO grams (rowid, number) SELECT id, number FROM plain;
    CREATE UNIQUE INDEX plain_number ON plain (number);
    CREATE INDEX plain_npa ON plain (npa);
    CREATE INDEX plain_state ON plain (state);
  `);
  const measure = (count: string, rows: string, values: readonly string[]): Asked => {
    const [first, second] = [database.prepare(count), database.prepare(rows)];
    const begun = performance.now();
    const { total } = first.get(...values) as { total: number };
    second.all(...values);
    return { total, ms: performance.now() - begun };
  };
  return {
    like: (text: string) =>
      measure(
        'SELECT count(*) AS total FROM plain WHERE number LIKE ?',
        `SELECT number FROM plain WHERE number LIKE ? ORDER BY number LIMIT ${shown}`,
        [`%${text}%`],
      ),
    fts: (text: string) =>
      measure(
        'SELECT count(*) AS total FROM grams WHERE grams MATCH ?',
        `SELECT rowid FROM grams WHERE grams MATCH ? ORDER BY rowid LIMIT ${shown}`,
        [everyThree(text)],
      ),
    combined(parts: readonly Part[], { column, direction }: Sort) {
      const where = parts.map((part) => part.sql).join(' AND ');
      const order = orders[column];
      const by = order ? `${order} COLLATE NOCASE ${direction}, number` : 'number';
      return measure(
        `SELECT count(*) AS total FROM plain WHERE ${where}`,
        `SELECT number FROM plain WHERE ${where} ORDER BY ${by} LIMIT ${shown}`,
        parts.flatMap((part) => part.args),
      );
    },
    close() {
      database.close();
    },
  };
}

/** Without positions every three digits have to match, which is what FTS5 is fastest at. */
function everyThree(text: string): string {
  return Array.from({ length: text.length - 2 }, (_, at) => `"${text.slice(at, at + 3)}"`).join(' AND ');
}

/** Digits anywhere: by the trigram table from three on, and LIKE, which makes it exact. */
export function digitsPart(text: string): Part {
  const like = { text, sql: 'number LIKE ?', args: [`%${text}%`] };
  if (text.length < 3) return like;
  const among = 'id IN (SELECT rowid FROM grams WHERE grams MATCH ?)';
  return { text, sql: `${among} AND number LIKE ?`, args: [everyThree(text), `%${text}%`] };
}
