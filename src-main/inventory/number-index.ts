import { areaOf } from '../nanp/area.ts';
import type { NumberRow, Sort } from '../contract/views.ts';
import { Bits } from './bits.ts';
import { orderByRank } from './counting.ts';
import { DigitIndex, stride } from './digit-index.ts';
import { Interned } from './interned.ts';
import { rankOf } from './ranks.ts';
import type { Found } from './result.ts';

/** What the index keeps of a number; state and area follow from the area code. */
export type IndexedNumber = Omit<NumberRow, 'state' | 'area' | 'monthly' | 'tags'>;
/** What was learned of a number when it was bought. Cents. */
export type Learned = {
  readonly number: string;
  readonly monthly: number;
  readonly state: string;
  readonly rateCenter: string;
};

/** The tags of a number, sorted; none when it lost its last one. */
export type Tagged = { readonly number: string; readonly tags: readonly string[] };

type RowKind = { readonly primary: number; readonly failover: number; readonly billing: number };

/** In `monthly`: nothing is known. */
const unknownCost = -1;
const firstCapacity = 1024;
/** So many numbers may wait outside the digit index before it is made again. */
const smallTail = 20_000;

type Column = Uint32Array | Uint16Array | Int32Array | Float64Array;

/**
 * The owned numbers as columns: one contiguous buffer of digits and typed arrays of interned texts. The first
 * `#sorted` slots ascend by number; those that came later follow as they came until `settle` puts them in place.
 * `revision` grows when anything a window shows changes, `members` when a slot changes its number.
 */
export class NumberIndex {
  count = 0;
  revision = 1;
  /** Names of the routes that exist; null when that is not known. */
  listedRoutes: ReadonlySet<string> | null = null;
  digits = Buffer.alloc(firstCapacity * stride);
  readonly routes = new Interned<{ name: string; type: string }>((route) => `${route.name}\n${route.type}`);
  readonly billings = new Interned<string>((text) => text);
  readonly states = new Interned<string>((text) => text);
  readonly areas = new Interned<string>((text) => text);
  /** Which tags stand together on a number. The first is none at all. */
  readonly tagSets = new Interned<readonly string[]>((tags) => tags.join('\n'));
  primary = new Uint32Array(firstCapacity);
  failover = new Uint32Array(firstCapacity);
  billing = new Uint16Array(firstCapacity);
  state = new Uint16Array(firstCapacity);
  area = new Uint16Array(firstCapacity);
  seenAt = new Float64Array(firstCapacity);
  monthly = new Int32Array(firstCapacity);
  tags = new Uint32Array(firstCapacity);
  members = 1;
  #keys = new Float64Array(firstCapacity);
  #sorted = 0;
  #tail = new Map<number, number>();
  #grams: DigitIndex | null = null;
  #learned = new Map<string, Learned>();
  #tagged = new Map<string, number>();
  #untagged = this.tagSets.id([]);
  #costs: number[] | null = null;
  #orders = new Map<string, { version: number; slots: Uint32Array }>();
  #npas = new Map<string, { state: number; area: number }>();

  slotOf(number: string): number | undefined {
    const key = Number(number);
    const slot = this.#lowerBound(key);
    return slot < this.#sorted && this.#keys[slot] === key ? slot : this.#tail.get(key);
  }

