import type { ImportFile } from '../contract/importing.ts';
import type { Route } from '../contract/model.ts';
import {
  planItemStates,
  type PlanGroup,
  type PlanItem,
  type PlanItemsWindow,
  type PlanItemState,
  type PlanKind,
  type PlanPhase,
  type PlanProblem,
  type PlanProblemsWindow,
  type PlansWindow,
  type PlanSummary,
  type PlanView,
} from '../contract/routing.ts';
import { agree, formatCount } from '../contract/words.ts';
import { fitting } from '../platform/storage/fitting.ts';
import { storedRoutes, storeRoutes } from './stored-routes.ts';
import { needRunning } from '../jobs/record-changed.ts';
import { transaction, type Database } from '../platform/storage/sqlite.ts';

/** Bits of `keep`. */
export const keepPrimary = 1;
export const keepFailover = 2;
/** Its routes were not read yet: what it had is not known before the comparison. */
export const notRead = 4;

export type Pair = { readonly primary: string; readonly failover: string };
export type NewPlanItem = {
  readonly number: string;
  /** The line of the file it comes from, or 0. */
  readonly line: number;
  readonly keep: number;
  readonly before: Pair;
  readonly to: Pair;
};
/** An item as the runner needs it. `sent` counts the requests that may have reached the carrier. */
export type RunPlanItem = Omit<NewPlanItem, 'line'> & { readonly sent: number };
/** What became of an item; `before` and `to` when the carrier had something else than the plan. */
export type ItemUpdate = {
  readonly number: string;
  readonly status: PlanItemState;
  readonly reason: string;
  readonly before?: Pair;
  readonly to?: Pair;
  /** The carrier clearly refused the last request: it has not changed anything. */
  readonly refused?: boolean;
};
/** The pair the carrier has; null when it says the number is not there, or for the reason in `why`. */
export type FreshPair = { readonly number: string; readonly pair: Pair | null; readonly why?: string };

const mostGroups = 200;
/** What a plan has changed or, as no answer was ever clear, may have changed: the comparison of its undo tells. */
export const maybeChanged = "(status = 'done' OR (sent > 0 AND status <> 'sending'))";
export const shownStatus = "CASE WHEN already = 1 THEN 'right' ELSE status END";
const runColumns = `number, keep, before_primary AS beforePrimary, before_failover AS beforeFailover,
  to_primary AS toPrimary, to_failover AS toFailover, sent`;
type RunRow = {
  number: string;
  keep: number;
  beforePrimary: string;
  beforeFailover: string;
  toPrimary: string;
  toFailover: string;
  sent: number;
};
type StoredPlan = Pick<
  PlanSummary,
  'id' | 'ordinal' | 'createdAt' | 'kind' | 'title' | 'phase' | 'waiting' | 'checkedAt' | 'alreadyRight'
>;

/** Plans and the cached routes, beside orders in the journal: durable before anything is sent. */
export class PlanStore {
  #database: Database;
  /** Plans that are done, as they ended: a list of them does not count all of their numbers again each time. */
  #ended = new Map<number, PlanSummary>();

  constructor(database: Database) {
    this.#database = database;
  }

