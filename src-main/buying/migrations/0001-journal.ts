import type { Migration } from '../../platform/storage/sqlite.ts';

/** What cannot be fetched again. Money is integer cents, numbers are TEXT. */
export const journal: Migration = {
  version: 1,
  sql: `
    CREATE TABLE cart (
      number TEXT PRIMARY KEY,
      setup INTEGER NOT NULL,
      monthly INTEGER NOT NULL,
      billing_methods TEXT NOT NULL,
      billing TEXT NOT NULL,
      rate_center TEXT NOT NULL,
      state TEXT NOT NULL,
      gone INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE purchase_order (
      id INTEGER PRIMARY KEY,
      created_at INTEGER NOT NULL,
      phase TEXT NOT NULL CHECK (phase IN ('running', 'paused', 'stopping', 'done')),
      waiting TEXT NOT NULL,
      primary_name TEXT NOT NULL,
      failover_name TEXT NOT NULL
    ) STRICT;
    CREATE TABLE order_item (
      order_id INTEGER NOT NULL REFERENCES purchase_order (id),
      number TEXT NOT NULL,
      setup INTEGER NOT NULL,
      monthly INTEGER NOT NULL,
      billing TEXT NOT NULL,
      rate_center TEXT NOT NULL,
      state TEXT NOT NULL,
      status TEXT NOT NULL CHECK (status IN ('planned', 'sending', 'bought', 'refused', 'unknown')),
      reason TEXT NOT NULL,
      sent INTEGER NOT NULL,
      routes TEXT NOT NULL CHECK (routes IN ('none', 'planned', 'set', 'failed')),
      PRIMARY KEY (order_id, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE learned (
      number TEXT PRIMARY KEY,
      setup INTEGER NOT NULL,
      monthly INTEGER NOT NULL,
      rate_center TEXT NOT NULL,
      state TEXT NOT NULL,
      bought_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE activity (
      id INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      kind TEXT NOT NULL,
      text TEXT NOT NULL,
      outcome TEXT NOT NULL,
      numbers TEXT NOT NULL,
      count INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE search (
      text TEXT PRIMARY KEY,
      saved INTEGER NOT NULL,
      used_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE stock (
      name TEXT PRIMARY KEY,
      at INTEGER NOT NULL,
      codes TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER activity_is_kept BEFORE UPDATE ON activity BEGIN SELECT raise(ABORT, 'activity is append-only'); END;
    CREATE TRIGGER activity_stays BEFORE DELETE ON activity BEGIN SELECT raise(ABORT, 'activity is append-only'); END;
  `,
};
