import type { Inputs } from '../contract/contract.ts';
import type { ListedNumber, OwnedNumber, Pair } from '../contract/model.ts';
import { markedDigits, parseQuery, type Clause } from '../contract/query.ts';
import type { PrimariesView } from '../contract/routing.ts';
import type {
  MatchingPage,
  NumberRow,
  NumbersWindow,
  RouteUse,
  Sort,
  Suggestion,
  GroupsWindow,
} from '../contract/numbers.ts';
import { numberMigrations } from './migrations/index.ts';
import { fitting } from '../platform/storage/fitting.ts';
import {
  closeDatabase,
  DamageError,
  openDatabase,
  transaction,
  type Database,
} from '../platform/storage/sqlite.ts';
import { among } from './index/among.ts';
import { checkList } from './list-check.ts';
import type { AsideStore } from './aside-store.ts';
import { findSlots, narrows } from './index/filter.ts';
import { listTables } from './list-tables.ts';
import { firstRows, loadIndex } from './index/load.ts';
import { Lookalikes } from './index/lookalikes.ts';
import { NumberIndex } from './index/number-index.ts';
import { SetStore } from './set-store.ts';
import type { IndexedNumber, ListedRoutes, Overlay } from './index/indexed-number.ts';
import { PassChanges } from './sync/pass-changes.ts';
import { sumOfPage } from './sync/pass-sum.ts';
import type { PassResult, PassState, PassStore } from './sync/pass-store.ts';
import { Result } from './index/result.ts';
import { routesDue, type DueQuestion } from './index/routes-due.ts';
import { primaryUse } from './primary-use.ts';
import { routeUse } from './route-use.ts';
import { Suggester } from './index/suggest.ts';
import { Snapshots } from './index/snapshots.ts';
import { guessedLongAgo, once, parts, rowsAtOnce, toRow, written } from './stored-rows.ts';

/** Which part of the list it is, counted from 1, and where the next one begins where parts come one after another. */
export type PutPage = { readonly page: number; readonly isLast: boolean; readonly next: string | null };

export type { PassResult, PassState };

/** Both routes of a number by their keys, with `guess` where one of them may be none; `unread` before they were read, null for a number that the list does not have. */
export type KnownPair = (Pair & { readonly guess?: true }) | 'unread' | null;

/** A number that a pass missed and the carrier, asked for it alone, did not have. */
export type Missing = { readonly number: string; readonly askedAt: number };

const byNumber = { column: 'number', direction: 'asc' } as const;
/** So many rows of the database are looked through at once. */
const stretch = 50_000;
/** Rows deeper in the list than this wait for the index. */
const mostEarly = 10_000;

type Kept = { key: string; version: number; clauses: readonly Clause[]; result: Result };

/**
 * The cached list inside the worker: SQLite for durability, the columnar index for every question. What is written
 * is in the database before the index shows it.
 */
