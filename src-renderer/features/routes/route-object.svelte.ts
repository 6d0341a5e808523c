import { exactName } from '#main/contract/query.ts';
import type { Inputs } from '#main/contract/contract.ts';
import type { AppError } from '#main/contract/errors.ts';
import type { NumberRow } from '#main/contract/numbers.ts';
import type { AppState } from '../../app/app.svelte.ts';
import { RouteBook } from './route-book.svelte.ts';

type Source = Inputs['plans.draft']['source'];
/** Numbers of a state or province; `state` is '' where none is known. */
export type StateUse = { readonly state: string; readonly numbers: number };

const firstNumbers = 8;

/** The query of all numbers that have a route on either side. */
export const numbersWith = (route: string) => `route:${exactName(route)}`;

/**
 * The change that gives all numbers of a route another one, wherever they have it. A number that has it on both sides is of the
 * first part.
 */
export function moveOf(route: string, to: string): Source {
  const name = exactName(route);
  const part = (text: string, primary: boolean, failover: boolean) => ({
    of: { kind: 'query' as const, text },
    change: {
      primary: primary ? { route: to } : ('keep' as const),
      failover: failover ? { route: to } : ('keep' as const),
    },
  });
  return {
    kind: 'several',
    parts: [
      part(`primary:${name} failover:${name}`, true, true),
      part(`primary:${name}`, true, false),
      part(`failover:${name}`, false, true),
    ],
  };
}

/** What there is to know of one route beside its row: where its numbers are, and the first of them. */
export class RouteObject {
  states = $state.raw<readonly StateUse[]>([]);
  numbers = $state.raw<readonly NumberRow[]>([]);
  /** How many numbers have it on either side; null until that is known. */
  total = $state<number | null>(null);
  error = $state.raw<AppError | null>(null);
  #app: AppState;
  #asked = 0;

  constructor(app: AppState) {
    this.#app = app;
  }

  /** Reads it, also anew when the list has changed; an answer that came too late is dropped. */
  async load(route: string): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const text = numbersWith(route);
    const sort = { column: 'number', direction: 'asc' } as const;
    const [groups, rows] = await Promise.all([
      this.#app.client.call('numbers.groups', { text, by: 'state', offset: 0 }),
      this.#app.client.call('numbers.query', { text, sort, offset: 0, limit: firstNumbers }),
    ]);
    if (asked !== this.#asked) return;
    this.error = groups.ok ? (rows.ok ? null : rows.error) : groups.error;
    if (!groups.ok || !rows.ok) return;
    this.states = groups.value.groups
      .map(({ value, count }) => ({ state: value ?? '', numbers: count }))
      .toSorted((a, b) => b.numbers - a.numbers);
    this.numbers = rows.value.rows;
    this.total = rows.value.matching;
  }
}

/** Moving all numbers of a route to another one: planned here, reviewed and applied as every change of routes. */
export class RouteMove {
  readonly book = new RouteBook();
  to = $state('');
  error = $state.raw<AppError | null>(null);
  busy = $state(false);
  /** The route whose numbers are moved; null while the dialog is closed. */
  from = $state<string | null>(null);
  #app: AppState;

  constructor(app: AppState) {
    this.#app = app;
  }

  /** The listed route that is typed. */
  get target(): string {
    return this.book.find(this.to) ?? this.to.trim();
  }

  get ready(): boolean {
    return !this.busy && this.target !== '' && this.target !== this.from && !this.book.lacks(this.to);
  }

  begin(route: string): void {
    [this.from, this.to, this.error, this.busy] = [route, '', null, false];
    void this.book.load(this.#app.client);
  }

  cancel(): void {
    this.from = null;
  }

  async submit(): Promise<void> {
    const { from } = this;
    if (from === null || !this.ready) return;
    this.busy = true;
    this.error = null;
    const drafted = await this.#app.client.call('plans.draft', { source: moveOf(from, this.target) });
    if (this.from !== from) {
      // It was given up meanwhile.
      if (drafted.ok) await this.#app.client.call('plans.discard', { id: drafted.value.id });
      return;
    }
    this.busy = false;
    if (!drafted.ok) {
      this.error = drafted.error;
      return;
    }
    this.from = null;
    this.#app.openPlan(drafted.value.id);
  }
}
