import { subjectKinds } from '../contract/activity-entry.ts';
import { failure } from '../contract/errors.ts';
import { journalMigrations } from '../journal/parts.ts';
import { abandon, isDamage, openStrictly, transaction, type Database } from '../platform/storage/sqlite.ts';

/** What the unfinished orders and changes of a backup become: see `putToRest`. */
export type Unfinished = {
  /** Orders that had not ended, the numbers of those that were not stopped that go into the cart, and those that are looked up. */
  readonly orders: number;
  readonly unsent: number;
  readonly unclear: number;
  /** Changes of routes that had not ended; drafts are compared again instead. */
  readonly plans: number;
};

const triggers = ['activity_is_kept', 'activity_stays', 'activity_part_is_kept', 'activity_part_stays'];

/** Forms that the app relies on and the schema does not hold: a count of rows that are not so. */
const number = (column: string) => `length(${column}) <> 11 OR ${column} GLOB '*[^0-9]*'`;
const oddRows = [
  ...['tag', 'cart', 'learned', 'order_item', 'plan_item'].map(
    (table) => `SELECT 1 FROM ${table} WHERE ${number('number')}`,
  ),
  "SELECT 1 FROM activity WHERE NOT json_valid(numbers) OR json_type(numbers) <> 'array'",
  `SELECT 1 FROM activity WHERE (about_kind IS NULL) <> (about_id IS NULL) OR about_id NOT BETWEEN 1 AND 9007199254740991
     OR about_kind NOT IN (${subjectKinds.map((kind) => `'${kind}'`).join()})`,
  "SELECT 1 FROM activity_part WHERE NOT json_valid(numbers) OR json_type(numbers) <> 'array'",
  "SELECT 1 FROM cart WHERE NOT json_valid(billing_methods) OR json_type(billing_methods) <> 'array'",
  ...[
    ['purchase_order', 'waiting'],
    ['plan', 'waiting'],
    ['order_item', 'reason'],
    ['plan_item', 'reason'],
  ].map(([table, column]) => `SELECT 1 FROM ${table} WHERE NOT json_valid(${column}_detail)`),
  "SELECT 1 FROM stock WHERE NOT json_valid(codes) OR json_type(codes) <> 'array'",
  'SELECT 1 FROM plan_problem WHERE NOT json_valid(detail)',
  'SELECT 1 FROM tag WHERE length(tag) > 32',
  'SELECT 1 FROM purchase_order WHERE id NOT BETWEEN 1 AND 9007199254740991 OR ordinal NOT BETWEEN 1 AND 1000000000',
  'SELECT 1 FROM plan WHERE id NOT BETWEEN 1 AND 9007199254740991 OR ordinal NOT BETWEEN 1 AND 1000000000',
].map((sql) => `SELECT EXISTS (${sql}) AS odd`);

/**
 * Opens a journal of a backup and brings it up to today's schema. It is held against that schema to the letter, and its rows
 * against what the app relies on: a file from elsewhere is not believed. Rejects with `invalid-input`, or `storage-newer`.
 */
export function openBackedUp(file: string): Database {
  let database: Database | null = null;
  try {
    database = openStrictly(file, journalMigrations, refuseStrange);
    const fresh = openStrictly(':memory:', journalMigrations);
    const same = schemaOf(database) === schemaOf(fresh);
    abandon(fresh);
    if (!same) throw foreign();
    const { integrity_check: sound } = database.prepare('PRAGMA integrity_check(1)').get() as {
      integrity_check: string;
    };
    const dangling = database.prepare('PRAGMA foreign_key_check').get();
    if (sound !== 'ok' || dangling !== undefined) throw foreign();
    for (const sql of oddRows)
      if ((database.prepare(sql).get() as { odd: number }).odd === 1) throw foreign();
    return database;
  } catch (thrown) {
    if (database) abandon(database);
    throw isDamage(thrown) ? foreign() : thrown;
  }
}

/** Before its steps to today's schema run: nothing in it may run with them. */
function refuseStrange(database: Database): void {
  const { count } = database
    .prepare(
      `SELECT count(*) AS count FROM sqlite_master WHERE type = 'view' OR sql LIKE 'CREATE VIRTUAL%'
         OR (type = 'trigger' AND name NOT IN (SELECT value FROM json_each(?)))`,
    )
    .get(JSON.stringify(triggers)) as { count: number };
  if (count > 0) throw foreign();
}

function schemaOf(database: Database): string {
  const rows = database
    .prepare(
      "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name",
    )
    .all();
  return JSON.stringify(rows);
}

