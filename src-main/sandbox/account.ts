import { areaOf } from '../nanp/area.ts';
import { CallerNames } from './caller-names.ts';
import { CallExports } from './call-exports.ts';
import { EmergencyAddresses } from './emergency.ts';
import { lowerBound, Offers } from './offers.ts';
import { drawnFor, seeded } from './random.ts';
import { makeRoutes, type RouteTable } from './routes.ts';
import { drawNumbers, makeUniverse, type Center, type ExchangeData } from './universe.ts';

export type AccountOptions = {
  readonly owned: number;
  readonly available: number;
  /** Routes besides the built-in `sip-reg`. */
  readonly routes: number;
  readonly seed: number;
  readonly vpri?: boolean;
  readonly chargesTwice?: boolean;
  /** Toll-free numbers that are owned; v2 tells what they are, v1 lists them like all others. */
  readonly tollFree?: number;
  /** Toll-free numbers for sale, through v2 only: v1 never offered any. */
  readonly tollFreeAvailable?: number;
  /** Numbers of other countries: so many that are owned, and as many for sale through v2. */
  readonly foreignNumbers?: number;
};

export type Offer = {
  readonly number: string;
  readonly setupCost: string;
  readonly monthlyCost: string;
  readonly billingMethods: readonly string[];
  readonly center: Center;
};

/** What v2 tells of an owned number besides its routes. */
export type Traits = {
  readonly alias: string | null;
  readonly cnamLookups: boolean;
  readonly messaging: boolean;
  /** Ids of its emergency address and of its caller name. */
  readonly e911: string | null;
  readonly cnam: string | null;
  /** When details begin to show the caller name, on the simulated clock. */
  readonly cnamFrom: number;
};

const fresh: Traits = {
  alias: null,
  cnamLookups: true,
  messaging: false,
  e911: null,
  cnam: null,
  cnamFrom: 0,
};

export type Side = 'primary' | 'failover';
/** In the place of a route: none at all. v1 has no word for it and says `sip-reg`. */
const none = 0xffff;

/**
 * Records that are sent as they stand here, in the place of what the account has under that key or besides: numbers of
 * other countries, without routes, offers without a price, routes without a type.
 */
export type OddRecords = Readonly<Record<'owned' | 'offers' | 'routes', Readonly<Record<string, unknown>>>>;
export const noOddRecords: OddRecords = { owned: {}, offers: {}, routes: {} };

/**
 * The simulated account, the same for both versions of the API: typed arrays, no object per number, so that a million
 * of them start in a second. What a number is called and has switched on is drawn from its digits until it is changed.
 */
export class SandboxAccount {
  readonly routes: RouteTable;
  readonly emergency = new EmergencyAddresses();
  readonly callerNames = new CallerNames();
  readonly exports = new CallExports();
  readonly chargesTwice: boolean;
  readonly seed: number;
  /** What v1 does not sell: toll-free numbers and those of other countries. */
  readonly besides: Offers;
  /** Of v1, and rows of v2's lists. */
  odd: OddRecords = noOddRecords;
  oddV2: OddRecords = noOddRecords;
  /** How far the simulated clock is ahead of this computer's, in milliseconds. */
  aheadMs = 0;
  #vpri: boolean;
  #prices = new Map<string, readonly [setup: string, monthly: string]>();
  #billing = new Map<string, string>();
  #owned: Float64Array;
  #primary: Uint16Array;
  #failover: Uint16Array;
  /** Owned numbers below this place are ascending; later ones were bought, in the order of buying. */
  #sortedCount: number;
  #count: number;
  #bought = new Map<number, number>();
  #traits = new Map<number, Traits>();
  #ascending: Uint32Array | null = null;
  #hiddenUntil = new Map<number, number>();
  #offers: Offers;
  #centers: readonly Center[];
  #exchanges: readonly ExchangeData[];
  #centerOf: Map<number, number> | null = null;

