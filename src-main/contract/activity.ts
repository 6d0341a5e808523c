import { z } from 'zod';
import { activityKinds, type ActivityEntry } from './activity-entry.ts';
import { jobSubjects } from './job-words.ts';
import { takes } from './method.ts';
import { queryText, offset, limit, recordId } from './schemas.ts';

export type ActivityWindow = { readonly total: number; readonly entries: readonly ActivityEntry[] };

/** What windows may ask about this. */
export const activityMethods = () => ({
  'activity.list': takes({
    text: queryText,
    kind: z.enum(activityKinds).nullable(),
    /** Only what is about this order or this change of routes. */
    about: z.strictObject({ kind: z.enum(jobSubjects), id: recordId }).optional(),
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
