import type { Route } from '../contract/model.ts';
import type { PlanKind, RouteChange } from '../contract/routing.ts';
import { newId, nextOrdinal } from '../storage/ordinals.ts';
import { transaction, type Database } from '../storage/sqlite.ts';
import { readImport, type ImportedRow } from './import.ts';
import {
  keepFailover,
  keepPrimary,
  maybeChanged,
  samePair,
  targetOf,
  type FreshPair,
  type Pair,
} from './plan-store.ts';
import { sortRows, type WantedRow } from './rows.ts';

/** What a draft is made from: numbers that follow, a file (base64), or what another plan did not change. */
export type DraftSource =
  | { readonly kind: 'numbers' }
  | { readonly kind: 'file'; readonly base64: string }
  | { readonly kind: 'again'; readonly plan: number };
export type BegunDraft = {
  /** For the calls that follow. */
  readonly token: number;
  readonly rows: number;
  /** Names of the routes it is about, each once. */
  readonly routes: readonly string[];
};
export type PlanHead = {
  readonly at: number;
  readonly kind: PlanKind;
  /** '' for one that comes from another plan: it is called after that one. */
  readonly title: string;
  /** The plan it undoes or goes on with, or null. */
  readonly of: number | null;
};

/** The id of the plan and how many numbers it is about. */
export type MadeDraft = { readonly id: number; readonly total: number };

type Gathered = {
  readonly rows: WantedRow[];
  readonly pairs: (Pair | null)[];
  readonly cells: readonly ImportedRow[];
};
type StoredItem = { keep: number; first: string; second: string; toFirst: string; toSecond: string };

/** A side that is kept and is not among the listed routes: every change of the number would be refused for it. */
const missing = (side: 'primary' | 'failover') =>
  `(keep & ${side === 'primary' ? keepPrimary : keepFailover} AND to_${side} <> ''
    AND to_${side} NOT IN (SELECT name FROM route))`;
const keepsMissing = `plan_id = ?1 AND status = 'planned' AND EXISTS (SELECT 1 FROM route)
  AND (${missing('primary')} OR ${missing('failover')})`;

/**
 * Makes drafts out of rows and compares them. Rows of a large draft come and go in slices and are put together here, so that
 * the main thread never holds all of them.
 */
export class DraftStore {
  #database: Database;
  #gathering = new Map<number, Gathered>();
  #tokens = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Begins to gather rows. Rejects with `invalid-input` for a file that cannot be read. Ends with `finishDraft` or `dropDraft`. */
  beginDraft(source: DraftSource): BegunDraft {
    const cells = source.kind === 'file' ? readImport(Buffer.from(source.base64, 'base64')) : [];
    const rows =
      source.kind === 'again'
        ? this.#restOf(source.plan)
        : cells.map((row): WantedRow => ({ ...row, named: row.cells.number }));
    const token = ++this.#tokens;
    this.#gathering.set(token, { rows, pairs: [], cells });
    const names = new Set(rows.flatMap(({ primary, failover }) => [primary, failover]));
    return { token, rows: rows.length, routes: [...names].filter((name) => name !== null) };
  }

  /** More numbers that get the same routes. */
  addDraftNumbers(token: number, numbers: readonly string[], change: RouteChange): void {
    const { rows } = this.#gathered(token);
    for (const number of numbers) rows.push({ line: 0, number, ...change, problem: null });
  }

  /** The numbers of some rows, '' for a row that has none. */
  draftNumbers(token: number, offset: number, limit: number): string[] {
    return this.#gathered(token)
      .rows.slice(offset, offset + limit)
      .map((row) => row.number ?? '');
  }

  /** What the list has for the next rows, in their order. */
  addDraftPairs(token: number, pairs: readonly (Pair | null)[]): void {
    this.#gathered(token).pairs.push(...pairs);
  }

  dropDraft(token: number): void {
    this.#gathering.delete(token);
  }

