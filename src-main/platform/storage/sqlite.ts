import { closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { backup, DatabaseSync } from '@photostructure/sqlite';
import { failure } from '../../contract/errors.ts';
import { files, type Files } from '../files.ts';

export type Database = InstanceType<typeof DatabaseSync>;

/**
 * One step of a schema, in one transaction: first `sql`, then `run`. Never edited once released: a change is a new step with the
 * next number. It lies with the feature whose tables it changes; each file has one ordered list of them.
 */
export type Migration = {
  readonly version: number;
  readonly sql?: string;
  /** What SQL cannot say. */
  readonly run?: (database: Database) => void;
};

export type OpenedDatabase<T> = {
  readonly database: Database;
  /** What was made of it. */
  readonly made: T;
  /** Where the file was moved when it was damaged and a new one begun; null when it was sound. */
  readonly movedTo: string | null;
};

/**
 * Opens (or makes) a database whose rows can be fetched again, and brings its schema up to date. A damaged file is moved
 * aside, never deleted; a file of a newer version of the app is refused untouched with `storage-newer`. `whole` looks at
 * every page first: not needed where all of it is read anyhow. `make` prepares what its user needs: a table that is not as the
 * migrations left it shows there, and counts as damage too.
 */
export function openDatabase<T = undefined>(
  file: string,
  migrations: readonly Migration[],
  whole = true,
  make: (database: Database) => T = () => undefined as T,
): OpenedDatabase<T> {
  mkdirSync(path.dirname(file), { recursive: true });
  const open = () => {
    const database = openSound(file, migrations, { check: whole ? 'quick' : 'none' });
    return { database, made: makeOf(database, make) };
  };
  try {
    return { ...open(), movedTo: null };
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown;
    const movedTo = moveAside(file);
    return { ...open(), movedTo };
  }
}

/** Prepares what the user of a database needs. Whatever it throws, the file is not held any more. */
export function makeOf<T>(database: Database, make: (database: Database) => T): T {
  try {
    return make(database);
  } catch (thrown) {
    abandon(database);
    if (
      thrown instanceof Error &&
      /no such (table|column)|has \d+ columns but|has no column/i.test(thrown.message)
    )
      throw new DamageError(thrown.message, { cause: thrown });
    throw thrown;
  }
}

/** What was read contradicts itself: SQLite has no word for it, and it is damage all the same. */
export class DamageError extends Error {}

/** True when the file itself is broken: SQLite says so (SQLITE_CORRUPT, SQLITE_NOTADB), or what was read makes no sense. */
export function isDamage(thrown: unknown): boolean {
  if (thrown instanceof DamageError) return true;
  return (
    thrown instanceof Error && /malformed|not a database|SQLITE_CORRUPT|SQLITE_NOTADB/i.test(thrown.message)
  );
}

/**
 * Moves a database and its side files aside; returns the new path. All of them or none: what a former file has left in `-wal`
 * would be read into the one that is begun in its place.
 */
export function moveAside(file: string, moving: Pick<Files, 'moveSync' | 'tryMoveSync'> = files): string {
  const movedTo = `${file}.corrupt-${new Date().toISOString().replace(/[:.]/g, '-')}`;
  const moved: string[] = [];
  try {
    for (const suffix of ['', '-wal', '-shm']) {
      if (!existsSync(file + suffix)) continue;
      moving.moveSync(file + suffix, movedTo + suffix);
      moved.push(suffix);
    }
  } catch (thrown) {
    for (const suffix of moved) moving.tryMoveSync(movedTo + suffix, file + suffix);
    throw thrown;
  }
  return movedTo;
}

/** Runs `work` in one transaction: all of it or nothing. Inside of another transaction it is a part of that one. */
export function transaction<T>(database: Database, work: () => T): T {
  if (database.isTransaction) return work();
  database.exec('BEGIN IMMEDIATE');
  try {
    const value = work();
    database.exec('COMMIT');
    return value;
  } catch (thrown) {
    try {
      database.exec('ROLLBACK');
    } catch {
      // A full disk has ended the transaction already. The error to throw is the first one, not that of the rollback.
    }
    throw thrown;
  }
}

/**
 * Tidies and closes, so that the next start finds one clean file. Whatever that throws, the file is not held any more: one
 * that is still open cannot be moved aside on Windows.
 */
export function closeDatabase(database: Database): void {
  try {
    database.exec('PRAGMA optimize');
  } finally {
    database.close();
  }
}

/** Closes a database after an error that was reported already: an error of the closing is ignored. */
export function abandon(database: Database): void {
  try {
    database.close();
  } catch {
    // Closing may fail in a damaged file. The handle is gone in any case.
  }
}

/** Opens a database that is not to be changed. */
export function openToRead(file: string): Database {
  return new DatabaseSync(file, { readOnly: true });
}

/** Opens a file as a lock: nothing is read, and a lock of somebody else is not waited for. */
export function openLock(file: string): Database {
  return new DatabaseSync(file, { timeout: 0 });
}

/** A database that is nowhere but in memory. */
export function openMemory(): Database {
  return new DatabaseSync(':memory:');
}

/** A new file that is written and then read once: nothing of it has to outlast a crash before it is closed. */
export function openScratch(file: string): Database {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA foreign_keys = OFF; PRAGMA recursive_triggers = OFF');
  return database;
}

const pagesAtOnce = 256;

/**
 * Copies a database as it is at this moment into one file without side files, with SQLite's own backup: in a thread of its own,
 * while others go on reading and writing. `pause` is asked again and again; when it rejects, so does this, at once.
 */
export async function copyDatabase(file: string, to: string, pause: () => Promise<void>): Promise<void> {
  const source = openToRead(file);
  let copying: Promise<unknown> | null = null;
  try {
    // One moment for all steps: otherwise every write of somebody else would begin the copy anew.
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_schema').get();
    copying = backup(source, to, { rate: pagesAtOnce });
    await unlessStopped(copying, pause);
  } finally {
    // Not closed under the hands of a copy that goes on.
    if (copying)
      void copying
        .catch(() => undefined)
        .finally(() => {
          abandon(source);
        });
    else abandon(source);
  }
  const copy = new DatabaseSync(to);
  try {
    copy.exec('PRAGMA journal_mode = DELETE');
  } finally {
    copy.close();
  }
}

const lookEveryMs = 20;

async function unlessStopped(work: Promise<unknown>, pause: () => Promise<void>): Promise<void> {
  let ended = false;
  const done = work.finally(() => (ended = true));
  for (;;) {
    await Promise.race([done, new Promise((resolve) => setTimeout(resolve, lookEveryMs))]);
    if (ended) return;
    await pause();
  }
}

export type HowToOpen = {
  /** `quick` looks at the structure of every page, `full` at what the indexes say as well. */
  readonly check: 'none' | 'quick' | 'full';
  /** `user_version`, where something else than the file itself knows it. */
  readonly version?: number | undefined;
  /** The schema is about to be brought from this version to the newest: the file is whole and holds everything. */
  readonly beforeMigration?: (database: Database, version: number) => void;
};

/**
 * Opens a database and brings its schema up to date. Throws what `isDamage` knows when the file is not what it should be, and
 * `storage-newer` when a newer version of the app made it. Whatever it throws, the file is not held.
 */
export function openSound(file: string, migrations: readonly Migration[], how: HowToOpen): Database {
  checkHead(file);
  const database = new DatabaseSync(file, { timeout: 5000 });
  try {
    const version = readVersion(database);
    const newest = migrations.at(-1)?.version ?? 0;
    if (how.version !== undefined && how.version !== version) throw new DamageError('another version');
    checkVersion(database, version, newest);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
    if (how.check !== 'none') checkPages(database, how.check);
    if (version > 0 && version < newest) how.beforeMigration?.(database, version);
    bringUpToDate(database, version, migrations);
    if (shapeOf(database) !== shapeOfMigrations(migrations)) throw new DamageError('another schema');
    return database;
  } catch (thrown) {
    abandon(database);
    throw thrown;
  }
}

/**
 * The version is written twice, as `user_version` and as `application_id` (nothing in a file of 0.1.0): a newer version of the
 * app has both, and one that was damaged differs from the other.
 */
function checkVersion(database: Database, version: number, newest: number): void {
  const { application_id: mark } = database.prepare('PRAGMA application_id').get() as {
    application_id: number;
  };
  if (mark !== version && (mark !== 0 || version > newest)) throw new DamageError('no such version');
  if (version <= newest) return;
  throw failure(
    'storage-newer',
    'The data of this account was made by a newer version of Numberdesk.',
    'Install the newest version. It was left as it is.',
  );
}

function checkPages(database: Database, check: 'quick' | 'full'): void {
  const sql = check === 'quick' ? 'PRAGMA quick_check(1)' : 'PRAGMA integrity_check(1)';
  const found = database.prepare(sql).get() ?? {};
  if (Object.values(found)[0] !== 'ok') throw new DamageError('database disk image is malformed');
}

/**
 * Fields of the first page that SQLite takes as they are, and that never have another value in a file of ours: with a wrong one
 * it would open the file for reading only, or read every text as something else.
 */
function checkHead(file: string): void {
  if (!existsSync(file)) return;
  const head = Buffer.alloc(100);
  const handle = openSync(file, 'r');
  try {
    if (readSync(handle, head, 0, 100, 0) < 100) return;
  } finally {
    closeSync(handle);
  }
  const text = head.toString('latin1', 0, 16) === 'SQLite format 3\0';
  const versions = [head[18], head[19]].every((version) => version === 1 || version === 2);
  const shares = head[20] === 0 && head[21] === 64 && head[22] === 32 && head[23] === 32;
  if (!text || !versions || !shares || head.readUInt32BE(56) > 1)
    throw new DamageError('file is not a database');
}

function bringUpToDate(database: Database, version: number, migrations: readonly Migration[]): void {
  try {
    migrate(database, version, migrations);
  } catch (thrown) {
    // The migration finds its table there already: the version in the file is wrong.
    const message = thrown instanceof Error ? thrown.message : '';
    if (/already exists|duplicate column/i.test(message)) throw new DamageError(message);
    throw thrown;
  }
}

/** Brings a schema from a version to the last of these migrations, each in a transaction of its own. */
export function migrate(database: Database, from: number, migrations: readonly Migration[]): void {
  migrations.forEach((migration, index) => {
    if (migration.version !== index + 1) throw new Error(`migration ${migration.version} is out of order`);
    if (migration.version <= from) return;
    transaction(database, () => {
      if (migration.sql !== undefined) database.exec(migration.sql);
      migration.run?.(database);
      database.exec(
        `PRAGMA user_version = ${migration.version}; PRAGMA application_id = ${migration.version}`,
      );
    });
  });
}

export function readVersion(database: Database): number {
  return (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
}

/** Tables, columns, indexes and triggers by name and kind: equal for two databases that the same migrations made. */
function shapeOf(database: Database): string {
  const rows = database
    .prepare(
      `SELECT m.type, m.name, c.name AS "column", c.type AS kind, c."notnull" AS required, c.pk
       FROM sqlite_schema AS m LEFT JOIN pragma_table_xinfo(m.name) AS c ON m.type = 'table'
       WHERE m.name NOT LIKE 'sqlite_%' ORDER BY m.type, m.name, c.cid`,
    )
    .all();
  return JSON.stringify(rows);
}

const shapes = new Map<readonly Migration[], string>();

function shapeOfMigrations(migrations: readonly Migration[]): string {
  const kept = shapes.get(migrations);
  if (kept !== undefined) return kept;
  const database = openMemory();
  migrate(database, 0, migrations);
  const shape = shapeOf(database);
  database.close();
  shapes.set(migrations, shape);
  return shape;
}

/**
 * Copies a database that only this process has open, with everything that is still in its log, into one file beside it, and
 * returns its path.
 */
export function keepBefore(database: Database, file: string, version: number): string {
  const kept = `${file}.before-${version}`;
  const temporary = `${kept}.tmp`;
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  try {
    copyFileSync(file, temporary);
    const copy = new DatabaseSync(temporary);
    try {
      copy.exec('PRAGMA journal_mode = DELETE');
    } finally {
      copy.close();
    }
    const handle = openSync(temporary, 'r+');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    files.moveSync(temporary, kept);
  } catch (thrown) {
    files.tryRemoveSync(temporary);
    throw thrown;
  }
  return kept;
}

/**
 * Opens a file that is nobody's yet, or is thrown away when it is damaged: nothing is moved aside, and every page is looked at.
 * `look` may reject what it finds before anything is changed. Rejects with `storage-newer`, or with damage.
 */
export function openStrictly(
  file: string,
  migrations: readonly Migration[],
  look: (database: Database) => void = () => undefined,
): Database {
  const database = new DatabaseSync(file, { timeout: 5000 });
  try {
    // Whatever a file from elsewhere says it computes: functions of its schema are not run.
    database.exec('PRAGMA trusted_schema = OFF');
    const version = readVersion(database);
    checkVersion(database, version, migrations.at(-1)?.version ?? 0);
    database.exec('PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
    checkPages(database, 'quick');
    look(database);
    migrate(database, version, migrations);
    return database;
  } catch (thrown) {
    abandon(database);
    throw thrown;
  }
}

/** Opens a file as `openStrictly` does, works on it, and closes it whatever comes. Rejects as opening and the work do. */
export function changeStrictly<T>(
  file: string,
  migrations: readonly Migration[],
  work: (database: Database) => T,
): T {
  const database = openStrictly(file, migrations);
  try {
    const value = work(database);
    closeDatabase(database);
    return value;
  } catch (thrown) {
    abandon(database);
    throw thrown;
  }
}

/** Writes what a database holds at this moment into a new, compact file, also while somebody else writes it. */
export function snapshotDatabase(from: string, to: string): void {
  const database = new DatabaseSync(from, { timeout: 5000, readOnly: true });
  try {
    checkPages(database, 'quick');
    database.prepare('VACUUM INTO ?').run(to);
  } finally {
    abandon(database);
  }
}
