import {
  readListQuery,
  type AskedDigits,
  type ListClause,
  type ListLanguage,
} from '../contract/list-query.ts';
import { fixedOffers, listSuggestions, type Asked } from '../contract/list-suggestions.ts';
import type { Suggestion } from '../contract/numbers.ts';
import { exactName } from '../contract/query.ts';
import { foldName } from '../contract/route-names.ts';
import { sortsOf, type Sorting } from '../contract/sorting.ts';
import { transaction, type Database } from '../platform/storage/sqlite.ts';
import type { JobSums } from './job-sums.ts';

/** A route that is not listed, by its key; one of a version of the API before has its name there (`contract/former-routes.ts`). */
const calledBefore = 'ltrim(used.route, char(1))';

type Value = string | number | null;
type Condition = { readonly sql: string; readonly values: readonly Value[] };

/**
 * Which routes the jobs of a kind set or take away, by the keys of the routes. All of it is SQL, and true at any time of jobs that
 * go on, once they were looked through for the first time (`routesKnown`).
 */
export type JobRoutes = {
  /** The table of the jobs. */
  readonly job: string;
  /** Each route that jobs are about, once: its key as `route`. */
  readonly routes: string;
  /** Of a row of that table: it is a job with one of the routes whose keys are in the JSON of `?`. */
  readonly withRoutes: string;
  /** Of each job its routes: `job` and `route`, each pair once. */
  readonly routesOf: string;
  /** Looks for the routes of jobs that were not looked at yet, for about so many milliseconds; true when those of all are known. */
  readonly routesKnown: (mostMs: number) => boolean;
};

/** Where the jobs of a list are, and what of them it asks that not all kinds have. All of it is SQL over a row of the table of jobs. */
export type JobListShape<Name extends string> = JobRoutes & {
  readonly language: ListLanguage;
  readonly item: string;
  readonly key: string;
  /** Which items count as numbers of a job, beside its key. */
  readonly items: string;
  /** What people call a job, folded: words are looked for in it. */
  readonly called: string;
  readonly sorts: Readonly<Record<Name, string>>;
  /** The orders by what is counted (`JobSums`). */
  readonly counted: readonly Name[];
};

/** What is asked of a list of jobs. */
export type JobsAsked<Name extends string> = {
  readonly clauses: readonly ListClause[];
  readonly sort: Sorting<Name>;
  readonly offset: number;
  readonly limit: number;
};

