import { createContext } from 'svelte';
import { settledOf } from './plans.ts';
import { PlanListing } from './plan-listing.svelte.ts';
import { sortsOf, type Sorting } from '../../lib/columns.ts';
import { QueriedList } from '../../lib/queried-list.svelte.ts';
import { TableState } from '../../lib/table-state.svelte.ts';
import { WindowSource, type RowsWindow } from '../../lib/window-source.svelte.ts';
import type { Client } from '#main/contract/client.ts';
import type { Inputs } from '#main/contract/contract.ts';
import type { AppError, Result } from '#main/contract/errors.ts';
import type { ImportFile, ImportMapping } from '#main/contract/importing.ts';
import { planQuery, type PlanColumn } from '#main/contract/plan-query.ts';
import { finishedList, readListQuery } from '#main/contract/list-query.ts';
import type { Suggestion } from '#main/contract/numbers.ts';
import { exactName } from '#main/contract/query.ts';
import { routeQuery } from '#main/contract/route-query.ts';
import type {
  AuditView,
  PlanSummary,
  PlanView,
  PlansWindow,
  RouteColumn,
  RouteView,
  RoutesWindow,
} from '#main/contract/routing.ts';

export type RoutesTab = 'routes' | 'changes' | 'audit';
type Steering = 'check' | 'pause' | 'resume' | 'stop' | 'setAside' | 'retry';
/** The list changes many times a second while a plan runs: what is on screen follows at most so often, in milliseconds. */
const loadMs = 500;

type PlanRows = PlansWindow & RowsWindow<PlanSummary>;

/** A file as it was chosen: its name, and its bytes as base64. */
type ImportSource = { readonly name: string; readonly base64: string };

/** Routes, plans and the audit as the window has them. */
export class RoutesState {
  tab = $state<RoutesTab>('routes');
  text = $state('');
  sort = $state.raw<Sorting<RouteColumn>>({ column: 'name', direction: 'asc' });
  /** Why the query of the routes finds nothing; null for one that is understood. */
  readonly problem = $derived(readListQuery(routeQuery, this.text, Date.now()).problem);
  readonly source: WindowSource<RouteView, RoutesWindow>;
  readonly table = new TableState();
  audit = $state.raw<AuditView | null>(null);
  /** The list of plans, which are called changes on screen. */
  readonly plans: QueriedList<PlanSummary, PlanColumn, PlanRows>;
  /** How many plans there are, whatever is asked for, and how many of them are not done. */
  planCount = $state.raw({ total: 0, open: 0 });
  plan = $state.raw<PlanView | null>(null);
  /** The plan that is open, by its id: it may be on its way still. */
  opened = $state<number | null>(null);
  readonly listing: PlanListing;
  /** A file whose columns somebody has to choose; `plan` is the draft that was made of it before. */
  asking = $state.raw<{ file: ImportFile; source: ImportSource; plan: number | null } | null>(null);
  /**
   * What gets the focus as soon as it is on screen: the plan that is being opened, the button that applies it, or the one that
   * imports.
   */
  arriving = $state<'plan' | 'apply' | 'import' | null>(null);
  /** The route whose details are open, as it was told last: they stay until they are closed, wherever its row is by then. */
  shown = $state.raw<RouteView | null>(null);
  /** The dialog that creates a route is open. */
  creating = $state(false);
  /** Where the audit is scrolled to. */
  readonly auditPlace = { scrollTop: 0 };
  error = $state.raw<AppError | null>(null);
  /** Why the audit cannot be shown: nothing to see is not the same as nothing there. */
  auditError = $state.raw<AppError | null>(null);
  /** Why it cannot be told how many plans there are. */
  countError = $state.raw<AppError | null>(null);
  refreshing = $state(false);
  #client: Client;
  /** The carrier was asked for its list last, and did not give it. */
  #refused = false;
  #auditsAsked = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** The last event of each plan, with its place among all events. */
  #told: Record<number, { plan: PlanSummary; at: number }> = {};
  #tellings = 0;
  /** The file that was imported last: read again when other columns are chosen. */
  #source: (ImportSource & { readonly plan: number }) | null = null;

