import type { Migration } from '../../platform/storage/sqlite.ts';

/** The cached list and the passes that fill it. Numbers are TEXT: SQLite must never make them numbers. */
export const numbers: Migration = {
  version: 1,
  sql: `
    CREATE TABLE number (
      number TEXT PRIMARY KEY,
      primary_name TEXT NOT NULL,
      primary_type TEXT NOT NULL,
      failover_name TEXT NOT NULL,
      failover_type TEXT NOT NULL,
      billing TEXT NOT NULL,
      seen_at INTEGER NOT NULL,
      seen_pass INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE sync_pass (
      id INTEGER PRIMARY KEY,
      started_at INTEGER NOT NULL,
      ended_at INTEGER,
      added INTEGER NOT NULL DEFAULT 0,
      changed INTEGER NOT NULL DEFAULT 0,
      removed INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE sync_page (
      pass INTEGER NOT NULL REFERENCES sync_pass (id) ON DELETE CASCADE,
      page INTEGER NOT NULL,
      numbers INTEGER NOT NULL,
      is_last INTEGER NOT NULL,
      PRIMARY KEY (pass, page)
    ) STRICT, WITHOUT ROWID;
  `,
};
