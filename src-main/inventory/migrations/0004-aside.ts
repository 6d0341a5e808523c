import type { Migration } from '../../platform/storage/sqlite.ts';

/**
 * What stands beside the list: since when numbers are missing from the carrier's list (Unix milliseconds), and records of it
 * that could not be used, by the pass that met them. Both are small sets: the list itself stays as it is.
 */
export const aside: Migration = {
  version: 4,
  sql: `
    CREATE TABLE missing (
      number TEXT PRIMARY KEY,
      since INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE odd_record (
      pass INTEGER NOT NULL,
      name TEXT NOT NULL,
      why TEXT NOT NULL,
      PRIMARY KEY (pass, name)
    ) STRICT, WITHOUT ROWID;
  `,
};