  numberAt(slot: number): string {
    return String(this.#keys[slot] ?? 0);
  }

  rowAt(slot: number): NumberRow {
    const primary = this.routes.at(this.primary[slot] ?? 0);
    const failover = this.routes.at(this.failover[slot] ?? 0);
    return {
      number: this.numberAt(slot),
      primary: primary.name,
      primaryType: primary.type,
      failover: failover.name,
      failoverType: failover.type,
      billing: this.billings.at(this.billing[slot] ?? 0),
      state: this.states.at(this.state[slot] ?? 0),
      area: this.areas.at(this.area[slot] ?? 0),
      seenAt: this.seenAt[slot] ?? 0,
      monthly: this.monthly[slot] === unknownCost ? null : (this.monthly[slot] ?? null),
      tags: this.tagSets.at(this.tags[slot] ?? 0).join(', '),
    };
  }

  pairOf(number: string): { primary: string; failover: string } | null {
    const slot = this.slotOf(number);
    if (slot === undefined) return null;
    const name = (ids: Uint32Array) => this.routes.at(ids[slot] ?? 0).name;
    return { primary: name(this.primary), failover: name(this.failover) };
  }

  /** Adds or changes a number; tells which it was. Only a change of what is shown counts as one. */
  put(row: IndexedNumber): 'added' | 'changed' | 'same' {
    const primary = this.routes.id({ name: row.primary, type: row.primaryType });
    const failover = this.routes.id({ name: row.failover, type: row.failoverType });
    const billing = this.billings.id(row.billing);
    const known = this.slotOf(row.number);
    const slot = known ?? this.#add(row.number);
    const same =
      this.primary[slot] === primary && this.failover[slot] === failover && this.billing[slot] === billing;
    this.primary[slot] = primary;
    this.failover[slot] = failover;
    this.billing[slot] = billing;
    this.seenAt[slot] = row.seenAt;
    if (known === undefined) return 'added';
    return same ? 'same' : 'changed';
  }

  /** The ids of what a row says besides its number: for adding many rows that say the same. */
  kindOf(row: Omit<IndexedNumber, 'number' | 'seenAt'>): RowKind {
    return {
      primary: this.routes.id({ name: row.primary, type: row.primaryType }),
      failover: this.routes.id({ name: row.failover, type: row.failoverType }),
      billing: this.billings.id(row.billing),
    };
  }

  /** Adds a number that is larger than all that are here. */
  append(number: string, kind: RowKind, seenAt: number): void {
    const slot = this.#add(number);
    this.primary[slot] = kind.primary;
    this.failover[slot] = kind.failover;
    this.billing[slot] = kind.billing;
    this.seenAt[slot] = seenAt;
  }

  /** The sorted slots whose digits after the leading 1 begin so, as [first, end). */
  rangeOf(prefix: string): readonly [number, number] {
    const digits = prefix.startsWith('1') ? prefix : `1${prefix}`;
    return [
      this.#lowerBound(Number(digits.padEnd(11, '0'))),
      this.#lowerBound(Number(digits.padEnd(11, '9')) + 1),
    ];
  }

  /** How many slots ascend by number: those that came late follow them. */
  get sorted(): number {
    return this.#sorted;
  }

  /** Makes room at once for so many numbers. */
  reserve(count: number): void {
    if (count > this.#keys.length) this.#grow(count + firstCapacity);
  }

  /** Keeps what was learned of numbers, those that come later included. */
  learn(rows: readonly Learned[]): void {
    for (const row of rows) {
      this.#learned.set(row.number, row);
      const slot = this.slotOf(row.number);
      if (slot !== undefined) this.#apply(slot, row);
    }
    if (rows.length > 0) this.revision += 1;
  }

  /** Keeps the tags of numbers, those that come later included. */
  tag(rows: readonly Tagged[]): void {
    for (const { number, tags } of rows) {
      const id = this.tagSets.id(tags);
      if (id === this.#untagged) this.#tagged.delete(number);
      else this.#tagged.set(number, id);
      const slot = this.slotOf(number);
      if (slot !== undefined) this.tags[slot] = id;
    }
    if (rows.length > 0) this.revision += 1;
  }

  /** Takes over what was learned of numbers, their tags and the listed routes from an index whose file is gone. */
  adopt(former: NumberIndex): void {
    this.listedRoutes = former.listedRoutes;
    this.learn([...former.#learned.values()]);
    this.tag(Array.from(former.#tagged, ([number, id]) => ({ number, tags: former.tagSets.at(id) })));
    this.revision = Math.max(this.revision, former.revision) + 1;
  }

  /** Takes numbers out; returns how many were here. Slots move. */
  remove(numbers: readonly string[]): number {
    const gone = new Set(numbers.map((number) => this.slotOf(number)).filter((slot) => slot !== undefined));
    if (gone.size === 0) return 0;
    this.#arrange(Uint32Array.from(this.#slots().filter((slot) => !gone.has(slot))));
    return gone.size;
  }

  /** Puts late numbers in their places and makes the digit index anew, when enough have come to be worth it. */
  settle(): DigitIndex {
    const covered = this.#grams?.covered ?? 0;
    const tail = this.count - covered;
    if (this.#grams && tail <= Math.max(smallTail, covered / 8)) return this.#grams;
    if (this.#sorted < this.count) this.#arrange(this.#byNumber());
    this.#grams = new DigitIndex(this.digits, this.count);
    return this.#grams;
  }

  /** All slots in the order of a column, ties by number; kept until what it depends on changes. */
  order(sort: Sort): Uint32Array {
    const name = `${sort.column} ${sort.direction}`;
    const version = sort.column === 'number' ? this.members : this.revision;
    const kept = this.#orders.get(name);
    if (kept?.version === version) return kept.slots;
    const slots = this.#ordered(sort);
    for (const key of this.#orders.keys()) if (!key.startsWith('number')) this.#orders.delete(key);
    this.#orders.set(name, { version, slots });
    return slots;
  }

  /** A few slots in the order of a column: without ordering all the others. */
  sortList(slots: Uint32Array, sort: Sort): Uint32Array {
    const sign = sort.direction === 'desc' ? -1 : 1;
    const key = (slot: number) => this.#keys[slot] ?? 0;
    if (sort.column === 'number') {
      const last = slots.at(-1) ?? 0;
      const ascending = last < this.#sorted ? slots : slots.slice().sort((a, b) => key(a) - key(b));
      return sign > 0 ? ascending : ascending.slice().reverse();
    }
    const rank = rankOf(this, sort.column);
    return slots.slice().sort((a, b) => sign * (rank(a) - rank(b)) || key(a) - key(b));
  }

  /** Cents a month of those slots whose cost is known, and how many those are. */
  costOf(found: Found): { monthly: number; known: number } {
    this.#costs ??= this.#slots().filter((slot) => this.monthly[slot] !== unknownCost);
    const cost = { monthly: 0, known: 0 };
    const add = (slot: number) => {
      const cents = this.monthly[slot] ?? unknownCost;
      if (cents === unknownCost) return;
      cost.monthly += cents;
      cost.known += 1;
    };
    if (this.#costs.length === 0) return cost;
    if (found instanceof Bits) {
      for (const slot of this.#costs) if (found.has(slot)) add(slot);
    } else {
      for (const slot of found) add(slot);
    }
    return cost;
  }

  #lowerBound(key: number): number {
    let low = 0;
    let high = this.#sorted;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? 0) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #slots(): number[] {
    return Array.from({ length: this.count }, (_, slot) => slot);
  }

  /** Slots by number: the sorted ones, with the late ones merged in. */
  #byNumber(): Uint32Array {
    const slots = new Uint32Array(this.count);
    const keys = this.#keys;
    const late = Uint32Array.from({ length: this.count - this.#sorted }, (_, at) => this.#sorted + at);
    late.sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
    for (let at = 0, first = 0, second = 0; at < slots.length; at += 1) {
      const fromLate =
        first >= this.#sorted ||
        (second < late.length && (keys[late[second] ?? 0] ?? 0) < (keys[first] ?? 0));
      if (fromLate) {
        slots[at] = late[second] ?? 0;
        second += 1;
      } else {
        slots[at] = first;
        first += 1;
      }
    }
    return slots;
  }

  #ordered({ column, direction }: Sort): Uint32Array {
    const ascending =
      column === 'number' && direction === 'asc' ? null : this.order({ column: 'number', direction: 'asc' });
    if (ascending === null) return this.#byNumber();
    if (column === 'number') return ascending.slice().reverse();
    const rank = rankOf(this, column);
    const ranks = new Uint32Array(this.count);
    for (let slot = 0; slot < ranks.length; slot += 1) ranks[slot] = rank(slot);
    return orderByRank(ascending, ranks, direction === 'desc');
  }

  #add(number: string): number {
    const slot = this.count;
    if ((slot + 1) * stride > this.digits.length) this.#grow(this.#keys.length * 2);
    const key = Number(number);
    this.#keys[slot] = key;
    this.digits.write(number, slot * stride, 11, 'latin1');
    this.digits[slot * stride + 11] = 0;
    const place = this.#place(number.slice(1, 4));
    this.state[slot] = place.state;
    this.area[slot] = place.area;
    this.monthly[slot] = unknownCost;
    this.tags[slot] = (this.#tagged.size > 0 ? this.#tagged.get(number) : undefined) ?? this.#untagged;
    const learned = this.#learned.size > 0 ? this.#learned.get(number) : undefined;
    if (learned) this.#apply(slot, learned);
    // As the list is read in order, nothing comes late.
    if (slot === this.#sorted && (slot === 0 || (this.#keys[slot - 1] ?? 0) < key)) this.#sorted = slot + 1;
    else this.#tail.set(key, slot);
    this.count = slot + 1;
    this.members += 1;
    return slot;
  }

  /** The rate center a number was sold in is nearer the truth than its area code's largest place. */
  #apply(slot: number, learned: Learned): void {
    this.#costs = null;
    this.monthly[slot] = learned.monthly;
    if (learned.state) this.state[slot] = this.states.id(learned.state);
    if (learned.rateCenter) this.area[slot] = this.areas.id(learned.rateCenter);
  }

  #place(npa: string): { state: number; area: number } {
    const kept = this.#npas.get(npa);
    if (kept) return kept;
    const area = areaOf(npa);
    const ids = { state: this.states.id(area.state), area: this.areas.id(area.place) };
    this.#npas.set(npa, ids);
    return ids;
  }

  /** Moves every column so that the slots stand as given; what is not given is gone. */
  #arrange(from: Uint32Array): void {
    const moved = <T extends Column>(to: T, column: T): T => {
      for (let at = 0; at < from.length; at += 1) to[at] = column[from[at] ?? 0] ?? 0;
      return to;
    };
    const capacity = this.#keys.length;
    const digits = Buffer.alloc(capacity * stride);
    from.forEach((slot, at) => {
      this.digits.copy(digits, at * stride, slot * stride, slot * stride + stride);
    });
    this.digits = digits;
    this.#eachColumn(moved, capacity);
    this.count = from.length;
    this.#sorted = 0;
    while (
      this.#sorted < this.count &&
      (this.#sorted === 0 || (this.#keys[this.#sorted - 1] ?? 0) < (this.#keys[this.#sorted] ?? 0))
    ) {
      this.#sorted += 1;
    }
    this.#tail.clear();
    for (let slot = this.#sorted; slot < this.count; slot += 1) this.#tail.set(this.#keys[slot] ?? 0, slot);
    this.#grams = null;
    this.#costs = null;
    this.#orders.clear();
    this.members += 1;
  }

  #grow(capacity: number): void {
    const digits = Buffer.alloc(capacity * stride);
    this.digits.copy(digits);
    this.digits = digits;
    this.#eachColumn((larger, old) => {
      larger.set(old);
      return larger;
    }, capacity);
  }

  /** Replaces every column by what `make` gives for a new array and the old one. */
  #eachColumn(make: <T extends Column>(to: T, column: T) => T, capacity: number): void {
    this.#keys = make(new Float64Array(capacity), this.#keys);
    this.primary = make(new Uint32Array(capacity), this.primary);
    this.failover = make(new Uint32Array(capacity), this.failover);
    this.billing = make(new Uint16Array(capacity), this.billing);
    this.state = make(new Uint16Array(capacity), this.state);
    this.area = make(new Uint16Array(capacity), this.area);
    this.seenAt = make(new Float64Array(capacity), this.seenAt);
    this.monthly = make(new Int32Array(capacity), this.monthly);
    this.tags = make(new Uint32Array(capacity), this.tags);
  }
}
