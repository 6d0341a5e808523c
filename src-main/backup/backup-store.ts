import type { Overlaps } from '../contract/backup.ts';
import type { JobSubject } from '../contract/job-words.ts';
import type { Route } from '../contract/model.ts';
import {
  closeDatabase,
  changeStrictly,
  snapshotDatabase,
  type Database,
} from '../platform/storage/sqlite.ts';
import { jobRecords, journalMigrations } from '../journal/parts.ts';
import type { ServedFile } from '../platform/storage/served-file.ts';
import type { Translation } from '../moving/moving-store.ts';
import { RouteKeys } from '../moving/route-keys.ts';
import { translateJournal } from '../moving/translate-journal.ts';
import { storedRoutes } from '../routing/stored-routes.ts';
import { openBackedUp, putToRest, type Unfinished } from './journal-file.ts';
import { compareJournals, mergeJournal } from './journal-merge.ts';

/** What keeps an account's journal from being replaced; null when nothing does. */
export type Blocked = JobSubject | null;

/** Work on files of journals in a thread of its own: none of these files is the one that an account has open. */
export class BackupStore {
  /** Writes a whole, compact copy of a journal as it is now, also of one that is in use. Rejects when it is damaged. */
  copy(from: string, to: string): void {
    snapshotDatabase(from, to);
  }

  /** Brings a journal of a backup up to date, checks it and puts what was unfinished to rest. */
  prepare(file: string): Unfinished {
    const database = openBackedUp(file);
    try {
      return putToRest(database);
    } finally {
      closeDatabase(database);
    }
  }

  /** The routes as a journal has them from the last listing. */
  routes(file: string): Route[] {
    return this.#with(file, storedRoutes);
  }

  /** Brings the prepared journal of a backup to the routes of another version of the API that the account has here. */
  translate(file: string, { from, to }: Translation): void {
    this.#with(file, (database) => {
      const keys = new RouteKeys({ ...from, routes: storedRoutes(database) }, to);
      translateJournal(database, keys, { from: from.builtin }, to);
    });
  }

  /** Counts what the copy of this computer's journal and the prepared one of a backup have in common. */
  compare(ours: string, theirs: string): { readonly overlaps: Overlaps; readonly blocked: Blocked } {
    return this.#with(ours, (database) => ({
      overlaps: compareJournals(database, theirs),
      blocked: blockedBy(database),
    }));
  }

  /** Adds to the copy of this computer's journal what the prepared one of a backup has besides. */
  merge(ours: string, theirs: string): void {
    this.#with(ours, (database) => {
      mergeJournal(database, theirs);
    });
  }

  #with<T>(file: string, work: (database: Database) => T): T {
    return changeStrictly(file, journalMigrations, work);
  }
}

/** Every file is closed as soon as it was worked on: nothing is open in between. */
export function openBackupFiles(): ServedFile & { stores: { backup: BackupStore } } {
  return { stores: { backup: new BackupStore() }, close: () => undefined };
}

/** A job that has not ended, or a number nobody could look up, must not be forgotten. */
function blockedBy(database: Database): Blocked {
  const found = jobRecords.find(({ unsettled }) =>
    unsettled.some((sql) => database.prepare(`${sql} LIMIT 1`).get() !== undefined),
  );
  return found?.subject ?? null;
}
