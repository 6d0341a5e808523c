import { makeRoutes, type SandboxRoute } from './routes.ts';
import { seeded } from './random.ts';
import { drawNumbers, makeUniverse, type Center } from './universe.ts';

export type AccountOptions = {
  readonly owned: number;
  readonly available: number;
  /** Routes besides the built-in `sip-reg`. */
  readonly routes: number;
  readonly seed: number;
  readonly vpri?: boolean;
  readonly chargesTwice?: boolean;
};

export type Offer = {
  readonly number: string;
  readonly setupCost: string;
  readonly monthlyCost: string;
  readonly billingMethods: readonly string[];
  readonly center: Center;
};

/**
 * Records that are sent as they stand here, in the place of what the account has under that key or besides: numbers of
 * other countries, without routes, offers without a price, routes without a type.
 */
export type OddRecords = Readonly<Record<'owned' | 'offers' | 'routes', Readonly<Record<string, unknown>>>>;
export const noOddRecords: OddRecords = { owned: {}, offers: {}, routes: {} };

/** The simulated account: typed arrays, no object per number, so that a million of them start in a few seconds. */
export class SandboxAccount {
  readonly routes: Map<string, SandboxRoute>;
  readonly chargesTwice: boolean;
  odd: OddRecords = noOddRecords;
  #vpri: boolean;
  #prices = new Map<string, readonly [setup: string, monthly: string]>();
  #billing = new Map<string, string>();
  #routeNames: string[];
  #owned: Float64Array;
  #primary: Uint16Array;
  #failover: Uint16Array;
  /** Owned numbers below this place are ascending; later ones were bought, in the order of buying. */
  #sortedCount: number;
  #count: number;
  #bought = new Map<number, number>();
  #offers: Float64Array;
  #sold: Uint8Array;
  #centers: readonly Center[];
  #centerOf = new Map<number, number>();

