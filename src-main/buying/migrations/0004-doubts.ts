import type { Migration } from '../../platform/storage/sqlite.ts';

/**
 * An order knows how many of its requests for a number were never made clear (`doubt`), when the price of each was last
 * asked for (Unix milliseconds), and that it was stopped; the cart
 * knows what a number cost before its price changed; an activity keeps all its numbers, in parts of 200.
 */
export const doubts: Migration = {
  version: 4,
  sql: `
    ALTER TABLE order_item ADD COLUMN doubt INTEGER NOT NULL DEFAULT 0;
    UPDATE order_item SET doubt = 1
      WHERE (status = 'refused' AND sent > 1) OR status IN ('sending', 'unknown') OR (status = 'planned' AND sent > 0);
    ALTER TABLE order_item ADD COLUMN priced_at INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX order_item_number ON order_item (number);
    ALTER TABLE purchase_order ADD COLUMN stopped INTEGER NOT NULL DEFAULT 0;
    UPDATE purchase_order SET stopped = 1 WHERE phase = 'stopping';
    ALTER TABLE cart ADD COLUMN old_setup INTEGER;
    ALTER TABLE cart ADD COLUMN old_monthly INTEGER;
    CREATE TABLE activity_part (
      activity_id INTEGER NOT NULL REFERENCES activity (id),
      part INTEGER NOT NULL,
      numbers TEXT NOT NULL,
      PRIMARY KEY (activity_id, part)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER activity_part_is_kept BEFORE UPDATE ON activity_part
      BEGIN SELECT raise(ABORT, 'activity is append-only'); END;
    CREATE TRIGGER activity_part_stays BEFORE DELETE ON activity_part
      BEGIN SELECT raise(ABORT, 'activity is append-only'); END;
  `,
};
