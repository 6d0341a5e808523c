import type { ActivityWindow } from '../contract/activity.ts';
import { activityPart, type ActivityEntry, type ActivitySubject } from '../contract/activity-entry.ts';
import { activityQuery, subjectOfKey, type ActivityKey } from '../contract/activity-query.ts';
import { formerLabel } from '../contract/former-routes.ts';
import { jobNames, type JobSubject } from '../contract/job-words.ts';
import { readListQuery, type ListClause } from '../contract/list-query.ts';
import { fixedOffers, listSuggestions, type Asked, type ListOffer } from '../contract/list-suggestions.ts';
import type { Suggestion } from '../contract/numbers.ts';
import { exactName } from '../contract/query.ts';
import { foldName } from '../contract/route-names.ts';
import type { JobRoutes } from '../jobs/job-list.ts';
import { fitting } from '../platform/storage/fitting.ts';
import { transaction, type Database } from '../platform/storage/sqlite.ts';
import {
  digitsAsked,
  filterOf,
  isCalled,
  needsOf,
  touchedNumbers,
  type Condition,
} from './activity-filter.ts';
import { TouchedNumbers } from './touched-numbers.ts';

/**
 * An entry as it is written down. `text` is the whole sentence, or what follows the name of its subject: what an order or a change is
 * called is put before it when it is read, since ordinals may change when accounts are joined.
 */
export type NewActivity = Omit<ActivityEntry, 'id' | 'count' | 'about' | 'found'> & {
  readonly about?: ActivitySubject;
};
/** What a feature tells of it; whoever writes it down adds the time. */
export type ActivityNote = Omit<NewActivity, 'at'>;

/** In the place of a text that was lost with a damaged record. */
const lostText = 'An entry whose text was lost';

/** What the record has to know of the orders and changes that entries are about. */
export type Subjects = Readonly<
  Record<
    JobSubject,
    JobRoutes & {
      /** What one is called, by its id; null for one that is not there. */
      readonly called: (id: number) => string | null;
    }
  >
>;

type StoredEntry = Omit<ActivityEntry, 'numbers' | 'about' | 'found'> & {
  readonly numbers: string;
  readonly aboutKind: JobSubject | null;
  readonly aboutId: number | null;
};

/** The whole sentence of an entry. */
const sentence = 'CASE WHEN about_id IS NULL THEN text ELSE subject_name(about_kind, about_id) || text END';
/** Orders and changes that are offered, the newest ones. */
const mostSubjects = 100;

/** What happened, append-only (held by triggers of the schema). */
export class ActivityStore {
  #database: Database;
  #subjects: Subjects;
  /** What people call the routes, by their keys. */
  #labels: () => ReadonlyMap<string, string>;
  #touched: TouchedNumbers;
  /** Names that were asked for while one question is answered. */
  #names = new Map<string, string>();

