import type { ActivityNote } from '../activity/activity-store.ts';
import type { Carrier } from '../carrier/carrier.ts';
import type { Inputs } from '../contract/contract.ts';
import { failure, type AppError } from '../contract/errors.ts';
import type { PlanReason } from '../contract/job-words.ts';
import { readListQuery } from '../contract/list-query.ts';
import type { Suggestion } from '../contract/numbers.ts';
import { planQuery } from '../contract/plan-query.ts';
import type { Pair } from '../contract/model.ts';
import type {
  PlanItem,
  PlanItemsWindow,
  PlanProblemsWindow,
  PlanRowsWindow,
  PlansWindow,
  PlanSummary,
  PlanView,
} from '../contract/routing.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { Desk } from '../jobs/desk.ts';
import { sliceMs } from '../platform/storage/slices.ts';
import type { Journal } from '../journal/open.ts';
import { DraftPlans } from './draft-plans.ts';
import { planKind } from './plan-kind.ts';
import { newestPlans, type PlanJob } from './plan-store.ts';
import type { Routes } from './routes.ts';

export type PlansOptions = {
  readonly journal: Journal;
  readonly inventory: Inventory;
  readonly routes: Routes;
  readonly carrier: () => Carrier | null;
  /** Runs a sync pass that begins now; resolves with its trouble, or null. Aborted, it is not waited for any more. */
  readonly syncNow: (signal: AbortSignal) => Promise<AppError | null>;
  readonly onPlan: (plan: PlanSummary) => void;
  readonly needFree?: () => Promise<void>;
  /** A draft was forgotten. */
  readonly onGone: (id: number) => void;
  readonly record: (entry: ActivityNote) => Promise<void>;
  readonly log: (line: string) => void;
  readonly againMs?: number;
};

/** Changes of routes, planned, shown, applied and undone. One plan is applied at a time. */
export class Plans extends Desk<PlanJob, PlanView> {
  readonly drafts: DraftPlans;
  #journal: Journal;
  #routes: Routes;

  constructor(options: PlansOptions) {
    const { journal, inventory, routes, onPlan } = options;
    const kind = planKind({ journal, inventory, typeOf: (name) => routes.typeOf(name) });
    super({ ...options, journal: journal.plans, kind, onJob: onPlan });
    this.#journal = journal;
    this.#routes = routes;
    this.drafts = new DraftPlans({
      ...{ ...options, tasks: this.tasks },
      carrier: () => this.needCarrier(),
      get: (id) => this.get(id),
      tell: (id) => this.tell(id),
    });
  }

  /** A window of the plans that a query finds; one that is not understood finds none. */
  async list({ text = '', sort = newestPlans, offset, limit }: Inputs['plans.list']): Promise<PlansWindow> {
    const { clauses, problem } = readListQuery(planQuery, text, Date.now());
    const { plans, planList } = this.#journal;
    while (!(await planList.prepare({ clauses, sort }, sliceMs)));
    const window = await plans.plans({ clauses: problem ? null : clauses, sort, offset, limit });
    return { ...window, plans: window.plans.map((plan) => this.live(plan)) };
  }

  /** What the end of a query of that list may be meant to become, with counts. */
  async suggest(input: Inputs['plans.suggest']): Promise<Suggestion[]> {
    const { planList } = this.#journal;
    while (!(await planList.routesKnown(sliceMs)));
    return planList.suggest(input, Date.now());
  }

  override async get(id: number): Promise<PlanView> {
    const plan = await this.#journal.plans.plan(id);
    if (!plan) throw failure('not-found', 'There is no such plan.', 'Choose another one.');
    const groups = plan.groups.map(({ before, after, ...group }) => ({
      ...group,
      before: this.#routes.labelled(before),
      after: this.#routes.labelled(after),
    }));
    return this.live({ ...plan, groups });
  }

  /** A window of its numbers. */
  async items(input: Inputs['plans.items']): Promise<PlanItemsWindow> {
    const { items, ...window } = await this.#journal.plans.planItems(input);
    return { ...window, items: items.map((item) => this.#labelled(item)) };
  }

  /** A window of what is left out, and why. */
  async problems(input: Inputs['plans.problems']): Promise<PlanProblemsWindow> {
    const { problems, ...window } = await this.#journal.drafts.planProblems(input);
    return {
      ...window,
      problems: problems.map((problem) => ({
        ...problem,
        why: problem.why && this.#routes.explained(problem.why),
      })),
    };
  }

  /** A window of the rows of its file: their cells as they were read, and what they come to. */
  async rows(input: Inputs['plans.rows']): Promise<PlanRowsWindow> {
    const { rows, ...window } = await this.#journal.fileRows.planRows(input);
    const shown = (pair: Pair | null) => pair && this.#routes.labelled(pair);
    return {
      ...window,
      rows: rows.map((row) => ({
        ...row,
        leftOut: row.leftOut && this.#routes.explained(row.leftOut),
        before: shown(row.before),
        after: shown(row.after),
        reason: this.#named(row.reason),
      })),
    };
  }

  #labelled(item: PlanItem): PlanItem {
    const { primary: beforePrimary, failover: beforeFailover } = this.#routes.labelled({
      primary: item.beforePrimary,
      failover: item.beforeFailover,
    });
    const reason = this.#named(item.reason);
    return { ...item, ...this.#routes.labelled(item), beforePrimary, beforeFailover, reason };
  }

  /** Routes in what is said of a number, as people call them. */
  #named(reason: PlanReason | null): PlanReason | null {
    return reason && this.#routes.explained(reason);
  }

  /**
   * Applies a draft that was compared, as it was shown: `revision` says which. Rejects with `rejected` when it was edited or
   * compared anew since. A draft is applied once. It takes its turn among edits: none comes between the look and the beginning.
   */
  apply(id: number, revision: number): Promise<PlanView> {
    return this.drafts.inTurn(() =>
      this.begin(id, (plan) => {
        this.drafts.needShown(plan, revision);
        return {};
      }),
    );
  }

  resume(id: number): Promise<PlanView> {
    return this.begin(id, ({ phase }) => (phase === 'paused' ? {} : null));
  }

  /** Gives the failed numbers of an ended plan another chance. */
  retry(id: number): Promise<PlanView> {
    const prepare = () => this.#journal.plans.retryPlan(id);
    return this.begin(id, ({ phase, stopped, counts }) => {
      if (phase !== 'done' && phase !== 'paused') return null;
      // Nobody wants those sent again that are not known since it was stopped: they are looked up, and nothing else.
      return stopped && counts.unknown > 0 ? {} : { prepare, stopping: false };
    });
  }

  /** Resolves when nothing is applied or compared: for tests, and before the files are closed. */
  override async settled(): Promise<void> {
    await this.drafts.settled();
    await super.settled();
  }

  override async close(): Promise<void> {
    this.drafts.close();
    await super.close();
  }

  /** How far a comparison is, and how fast it goes. */
  protected override live<T extends PlanSummary>(plan: T): T {
    const perSecond = this.running?.id === plan.id ? this.running.perSecond : 0;
    return { ...plan, checking: this.drafts.progress(plan.id), perSecond };
  }
}
