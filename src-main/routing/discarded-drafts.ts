import { transaction, type Database } from '../platform/storage/sqlite.ts';
import { planRecord } from './plan-record.ts';

/** Drafts that can be had back at most: the newest. */
const mostKept = 5;
const { job, item, key, parts } = planRecord;
/** Where the rows of a draft are, and by which column they are its own. */
const tables = [{ name: job, of: 'id' }, ...[item, ...parts].map((name) => ({ name, of: key }))];

/**
 * Drafts that somebody discarded, so that it can be undone. They are kept in temporary tables beside the plans, until newer ones take
 * their place or the file is closed. Nothing else sees them.
 */
export class DiscardedDrafts {
  #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Keeps a draft as it is now. Part of the transaction that forgets it. */
  keep(id: number): void {
    for (const { name, of } of tables) {
      this.#database.exec(
        `CREATE TEMP TABLE IF NOT EXISTS ${made(name)} AS SELECT * FROM main.${name} WHERE 0`,
      );
      this.#run(`INSERT INTO ${kept(name)} SELECT * FROM main.${name} WHERE ${of} = ?`, id);
    }
    const newest = `SELECT id FROM ${kept(job)} ORDER BY rowid DESC LIMIT ${mostKept}`;
    for (const { name, of } of tables.toReversed())
      this.#database.exec(`DELETE FROM ${kept(name)} WHERE ${of} NOT IN (${newest})`);
  }

  /** Writes a draft down again as it was; false for one that is not kept. Its ordinal is another one where that was given to a plan since. */
  putBack(id: number): boolean {
    const there = this.#database.prepare('SELECT 1 FROM sqlite_temp_master WHERE name = ?').get(made(job));
    if (!there) return false;
    return transaction(this.#database, () => {
      this.#run(
        `UPDATE ${kept(job)} SET ordinal = (SELECT max(ordinal) + 1 FROM main.${job})
         WHERE id = ? AND ordinal IN (SELECT ordinal FROM main.${job})`,
        id,
      );
      for (const { name, of } of tables) {
        const written = this.#run(`INSERT INTO main.${name} SELECT * FROM ${kept(name)} WHERE ${of} = ?`, id);
        if (name === job && written === 0) return false;
      }
      for (const { name, of } of tables) this.#run(`DELETE FROM ${kept(name)} WHERE ${of} = ?`, id);
      return true;
    });
  }

  #run(sql: string, id: number): number {
    return Number(this.#database.prepare(sql).run(id).changes);
  }
}

const made = (table: string) => `discarded_${table}`;
const kept = (table: string) => `temp.${made(table)}`;
