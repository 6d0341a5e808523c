import { existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { files } from '../files.ts';
import { BackupKeeper, type KeeperOptions } from './backup-keeper.ts';
import { compare, noteClosed, noteClosing, noteOpen, readState, type JournalState } from './journal-state.ts';
import type { Migration } from './sqlite.ts';
import { beforeFiles, finishRecovery, hasKept, recover, type Domain, type Recovered } from './recovery.ts';
import { abandon, isDamage, keepBefore, makeOf, openSound, type Database, type HowToOpen } from './sqlite.ts';
import { readWal } from './wal.ts';

/** Bytes of a log that is moved into the database. */
const longLog = 16 * 2 ** 20;

/** What a file of records is made of. */
export type DurableKind<S> = {
  readonly migrations: readonly Migration[];
  /** What the recovery has to know of the rows. */
  readonly domain: Domain;
  /** The stores that share the file, by name. */
  readonly stores: (database: Database) => S;
};

/** A file of what cannot be fetched again: backed up, checked, and put together again when it is damaged. */
export class DurableFile<S> {
  /** What was found when it was opened and had to be put together again; null when it was sound. */
  readonly recovered: Recovered | null;
  readonly stores: S;
  #file: string;
  #newest: number;
  #database: Database;
  #keeper: BackupKeeper;

  constructor(file: string, kind: DurableKind<S>, options: Partial<KeeperOptions> = {}) {
    this.#file = file;
    this.#newest = kind.migrations.length;
    const opened = openDurable(file, kind);
    const { database } = opened;
    this.#database = database;
    this.recovered = opened.recovered;
    // Money and live calls depend on this file: what was written is on disk when a call returns. `touched` moves the log into the file.
    database.exec('PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0');
    this.stores = makeOf(database, kind.stores);
    this.#keeper = new BackupKeeper(file, database, opened.held, options);
  }

  /** A call was answered: what it changed is backed up when it is time. */
  touched(): void {
    this.#keeper.touched();
    // A copy that is being made reads from the log: it is left where it is until then.
    if (this.#keeper.busy || this.#logSize() < longLog) return;
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    noteOpen(this.#file, this.#newest);
  }

  #logSize(): number {
    return statSync(`${this.#file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  }

  /**
   * Backs up what was not yet, for so long as a quit may take, and closes. Resolves with false when a backup had to be left
   * alone that is still being copied.
   */
  async close(): Promise<boolean> {
    const database = this.#database;
    try {
      database.exec('PRAGMA optimize');
      const held = await this.#keeper.close();
      noteClosing(this.#file, this.#newest);
      database.close();
      if (held && this.#keeper.inTime()) noteClosed(this.#file, this.#newest, held.name);
    } finally {
      // Whatever failed: no timer keeps the thread alive, and no handle keeps the file open.
      await this.#keeper.stop();
      abandon(database);
    }
    return !this.#keeper.copying;
  }

  /** Lets go of a file in trouble, for it to be put together again. */
  async abandon(): Promise<void> {
    await this.#keeper.stop();
    abandon(this.#database);
  }

  /** True when the database itself, not only a copy, is not what it should be. */
  isDamaged(): boolean {
    try {
      const found = this.#database.prepare('PRAGMA integrity_check(1)').get() ?? {};
      return Object.values(found)[0] !== 'ok';
    } catch (thrown) {
      return isDamage(thrown);
    }
  }
}

type Opened = {
  readonly database: Database;
  readonly recovered: Recovered | null;
  /** The backup that holds all of it already. */
  readonly held: string | null;
};

function openDurable(
  file: string,
  { migrations, domain }: Pick<DurableKind<unknown>, 'migrations' | 'domain'>,
): Opened {
  const newest = migrations.length;
  mkdirSync(path.dirname(file), { recursive: true });
  finishRecovery(file);
  const state = readState(file);
  const found = lookAt(file, state, newest);
  let migrated = false;
  const how: HowToOpen = {
    check: found.kind === 'same' ? 'none' : 'full',
    version: state?.schema,
    beforeMigration(database, version) {
      migrated = true;
      keepBefore(database, file, version);
    },
  };
  const anew = (options: Parameters<typeof recover>[3]): Opened => {
    const recovered = recover(file, migrations, domain, options);
    return { database: openNoted(file, migrations, { check: 'full' }), recovered, held: null };
  };
  if (found.kind === 'damaged') return anew(found);
  try {
    const database = openNoted(file, migrations, how);
    // The file from before a migration is kept for one more start and then removed.
    if (!migrated) for (const before of beforeFiles(file)) files.removeSync(before);
    return { database, recovered: null, held: found.kind === 'same' && !migrated ? found.held : null };
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown;
    return anew({});
  }
}

/** A file that is open is noted as such. Where that cannot be written, it is not held either. */
function openNoted(file: string, migrations: readonly Migration[], how: HowToOpen): Database {
  const database = openSound(file, migrations, how);
  try {
    noteOpen(file, migrations.length);
    return database;
  } catch (thrown) {
    abandon(database);
    throw thrown;
  }
}

type Look =
  | { readonly kind: 'same'; readonly held: string | null }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'damaged'; readonly bad?: ReadonlySet<number>; readonly exact?: string | null };

/** What can be told of a file before SQLite opens it: afterwards, a log that does not belong to it would be in it. */
function lookAt(file: string, state: JournalState | null, newest: number): Look {
  // It is refused when it is opened, and left as it is.
  if (state !== null && state.schema > newest) return { kind: 'unknown' };
  if (!existsSync(file)) return hasKept(file) ? { kind: 'damaged' } : { kind: 'unknown' };
  const found = state === null ? null : compare(file, state);
  if (state?.phase === 'closed') {
    // A file that was closed in order has no log.
    if (existsSync(`${file}-wal`)) setLogAside(file);
    if (found?.kind === 'same') return { kind: 'same', held: state.backup ?? null };
    return found?.kind === 'decayed'
      ? { kind: 'damaged', bad: found.pages, exact: state.backup ?? null }
      : { kind: 'unknown' };
  }
  if (found?.kind === 'decayed') return { kind: 'damaged', bad: found.pages };
  if (state?.phase === 'open' && !existsSync(`${file}-wal`)) return { kind: 'damaged' };
  const wal = readWal(file);
  return wal !== null && (wal.damaged || wal.foreign) ? { kind: 'damaged' } : { kind: 'unknown' };
}

function setLogAside(file: string): void {
  const kept = `${file}.stray-${Date.now()}`;
  // Programs that only read leave an empty one.
  if (statSync(`${file}-wal`).size === 0) files.removeSync(`${file}-wal`);
  else files.moveSync(`${file}-wal`, `${kept}-wal`);
  files.removeSync(`${file}-shm`);
}
