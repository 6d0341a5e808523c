import type { Migration } from '../../platform/storage/sqlite.ts';

/** The carrier's routes as they were last listed, and plans: what will be, was or was not changed, number by number. */
export const routing: Migration = {
  version: 2,
  sql: `
    CREATE TABLE route (
      name TEXT PRIMARY KEY,
      type TEXT NOT NULL,
      value TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE plan (
      id INTEGER PRIMARY KEY,
      created_at INTEGER NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('assign', 'import', 'undo', 'again')),
      title TEXT NOT NULL,
      phase TEXT NOT NULL CHECK (phase IN ('draft', 'running', 'paused', 'stopping', 'done')),
      waiting TEXT NOT NULL,
      checked_at INTEGER,
      already_right INTEGER NOT NULL
    ) STRICT;
    -- keep: 1 keeps the primary the carrier has, 2 the failover.
    CREATE TABLE plan_item (
      plan_id INTEGER NOT NULL REFERENCES plan (id) ON DELETE CASCADE,
      number TEXT NOT NULL,
      keep INTEGER NOT NULL,
      before_primary TEXT NOT NULL,
      before_failover TEXT NOT NULL,
      to_primary TEXT NOT NULL,
      to_failover TEXT NOT NULL,
      flagged INTEGER NOT NULL,
      status TEXT NOT NULL
        CHECK (status IN ('planned', 'sending', 'unknown', 'done', 'same', 'changed', 'failed', 'left')),
      reason TEXT NOT NULL,
      sent INTEGER NOT NULL,
      PRIMARY KEY (plan_id, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE plan_problem (
      plan_id INTEGER NOT NULL REFERENCES plan (id) ON DELETE CASCADE,
      line INTEGER NOT NULL,
      number TEXT NOT NULL,
      text TEXT NOT NULL
    ) STRICT;
    CREATE INDEX plan_problem_plan ON plan_problem (plan_id, line);
  `,
};
