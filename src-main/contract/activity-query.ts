/** The query language of the record of activity. */
import type { ActivityEntry, ActivityKind } from './activity-entry.ts';
import type { JobSubject } from './job-words.ts';
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

/** `number` and `route` ask for what touched that number or that route, `order` and `change` for what is about that one. */
export const activityQuery = {
  kind: { title: 'Kind', asks: 'choice', words: kinds },
  outcome: { title: 'Outcome', asks: 'choice', words: outcomes },
  number: { title: 'Number', asks: 'number' },
  route: { title: 'Route', asks: 'route' },
  order: { title: 'Order', asks: 'ordinal' },
  change: { title: 'Change', asks: 'ordinal' },
  since: { title: 'Since', asks: 'since' },
  before: { title: 'Before', asks: 'before' },
} as const satisfies ListLanguage;
export type ActivityKey = keyof typeof activityQuery;

/** The key that asks for what is about an order, or about a change of routes. */
export const keyOfSubject: Readonly<Record<JobSubject, ActivityKey>> = { order: 'order', plan: 'change' };