const nothing: Condition = { sql: 'FALSE', values: [] };
/** A name that needs no quotes in a query. */
const plainName = /^[^\s",:]+$/;

/**
 * Filters, sorts and counts the jobs of a kind. Every value that somebody typed is bound, and the order is one of a table: nothing of a query
 * becomes SQL.
 */
export class JobList<Name extends string> {
  #database: Database;
  #shape: JobListShape<Name>;
  #sums: JobSums;

  constructor(database: Database, shape: JobListShape<Name>, sums: JobSums) {
    this.#database = database;
    this.#shape = shape;
    this.#sums = sums;
  }

  /** Which routes these jobs are about, for whoever finds something else by that. */
  get byRoute(): JobRoutes {
    return this.#shape;
  }

  /**
   * Does some of what a question needs first, for about so many milliseconds; true when all of it is done. Whoever asks for it until then lets
   * other calls come between. What is not done by then is done by the question itself.
   */
  prepare({ clauses, sort }: Pick<JobsAsked<Name>, 'clauses' | 'sort'>, mostMs: number): boolean {
    const bySum = sortsOf(sort).some(({ column }) => this.#shape.counted.includes(column));
    const byRoute = clauses.some(({ asks }) => asks === 'route' || asks === 'word');
    return (!bySum || this.#count(mostMs)) && (!byRoute || this.routesKnown(mostMs));
  }

  /** The same of what is needed to know which jobs are about which routes. */
  routesKnown(mostMs: number): boolean {
    return this.#shape.routesKnown(mostMs);
  }

  #count(mostMs: number): boolean {
    const end = Date.now() + mostMs;
    const { counted } = this.#sums;
    const left = this.#database
      .prepare(`SELECT id FROM ${this.#shape.job} WHERE id NOT IN (SELECT job FROM ${counted})`)
      .all() as { id: number }[];
    if (left.length === 0) return true;
    return transaction(this.#database, () => {
      for (const [at, { id }] of left.entries()) {
        this.#sums.of(id);
        if (Date.now() > end) return at === left.length - 1;
      }
      return true;
    });
  }

  /** The ids of a window of the jobs that all clauses find, and how many there are. Where the order leaves two equal, the newer one is first. */
  window({ clauses, sort, offset, limit }: JobsAsked<Name>): { matching: number; ids: number[] } {
    const { job, sorts } = this.#shape;
    this.prepare({ clauses, sort }, Number.POSITIVE_INFINITY);
    const { sql, values } = this.#where(clauses);
    const order = sortsOf(sort).map(
      ({ column, direction }) => `${sorts[column]} ${direction === 'asc' ? 'ASC' : 'DESC'}`,
    );
    // All of them, since a filter by numbers takes longer than to hand over ten thousand ids: it is done once.
    const found = this.#database
      .prepare(`SELECT id FROM ${job} ${sql} ORDER BY ${[...order, 'ordinal DESC'].join()}`)
      .all(...values) as { id: number }[];
    const ids = found.slice(offset, offset + limit).map(({ id }) => id);
    return { matching: found.length, ids };
  }

  /** What the end of a query may be meant to become, each with how many jobs have it of those that the rest finds. `now`: Unix milliseconds. */
  suggest(asked: Asked, now: number): Suggestion[] {
    const { language } = this.#shape;
    return listSuggestions(language, asked, (key, rest) => {
      const { clauses } = readListQuery(language, rest, now);
      const entry = language[key];
      if (entry?.asks === 'route') return this.#routeOffers(clauses);
      if (!entry || entry.asks === 'ordinal') return [];
      const phases = entry.asks === 'choice' ? this.#phases(clauses) : {};
      return fixedOffers(entry, (value) =>
        entry.asks === 'choice'
          ? (phases[value] ?? 0)
          : this.#withTime(language, clauses, `${key}:${value}`, now),
      );
    });
  }

  #withTime(language: ListLanguage, clauses: readonly ListClause[], piece: string, now: number): number {
    const { sql, values } = this.#where([...clauses, ...readListQuery(language, piece, now).clauses]);
    const found = this.#database
      .prepare(`SELECT count(*) AS count FROM ${this.#shape.job} ${sql}`)
      .get(...values) as { count: number };
    return found.count;
  }

  #phases(clauses: readonly ListClause[]): Readonly<Record<string, number>> {
    const { sql, values } = this.#where(clauses);
    const found = this.#database
      .prepare(`SELECT phase, count(*) AS count FROM ${this.#shape.job} ${sql} GROUP BY phase`)
      .all(...values) as { phase: string; count: number }[];
    return Object.fromEntries(found.map(({ phase, count }) => [phase, count]));
  }

  /** The routes that these jobs are about. One that only its case tells from another is asked for by its very name. */
  #routeOffers(clauses: readonly ListClause[]): { value: string; name: string; count: number }[] {
    const { job, routesOf } = this.#shape;
    this.routesKnown(Number.POSITIVE_INFINITY);
    const { sql, values } = this.#where(clauses);
    const used = this.#database
      .prepare(
        `SELECT coalesce(max(route.label), ${calledBefore}) AS name, count(*) AS count
         FROM (${routesOf}) AS used LEFT JOIN route ON route.name = used.route
         WHERE used.job IN (SELECT id FROM ${job} ${sql}) GROUP BY used.route`,
      )
      .all(...values) as { name: string; count: number }[];
    const alike = new Map<string, number>();
    for (const { name } of used) alike.set(foldName(name), (alike.get(foldName(name)) ?? 0) + 1);
    return used.map(({ name, count }) => ({
      ...{ name, count },
      value: plainName.test(name) && alike.get(foldName(name)) === 1 ? name : exactName(name),
    }));
  }

  /** How the database goes about a question, a line for each step: for tests. */
  steps(clauses: readonly ListClause[]): string[] {
    const { sql, values } = this.#where(clauses);
    const steps = this.#database
      .prepare(`EXPLAIN QUERY PLAN SELECT id FROM ${this.#shape.job} ${sql}`)
      .all(...values) as { detail: string }[];
    return steps.map(({ detail }) => detail);
  }

  #where(clauses: readonly ListClause[]): Condition {
    const conditions = clauses.map((clause) => {
      const { sql, values } = this.#condition(clause);
      return { sql: clause.negated ? `NOT (${sql})` : `(${sql})`, values };
    });
    if (conditions.length === 0) return { sql: '', values: [] };
    return {
      sql: `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`,
      values: conditions.flatMap(({ values }) => values),
    };
  }

  #condition(clause: ListClause): Condition {
    const { called } = this.#shape;
    switch (clause.asks) {
      case 'choice':
        return oneOf('phase', clause.codes);
      case 'ordinal':
        return oneOf('ordinal', clause.ordinals);
      case 'since':
        return { sql: 'created_at >= ?', values: [clause.at] };
      case 'before':
        return { sql: 'created_at < ?', values: [clause.at] };
      case 'number':
        return either(clause.numbers.map((one) => this.#withNumber(one)));
      case 'digits': {
        const ordinal = oneOf('ordinal', [clause.ordinal]);
        return clause.number ? either([ordinal, this.#withNumber(clause.number)]) : ordinal;
      }
      case 'route':
        return this.#withRoute(
          ({ key, label }) =>
            [key, label].some((name) => clause.names.includes(`"${name}"`)) ||
            clause.names.includes(foldName(label)),
        );
      case 'word':
        return either([
          { sql: `instr(${called}, ?) > 0`, values: [clause.word] },
          this.#withRoute(({ label }) => foldName(label).includes(clause.word)),
        ]);
      case 'text':
        // No language of jobs asks for one.
        return nothing;
    }
  }

  #withNumber(asked: AskedDigits): Condition {
    const { item, key, items } = this.#shape;
    const found = (sql: string) => `id IN (SELECT ${key} FROM ${item} WHERE ${items} AND ${sql})`;
    if ('has' in asked) return { sql: found('instr(number, ?) > 0'), values: [asked.has] };
    // The sign behind 9 comes after every number that begins so.
    return either(
      asked.begins.map((digits) => ({
        sql: found('number >= ? AND number < ?'),
        values: [digits, `${digits}:`],
      })),
    );
  }

  /** There are few routes: which of them are meant is found out here, by the names that people give them. */
  #withRoute(isMeant: (route: { readonly key: string; readonly label: string }) => boolean): Condition {
    const { routes, withRoutes } = this.#shape;
    this.routesKnown(Number.POSITIVE_INFINITY);
    const used = this.#database
      .prepare(
        `SELECT used.route AS key, coalesce(route.label, ${calledBefore}) AS label
         FROM (${routes}) AS used LEFT JOIN route ON route.name = used.route`,
      )
      .all() as { key: string; label: string }[];
    const keys = used.filter(isMeant).map(({ key }) => key);
    if (keys.length === 0) return nothing;
    return { sql: withRoutes, values: [JSON.stringify(keys)] };
  }
}

function oneOf(column: string, values: readonly Value[]): Condition {
  return { sql: `${column} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(values)] };
}

function either(conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.map(({ sql }) => sql).join(' OR '),
    values: conditions.flatMap(({ values }) => values),
  };
}

/** SQL of the place of a column's value among these codes. */
export function orderOf(column: string, codes: readonly string[]): string {
  return `CASE ${column} ${codes.map((code, at) => `WHEN '${code}' THEN ${at}`).join(' ')} END`;
}
