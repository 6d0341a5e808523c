import type { JobRecord, JobTables } from '../journal/job-record.ts';
import type { Database } from '../platform/storage/sqlite.ts';

/** Where orders are. */
export const orderTables: JobTables = { job: 'purchase_order', item: 'order_item', key: 'order_id' };

const size = (of: string, order: string) =>
  `(SELECT count(*) FROM ${of}.order_item AS item WHERE item.order_id = ${order}.id)`;
const countOf = (database: Database, sql: string) =>
  (database.prepare(`SELECT count(*) AS count FROM ${sql}`).get() as { count: number }).count;

/** What backups and the mending of a damaged record make of orders. */
export const orderRecord: JobRecord = {
  ...orderTables,
  subject: 'order',
  parts: [],
  same: (ours, theirs) =>
    `${ours}.created_at = ${theirs}.created_at AND ${size('main', ours)} = ${size('theirs', theirs)}`,
  odd: ["SELECT 1 FROM cart WHERE NOT json_valid(billing_methods) OR json_type(billing_methods) <> 'array'"],
  unsettled: [
    "SELECT 1 FROM purchase_order WHERE phase <> 'done'",
    "SELECT 1 FROM order_item WHERE status IN ('unknown', 'sending')",
  ],

  /**
   * A number of a shared order that was asked for elsewhere, and not here, may have been bought: it is looked up first. What is
   * in an order of this computer, or was bought, is not put into the cart. What both carts have may have been bought on the
   * other computer since.
   */
  joins(database, same) {
    const note = database.prepare(
      `UPDATE main.order_item SET doubt = max(doubt, 1),
         status = CASE status WHEN 'planned' THEN 'unknown' ELSE status END
       WHERE order_id = ?1 AND status IN ('planned', 'refused') AND doubt = 0 AND number IN (
         SELECT number FROM theirs.order_item WHERE order_id = ?2 AND reason <> 'backup'
           AND (status IN ('bought', 'unknown') OR doubt > 0))`,
    );
    for (const [theirs, ours] of same) note.run(ours, theirs);
    database
      .prepare(
        `INSERT OR IGNORE INTO main.cart SELECT * FROM theirs.cart
         WHERE number NOT IN (SELECT number FROM main.learned)
           AND number NOT IN (SELECT number FROM main.order_item WHERE order_id IN (SELECT value FROM json_each(?)))`,
      )
      .run(JSON.stringify([...same.values()]));
    database.exec('UPDATE main.cart SET doubt = 1 WHERE number IN (SELECT number FROM theirs.cart)');
  },

  /**
   * - Numbers that were not asked for go into the cart, where a fresh review asks the carrier. The order has ended for them;
   *   that they may have been bought since is kept as a doubt, so that a later order looks them up before it sends.
   * - Numbers of the cart may have been bought since, too: they keep a doubt as well.
   * - Routes that were chosen for an earlier cart are not for what comes into an empty one.
   * - What an order that was being stopped had not sent is left, and does not go into the cart.
   * - Numbers that may have been asked for stay unknown in a stopped order, which looks them up and sends nothing, no routes either.
   */
  putToRest(database) {
    const open = "order_id IN (SELECT id FROM purchase_order WHERE phase <> 'done')";
    const wanted = "order_id IN (SELECT id FROM purchase_order WHERE phase <> 'done' AND stopped = 0)";
    const unsent = `${wanted} AND status = 'planned' AND doubt = 0`;
    const unclear = "(status IN ('sending', 'unknown') OR (status = 'planned' AND doubt > 0))";
    const rest = {
      jobs: countOf(database, "purchase_order WHERE phase <> 'done'"),
      unsent: countOf(database, `order_item WHERE ${unsent}`),
      unclear: countOf(database, `order_item WHERE ${open} AND ${unclear}`),
    };
    database.exec(`
      DELETE FROM cart_routes WHERE NOT EXISTS (SELECT 1 FROM cart);
      INSERT OR IGNORE INTO cart (number, setup, monthly, billing_methods, billing, rate_center, state, gone)
        SELECT number, setup, monthly, json_array(billing), billing, rate_center, state, NULL FROM order_item
        WHERE ${unsent};
      UPDATE cart SET doubt = 1;
      UPDATE order_item SET status = 'refused', doubt = 1, reason = 'backup', reason_detail = 'null'
        WHERE ${unsent};
      UPDATE order_item SET status = 'refused', reason = 'stopped', reason_detail = 'null'
        WHERE ${open} AND status = 'planned' AND doubt = 0;
      UPDATE order_item SET status = 'unknown', doubt = max(doubt, 1)
        WHERE ${open} AND status IN ('planned', 'sending', 'unknown');
      UPDATE order_item SET routes = 'failed', reason = 'routes-backup', reason_detail = 'null'
        WHERE ${open} AND status = 'bought' AND routes = 'planned';
      UPDATE order_item SET routes = 'failed' WHERE ${open} AND status = 'unknown' AND routes = 'planned';
      UPDATE purchase_order SET stopped = 1, phase = 'paused', raised = NULL,
          waiting = 'backup-unclear', waiting_detail = 'null'
        WHERE phase <> 'done' AND id IN (SELECT order_id FROM order_item WHERE status = 'unknown');
      UPDATE purchase_order SET phase = 'done', raised = NULL, waiting_detail = 'null',
          waiting = CASE stopped WHEN 1 THEN '' ELSE 'backup-cart' END, stopped = 1
        WHERE phase <> 'done' AND id NOT IN (SELECT order_id FROM order_item WHERE status = 'unknown');
    `);
    return rest;
  },

  /** An order without its own entry may have been stopped, and its routes are not known: nothing of it is sent any more. */
  adopt(database, at) {
    database
      .prepare(
        `INSERT INTO purchase_order (id, created_at, phase, waiting, primary_name, failover_name, stopped, ordinal)
         SELECT order_id, ?, 'paused', 'lost-order', '', '', 1,
           (SELECT coalesce(max(ordinal), 0) FROM purchase_order) + row_number() OVER (ORDER BY order_id)
         FROM (SELECT DISTINCT order_id FROM order_item WHERE order_id NOT IN (SELECT id FROM purchase_order))`,
      )
      .run(at);
    database.exec(
      `UPDATE order_item SET routes = 'failed' WHERE routes = 'planned'
         AND order_id IN (SELECT id FROM purchase_order WHERE waiting = 'lost-order')`,
    );
  },

  mend(database) {
    database.exec(
      `UPDATE order_item SET doubt = max(doubt, 1), sent = max(sent, 1)
       WHERE status IN ('planned', 'sending', 'unknown')
         AND order_id IN (SELECT id FROM purchase_order WHERE phase <> 'done')`,
    );
    // What is in the cart may have been bought since, by an order that is not known any more.
    database.exec('UPDATE cart SET doubt = 1');
  },
};
