import type { AppError } from './errors.ts';
import type { OddRecords } from './model.ts';
import { takes } from './method.ts';

export type SyncStatus = {
  readonly phase: 'idle' | 'listing' | 'confirming' | 'cancelling';
  /** Numbers received in the running pass, and how fast, per second. */
  readonly received: number;
  readonly perSecond: number;
  readonly startedAt: number | null;
  /** Unix milliseconds of the end of the last complete pass; null before the first. */
  readonly completedAt: number | null;
  readonly last: { readonly added: number; readonly changed: number; readonly removed: number } | null;
  /** True when the cache holds a part of a first pass that has not ended. */
  readonly partial: boolean;
  /** Numbers of the list that the carrier's list lacks: they stay until a second look agrees. */
  readonly missing: number;
  /** Numbers that the carrier lists in a form that cannot be used: they are not shown, or as they were known before. */
  readonly odd: OddRecords;
  readonly error: AppError | null;
  /** Unix milliseconds of the next try on its own; null when none is planned. */
  readonly nextAt: number | null;
};

/** What windows may ask about this. */
export const syncMethods = () => ({
  'sync.status': takes({}).gives<SyncStatus>(),
  'sync.start': takes({}).gives<SyncStatus>(),
  'sync.cancel': takes({}).gives<SyncStatus>(),
});

/** What windows are told about this. */
export type SyncEvents = {
  sync: SyncStatus;
};
