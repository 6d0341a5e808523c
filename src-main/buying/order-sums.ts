import type { ItemState } from '../contract/buying.ts';
import type { Database } from '../platform/storage/sqlite.ts';

/** How many numbers of an order are in one state, what they cost (cents), and how many of them lack their routes. */
export type OrderSum = {
  readonly status: ItemState;
  readonly count: number;
  readonly setup: number;
  readonly monthly: number;
  readonly unset: number;
};

/** Adds (`+`) or takes away (`-`) a row of order_item as a trigger sees it: `NEW` or `OLD`. */
const change = (sign: '+' | '-', row: 'NEW' | 'OLD') => `
  INSERT INTO order_sum
    VALUES (${row}.order_id, ${row}.status, ${sign}1, ${sign}${row}.setup, ${sign}${row}.monthly, ${sign}(${row}.routes = 'failed'))
  ON CONFLICT DO UPDATE SET count = count + excluded.count, setup = setup + excluded.setup,
    monthly = monthly + excluded.monthly, unset = unset + excluded.unset;`;

/**
 * The sums that a window is told after each number of an order. They are kept beside the orders in a temporary table, which
 * SQLite itself brings up to date with every change of a row, whoever makes it: telling of the thousandth number costs what
 * telling of the first does. Nothing of it is on disk; it is counted once when the journal is opened.
 */
export class OrderSums {
  #database: Database;

  constructor(database: Database) {
    this.#database = database;
    // Without it a row that is replaced would be added and never taken away.
    database.exec('PRAGMA recursive_triggers = ON');
    database.exec(`
      CREATE TEMP TABLE order_sum (
        order_id INTEGER NOT NULL, status TEXT NOT NULL, count INTEGER NOT NULL, setup INTEGER NOT NULL,
        monthly INTEGER NOT NULL, unset INTEGER NOT NULL, PRIMARY KEY (order_id, status)
      ) WITHOUT ROWID;
      INSERT INTO order_sum
        SELECT order_id, status, count(*), sum(setup), sum(monthly), sum(routes = 'failed')
        FROM main.order_item GROUP BY order_id, status;
      CREATE TEMP TRIGGER order_item_added AFTER INSERT ON main.order_item BEGIN ${change('+', 'NEW')} END;
      CREATE TEMP TRIGGER order_item_gone AFTER DELETE ON main.order_item BEGIN ${change('-', 'OLD')} END;
      CREATE TEMP TRIGGER order_item_changed AFTER UPDATE ON main.order_item BEGIN
        ${change('-', 'OLD')} ${change('+', 'NEW')}
      END;`);
  }

  of(order: number): OrderSum[] {
    return this.#database
      .prepare(
        'SELECT status, count, setup, monthly, unset FROM temp.order_sum WHERE order_id = ? AND count > 0',
      )
      .all(order) as OrderSum[];
  }
}
