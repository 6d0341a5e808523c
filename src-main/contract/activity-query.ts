/** The query language of the record of activity. */
import type { ActivityEntry, ActivityKind } from './activity-entry.ts';
import { jobNames, jobSubjects, type JobSubject } from './job-words.ts';
import type { ListLanguage } from './list-query.ts';

const kinds: Readonly<Record<ActivityKind, string>> = {
  order: 'Order',
  routes: 'Routes',
  sync: 'Sync',
  account: 'Account',
  failure: 'Failure',
};
const outcomes: Readonly<Record<ActivityEntry['outcome'], string>> = {
  failed: 'Failed',
  ok: 'OK',
  info: 'Information',
};

type JobKey = (typeof jobNames)[JobSubject]['key'];
const jobKeys = Object.fromEntries(
  jobSubjects.map((subject) => [jobNames[subject].key, { title: jobNames[subject].title, asks: 'ordinal' }]),
) as Readonly<Record<JobKey, { readonly title: string; readonly asks: 'ordinal' }>>;

/** `number` and `route` ask for what touched that number or that route, the key of a kind of job for what is about that one. */
export const activityQuery = {
  kind: { title: 'Kind', asks: 'choice', words: kinds },
  outcome: { title: 'Outcome', asks: 'choice', words: outcomes },
  number: { title: 'Number', asks: 'number' },
  route: { title: 'Route', asks: 'route' },
  ...jobKeys,
  since: { title: 'Since', asks: 'since' },
  before: { title: 'Before', asks: 'before' },
} as const satisfies ListLanguage;
export type ActivityKey = keyof typeof activityQuery;

/** The kind of job that a key asks for; undefined for the other keys. */
export const subjectOfKey = (key: string): JobSubject | undefined =>
  jobSubjects.find((subject) => jobNames[subject].key === key);
