import type { Inputs } from '../contract/contract.ts';
import { failure, type Failure } from '../contract/errors.ts';
import type { OwnedNumber } from '../contract/model.ts';
import { markedDigits, parseQuery, type Clause } from '../contract/query.ts';
import type { NumberRow, NumbersWindow, RouteUse, Sort } from '../contract/views.ts';
import { numberMigrations } from '../storage/migrations/index.ts';
import { closeDatabase, openDatabase, transaction, type Database } from '../storage/sqlite.ts';
import { findSlots, narrows } from './filter.ts';
import { firstRows, loadIndex } from './load.ts';
import { NumberIndex, type IndexedNumber, type Learned, type Tagged } from './number-index.ts';
import { Result } from './result.ts';

export type { Learned };

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

/** Rows deeper in the list than this wait for the index. */
const mostEarly = 10_000;

type Kept = { key: string; members: number; revision: number; clauses: readonly Clause[]; result: Result };

/**
 * The cached list inside the worker: SQLite for durability, the columnar index for every question. What is written
 * is in the database before the index shows it.
 */
export class NumberStore {
  readonly movedTo: string | null;
  #database: Database;
  #index = new NumberIndex();
  #kept: Kept | null = null;
  #counted: { total: number } | null = null;
  #upsert: ReturnType<Database['prepare']>;

