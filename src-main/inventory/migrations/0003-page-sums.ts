import type { Migration } from '../../platform/storage/sqlite.ts';

/**
 * A page of a pass is noted with a sum over its numbers, so that a pass goes on after a crash only when what it had stored
 * is still there. Pages of the version before have none: such a pass is begun anew.
 */
export const pageSums: Migration = {
  version: 3,
  sql: 'ALTER TABLE sync_page ADD COLUMN sum INTEGER NOT NULL DEFAULT -1',
};
