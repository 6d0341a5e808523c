import { z } from 'zod';
import type { ActivityEntry } from './activity-entry.ts';
import { takes } from './method.ts';
import type { Suggestion } from './numbers.ts';
import { queryText, offset, limit } from './schemas.ts';

export type ActivityWindow = { readonly total: number; readonly entries: readonly ActivityEntry[] };

/** What windows may ask about this. */
export const activityMethods = () => ({
  /** The newest entries that a query of `activity-query.ts` finds; none for one that is not understood. */
  'activity.list': takes({ text: queryText, offset, limit }).gives<ActivityWindow>(),
  /** What may be meant by `typed`, the text before the caret, where `text` is the rest of the query; counts are of entries. */
  'activity.suggest': takes({ text: queryText, typed: queryText }).gives<readonly Suggestion[]>(),
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