  /** `former`: the list before, when its file had to be given up; what no file of ours holds goes on from there. */
  constructor(file: string, former?: NumberStore) {
    if (former) this.#index.adopt(former.#index);
    const { database, movedTo } = openDatabase(file, numberMigrations, false);
    this.movedTo = movedTo;
    this.#database = database;
    this.#upsert = database.prepare(
      `INSERT INTO number VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (number) DO UPDATE SET
         primary_name = excluded.primary_name, primary_type = excluded.primary_type,
         failover_name = excluded.failover_name, failover_type = excluded.failover_type,
         billing = excluded.billing, seen_at = excluded.seen_at, seen_pass = excluded.seen_pass`,
    );
  }

  /**
   * Fills the index, a part at each step. Until it ends, only `early` answers. Every table is read: what is damaged shows
   * here and not in the middle of a sync.
   */
  *load(): Generator<void> {
    this.lastPass();
    for (const table of ['sync_pass', 'sync_page']) this.#database.prepare(`SELECT * FROM ${table}`).all();
    yield* loadIndex(this.#database, this.#index);
  }

  /** What can be answered straight from the database while the index is filled; undefined for everything else. */
  early(method: string, args: readonly unknown[]): unknown {
    if (method === 'lastPass') return this.lastPass();
    if (method === 'unfinishedPass') return this.unfinishedPass(Number(args[0]));
    const input = args[0] as Inputs['numbers.query'];
    if (method !== 'query' || input.text.trim() !== '') return undefined;
    if (input.sort.column !== 'number' || input.sort.direction !== 'asc' || input.offset > mostEarly)
      return undefined;
    this.#counted ??= this.#database.prepare('SELECT count(*) AS total FROM number').get() as {
      total: number;
    };
    const { total } = this.#counted;
    const rows = firstRows(this.#database, input.offset, input.limit);
    const nothing = { cost: { monthly: 0, known: 0 }, tokens: [], digits: [] };
    return {
      revision: 0,
      total,
      matching: total,
      offset: input.offset,
      rows,
      ...nothing,
    } satisfies NumbersWindow;
  }

  get size(): { revision: number; total: number } {
    return { revision: this.#index.revision, total: this.#index.count };
  }

  query(input: Inputs['numbers.query']): NumbersWindow {
    const parsed = parseQuery(input.text);
    const { count, cost, window } = this.#look(parsed.clauses, input);
    return {
      revision: this.#index.revision,
      total: this.#index.count,
      matching: count,
      offset: input.offset,
      rows: Array.from(window, (slot) => this.#index.rowAt(slot)),
      cost,
      tokens: parsed.tokens,
      digits: markedDigits(parsed),
    };
  }

  matching(input: Inputs['numbers.matching']): { total: number; numbers: string[] } {
    const { count, window } = this.#look(parseQuery(input.text).clauses, { ...input, offset: 0 });
    return { total: count, numbers: Array.from(window, (slot) => this.#index.numberAt(slot)) };
  }

  row(number: string): NumberRow | null {
    const slot = this.#index.slotOf(number);
    return slot === undefined ? null : this.#index.rowAt(slot);
  }

  learn(rows: readonly Learned[]): void {
    this.#index.learn(rows);
  }

  tag(rows: readonly Tagged[]): void {
    this.#index.tag(rows);
  }

  /** Which of these numbers are here. */
  owned(numbers: readonly string[]): string[] {
    return numbers.filter((number) => this.#index.slotOf(number) !== undefined);
  }

  routeUse(): RouteUse[] {
    const { routes, primary, failover, count } = this.#index;
    const uses = routes.values.map((route) => ({ ...route, primaryCount: 0, failoverCount: 0 }));
    for (let slot = 0; slot < count; slot += 1) {
      const first = uses[primary[slot] ?? 0];
      const second = uses[failover[slot] ?? 0];
      if (first) first.primaryCount += 1;
      if (second) second.failoverCount += 1;
    }
    return uses
      .filter((use) => use.primaryCount + use.failoverCount > 0)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The pass that a crash or a cancel left unfinished, unless it began before `notBefore` (Unix milliseconds). */
  unfinishedPass(notBefore: number): PassState | null {
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

  beginPass(startedAt: number): PassState {
    const id = transaction(this.#database, () => {
      this.#database.exec('DELETE FROM sync_pass WHERE ended_at IS NULL');
      return Number(
        this.#database
          .prepare(
            `INSERT INTO sync_pass (id, started_at)
             SELECT 1 + max(coalesce((SELECT max(id) FROM sync_pass), 0),
                            coalesce((SELECT max(seen_pass) FROM number), 0)), ?`,
          )
          .run(startedAt).lastInsertRowid,
      );
    });
    return { id, startedAt, pages: [], lastPage: null, received: 0 };
  }

  /**
   * Stores one page of a pass: numbers, page and counts in one transaction. `askedAt` (Unix milliseconds) is when the page
   * was asked for: a number that is known from later than that is seen, but keeps what is known of it, so that a page on its
   * way cannot undo a change.
   */
  putPage(pass: number, page: number, items: readonly OwnedNumber[], isLast: boolean, askedAt: number): void {
    const rows = items.map((item) => toRow(item, askedAt)).map((row) => this.#newer(row));
    transaction(this.#database, () => {
      let added = 0;
      let changed = 0;
      for (const row of rows) {
        const known = this.row(row.number);
        if (!known) added += 1;
        else if (differs(known, row)) changed += 1;
        this.#write(row, pass);
      }
      const counted = this.#database
        .prepare('UPDATE sync_pass SET added = added + ?, changed = changed + ? WHERE id = ?')
        .run(added, changed, pass);
      if (counted.changes === 0) throw passGone();
      this.#database
        .prepare('INSERT OR REPLACE INTO sync_page VALUES (?, ?, ?, ?)')
        .run(pass, page, rows.length, isLast ? 1 : 0);
    });
    this.#show(rows);
  }

  /** Numbers that a complete pass did not see. */
  missed(pass: number): string[] {
    return (
      this.#database.prepare('SELECT number FROM number WHERE seen_pass < ?').all(pass) as {
        number: string;
      }[]
    ).map((row) => row.number);
  }

  /** Forgets which pages a pass has, so that the list is read once more. */
  reopenPass(pass: number): void {
    this.#database.prepare('DELETE FROM sync_page WHERE pass = ?').run(pass);
  }

  /**
   * Numbers as the carrier has them; `at` is the earliest time that is known for: when a read was asked, or when a
   * change was answered. `pass` when they were asked for by one.
   */
  applySeen(seen: readonly { item: OwnedNumber; at: number }[], pass: number | null = null): void {
    const rows = seen.map(({ item, at }) => this.#newer(toRow(item, at)));
    const kept = this.#database.prepare('SELECT seen_pass FROM number WHERE number = ?');
    transaction(this.#database, () => {
      for (const row of rows) {
        const before = kept.get(row.number) as { seen_pass: number } | undefined;
        this.#write(row, pass ?? before?.seen_pass ?? 0);
      }
    });
    this.#show(rows);
  }

  /** What the list has for these numbers, in their order; null for those it does not have. */
  pairs(numbers: readonly string[]): ({ primary: string; failover: string } | null)[] {
    return numbers.map((number) => this.#index.pairOf(number));
  }

  /** The names of the routes that exist, for finding numbers that point at others; null when that is not known. */
  setListedRoutes(names: readonly string[] | null): void {
    this.#index.listedRoutes = names === null ? null : new Set(names);
    this.#index.revision += 1;
  }

  remove(pass: number, numbers: readonly string[]): void {
    transaction(this.#database, () => {
      const remove = this.#database.prepare('DELETE FROM number WHERE number = ?');
      for (const number of numbers) remove.run(number);
      this.#database
        .prepare('UPDATE sync_pass SET removed = removed + ? WHERE id = ?')
        .run(numbers.length, pass);
    });
    if (this.#index.remove(numbers) > 0) this.#index.revision += 1;
  }

  /** Rejects, like `putPage`, with `storage` when the list was begun anew since the pass began. */
  finishPass(pass: number, endedAt: number): PassResult {
    transaction(this.#database, () => {
      const ended = this.#database
        .prepare('UPDATE sync_pass SET ended_at = ? WHERE id = ?')
        .run(endedAt, pass);
      if (ended.changes === 0) throw passGone();
      this.#database.prepare('DELETE FROM sync_page WHERE pass <= ?').run(pass);
      this.#database.prepare('DELETE FROM sync_pass WHERE id < ? - 100').run(pass);
    });
    this.#index.revision += 1;
    const result = this.lastPass();
    if (!result) throw passGone();
    return result;
  }

  lastPass(): PassResult | null {
    const row = this.#database
      .prepare(
        'SELECT ended_at, added, changed, removed FROM sync_pass WHERE ended_at IS NOT NULL ORDER BY id DESC LIMIT 1',
      )
      .get() as { ended_at: number; added: number; changed: number; removed: number } | undefined;
    if (!row) return null;
    return { completedAt: row.ended_at, added: row.added, changed: row.changed, removed: row.removed };
  }

  close(): void {
    closeDatabase(this.#database);
  }

  #look(clauses: readonly Clause[], view: { sort: Sort; offset: number; limit: number }) {
    const result = this.#find(clauses, view.sort);
    const { count, cost } = result;
    return { count, cost, window: result.window(view.offset, view.limit) };
  }

  /** Scrolling asks for the same result again; one more digit is looked for among what was found. */
  #find(clauses: readonly Clause[], sort: Sort): Result {
    const index = this.#index;
    const key = `${index.revision} ${sort.column} ${sort.direction} ${JSON.stringify(clauses)}`;
    const last = this.#kept;
    if (last?.key === key) return last.result;
    const { members, revision } = index;
    const narrower =
      last?.members === members && last.revision === revision && narrows(last.clauses, clauses);
    const before = narrower ? last.result.found : null;
    const found = findSlots(index, clauses, before instanceof Uint32Array ? before : undefined);
    const result = new Result(
      index,
      found,
      () => index.order(sort),
      (slots) => index.sortList(slots, sort),
    );
    this.#kept = { key, members, revision, clauses, result };
    return result;
  }

  /** The row as it is to be kept: what is known of the number from later wins, unless its time is yet to come. */
  #newer(row: IndexedNumber): IndexedNumber {
    const known = this.row(row.number);
    return known && known.seenAt > row.seenAt && known.seenAt <= Date.now() ? known : row;
  }

  #write(row: IndexedNumber, pass: number): void {
    this.#upsert.run(
      row.number,
      row.primary,
      row.primaryType,
      row.failover,
      row.failoverType,
      row.billing,
      row.seenAt,
      pass,
    );
  }

  #show(rows: readonly IndexedNumber[]): void {
    let changes = 0;
    for (const row of rows) if (this.#index.put(row) !== 'same') changes += 1;
    if (changes > 0) this.#index.revision += 1;
  }
}

function passGone(): Failure {
  const message = 'The cached list was begun anew while it was being fetched.';
  return failure('storage', message, 'It is fetched once more.', { retryable: true });
}

function toRow(item: OwnedNumber, seenAt: number): IndexedNumber {
  const { primary, failover } = item.routes;
  return {
    number: item.number,
    primary: primary.name,
    primaryType: primary.type,
    failover: failover.name,
    failoverType: failover.type,
    billing: item.billing,
    seenAt,
  };
}

function differs(a: NumberRow, b: IndexedNumber): boolean {
  return (
    a.primary !== b.primary ||
    a.primaryType !== b.primaryType ||
    a.failover !== b.failover ||
    a.failoverType !== b.failoverType ||
    a.billing !== b.billing
  );
}
