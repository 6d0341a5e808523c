import type { Route } from '../contract/model.ts';
import type { PlanKind, PlanProblemsWindow, RouteChange } from '../contract/routing.ts';
import { fromColumns, toColumns } from '../jobs/coded.ts';
import { insertJob } from '../jobs/job-store.ts';
import { fitting } from '../platform/storage/fitting.ts';
import { transaction, type Database } from '../platform/storage/sqlite.ts';
import { failure } from '../contract/errors.ts';
import type { CellColumn, ImportFile, ImportMapping } from '../contract/importing.ts';
import type { LeftOut } from '../contract/left-out.ts';
import { DiscardedDrafts } from './discarded-drafts.ts';
import { KnownRoutes } from './known-routes.ts';
import { ImportMappings } from './import/mappings.ts';
import { columnsOf, openImport, readRows, rowOf, type ImportedRow } from './import/import.ts';
import { maybeChanged } from './plan-store.ts';
import { changeTo, keepFailover, keepPrimary, oneWord } from './pairs.ts';
import type { KnownPair } from '../inventory/number-store.ts';
import { CellNames } from './import/cell-names.ts';
import { sortRows, type SortedRows, type WantedRow } from './import/wanted-rows.ts';

/** What a draft is made from: numbers that follow, a file (base64), or what another plan did not change. */
export type DraftSource =
  | { readonly kind: 'numbers' }
  | { readonly kind: 'file'; readonly base64: string; readonly mapping: ImportMapping | null }
  | { readonly kind: 'again'; readonly plan: number };
export type BegunDraft = {
  /** For the calls that follow. */
  readonly token: number;
  readonly rows: number;
  /** Names of the routes it is about, or the cells that name them, each once. */
  readonly routes: readonly string[];
};
/** Somebody has to say which column of the file is which. */
export type AskedDraft = { readonly ask: ImportFile };

/** A cell gets another text, or a route takes the place of the same text wherever it stands among the routes. */
export type DraftEdit =
  | { readonly kind: 'cell'; readonly line: number; readonly column: CellColumn; readonly text: string }
  | { readonly kind: 'all'; readonly written: string; readonly text: string };
/** `checkedAt`: when the draft had been compared before. */
export type EditedDraft = { readonly numbers: readonly string[]; readonly checkedAt: number | null };
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
  /** Of a file its cells: the names of routes are found in them when the draft is written. */
  readonly rows: WantedRow[];
  readonly pairs: KnownPair[];
  /** The numbers of other countries that the rows may be about. */
  readonly others: (string | null)[];
  readonly cells: readonly ImportedRow[];
  readonly file?: ImportFile;
  /** The draft whose rows these are, which of them get other cells, and the numbers they were or are about. */
  readonly edit?: {
    readonly plan: number;
    readonly lines: ReadonlySet<number>;
    readonly numbers: readonly string[];
  };
};
type StoredRow = { line: number; number: string; first: string; second: string; third: string };
type StoredProblem = { line: number; number: string; code: string; detail: string };
type StoredItem = { keep: number; toFirst: string; toSecond: string };

/**
 * Makes drafts out of rows, and changes rows of a file. Rows of a large draft come and go in slices and are put together here, so that
 * the main thread never holds all of them.
 */
export class DraftStore {
  #database: Database;
  #gathering = new Map<number, Gathered>();
  #tokens = 0;
  #mappings: ImportMappings;
  #discarded: DiscardedDrafts;

  constructor(database: Database) {
    this.#database = database;
    this.#mappings = new ImportMappings(database);
    this.#discarded = new DiscardedDrafts(database);
  }

  /**
   * Begins to gather rows. Rejects with `invalid-input` for a file that cannot be read, and asks for one whose columns are not
   * clear. Ends with `finishDraft` or `dropDraft`.
   */
  beginDraft(source: DraftSource): BegunDraft | AskedDraft {
    if (source.kind === 'file') return this.#beginFile(source.base64, source.mapping);
    const rows = source.kind === 'again' ? this.#restOf(source.plan) : [];
    const sides = rows.flatMap(({ primary, failover }) => [primary, failover]);
    const keys = sides.flatMap((side) => (typeof side === 'string' ? [] : [side.route]));
    return this.#begun({ rows, pairs: [], others: [], cells: [] }, [...new Set(keys)]);
  }

