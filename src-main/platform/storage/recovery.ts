import { copyFileSync, existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { files } from '../files.ts';
import { isSound as isSoundBackup, listBackups } from './backups.ts';
import type { Migration } from './sqlite.ts';
import { forgetState } from './journal-state.ts';
import { PageFile } from './page-file.ts';
import { salvage, schemaOf, tablesOf, type IsSound } from './salvage.ts';
import {
  abandon,
  migrate,
  moveAside,
  openScratch,
  openToRead,
  readVersion,
  transaction,
  type Database,
} from './sqlite.ts';

/** What a damaged file was put together from, and what a person has to know of it. */
export type Recovered = {
  /** Where the damaged file is kept; null when there was none. */
  readonly movedTo: string | null;
  /** Unix milliseconds: everything up to then is there. Null when no backup was left. */
  readonly upTo: number | null;
  /** Nothing is missing at all. */
  readonly whole: boolean;
};

/** What the recovery has to know of the rows themselves. */
export type Domain = {
  readonly isSound: IsSound;
  /** Before rows of `salvaged` (attached by that name) are laid over those of the backup: what else tells two rows apart. */
  readonly align: (database: Database) => void;
  /** Once all rows are there: what they may not say any more, so that it is looked up before anything is sent. */
  readonly mend: (database: Database, at: number) => void;
};

type Source = { readonly path: string; readonly at: number; readonly name: string; readonly version: number };

/** Names of what a recovery makes on its way. `mended` is complete: only its place is still taken. */
const partsOf = (file: string) => ({
  base: `${file}.mending`,
  salvaged: `${file}.salvaged`,
  mended: `${file}.mended`,
});

/** Takes up what a crash left of a recovery: one that was complete gets its place, any other is begun anew. */
export function finishRecovery(file: string): void {
  const parts = partsOf(file);
  if (existsSync(parts.mended) && !existsSync(file)) files.moveSync(parts.mended, file);
  for (const part of Object.values(parts)) removeAll(part);
}

/** True when something is kept beside a file that is not there: then it was lost, and is no new one. */
export function hasKept(file: string): boolean {
  return listBackups(file).length > 0 || beforeFiles(file).length > 0 || existsSync(`${file}-wal`);
}

/** The files as they were before a migration. */
export function beforeFiles(file: string): string[] {
  const prefix = `${path.basename(file)}.before-`;
  const folder = path.dirname(file);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => path.join(folder, name));
}

/**
 * Puts a damaged or lost file together again: the newest backup that is sound, and over it every row that can still be read
 * from the file itself, which are newer. The result takes the file's place; the damaged one is kept aside. `bad` are pages
 * known to have decayed; `exact` names the backup that holds everything the file held. Nothing may have the file open.
 */
export function recover(
  file: string,
  migrations: readonly Migration[],
  domain: Domain,
  { bad, exact, now = Date.now() }: { bad?: ReadonlySet<number>; exact?: string | null; now?: number } = {},
): Recovered {
  const parts = partsOf(file);
  finishRecovery(file);
  const source = newestSource(file, migrations.length);
  const pages = new PageFile(file, bad);
  const version = versionOf(pages, migrations, source?.version);
  const both = Math.max(version, source?.version ?? 0);
  try {
    salvageInto(parts.salvaged, pages, migrations, version, both, source, domain.isSound);
    const database = base(parts.base, source, migrations, both);
    try {
      merge(database, parts.salvaged, domain);
      migrate(database, both, migrations);
      transaction(database, () => {
        domain.mend(database, now);
      });
      database.exec('PRAGMA optimize');
    } finally {
      database.close();
    }
  } catch (thrown) {
    // On a disk that is full, what is half made must not take its room.
    for (const part of [parts.base, parts.salvaged]) removeAll(part);
    throw thrown;
  }
  const hadFile = existsSync(file) || existsSync(`${file}-wal`);
  forgetState(file);
  files.moveSync(parts.base, parts.mended);
  const movedTo = hadFile ? moveAside(file) : null;
  files.moveSync(parts.mended, file);
  removeAll(parts.salvaged);
  const held = exact !== undefined && exact !== null && source?.name === exact;
  return { movedTo, upTo: source?.at ?? null, whole: held };
}

