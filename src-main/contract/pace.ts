import type { ErrorCode } from './app-error.ts';
import { takes } from './method.ts';

/** What requests are counted by: lists of what is owned, details of numbers, what is for sale, changes; `all` where one class is all. */
export const requestClasses = ['list', 'details', 'search', 'change', 'all'] as const;
export type RequestClass = (typeof requestClasses)[number];

/** How fast the carrier of the open account is asked, and what keeps requests back. */
export type Pace = {
  /** Requests that were answered in the last second. */
  readonly perSecond: number;
  /** The most requests a second that a person allows; null for as many as the carrier takes. */
  readonly atMost: number | null;
  /** Those that anything was asked of, in the order of the table. `ceiling`: requests a second above which the carrier refuses, as far as that was met. */
  readonly classes: readonly {
    readonly name: RequestClass;
    readonly perSecond: number;
    readonly ceiling: number | null;
  }[];
  /** Requests wait: until a time (Unix milliseconds) that the carrier asked for, or because of `atMost`. */
  readonly waiting:
    | { readonly why: 'carrier'; readonly until: number }
    | { readonly why: 'budget'; readonly atMost: number }
    | null;
};

/** Why the routes of numbers are not read now, and until when (Unix milliseconds; null until something else changes). */
export type ReadingPause = { readonly code: ErrorCode; readonly until: number | null };

/** The same with what is only known of an account that is open. */
export type PaceView = Pace & { readonly reading: ReadingPause | null };

/** The least and the most that a person may allow. */
export const leastPerSecond = 1;
export const mostPerSecond = 1_000;

/** What windows may ask about this. */
export const paceMethods = () => ({
  /** Null while there are no keys to ask with. */
  'pace.now': takes({}).gives<PaceView | null>(),
});

/** What windows are told about this. */
export type PaceEvents = {
  /** What waits has changed. */
  pace: { readonly waiting: Pace['waiting']; readonly reading: ReadingPause | null };
};
