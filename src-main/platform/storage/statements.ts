import type { Database } from './sqlite.ts';

type Value = string | number | null;
type Statement = ReturnType<Database['prepare']>;

/**
 * Statements of a database, each prepared once: for SQL that is run again and again, such as what is written for every number of a job.
 * The SQL has to be one of a fixed set: nothing is ever forgotten.
 */
export class Statements {
  #database: Database;
  #prepared = new Map<string, Statement>();

  constructor(database: Database) {
    this.#database = database;
  }

  all<T>(sql: string, ...values: Value[]): T[] {
    return this.#statement(sql).all(...values) as T[];
  }

  /** Returns how many rows were changed. */
  run(sql: string, ...values: Value[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  #statement(sql: string): Statement {
    const known = this.#prepared.get(sql);
    if (known) return known;
    const prepared = this.#database.prepare(sql);
    this.#prepared.set(sql, prepared);
    return prepared;
  }
}
