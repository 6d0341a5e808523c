import type { Database } from '../platform/storage/sqlite.ts';
import { AsideStore } from './aside-store.ts';
import type { NumberIndex } from './index/number-index.ts';
import { rowsAtOnce, upsertRows } from './stored-rows.ts';
import { PassStore } from './sync/pass-store.ts';

/** What the list needs of its tables. Throws where one is not there, or not as the migrations made it. */
export function listTables(database: Database, index: NumberIndex) {
  return {
    passes: new PassStore(database),
    beside: new AsideStore(database, index),
    upsert: database.prepare(upsertRows(1)),
    upsertMany: database.prepare(upsertRows(rowsAtOnce)),
  };
}
