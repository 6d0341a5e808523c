import type { Database } from '../platform/storage/sqlite.ts';
import { AsideStore } from './aside-store.ts';
import type { NumberIndex } from './index/number-index.ts';
import { PassStore } from './sync/pass-store.ts';

/** What the list needs of its tables. Throws where one is not there, or not as the migrations made it. */
export function listTables(database: Database, index: NumberIndex) {
  return {
    passes: new PassStore(database),
    beside: new AsideStore(database, index),
    upsert: database.prepare(
      `INSERT INTO number VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)
       ON CONFLICT (number) DO UPDATE SET
         primary_name = excluded.primary_name, primary_type = excluded.primary_type,
         failover_name = excluded.failover_name, failover_type = excluded.failover_type,
         billing = excluded.billing, seen_at = excluded.seen_at, seen_pass = excluded.seen_pass`,
    ),
  };
}
