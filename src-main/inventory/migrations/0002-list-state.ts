import type { Migration } from '../../platform/storage/sqlite.ts';

/** How long the list is and which pass was the last, in one row: counting a million rows would hold up every start. */
export const listState: Migration = {
  version: 2,
  sql: `
    CREATE TABLE list_state (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      total INTEGER NOT NULL,
      last_pass INTEGER NOT NULL
    ) STRICT;
    INSERT INTO list_state
      SELECT 1, count(*), max(coalesce(max(seen_pass), 0), coalesce((SELECT max(id) FROM sync_pass), 0)) FROM number;
  `,
};
