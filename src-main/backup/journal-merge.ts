import { rewriteActivity } from '../activity/rewrite.ts';
import type { Overlap, Overlaps } from '../contract/backup.ts';
import { transaction, type Database } from '../platform/storage/sqlite.ts';

type Pairs = ReadonlyMap<number, number>;
type Entry = {
  readonly id: number;
  readonly at: number;
  readonly kind: string;
  readonly text: string;
  readonly outcome: string;
  readonly count: number;
  readonly aboutKind: 'order' | 'plan' | null;
  readonly aboutId: number | null;
};

/** Attaches the backup as `theirs` for the time of `work`. */
function beside<T>(ours: Database, theirs: string, work: () => T): T {
  ours.prepare('ATTACH DATABASE ? AS theirs').run(theirs);
  try {
    return work();
  } finally {
    ours.exec('DETACH DATABASE theirs');
  }
}

/** Counts what a backup and the journal of an account have in common. Nothing is changed. */
export function compareJournals(ours: Database, theirs: string): Overlaps {
  return beside(ours, theirs, () => {
    const count = (sql: string) => (ours.prepare(sql).get() as { count: number }).count;
    const overlap = (table: string, both: number): Overlap => ({
      here: count(`SELECT count(*) AS count FROM main.${table}`),
      there: count(`SELECT count(*) AS count FROM theirs.${table}`),
      both,
    });
    const shared = (table: string, ...keys: string[]) =>
      overlap(
        table,
        count(`SELECT count(*) AS count FROM main.${table} JOIN theirs.${table} USING (${keys.join()})`),
      );
    const [orders, plans] = [sameOrders(ours), samePlans(ours)];
    const known = new Set(entries(ours, 'main').map(signature));
    const coming = entries(ours, 'theirs').map((entry) => asHere(entry, orders, plans));
    const activity = coming.filter((entry) => known.has(signature(entry))).length;
    return {
      orders: overlap('purchase_order', orders.size),
      changes: overlap('plan', plans.size),
      tags: shared('tag', 'number', 'tag'),
      costs: shared('learned', 'number'),
      activity: overlap('activity', activity),
      cart: shared('cart', 'number'),
      searches: shared('search', 'text'),
    };
  });
}

/**
 * Adds to a journal what a backup of the same account has besides. What both have stays as it is here, but for what another
 * computer may have bought or asked for: that is looked up here before anything is sent. Orders and changes that come new keep
 * their number when it is free and get the next one otherwise. The record of activity keeps their ids.
 */
export function mergeJournal(ours: Database, theirs: string): void {
  beside(ours, theirs, () => {
    transaction(ours, () => {
      ours.exec('PRAGMA defer_foreign_keys = ON');
      const orders = sameOrders(ours);
      const plans = samePlans(ours);
      noteDoubts(ours, orders);
      mergeCart(ours, orders);
      addNumbered(ours, 'purchase_order', orders, [['order_item', 'order_id']], {});
      addNumbered(
        ours,
        'plan',
        plans,
        ['plan_item', 'plan_problem', 'plan_row', 'plan_file'].map((table) => [table, 'plan_id'] as const),
        { of_id: (id) => plans.get(id) ?? id },
      );
      mergeActivity(ours, orders, plans);
      ours.exec(`
        INSERT OR IGNORE INTO main.tag SELECT * FROM theirs.tag;
        INSERT INTO main.learned SELECT * FROM theirs.learned WHERE true
          ON CONFLICT (number) DO UPDATE SET setup = excluded.setup, monthly = excluded.monthly,
            rate_center = excluded.rate_center, state = excluded.state, bought_at = excluded.bought_at
          WHERE excluded.bought_at > learned.bought_at;
        INSERT INTO main.search SELECT * FROM theirs.search WHERE true
          ON CONFLICT (text) DO UPDATE SET saved = max(saved, excluded.saved), used_at = max(used_at, excluded.used_at);
        INSERT OR IGNORE INTO main.stock SELECT * FROM theirs.stock;
        INSERT OR IGNORE INTO main.import_mapping SELECT * FROM theirs.import_mapping;
        INSERT INTO main.route SELECT * FROM theirs.route WHERE NOT EXISTS (SELECT 1 FROM main.route);
      `);
    });
  });
}