export class NumberStore {
  readonly movedTo: string | null;
  readonly beside: AsideStore;
  #begunAnew: boolean;
  #database: Database;
  #index = new NumberIndex();
  readonly sets = new SetStore(this.#index);
  #lookalikes = new Lookalikes(this.#index);
  #suggester = new Suggester(this.#index);
  #kept: Kept | null = null;
  #snapshots = new Snapshots();
  #room: Uint32Array = new Uint32Array();
  #passes: PassStore;
  #changes = new PassChanges();
  /** A pass has ended: whether the file agrees with what is shown is looked at when nobody asks for anything. */
  #unchecked = false;
  /** Grows with every change of the table, so that a check that was overtaken by one is dropped. */
  #writes = 0;
  #upsert: ReturnType<Database['prepare']>;
  #upsertMany: ReturnType<Database['prepare']>;

  /** `former`: the list before, when its file had to be given up; what is known beside the carrier's list is taken over from there. */
  constructor(file: string, former?: NumberStore) {
    this.#begunAnew = former !== undefined;
    if (former) this.#index.adopt(former.#index);
    const make = (opened: Database) => listTables(opened, this.#index);
    const { database, made, movedTo } = openDatabase(file, numberMigrations, false, make);
    this.movedTo = movedTo;
    this.#database = database;
    this.#passes = made.passes;
    this.beside = made.beside;
    this.#upsert = made.upsert;
    this.#upsertMany = made.upsertMany;
  }

  /**
   * Fills the index, a part at each step. Until it ends, only `early` answers. Every table is read, and what it says is held
   * against the others: what is damaged shows here and not in the middle of a sync.
   */
  *load(): Generator<void> {
    const expected = this.#passes.readAll();
    this.beside.load();
    this.#passes.loaded(expected.pass, yield* loadIndex(this.#database, this.#index, expected));
  }

  /** Looks whether the file has what is shown, in steps; null when there is nothing new to look at. */
  checking(): Generator<void> | null {
    if (!this.#unchecked) return null;
    this.#unchecked = false;
    return checkList(this.#database, this.#index, this.#passes, () => this.#writes);
  }

  /** What can be answered straight from the database while the index is filled; undefined for everything else. */
  early(name: string, args: readonly unknown[]): unknown {
    if (name === 'numbers.lastPass') return this.lastPass();
    if (name === 'aside.aside') return this.beside.aside();
    // A pass that goes on where it stopped is compared with the rows first.
    if (name === 'numbers.unfinishedPass')
      return this.unfinishedPass(Number(args[0])) ?? this.#passes.noneToResume();
    const input = args[0] as Inputs['numbers.query'];
    if (name !== 'numbers.query' || input.text.trim() !== '') return undefined;
    if (input.sort.column !== 'number' || input.sort.direction !== 'asc' || input.offset > mostEarly)
      return undefined;
    const total = this.#passes.total();
    const rows = fitting(
      this.beside.allShown(firstRows(this.#database, this.#index, input.offset, input.limit)),
    );
    const nothing = { cost: { monthly: 0, known: 0 }, unread: null, known: [], tokens: [], digits: [] };
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
    return { revision: this.#index.revision, total: this.#index.size };
  }

  query(input: Inputs['numbers.query']): NumbersWindow {
    const parsed = parseQuery(input.text);
    const { clauses, tokens } = this.sets.known(parsed);
    const result = this.#find(clauses, input.sort);
    const grouped = result.grouped(input.closed);
    const window = (grouped ?? result).window(input.offset, input.limit);
    return {
      revision: this.#index.revision,
      total: this.#index.size,
      matching: result.count,
      ...(grouped ? { listed: grouped.listed } : {}),
      offset: input.offset,
      rows: fitting(this.beside.allShown(this.#index.rowsAt(window)), this.#index.mostLetters()),
      cost: result.cost,
      unread: this.#index.unread,
      known: this.#index.known(),
      tokens,
      digits: markedDigits(parsed),
    };
  }

  groups({ text, by, offset }: Inputs['numbers.groups']): GroupsWindow {
    const { clauses } = this.sets.known(parseQuery(text));
    const sort = { column: 'number', direction: 'asc', group: by } as const;
    const groups = this.#find(clauses, sort).grouped()?.groups() ?? [];
    const { revision } = this.#index;
    return { revision, total: groups.length, offset, groups: fitting(groups.slice(offset)) };
  }

  /** `limit` 0 tells the total only. Throws `not-found` for a snapshot that is not kept any more. */
  matching({ text, sort, offset = 0, limit, snapshot }: Inputs['numbers.matching']): MatchingPage {
    if (typeof snapshot === 'number') return this.#snapshots.page(snapshot, offset, limit);
    const { clauses } = parseQuery(text);
    this.sets.mustHave(clauses);
    const result = this.#find(clauses, sort);
    if (snapshot === 'new' && limit > 0 && offset + limit < result.count) {
      const slots = result.window(0, result.count);
      return this.#snapshots.page(this.#snapshots.add(this.#index.keysOf(slots)), offset, limit);
    }
    const numbers = Array.from(result.window(offset, limit), (slot) => this.#index.numberAt(slot));
    return { total: result.count, numbers, snapshot: null };
  }

  /** The first of these numbers, as many as fit into one answer, as they are now; null for those that are not here. */
  rows(numbers: readonly string[]): (NumberRow | null)[] {
    return fitting(numbers.map((number) => this.row(number)));
  }

  /** What the end of a query that is being typed may be meant to become; in steps, so that rows are never waited for. */
  suggest(text: string, typed: string): Generator<void, Suggestion[]> {
    return this.#suggester.suggest(text, typed);
  }

  among(text: string, numbers: readonly string[]): string[] {
    return among(this.#index, text, numbers);
  }

  row(number: string): NumberRow | null {
    const slot = this.#index.slotOf(number);
    return slot === undefined ? null : this.beside.shown(this.#index.rowAt(slot));
  }

  /** Keeps what is known of numbers beside the carrier's list. */
  *overlay(rows: readonly Overlay[]): Generator<void> {
    for (const some of parts(rows)) {
      this.#index.overlay(some);
      yield;
    }
  }

  /** Work that puts the index in order, in steps; null when there is none. */
  tidying(): Generator<void> | null {
    return this.#index.tidying();
  }

  /** Which of these numbers are here. */
  owned(numbers: readonly string[]): string[] {
    return numbers.filter((number) => this.#index.slotOf(number) !== undefined);
  }

  /** The first of the routes in use, as many as fit into one answer, by key and type, after this one (`key`, line feed, `type`). */
  routeUse(after: string, limit: number): RouteUse[] {
    return fitting(routeUse(this.#index, after, limit));
  }

  /** The numbers that a query matches by their primary route. */
  primaries(text: string): PrimariesView {
    const index = this.#index;
    const { clauses } = parseQuery(text);
    this.sets.mustHave(clauses);
    const found = new Result(index, findSlots(index, clauses), byNumber);
    const use = primaryUse(index, found.window(0, found.count));
    return { ...use, rows: fitting(use.rows) };
  }

  unfinishedPass(notBefore: number): PassState | null {
    return this.#passes.unfinished(notBefore);
  }

  beginPass(startedAt: number): PassState {
    return transaction(this.#database, () => this.#passes.begin(startedAt));
  }

  /**
   * Stores one page of a pass: numbers, page and counts in one transaction. `askedAt` (Unix milliseconds) is when the page
   * was asked for: a number that is known from later than that is seen, but keeps what is known of it, so that a page on its
   * way cannot undo a change.
   */
  putPage(
    pass: number,
    { page, isLast, next }: PutPage,
    items: readonly ListedNumber[],
    askedAt: number,
  ): void {
    const rows = once(items).map((item) => this.#newer(toRow(item, askedAt)));
    const numbers = rows.map((row) => row.number);
    transaction(this.#database, () => {
      let added = 0;
      let changed = 0;
      for (const row of rows) {
        const slot = this.#index.slotOf(row.number);
        const other = slot === undefined || this.#index.differs(slot, row);
        if (slot === undefined) added += 1;
        else if (other) changed += 1;
        if (other) this.#changes.note(row.number);
      }
      this.#writeAll(rows, pass);
      const noted = { page, numbers: rows.length, isLast, sum: sumOfPage(page, numbers, isLast), next };
      this.#passes.notePage(pass, noted, { added, changed });
    });
    this.beside.settle(numbers);
    this.#show(rows);
  }

  /** Numbers that a complete pass did not see, in no form at all. */
  *missed(pass: number): Generator<void, string[]> {
    const read = this.#database.prepare(
      'SELECT number FROM number WHERE number >= ? AND number < ? AND seen_pass <> ?',
    );
    const numbers: string[] = [];
    const odd = this.beside.oddOf(pass);
    // The table is as long as the list: it is looked through in stretches, as the numbers that are known divide it.
    const bounds = [''];
    for (let slot = stretch; slot < this.#index.sorted; slot += stretch)
      bounds.push(this.#index.numberAt(slot));
    bounds.push(':');
    for (let at = 1; at < bounds.length; at += 1) {
      const rows = read.all(bounds[at - 1] ?? '', bounds[at] ?? '', pass) as { number: string }[];
      for (const { number } of rows) if (!odd.has(number)) numbers.push(number);
      yield;
    }
    return numbers;
  }

  reopenPass(pass: number): void {
    this.#passes.reopen(pass);
    this.beside.dropOdd(null);
  }

  /**
   * Numbers as the carrier has them; `at` is the earliest time that is known for: when a read was asked, or when a
   * change was answered. `pass` when they were asked for by one.
   */
  *applySeen(
    seen: readonly { item: OwnedNumber; at: number }[],
    pass: number | null = null,
  ): Generator<void> {
    const kept = this.#database.prepare('SELECT seen_pass FROM number WHERE number = ?');
    for (const some of parts(seen)) {
      const rows = some.map(({ item, at }) => this.#newer(toRow(item, at)));
      transaction(this.#database, () => {
        let added = 0;
        for (const row of rows) {
          const before = kept.get(row.number) as { seen_pass: number } | undefined;
          if (!before) added += 1;
          this.#write(row, pass ?? before?.seen_pass ?? 0);
        }
        this.#passes.addToTotal(added);
      });
      this.beside.settle(rows.map((row) => row.number));
      this.#show(rows);
      yield;
    }
  }

  /** What the list has for these numbers, in their order. */
  pairs(numbers: readonly string[]): KnownPair[] {
    return numbers.map((number) => {
      const known = this.#known(number);
      if (known === null) return null;
      const { primary, failover } = known;
      if (primary === null || failover === null) return 'unread';
      const isGuess = known.routesAt === guessedLongAgo || this.#index.isGuess(number);
      return { primary, failover, ...(isGuess ? { guess: true as const } : {}) };
    });
  }

  /** For each of these numbers, in their order: the one of another country that its ten digits may stand for; null for none. */
  lookalikes(numbers: readonly string[]): (string | null)[] {
    return numbers.map((number) => this.#lookalikes.of(number));
  }

  /** The routes of these numbers, as they are known from `at` (Unix milliseconds), are a guess. */
  guess(numbers: readonly string[], at: number): void {
    this.#index.guess(numbers, at);
  }

  /** Those of the numbers whose routes are a guess. */
  guesses(numbers: readonly string[]): string[] {
    return numbers.filter((number) => this.#index.isGuess(number));
  }

  /** A number whose routes are a guess, which it then is no more; null when there is none. */
  takeGuess(): string | null {
    return this.#index.takeGuess();
  }

  /** The numbers whose routes are to be read next, those never read first, and how many numbers there are. */
  *routesDue(question: DueQuestion): Generator<void, { numbers: string[]; total: number }> {
    return { numbers: yield* routesDue(this.#index, question), total: this.#index.size };
  }

  /** The routes that exist, for what people call them and for numbers that point at others; null when that is not known. */
  setListedRoutes(listed: ListedRoutes | null): void {
    this.#index.listedRoutes = listed;
    this.#index.revision += 1;
  }

  /**
   * Takes out numbers the carrier said it does not have; `askedAt` (Unix milliseconds) is when it was asked. One that is
   * known from later, bought again or read anew, stays.
   */
  remove(pass: number, missing: readonly Missing[]): void {
    const now = Date.now();
    const gone = missing
      .filter(({ number, askedAt }) => {
        const slot = this.#index.slotOf(number);
        const seenAt = slot === undefined ? 0 : (this.#index.seenAt[slot] ?? 0);
        // What is known from a time that is yet to come is known from a wrong clock.
        return slot !== undefined && (seenAt <= askedAt || seenAt > now);
      })
      .map(({ number }) => number);
    if (gone.length === 0) return;
    transaction(this.#database, () => {
      const remove = this.#database.prepare('DELETE FROM number WHERE number = ?');
      for (const number of gone) {
        // The index has the number and the table does not find it: the file is damaged, and the number would come back after a restart.
        if (Number(remove.run(number).changes) !== 1) throw new DamageError('a number cannot be found');
      }
      this.#writes += 1;
      this.#passes.noteRemoved(pass, gone.length);
    });
    this.beside.settle(gone);
    for (const number of gone) this.#changes.note(number);
    this.#index.remove(gone);
    this.#index.revision += 1;
  }

  finishPass(pass: number, endedAt: number): PassResult {
    transaction(this.#database, () => {
      this.#passes.finish(pass, endedAt);
      this.beside.dropOdd(pass);
    });
    this.#index.revision += 1;
    this.#index.look(true);
    this.#unchecked = true;
    const result = this.#passes.last();
    if (!result) throw new Error('a finished pass is missing');
    return result;
  }

  /** Which numbers the last pass changed, added or removed: told once. */
  changedNumbers(): string[] {
    return this.#changes.take();
  }

  /** The file was found damaged: the list is begun anew, unless this is the new one already. */
  distrust(): void {
    if (!this.#begunAnew) throw new DamageError('the file of the list is damaged');
  }

  lastPass(): PassResult | null {
    return this.#passes.last();
  }

  close(): void {
    closeDatabase(this.#database);
  }

  /** Scrolling asks for the same result again; one more digit is looked for among what was found. */
  #find(clauses: readonly Clause[], sort: Sort): Result {
    const index = this.#index;
    const { members, seen } = index.versions;
    const version = index.revision + members;
    const order = [sort, ...(sort.also ?? [])].map(({ column, direction }) => `${column} ${direction}`);
    order.push(sort.group ?? '');
    const times = order.some((one) => one.startsWith('seen')) ? seen : '';
    const key = `${version} ${times} ${order.join()} ${JSON.stringify(clauses)}`;
    const last = this.#kept;
    if (last?.key === key) return last.result;
    const narrower = last?.version === version && narrows(last.clauses, clauses);
    const before = narrower ? last.result.found : null;
    const found = findSlots(index, clauses, before instanceof Uint32Array ? before : undefined);
    const result = new Result(index, found, sort, () => this.#roomForAll());
    this.#kept = { key, version, clauses, result };
    return result;
  }

  /** One list of all slots, used by one result after another: megabytes at every key would keep the collector busy. */
  #roomForAll(): Uint32Array {
    if (this.#room.length < this.#index.count) this.#room = new Uint32Array(this.#index.capacity);
    return this.#room;
  }

  /**
   * The row as it is to be kept: what is known of the number from later wins, unless its time is yet to come, and routes that
   * were not told stay as they were.
   */
  #newer(row: IndexedNumber): IndexedNumber {
    const index = this.#index;
    const slot = index.slotOf(row.number);
    if (slot === undefined) return row;
    const now = Date.now();
    const later = (known: number, told: number) => known > told && known <= now;
    const seenLater = later(index.seenAt[slot] ?? 0, row.seenAt);
    const keepsRoutes = row.routesAt === null || later(index.routesAt[slot] ?? 0, row.routesAt);
    if (!seenLater && !keepsRoutes) return row;
    const known = index.toldAt(slot);
    if (seenLater && keepsRoutes) return known;
    const [texts, routes] = seenLater ? [known, row] : [row, known];
    const { primary, primaryType, failover, failoverType, routesAt } = routes;
    return { ...texts, primary, primaryType, failover, failoverType, routesAt };
  }

  #known(number: string): IndexedNumber | null {
    const slot = this.#index.slotOf(number);
    return slot === undefined ? null : this.#index.toldAt(slot);
  }

  #write(row: IndexedNumber, pass: number): void {
    this.#writes += 1;
    this.#upsert.run(...written(row, pass));
  }

  #writeAll(rows: readonly IndexedNumber[], pass: number): void {
    let at = 0;
    for (; at + rowsAtOnce <= rows.length; at += rowsAtOnce) {
      this.#writes += rowsAtOnce;
      this.#upsertMany.run(...rows.slice(at, at + rowsAtOnce).flatMap((row) => written(row, pass)));
    }
    for (const row of rows.slice(at)) this.#write(row, pass);
  }

  #show(rows: readonly IndexedNumber[]): void {
    let changes = 0;
    for (const row of rows) if (this.#index.put(row) !== 'same') changes += 1;
    if (changes > 0) this.#index.revision += 1;
    // Nobody may be looking at the list while a sync fills it: it is put in order all the same.
    this.#index.look();
  }
}
