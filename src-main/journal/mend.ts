import { rewriteActivity } from '../activity/rewrite.ts';
import { subjectKinds } from '../contract/activity-entry.ts';
import type { Domain } from '../platform/storage/recovery.ts';
import type { Value } from '../platform/storage/records.ts';
import type { Database } from '../platform/storage/sqlite.ts';

const latest = 8_640_000_000_000_000;

/** What makes a row of the journal one: what the schema cannot say. */
function isSound(_table: string, row: Readonly<Record<string, Value>>): boolean {
  return Object.entries(row).every(([column, value]) => {
    if (value === null) return true;
    if (column === 'number' && typeof value === 'string') return /^\d*$/.test(value);
    if (column === 'at' || column.endsWith('_at')) return Number(value) >= 0 && Number(value) <= latest;
    if (column === 'about_kind') return subjectKinds.some((kind) => kind === value);
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

const parents = [
  { parent: 'purchase_order', subject: 'order', children: { order_item: 'order_id' } },
  {
    ...{ parent: 'plan', subject: 'plan' },
    children: {
      ...{ plan_item: 'plan_id', plan_problem: 'plan_id', plan_row: 'plan_id', plan_file: 'plan_id' },
      plan: 'of_id',
    },
  },
];

/**
 * The same order or plan has one id on both sides, and no two share an ordinal. Ids differ where a backup of an older version
 * got random ones of its own just now; ordinals meet where a draft was forgotten and its ordinal given again.
 */
function align(database: Database): void {
  const hasSubjects = hasColumn(database, 'activity', 'about_id');
  for (const { parent, subject, children } of parents) {
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
      for (const [child, column] of Object.entries(children))
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
 * What was open waits for the person. Items whose order or plan is lost get one that waits.
 */
function mend(database: Database, at: number): void {
  adopt(database, at);
  database
    .prepare(
      `UPDATE order_item SET doubt = max(doubt, 1), sent = max(sent, 1)
       WHERE status IN ('planned', 'sending', 'unknown')
         AND order_id IN (SELECT id FROM purchase_order WHERE phase <> 'done')`,
    )
    .run();
  // One that was being stopped sends nothing any more.
  database.exec(
    `UPDATE purchase_order SET stopped = CASE phase WHEN 'stopping' THEN 1 ELSE stopped END, phase = 'paused',
       waiting = 'mended', waiting_detail = 'null'
     WHERE phase <> 'done' AND waiting <> 'lost-order'`,
  );
  // What is in the cart may have been bought since, by an order that is not known any more.
  database.exec('UPDATE cart SET doubt = 1');
  // Every number of a plan is read before it is set. It counts as sent, so that an undo takes it for a change of this plan if its
  // routes are right by then.
  // A side that is kept has no target before it is sent: such an item is only read.
  database.exec(
    `UPDATE plan_item SET sent = max(sent, 1) WHERE status = 'planned' AND already = 0 AND keep = 0
       AND plan_id IN (SELECT id FROM plan WHERE phase NOT IN ('done', 'draft'))`,
  );
  // A draft that is not compared yet cannot be applied: this one may have been, and its numbers show that.
  database.exec("UPDATE plan SET checked_at = NULL WHERE phase = 'draft'");
  database.exec(
    `UPDATE plan SET stopped = CASE phase WHEN 'stopping' THEN 1 ELSE stopped END, phase = 'paused',
       waiting = 'mended', waiting_detail = 'null'
     WHERE phase NOT IN ('done', 'draft')`,
  );
}

function adopt(database: Database, at: number): void {
  // An order without its own entry may have been stopped, and its routes are not known: nothing of it is sent any more.
  database
    .prepare(
      `INSERT INTO purchase_order (id, created_at, phase, waiting, primary_name, failover_name, stopped, ordinal)
       SELECT order_id, ?, 'paused', 'lost-order', '', '', 1,
         (SELECT coalesce(max(ordinal), 0) FROM purchase_order) + row_number() OVER (ORDER BY order_id)
       FROM (SELECT DISTINCT order_id FROM order_item WHERE order_id NOT IN (SELECT id FROM purchase_order))`,
    )
    .run(at);
  database.exec(
    `UPDATE order_item SET routes = 'failed' WHERE routes = 'planned'
       AND order_id IN (SELECT id FROM purchase_order WHERE waiting = 'lost-order')`,
  );
  const lost = database
    .prepare(
      `INSERT INTO plan (id, created_at, kind, title, phase, waiting, checked_at, already_right, stopped, ordinal)
       SELECT plan_id, ?, 'assign', '', 'done', '', NULL, 0, 1,
         (SELECT coalesce(max(ordinal), 0) FROM plan) + row_number() OVER (ORDER BY plan_id)
       FROM (SELECT plan_id FROM plan_item UNION SELECT plan_id FROM plan_problem UNION SELECT plan_id FROM plan_row
         UNION SELECT plan_id FROM plan_file)
       WHERE plan_id NOT IN (SELECT id FROM plan) RETURNING id`,
    )
    .all(at) as { id: number }[];
  // It may have been a draft that nobody had agreed to, or one that was stopped.
  database
    .prepare(
      `UPDATE plan_item SET status = CASE WHEN status = 'planned' AND sent = 0 THEN 'left' ELSE 'unknown' END
       WHERE status IN ('planned', 'sending') AND plan_id IN (SELECT value FROM json_each(?))`,
    )
    .run(JSON.stringify(lost.map(({ id }) => id)));
  database.exec(
    'UPDATE plan SET of_id = NULL WHERE of_id IS NOT NULL AND of_id NOT IN (SELECT id FROM plan)',
  );
  database
    .prepare(
      `INSERT INTO activity (id, at, kind, text, outcome, numbers, count)
       SELECT DISTINCT activity_id, ?, 'failure', '', 'info', '[]', 0
       FROM activity_part WHERE activity_id NOT IN (SELECT id FROM activity)`,
    )
    .run(at);
}

export const journalDomain: Domain = { isSound, align, mend };