/**
 * Ids of the backup's orders that are here too, with their ids here. A journal of before ids were random gets them anew each
 * time it is brought up to date: such an order is known by the moment it was made and by how many numbers it has.
 */
function sameOrders(database: Database): Pairs {
  const size = (of: string) =>
    `(SELECT count(*) FROM ${of}.order_item AS item WHERE item.order_id = ${of}_order.id)`;
  return pairs(
    database,
    `SELECT theirs_order.id AS theirs, main_order.id AS ours
     FROM theirs.purchase_order AS theirs_order JOIN main.purchase_order AS main_order
       ON main_order.id = theirs_order.id
         OR (main_order.created_at = theirs_order.created_at AND ${size('main')} = ${size('theirs')})`,
  );
}

/** The same of changes of routes: by the moment and the kind. */
function samePlans(database: Database): Pairs {
  return pairs(
    database,
    `SELECT theirs_plan.id AS theirs, main_plan.id AS ours
     FROM theirs.plan AS theirs_plan JOIN main.plan AS main_plan ON main_plan.id = theirs_plan.id
       OR (main_plan.created_at = theirs_plan.created_at AND main_plan.kind = theirs_plan.kind)`,
  );
}

function pairs(database: Database, sql: string): Pairs {
  const rows = database.prepare(sql).all() as { theirs: number; ours: number }[];
  return new Map(rows.map(({ theirs, ours }) => [theirs, ours]));
}

/** A number of a shared order that was asked for elsewhere, and not here, may have been bought: it is looked up first. */
function noteDoubts(database: Database, orders: Pairs): void {
  const note = database.prepare(
    `UPDATE main.order_item SET doubt = max(doubt, 1),
       status = CASE status WHEN 'planned' THEN 'unknown' ELSE status END
     WHERE order_id = ?1 AND status IN ('planned', 'refused') AND doubt = 0 AND number IN (
       SELECT number FROM theirs.order_item WHERE order_id = ?2 AND reason <> 'backup'
         AND (status IN ('bought', 'unknown') OR doubt > 0))`,
  );
  for (const [theirs, ours] of orders) note.run(ours, theirs);
}

/**
 * Before orders come: what is in an order of this computer, or was bought, is not put into the cart. What both carts have may have
 * been bought on the other computer since.
 */
function mergeCart(database: Database, orders: Pairs): void {
  database
    .prepare(
      `INSERT OR IGNORE INTO main.cart SELECT * FROM theirs.cart
       WHERE number NOT IN (SELECT number FROM main.learned)
         AND number NOT IN (SELECT number FROM main.order_item WHERE order_id IN (SELECT value FROM json_each(?)))`,
    )
    .run(JSON.stringify([...orders.values()]));
  database.exec('UPDATE main.cart SET doubt = 1 WHERE number IN (SELECT number FROM theirs.cart)');
}

/** Adds the rows that are not here, with their parts, under ordinals that are free here. */
function addNumbered(
  database: Database,
  table: 'purchase_order' | 'plan',
  known: Pairs,
  parts: readonly (readonly [table: string, key: string])[],
  change: Readonly<Record<string, (value: number) => number>>,
): void {
  const taken = new Set(ordinals(database, 'main', table).map(({ ordinal }) => ordinal));
  const added: number[] = [];
  const columns = columnsOf(database, table);
  const read = database.prepare(`SELECT * FROM theirs.${table} WHERE id = ?`);
  const insert = database.prepare(
    `INSERT INTO main.${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`,
  );
  for (const { id, ordinal } of ordinals(database, 'theirs', table)) {
    if (known.has(id)) continue;
    const free = taken.has(ordinal) ? Math.max(...taken) + 1 : ordinal;
    taken.add(free);
    added.push(id);
    const row = read.get(id) as Record<string, string | number | null>;
    const value = (name: string) => {
      const stored = row[name] ?? null;
      if (name === 'ordinal') return free;
      return typeof stored === 'number' && change[name] ? change[name](stored) : stored;
    };
    insert.run(...columns.map(value));
  }
  const list = JSON.stringify(added);
  for (const [part, key] of parts) {
    const names = columnsOf(database, part).join();
    database
      .prepare(
        `INSERT INTO main.${part} (${names}) SELECT ${names} FROM theirs.${part}
         WHERE ${key} IN (SELECT value FROM json_each(?))`,
      )
      .run(list);
  }
}

