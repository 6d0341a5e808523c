import type { Learned } from '../inventory/index/indexed-number.ts';
import { transaction, type Database } from '../platform/storage/sqlite.ts';

/** What of an order is still to be bought or to be looked up. */
const left = `order_id = ?1 AND status IN ('planned', 'sending', 'unknown')`;

/** Prices of orders that change while they run, what was agreed to, and what numbers cost that were bought. */
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

  /** What was learned of each number when it was bought: the carrier tells it never again. */
  learned(): Learned[] {
    const sql = 'SELECT number, monthly, state, rate_center AS rateCenter FROM learned';
    return this.#database.prepare(sql).all() as Learned[];
  }

  /** What was learned of a number when it was bought: cents, and Unix milliseconds. */
  learnedOf(number: string): { setup: number; monthly: number; boughtAt: number } | null {
    const row = this.#database
      .prepare('SELECT setup, monthly, bought_at AS boughtAt FROM learned WHERE number = ?')
      .get(number) as { setup: number; monthly: number; boughtAt: number } | undefined;
    return row ?? null;
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
