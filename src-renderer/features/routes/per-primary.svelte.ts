import { SvelteMap } from 'svelte/reactivity';
import type { AppError, Result } from '#main/contract/errors.ts';
import type { PrimariesView, PrimaryUse } from '#main/contract/routing.ts';
import type { AppState, Spreading, Subject } from '../../app/app.svelte.ts';
import { effectOf, partsOf, sumOf, type Effect, type Side } from './per-primary.ts';
import { RouteBook } from './route-book.svelte.ts';

/** Rows that are drawn before somebody asks for more. */
const rowsAtOnce = 50;

/**
 * A route for the numbers of each primary route, all in one plan. What is on its way belongs to the subject it was begun
 * for: once that is gone, its draft is forgotten.
 */
export class PerPrimaryState {
  readonly book = new RouteBook();
  view = $state.raw<PrimariesView | null>(null);
  error = $state.raw<AppError | null>(null);
  busy = $state(false);
  /** How many rows are drawn. */
  most = $state(rowsAtOnce);
  /** What is typed for each primary route. */
  readonly typed = new SvelteMap<string, string>();
  /** The query of the numbers it is about. */
  #text = '';
  #app: AppState;

  constructor(app: AppState) {
    this.#app = app;
  }

  get side(): Side {
    return this.#app.spreading?.side ?? 'failover';
  }

  get rows(): readonly PrimaryUse[] {
    return this.view?.rows.slice(0, this.most) ?? [];
  }

  /** Names that no route has. */
  get unknown(): boolean {
    return [...this.typed.values()].some((text) => this.book.lacks(text));
  }

  /** The listed route that is meant by what is typed for a row; '' for none. */
  routeFor(use: PrimaryUse): string {
    const text = this.typed.get(use.primary) ?? '';
    return this.book.find(text) ?? text.trim();
  }

  effectOf(use: PrimaryUse): Effect {
    return effectOf(use, this.side, this.routeFor(use));
  }

  get sum(): Effect {
    return sumOf((this.view?.rows ?? []).map((use) => this.effectOf(use)));
  }

  get ready(): boolean {
    return !this.busy && !this.unknown && this.sum.changes > 0;
  }

  showMore(): void {
    this.most += rowsAtOnce;
  }

  /** Begins anew for a subject; null when the dialog was closed. */
  begin(spreading: Spreading | null): void {
    [this.view, this.error, this.busy, this.most] = [null, null, false, rowsAtOnce];
    this.typed.clear();
    if (spreading === null) return;
    void this.book.load(this.#app.client);
    void this.#load(spreading);
  }

  cancel(): void {
    this.#app.spreading = null;
  }

  /** Plans what was chosen, and shows the plan. */
  async submit(): Promise<void> {
    const { spreading } = this.#app;
    if (!spreading || !this.view || !this.ready) return;
    const parts = partsOf(this.#text, this.view.rows, this.side, (use) => this.routeFor(use));
    this.busy = true;
    this.error = null;
    const drafted = await this.#app.client.call('plans.draft', { source: { kind: 'several', parts } });
    if (this.#app.spreading !== spreading) {
      // It was given up meanwhile.
      if (drafted.ok) await this.#app.client.call('plans.discard', { id: drafted.value.id });
      return;
    }
    this.busy = false;
    if (!drafted.ok) {
      this.error = drafted.error;
      return;
    }
    this.#app.spreading = null;
    this.#app.openPlan(drafted.value.id);
  }

  async #load({ subject }: Spreading): Promise<void> {
    const mine = () => this.#app.spreading?.subject === subject;
    const text = await this.#queryOf(subject);
    if (!mine()) return;
    if (!text.ok) {
      this.error = text.error;
      return;
    }
    this.#text = text.value;
    const result = await this.#app.client.call('routes.primaries', { text: text.value });
    if (!mine()) return;
    if (result.ok) this.view = result.value;
    else this.error = result.error;
  }

  /** Numbers that were chosen are kept as one filter. */
  async #queryOf(subject: Subject): Promise<Result<string>> {
    if (subject.kind === 'query') return { ok: true, value: subject.text };
    const kept = await this.#app.client.call('numbers.keep', { numbers: [...subject.numbers] });
    return kept.ok ? { ok: true, value: `numbers:${kept.value.id}` } : kept;
  }
}
