import { failure, type Failure } from '../contract/errors.ts';
import type { Database } from '../storage/sqlite.ts';

/** A pass over the carrier's whole list. `pages` are those already stored. */
export type PassState = {
  readonly id: number;
  readonly startedAt: number;
  readonly pages: readonly number[];
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

  constructor(database: Database) {
    this.#database = database;
  }

  /** How many numbers are stored. */
  total(): number {
    const row = this.#database.prepare('SELECT total FROM list_state').get() as { total: number };
    return row.total;
  }

  addToTotal(numbers: number): void {
    if (numbers !== 0) this.#database.prepare('UPDATE list_state SET total = total + ?').run(numbers);
  }

  /** Throws what SQLite says when a table is damaged. */
  readAll(): void {
    for (const table of ['sync_pass', 'sync_page', 'list_state'])
      this.#database.prepare(`SELECT * FROM ${table}`).all();
  }

  /** The pass that a crash or a cancel left unfinished, unless it began before `notBefore` (Unix milliseconds). */
  unfinished(notBefore: number): PassState | null {
    const pass = this.#database
      .prepare('SELECT id, started_at FROM sync_pass WHERE ended_at IS NULL ORDER BY id DESC LIMIT 1')
      .get() as { id: number; started_at: number } | undefined;
    if (!pass || pass.started_at < notBefore) return null;
    const pages = this.#database
      .prepare('SELECT page, numbers, is_last FROM sync_page WHERE pass = ? ORDER BY page')
      .all(pass.id) as { page: number; numbers: number; is_last: number }[];
    return {
      id: pass.id,
      startedAt: pass.started_at,
      pages: pages.map((row) => row.page),
      lastPage: pages.find((row) => row.is_last === 1)?.page ?? null,
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
    return { id, startedAt, pages: [], lastPage: null, received: 0 };
  }

  /** Notes a page that was stored. Throws `storage` when the list was begun anew since the pass began. */
  notePage(
    pass: number,
    page: { page: number; numbers: number; isLast: boolean; added: number; changed: number },
  ): void {
    const counted = this.#database
      .prepare('UPDATE sync_pass SET added = added + ?, changed = changed + ? WHERE id = ?')
      .run(page.added, page.changed, pass);
    if (counted.changes === 0) throw passGone();
    this.#database
      .prepare('INSERT OR REPLACE INTO sync_page VALUES (?, ?, ?, ?)')
      .run(pass, page.page, page.numbers, page.isLast ? 1 : 0);
    this.addToTotal(page.added);
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