function ordinals(database: Database, schema: string, table: string): { id: number; ordinal: number }[] {
  return database.prepare(`SELECT id, ordinal FROM ${schema}.${table} ORDER BY ordinal`).all() as {
    id: number;
    ordinal: number;
  }[];
}

function columnsOf(database: Database, table: string): string[] {
  const rows = database.prepare('SELECT name FROM pragma_table_info(?)').all(table) as { name: string }[];
  return rows.map(({ name }) => name);
}

/** Entries of both in the order of their time. Those that come say what they are about by its id here. */
function mergeActivity(database: Database, orders: Pairs, plans: Pairs): void {
  const ours = entries(database, 'main');
  const known = new Set(ours.map(signature));
  const news = entries(database, 'theirs')
    .map((entry) => asHere(entry, orders, plans))
    .filter((entry) => !known.has(signature(entry)));
  if (news.length === 0) return;
  const copyFrom = (table: string, parts: string) => ({
    entry: database.prepare(
      `INSERT INTO main.activity (id, at, kind, text, outcome, numbers, count, about_kind, about_id)
       SELECT ?1, at, kind, text, outcome, numbers, count, about_kind, ?2 FROM ${table} WHERE id = ?3`,
    ),
    parts: database.prepare(
      `INSERT INTO main.activity_part SELECT ?1, part, numbers FROM ${parts} WHERE activity_id = ?2`,
    ),
  });
  rewriteActivity(database, () => {
    database.exec(`
      CREATE TEMP TABLE entry AS SELECT * FROM main.activity;
      CREATE TEMP TABLE part AS SELECT * FROM main.activity_part;
      DELETE FROM main.activity_part;
      DELETE FROM main.activity;
    `);
    const [here, there] = [
      copyFrom('temp.entry', 'temp.part'),
      copyFrom('theirs.activity', 'theirs.activity_part'),
    ];
    [...ours.map((entry) => ({ entry, copy: here })), ...news.map((entry) => ({ entry, copy: there }))]
      .sort((a, b) => a.entry.at - b.entry.at)
      .forEach(({ entry, copy }, index) => {
        copy.entry.run(index + 1, entry.aboutId, entry.id);
        copy.parts.run(index + 1, entry.id);
      });
    database.exec('DROP TABLE temp.entry; DROP TABLE temp.part;');
  });
}

function entries(database: Database, schema: 'main' | 'theirs'): Entry[] {
  return database
    .prepare(
      `SELECT id, at, kind, text, outcome, count, about_kind AS aboutKind, about_id AS aboutId
       FROM ${schema}.activity ORDER BY id`,
    )
    .all() as Entry[];
}

/** An entry of the backup with the id that its subject has here. One that comes new keeps its own. */
function asHere(entry: Entry, orders: Pairs, plans: Pairs): Entry {
  const { aboutKind, aboutId } = entry;
  if (aboutKind === null || aboutId === null) return entry;
  return { ...entry, aboutId: (aboutKind === 'order' ? orders : plans).get(aboutId) ?? aboutId };
}

/** Equal for two entries that tell of the same event. */
function signature({ at, kind, text, outcome, count, aboutKind, aboutId }: Entry): string {
  return JSON.stringify([at, kind, outcome, count, text, aboutKind, aboutId]);
}
