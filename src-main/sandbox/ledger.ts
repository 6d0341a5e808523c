/** One request. `subject` is the number or route it was about, '' for a list; `outcome` a status, or `cut` without an answer. */
export type SandboxCall = {
  readonly operation: string;
  readonly subject: string;
  readonly outcome: number | 'cut';
};

const keptCalls = 50_000;

/** What really happened in the account: the truth that tests hold clients against. */
export class Ledger {
  #calls: Record<string, number> = {};
  #log: SandboxCall[] = [];
  #purchases: { number: string; at: string; setupCents: number; monthlyCents: number }[] = [];
  #routeChanges: { number: string; at: string; from: readonly string[]; to: readonly string[] }[] = [];
  #createdRoutes: { name: string; type: string; value: string }[] = [];
  #soldElsewhere: string[] = [];

  get log(): readonly SandboxCall[] {
    return this.#log.slice(-keptCalls);
  }

  called(
    { operation, subject }: { operation: string; subject: string },
    outcome: SandboxCall['outcome'],
  ): void {
    if (this.#log.length >= 2 * keptCalls) this.#log = this.#log.slice(-keptCalls);
    this.#log.push({ operation, subject, outcome });
    const key = `${operation} ${outcome}`;
    this.#calls[key] = (this.#calls[key] ?? 0) + 1;
  }

  purchased(number: string, setupCost: string, monthlyCost: string): void {
    const cents = (text: string) => Math.round(Number(text) * 100);
    this.#purchases.push({
      number,
      at: new Date().toISOString(),
      setupCents: cents(setupCost),
      monthlyCents: cents(monthlyCost),
    });
  }

  routed(number: string, from: readonly string[], to: readonly string[]): void {
    this.#routeChanges.push({ number, at: new Date().toISOString(), from, to });
  }

  createdRoute(name: string, type: string, value: string): void {
    this.#createdRoutes.push({ name, type, value });
  }

  soldElsewhere(number: string): void {
    this.#soldElsewhere.push(number);
  }

  read(owned: number) {
    const sum = (pick: (one: { setupCents: number; monthlyCents: number }) => number) =>
      this.#purchases.reduce((total, one) => total + pick(one), 0);
    return {
      calls: this.#calls,
      owned,
      purchases: this.#purchases,
      totals: { setupCents: sum((one) => one.setupCents), monthlyCents: sum((one) => one.monthlyCents) },
      soldElsewhere: this.#soldElsewhere,
      routeChanges: this.#routeChanges,
      createdRoutes: this.#createdRoutes,
    };
  }
}
