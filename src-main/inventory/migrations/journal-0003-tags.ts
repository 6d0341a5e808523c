import type { Migration } from '../../platform/storage/sqlite.ts';

/** A person's words on numbers. `VIP` and `vip` are one tag, written as it was first. */
export const tags: Migration = {
  version: 3,
  sql: `
    CREATE TABLE tag (
      number TEXT NOT NULL,
      tag TEXT NOT NULL COLLATE NOCASE,
      PRIMARY KEY (number, tag)
    ) STRICT, WITHOUT ROWID;
  `,
};
