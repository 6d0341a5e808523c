import type { Migration } from '../../platform/storage/sqlite.ts';

/** What the columns of an imported file were used for, and what was chosen for a set of headers. */
export const importColumns: Migration = {
  version: 8,
  sql: `
    CREATE TABLE plan_file (
      plan_id INTEGER PRIMARY KEY REFERENCES plan (id) ON DELETE CASCADE,
      -- JSON: header, rows, columns with title, samples and use.
      file TEXT NOT NULL
    ) STRICT;
    CREATE TABLE import_mapping (
      -- JSON: the names of the columns, in their order.
      headers TEXT PRIMARY KEY,
      -- JSON: header, number, primary, failover.
      mapping TEXT NOT NULL,
      -- Unix milliseconds.
      used_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
