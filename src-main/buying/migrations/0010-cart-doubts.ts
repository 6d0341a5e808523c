import type { Migration } from '../../platform/storage/sqlite.ts';

/**
 * A number of the cart that may have been bought since: its row comes from a backup, or from a record that was put together again.
 * An order looks it up before it is sent.
 */
export const cartDoubts: Migration = {
  version: 10,
  sql: 'ALTER TABLE cart ADD COLUMN doubt INTEGER NOT NULL DEFAULT 0;',
};
