import { rewriteActivity } from '../activity/rewrite.ts';
import type { Overlap, Overlaps } from '../contract/backup.ts';
import type { JobSubject } from '../contract/job-words.ts';
import type { JobRecord, SameJobs } from '../journal/job-record.ts';
import { jobRecords } from '../journal/parts.ts';
import { transaction, type Database } from '../platform/storage/sqlite.ts';

type Same = Readonly<Record<string, SameJobs>>;
type Entry = {
  readonly id: number;
  readonly at: number;
  readonly kind: string;
  readonly text: string;
  readonly outcome: string;
  readonly count: number;
  readonly aboutKind: JobSubject | null;
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
    const same = sameJobs(ours);
    const known = new Set(entries(ours, 'main').map(signature));
    const coming = entries(ours, 'theirs').map((entry) => asHere(entry, same));
    const activity = coming.filter((entry) => known.has(signature(entry))).length;
    const jobs = jobRecords.map(({ subject, job }) => [subject, overlap(job, same[subject]?.size ?? 0)]);
    return {
      ...(Object.fromEntries(jobs) as Record<JobSubject, Overlap>),
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
      const same = sameJobs(ours);
      // What is chosen for the cart here stays: the numbers that come join it.
      ours.exec(`
        DELETE FROM main.cart_routes WHERE NOT EXISTS (SELECT 1 FROM main.cart);
        INSERT INTO main.cart_routes SELECT * FROM theirs.cart_routes WHERE NOT EXISTS (SELECT 1 FROM main.cart);
      `);
      for (const record of jobRecords) {
        const known = same[record.subject] ?? new Map<number, number>();
        record.joins?.(ours, known);
        addJobs(ours, record, known);
      }
      mergeActivity(ours, same);
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

/** For each kind, the ids of the backup's jobs that are here too, with their ids here. */
function sameJobs(database: Database): Same {
  const found = jobRecords.map(({ subject, job, same }) => {
    const rows = database
      .prepare(
        `SELECT theirs_job.id AS theirs, main_job.id AS ours FROM theirs.${job} AS theirs_job
         JOIN main.${job} AS main_job ON main_job.id = theirs_job.id OR (${same('main_job', 'theirs_job')})`,
      )
      .all() as { theirs: number; ours: number }[];
    return [subject, new Map(rows.map(({ theirs, ours }) => [theirs, ours]))] as const;
  });
  return Object.fromEntries(found);
}

/** Adds the jobs that are not here, with their parts, under ordinals that are free here. */
function addJobs(
  database: Database,
  { job: table, item, key, parts, link }: JobRecord,
  known: SameJobs,
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
      return name === link && typeof stored === 'number' ? (known.get(stored) ?? stored) : stored;
    };
    insert.run(...columns.map(value));
  }
  const list = JSON.stringify(added);
  for (const part of [item, ...parts]) {
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
function mergeActivity(database: Database, same: Same): void {
  const ours = entries(database, 'main');
  const known = new Set(ours.map(signature));
  const news = entries(database, 'theirs')
    .map((entry) => asHere(entry, same))
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
function asHere(entry: Entry, same: Same): Entry {
  const { aboutKind, aboutId } = entry;
  if (aboutKind === null || aboutId === null) return entry;
  return { ...entry, aboutId: same[aboutKind]?.get(aboutId) ?? aboutId };
}

/** Equal for two entries that tell of the same event. */
function signature({ at, kind, text, outcome, count, aboutKind, aboutId }: Entry): string {
  return JSON.stringify([at, kind, outcome, count, text, aboutKind, aboutId]);
}