  constructor(client: Client) {
    this.#client = client;
    this.listing = new PlanListing(client, () => this.plan);
    this.source = new WindowSource(
      (place) => {
        const { query: text, sort } = this;
        return client.call('routes.window', { text, sort, ...place });
      },
      {
        before: (answer) => {
          this.#takeShown(answer);
        },
      },
    );
    this.plans = new QueriedList(planQuery, { column: 'change', direction: 'desc' }, async (question) => {
      const result = await client.call('plans.list', question);
      if (!result.ok) return result;
      const { total, open, plans } = result.value;
      this.planCount = { total, open };
      return { ok: true, value: { ...result.value, rows: plans } };
    });
  }

  get view(): RoutesWindow | null {
    return this.source.view;
  }

  /** Why the routes, or what an audit finds among them, cannot be listed. */
  get loadError(): AppError | null {
    return this.source.error ?? this.auditError;
  }

  /** Listens until the returned function is called. */
  start(): () => void {
    const ends = [
      this.#client.on('routes', () => void this.load()),
      this.#client.on('inventory', () => {
        this.#timer ??= setTimeout(() => void this.load(), loadMs);
      }),
      this.#client.on('plans', (plan) => {
        this.#hear(plan);
      }),
    ];
    ends.push(
      this.#client.on('planGone', ({ id }) => {
        this.#forget(id);
      }),
    );
    void this.load();
    void this.#loadPlans();
    // Events that came while another screen was open were not received.
    if (this.plan) void this.#reopen(this.plan.id);
    return () => {
      // Dialogs are not opened again by coming back to the screen, and nothing waits for the focus any more.
      [this.creating, this.arriving] = [false, null];
      if (this.#timer) clearTimeout(this.#timer);
      this.#timer = null;
      this.listing.stop();
      this.plans.stop();
      for (const end of ends) end();
    };
  }

  /** Asks for everything again, after trouble: the carrier too, where it was the one that gave no answer. */
  async reload(): Promise<void> {
    const again = this.#refused;
    this.error = null;
    await Promise.all([again ? this.refresh() : this.load(), this.#loadPlans()]);
  }

  /** Asks again for what is on screen. */
  async load(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await Promise.all([this.source.refresh().then(() => this.#lookUpShown()), this.#loadAudit()]);
  }

  /** Takes the route whose details are open as these rows tell it; false where it is none of them. */
  #takeShown(answer: RoutesWindow | null): boolean {
    const row = answer?.rows.find(({ label }) => label === this.shown?.label);
    if (row) this.shown = row;
    return row !== undefined;
  }

  /** The list changed: the route whose details are open is asked for by its name where the rows that are here do not tell it. */
  async #lookUpShown(): Promise<void> {
    const { shown } = this;
    if (shown === null || this.#takeShown(this.view)) return;
    const place = { sort: { column: 'name', direction: 'asc' }, offset: 0, limit: 500 } as const;
    const found = await this.#client.call('routes.window', { text: exactName(shown.label), ...place });
    if (found.ok) this.#takeShown(found.value);
  }

  /** An answer to an older question is dropped. */
  async #loadAudit(): Promise<void> {
    const mine = ++this.#auditsAsked;
    const audit = await this.#client.call('routes.audit', {});
    if (mine !== this.#auditsAsked) return;
    if (audit.ok) this.audit = audit.value;
    this.auditError = audit.ok ? null : audit.error;
  }

  /** The query of what is shown: what is still being typed is left out. */
  get query(): string {
    return finishedList(routeQuery, this.text);
  }

  /** What may be meant by the end of a query; the routes that a key asks for are waited for. */
  async suggest(text: string, typed: string): Promise<Result<readonly Suggestion[]>> {
    await this.source.answered();
    return this.#client.call('routes.suggest', { text, typed });
  }

  ask(change: { text?: string; sort?: Sorting<RouteColumn> }): void {
    const before = this.query;
    this.text = change.text ?? this.text;
    this.sort = change.sort ?? this.sort;
    if (change.sort === undefined && this.query === before && this.view) return;
    this.table.reset();
    void this.source.begin();
  }

  async refresh(): Promise<void> {
    this.refreshing = true;
    const result = await this.#client.call('routes.refresh', {});
    this.refreshing = false;
    this.error = result.ok ? result.value.error : result.error;
    this.#refused = this.error !== null;
    await this.load();
  }

  /** Shows a plan. `arriving` from elsewhere, the focus goes with it. */
  async open(id: number, arriving: 'plan' | 'apply' | null = null): Promise<void> {
    this.tab = 'changes';
    this.opened = id;
    const result = await this.#asked(id, this.#client.call('plans.get', { id }));
    // Another one was opened meanwhile.
    if (this.opened !== id) return;
    if (!result.ok) {
      this.opened = this.plan?.id ?? null;
      this.error = result.error;
      // What waited for it does not take the focus to another one.
      this.arriving = null;
      return;
    }
    const other = this.plan?.id !== id;
    this.plan = result.value;
    if (other) this.listing.begin(result.value);
    if (arriving) this.arriving = arriving;
    await Promise.all([this.#loadPlans(), this.listing.refresh()]);
  }

  /** No plan is open any more. */
  shut(): void {
    [this.plan, this.opened] = [null, null];
    // What waited for it does not take the focus to another one.
    if (this.arriving !== 'import') this.arriving = null;
  }

  /** Resolves with what went wrong, or null. */
  steer(what: Steering, id: number): Promise<AppError | null> {
    return this.#steered(id, this.#client.call(`plans.${what}`, { id }));
  }

  /** Applies a draft as it is shown here. */
  async apply({ id, revision }: PlanView): Promise<AppError | null> {
    const error = await this.#steered(id, this.#client.call('plans.apply', { id, revision }));
    if (error) await this.#reopen(id);
    return error;
  }

  async #steered(id: number, answer: Promise<Result<PlanView>>): Promise<AppError | null> {
    const result = await this.#asked(id, answer);
    if (!result.ok) return result.error;
    if (this.plan?.id === id) this.plan = result.value;
    return null;
  }

  /** Makes another plan out of this one and opens it. */
  async derive(kind: 'undo' | 'again', plan: number): Promise<AppError | null> {
    const result = await this.#client.call('plans.draft', { source: { kind, plan } });
    if (!result.ok) return result.error;
    await this.open(result.value.id, kind === 'undo' ? 'apply' : 'plan');
    return null;
  }

  /** Forgets a draft, which can be had back for a while. Resolves with what went wrong, or null. */
  async discard(id: number): Promise<AppError | null> {
    const result = await this.#client.call('plans.discard', { id, keep: true });
    if (!result.ok) return result.error;
    this.#forget(id);
    return null;
  }

  /** Has a draft back that was discarded. Resolves with what went wrong, or null. */
  async putBack(id: number): Promise<AppError | null> {
    const result = await this.#client.call('plans.putBack', { id });
    return result.ok ? null : result.error;
  }

  #forget(id: number): void {
    if (this.plan?.id === id) this.shut();
    void this.#loadPlans();
  }

  /** Makes a draft of a file, or asks which of its columns is which. */
  async import(name: string, base64: string): Promise<AppError | null> {
    return this.#read({ name: name.slice(0, 256), base64 }, {});
  }

  /** Reads the file of a draft, or the one that is asked about, with other columns. */
  async useColumns(mapping: ImportMapping): Promise<AppError | null> {
    const source = this.asking?.source ?? this.#source;
    if (!source) return null;
    const replaces = this.asking?.plan ?? undefined;
    return this.#read(source, { mapping, ...(replaces === undefined ? {} : { replaces }) });
  }

  /** True while the file of this draft is at hand: its columns can be chosen anew. */
  canChooseColumns(plan: PlanView): boolean {
    return plan.phase === 'draft' && plan.file !== null && this.#source?.plan === plan.id;
  }

  /** Asks for other columns of the file that a draft was made of. */
  chooseColumns(plan: PlanView): void {
    if (this.#source && plan.file) this.asking = { file: plan.file, source: this.#source, plan: plan.id };
  }

  async #read(
    source: ImportSource,
    more: { mapping?: ImportMapping; replaces?: number },
  ): Promise<AppError | null> {
    const { name, base64 } = source;
    const result = await this.#client.call('plans.import', { name, base64, ...more });
    if (!result.ok) return result.error;
    if (result.value.kind === 'columns') {
      this.asking = { file: result.value.file, source, plan: null };
      return null;
    }
    this.asking = null;
    const { id } = result.value.plan;
    this.#source = { name, base64, plan: id };
    await this.open(id, 'plan');
    return null;
  }

  /** Other text in a cell of a draft that was made of a file, or a route instead of the same text in all rows. */
  async edit(id: number, edit: Inputs['plans.edit']['edit']): Promise<AppError | null> {
    const result = await this.#asked(id, this.#client.call('plans.edit', { id, edit }));
    if (!result.ok) return result.error;
    if (this.plan?.id === id) this.plan = result.value;
    await this.listing.refresh();
    return null;
  }

  /** The plans that are listed anew, or only how many there are where they were never looked at. */
  async #loadPlans(): Promise<void> {
    if (this.plans.looked) return this.plans.refresh();
    const result = await this.#client.call('plans.list', { offset: 0, limit: 0 });
    this.countError = result.ok ? null : result.error;
    if (result.ok) this.planCount = { total: result.value.total, open: result.value.open };
  }

  /** A plan tells how it is, several times a second while it runs: nothing has to be asked for that. */
  #hear(plan: PlanSummary): void {
    const before = this.#told[plan.id]?.plan ?? this.plans.find(plan.id);
    this.#told[plan.id] = { plan, at: ++this.#tellings };
    this.plans.put(plan);
    // One that is new or has another phase changes what is counted and found, and its counts may decide where it stands.
    if (before?.phase !== plan.phase) void this.#loadPlans();
    else if (sortsOf(this.plans.sort).some(({ column }) => column === 'done' || column === 'failed'))
      this.plans.refreshSoon();
    const open = this.plan;
    if (open?.id !== plan.id) return;
    // What it does now has to be on screen before it can be applied.
    if (open.checking !== null && plan.checking === null) return void this.#reopen(plan.id);
    this.plan = { ...open, ...plan };
    if (open.phase !== plan.phase) void this.#reopen(plan.id);
    else if (this.listing.what !== null && settledOf(open) !== settledOf(plan)) this.listing.refreshSoon();
  }

  /** Its kinds of change may be others now. */
  async #reopen(id: number): Promise<void> {
    const result = await this.#asked(id, this.#client.call('plans.get', { id }));
    if (this.plan?.id !== id) return;
    // It was discarded while nobody here listened.
    if (!result.ok && result.error.code === 'not-found') return this.#forget(id);
    const told = this.#told[id]?.plan;
    this.plan = result.ok ? result.value : { ...this.plan, ...told };
    if (result.ok) await this.listing.refresh();
  }

  /** An answer may be older than an event that came while it was on its way: then the event counts. */
  async #asked(id: number, answer: Promise<Result<PlanView>>): Promise<Result<PlanView>> {
    const since = this.#tellings;
    const result = await answer;
    const told = this.#told[id];
    if (!result.ok || !told || told.at <= since) return result;
    // Its comparison ended meanwhile: what it does now is not in this answer.
    if (result.value.checking !== null && told.plan.checking === null)
      return this.#asked(id, this.#client.call('plans.get', { id }));
    return { ok: true, value: { ...result.value, ...told.plan } };
  }
}

export const [getRoutes, setRoutes] = createContext<RoutesState>();