  routes(): Route[] {
    return storedRoutes(this.#database);
  }

  putRoutes(routes: readonly Route[]): void {
    storeRoutes(this.#database, routes);
  }

  /** The newest first. */
  plans({ offset, limit }: { offset: number; limit: number }): PlansWindow {
    const { total, open } = this.#database
      .prepare("SELECT count(*) AS total, count(*) FILTER (WHERE phase <> 'done') AS open FROM plan")
      .get() as { total: number; open: number };
    const ids = this.#all<{ id: number }>(
      'SELECT id FROM plan ORDER BY ordinal DESC LIMIT ? OFFSET ?',
      limit,
      offset,
    );
    return { total, open, offset, plans: ids.flatMap(({ id }) => this.planSummary(id) ?? []) };
  }

  /** What people call the plans that were begun and have not ended, the oldest first. */
  openPlans(): number[] {
    const sql = "SELECT ordinal FROM plan WHERE phase NOT IN ('done', 'draft') ORDER BY ordinal";
    return this.#all<{ ordinal: number }>(sql).map(({ ordinal }) => ordinal);
  }

  planSummary(id: number): PlanSummary | null {
    const stored = this.#database
      .prepare(
        `SELECT id, ordinal, created_at AS createdAt, kind, title, phase, waiting, checked_at AS checkedAt,
           already_right AS alreadyRight, (SELECT ordinal FROM plan AS first WHERE first.id = plan.of_id) AS ofOrdinal
         FROM plan WHERE id = ?`,
      )
      .get(id) as (StoredPlan & { ofOrdinal: number | null }) | undefined;
    if (!stored) return null;
    const { ofOrdinal, ...rest } = stored;
    const plan = { ...rest, title: rest.title || titleOf(rest.kind, ofOrdinal) };
    const kept = this.#ended.get(id);
    if (kept && plan.phase === 'done') return kept;
    const counts = Object.fromEntries(planItemStates.map((state) => [state, 0])) as Record<
      PlanItemState,
      number
    >;
    let [total, flagged, undoable] = [0, 0, 0];
    const groups = this.#all<{ status: PlanItemState; count: number; flagged: number; undoable: number }>(
      `SELECT ${shownStatus} AS status, count(*) AS count, sum(flagged) AS flagged, sum(${maybeChanged}) AS undoable
       FROM plan_item
       WHERE plan_id = ? GROUP BY 1`,
      id,
    );
    for (const group of groups) {
      counts[group.status] = group.count;
      if (group.status === 'right') continue;
      total += group.count;
      flagged += group.flagged;
      undoable += group.undoable;
    }
    const problems = this.#count('SELECT count(*) AS count FROM plan_problem WHERE plan_id = ?', id);
    const summary = { ...plan, checking: null, counts, total, problems, flagged, undoable, perSecond: 0 };
    if (plan.phase === 'done') this.#ended.set(id, summary);
    return summary;
  }

