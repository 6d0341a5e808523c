import type { Database } from '../platform/storage/sqlite.ts';
import { Statements } from '../platform/storage/statements.ts';

/** Entries, and numbers of entries, that are read at once. */
const entriesAtOnce = 500;
const numbersAtOnce = 20_000;

/**
 * Which entries of the activity touched a number. The entries say it themselves; to be found by it, it is kept in a temporary table
 * with an index, which is filled when somebody asks for the first time and goes on with the entries that came since. Nothing of it
 * is on disk.
 */
export class TouchedNumbers {
  #database: Database;
  #statements: Statements;
  #isMade = false;
  /** The last entry that was read. */
  #readTo = 0;

  constructor(database: Database) {
    this.#database = database;
    this.#statements = new Statements(database);
  }

  /** Reads entries that were not read yet, for about so many milliseconds; true when all are. */
  ready(mostMs: number): boolean {
    const end = Date.now() + mostMs;
    this.#make();
    while (this.#readSome()) if (Date.now() > end) return false;
    return true;
  }

  /** Reads some entries more; false when there are none. */
  #readSome(): boolean {
    const next = this.#statements.all<{ id: number; numbers: number }>(
      `SELECT id, sum(count) OVER (ORDER BY id) AS numbers FROM activity WHERE id > ? ORDER BY id LIMIT ${entriesAtOnce}`,
      this.#readTo,
    );
    const [first] = next;
    if (!first) return false;
    const to = (next.findLast(({ numbers }) => numbers <= numbersAtOnce) ?? first).id;
    this.#statements.run(
      `INSERT OR IGNORE INTO temp.activity_touch
       SELECT value, activity.id FROM activity, json_each(activity.numbers)
         WHERE activity.id > ?1 AND activity.id <= ?2
       UNION ALL
       SELECT value, activity_id FROM activity_part, json_each(activity_part.numbers)
         WHERE activity_id > ?1 AND activity_id <= ?2`,
      ...[this.#readTo, to],
    );
    this.#readTo = to;
    return true;
  }

  #make(): void {
    if (this.#isMade) return;
    this.#database.exec(`
      CREATE TEMP TABLE activity_touch (
        number TEXT NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (number, entry)
      ) WITHOUT ROWID`);
    this.#isMade = true;
  }
}
