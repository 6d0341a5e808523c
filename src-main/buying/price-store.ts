import { transaction, type Database } from '../platform/storage/sqlite.ts';

/** What of an order is still to be bought or to be looked up. */
const left = `order_id = ?1 AND status IN ('planned', 'sending', 'unknown')`;

/** Prices of orders that change while they run, and what was agreed to. */
export class PriceStore {
  #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * What an item costs, as the carrier told it just now (cents; `at` is Unix milliseconds). Where that is more than was agreed
   * to, the order asks from here on: in the same step, so that no crash lets it be bought unasked.
   */
  priceItem(id: number, number: string, setup: number, monthly: number, at: number): void {
    transaction(this.#database, () => {
      this.#database
        .prepare(
          `UPDATE purchase_order SET raised = coalesce(raised, (SELECT sum(setup + monthly) FROM order_item WHERE ${left}))
           WHERE id = ?1 AND EXISTS (SELECT 1 FROM order_item
             WHERE order_id = ?1 AND number = ?2 AND (setup < ?3 OR monthly < ?4))`,
        )
        .run(id, number, setup, monthly);
      this.#database
        .prepare(
          'UPDATE order_item SET setup = ?, monthly = ?, priced_at = ? WHERE order_id = ? AND number = ?',
        )
        .run(setup, monthly, at, id, number);
    });
  }

  /** Somebody agreed to the cost of what is left, `dueNow` cents. False when that is another one by now. */
  agree(id: number, dueNow: number): boolean {
    const { changes } = this.#database
      .prepare(
        `UPDATE purchase_order SET raised = NULL
         WHERE id = ?1 AND ?2 = (SELECT sum(setup + monthly) FROM order_item WHERE ${left})`,
      )
      .run(id, dueNow);
    return Number(changes) === 1;
  }
}
