import { rewriteActivity } from '../activity/rewrite.ts';
import type { Domain } from '../platform/storage/recovery.ts';
import type { Value } from '../platform/storage/records.ts';
import type { Database } from '../platform/storage/sqlite.ts';
import { jobRecords } from './parts.ts';

const latest = 8_640_000_000_000_000;

/** What makes a row of the journal one: what the schema cannot say. */
function isSound(_table: string, row: Readonly<Record<string, Value>>): boolean {
  return Object.entries(row).every(([column, value]) => {
    if (value === null) return true;
    if (column === 'number' && typeof value === 'string') return /^\d*$/.test(value);
    if (column === 'at' || column.endsWith('_at')) return Number(value) >= 0 && Number(value) <= latest;
    if (column === 'about_kind') return jobRecords.some(({ subject }) => subject === value);
    if (['numbers', 'codes', 'billing_methods'].includes(column)) return holds(value, Array.isArray);
    if (column === 'detail' || column.endsWith('_detail')) return holds(value, () => true);
    return true;
  });
}

/** True for JSON of something of this kind. */
function holds(value: Value, isOfKind: (parsed: unknown) => boolean): boolean {
  try {
    return isOfKind(JSON.parse(String(value)));
  } catch {
    return false;
  }
}

/**
 * The same job has one id on both sides, and no two share an ordinal. Ids differ where a backup of an older version
 * got random ones of its own just now; ordinals meet where a draft was forgotten and its ordinal given again.
 */
function align(database: Database): void {
  const hasSubjects = hasColumn(database, 'activity', 'about_id');
  for (const { job: parent, subject, item, key, parts, link } of jobRecords) {
    const children = [item, ...parts].map((part) => [part, key]);
    if (link) children.push([parent, link]);
    if (!hasColumn(database, parent, 'ordinal')) continue;
    const pairs = database
      .prepare(
        `SELECT old.id AS old, new.id AS new FROM main.${parent} AS old
         JOIN salvaged.${parent} AS new ON new.ordinal = old.ordinal AND new.created_at = old.created_at
         WHERE new.id <> old.id`,
      )
      .all() as { old: number; new: number }[];
    for (const { old, new: id } of pairs) {
      database.prepare(`UPDATE main.${parent} SET id = ? WHERE id = ?`).run(id, old);
      for (const [child, column] of children)
        database.prepare(`UPDATE main.${child} SET ${column} = ? WHERE ${column} = ?`).run(id, old);
    }
    if (hasSubjects && pairs.length > 0) {
      const move = database.prepare(
        'UPDATE main.activity SET about_id = ? WHERE about_kind = ? AND about_id = ?',
      );
      rewriteActivity(database, () => {
        for (const { old, new: id } of pairs) move.run(id, subject, old);
      });
    }
    const highest = database
      .prepare(
        `SELECT max((SELECT coalesce(max(ordinal), 0) FROM main.${parent}),
           (SELECT coalesce(max(ordinal), 0) FROM salvaged.${parent})) AS ordinal`,
      )
      .get() as { ordinal: number };
    const taken = database
      .prepare(
        `SELECT id FROM main.${parent} AS old WHERE EXISTS (SELECT 1 FROM salvaged.${parent} AS new
           WHERE new.ordinal = old.ordinal AND new.id <> old.id) ORDER BY ordinal`,
      )
      .all() as { id: number }[];
    taken.forEach(({ id }, at) => {
      database
        .prepare(`UPDATE main.${parent} SET ordinal = ? WHERE id = ?`)
        .run(highest.ordinal + at + 1, id);
    });
  }
}

function hasColumn(database: Database, table: string, column: string): boolean {
  const sql = 'SELECT 1 FROM pragma_table_xinfo(?) WHERE name = ?';
  return database.prepare(sql).get(table, column) !== undefined;
}

/**
 * Items that may have been sent after they were written down last count as that: they are looked up before anything is sent.
 * What was open waits for the person. Items whose job is lost get one that sends nothing, parts of the activity an entry.
 */
function mend(database: Database, at: number): void {
  for (const record of jobRecords) {
    // One that was being stopped sends nothing any more.
    database.exec(
      `UPDATE ${record.job} SET stopped = CASE phase WHEN 'stopping' THEN 1 ELSE stopped END, phase = 'paused',
         waiting = 'mended', waiting_detail = 'null'
       WHERE phase NOT IN ('done', 'draft')`,
    );
    record.adopt(database, at);
    record.mend(database);
  }
  database
    .prepare(
      `INSERT INTO activity (id, at, kind, text, outcome, numbers, count)
       SELECT DISTINCT activity_id, ?, 'failure', '', 'info', '[]', 0
       FROM activity_part WHERE activity_id NOT IN (SELECT id FROM activity)`,
    )
    .run(at);
}

export const journalDomain: Domain = { isSound, align, mend };