function foreign(): Error {
  return failure(
    'invalid-input',
    'The backup holds records that are damaged or not of Numberdesk.',
    'Choose another backup. Nothing was changed.',
  );
}

/**
 * Another computer may have gone on with what was unfinished when the backup was made, so that nothing of it goes on here:
 *
 * - Numbers of an order that were not asked for go into the cart, where a fresh review asks the carrier. The order has ended
 *   for them; that they may have been bought since is kept as a doubt, so that a later order looks them up before it sends.
 * - Numbers of the cart may have been bought since, too: they keep a doubt as well.
 * - What an order that was being stopped had not sent is left, and does not go into the cart.
 * - Numbers that may have been asked for stay unknown in a stopped order, which looks them up and sends nothing, no routes either.
 * - Changes of routes end where they were: what was not sent can be planned anew, compared with the carrier and reviewed. What
 *   may have been sent stays unknown, and an undo looks at it.
 * - Drafts have to be compared with the carrier again.
 */
export function putToRest(database: Database): Unfinished {
  const count = (sql: string) => (database.prepare(sql).get() as { count: number }).count;
  const open = "order_id IN (SELECT id FROM purchase_order WHERE phase <> 'done')";
  const wanted = "order_id IN (SELECT id FROM purchase_order WHERE phase <> 'done' AND stopped = 0)";
  return transaction(database, () => {
    const unfinished = {
      orders: count("SELECT count(*) AS count FROM purchase_order WHERE phase <> 'done'"),
      unsent: count(
        `SELECT count(*) AS count FROM order_item WHERE ${wanted} AND status = 'planned' AND doubt = 0`,
      ),
      unclear: count(
        `SELECT count(*) AS count FROM order_item
         WHERE ${open} AND (status IN ('sending', 'unknown') OR (status = 'planned' AND doubt > 0))`,
      ),
      plans: count("SELECT count(*) AS count FROM plan WHERE phase NOT IN ('done', 'draft')"),
    };
    database.exec(`
      INSERT OR IGNORE INTO cart (number, setup, monthly, billing_methods, billing, rate_center, state, gone)
        SELECT number, setup, monthly, json_array(billing), billing, rate_center, state, NULL FROM order_item
        WHERE ${wanted} AND status = 'planned' AND doubt = 0;
      UPDATE cart SET doubt = 1;
      UPDATE order_item SET status = 'refused', doubt = 1, reason = 'backup', reason_detail = 'null'
        WHERE ${wanted} AND status = 'planned' AND doubt = 0;
      UPDATE order_item SET status = 'refused', reason = 'stopped', reason_detail = 'null'
        WHERE ${open} AND status = 'planned' AND doubt = 0;
      UPDATE order_item SET status = 'unknown', doubt = max(doubt, 1)
        WHERE ${open} AND status IN ('planned', 'sending', 'unknown');
      UPDATE order_item SET routes = 'failed', reason = 'routes-backup', reason_detail = 'null'
        WHERE ${open} AND status = 'bought' AND routes = 'planned';
      UPDATE order_item SET routes = 'failed' WHERE ${open} AND status = 'unknown' AND routes = 'planned';
      UPDATE purchase_order SET stopped = 1, phase = 'paused', raised = NULL,
          waiting = 'backup-unclear', waiting_detail = 'null'
        WHERE phase <> 'done' AND id IN (SELECT order_id FROM order_item WHERE status = 'unknown');
      UPDATE purchase_order SET phase = 'done', raised = NULL, waiting_detail = 'null',
          waiting = CASE stopped WHEN 1 THEN '' ELSE 'backup-cart' END, stopped = 1
        WHERE phase <> 'done' AND id NOT IN (SELECT order_id FROM order_item WHERE status = 'unknown');

      UPDATE plan_item SET status = CASE WHEN status = 'planned' AND sent = 0 THEN 'left' ELSE 'unknown' END
        WHERE status IN ('planned', 'sending')
          AND plan_id IN (SELECT id FROM plan WHERE phase NOT IN ('done', 'draft'));
      UPDATE plan SET phase = 'done', stopped = 1, waiting_detail = 'null', waiting = CASE
          (SELECT count(*) FROM plan_item WHERE plan_id = plan.id AND status = 'unknown')
          WHEN 0 THEN 'backup-left' ELSE 'backup-unknown' END
        WHERE phase NOT IN ('done', 'draft');
      UPDATE plan SET checked_at = NULL, waiting = 'backup-draft', waiting_detail = 'null'
        WHERE phase = 'draft';
    `);
    return unfinished;
  });
}