  constructor(options: AccountOptions) {
    const random = seeded(options.seed);
    const { exchanges, centers } = makeUniverse(random);
    const middle = Math.floor(exchanges.length / 2);
    this.seed = options.seed;
    this.chargesTwice = options.chargesTwice ?? false;
    this.#vpri = options.vpri ?? false;
    this.#centers = centers;
    this.#exchanges = exchanges;
    this.#owned = drawNumbers(exchanges.slice(0, middle), options.owned, random);
    this.#offers = new Offers(drawNumbers(exchanges.slice(middle), options.available, random));
    this.#count = this.#owned.length;
    this.#sortedCount = this.#count;
    this.routes = makeRoutes(options.routes, options.seed);
    this.#primary = new Uint16Array(this.#count);
    this.#failover = new Uint16Array(this.#count);
    // The last routes stay unused; most numbers share a few.
    const used = Math.max(1, Math.floor((options.routes + 1) * 0.75));
    for (let i = 0; i < this.#count; i += 1) {
      this.#primary[i] = Math.min(used - 1, Math.floor(random() ** 2 * used));
      this.#failover[i] = random() < 0.6 ? none : Math.floor(random() * used);
    }
    const [tollFree, foreign] = [options.tollFree ?? 0, options.foreignNumbers ?? 0];
    const besides = [
      ...tollFreeNumbers(0, options.tollFreeAvailable ?? Math.min(60, options.available)),
      ...foreignNumbers(foreign, foreign),
    ];
    this.besides = new Offers(Float64Array.from(besides).sort());
    for (const number of [...tollFreeNumbers(5000, tollFree), ...foreignNumbers(0, foreign)])
      this.own(String(number));
    for (const number of foreignNumbers(0, foreign)) this.change(String(number), { cnamLookups: false });
  }

  /** The simulated clock, in milliseconds as `Date.now` counts them. */
  now(): number {
    return Date.now() + this.aheadMs;
  }

  get ownedCount(): number {
    return this.#count;
  }

