import type { Database } from '../platform/storage/sqlite.ts';
import { Statements } from '../platform/storage/statements.ts';

/** `by` and each of `of` are SQL over a row that is written `$`: `$.status`, `($.routes = 'failed')`. */
export type SumShape = {
  readonly item: string;
  readonly key: string;
  readonly by: string;
  readonly of: Readonly<Record<string, string>>;
};

/** How many items of a job are of one status, and the sums of these. */
export type Sum = { readonly status: string; readonly count: number } & Readonly<Record<string, number>>;

/**
 * The sums that a window is told after each number of a job. They are kept beside the jobs in a temporary table, which SQLite
 * itself brings up to date with every change of a row, whoever makes it: telling of the thousandth number costs what telling
 * of the first does. Nothing of it is on disk; a job is counted once, when it is asked about first.
 */
export class JobSums {
  #statements: Statements;
  #shape: SumShape;

  constructor(database: Database, shape: SumShape) {
    this.#statements = new Statements(database);
    this.#shape = shape;
    const { item, key } = shape;
    const names = Object.keys(shape.of);
    const on = (row: string) => ({
      by: shape.by.replaceAll('$', row),
      sums: Object.values(shape.of).map((sum) => sum.replaceAll('$', row)),
    });
    const change = (sign: '+' | '-', row: 'NEW' | 'OLD') => `
      INSERT INTO ${item}_sum
        SELECT ${[`${row}.${key}`, on(row).by, `${sign}1`, ...on(row).sums.map((sum) => `${sign}${sum}`)].join()}
        WHERE EXISTS (SELECT 1 FROM ${item}_counted WHERE job = ${row}.${key})
      ON CONFLICT DO UPDATE SET count = count + excluded.count
        ${names.map((name) => `, ${name} = ${name} + excluded.${name}`).join('')};`;
    // Without it a row that is replaced would be added and never taken away.
    database.exec('PRAGMA recursive_triggers = ON');
    database.exec(`
      CREATE TEMP TABLE ${item}_counted (job INTEGER PRIMARY KEY);
      CREATE TEMP TABLE ${item}_sum (
        job INTEGER NOT NULL, status TEXT NOT NULL, count INTEGER NOT NULL,
        ${names.map((name) => `${name} INTEGER NOT NULL,`).join(' ')} PRIMARY KEY (job, status)
      ) WITHOUT ROWID;
      CREATE TEMP TRIGGER ${item}_added AFTER INSERT ON main.${item} BEGIN ${change('+', 'NEW')} END;
      CREATE TEMP TRIGGER ${item}_gone AFTER DELETE ON main.${item} BEGIN ${change('-', 'OLD')} END;
      CREATE TEMP TRIGGER ${item}_changed AFTER UPDATE ON main.${item} BEGIN
        ${change('-', 'OLD')} ${change('+', 'NEW')}
      END;`);
  }

  /** The table of the jobs that are counted, in its column `job`. */
  get counted(): string {
    return `temp.${this.#shape.item}_counted`;
  }

  /** A sum over a job that is counted, as SQL: `what` is `count` or a name of `of`, over items with one of these statuses. */
  sql(what: string, job: string, statuses: readonly string[]): string {
    const some = statuses.map((status) => `'${status}'`).join();
    return `(SELECT coalesce(sum(${what}), 0) FROM temp.${this.#shape.item}_sum
      WHERE job = ${job} AND status IN (${some}))`;
  }

  of(job: number): Sum[] {
    const { item } = this.#shape;
    if (this.#statements.run(`INSERT OR IGNORE INTO ${item}_counted VALUES (?)`, job) === 1) {
      try {
        this.#count(job);
      } catch (thrown) {
        this.#statements.run(`DELETE FROM ${item}_counted WHERE job = ?`, job);
        throw thrown;
      }
    }
    return this.#statements.all(`SELECT * FROM temp.${item}_sum WHERE job = ? AND count > 0`, job);
  }

  #count(job: number): void {
    const { item, key, by, of } = this.#shape;
    const sums = Object.values(of).map((sum) => `, sum(${sum.replaceAll('$', 'row')})`);
    this.#statements.run(
      `INSERT INTO ${item}_sum SELECT ${key}, ${by.replaceAll('$', 'row')}, count(*) ${sums.join(' ')}
       FROM main.${item} AS row WHERE ${key} = ? GROUP BY 2`,
      job,
    );
  }
}
