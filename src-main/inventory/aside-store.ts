import { oddRecords } from '../carrier/odd.ts';
import type { OddRecord, OddRecords } from '../contract/model.ts';
import type { NumberRow } from '../contract/numbers.ts';
import { transaction, type Database } from '../platform/storage/sqlite.ts';
import type { NumberIndex } from './index/number-index.ts';
import { parts } from './stored-rows.ts';

const mostNamed = 5;

/**
 * What a sync keeps beside the list: which of its numbers are missing from the carrier's list, and which records of that
 * list could not be used. Few numbers are ever missing, so they are a set of their own and no column of the index.
 */
export class AsideStore {
  #database: Database;
  #index: NumberIndex;
  /** Since when, in Unix milliseconds. */
  #missing = new Map<string, number>();

  constructor(database: Database, index: NumberIndex) {
    this.#database = database;
    this.#index = index;
  }

  /** Reads which numbers are missing. Throws what SQLite says when a table is damaged. */
  load(): void {
    const rows = this.#database.prepare('SELECT number, since FROM missing').all() as {
      number: string;
      since: number;
    }[];
    for (const { number, since } of rows) this.#missing.set(number, since);
    this.#changed();
  }

  /** How many numbers are missing, and the odd records of the pass that is running or was the last. */
  aside(): { missing: number; odd: OddRecords } {
    const some = this.#database
      .prepare('SELECT DISTINCT name, why FROM odd_record ORDER BY name LIMIT ?')
      .all(mostNamed) as { name: string; why: string }[];
    const { count } = this.#database
      .prepare('SELECT count(DISTINCT name) AS count FROM odd_record')
      .get() as {
      count: number;
    };
    const odd = some.map((record) => ({ what: 'number' as const, ...record }));
    const missing = this.#database.prepare('SELECT count(*) AS count FROM missing').get() as {
      count: number;
    };
    return { missing: missing.count, odd: oddRecords(odd, count) };
  }

  /** Every missing number and since when. */
  missingSince(): [number: string, since: number][] {
    return [...this.#missing];
  }

  /** Marks numbers as missing since then; one that is marked keeps its time, unless that is yet to come. */
  *markMissing(numbers: readonly string[], at: number): Generator<void> {
    const put = this.#database.prepare(
      'INSERT INTO missing VALUES (?1, ?2) ON CONFLICT (number) DO UPDATE SET since = min(since, ?2)',
    );
    for (const some of parts(numbers)) {
      transaction(this.#database, () => {
        for (const number of some) put.run(number, at);
      });
      for (const number of some) this.#missing.set(number, Math.min(at, this.#missing.get(number) ?? at));
      this.#changed();
      yield;
    }
  }

  /** Keeps what a pass met and could not use. */
  putOdd(pass: number, odd: readonly OddRecord[]): void {
    const put = this.#database.prepare('INSERT OR REPLACE INTO odd_record VALUES (?, ?, ?)');
    transaction(this.#database, () => {
      for (const { name, why } of odd) put.run(pass, name, why);
    });
  }

  /** Which numbers the carrier has by this pass, in a form that cannot be used. */
  oddOf(pass: number): Set<string> {
    const rows = this.#database.prepare('SELECT name FROM odd_record WHERE pass = ?').all(pass) as {
      name: string;
    }[];
    return new Set(rows.map(({ name }) => name));
  }

  /** How many numbers were known when this pass began. */
  knownBefore(pass: number): number {
    const row = this.#database
      .prepare('SELECT total - added AS known FROM list_state, sync_pass WHERE sync_pass.id = ?')
      .get(pass) as { known: number } | undefined;
    return row?.known ?? 0;
  }

  /** These numbers were seen, or are gone for good: none of them is missing any more. */
  settle(numbers: readonly string[]): void {
    if (this.#missing.size === 0) return;
    const settled = numbers.filter((number) => this.#missing.has(number));
    if (settled.length === 0) return;
    const remove = this.#database.prepare('DELETE FROM missing WHERE number = ?');
    transaction(this.#database, () => {
      for (const number of settled) remove.run(number);
    });
    for (const number of settled) this.#missing.delete(number);
    this.#changed();
  }

  /** What a reading met before it was begun again, or earlier passes: only `keep` stays. */
  dropOdd(keep: number | null): void {
    this.#database.prepare('DELETE FROM odd_record WHERE pass <> ?').run(keep ?? -1);
  }

  /** A row with what is known of it here. */
  shown(row: NumberRow): NumberRow {
    const since = this.#missing.get(row.number);
    return since === undefined ? row : { ...row, missingSince: since };
  }

  /** The same of many rows: none of them is looked up where no number is missing. */
  allShown(rows: NumberRow[]): NumberRow[] {
    return this.#missing.size === 0 ? rows : rows.map((row) => this.shown(row));
  }

  #changed(): void {
    this.#index.missing = this.#missing;
    this.#index.versions.listed += 1;
    this.#index.revision += 1;
  }
}
