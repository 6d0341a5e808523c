import { createContext } from 'svelte';
import type { Client } from '#main/contract/client.ts';
import type { AppError, Result } from '#main/contract/errors.ts';
import type {
  AuditView,
  PlanItem,
  PlanItemState,
  PlanProblem,
  PlanSummary,
  PlanView,
  RouteColumn,
  RouteShow,
  RoutesWindow,
} from '#main/contract/routing.ts';

export type RoutesTab = 'routes' | 'changes' | 'audit';
type Steering = 'check' | 'apply' | 'pause' | 'resume' | 'stop' | 'retry';
const pageSize = 200;

/** Routes, plans and the audit as the window has them. */
export class RoutesState {
  tab = $state<RoutesTab>('routes');
  text = $state('');
  show = $state<RouteShow>('all');
  sort = $state.raw<{ column: RouteColumn; direction: 'asc' | 'desc' }>({ column: 'name', direction: 'asc' });
  view = $state.raw<RoutesWindow | null>(null);
  audit = $state.raw<AuditView | null>(null);
  plans = $state.raw<readonly PlanSummary[]>([]);
  plan = $state.raw<PlanView | null>(null);
  /** Which numbers of the open plan are listed: those of one state, or `null` for the groups of changes. */
  listed = $state<PlanItemState | 'problems' | null>(null);
  items = $state.raw<readonly PlanItem[]>([]);
  problems = $state.raw<readonly PlanProblem[]>([]);
  error = $state.raw<AppError | null>(null);
  refreshing = $state(false);
  #client: Client;
  #limit = pageSize;
  #generation = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Listens until the returned function is called. */
  start(): () => void {
    const again = () => void this.load();
    const ends = [
      this.#client.on('routes', again),
      this.#client.on('inventory', again),
      this.#client.on('plans', (plan) => {
        const others = this.plans.filter((one) => one.id !== plan.id);
        this.plans = [...others, plan].sort((a, b) => b.id - a.id);
        if (this.plan?.id === plan.id) this.#refreshPlan();
      }),
    ];
    void this.load();
    void this.#loadPlans();
    return () => {
      if (this.#timer) clearTimeout(this.#timer);
      for (const end of ends) end();
    };
  }

  /** Asks again for what is on screen; an answer to an older question is dropped. */
  async load(): Promise<void> {
    const mine = ++this.#generation;
    const { text, show, sort } = this;
    const input = { text, show, sort, offset: 0, limit: Math.min(this.#limit, 500) };
    const [view, audit] = await Promise.all([
      this.#client.call('routes.window', input),
      this.#client.call('routes.audit', {}),
    ]);
    if (mine !== this.#generation) return;
    if (view.ok) this.view = view.value;
    else this.error = view.error;
    if (audit.ok) this.audit = audit.value;
  }

  ask(change: { text?: string; show?: RouteShow }): void {
    if (change.text !== undefined) this.text = change.text.slice(0, 1000);
    if (change.show !== undefined) this.show = change.show;
    this.#limit = pageSize;
    void this.load();
  }

  more(): void {
    this.#limit += pageSize;
    void this.load();
  }

  sortBy(column: RouteColumn): void {
    const same = this.sort.column === column;
    this.sort = { column, direction: same && this.sort.direction === 'asc' ? 'desc' : 'asc' };
    void this.load();
  }

  async refresh(): Promise<void> {
    this.refreshing = true;
    const result = await this.#client.call('routes.refresh', {});
    this.refreshing = false;
    this.error = result.ok ? result.value.error : result.error;
    await this.load();
  }

  async open(id: number): Promise<void> {
    this.tab = 'changes';
    if (this.plan?.id !== id) this.listed = null;
    const result = await this.#client.call('plans.get', { id });
    if (!result.ok) {
      this.error = result.error;
      return;
    }
    this.plan = result.value;
    await this.#loadPlans();
    await this.list(this.listed);
  }

  /** Lists the numbers of one state of the open plan, from the first on. */
  async list(what: PlanItemState | 'problems' | null, more = false): Promise<void> {
    this.listed = what;
    const { plan } = this;
    if (!plan || what === null) return;
    const at = { id: plan.id, limit: pageSize };
    if (what === 'problems') {
      const result = await this.#client.call('plans.problems', {
        ...at,
        offset: more ? this.problems.length : 0,
      });
      if (result.ok) this.problems = [...(more ? this.problems : []), ...result.value.problems];
    } else {
      const offset = more ? this.items.length : 0;
      const result = await this.#client.call('plans.items', { ...at, status: what, offset });
      if (result.ok) this.items = [...(more ? this.items : []), ...result.value.items];
    }
  }

  /** Resolves with what went wrong, or null. */
  async steer(what: Steering, id: number): Promise<AppError | null> {
    const result = await this.#client.call(`plans.${what}`, { id });
    if (!result.ok) return result.error;
    this.plan = result.value;
    return null;
  }

  /** Makes another plan out of this one and opens it. */
  async derive(kind: 'undo' | 'again', plan: number): Promise<AppError | null> {
    const result = await this.#client.call('plans.draft', { source: { kind, plan } });
    if (!result.ok) return result.error;
    await this.open(result.value.id);
    return null;
  }

  async discard(id: number): Promise<AppError | null> {
    const result = await this.#client.call('plans.discard', { id });
    if (!result.ok) return result.error;
    this.plan = null;
    this.plans = this.plans.filter((plan) => plan.id !== id);
    return null;
  }

  async import(name: string, base64: string): Promise<AppError | null> {
    const result = await this.#client.call('plans.import', { name: name.slice(0, 256), base64 });
    if (!result.ok) return result.error;
    await this.open(result.value.id);
    return null;
  }

  /** Every number of a plan with what became of it, for a file: all of them, or what went wrong. */
  async allItems({ id, total }: PlanView): Promise<Result<readonly PlanItem[]>> {
    const all: PlanItem[] = [];
    for (let offset = 0; offset < total; offset += 500) {
      const result = await this.#client.call('plans.items', { id, status: null, offset, limit: 500 });
      if (!result.ok) return result;
      all.push(...result.value.items);
    }
    return { ok: true, value: all };
  }

  async #loadPlans(): Promise<void> {
    const result = await this.#client.call('plans.list', {});
    if (result.ok) this.plans = result.value;
  }

  #refreshPlan(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const id = this.plan?.id;
      if (id === undefined) return;
      void this.#client.call('plans.get', { id }).then((result) => {
        if (!result.ok || this.plan?.id !== id) return;
        this.plan = result.value;
        if (this.listed !== null) void this.list(this.listed);
      });
    }, 250);
  }
}

export const [getRoutes, setRoutes] = createContext<RoutesState>();
