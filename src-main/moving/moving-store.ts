import { openBackedUp, putToRest } from '../backup/journal-file.ts';
import { mergeJournal } from '../backup/journal-merge.ts';
import { jobNames } from '../contract/job-words.ts';
import type { Route } from '../contract/model.ts';
import { formatCount } from '../contract/words.ts';
import { numberMigrations } from '../inventory/migrations/index.ts';
import { jobRecords, journalMigrations, journalStores } from '../journal/parts.ts';
import type { NewActivity } from '../activity/activity-store.ts';
import type { ServedFile } from '../platform/storage/served-file.ts';
import {
  abandon,
  changeStrictly,
  closeDatabase,
  openToRead,
  snapshotDatabase,
  type Database,
} from '../platform/storage/sqlite.ts';
import { storedRoutes } from '../routing/stored-routes.ts';
import { RouteKeys, type RouteNaming } from './route-keys.ts';
import type { AccountFiles, ListsCompared } from './one-account.ts';
import { compareLists } from './same-lists.ts';
import { translateJournal } from './translate-journal.ts';
import { translateList } from './translate-list.ts';

/** How routes are named before and after, and the routes of afterwards as they were listed at `at` (Unix milliseconds). */
export type Translation = {
  readonly from: RouteNaming;
  readonly to: RouteNaming & { readonly routes: readonly Route[]; readonly at: number };
};

/** What was not found in the other API: names of routes, and how many numbers are not read any more. */
export type NotFound = { readonly names: readonly string[]; readonly unread: number };

/** Work on copies of an account's files in a thread of its own, and questions about files that no account has open. */
export class MovingStore {
  /** Writes a whole, compact copy of a file as it is now. Rejects when it is damaged. */
  copy(from: string, to: string): void {
    snapshotDatabase(from, to);
  }

  /** "Order 12": the first job of a journal that was begun and has not ended, also one that only waits; null when there is none. */
  openJob(journal: string): string | null {
    return reading(journal, (database) => {
      for (const { subject, job } of jobRecords) {
        const sql = `SELECT ordinal FROM ${job} WHERE phase NOT IN ('done', 'draft') ORDER BY ordinal LIMIT 1`;
        const open = database.prepare(sql).get() as { ordinal: number } | undefined;
        if (open) return `${jobNames[subject].title} ${formatCount(open.ordinal)}`;
      }
      return null;
    });
  }

  /** The routes as a journal has them from the last listing. */
  routes(journal: string): Route[] {
    return reading(journal, storedRoutes);
  }

  /** Brings copies of a journal and of a list (null for none) to the routes of another API. `entry` goes into the record with it. */
  translate(
    journal: string,
    list: string | null,
    { from, to }: Translation,
    entry: NewActivity | null,
  ): NotFound {
    const { names, keys } = changeStrictly(journal, journalMigrations, (database) => {
      const made = new RouteKeys({ ...from, routes: storedRoutes(database) }, to);
      const missing = translateJournal(database, made, { from: from.builtin }, to);
      if (entry) journalStores(database).activity.record(entry);
      return { names: missing, keys: made };
    });
    const unread =
      list === null
        ? 0
        : changeStrictly(list, numberMigrations, (database) => translateList(database, keys, to));
    return { names, unread };
  }

  /** How much two accounts have in common, by their lists and their routes. */
  compare(ours: AccountFiles, theirs: AccountFiles): ListsCompared {
    return compareLists(ours, theirs);
  }

  /**
   * Adds to the copy of one account's journal what another one of the same account has besides. What the other one had not
   * finished is put to rest. `entry` goes into the record with it.
   */
  join(ours: string, theirs: string, entry: NewActivity): void {
    const other = openBackedUp(theirs);
    try {
      putToRest(other);
      other.exec("UPDATE plan SET waiting = 'account-changed' WHERE phase = 'draft'");
    } finally {
      closeDatabase(other);
    }
    changeStrictly(ours, journalMigrations, (database) => {
      mergeJournal(database, theirs);
      journalStores(database).activity.record(entry);
    });
  }
}

/** Every file is closed as soon as it was worked on: nothing is open in between. */
export function openMovingFiles(): ServedFile & { stores: { moving: MovingStore } } {
  return { stores: { moving: new MovingStore() }, close: () => undefined };
}

function reading<T>(file: string, read: (database: Database) => T): T {
  const database = openToRead(file);
  try {
    return read(database);
  } finally {
    abandon(database);
  }
}
