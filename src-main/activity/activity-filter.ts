import { subjectOfKey } from '../contract/activity-query.ts';
import { jobSubjects, type JobSubject } from '../contract/job-words.ts';
import type { AskedDigits, ListClause } from '../contract/list-query.ts';
import { foldName } from '../contract/route-names.ts';
import type { JobRoutes } from '../jobs/job-list.ts';

/** A condition as SQL, with what is bound to it in its order. */
export type Condition = { readonly sql: string; readonly values: readonly (string | number)[] };

export type FilterWith = {
  /** SQL of the whole sentence of an entry. The function `folded` of the database folds it. */
  readonly sentence: string;
  /** The jobs that entries are about. */
  readonly jobs: Readonly<Record<JobSubject, Pick<JobRoutes, 'job' | 'withRoutes'>>>;
  /** Keys of the routes of these jobs, of those that a person means by these names. */
  readonly routesCalled: (names: readonly string[]) => readonly string[];
};

/** Which entries of `activity` fulfil all clauses of a query. */
export function filterOf(clauses: readonly ListClause[], options: FilterWith): Condition {
  const conditions = clauses.map((clause) => {
    const { sql, values } = conditionOf(clause, options);
    // What is not known, as the subject of an entry that has none, is not so.
    return { sql: clause.negated ? `(${sql}) IS NOT TRUE` : `(${sql})`, values };
  });
  return {
    sql: conditions.map(({ sql }) => sql).join(' AND ') || 'TRUE',
    values: conditions.flatMap(({ values }) => values),
  };
}

/** The digits of numbers that a query looks for, leaving out those that it excludes. */
export function digitsAsked(clauses: readonly ListClause[]): readonly AskedDigits[] {
  return clauses.flatMap((clause) => {
    if (clause.negated) return [];
    if (clause.asks === 'number') return clause.numbers;
    return clause.asks === 'digits' && clause.number ? [clause.number] : [];
  });
}

/** What has to be known before a query can be answered: which numbers entries touched, and which routes jobs are about. */
export function needsOf(clauses: readonly ListClause[]): { numbers: boolean; routes: boolean } {
  return {
    numbers: clauses.some(({ asks }) => asks === 'number' || asks === 'digits'),
    routes: clauses.some(({ asks }) => asks === 'route'),
  };
}

/** Which rows of `activity_touch` have numbers with these digits: beginnings are looked up, digits in the middle are looked for. */
export function touchedNumbers(asked: readonly AskedDigits[]): Condition {
  const each = asked.map((digits): Condition => {
    if ('has' in digits) return { sql: 'instr(number, ?) > 0', values: [digits.has] };
    return {
      // The sign behind 9 comes after every number that begins so.
      sql: digits.begins.map(() => '(number >= ? AND number < ?)').join(' OR '),
      values: digits.begins.flatMap((begun) => [begun, `${begun}:`]),
    };
  });
  return {
    sql: each.map(({ sql }) => `(${sql})`).join(' OR '),
    values: each.flatMap(({ values }) => values),
  };
}

function conditionOf(clause: ListClause, options: FilterWith): Condition {
  switch (clause.asks) {
    case 'choice':
      return oneOf(clause.key === 'kind' ? 'kind' : 'outcome', clause.codes);
    case 'number':
      return touching(touchedNumbers(clause.numbers));
    case 'digits': {
      const about = either(jobSubjects.map((subject) => isAbout(subject, [clause.ordinal], options)));
      return clause.number ? either([about, touching(touchedNumbers([clause.number]))]) : about;
    }
    case 'route':
      return touchesRoute(clause.names, options);
    case 'ordinal': {
      const subject = subjectOfKey(clause.key);
      return subject === undefined ? either([]) : isAbout(subject, clause.ordinals, options);
    }
    case 'since':
      return { sql: 'at >= ?', values: [clause.at] };
    case 'before':
      return { sql: 'at < ?', values: [clause.at] };
    case 'word':
      return has(options.sentence, clause.word);
    case 'text':
      return either(clause.texts.map((text) => has(options.sentence, text)));
  }
}

function touching({ sql, values }: Condition): Condition {
  return { sql: `id IN (SELECT entry FROM temp.activity_touch WHERE ${sql})`, values };
}

function isAbout(subject: JobSubject, ordinals: readonly number[], { jobs }: FilterWith): Condition {
  const these = oneOf('ordinal', ordinals);
  return {
    sql: `about_kind = '${subject}' AND about_id IN (SELECT id FROM ${jobs[subject].job} WHERE ${these.sql})`,
    values: these.values,
  };
}

/** Entries about orders and changes by what these set; one that tells of a route without either has its name in the text. */
function touchesRoute(names: readonly string[], { jobs, routesCalled }: FilterWith): Condition {
  const plain = names.map((name) => (name.startsWith('"') ? name.slice(1, -1) : name));
  const keys = JSON.stringify(routesCalled(names));
  return either([
    ...jobSubjects.map((subject) => {
      const { job, withRoutes } = jobs[subject];
      const sql = `about_kind = '${subject}' AND about_id IN (SELECT id FROM ${job} WHERE ${withRoutes})`;
      return { sql, values: [keys] };
    }),
    ...plain.map((name) => {
      const { sql, values } = has('text', foldName(name));
      return { sql: `kind = 'routes' AND about_id IS NULL AND ${sql}`, values };
    }),
  ]);
}

/** True for a route that is meant by a name as a clause has it: that very name in quotes, else the same without regard to case. */
export function isCalled(label: string, wanted: string): boolean {
  return wanted.startsWith('"') ? `"${label}"` === wanted : foldName(label) === wanted;
}

function oneOf(column: string, values: readonly (string | number)[]): Condition {
  return { sql: `${column} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(values)] };
}

function either(conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.map(({ sql }) => `(${sql})`).join(' OR ') || 'FALSE',
    values: conditions.flatMap(({ values }) => values),
  };
}

/**
 * Folded as words of a query are. SQL itself knows the case of English letters only, but that of a hundred thousand texts in half the
 * time.
 */
function has(text: string, folded: string): Condition {
  return {
    sql: `instr(CASE WHEN ${text} GLOB '*[^ -~]*' THEN folded(${text}) ELSE lower(${text}) END, ?) > 0`,
    values: [folded],
  };
}
