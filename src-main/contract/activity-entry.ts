/** What the record of activity says. Without schemas: the storage thread needs it, too. */

import type { JobSubject } from './job-words.ts';

/** Numbers of an entry come in parts of so many; the first is told with the entry. */
export const activityPart = 200;

export type ActivityKind = 'order' | 'routes' | 'sync' | 'account' | 'failure';

/** The job that an entry is about. */
export type ActivitySubject = { readonly kind: JobSubject; readonly id: number };

export type ActivityEntry = {
  readonly id: number;
  readonly at: number;
  readonly kind: ActivityKind;
  /** The whole sentence, with what its subject is called today. */
  readonly text: string;
  /** Null for what is about no order and no change, and for old entries of which it is not known. */
  readonly about: ActivitySubject | null;
  readonly outcome: 'ok' | 'failed' | 'info';
  /** At most the first 200; `count` is how many there were, `activity.numbers` has them all. */
  readonly numbers: readonly string[];
  readonly count: number;
  /** Where it was looked for by digits: the first of its numbers that has them, and how many of them have. Else null. */
  readonly found: { readonly number: string; readonly count: number } | null;
};
