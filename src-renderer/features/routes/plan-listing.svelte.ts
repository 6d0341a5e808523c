import type { Client } from '#main/contract/client.ts';
import type { AppError, Result } from '#main/contract/errors.ts';
import type { PlanItem, PlanProblem, PlanRow, PlanView } from '#main/contract/routing.ts';
import { planItemStatuses, type PlanItemStatus } from '#main/contract/plan-statuses.ts';
import { TableState } from '../../lib/table-state.svelte.ts';
import { asShown, WindowSource, type RowsWindow, type WindowPlace } from '../../lib/window-source.svelte.ts';

/** What of a plan is listed: numbers of one state, what is left out, the rows of its file, or (null) its kinds of change. */
export type Listed = PlanItemStatus | 'problems' | 'rows' | null;
/** Rows on one page. */
export const listedAtOnce = 100;
/** While a plan runs its rows are read anew at most so often, in milliseconds. */
const refreshMs = 1_000;

/** One page of what a plan is about. */
export class PlanListing {
  what = $state<Listed>(null);
  offset = $state(0);
  readonly table = new TableState();
  readonly items: WindowSource<PlanItem>;
  readonly problems: WindowSource<PlanProblem>;
  readonly rows: WindowSource<PlanRow>;
  #plan: () => PlanView | null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(client: Client, plan: () => PlanView | null) {
    this.#plan = plan;
    /** Asks for a page of the plan that is open. */
    const source = <Row>(
      read: (input: WindowPlace & { id: number }) => Promise<Result<Omit<RowsWindow<Row>, 'offset'>>>,
    ) =>
      new WindowSource<Row>(
        async (place) => {
          const result = await read({ id: plan()?.id ?? 0, ...place });
          return result.ok ? { ok: true, value: { ...result.value, offset: place.offset } } : result;
        },
        { keep: asShown },
      );
    this.items = source(async (page) => {
      const status = planItemStatuses.find((state) => state === this.what) ?? 'planned';
      const result = await client.call('plans.items', { ...page, status });
      return result.ok ? { ok: true, value: { ...result.value, rows: result.value.items } } : result;
    });
    this.problems = source(async (page) => {
      const result = await client.call('plans.problems', page);
      return result.ok ? { ok: true, value: { ...result.value, rows: result.value.problems } } : result;
    });
    this.rows = source((page) => client.call('plans.rows', { ...page, problems: this.what === 'problems' }));
  }

  /** Where the rows that are listed come from; null for the kinds of change, which the plan itself has. */
  get source(): WindowSource<PlanItem> | WindowSource<PlanProblem> | WindowSource<PlanRow> | null {
    if (this.what === null) return null;
    // The cells of a file are shown beside what is wrong with them.
    if (this.what === 'rows' || (this.what === 'problems' && (this.#plan()?.rows ?? 0) > 0)) return this.rows;
    return this.what === 'problems' ? this.problems : this.items;
  }

  get matching(): number {
    return this.source?.count ?? 0;
  }

  get error(): AppError | null {
    return this.source?.error ?? null;
  }

  /** Where the last page begins. */
  get lastOffset(): number {
    return Math.max(0, Math.ceil(this.matching / listedAtOnce) - 1) * listedAtOnce;
  }

  /** Nothing is listed yet of a plan that was just opened. */
  begin(plan: PlanView): void {
    this.#list(plan.rows > 0 ? 'rows' : null);
    this.offset = 0;
  }

  #list(what: Listed): void {
    this.what = what;
    this.table.reset();
    for (const source of [this.items, this.problems, this.rows]) source.forget();
  }

  /** Lists a page. */
  async show(what: Listed, offset = 0): Promise<void> {
    if (what !== this.what) this.#list(what);
    const { source } = this;
    const same = offset === this.offset && source?.view !== null;
    if (!same) this.table.reset();
    this.offset = offset;
    if (!this.#plan() || !source) return;
    await (same ? source.refresh() : source.begin({ first: offset, end: offset + listedAtOnce }));
    // What was listed here has moved on: the last page there is.
    if (source === this.source && this.offset > this.lastOffset) await this.show(what, this.lastOffset);
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
