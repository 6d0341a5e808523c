import type { AppError } from '../contract/errors.ts';
import { DurableFile, type DurableKind } from '../platform/storage/durable-file.ts';
import type { FileHost, ServedFile } from '../platform/storage/served-file.ts';
import { journalDomain } from './mend.ts';
import { journalMigrations, journalStores, type JournalStores } from './parts.ts';

export type { JournalStores };

export const journalKind: DurableKind<JournalStores> = {
  migrations: journalMigrations,
  domain: journalDomain,
  stores: journalStores,
};

const recoveredMeanwhile: AppError = {
  code: 'storage',
  message: 'The record of orders and changes was damaged, and was put together again just now.',
  action: 'Look at what is open, then try again.',
  retryable: true,
};

/**
 * journal.db of an account. One that turns out damaged is put together again, at once. The call that met the damage is not made
 * again: what it was about may have another state by then, and whoever asked looks again.
 */
export function openJournalFile(file: string, host: FileHost): ServedFile & { stores: JournalStores } {
  let replaced = false;
  const journal: DurableFile<JournalStores> = new DurableFile<JournalStores>(file, journalKind, {
    log: host.log,
    onDamage() {
      if (!replaced && journal.isDamaged()) host.damaged();
    },
  });
  const { recovered } = journal;
  return {
    stores: journal.stores,
    news: recovered === null ? [] : [{ kind: 'recovered', recovered }],
    touched: () => {
      journal.touched();
    },
    async replace() {
      replaced = true;
      await journal.abandon();
      return { file: openJournalFile(file, host), answer: recoveredMeanwhile };
    },
    close: () => journal.close(),
  };
}
