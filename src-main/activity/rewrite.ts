import type { Database } from '../platform/storage/sqlite.ts';

/**
 * Does work that changes entries which are there already, inside a transaction. The record is append-only by triggers, which are
 * taken away meanwhile and come back as they were.
 */
export function rewriteActivity(database: Database, work: () => void): void {
  const triggers = database
    .prepare(
      `SELECT name, sql FROM main.sqlite_master
       WHERE type = 'trigger' AND tbl_name IN ('activity', 'activity_part')`,
    )
    .all() as { name: string; sql: string }[];
  for (const { name } of triggers) database.exec(`DROP TRIGGER main.${name}`);
  work();
  for (const { sql } of triggers) database.exec(sql);
}
