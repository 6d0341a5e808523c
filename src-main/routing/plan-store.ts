import type { ImportFile } from '../contract/importing.ts';
import type {
  PlanGroup,
  PlanItem,
  PlanItemsWindow,
  PlanKind,
  PlansWindow,
  PlanSummary,
  PlanView,
} from '../contract/routing.ts';
import { planItemStatuses, type PlanItemStatus } from '../contract/plan-statuses.ts';
import { jobNames, type PlanReason } from '../contract/job-words.ts';
import type { ListClause } from '../contract/list-query.ts';
import { planQuery, planSources, type PlanColumn } from '../contract/plan-query.ts';
import { foldName } from '../contract/route-names.ts';
import { formatCount } from '../contract/words.ts';
import { JobList, orderOf, type JobsAsked } from '../jobs/job-list.ts';
import { JobStore, type ItemsAsked } from '../jobs/job-store.ts';
import type { Mark } from '../jobs/kind.ts';
import type { Sorting } from '../contract/sorting.ts';
import { fitting } from '../platform/storage/fitting.ts';
import { transaction, type Database } from '../platform/storage/sqlite.ts';
import type { Pair } from './pairs.ts';
import { planTables } from './plan-record.ts';
import { PlanRoutes } from './plan-routes.ts';

/** An item as the runner needs it. `keep` names sides that stay (`pairs.ts`), `sent` counts the requests that may have reached the carrier. */
export type RunPlanItem = {
  readonly number: string;
  readonly keep: number;
  readonly before: Pair;
  readonly to: Pair;
  readonly status: PlanItemStatus;
  readonly sent: number;
};
/** What became of an item; `before` and `to` when the carrier had something else than the plan. */
export type ItemUpdate = Mark & {
  readonly status: PlanItemStatus;
  readonly reason: PlanReason | null;
  readonly before?: Pair;
  readonly to?: Pair;
};
export type PlanJob = {
  readonly item: RunPlanItem;
  readonly mark: ItemUpdate;
  readonly view: PlanSummary;
  readonly written: unknown;
};
const mostGroups = 200;
/** What a plan has changed or, as no answer was ever clear, may have changed: the comparison of its undo tells. */
const mayHaveChanged = (row: string) =>
  `(${row}status = 'done' OR (${row}sent > 0 AND ${row}status <> 'sending'))`;
const shown = (row: string) => `CASE WHEN ${row}already = 1 THEN 'right' ELSE ${row}status END`;
export const maybeChanged = mayHaveChanged('');
export const shownStatus = shown('');
const pairColumns = `before_primary AS beforePrimary, before_failover AS beforeFailover,
  to_primary AS toPrimary, to_failover AS toFailover`;
const ofOrdinal = 'SELECT ordinal FROM plan AS first WHERE first.id = plan.of_id';
const ofOrdinalColumn = `(${ofOrdinal}) AS ofOrdinal`;
/** Kinds in the order of their words. */
const kindOrder = Object.entries(planSources)
  .toSorted(([, a], [, b]) => (a < b ? -1 : 1))
  .map(([kind]) => kind);
type RunRow = {
  beforePrimary: string;
  beforeFailover: string;
  toPrimary: string;
  toFailover: string;
};
type StoredItem = RunRow & Omit<RunPlanItem, 'before' | 'to'>;
type StoredPlan = Omit<
  PlanSummary,
  'checking' | 'counts' | 'total' | 'flagged' | 'undoable' | 'perSecond'
> & { readonly ofOrdinal: number | null };
type Called = Pick<StoredPlan, 'ordinal' | 'kind' | 'title' | 'ofOrdinal'>;

/** A window of the list of plans: all of them and the newest first, where it is not said which ones. `clauses` are null for none of them. */
export type PlansAsked = Omit<JobsAsked<PlanColumn>, 'clauses' | 'sort'> & {
  readonly clauses?: readonly ListClause[] | null;
  readonly sort?: Sorting<PlanColumn>;
};
/** The newest first. */
export const newestPlans: Sorting<PlanColumn> = { column: 'change', direction: 'desc' };
const toDo = planItemStatuses.filter((status) => status !== 'right');

