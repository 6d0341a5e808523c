import { z } from 'zod';
import { takes } from './method.ts';
import { queryText, offset, limit } from './schemas.ts';

/** Numbers of an entry come in parts of so many; the first is told with the entry. */
export const activityPart = 200;

export const activityKinds = ['order', 'routes', 'sync', 'account', 'failure'] as const;

export type ActivityKind = (typeof activityKinds)[number];

export type ActivityEntry = {
  readonly id: number;
  readonly at: number;
  readonly kind: ActivityKind;
  readonly text: string;
  readonly outcome: 'ok' | 'failed' | 'info';
  /** At most the first 200; `count` is how many there were, `activity.numbers` has them all. */
  readonly numbers: readonly string[];
  readonly count: number;
};

export type ActivityWindow = { readonly total: number; readonly entries: readonly ActivityEntry[] };

/** What windows may ask about this. */
export const activityMethods = () => ({
  'activity.list': takes({
    text: queryText,
    kind: z.enum(activityKinds).nullable(),
    offset,
    limit,
  }).gives<ActivityWindow>(),
  /** Numbers of an entry, 200 to a part; empty past the last one. */
  'activity.numbers': takes({ id: z.int().min(1), part: z.int().min(0).max(100_000) }).gives<
    readonly string[]
  >(),
});

/** What windows are told about this. */
export type ActivityEvents = {
  /** Something was written down: ask again. */
  activity: { readonly total: number };
};