  constructor(database: Database, subjects: Subjects, labels: () => ReadonlyMap<string, string>) {
    this.#database = database;
    this.#subjects = subjects;
    this.#labels = labels;
    this.#touched = new TouchedNumbers(database);
    database.function('folded', foldName);
    database.function('subject_name', (kind: JobSubject, id: number) => this.#called(kind, id));
  }

  /** Returns how many entries there are now. */
  record({ at, kind, text, outcome, numbers, about }: NewActivity): number {
    return transaction(this.#database, () => {
      const part = (index: number) =>
        JSON.stringify(numbers.slice(index * activityPart, (index + 1) * activityPart));
      const made = this.#database
        .prepare(
          `INSERT INTO activity (at, kind, text, outcome, numbers, count, about_kind, about_id)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(at, kind, text, outcome, part(0), numbers.length, about?.kind ?? null, about?.id ?? null);
      const insert = this.#database.prepare('INSERT INTO activity_part VALUES (?, ?, ?)');
      for (let index = 1; index * activityPart < numbers.length; index += 1)
        insert.run(Number(made.lastInsertRowid), index, part(index));
      const { total } = this.#database.prepare('SELECT count(*) AS total FROM activity').get() as {
        total: number;
      };
      return total;
    });
  }

  /**
   * Does some of what a query, or suggestions for the end of one, need first, for about so many milliseconds; true when all of it is done.
   * Whoever asks for it until then lets other calls come between. What is not done by then is done by the question itself.
   */
  prepare(asked: { text: string; suggests?: boolean; now?: number }, mostMs: number): boolean {
    const { clauses } = readListQuery(activityQuery, asked.text, asked.now ?? Date.now());
    const { numbers, routes } = needsOf(clauses);
    return this.#ready({ numbers, routes: routes || asked.suggests === true }, mostMs);
  }

  #ready({ numbers, routes }: ReturnType<typeof needsOf>, mostMs = Number.POSITIVE_INFINITY): boolean {
    if (numbers && !this.#touched.ready(mostMs)) return false;
    return !routes || Object.values(this.#subjects).every(({ routesKnown }) => routesKnown(mostMs));
  }

  /** The newest entries that a query finds; none for one that is not understood. `now`: Unix milliseconds. */
  activity(input: { text: string; offset: number; limit: number; now?: number }): ActivityWindow {
    const { clauses, problem } = readListQuery(activityQuery, input.text, input.now ?? Date.now());
    if (problem) return { total: 0, entries: [] };
    this.#names.clear();
    const where = this.#where(clauses);
    const { total } = this.#database
      .prepare(`SELECT count(*) AS total FROM activity WHERE ${where.sql}`)
      .get(...where.values) as { total: number };
    const rows = this.#database
      .prepare(
        `SELECT id, at, kind, ${sentence} AS text, outcome, numbers, count, about_kind AS aboutKind, about_id AS aboutId
         FROM activity WHERE ${where.sql} ORDER BY id DESC LIMIT ? OFFSET ?`,
      )
      .all(...where.values, input.limit, input.offset) as StoredEntry[];
    const found = this.#found(clauses, rows);
    const entries = rows.map(({ aboutKind, aboutId, ...row }) => ({
      ...row,
      text: row.text || lostText,
      about: aboutKind === null || aboutId === null ? null : { kind: aboutKind, id: aboutId },
      numbers: JSON.parse(row.numbers) as string[],
      found: found.get(row.id) ?? null,
    }));
    return { total, entries: fitting(entries) };
  }

  /** How the database goes about counting what a query finds, a line for each step: for tests. */
  activityPlan(text: string): string[] {
    const { sql, values } = this.#where(readListQuery(activityQuery, text, Date.now()).clauses);
    const steps = this.#database
      .prepare(`EXPLAIN QUERY PLAN SELECT count(*) FROM activity WHERE ${sql}`)
      .all(...values) as { detail: string }[];
    return steps.map(({ detail }) => detail);
  }

  /** What may be meant by the end of a query that is being typed, with how many entries have it: see `listSuggestions`. */
  suggestActivity(input: Asked & { now?: number }): Suggestion[] {
    const { now = Date.now() } = input;
    this.#names.clear();
    return listSuggestions(activityQuery, input, (key, rest) => this.#offers(key, rest, now));
  }

  #offers(key: ActivityKey, rest: string, now: number): readonly ListOffer[] {
    const asked = activityQuery[key];
    const where = this.#where(readListQuery(activityQuery, rest, now).clauses);
    const counted = (value: string, more = 'TRUE', grouped = '') =>
      this.#database
        .prepare(
          `SELECT ${value} AS value, count(*) AS count, max(id) AS newest FROM activity
           WHERE ${where.sql} AND ${more} GROUP BY 1 ${grouped}`,
        )
        .all(...where.values) as { value: string | number; count: number }[];
    switch (asked.asks) {
      case 'choice': {
        const counts = new Map(counted(key).map(({ value, count }) => [value, count]));
        return fixedOffers(asked, (value) => counts.get(value) ?? 0);
      }
      case 'since':
      case 'before':
        return fixedOffers(asked, (value) => {
          const { sql, values } = this.#where(
            readListQuery(activityQuery, `${rest} ${key}:${value}`, now).clauses,
          );
          const counting = this.#database.prepare(`SELECT count(*) AS count FROM activity WHERE ${sql}`);
          return (counting.get(...values) as { count: number }).count;
        });
      case 'ordinal': {
        const subject = subjectOfKey(key);
        if (subject === undefined) return [];
        const ordinal = this.#database.prepare(
          `SELECT ordinal FROM ${this.#subjects[subject].job} WHERE id = ?`,
        );
        const newest = `ORDER BY newest DESC LIMIT ${mostSubjects}`;
        return counted('about_id', `about_kind = '${subject}'`, newest).flatMap(({ value, count }) => {
          const there = ordinal.get(value) as { ordinal: number } | undefined;
          if (!there) return [];
          return [{ value: String(there.ordinal), name: this.#called(subject, Number(value)), count }];
        });
      }
      case 'route':
        return this.#routeOffers(where);
      case 'number':
        return [];
    }
  }

  /** The routes of the orders and changes that entries are about, each with how many entries. */
  #routeOffers(where: Condition): readonly ListOffer[] {
    this.#ready({ numbers: false, routes: true });
    const each = Object.entries(this.#subjects).map(
      ([subject, { routesOf }]) => `SELECT used.route FROM (${routesOf}) AS used
        CROSS JOIN activity ON about_kind = '${subject}' AND about_id = used.job
        WHERE activity.id IN found`,
    );
    const rows = this.#database
      .prepare(
        `WITH found AS MATERIALIZED (SELECT id FROM activity WHERE ${where.sql})
         SELECT route AS name, count(*) AS count FROM (${each.join(' UNION ALL ')}) GROUP BY route`,
      )
      .all(...where.values) as { name: string; count: number }[];
    const labels = this.#labels();
    return rows.map(({ name, count }) => {
      const label = labels.get(name) ?? formerLabel(name) ?? name;
      return { value: exactName(label), name: label, count };
    });
  }

  #where(clauses: readonly ListClause[]): Condition {
    this.#ready(needsOf(clauses));
    return filterOf(clauses, {
      ...{ sentence, jobs: this.#subjects },
      routesCalled: (names) => this.#routesCalled(names),
    });
  }

  /** Keys of the routes of orders and changes that are called so. */
  #routesCalled(names: readonly string[]): string[] {
    const each = Object.values(this.#subjects).map(({ routes }) => `SELECT route AS name FROM (${routes})`);
    const keys = this.#database.prepare(each.join(' UNION ')).all() as { name: string }[];
    const labels = this.#labels();
    return keys
      .map(({ name }) => name)
      .filter((key) => names.some((name) => isCalled(labels.get(key) ?? formerLabel(key) ?? key, name)));
  }

  /** Of entries that were looked for by digits: the first number that has them, and how many have. */
  #found(
    clauses: readonly ListClause[],
    rows: readonly StoredEntry[],
  ): ReadonlyMap<number, ActivityEntry['found']> {
    const digits = digitsAsked(clauses);
    if (digits.length === 0 || rows.length === 0) return new Map();
    const { sql, values } = touchedNumbers(digits);
    const found = this.#database
      .prepare(
        `SELECT entry, min(number) AS number, count(*) AS count FROM temp.activity_touch
         WHERE (${sql}) AND entry IN (SELECT value FROM json_each(?)) GROUP BY entry`,
      )
      .all(...values, JSON.stringify(rows.map(({ id }) => id))) as {
      entry: number;
      number: string;
      count: number;
    }[];
    return new Map(found.map(({ entry, number, count }) => [entry, { number, count }]));
  }

  #called(kind: JobSubject, id: number): string {
    const key = `${kind} ${id}`;
    const name = this.#names.get(key) ?? this.#subjects[kind].called(id) ?? jobNames[kind].lost;
    this.#names.set(key, name);
    return name;
  }

  /** A part of an entry's numbers, `activityPart` of them; empty past the last one. */
  activityNumbers(id: number, part: number): string[] {
    const row =
      part === 0
        ? this.#database.prepare('SELECT numbers FROM activity WHERE id = ?').get(id)
        : this.#database
            .prepare('SELECT numbers FROM activity_part WHERE activity_id = ? AND part = ?')
            .get(id, part);
    return row ? (JSON.parse((row as { numbers: string }).numbers) as string[]) : [];
  }
}
