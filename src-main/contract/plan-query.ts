/** The query language of the list of changes of routes. */
import type { ListLanguage } from './list-query.ts';
import type { PlanKind, PlanPhase } from './plan-statuses.ts';

/** How far a change is, in words. */
export const planPhases: Readonly<Record<PlanPhase, string>> = {
  draft: 'Draft',
  running: 'Applying',
  paused: 'Paused',
  stopping: 'Stopping',
  done: 'Done',
};

/** Where a change comes from, in words: numbers that were chosen, a file, or another change. */
export const planSources: Readonly<Record<PlanKind, string>> = {
  assign: 'Selection',
  import: 'File',
  undo: 'Undo',
  again: 'Rest of a change',
};

/** `number` and `route` ask for changes that touch that number, or take that route from a number or give it one. */
export const planQuery = {
  state: { title: 'State', asks: 'choice', words: planPhases },
  number: { title: 'Number', asks: 'number' },
  route: { title: 'Route', asks: 'route' },
  since: { title: 'Since', asks: 'since' },
  before: { title: 'Before', asks: 'before' },
  change: { title: 'Change', asks: 'ordinal' },
} as const satisfies ListLanguage;

/** What the list of changes can be sorted by. */
export const planColumns = ['change', 'state', 'numbers', 'done', 'failed', 'from', 'when'] as const;
export type PlanColumn = (typeof planColumns)[number];
