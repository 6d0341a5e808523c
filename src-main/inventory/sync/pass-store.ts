import { failure, type Failure } from '../../contract/errors.ts';
import { DamageError, type Database } from '../../platform/storage/sqlite.ts';
import type { Expected } from '../index/load.ts';
import { agrees, type NotedPage, type PassSum } from './pass-sum.ts';

type Statement = ReturnType<Database['prepare']>;

/** A part of the list that is stored, counted from 1; `next` is where the part after it begins, as far as it was told. */
export type StoredPage = { readonly page: number; readonly next: string | null };

/** A pass over the carrier's whole list. `pages` are those already stored. */
export type PassState = {
  readonly id: number;
  readonly startedAt: number;
  readonly pages: readonly StoredPage[];
  /** The last page of the list, once it was seen. */
  readonly lastPage: number | null;
  readonly received: number;
};

export type PassResult = {
  readonly completedAt: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
};

/** Passes and the length of the list, beside the numbers. What changes something belongs into a transaction. */
export class PassStore {
  #database: Database;
  /** Passes whose notes can be believed: begun by this process, or found to agree with the rows when these were read. */
  #trusted = new Set<number>();
  #statements = new Map<string, Statement>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** How many numbers are stored. */
  total(): number {
    const row = this.#database.prepare('SELECT total FROM list_state').get() as { total: number };
    return row.total;
  }

  addToTotal(numbers: number): void {
    if (numbers !== 0) this.#prepared('UPDATE list_state SET total = total + ?').run(numbers);
  }

  /** What the rows have to agree with. Throws what SQLite says when a table is damaged, and `DamageError` when two disagree. */
  readAll(): Expected {
    const [state, ...more] = this.#database
      .prepare('SELECT total, last_pass AS lastPass FROM list_state')
      .all() as {
      total: number;
      lastPass: number;
    }[];
    const passes = this.#database.prepare('SELECT id, ended_at AS ended FROM sync_pass').all() as {
      id: number;
      ended: number | null;
    }[];
    this.#database.prepare('SELECT * FROM sync_page').all();
    const known = state !== undefined && more.length === 0 && state.total >= 0;
    if (!known || passes.some(({ id }) => id > state.lastPass))
      throw new DamageError('what is known of the list does not agree');
    return { ...state, pass: passes.findLast(({ ended }) => ended === null)?.id ?? 0 };
  }

  /** What the rows of an unfinished pass were found to be: whether it can go on. */
  loaded(pass: number, rows: PassSum): void {
    if (pass > 0 && agrees(this.#pages(pass), rows)) this.#trusted.add(pass);
  }

  /** Null when no pass was left unfinished; undefined when there is one. */
  noneToResume(): null | undefined {
    const sql = 'SELECT 1 FROM sync_pass WHERE ended_at IS NULL';
    return this.#database.prepare(sql).get() === undefined ? null : undefined;
  }

  /**
   * The pass that a crash or a cancel left unfinished, unless it began before `notBefore` (Unix milliseconds), or what is
   * noted of it does not agree with the rows.
   */
  unfinished(notBefore: number): PassState | null {
    const pass = this.#database
      .prepare('SELECT id, started_at FROM sync_pass WHERE ended_at IS NULL ORDER BY id DESC LIMIT 1')
      .get() as { id: number; started_at: number } | undefined;
    if (!pass || pass.started_at < notBefore || !this.#trusted.has(pass.id)) return null;
    const pages = this.#pages(pass.id);
    return {
      id: pass.id,
      startedAt: pass.started_at,
      pages: pages.map(({ page, next }) => ({ page, next })),
      lastPage: pages.find((row) => row.isLast)?.page ?? null,
      received: pages.reduce((sum, row) => sum + row.numbers, 0),
    };
  }

  begin(startedAt: number): PassState {
    this.#database.exec('DELETE FROM sync_pass WHERE ended_at IS NULL');
    this.#database.exec('UPDATE list_state SET last_pass = last_pass + 1');
    const id = Number(
      this.#database
        .prepare('INSERT INTO sync_pass (id, started_at) SELECT last_pass, ? FROM list_state')
        .run(startedAt).lastInsertRowid,
    );
    this.#trusted.add(id);
    return { id, startedAt, pages: [], lastPage: null, received: 0 };
  }

  /** Notes a page that was stored. Throws `storage` when the list was begun anew since the pass began. */
  notePage(pass: number, page: NotedPage, found: { added: number; changed: number }): void {
    const counted = this.#prepared(
      'UPDATE sync_pass SET added = added + ?, changed = changed + ? WHERE id = ?',
    ).run(found.added, found.changed, pass);
    if (counted.changes === 0) throw passGone();
    this.#prepared(
      'INSERT OR REPLACE INTO sync_page (pass, page, numbers, is_last, sum, next) VALUES (?, ?, ?, ?, ?, ?)',
    ).run(pass, page.page, page.numbers, page.isLast ? 1 : 0, page.sum, page.next);
    this.addToTotal(found.added);
  }

  /** What runs once a page is prepared once. */
  #prepared(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#database.prepare(sql)));
    return statement;
  }

  #pages(pass: number): NotedPage[] {
    const rows = this.#database
      .prepare('SELECT page, numbers, is_last AS last, sum, next FROM sync_page WHERE pass = ? ORDER BY page')
      .all(pass) as { page: number; numbers: number; last: number; sum: number; next: string | null }[];
    return rows.map(({ last, ...row }) => ({ ...row, isLast: last === 1 }));
  }

  noteRemoved(pass: number, numbers: number): void {
    this.#database.prepare('UPDATE sync_pass SET removed = removed + ? WHERE id = ?').run(numbers, pass);
    this.addToTotal(-numbers);
  }

  /** Forgets which pages a pass has, so that the list is read once more. */
  reopen(pass: number): void {
    this.#database.prepare('DELETE FROM sync_page WHERE pass = ?').run(pass);
  }

  /** Throws `storage` when the list was begun anew since the pass began. */
  finish(pass: number, endedAt: number): void {
    const ended = this.#database.prepare('UPDATE sync_pass SET ended_at = ? WHERE id = ?').run(endedAt, pass);
    if (ended.changes === 0) throw passGone();
    this.#database.prepare('DELETE FROM sync_page WHERE pass <= ?').run(pass);
    this.#database.prepare('DELETE FROM sync_pass WHERE id < ? - 100').run(pass);
  }

  last(): PassResult | null {
    const row = this.#database
      .prepare(
        'SELECT ended_at, added, changed, removed FROM sync_pass WHERE ended_at IS NOT NULL ORDER BY id DESC LIMIT 1',
      )
      .get() as { ended_at: number; added: number; changed: number; removed: number } | undefined;
    if (!row) return null;
    return { completedAt: row.ended_at, added: row.added, changed: row.changed, removed: row.removed };
  }
}

function passGone(): Failure {
  const message = 'The cached list was begun anew while it was being fetched.';
  return failure('storage', message, 'It is fetched once more.', { retryable: true });
}