  /** Writes the draft down. */
  finishDraft(token: number, head: PlanHead, routes: readonly Route[], complete: boolean): MadeDraft {
    const { rows, pairs, cells } = this.#gathered(token);
    const { items, problems } = sortRows(rows, pairs, routes, complete);
    return transaction(this.#database, () => {
      const id = this.#insertPlan(head);
      this.#insertMany(
        id,
        'plan_item',
        `value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, 0, 'planned', '', 0, value->>6, 0`,
        items.map(({ number, keep, before, to, line }) => [
          ...[number, keep, before.primary, before.failover, to.primary, to.failover, line],
        ]),
      );
      this.#insertMany(
        id,
        'plan_problem',
        'value->>0, value->>1, value->>2',
        problems.map(({ line, number, text }) => [line, number, text]),
      );
      this.#insertMany(
        id,
        'plan_row',
        'value->>0, value->>1, value->>2, value->>3, value->>4',
        cells.map(({ line, number, cells: read }) => [
          ...[line, number ?? '', read.number, read.primary, read.failover],
        ]),
      );
      return { id, total: items.length };
    });
  }

  /** How many numbers a plan has or may have changed, and the routes they had. */
  formerRoutes(id: number): { numbers: number; routes: string[] } {
    const rows = this.#database
      .prepare(
        `SELECT before_primary AS first, before_failover AS second, count(*) AS count FROM plan_item
         WHERE plan_id = ? AND ${maybeChanged} GROUP BY 1, 2`,
      )
      .all(id) as { first: string; second: string; count: number }[];
    const routes = new Set(rows.flatMap(({ first, second }) => [first, second]));
    return { numbers: rows.reduce((sum, { count }) => sum + count, 0), routes: [...routes] };
  }

  /** The former pair of every number that a plan has or may have changed, as a draft; `routes` are those that still exist. */
  createUndo(of: number, head: PlanHead, routes: readonly string[]): MadeDraft {
    const gone = (side: string) => `${side} NOT IN (SELECT value FROM json_each(?2))`;
    const done = `plan_id = ?1 AND ${maybeChanged}`;
    const listed = JSON.stringify(routes);
    return transaction(this.#database, () => {
      const id = this.#insertPlan(head);
      const made = this.#database
        .prepare(
          `INSERT INTO plan_item (plan_id, number, keep, before_primary, before_failover, to_primary, to_failover,
             flagged, status, reason, sent)
           SELECT ?3, number, 0, to_primary, to_failover, before_primary, before_failover, 0, 'planned', '', 0
           FROM plan_item WHERE ${done} AND NOT (${gone('before_primary')} OR ${gone('before_failover')})`,
        )
        .run(of, listed, id);
      this.#database
        .prepare(
          `INSERT INTO plan_problem SELECT ?3, 0, number, 'The route "' ||
             CASE WHEN ${gone('before_primary')} THEN before_primary ELSE before_failover END || '" is gone.'
           FROM plan_item WHERE ${done} AND (${gone('before_primary')} OR ${gone('before_failover')})`,
        )
        .run(of, listed, id);
      return { id, total: Number(made.changes) };
    });
  }

  /** The next numbers of a draft after this one, in their order, for its comparison. */
  draftItems(id: number, after: string, limit: number): string[] {
    const rows = this.#database
      .prepare(
        `SELECT number FROM plan_item WHERE plan_id = ? AND number > ? AND (status = 'planned' OR already = 1)
         ORDER BY number LIMIT ?`,
      )
      .all(id, after, limit) as { number: string }[];
    return rows.map((row) => row.number);
  }

  /**
   * Compares numbers of a draft with what the carrier has: what changed since the last sync is flagged, what is right already
   * is marked so, what is gone leaves the plan. An undo also leaves alone what was changed since. `endCheck` comes last.
   */
  checkPlan(id: number, fresh: readonly FreshPair[]): void {
    const find = this.#database.prepare(
      `SELECT keep, line, before_primary AS first, before_failover AS second, to_primary AS toFirst,
         to_failover AS toSecond FROM plan_item
       WHERE plan_id = ? AND number = ? AND (status = 'planned' OR already = 1)`,
    );
    const remove = this.#database.prepare('DELETE FROM plan_item WHERE plan_id = ? AND number = ?');
    const leaveOut = this.#database.prepare('INSERT INTO plan_problem VALUES (?, ?, ?, ?)');
    const set = this.#database.prepare(
      `UPDATE plan_item SET status = ?, already = ?, flagged = max(flagged, ?), before_primary = ?,
         before_failover = ?, to_primary = ?, to_failover = ? WHERE plan_id = ? AND number = ?`,
    );
    const phase = this.#database.prepare('SELECT kind, phase FROM plan WHERE id = ?').get(id) as
      { kind: PlanKind; phase: string } | undefined;
    if (phase?.phase !== 'draft') return;
    transaction(this.#database, () => {
      for (const { number, pair, why } of fresh) {
        const item = find.get(id, number) as (StoredItem & { line: number }) | undefined;
        if (!item) continue;
        const leave = (text: string) => {
          remove.run(id, number);
          leaveOut.run(id, item.line, number, text);
        };
        if (!pair) {
          leave(why ?? 'The carrier says this account does not have the number.');
          continue;
        }
        const before = { primary: item.first, failover: item.second };
        const to = targetOf(
          { keep: item.keep, to: { primary: item.toFirst, failover: item.toSecond } },
          pair,
        );
        const right = samePair(to, pair);
        if (!right && phase.kind === 'undo' && !samePair(pair, before)) {
          leave(`Changed since: it has ${pair.primary}, then ${pair.failover} now.`);
          continue;
        }
        const flagged = !right && !samePair(pair, before);
        const pairs = [pair.primary, pair.failover, to.primary, to.failover];
        set.run(right ? 'same' : 'planned', right ? 1 : 0, flagged ? 1 : 0, ...pairs, id, number);
      }
    });
  }

  /** How many numbers of a draft would keep a route that the carrier does not list. */
  keepsMissing(id: number): number {
    const { count } = this.#database
      .prepare(`SELECT count(*) AS count FROM plan_item WHERE ${keepsMissing}`)
      .get(id) as { count: number };
    return count;
  }

  /** Takes them out of the draft, each with the route it would keep. */
  leaveOutMissing(id: number): void {
    transaction(this.#database, () => {
      const isDraft = "EXISTS (SELECT 1 FROM plan WHERE id = ?1 AND phase = 'draft')";
      this.#database
        .prepare(
          `INSERT INTO plan_problem SELECT ?1, line, number, 'It keeps the route "' ||
             CASE WHEN ${missing('primary')} THEN to_primary ELSE to_failover END ||
             '", which does not exist any more: choose both routes.'
           FROM plan_item WHERE ${keepsMissing} AND ${isDraft}`,
        )
        .run(id);
      this.#database.prepare(`DELETE FROM plan_item WHERE ${keepsMissing} AND ${isDraft}`).run(id);
    });
  }

  /** Every number was compared; `at` (Unix milliseconds) is when that began. */
  endCheck(id: number, at: number): void {
    this.#database
      .prepare(
        `UPDATE plan SET checked_at = ?, waiting = '', already_right =
           (SELECT count(*) FROM plan_item WHERE plan_id = plan.id AND already = 1)
         WHERE id = ? AND phase = 'draft'`,
      )
      .run(at, id);
  }

  /** Says beside a draft why it waits; a plan that is no draft any more is left as it is. */
  noteDraft(id: number, waiting: string): void {
    this.#database.prepare("UPDATE plan SET waiting = ? WHERE id = ? AND phase = 'draft'").run(waiting, id);
  }

  discardPlan(id: number): boolean {
    return this.#database.prepare("DELETE FROM plan WHERE id = ? AND phase = 'draft'").run(id).changes === 1;
  }

  #gathered(token: number): Gathered {
    const gathered = this.#gathering.get(token);
    if (!gathered) throw new Error('the draft is not being made any more');
    return gathered;
  }

  /** What of a plan failed, was left alone or was not sent. */
  #restOf(id: number): WantedRow[] {
    const rows = this.#database
      .prepare(
        `SELECT number, keep, to_primary AS toFirst, to_failover AS toSecond FROM plan_item
         WHERE plan_id = ? AND status IN ('failed', 'changed', 'left') ORDER BY number`,
      )
      .all(id) as (Pick<StoredItem, 'keep' | 'toFirst' | 'toSecond'> & { number: string })[];
    return rows.map(({ number, keep, toFirst, toSecond }) => ({
      ...{ line: 0, number, problem: null },
      primary: keep & keepPrimary ? null : toFirst,
      failover: keep & keepFailover ? null : toSecond,
    }));
  }

  #insertPlan({ at, kind, title, of }: PlanHead): number {
    const id = newId();
    this.#database
      .prepare(
        `INSERT INTO plan (id, ordinal, created_at, kind, title, of_id, phase, waiting, checked_at, already_right)
         VALUES (?, ?, ?, ?, ?, ?, 'draft', '', NULL, 0)`,
      )
      .run(id, nextOrdinal(this.#database, 'plan'), at, kind, title, of);
    return id;
  }

  /** Many rows of a plan with one statement for some thousand of them: a call for each takes half as long again. */
  #insertMany(
    id: number,
    table: 'plan_item' | 'plan_row' | 'plan_problem',
    columns: string,
    rows: readonly (readonly (string | number)[])[],
  ): void {
    const insert = this.#database.prepare(`INSERT INTO ${table} SELECT ?, ${columns} FROM json_each(?)`);
    for (let at = 0; at < rows.length; at += 2_000) {
      insert.run(id, JSON.stringify(rows.slice(at, at + 2_000)));
    }
  }
}