  #beginFile(base64: string, chosen: ImportMapping | null): BegunDraft | AskedDraft {
    const lines = openImport(Buffer.from(base64, 'base64'));
    const { file, mapping } = this.#mappings.read(lines, chosen, (with_) => columnsOf(lines, with_));
    if (!mapping) return { ask: file };
    const cells = readRows(lines, mapping);
    return this.#begun({ rows: [], pairs: [], others: [], cells, file }, routesOf(cells));
  }

  #begun(gathered: Gathered, routes: readonly string[]): BegunDraft {
    const token = ++this.#tokens;
    this.#gathering.set(token, gathered);
    return { token, rows: gathered.rows.length + gathered.cells.length, routes };
  }

  /** More numbers that get the same routes. */
  addDraftNumbers(token: number, numbers: readonly string[], change: RouteChange): void {
    const { rows } = this.#gathered(token);
    for (const number of numbers) rows.push({ line: 0, number, ...change, problem: null });
  }

  /** The numbers of some rows, '' for a row that has none. */
  draftNumbers(token: number, offset: number, limit: number): string[] {
    const { rows, cells } = this.#gathered(token);
    const all: readonly { readonly number: string | null }[] = cells.length > 0 ? cells : rows;
    return all.slice(offset, offset + limit).map((row) => row.number ?? '');
  }

  /** What the list has for the next rows, in their order, and the numbers of other countries that they may be about. */
  addDraftPairs(
    token: number,
    pairs: readonly KnownPair[],
    others: readonly (string | null)[] = pairs.map(() => null),
  ): void {
    const gathered = this.#gathered(token);
    gathered.pairs.push(...pairs);
    gathered.others.push(...others);
  }

  dropDraft(token: number): void {
    this.#gathering.delete(token);
  }

  /** Writes the draft down. `none`: a number can have no failover at all. */
  finishDraft(
    token: number,
    head: PlanHead,
    routes: readonly Route[],
    complete: boolean,
    none: boolean,
  ): MadeDraft {
    const { rows, pairs, others, cells, file } = this.#gathered(token);
    const wanted = file ? resolved(cells, routes, none) : rows;
    const sorted = sortRows(wanted, { pairs, others, complete }, routes);
    return transaction(this.#database, () => {
      const id = this.#insertPlan(head);
      this.#insertSorted(id, sorted);
      if (file) this.#mappings.keep(id, file);
      this.#insertMany(
        id,
        'plan_row',
        'value->>0, value->>1, value->>2, value->>3, value->>4',
        cells.map(({ line, number, cells: read }) => [
          ...[line, number ?? '', read.number, read.primary, read.failover],
        ]),
      );
      return { id, total: sorted.items.length };
    });
  }

  /**
   * Begins to change cells of a draft that was made of a file: gathers the rows that have one of these cells and all others of
   * the same numbers, of which the first good one counts. Ends with `finishEdit` or `dropDraft`. Rejects with `rejected` when
   * the plan is no draft any more.
   */
  beginEdit(plan: number, edit: DraftEdit): BegunDraft {
    this.#draft(plan);
    const where = edit.kind === 'cell' ? 'line = ?2' : '?2 IN (primary_cell, failover_cell)';
    const changed = this.#rowsWhere(where, plan, edit.kind === 'cell' ? edit.line : edit.written);
    const lines = new Set(changed.map(({ line }) => line));
    const after = changed.map((row) => edited(row, edit));
    const numbers = [
      ...new Set([...changed.map(({ number }) => number), ...after.map(({ number }) => number ?? '')]),
    ];
    const about = numbers.filter(Boolean);
    const all = this.#rowsWhere(
      `(number IN (SELECT value FROM json_each(?2)) OR line IN (SELECT value FROM json_each(?3))) ORDER BY line`,
      ...[plan, JSON.stringify(about), JSON.stringify([...lines])],
    );
    const cells = all.map((row) => (lines.has(row.line) ? edited(row, edit) : rowOf(row.line, cellsOf(row))));
    const gathered = { rows: [], pairs: [], others: [], cells, edit: { plan, lines, numbers: about } };
    return this.#begun(gathered, routesOf(cells));
  }

  /** Writes changed cells down, with what follows from them. The numbers have to be compared with the carrier. */
  finishEdit(token: number, routes: readonly Route[], complete: boolean, none: boolean): EditedDraft {
    const { pairs, others, cells, edit } = this.#gathered(token);
    if (!edit) throw new Error('nothing is being edited');
    const sorted = sortRows(resolved(cells, routes, none), { pairs, others, complete }, routes);
    const json = (values: Iterable<string | number>) => JSON.stringify([...values]);
    return transaction(this.#database, () => {
      const { checkedAt } = this.#draft(edit.plan);
      const set = this.#database.prepare(
        `UPDATE plan_row SET number = ?, number_cell = ?, primary_cell = ?, failover_cell = ? WHERE plan_id = ? AND line = ?`,
      );
      for (const { line, number, cells: read } of cells) {
        if (!edit.lines.has(line)) continue;
        set.run(number ?? '', read.number, read.primary, read.failover, edit.plan, line);
      }
      this.#database
        .prepare('DELETE FROM plan_item WHERE plan_id = ? AND number IN (SELECT value FROM json_each(?))')
        .run(edit.plan, json(edit.numbers));
      this.#database
        .prepare('DELETE FROM plan_problem WHERE plan_id = ? AND line IN (SELECT value FROM json_each(?))')
        .run(edit.plan, json(cells.map(({ line }) => line)));
      this.#insertSorted(edit.plan, sorted);
      reviseDraft(this.#database, edit.plan);
      this.#database.prepare("UPDATE plan SET checked_at = NULL, waiting = '' WHERE id = ?").run(edit.plan);
      return { numbers: sorted.items.map(({ number }) => number), checkedAt };
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
           SELECT ?3, number, keep & ${oneWord}, to_primary, to_failover, before_primary, before_failover, 0, 'planned', '', 0
           FROM plan_item WHERE ${done} AND NOT (${gone('before_primary')} OR ${gone('before_failover')})`,
        )
        .run(of, listed, id);
      this.#database
        .prepare(
          `INSERT INTO plan_problem (plan_id, line, number, code, detail)
           SELECT ?3, 0, number, 'former-route-gone', json_object('route',
             CASE WHEN ${gone('before_primary')} THEN before_primary ELSE before_failover END)
           FROM plan_item WHERE ${done} AND (${gone('before_primary')} OR ${gone('before_failover')})`,
        )
        .run(of, listed, id);
      return { id, total: Number(made.changes) };
    });
  }

  /** What is left out of a draft, and why. */
  planProblems(input: { id: number; offset: number; limit: number }): PlanProblemsWindow {
    const { matching } = this.#database
      .prepare('SELECT count(*) AS matching FROM plan_problem WHERE plan_id = ?')
      .get(input.id) as { matching: number };
    const problems = this.#database
      .prepare(
        `SELECT line, number, code, detail FROM plan_problem WHERE plan_id = ? ORDER BY line, rowid LIMIT ? OFFSET ?`,
      )
      .all(input.id, input.limit, input.offset) as StoredProblem[];
    return {
      matching,
      problems: fitting(
        problems.map(({ code, detail, ...problem }) => ({
          ...problem,
          why: fromColumns<LeftOut>(code, detail),
        })),
      ),
    };
  }

  /** Forgets a draft; with `keep` it can be had back for a while. False for what is no draft. */
  discardPlan(id: number, keep = false): boolean {
    return transaction(this.#database, () => {
      const draft = this.#database.prepare("SELECT 1 FROM plan WHERE id = ? AND phase = 'draft'").get(id);
      if (!draft) return false;
      if (keep) this.#discarded.keep(id);
      this.#database.prepare('DELETE FROM plan WHERE id = ?').run(id);
      return true;
    });
  }

  /** Has a draft back that was forgotten; false where it is not kept any more. */
  putBackPlan(id: number): boolean {
    return this.#discarded.putBack(id);
  }

  #draft(id: number): { checkedAt: number | null } {
    const plan = this.#database
      .prepare("SELECT checked_at AS checkedAt FROM plan WHERE id = ? AND phase = 'draft'")
      .get(id) as { checkedAt: number | null } | undefined;
    if (plan) return plan;
    throw failure('rejected', 'This plan is no draft any more.', 'Make a new one to change other rows.');
  }

  #rowsWhere(where: string, ...values: (number | string)[]): StoredRow[] {
    return this.#database
      .prepare(
        `SELECT line, number, number_cell AS first, primary_cell AS second, failover_cell AS third FROM plan_row
         WHERE plan_id = ?1 AND ${where}`,
      )
      .all(...values) as StoredRow[];
  }

  #insertSorted(id: number, { items, problems }: SortedRows): void {
    this.#insertMany(
      id,
      'plan_item',
      `value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, 0, 'planned', '', 0, value->>6, 0, 'null'`,
      items.map(({ number, keep, before, to, line }) => [
        ...[number, keep, before.primary, before.failover, to.primary, to.failover, line],
      ]),
    );
    this.#insertMany(
      id,
      'plan_problem',
      'value->>0, value->>1, value->>2, value->>3',
      problems.map(({ line, number, why }) => [line, number, ...toColumns(why)]),
    );
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
      primary: keep & keepPrimary ? 'keep' : changeTo(toFirst),
      failover: keep & keepFailover ? 'keep' : changeTo(toSecond),
    }));
  }

  #insertPlan({ at, kind, title, of }: PlanHead): number {
    const head = { created_at: at, kind, title, of_id: of, phase: 'draft' };
    return insertJob(this.#database, 'plan', { ...head, checked_at: null, already_right: 0 });
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

/** A draft will do something else from here on than what was shown of it. */
export function reviseDraft(database: Database, id: number): void {
  database.prepare("UPDATE plan SET revision = revision + 1 WHERE id = ? AND phase = 'draft'").run(id);
}

function resolved(cells: readonly ImportedRow[], routes: readonly Route[], none: boolean): WantedRow[] {
  return new CellNames(new KnownRoutes(routes), none).resolve(cells);
}

function routesOf(rows: readonly ImportedRow[]): string[] {
  return [...new Set(rows.flatMap(({ cells }) => [cells.primary, cells.failover]))].filter(Boolean);
}

function cellsOf({ first, second, third }: StoredRow): ImportedRow['cells'] {
  return { number: first, primary: second, failover: third };
}

function edited(row: StoredRow, edit: DraftEdit): ImportedRow {
  const cells = cellsOf(row);
  if (edit.kind === 'cell') return rowOf(row.line, { ...cells, [edit.column]: edit.text });
  const other = (cell: string) => (cell === edit.written ? edit.text : cell);
  return rowOf(row.line, { ...cells, primary: other(cells.primary), failover: other(cells.failover) });
}
