import { ActivityStore } from '../activity/activity-store.ts';
import { CartStore } from '../buying/cart-store.ts';
import { OrderStore } from '../buying/order-store.ts';
import { PriceStore } from '../buying/price-store.ts';
import { SearchStore } from '../buying/search-store.ts';
import type { AppError } from '../contract/errors.ts';
import { TagStore } from '../inventory/tag-store.ts';
import { DurableFile, type DurableKind } from '../platform/storage/durable-file.ts';
import type { FileHost, ServedFile } from '../platform/storage/served-file.ts';
import type { Database } from '../platform/storage/sqlite.ts';
import { CheckStore } from '../routing/check-store.ts';
import { DraftStore } from '../routing/draft-store.ts';
import { RowStore } from '../routing/import/row-store.ts';
import { PlanStore } from '../routing/plan-store.ts';
import { journalDomain } from './mend.ts';
import { journalMigrations } from './migrations.ts';

/** The stores of journal.db, each of the feature that its name says. */
export function journalStores(database: Database) {
  return {
    activity: new ActivityStore(database),
    cart: new CartStore(database),
    orders: new OrderStore(database),
    prices: new PriceStore(database),
    searches: new SearchStore(database),
    plans: new PlanStore(database),
    drafts: new DraftStore(database),
    checks: new CheckStore(database),
    fileRows: new RowStore(database),
    tags: new TagStore(database),
  };
}
export type JournalStores = ReturnType<typeof journalStores>;

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