/** Plans, beside orders in the journal: durable before anything is sent. */
export class PlanStore extends JobStore<PlanJob> {
  /** Finds, sorts and counts plans. */
  readonly list: JobList<PlanColumn>;

  constructor(database: Database) {
    super(database, {
      ...planTables,
      head: `kind, title, checked_at AS checkedAt, already_right AS alreadyRight,
        ${ofOrdinalColumn},
        (SELECT count(*) FROM plan_problem WHERE plan_id = plan.id) AS problems`,
      columns: `keep, ${pairColumns}`,
      listed: `before_primary AS beforePrimary, before_failover AS beforeFailover, to_primary AS "primary",
        to_failover AS failover, flagged`,
      stages: ["status IN ('unknown', 'sending')", "status = 'planned' AND already = 0"],
      counts: 'sent = sent + ?3',
      left: { status: 'left', reason: null, where: 'sent = 0' },
      sums: {
        by: shown('$.'),
        of: { flagged: '$.flagged', undoable: mayHaveChanged('$.') },
      },
    });
    database.function(
      'plan_called',
      (ordinal: number, kind: PlanKind, title: string, ofOrdinal: number | null) =>
        foldName(calledOf({ ordinal, kind, title, ofOrdinal })),
    );
    const sum = (statuses: readonly PlanItemStatus[]) => this.sums.sql('count', 'plan.id', statuses);
    const routes = new PlanRoutes(database);
    this.list = new JobList<PlanColumn>(
      database,
      {
        ...planTables,
        language: planQuery,
        items: 'already = 0',
        called: `plan_called(ordinal, kind, title, (${ofOrdinal}))`,
        routes: 'SELECT DISTINCT route FROM temp.plan_route WHERE count > 0',
        withRoutes: `id IN (SELECT job FROM temp.plan_route
          WHERE route IN (SELECT value FROM json_each(?)) AND count > 0)`,
        routesOf: 'SELECT job, route FROM temp.plan_route WHERE count > 0',
        sorts: {
          change: 'ordinal',
          state: orderOf('phase', ['draft', 'running', 'stopping', 'paused', 'done']),
          numbers: sum(toDo),
          done: sum(['done']),
          failed: sum(['failed']),
          from: orderOf('kind', kindOrder),
          when: 'created_at',
        },
        counted: ['numbers', 'done', 'failed'],
        routesKnown: (mostMs) => routes.ready(mostMs),
      },
      this.sums,
    );
  }

  /** A window of plans, and how many there are. */
  plans({ clauses = [], sort = newestPlans, offset, limit }: PlansAsked): PlansWindow {
    const [counted] = this.all<{ total: number; open: number }>(
      "SELECT count(*) AS total, count(*) FILTER (WHERE phase <> 'done') AS open FROM plan",
    );
    const { total = 0, open = 0 } = counted ?? {};
    if (clauses === null) return { total, open, matching: 0, offset, plans: [] };
    const { matching, ids } = this.list.window({ clauses, sort, offset, limit });
    return { total, open, matching, offset, plans: fitting(ids.flatMap((id) => this.summary(id) ?? [])) };
  }

  /** What the record of activity calls a plan; null when there is none of this id. */
  called(id: number): string | null {
    const sql = `SELECT ordinal, kind, title, ${ofOrdinalColumn} FROM plan WHERE id = ?`;
    const [plan] = this.all<Called>(sql, id);
    return plan ? calledOf(plan) : null;
  }

  override summary(id: number): PlanSummary | null {
    const stored = this.head<StoredPlan>(id);
    if (!stored) return null;
    const { ofOrdinal, ...plan } = stored;
    const { counts, sum } = this.tally(id, planItemStatuses);
    const [total, flagged, undoable] = [sum('count', toDo), sum('flagged', toDo), sum('undoable', toDo)];
    const title = plan.title || titleOf(plan.kind, ofOrdinal);
    return { ...plan, title, checking: null, counts, total, flagged, undoable, perSecond: 0 };
  }

