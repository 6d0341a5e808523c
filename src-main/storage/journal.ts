import { SearchStore } from '../find/search-store.ts';
import { TagStore } from '../inventory/tag-store.ts';
import { ActivityStore } from '../orders/activity-store.ts';
import { CartStore } from '../orders/cart-store.ts';
import { OrderStore } from '../orders/order-store.ts';
import { PriceStore } from '../orders/price-store.ts';
import { CheckStore } from '../routing/check-store.ts';
import { DraftStore } from '../routing/draft-store.ts';
import { PlanStore } from '../routing/plan-store.ts';
import { RowStore } from '../routing/row-store.ts';
import { journalMigrations } from './migrations/index.ts';
import { closeDatabase, openDatabase } from './sqlite.ts';

/** The file of what cannot be fetched again, and the stores that share it. */
export class Journal {
  readonly movedTo: string | null;
  /** Nobody follows the journal by its size. */
  readonly size = { revision: 1, total: 0 };
  readonly parts: readonly object[];
  #close: () => void;

  constructor(file: string) {
    const { database, movedTo } = openDatabase(file, journalMigrations);
    // What money and live calls depend on is on disk when a call returns.
    database.exec('PRAGMA synchronous = FULL');
    this.movedTo = movedTo;
    this.parts = [
      CartStore,
      OrderStore,
      PriceStore,
      ActivityStore,
      SearchStore,
      PlanStore,
      DraftStore,
      CheckStore,
      RowStore,
      TagStore,
    ].map((Part) => new Part(database));
    this.#close = () => {
      closeDatabase(database);
    };
  }

  close(): void {
    this.#close();
  }
}

/** What the journal answers: the methods of all its stores. */
export type JournalCalls = CartStore &
  OrderStore &
  PriceStore &
  ActivityStore &
  SearchStore &
  PlanStore &
  DraftStore &
  CheckStore &
  RowStore &
  TagStore & { close(): void };