  constructor(options: AccountOptions) {
    const random = seeded(options.seed);
    const { exchanges, centers } = makeUniverse(random);
    const middle = Math.floor(exchanges.length / 2);
    this.chargesTwice = options.chargesTwice ?? false;
    this.#vpri = options.vpri ?? false;
    this.#centers = centers;
    this.#owned = drawNumbers(exchanges.slice(0, middle), options.owned, random);
    this.#offers = drawNumbers(exchanges.slice(middle), options.available, random);
    this.#sold = new Uint8Array(this.#offers.length);
    for (const { prefix, center } of exchanges.slice(middle)) this.#centerOf.set(prefix / 10_000, center);
    this.#count = this.#owned.length;
    this.#sortedCount = this.#count;
    this.routes = makeRoutes(options.routes, options.seed);
    this.#routeNames = [...this.routes.keys()];
    this.#primary = new Uint16Array(this.#count);
    this.#failover = new Uint16Array(this.#count);
    // The last routes stay unused; most numbers share a few.
    const used = Math.max(1, Math.floor(this.#routeNames.length * 0.75));
    for (let i = 0; i < this.#count; i += 1) {
      this.#primary[i] = Math.min(used - 1, Math.floor(random() ** 2 * used));
      this.#failover[i] = random() < 0.6 ? 0 : Math.floor(random() * used);
    }
  }

  get ownedCount(): number {
    return this.#count;
  }

  ownedAt(place: number): string {
    return String(this.#owned[place] ?? 0);
  }

  pairAt(place: number): [primary: string, failover: string] {
    const name = (id: number | undefined) => this.#routeNames[id ?? 0] ?? 'sip-reg';
    return [name(this.#primary[place]), name(this.#failover[place])];
  }

  /** The place of an owned number, or -1. */
  find(number: string): number {
    const wanted = Number(number);
    const bought = this.#bought.get(wanted);
    if (bought !== undefined) return bought;
    const place = lowerBound(this.#owned, this.#sortedCount, wanted);
    return place < this.#sortedCount && this.#owned[place] === wanted ? place : -1;
  }

  setPair(place: number, primary: string, failover: string): void {
    this.#primary[place] = this.#routeId(primary);
    this.#failover[place] = this.#routeId(failover);
  }

  /** Adds a number with both routes on `sip-reg`, as new purchases start. */
  own(number: string, billing = 'METERED'): void {
    if (billing !== 'METERED') this.#billing.set(number, billing);
    if (this.#count === this.#owned.length) this.#grow();
    const place = this.#count;
    this.#owned[place] = Number(number);
    this.#primary[place] = 0;
    this.#failover[place] = 0;
    this.#bought.set(Number(number), place);
    this.#count += 1;
  }

  /** Takes a number out of the account, as a release elsewhere would. */
  disown(number: string): boolean {
    const gone = this.find(number);
    if (gone < 0) return false;
    for (const column of [this.#owned, this.#primary, this.#failover])
      column.copyWithin(gone, gone + 1, this.#count);
    this.#count -= 1;
    if (gone < this.#sortedCount) this.#sortedCount -= 1;
    this.#bought.delete(Number(number));
    for (const [bought, place] of this.#bought) if (place > gone) this.#bought.set(bought, place - 1);
    return true;
  }

  /** Numbers for sale whose digits begin with `prefix` (an NPA or less or more, without the leading 1), ascending. */
  *offers(prefix: string): Generator<string> {
    const low = Number(`1${prefix.padEnd(10, '0')}`);
    const high = Number(`1${prefix.padEnd(10, '9')}`);
    for (let i = lowerBound(this.#offers, this.#offers.length, low); i < this.#offers.length; i += 1) {
      const number = this.#offers[i] ?? 0;
      if (number > high) return;
      if (this.#sold[i] === 0) yield String(number);
    }
  }

  /** The next number for sale at or after `from`, or null. Lets lists of area codes jump instead of walk. */
  nextOffer(from: number): number | null {
    for (let i = lowerBound(this.#offers, this.#offers.length, from); i < this.#offers.length; i += 1) {
      if (this.#sold[i] === 0) return this.#offers[i] ?? null;
    }
    return null;
  }

  offer(number: string): Offer {
    const exchange = Math.floor(Number(number) / 10_000);
    const center = this.#centers[this.#centerOf.get(exchange) ?? -1] ?? { name: '', state: '' };
    const dear = exchange % 17 === 0;
    const usual = dear ? '1.75' : exchange % 5 === 0 ? '0.85' : '1.25';
    const [setupCost, monthlyCost] = this.#prices.get(number) ?? [dear ? '3.99' : '1.00', usual];
    const billingMethods = this.#vpri && exchange % 3 === 0 ? ['VPRI', 'METERED'] : ['METERED'];
    return { number, setupCost, monthlyCost, billingMethods, center };
  }

  billingOf(number: string): string {
    return this.#billing.get(number) ?? 'METERED';
  }

  /** Another price for a number, in US dollars as the wire has them. */
  reprice(number: string, setup: string, monthly: string): void {
    this.#prices.set(number, [setup, monthly]);
  }

  /** Takes a number off the market; false when it is not (or no longer) on it. */
  sell(number: string): boolean {
    const wanted = Number(number);
    const place = lowerBound(this.#offers, this.#offers.length, wanted);
    if (this.#offers[place] !== wanted || this.#sold[place] === 1) return false;
    this.#sold[place] = 1;
    return true;
  }

  #routeId(name: string): number {
    const known = this.#routeNames.indexOf(name);
    return known >= 0 ? known : this.#routeNames.push(name) - 1;
  }

  #grow(): void {
    const capacity = Math.max(64, this.#owned.length * 2);
    const owned = new Float64Array(capacity);
    owned.set(this.#owned);
    const primary = new Uint16Array(capacity);
    primary.set(this.#primary);
    const failover = new Uint16Array(capacity);
    failover.set(this.#failover);
    [this.#owned, this.#primary, this.#failover] = [owned, primary, failover];
  }
}

function lowerBound(sorted: Float64Array, count: number, wanted: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