  plan(id: number): PlanView | null {
    const summary = this.planSummary(id);
    if (!summary) return null;
    const by = 'before_primary, before_failover, to_primary, to_failover';
    const kinds = this.#all<RunRow & { count: number; flagged: number }>(
      `SELECT ${runColumns}, count(*) AS count, sum(flagged) AS flagged FROM plan_item
       WHERE plan_id = ? AND already = 0 GROUP BY ${by} ORDER BY count(*) DESC, ${by} LIMIT ${mostGroups}`,
      id,
    );
    const groups = kinds.map((row): PlanGroup => ({
      before: { primary: row.beforePrimary, failover: row.beforeFailover },
      after: { primary: row.toPrimary, failover: row.toFailover },
      count: row.count,
      flagged: row.flagged,
    }));
    const groupCount =
      groups.length < mostGroups
        ? groups.length
        : this.#count(
            `SELECT count(*) AS count FROM
               (SELECT DISTINCT ${by} FROM plan_item WHERE plan_id = ? AND already = 0)`,
            id,
          );
    const rows = this.#count('SELECT count(*) AS count FROM plan_row WHERE plan_id = ?', id);
    const twice = this.#count(
      `SELECT count(*) AS count FROM plan_item WHERE plan_id = ? AND already = 0 AND to_primary = to_failover`,
      id,
    );
    const kept = this.#all<{ file: string }>('SELECT file FROM plan_file WHERE plan_id = ?', id);
    const file = kept[0] ? (JSON.parse(kept[0].file) as ImportFile) : null;
    const [{ revision } = { revision: 0 }] = this.#all<{ revision: number }>(
      'SELECT revision FROM plan WHERE id = ?',
      id,
    );
    return { ...summary, groups, groupCount, revision, rows, twice, file };
  }

  planItems(input: {
    id: number;
    status: PlanItemState | null;
    after?: string | undefined;
    offset: number;
    limit: number;
  }): PlanItemsWindow {
    const where = `WHERE plan_id = ?1 AND (?2 IS NULL OR ${shownStatus} = ?2)`;
    const matching = this.#count(`SELECT count(*) AS count FROM plan_item ${where}`, input.id, input.status);
    const items = this.#database
      .prepare(
        `SELECT number, before_primary AS beforePrimary, before_failover AS beforeFailover, to_primary AS "primary",
           to_failover AS failover, flagged, ${shownStatus} AS status, reason
         FROM plan_item ${where} AND number > ?5 ORDER BY number LIMIT ?3 OFFSET ?4`,
      )
      .all(input.id, input.status, input.limit, input.offset, input.after ?? '') as (Omit<
      PlanItem,
      'flagged'
    > & {
      flagged: number;
    })[];
    return { matching, items: fitting(items.map((item) => ({ ...item, flagged: item.flagged === 1 }))) };
  }

  planProblems(input: { id: number; offset: number; limit: number }): PlanProblemsWindow {
    const matching = this.#count('SELECT count(*) AS count FROM plan_problem WHERE plan_id = ?', input.id);
    const problems = this.#database
      .prepare(
        'SELECT line, number, text FROM plan_problem WHERE plan_id = ? ORDER BY line, rowid LIMIT ? OFFSET ?',
      )
      .all(input.id, input.limit, input.offset) as PlanProblem[];
    return { matching, problems: fitting(problems) };
  }

  /** Items with these states after this number, in the order of their numbers. */
  planRun(id: number, states: readonly PlanItemState[], after = '', limit = -1): RunPlanItem[] {
    const rows = this.#database
      .prepare(
        `SELECT ${runColumns} FROM plan_item
         WHERE plan_id = ? AND number > ? AND status IN (${states.map(() => '?').join()}) AND already = 0
         ORDER BY number LIMIT ?`,
      )
      .all(id, after, ...states, limit) as RunRow[];
    return rows.map((row) => ({
      number: row.number,
      keep: row.keep,
      sent: row.sent,
      before: { primary: row.beforePrimary, failover: row.beforeFailover },
      to: { primary: row.toPrimary, failover: row.toFailover },
    }));
  }

  /** The numbers that a plan has changed. */
  changedNumbers(id: number): string[] {
    const sql = "SELECT number FROM plan_item WHERE plan_id = ? AND status = 'done' ORDER BY number";
    return this.#all<{ number: string }>(sql, id).map((row) => row.number);
  }

  setPlanPhase(id: number, phase: PlanPhase, waiting: string): void {
    this.#database.prepare('UPDATE plan SET phase = ?, waiting = ? WHERE id = ?').run(phase, waiting, id);
  }

  /** Writes outcomes down, all or none, on disk when it returns. Throws `storage` for one to be sent of a plan that does not run. */
  updatePlan(id: number, updates: readonly ItemUpdate[]): void {
    const set = this.#database.prepare(
      'UPDATE plan_item SET status = ?, reason = ?, sent = sent + ? WHERE plan_id = ? AND number = ?',
    );
    const pair = this.#database.prepare(
      `UPDATE plan_item SET before_primary = ?, before_failover = ?, to_primary = ?, to_failover = ?
       WHERE plan_id = ? AND number = ?`,
    );
    this.#ended.delete(id);
    transaction(this.#database, () => {
      for (const { number, status, reason, before, to, refused } of updates) {
        if (status === 'sending') needRunning(this.#database, 'plan', id, number);
        set.run(status, reason, status === 'sending' ? 1 : refused ? -1 : 0, id, number);
        if (before && to) pair.run(before.primary, before.failover, to.primary, to.failover, id, number);
      }
    });
  }

  /** Gives up what was not sent. */
  leaveRest(id: number): void {
    this.#database
      .prepare("UPDATE plan_item SET status = 'left', reason = '' WHERE plan_id = ? AND status = 'planned'")
      .run(id);
  }

  /**
   * Failed items of a plan that does not run get another chance. That they may have been sent is kept: what arrives late is
   * still this plan's doing. The plan waits until it runs: a crash strands nothing.
   */
  retryPlan(id: number, waiting: string): void {
    transaction(this.#database, () => {
      const { changes } = this.#database
        .prepare("UPDATE plan SET phase = 'paused', waiting = ? WHERE id = ? AND phase IN ('done', 'paused')")
        .run(waiting, id);
      if (changes === 0) return;
      this.#ended.delete(id);
      this.#database
        .prepare(
          `UPDATE plan_item SET status = 'planned', reason = '', sent = min(sent, 1)
           WHERE plan_id = ? AND status = 'failed'`,
        )
        .run(id);
    });
  }

  /** Ends a waiting plan with the rest left, when nothing of it has to be looked up. False when it was not ended. */
  endPlan(id: number): boolean {
    return transaction(this.#database, () => {
      const { changes } = this.#database
        .prepare(
          `UPDATE plan SET phase = 'done', waiting = '' WHERE id = ? AND phase = 'paused' AND NOT EXISTS
             (SELECT 1 FROM plan_item WHERE plan_id = plan.id AND status IN ('unknown', 'sending'))`,
        )
        .run(id);
      if (changes === 1) this.leaveRest(id);
      return changes === 1;
    });
  }

  /** Ends a waiting plan with the rest left; what may have been sent stays unknown. False when it was not waiting. */
  setPlanAside(id: number): boolean {
    return transaction(this.#database, () => {
      const open = this.#count(
        `SELECT count(*) AS count FROM plan_item WHERE plan_id = ? AND status IN ('unknown', 'sending')`,
        id,
      );
      const waiting =
        open > 0
          ? `Whether ${formatCount(open)} of its numbers ${agree(open, 'was', 'were')} changed is not known: an undo looks at ${agree(open, 'it', 'them')}.`
          : '';
      const { changes } = this.#database
        .prepare("UPDATE plan SET phase = 'done', waiting = ? WHERE id = ? AND phase = 'paused'")
        .run(waiting, id);
      if (changes === 1) this.leaveRest(id);
      return changes === 1;
    });
  }

  /** After a crash: what was being sent is not known, what was running waits for the person. */
  recoverPlans(waiting: string): number[] {
    return transaction(this.#database, () => {
      this.#database.exec("UPDATE plan_item SET status = 'unknown' WHERE status = 'sending'");
      const open = this.#all<{ id: number }>(
        "SELECT id FROM plan WHERE phase IN ('running', 'stopping') ORDER BY ordinal",
      );
      this.#database
        .prepare("UPDATE plan SET phase = 'paused', waiting = ? WHERE phase IN ('running', 'stopping')")
        .run(waiting);
      return open.map((row) => row.id);
    });
  }

  #count(sql: string, ...values: (string | number | null)[]): number {
    return (this.#database.prepare(sql).get(...values) as { count: number }).count;
  }

  #all<T>(sql: string, ...values: (string | number | null)[]): T[] {
    return this.#database.prepare(sql).all(...values) as T[];
  }
}

