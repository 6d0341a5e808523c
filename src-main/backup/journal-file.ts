import type { JobSubject } from '../contract/job-words.ts';
import { failure } from '../contract/errors.ts';
import { mostRouteName } from '../contract/route-names.ts';
import type { PutToRest } from '../journal/job-record.ts';
import { jobRecords, journalMigrations } from '../journal/parts.ts';
import { abandon, isDamage, openStrictly, transaction, type Database } from '../platform/storage/sqlite.ts';

/** By the kind of job, what its unfinished jobs become: see `putToRest`. */
export type Unfinished = Readonly<Record<JobSubject, PutToRest>>;

const triggers = ['activity_is_kept', 'activity_stays', 'activity_part_is_kept', 'activity_part_stays'];

/** The longest detail of a code that is kept, in characters: what the app writes is shorter. */
const longestDetail = 20_000;
const id = 'NOT BETWEEN 1 AND 9007199254740991';
const notNumber = (column: string) => `${column} GLOB '*[^0-9]*'
  OR CASE WHEN ${column} GLOB '1*' THEN length(${column}) <> 11 ELSE length(${column}) NOT BETWEEN 7 AND 15 END
  OR ${column} GLOB '0*'`;
const notDetail = (column: string) => `NOT json_valid(${column}) OR length(${column}) > ${longestDetail}`;
const subjects = jobRecords.map(({ subject }) => `'${subject}'`).join();

/** Statements that find rows which the schema allows and the app does not write. */
const oddRows = [
  ...['tag', 'cart', 'learned'].map((table) => `SELECT 1 FROM ${table} WHERE ${notNumber('number')}`),
  "SELECT 1 FROM activity WHERE NOT json_valid(numbers) OR json_type(numbers) <> 'array'",
  `SELECT 1 FROM activity WHERE (about_kind IS NULL) <> (about_id IS NULL) OR about_id ${id} OR about_kind NOT IN (${subjects})`,
  "SELECT 1 FROM activity_part WHERE NOT json_valid(numbers) OR json_type(numbers) <> 'array'",
  "SELECT 1 FROM stock WHERE NOT json_valid(codes) OR json_type(codes) <> 'array'",
  'SELECT 1 FROM tag WHERE length(tag) > 32',
  `SELECT 1 FROM cart_routes WHERE max(length(primary_label), length(failover_label)) > ${mostRouteName}`,
  ...jobRecords.flatMap(({ job, item, odd }) => [
    `SELECT 1 FROM ${item} WHERE ${notNumber('number')} OR ${notDetail('reason_detail')}`,
    `SELECT 1 FROM ${job} WHERE ${notDetail('waiting_detail')} OR id ${id} OR ordinal NOT BETWEEN 1 AND 1000000000`,
    ...odd,
  ]),
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
 * Another computer may have gone on with what was unfinished when the backup was made, so that nothing of it goes on here. What
 * becomes of it is told by the record of each kind of job.
 */
export function putToRest(database: Database): Unfinished {
  return transaction(
    database,
    () =>
      Object.fromEntries(
        jobRecords.map((record) => [record.subject, record.putToRest(database)]),
      ) as Unfinished,
  );
}