  plan(id: number): PlanView | null {
    const summary = this.summary(id);
    if (!summary) return null;
    const by = 'before_primary, before_failover, to_primary, to_failover';
    const changes = 'FROM plan_item WHERE plan_id = ?1 AND already = 0';
    const kinds = this.all<RunRow & { count: number; flagged: number; kinds: number }>(
      `SELECT ${pairColumns}, count(*) AS count, sum(flagged) AS flagged, count(*) OVER () AS kinds
       ${changes} GROUP BY ${by} ORDER BY count(*) DESC, ${by} LIMIT ${mostGroups}`,
      id,
    );
    const groups = kinds.map(({ count, flagged, ...row }): PlanGroup => {
      const { before, to: after } = pairsOf(row);
      return { before, after, count, flagged };
    });
    const [more = { revision: 0, rows: 0, twice: 0, file: null }] = this.all<{
      revision: number;
      rows: number;
      twice: number;
      file: string | null;
    }>(
      `SELECT revision, (SELECT count(*) FROM plan_row WHERE plan_id = ?1) AS rows,
         (SELECT count(*) ${changes} AND to_primary = to_failover) AS twice,
         (SELECT file FROM plan_file WHERE plan_id = ?1) AS file
       FROM plan WHERE id = ?1`,
      id,
    );
    const file = more.file === null ? null : (JSON.parse(more.file) as ImportFile);
    return { ...summary, ...more, groups, groupCount: kinds[0]?.kinds ?? 0, file };
  }

  /** A window of its numbers. */
  planItems(asked: ItemsAsked): PlanItemsWindow {
    const { total, items } = this.window<Omit<PlanItem, 'flagged'> & { flagged: number }>(asked);
    return { matching: total, items: items.map((item) => ({ ...item, flagged: item.flagged === 1 })) };
  }

  /**
   * Failed items of a plan that does not run get another chance. That they may have been sent is kept: what arrives late is
   * still this plan's doing. The plan waits until it runs: a crash strands nothing.
   */
  retryPlan(id: number): void {
    transaction(this.database, () => {
      const begun = this.run(
        `UPDATE plan SET phase = 'paused', stopped = 0, waiting = 'retry', waiting_detail = 'null'
         WHERE id = ? AND phase IN ('done', 'paused')`,
        id,
      );
      if (begun > 0)
        this.run(
          `UPDATE plan_item SET status = 'planned', reason = '', reason_detail = 'null', sent = min(sent, 1)
           WHERE plan_id = ? AND status = 'failed'`,
          id,
        );
    });
  }

  protected override read(row: object): RunPlanItem {
    const { beforePrimary, beforeFailover, toPrimary, toFailover, ...item } = row as StoredItem;
    return { ...item, ...pairsOf({ beforePrimary, beforeFailover, toPrimary, toFailover }) };
  }

  protected override write(id: number, mark: ItemUpdate): void {
    super.write(id, mark);
    const { number, before, to } = mark;
    if (!before || !to) return;
    this.run(
      `UPDATE plan_item SET before_primary = ?, before_failover = ?, to_primary = ?, to_failover = ?
       WHERE plan_id = ? AND number = ?`,
      ...[before.primary, before.failover, to.primary, to.failover, id, number],
    );
  }
}

function pairsOf(row: RunRow): { before: Pair; to: Pair } {
  return {
    before: { primary: row.beforePrimary, failover: row.beforeFailover },
    to: { primary: row.toPrimary, failover: row.toFailover },
  };
}

/** "Change 7 (Set primary to sbc-east)". */
function calledOf({ ordinal, kind, title, ofOrdinal }: Called): string {
  return `Change ${formatCount(ordinal)} (${title || titleOf(kind, ofOrdinal)})`;
}

/**
 * What a plan without a title of its own is called: one that comes from another plan, whose ordinal may change when accounts are
 * joined, or one whose entry was lost with a damaged record.
 */
function titleOf(kind: PlanKind, of: number | null): string {
  if (kind === 'assign' || kind === 'import') return jobNames.plan.lost;
  const whole = of === null ? 'an earlier change' : `Change ${formatCount(of)}`;
  return kind === 'undo' ? `Undo of ${whole}` : `Rest of ${whole}`;
}
