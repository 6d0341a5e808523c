import type { Migration } from '../../platform/storage/sqlite.ts';

/** The rows of an imported file as they were read, and numbers of a plan that were right when it was compared. */
export const importRows: Migration = {
  version: 5,
  sql: `
    CREATE TABLE plan_row (
      plan_id INTEGER NOT NULL REFERENCES plan (id) ON DELETE CASCADE,
      line INTEGER NOT NULL,
      -- Eleven digits, or nothing when the cell is no number.
      number TEXT NOT NULL,
      number_cell TEXT NOT NULL,
      primary_cell TEXT NOT NULL,
      failover_cell TEXT NOT NULL,
      PRIMARY KEY (plan_id, line)
    ) STRICT, WITHOUT ROWID;
    -- The line of the file an item comes from, or 0.
    ALTER TABLE plan_item ADD COLUMN line INTEGER NOT NULL DEFAULT 0;
    -- 1: nothing to do, by the comparison with the carrier. Its status is 'same'.
    ALTER TABLE plan_item ADD COLUMN already INTEGER NOT NULL DEFAULT 0;
  `,
};
