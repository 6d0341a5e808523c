import type { JobSubject } from '../contract/job-words.ts';
import type { Database } from '../platform/storage/sqlite.ts';
import { Statements } from '../platform/storage/statements.ts';

/** What an entry may be looked for by. */
export type Touched = 'number' | 'route';

/** SQL that gives the keys of the routes which a job sets or takes away, as `name`; `?1` is the id of the job. */
export type RoutesOfJobs = Readonly<Record<JobSubject, { readonly routes: string }>>;

/** Entries, and numbers of entries, that one call reads: calls of others are not kept waiting for long. */
const entriesAtOnce = 500;
const numbersAtOnce = 20_000;

/**
 * Which entries of the activity touched a number or a route. The entries say it themselves, or the orders and changes that they are
 * about; to be found by it, it is kept in a temporary table with an index, which is filled when somebody asks for the first time and
 * goes on with the entries that came since. Nothing of it is on disk.
 */
export class TouchedEntries {
  #database: Database;
  #statements: Statements;
  #jobs: RoutesOfJobs;
  #isMade = false;
  /** The last entry that was read. */
  #readTo: Readonly<Record<Touched, number>> = { number: 0, route: 0 };

  constructor(database: Database, jobs: RoutesOfJobs) {
    this.#database = database;
    this.#statements = new Statements(database);
    this.#jobs = jobs;
  }

  /** Reads some entries more; returns true once there are no further ones. */
  learn(what: Touched): boolean {
    this.#make();
    const from = this.#readTo[what];
    const next = this.#statements.all<{ id: number; numbers: number }>(
      `SELECT id, sum(count) OVER (ORDER BY id) AS numbers FROM activity WHERE id > ? ORDER BY id LIMIT ${entriesAtOnce}`,
      from,
    );
    const [first] = next;
    if (!first) return true;
    const fitting = next.filter(({ numbers }) => numbers <= numbersAtOnce);
    const to = (what === 'number' ? (fitting.at(-1) ?? first) : (next.at(-1) ?? first)).id;
    if (what === 'number') this.#learnNumbers(from, to);
    else this.#learnRoutes(from, to);
    this.#readTo = { ...this.#readTo, [what]: to };
    return false;
  }

  /** Reads all entries that were not read yet. */
  learnAll(what: Touched): void {
    while (!this.learn(what));
  }

  #make(): void {
    if (this.#isMade) return;
    this.#database.exec(`
      CREATE TEMP TABLE activity_touch (
        what TEXT NOT NULL, name TEXT NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (what, name, entry)
      ) WITHOUT ROWID`);
    this.#isMade = true;
  }

  #learnNumbers(from: number, to: number): void {
    this.#statements.run(
      `INSERT OR IGNORE INTO temp.activity_touch
       SELECT 'number', value, activity.id FROM activity, json_each(activity.numbers)
         WHERE activity.id > ?1 AND activity.id <= ?2
       UNION ALL
       SELECT 'number', value, activity_id FROM activity_part, json_each(activity_part.numbers)
         WHERE activity_id > ?1 AND activity_id <= ?2`,
      ...[from, to],
    );
  }

  #learnRoutes(from: number, to: number): void {
    const entries = this.#statements.all<{ id: number; kind: JobSubject; about: number }>(
      `SELECT id, about_kind AS kind, about_id AS about FROM activity
       WHERE about_id IS NOT NULL AND id > ? AND id <= ?`,
      ...[from, to],
    );
    for (const { id, kind, about } of entries)
      this.#statements.run(
        `INSERT OR IGNORE INTO temp.activity_touch
         SELECT 'route', name, ?2 FROM (${this.#jobs[kind].routes}) WHERE name <> ''`,
        ...[about, id],
      );
  }
}
