import { existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { failure } from '../contract/errors.ts';
import { numberMigrations, type Migration } from './migrations/index.ts';

export type Database = InstanceType<typeof DatabaseSync>;

export type OpenedDatabase = {
  readonly database: Database;
  /** Where the file was moved when it was damaged and a new one begun; null when it was sound. */
  readonly movedTo: string | null;
};

/**
 * Opens (or makes) a database and brings its schema up to date. A damaged file is moved aside, never deleted; a file
 * of a newer version of the app is refused untouched with `storage-newer`. `whole` looks at every page first: not needed
 * where all of it is read anyhow.
 */
export function openDatabase(
  file: string,
  migrations: readonly Migration[] = numberMigrations,
  whole = true,
): OpenedDatabase {
  mkdirSync(path.dirname(file), { recursive: true });
  try {
    return { database: openSound(file, migrations, whole), movedTo: null };
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown;
    const movedTo = moveAside(file);
    return { database: openSound(file, migrations, whole), movedTo };
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

/** Moves a database and its side files aside; returns the new path. */
export function moveAside(file: string): string {
  const movedTo = `${file}.corrupt-${new Date().toISOString().replace(/[:.]/g, '-')}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, movedTo + suffix);
  }
  return movedTo;
}

/** Runs `work` in one transaction: all of it or nothing. */
export function transaction<T>(database: Database, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const value = work();
    database.exec('COMMIT');
    return value;
  } catch (thrown) {
    try {
      database.exec('ROLLBACK');
    } catch {
      // A full disk has ended the transaction already: what is to be told is why.
    }
    throw thrown;
  }
}

/**
 * Takes a data folder for this process, until `release` or the end of the process, however it ends. Rejects with `storage`
 * when another one has it: two of them would each believe that they alone send orders.
 */
export function holdFolder(folder: string): { release(): void } {
  const lock = new DatabaseSync(path.join(folder, 'in-use.db'), { timeout: 0 });
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (thrown) {
    lock.close();
    if (!/locked|busy/i.test(thrown instanceof Error ? thrown.message : '')) throw thrown;
    throw failure(
      'storage',
      'Numberdesk is running already with this data folder.',
      'Close it first, or choose another folder with --data-dir.',
    );
  }
  return {
    release() {
      lock.close();
    },
  };
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

/** Closes a database that is in trouble: the trouble is told already. */
export function abandon(database: Database): void {
  try {
    database.close();
  } catch {
    // Nothing can be written any more; the handle is gone either way.
  }
}

function check(database: Database): void {
  const { quick_check: found } = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
  if (found !== 'ok') throw new DamageError('database disk image is malformed');
}

function openSound(file: string, migrations: readonly Migration[], whole: boolean): Database {
  const database = new DatabaseSync(file, { timeout: 5000 });
  try {
    const version = refuseNewer(database, migrations);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
    if (whole) check(database);
    migrate(database, version, migrations);
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

/** The version of a file; rejects with `storage-newer` when it is one that this app does not know. */
function refuseNewer(database: Database, migrations: readonly Migration[]): number {
  const version = readVersion(database);
  if (version <= (migrations.at(-1)?.version ?? 0)) return version;
  throw failure(
    'storage-newer',
    'The data of this account was made by a newer version of Numberdesk.',
    'Install the newest version. It was left as it is.',
  );
}

function migrate(database: Database, from: number, migrations: readonly Migration[]): void {
  migrations.forEach((migration, index) => {
    if (migration.version !== index + 1) throw new Error(`migration ${migration.version} is out of order`);
    if (migration.version <= from) return;
    transaction(database, () => {
      database.exec(migration.sql);
      database.exec(`PRAGMA user_version = ${migration.version}`);
    });
  });
}

function readVersion(database: Database): number {
  return (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
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
    refuseNewer(database, migrations);
    database.exec('PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
    check(database);
    look(database);
    migrate(database, readVersion(database), migrations);
    return database;
  } catch (thrown) {
    abandon(database);
    throw thrown;
  }
}

/** Writes what a database holds at this moment into a new, compact file, also while somebody else writes it. */
export function snapshotDatabase(from: string, to: string): void {
  const database = new DatabaseSync(from, { timeout: 5000, readOnly: true });
  try {
    check(database);
    database.prepare('VACUUM INTO ?').run(to);
  } finally {
    abandon(database);
  }
}