/** The newest backup that is as it was checked, or else the newest copy from before a migration that can be read. */
function newestSource(file: string, newest: number): Source | null {
  const backups = listBackups(file).filter((backup) => isSoundBackup(backup));
  const before = beforeFiles(file).map((kept) => ({
    ...{ path: kept, name: path.basename(kept) },
    at: Math.round(statSync(kept).mtimeMs),
  }));
  for (const one of [...backups, ...before.sort((a, b) => b.at - a.at)]) {
    const version = readableVersion(one.path);
    if (version !== null && version <= newest) return { path: one.path, at: one.at, name: one.name, version };
  }
  return null;
}

function readableVersion(file: string): number | null {
  let database: Database | null = null;
  try {
    database = openToRead(file);
    const found = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
    return found.quick_check === 'ok' ? readVersion(database) : null;
  } catch {
    return null;
  } finally {
    if (database) abandon(database);
  }
}

/** The version whose tables the file has. Its own word for it counts when nothing speaks against it. */
function versionOf(pages: PageFile, migrations: readonly Migration[], backup: number | undefined): number {
  const { sql } = schemaOf(pages);
  const said = pages.version;
  const fitting = migrations
    .map(({ version }) => version)
    .filter((version) => fits(sql, migrations, version));
  if (sql.size > 0 && fitting.length > 0) return fitting.includes(said) ? said : (fitting.at(-1) ?? said);
  if (said >= 1 && said <= migrations.length) return said;
  return backup ?? migrations.length;
}

function fits(sql: ReadonlyMap<string, string>, migrations: readonly Migration[], version: number): boolean {
  const database = openScratch(':memory:');
  try {
    migrate(database, 0, migrations.slice(0, version));
    const find = database.prepare("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?");
    return [...sql].every(([name, text]) => (find.get(name) as { sql: string } | undefined)?.sql === text);
  } finally {
    abandon(database);
  }
}

function salvageInto(
  target: string,
  pages: PageFile,
  migrations: readonly Migration[],
  version: number,
  wanted: number,
  source: Source | null,
  isSound: IsSound,
): void {
  const database = openScratch(target);
  try {
    migrate(database, 0, migrations.slice(0, version));
    const own = schemaOf(pages).roots;
    // Where the file does not tell any more where its trees begin, the backup does: trees never move.
    const roots = new Map([...(source?.version === version ? rootsOf(source.path) : []), ...own]);
    salvage(pages, database, tablesOf(migrations, version), roots, isSound);
    migrate(database, version, migrations.slice(0, wanted));
  } finally {
    database.close();
  }
}

function rootsOf(file: string): Map<string, number> {
  const database = openToRead(file);
  try {
    const rows = database.prepare('SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0').all() as {
      name: string;
      rootpage: number;
    }[];
    return new Map(rows.map(({ name, rootpage }) => [name, rootpage]));
  } finally {
    database.close();
  }
}

function base(
  target: string,
  source: Source | null,
  migrations: readonly Migration[],
  version: number,
): Database {
  if (source) copyFileSync(source.path, target);
  const database = openScratch(target);
  try {
    database.exec('PRAGMA journal_mode = DELETE');
    migrate(database, source?.version ?? 0, migrations.slice(0, version));
    return database;
  } catch (thrown) {
    abandon(database);
    throw thrown;
  }
}

/** Lays the rows that were read from the damaged file over those of the backup: they are newer. */
function merge(database: Database, salvaged: string, domain: Domain): void {
  database.prepare('ATTACH ? AS salvaged').run(salvaged);
  const tables = database
    .prepare(
      `SELECT name, wr, (SELECT count(*) FROM pragma_table_xinfo(name) WHERE pk > 0) AS keys FROM pragma_table_list
       WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'`,
    )
    .all() as { name: string; wr: number; keys: number }[];
  transaction(database, () => {
    domain.align(database);
    for (const { name, wr, keys } of tables) {
      const columns = database.prepare('SELECT name FROM pragma_table_xinfo(?)').all(name) as {
        name: string;
      }[];
      const named = columns.map((column) => `"${column.name}"`);
      // Without a key of its own, a row is told apart by its row id.
      const list = [...(wr === 0 && keys === 0 ? ['rowid'] : []), ...named].join();
      database.exec(`INSERT OR REPLACE INTO main."${name}" (${list}) SELECT ${list} FROM salvaged."${name}"`);
    }
  });
  database.exec('DETACH salvaged');
}

function removeAll(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) files.removeSync(file + suffix);
}
