import type { JobRecord, JobTables } from '../journal/job-record.ts';
import type { Database } from '../platform/storage/sqlite.ts';

/** Where plans are. */
export const planTables: JobTables = { job: 'plan', item: 'plan_item', key: 'plan_id' };

const open = "plan_id IN (SELECT id FROM plan WHERE phase NOT IN ('done', 'draft'))";
const countOf = (database: Database, sql: string) =>
  (database.prepare(`SELECT count(*) AS count FROM ${sql}`).get() as { count: number }).count;

/** What backups and the mending of a damaged record make of changes of routes. */
export const planRecord: JobRecord = {
  ...planTables,
  subject: 'plan',
  parts: ['plan_problem', 'plan_row', 'plan_file'],
  link: 'of_id',
  same: (ours, theirs) => `${ours}.created_at = ${theirs}.created_at AND ${ours}.kind = ${theirs}.kind`,
  odd: ['SELECT 1 FROM plan_problem WHERE NOT json_valid(detail)'],
  unsettled: ["SELECT 1 FROM plan WHERE phase NOT IN ('done', 'draft')"],

  /**
   * Changes end where they were: what was not sent can be planned anew, compared with the carrier and reviewed. What may have
   * been sent stays unknown, and an undo looks at it. Drafts have to be compared with the carrier again.
   */
  putToRest(database) {
    const untouched = "status = 'planned' AND sent = 0";
    const rest = {
      jobs: countOf(database, "plan WHERE phase NOT IN ('done', 'draft')"),
      unsent: countOf(database, `plan_item WHERE ${open} AND already = 0 AND ${untouched}`),
      unclear: countOf(
        database,
        `plan_item WHERE ${open} AND status IN ('planned', 'sending', 'unknown') AND already = 0 AND NOT (${untouched})`,
      ),
    };
    database.exec(`
      UPDATE plan_item SET status = CASE WHEN ${untouched} THEN 'left' ELSE 'unknown' END
        WHERE status IN ('planned', 'sending') AND ${open};
      UPDATE plan SET phase = 'done', stopped = 1, waiting_detail = 'null', waiting = CASE
          (SELECT count(*) FROM plan_item WHERE plan_id = plan.id AND status = 'unknown')
          WHEN 0 THEN 'backup-left' ELSE 'backup-unknown' END
        WHERE phase NOT IN ('done', 'draft');
      UPDATE plan SET checked_at = NULL, waiting = 'backup-draft', waiting_detail = 'null'
        WHERE phase = 'draft';
    `);
    return rest;
  },

  /** It may have been a draft that nobody had agreed to, or one that was stopped: nothing of it is sent any more. */
  adopt(database, at) {
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
    database
      .prepare(
        `UPDATE plan_item SET status = CASE WHEN status = 'planned' AND sent = 0 THEN 'left' ELSE 'unknown' END
         WHERE status IN ('planned', 'sending') AND plan_id IN (SELECT value FROM json_each(?))`,
      )
      .run(JSON.stringify(lost.map(({ id }) => id)));
    database.exec(
      'UPDATE plan SET of_id = NULL WHERE of_id IS NOT NULL AND of_id NOT IN (SELECT id FROM plan)',
    );
  },

  mend(database) {
    // Every number of a plan is read before it is set. It counts as sent, so that an undo takes it for a change of this plan if its
    // routes are right by then. A side that is kept has no target before it is sent: such an item is only read.
    database.exec(
      `UPDATE plan_item SET sent = max(sent, 1) WHERE status = 'planned' AND already = 0 AND keep = 0 AND ${open}`,
    );
    // A draft that is not compared yet cannot be applied: this one may have been, and its numbers show that.
    database.exec("UPDATE plan SET checked_at = NULL WHERE phase = 'draft'");
  },
};