/** A draft will do something else from here on than what was shown of it. */
export function reviseDraft(database: Database, id: number): void {
  database.prepare("UPDATE plan SET revision = revision + 1 WHERE id = ? AND phase = 'draft'").run(id);
}

/** What a plan that comes from another one is called; what that one is called may change when accounts are joined. */
function titleOf(kind: PlanKind, of: number | null): string {
  const whole = of === null ? 'an earlier change' : `Change ${of}`;
  return kind === 'undo' ? `Undo of ${whole}` : `Rest of ${whole}`;
}

export function samePair(a: Pair, b: Pair): boolean {
  return a.primary === b.primary && a.failover === b.failover;
}

/** What a number gets: a side that is kept is what the carrier has now. */
export function targetOf({ keep, to }: Pick<NewPlanItem, 'keep' | 'to'>, now: Pair): Pair {
  return {
    primary: keep & keepPrimary ? now.primary : to.primary,
    failover: keep & keepFailover ? now.failover : to.failover,
  };
}

/** True when the sides a plan is about are still what it had shown. */
export function asShown({ keep, before }: Pick<NewPlanItem, 'keep' | 'before'>, now: Pair): boolean {
  return (
    (Boolean(keep & keepPrimary) || before.primary === now.primary) &&
    (Boolean(keep & keepFailover) || before.failover === now.failover)
  );
}
