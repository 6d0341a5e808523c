import type { Migration } from '../../platform/storage/sqlite.ts';

/** What an order still has to do, in the order it is done: the next number is found at once, however many came before it. */
export const orderOpen: Migration = {
  version: 9,
  sql: `
    CREATE INDEX order_item_open ON order_item (
      order_id,
      CASE status WHEN 'sending' THEN 0 WHEN 'unknown' THEN 0 WHEN 'bought' THEN 1 ELSE 2 END,
      number
    ) WHERE status IN ('planned', 'unknown', 'sending') OR (status = 'bought' AND routes = 'planned');
  `,
};
