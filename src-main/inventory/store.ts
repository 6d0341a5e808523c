import type { Inputs } from '../contract/contract.ts';
import type { OwnedNumber } from '../contract/model.ts';
import { markedDigits, parseQuery } from '../contract/query.ts';
import type { NumberRow, NumbersWindow, RouteUse, Sort } from '../contract/views.ts';
import { closeDatabase, openDatabase, transaction, type Database } from '../storage/sqlite.ts';
import { filterSlots } from './filter.ts';
import { NumberIndex, unknownCost, type IndexedNumber, type Learned } from './number-index.ts';

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

type Result = { key: string; slots: Uint32Array; cost: { monthly: number; known: number } };

/**
 * The cached list inside the worker: SQLite for durability, the columnar index for every question. What is written
 * is in the database before the index shows it.
 */
export class NumberStore {
  readonly movedTo: string | null;
  #database: Database;
  #index = new NumberIndex();
  #result: Result | null = null;
  #upsert: ReturnType<Database['prepare']>;

  constructor(file: string) {
    const { database, movedTo } = openDatabase(file);
    this.movedTo = movedTo;
    this.#database = database;
    this.#upsert = database.prepare(
      `INSERT INTO number VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (number) DO UPDATE SET
         primary_name = excluded.primary_name, primary_type = excluded.primary_type,
         failover_name = excluded.failover_name, failover_type = excluded.failover_type,
         billing = excluded.billing, seen_at = excluded.seen_at, seen_pass = excluded.seen_pass`,
    );
    this.#load();
  }

  get size(): { revision: number; total: number } {
    return { revision: this.#index.revision, total: this.#index.count };
  }

  query(input: Inputs['numbers.query']): NumbersWindow {
    const parsed = parseQuery(input.text);
    const { slots, cost } = this.#find(input.text, input.sort);
    const rows: NumberRow[] = [];
    const end = Math.min(slots.length, input.offset + input.limit);
    for (let i = input.offset; i < end; i += 1) rows.push(this.#index.rowAt(slots[i] ?? 0));
    return {
      revision: this.#index.revision,
      total: this.#index.count,
      matching: slots.length,
      offset: input.offset,
      rows,
      cost,
      tokens: parsed.tokens,
      digits: markedDigits(parsed),
    };
  }

  matching(input: Inputs['numbers.matching']): { total: number; numbers: string[] } {
    const { slots } = this.#find(input.text, input.sort);
    const numbers = Array.from(slots.subarray(0, input.limit), (slot) => this.#index.numberAt(slot));
    return { total: slots.length, numbers };
  }

  row(number: string): NumberRow | null {
    const slot = this.#index.slotOf(number);
    return slot === undefined ? null : this.#index.rowAt(slot);
  }

  learn(rows: readonly Learned[]): void {
    this.#index.learn(rows);
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

  /** Stores one page of a pass: numbers, page and counts in one transaction. */
  putPage(pass: number, page: number, items: readonly OwnedNumber[], isLast: boolean, seenAt: number): void {
    const rows = items.map((item) => toRow(item, seenAt));
    transaction(this.#database, () => {
      let added = 0;
      let changed = 0;
      for (const row of rows) {
        const known = this.row(row.number);
        if (!known) added += 1;
        else if (differs(known, row)) changed += 1;
        this.#write(row, pass);
      }
      this.#database
        .prepare('INSERT OR REPLACE INTO sync_page VALUES (?, ?, ?, ?)')
        .run(pass, page, rows.length, isLast ? 1 : 0);
      this.#database
        .prepare('UPDATE sync_pass SET added = added + ?, changed = changed + ? WHERE id = ?')
        .run(added, changed, pass);
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

  /** One number as the carrier has it now; `pass` when it was asked for by one. */
  applyFresh(item: OwnedNumber, seenAt: number, pass: number | null): void {
    const row = toRow(item, seenAt);
    const kept = this.#database.prepare('SELECT seen_pass FROM number WHERE number = ?').get(row.number) as
      { seen_pass: number } | undefined;
    this.#write(row, pass ?? kept?.seen_pass ?? 0);
    this.#show([row]);
  }

  remove(pass: number, numbers: readonly string[]): void {
    transaction(this.#database, () => {
      const remove = this.#database.prepare('DELETE FROM number WHERE number = ?');
      for (const number of numbers) remove.run(number);
      this.#database
        .prepare('UPDATE sync_pass SET removed = removed + ? WHERE id = ?')
        .run(numbers.length, pass);
    });
    for (const number of numbers) this.#index.remove(number);
    if (numbers.length > 0) this.#index.revision += 1;
  }

  finishPass(pass: number, endedAt: number): PassResult {
    transaction(this.#database, () => {
      this.#database.prepare('UPDATE sync_pass SET ended_at = ? WHERE id = ?').run(endedAt, pass);
      this.#database.prepare('DELETE FROM sync_page WHERE pass <= ?').run(pass);
      this.#database.prepare('DELETE FROM sync_pass WHERE id < ? - 100').run(pass);
    });
    this.#index.revision += 1;
    const result = this.lastPass();
    if (!result) throw new Error('a finished pass is missing');
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

  #find(text: string, sort: Sort): Result {
    const key = `${this.#index.revision} ${sort.column} ${sort.direction} ${text}`;
    if (this.#result?.key === key) return this.#result;
    const order = this.#index.order(sort);
    const { clauses } = parseQuery(text);
    const slots = clauses.length === 0 ? order : pick(order, filterSlots(this.#index, clauses));
    this.#result = { key, slots, cost: costOf(this.#index, slots) };
    return this.#result;
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

  #load(): void {
    const rows = this.#database.prepare('SELECT * FROM number').iterate() as Iterable<
      Record<string, unknown>
    >;
    for (const row of rows) {
      this.#index.put({
        number: String(row['number']),
        primary: String(row['primary_name']),
        primaryType: String(row['primary_type']),
        failover: String(row['failover_name']),
        failoverType: String(row['failover_type']),
        billing: String(row['billing']),
        seenAt: Number(row['seen_at']),
      });
    }
  }
}

function costOf({ monthly }: NumberIndex, slots: Uint32Array): { monthly: number; known: number } {
  const cost = { monthly: 0, known: 0 };
  for (const slot of slots) {
    const cents = monthly[slot] ?? unknownCost;
    if (cents === unknownCost) continue;
    cost.monthly += cents;
    cost.known += 1;
  }
  return cost;
}

function pick(order: Uint32Array, passing: Uint8Array): Uint32Array {
  const picked = new Uint32Array(order.length);
  let count = 0;
  for (const slot of order) {
    if (passing[slot] === 1) {
      picked[count] = slot;
      count += 1;
    }
  }
  return picked.slice(0, count);
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
