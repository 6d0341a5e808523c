import { z } from 'zod';
import type { JobSubject, UnfinishedJobs } from './job-words.ts';
import { takes } from './method.ts';
import { id } from './schemas.ts';
import type { Settings } from './settings.ts';

/** Shapes of backing up and restoring. None of them can carry a secret. */

/** A file that was made, to be read in pieces. */
export type BackupMade = {
  readonly id: string;
  /** A name for the file, with the day. */
  readonly name: string;
  readonly bytes: number;
  /** Accounts in it, by their labels. */
  readonly accounts: readonly string[];
  /** Accounts whose records could not be read, and why. */
  readonly leftOut: readonly { readonly label: string; readonly reason: string }[];
};

/** Base64 of the bytes from the offset that was asked for; `end` when they are the last. */
export type BackupPiece = { readonly base64: string; readonly end: boolean };

export type RecordKind = JobSubject | 'tags' | 'costs' | 'activity' | 'cart' | 'searches';

/** How many records of a kind there are on this computer, in the backup, and in both. */
export type Overlap = { readonly here: number; readonly there: number; readonly both: number };

export type Overlaps = Readonly<Record<RecordKind, Overlap>>;

export type RestoreAccount = {
  readonly label: string;
  readonly accessKey: string;
  readonly baseUrl: string;
  /** `new`: added, and asks for its keys · `here`: its records are joined · `signed-out`: the same, it stays signed out. */
  readonly state: 'new' | 'here' | 'signed-out';
  readonly overlaps: Overlaps;
  /** What was not finished when the backup was made: see `restore.apply`. */
  readonly unfinished: Readonly<Record<JobSubject, UnfinishedJobs>>;
};

export type RestorePreview = {
  /** Unix milliseconds, and the version of the app that made it. */
  readonly madeAt: number;
  readonly version: string;
  readonly accounts: readonly RestoreAccount[];
  /** Accounts of this computer that the backup does not have: they stay as they are. */
  readonly untouched: readonly string[];
  /** Settings that are different here, in words: only replacing changes them. */
  readonly settings: readonly {
    readonly name: keyof Settings;
    readonly here: string;
    readonly there: string;
  }[];
  /** Why replacing is not possible now; null when it is. */
  readonly replaceRefused: string | null;
};

const restoreWays = ['merge', 'replace'] as const;

export type RestoreWay = (typeof restoreWays)[number];

export type Restored = { readonly accounts: number; readonly keptAs: string | null };

/** What windows may ask about this. */
export const backupMethods = () => {
  /** A place in a file of at most 512 MB. */
  const fileOffset = z.int().min(0).max(536_870_912);
  return {
    /** One file of everything but keys, of all accounts; it is read in pieces and kept until `backup.end`. */
    'backup.make': takes({}).gives<BackupMade>(),
    'backup.read': takes({ id, offset: fileOffset }).gives<BackupPiece>(),
    'backup.end': takes({ id }).gives<null>(),
    'restore.begin': takes({}).gives<{ readonly id: string }>(),
    /** Pieces come one after another: each begins where the one before ended. */
    'restore.add': takes({ id, offset: fileOffset, base64: z.base64().max(240_000) }).gives<null>(),
    /** Checks the file that came and tells what restoring it would do. */
    'restore.preview': takes({ id }).gives<RestorePreview>(),
    /**
     * Restores what was shown, all of it or nothing; never while an order or a change of routes runs. Orders that were
     * not finished send nothing any more: their numbers go into the cart or are looked up.
     */
    'restore.apply': takes({ id, way: z.enum(restoreWays) }).gives<Restored>(),
    'restore.end': takes({ id }).gives<null>(),
  };
};

/** What windows are told about this. */
export type BackupEvents = {
  /** A backup was restored: everything on screen is of before. */
  restored: { readonly accounts: number };
};
