import type { Client } from '#main/contract/client.ts';
import type { AppError } from '#main/contract/errors.ts';
import type { PlanItem, PlanItemState, PlanProblem, PlanRow, PlanView } from '#main/contract/routing.ts';

/** What of a plan is listed: numbers of one state, what is left out, the rows of its file, or (null) its kinds of change. */
export type Listed = PlanItemState | 'problems' | 'rows' | null;
/** Rows on one page. */
export const listedAtOnce = 100;
/** While a plan runs its rows are read anew at most so often, in milliseconds. */
const refreshMs = 1_000;

/** One page of what a plan is about. */
export class PlanListing {
  what = $state<Listed>(null);
  offset = $state(0);
  matching = $state(0);
  items = $state.raw<readonly PlanItem[]>([]);
  problems = $state.raw<readonly PlanProblem[]>([]);
  rows = $state.raw<readonly PlanRow[]>([]);
  error = $state.raw<AppError | null>(null);
  #client: Client;
  #plan: () => PlanView | null;
  #generation = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(client: Client, plan: () => PlanView | null) {
    this.#client = client;
    this.#plan = plan;
  }

  /** Where the last page begins. */
  get lastOffset(): number {
    return Math.max(0, Math.ceil(this.matching / listedAtOnce) - 1) * listedAtOnce;
  }

  /** Nothing is listed yet of a plan that was just opened. */
  begin(plan: PlanView): void {
    [this.items, this.problems, this.rows] = [[], [], []];
    [this.what, this.offset, this.matching] = [plan.rows > 0 ? 'rows' : null, 0, 0];
  }

  /** Lists a page. An answer to an older question is dropped. */
  async show(what: Listed, offset = 0): Promise<void> {
    const mine = ++this.#generation;
    const plan = this.#plan();
    if (what !== this.what) {
      [this.items, this.problems, this.rows] = [[], [], []];
      this.matching = 0;
    }
    [this.what, this.offset] = [what, offset];
    if (!plan || what === null) return;
    const page = { id: plan.id, offset, limit: listedAtOnce };
    // The cells of a file are shown beside what is wrong with them.
    if (what === 'rows' || (what === 'problems' && plan.rows > 0)) {
      const result = await this.#client.call('plans.rows', { ...page, problems: what === 'problems' });
      if (mine !== this.#generation) return;
      if (result.ok) [this.rows, this.matching] = [result.value.rows, result.value.matching];
      this.error = result.ok ? null : result.error;
    } else if (what === 'problems') {
      const result = await this.#client.call('plans.problems', page);
      if (mine !== this.#generation) return;
      if (result.ok) [this.problems, this.matching] = [result.value.problems, result.value.matching];
      this.error = result.ok ? null : result.error;
    } else {
      const result = await this.#client.call('plans.items', { ...page, status: what });
      if (mine !== this.#generation) return;
      if (result.ok) [this.items, this.matching] = [result.value.items, result.value.matching];
      this.error = result.ok ? null : result.error;
    }
    // What was listed here has moved on: the last page there is.
    if (this.offset > this.lastOffset) await this.show(what, this.lastOffset);
  }

  refresh(): Promise<void> {
    return this.show(this.what, this.offset);
  }

  refreshSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.refresh();
    }, refreshMs);
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