  ownedAt(place: number): string {
    return String(this.#owned[place] ?? 0);
  }

  /** The places of all owned numbers, in the order of their digits as a number. */
  get ascending(): Uint32Array {
    this.#ascending ??= this.#order();
    return this.#ascending;
  }

  /** The first rank in `ascending` whose number is not below `number`. */
  rankOf(number: number): number {
    const order = this.ascending;
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#owned[order[middle] ?? 0] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The names of both routes, as v1 tells them: none at all is `sip-reg` there. */
  pairAt(place: number): [primary: string, failover: string] {
    const name = (route: number | undefined) => this.routes.nameAt(route ?? 0) ?? 'sip-reg';
    return [name(this.#primary[place]), name(this.#failover[place])];
  }

  /** The id of one route of a number, as v2 tells it; null for none. */
  routeIdAt(place: number, side: Side): string | null {
    const route = this.#side(side)[place] ?? none;
    return route === none ? null : this.routes.idAt(route);
  }

  /** Sets one side. A null id leaves the number without a route there. */
  setRoute(place: number, side: Side, id: string | null): void {
    const route = id === null ? none : this.routes.placeOfId(id);
    if (route >= 0) this.#side(side)[place] = route;
  }

  /** How many numbers have this route, on either side. */
  usersOf(id: string): number {
    const wanted = this.routes.placeOfId(id);
    let users = 0;
    for (let place = 0; place < this.#count; place += 1)
      if (this.#primary[place] === wanted || this.#failover[place] === wanted) users += 1;
    return users;
  }

  /** The place of an owned number, or -1. */
  find(number: string): number {
    const wanted = Number(number);
    const bought = this.#bought.get(wanted);
    if (bought !== undefined) return bought;
    const place = lowerBound(this.#owned, this.#sortedCount, wanted);
    return place < this.#sortedCount && this.#owned[place] === wanted ? place : -1;
  }

  /** Sets both sides by name, as v1 does: a failover of `sip-reg` is none. */
  setPair(place: number, primary: string, failover: string): void {
    this.#primary[place] = this.routes.placeFor(primary);
    const second = this.routes.placeFor(failover);
    this.#failover[place] = second === 0 ? none : second;
  }

  /** Adds a number whose primary is `sip-reg` and that has no failover, as new purchases start. */
  own(number: string, billing = 'METERED'): void {
    if (billing !== 'METERED') this.#billing.set(number, billing);
    if (this.#count === this.#owned.length) this.#grow();
    const place = this.#count;
    this.#owned[place] = Number(number);
    this.#primary[place] = 0;
    this.#failover[place] = none;
    this.#bought.set(Number(number), place);
    this.#traits.set(Number(number), fresh);
    this.#count += 1;
    this.#ascending = null;
  }

  /** Takes a number out of the account, as if it went to somebody else: it is not for sale then. */
  disown(number: string): boolean {
    const gone = this.find(number);
    if (gone < 0) return false;
    for (const column of [this.#owned, this.#primary, this.#failover])
      column.copyWithin(gone, gone + 1, this.#count);
    this.#count -= 1;
    if (gone < this.#sortedCount) this.#sortedCount -= 1;
    this.#bought.delete(Number(number));
    for (const [bought, place] of this.#bought) if (place > gone) this.#bought.set(bought, place - 1);
    this.#traits.delete(Number(number));
    this.#billing.delete(number);
    this.#ascending = null;
    return true;
  }

  /** Gives a number back: it is for sale again. */
  release(number: string): boolean {
    if (!this.disown(number)) return false;
    if (isLocal(number)) this.#offers.putBack(Number(number));
    else this.besides.putBack(Number(number));
    return true;
  }

  traits(number: string): Traits {
    return this.#traits.get(Number(number)) ?? this.#drawn(Number(number));
  }

  change(number: string, change: Partial<Traits>): void {
    this.#traits.set(Number(number), { ...this.traits(number), ...change });
  }

  /** Numbers that have this emergency address or caller name, ascending. */
  *numbersWith(what: 'e911' | 'cnam', id: string): Generator<string> {
    for (const place of this.ascending) {
      const number = this.ownedAt(place);
      if (this.traits(number)[what] === id) yield number;
    }
  }

  /** Hides a number from v2's lists and details until the simulated clock says so. */
  hide(number: string, until: number): void {
    this.#hiddenUntil.set(Number(number), until);
  }

  isHidden(number: string): boolean {
    if (this.#hiddenUntil.size === 0) return false;
    const until = this.#hiddenUntil.get(Number(number));
    if (until === undefined) return false;
    if (until > this.now()) return true;
    this.#hiddenUntil.delete(Number(number));
    return false;
  }

  /** True when every owned number can be seen, the usual case. */
  get hidesNone(): boolean {
    for (const number of this.#hiddenUntil.keys()) this.isHidden(String(number));
    return this.#hiddenUntil.size === 0;
  }

  /** Numbers for sale whose digits begin with `prefix` (an NPA or less or more, without the leading 1), ascending. */
  *offers(prefix: string): Generator<string> {
    const low = Number(`1${prefix.padEnd(10, '0')}`);
    const high = Number(`1${prefix.padEnd(10, '9')}`);
    for (const number of this.#offers.between(low, high)) yield String(number);
  }

  /** The next number for sale at or after `from`, or null. */
  nextOffer(from: number): number | null {
    return this.#offers.next(from);
  }

  /** All that is for sale from `low` to `high`, toll-free and other countries too, ascending. */
  *everyOffer(low: number, high: number): Generator<number> {
    const besides = this.besides.between(low, high);
    let other = besides.next();
    for (const number of this.#offers.between(low, high)) {
      while (!other.done && other.value < number) {
        yield other.value;
        other = besides.next();
      }
      yield number;
    }
    while (!other.done) {
      yield other.value;
      other = besides.next();
    }
  }

  /** Changes whenever something is sold or comes back. */
  get offersVersion(): string {
    return `${this.#offers.version} ${this.besides.version}`;
  }

  offer(number: string): Offer {
    const exchange = Math.floor(Number(number) / 10_000);
    const dear = exchange % 17 === 0 && isLocal(number);
    const usual = dear ? '1.75' : exchange % 5 === 0 && isLocal(number) ? '0.85' : '1.25';
    const [setupCost, monthlyCost] = this.#prices.get(number) ?? [dear ? '3.99' : '1.00', usual];
    const billingMethods = this.#vpri && exchange % 3 === 0 ? ['VPRI', 'METERED'] : ['METERED'];
    return { number, setupCost, monthlyCost, billingMethods, center: this.centerOf(number) };
  }

  /** The rate center of a number, empty when it has none. */
  centerOf(number: string): Center {
    this.#centerOf ??= new Map(
      this.#exchanges.map(({ prefix, center }): [number, number] => [prefix / 10_000, center]),
    );
    const center = this.#centerOf.get(Math.floor(Number(number) / 10_000));
    return this.#centers[center ?? -1] ?? { name: '', state: '' };
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
    return (isLocal(number) ? this.#offers : this.besides).sell(Number(number));
  }

  #side(side: Side): Uint16Array {
    return side === 'primary' ? this.#primary : this.#failover;
  }

  #drawn(number: number): Traits {
    const draw = (salt: number) => drawnFor(number, this.seed * 16 + salt);
    const name = draw(1);
    const local = isLocal(String(number));
    return {
      alias: name < 0.25 ? aliasOf(name * 4, draw(2)) : name < 0.3 ? '' : null,
      cnamLookups: draw(3) < 0.6,
      messaging: draw(4) < 0.15,
      e911: local && draw(5) < 0.08 ? this.emergency.drawn(draw(6)) : null,
      cnam:
        local && areaOf(String(number).slice(1, 4)).country === 'US' && draw(7) < 0.05
          ? this.callerNames.drawn()
          : null,
      cnamFrom: 0,
    };
  }

  #order(): Uint32Array {
    const order = new Uint32Array(this.#count);
    const bought = Array.from({ length: this.#count - this.#sortedCount }, (_, i) => this.#sortedCount + i);
    bought.sort((a, b) => (this.#owned[a] ?? 0) - (this.#owned[b] ?? 0));
    let old = 0;
    let later = 0;
    for (let rank = 0; rank < order.length; rank += 1) {
      const next = bought[later];
      const takeOld =
        old < this.#sortedCount && (next === undefined || (this.#owned[old] ?? 0) < (this.#owned[next] ?? 0));
      if (takeOld) order[rank] = old++;
      else {
        order[rank] = next ?? 0;
        later += 1;
      }
    }
    return order;
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

const tollFreePrefixes = ['833', '844', '855', '866', '877', '888', '800'];

/** Whether a number's area code is one of those that are free to call. */
export const isTollFree = (number: string): boolean =>
  number.length === 11 && number.startsWith('1') && tollFreePrefixes.includes(number.slice(1, 4));

/** A number of North America that belongs to a place. */
export const isLocal = (number: string): boolean =>
  number.length === 11 && number.startsWith('1') && !isTollFree(number);

/** `count` toll-free numbers that nobody has: 555-01xx and on, spread over the prefixes. */
function tollFreeNumbers(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const line = from + 100 + Math.floor(i / tollFreePrefixes.length);
    const prefix = tollFreePrefixes[i % tollFreePrefixes.length] ?? '833';
    return Number(`1${prefix}${String(5_550_000 + line)}`);
  });
}

/** `count` numbers of London, Sydney and Berlin in turn, after the first `from` of them. */
function foreignNumbers(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const line = Math.floor((from + i) / 3);
    const city = (from + i) % 3;
    if (city === 0) return Number(`4420${String(79_460_101 + line)}`);
    return Number(city === 1 ? `612${String(55_500_101 + line)}` : `4930${String(23_125_101 + line)}`);
  });
}

const aliasWords = [
  'Front desk',
  'Support',
  'Sales',
  'Fax',
  'Accounts',
  'Conference',
  'Warehouse',
  'Night line',
];

function aliasOf(word: number, line: number): string {
  return `${aliasWords[Math.floor(word * aliasWords.length)] ?? 'Line'} ${Math.floor(line * 200) + 1}`;
}
