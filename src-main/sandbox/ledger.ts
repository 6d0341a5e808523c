import type { ApiVersion } from './operations.ts';

/** One request. `subject` is the number or route it was about, '' for a list; `outcome` a status, or `cut` without an answer. */
export type SandboxCall = {
  readonly operation: string;
  readonly subject: string;
  readonly outcome: number | 'cut';
  readonly api: ApiVersion;
};

const keptCalls = 50_000;
const sum = (amounts: readonly number[]) => amounts.reduce((total, one) => total + one, 0);

/** What really happened in the account: the truth that tests hold clients against. */
export class Ledger {
  #calls: Record<string, number> = {};
  #classes: Record<ApiVersion, Record<string, number>> = { v1: {}, v2: {} };
  #log: SandboxCall[] = [];
  #purchases: { number: string; at: string; setupCents: number; monthlyCents: number }[] = [];
  #fees: { number: string; at: string; what: 'e911'; id: string; cents: number }[] = [];
  #routeChanges: {
    number: string;
    at: string;
    from: readonly (string | null)[];
    to: readonly (string | null)[];
  }[] = [];
  #createdRoutes: { name: string; type: string; value: string }[] = [];
  #changes: { at: string; what: string; subject: string; from: unknown; to: unknown }[] = [];
  #releases: { number: string; at: string }[] = [];
  #soldElsewhere: string[] = [];
  #listShifts: { number: string; what: 'insert' | 'remove' }[] = [];

  get log(): readonly SandboxCall[] {
    return this.#log.slice(-keptCalls);
  }

  called(
    api: ApiVersion,
    { operation, subject }: { operation: string; subject: string },
    outcome: SandboxCall['outcome'],
  ): void {
    if (this.#log.length >= 2 * keptCalls) this.#log = this.#log.slice(-keptCalls);
    this.#log.push({ operation, subject, outcome, api });
    const key = `${operation} ${outcome}`;
    this.#calls[key] = (this.#calls[key] ?? 0) + 1;
    const counts = this.#classes[api];
    counts[operation] = (counts[operation] ?? 0) + 1;
  }

  purchased(number: string, setupCost: string, monthlyCost: string): void {
    this.#purchases.push({
      number,
      at: new Date().toISOString(),
      setupCents: centsOf(setupCost),
      monthlyCents: centsOf(monthlyCost),
    });
  }

  /** What an emergency address cost on a number. */
  charged(number: string, id: string, cents: number): void {
    this.#fees.push({ number, at: new Date().toISOString(), what: 'e911', id, cents });
  }

  /** Both sides of a number before and after, by name; null for none, which v1 has no word for. */
  routed(number: string, from: readonly (string | null)[], to: readonly (string | null)[]): void {
    this.#routeChanges.push({ number, at: new Date().toISOString(), from, to });
  }

  createdRoute(name: string, type: string, value: string): void {
    this.#createdRoutes.push({ name, type, value });
  }

  /** Any other change: of a route, of what a number is called and has switched on, of an address or a caller name. */
  changed(what: string, subject: string, from: unknown, to: unknown): void {
    this.#changes.push({ at: new Date().toISOString(), what, subject, from, to });
  }

  released(number: string): void {
    this.#releases.push({ number, at: new Date().toISOString() });
  }

  soldElsewhere(number: string): void {
    this.#soldElsewhere.push(number);
  }

  /** A number that came or went elsewhere, between two pages of a list. */
  shifted(number: string, what: 'insert' | 'remove'): void {
    this.#listShifts.push({ number, what });
  }

  /** All that was paid so far, in US cents: set-up costs and fees. */
  get spentCents(): number {
    return sum(this.#purchases.map((one) => one.setupCents)) + sum(this.#fees.map((one) => one.cents));
  }

  read(owned: number) {
    return {
      calls: this.#calls,
      /** Requests by version and class of endpoint, whatever came of them. */
      classes: this.#classes,
      owned,
      purchases: this.#purchases,
      totals: {
        setupCents: sum(this.#purchases.map((one) => one.setupCents)),
        monthlyCents: sum(this.#purchases.map((one) => one.monthlyCents)),
      },
      fees: this.#fees,
      releases: this.#releases,
      soldElsewhere: this.#soldElsewhere,
      routeChanges: this.#routeChanges,
      createdRoutes: this.#createdRoutes,
      changes: this.#changes,
      listShifts: this.#listShifts,
    };
  }
}

/** US cents of an amount as the wire has it. */
export const centsOf = (dollars: string): number => Math.round(Number(dollars) * 100);
