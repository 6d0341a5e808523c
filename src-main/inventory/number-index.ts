import { areaOf } from '../nanp/area.ts';
import type { NumberColumn, NumberRow, Sort } from '../contract/views.ts';
import { Interned } from './interned.ts';

/** What the index keeps of a number; state and area follow from the area code. */
export type IndexedNumber = Omit<NumberRow, 'state' | 'area' | 'monthly'>;
/** What was learned of a number when it was bought. Cents. */
export type Learned = {
  readonly number: string;
  readonly monthly: number;
  readonly state: string;
  readonly rateCenter: string;
};

/** In `monthly`: nothing is known. */
export const unknownCost = -1;

/** Bytes of one number in `digits`: eleven digits and a zero, so that no match can span two numbers. */
export const stride = 12;

const firstCapacity = 1024;
/** Above every 11-digit number that begins with 1, and with room for 2^18 ranks below 2^53. */
const keySpan = 2 ** 35;

/**
 * The owned numbers as columns: one contiguous buffer of digits and typed arrays of interned texts. Rows are dense
 * slots 0..count-1; removing moves the last row into the gap. `revision` grows when anything a window shows changes.
 */
export class NumberIndex {
  count = 0;
  revision = 1;
  digits = Buffer.alloc(firstCapacity * stride);
  readonly routes = new Interned<{ name: string; type: string }>((route) => `${route.name}\n${route.type}`);
  readonly billings = new Interned<string>((text) => text);
  readonly states = new Interned<string>((text) => text);
  readonly areas = new Interned<string>((text) => text);
  primary = new Uint32Array(firstCapacity);
  failover = new Uint32Array(firstCapacity);
  billing = new Uint16Array(firstCapacity);
  state = new Uint16Array(firstCapacity);
  area = new Uint16Array(firstCapacity);
  seenAt = new Float64Array(firstCapacity);
  monthly = new Int32Array(firstCapacity);
  #learned = new Map<string, Learned>();
  #slots = new Map<number, number>();
  #orders = new Map<string, { revision: number; slots: Uint32Array }>();
  #npas = new Map<string, { state: number; area: number }>();

  slotOf(number: string): number | undefined {
    return this.#slots.get(Number(number));
  }

  numberAt(slot: number): string {
    return this.digits.toString('latin1', slot * stride, slot * stride + 11);
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
    };
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

  /** Keeps what was learned of numbers, those that come later included. */
  learn(rows: readonly Learned[]): void {
    for (const row of rows) {
      this.#learned.set(row.number, row);
      const slot = this.slotOf(row.number);
      if (slot !== undefined) this.#apply(slot, row);
    }
    if (rows.length > 0) this.revision += 1;
  }

  remove(number: string): boolean {
    const slot = this.slotOf(number);
    if (slot === undefined) return false;
    const last = this.count - 1;
    if (slot !== last) {
      this.digits.copy(this.digits, slot * stride, last * stride, last * stride + stride);
      for (const column of [
        this.primary,
        this.failover,
        this.billing,
        this.state,
        this.area,
        this.seenAt,
        this.monthly,
      ]) {
        column[slot] = column[last] ?? 0;
      }
      this.#slots.set(Number(this.numberAt(slot)), slot);
    }
    this.#slots.delete(Number(number));
    this.count = last;
    return true;
  }

  /** All slots in the order of a column, ties by number; made once per revision. */
  order(sort: Sort): Uint32Array {
    const name = `${sort.column} ${sort.direction}`;
    const kept = this.#orders.get(name);
    if (kept?.revision === this.revision) return kept.slots;
    const slots = this.#sorted(sort);
    for (const [key, order] of this.#orders) if (order.revision !== this.revision) this.#orders.delete(key);
    this.#orders.set(name, { revision: this.revision, slots });
    return slots;
  }

  /** One sort of plain doubles: rank of the column above, number below. */
  #sorted(sort: Sort): Uint32Array {
    const rankOf = this.#ranks(sort.column);
    const keys = new Float64Array(this.count);
    const sign = sort.direction === 'desc' ? -1 : 1;
    for (const [number, slot] of this.#slots) {
      keys[slot] = sort.column === 'number' ? sign * number : sign * rankOf(slot) * keySpan + number;
    }
    keys.sort();
    const slots = new Uint32Array(this.count);
    for (let i = 0; i < keys.length; i += 1) {
      const key = keys[i] ?? 0;
      const number = sort.column === 'number' ? Math.abs(key) : key - Math.floor(key / keySpan) * keySpan;
      slots[i] = this.#slots.get(number) ?? 0;
    }
    return slots;
  }

  #ranks(column: NumberColumn): (slot: number) => number {
    const byName = <T>(interned: Interned<T>, text: (value: T) => string, ids: Uint32Array | Uint16Array) => {
      const ranks = interned.ranks(text);
      return (slot: number) => ranks[ids[slot] ?? 0] ?? 0;
    };
    const plain = (text: string) => text;
    switch (column) {
      case 'number':
        return () => 0;
      case 'primary':
        return byName(this.routes, (route) => route.name, this.primary);
      case 'failover':
        return byName(this.routes, (route) => route.name, this.failover);
      case 'billing':
        return byName(this.billings, plain, this.billing);
      case 'state':
        return byName(this.states, plain, this.state);
      case 'area':
        return byName(this.areas, plain, this.area);
      case 'monthly':
        return (slot) => (this.monthly[slot] ?? unknownCost) + 1;
      case 'seen': {
        const times = [...new Set(this.seenAt.subarray(0, this.count))].sort((a, b) => a - b);
        const ranks = new Map(times.map((time, rank) => [time, rank]));
        return (slot) => ranks.get(this.seenAt[slot] ?? 0) ?? 0;
      }
    }
  }

  #add(number: string): number {
    const slot = this.count;
    if ((slot + 1) * stride > this.digits.length) this.#grow();
    this.digits.write(number, slot * stride, 11, 'latin1');
    this.digits[slot * stride + 11] = 0;
    const place = this.#place(number.slice(1, 4));
    this.state[slot] = place.state;
    this.area[slot] = place.area;
    this.monthly[slot] = unknownCost;
    const learned = this.#learned.get(number);
    if (learned) this.#apply(slot, learned);
    this.#slots.set(Number(number), slot);
    this.count = slot + 1;
    return slot;
  }

  /** The rate center a number was sold in is nearer the truth than its area code's largest place. */
  #apply(slot: number, learned: Learned): void {
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

  #grow(): void {
    const capacity = (this.digits.length / stride) * 2;
    const digits = Buffer.alloc(capacity * stride);
    this.digits.copy(digits);
    this.digits = digits;
    const grown = <T extends Uint32Array | Uint16Array | Int32Array | Float64Array>(larger: T, old: T): T => {
      larger.set(old);
      return larger;
    };
    this.primary = grown(new Uint32Array(capacity), this.primary);
    this.failover = grown(new Uint32Array(capacity), this.failover);
    this.billing = grown(new Uint16Array(capacity), this.billing);
    this.state = grown(new Uint16Array(capacity), this.state);
    this.area = grown(new Uint16Array(capacity), this.area);
    this.seenAt = grown(new Float64Array(capacity), this.seenAt);
    this.monthly = grown(new Int32Array(capacity), this.monthly);
  }
}
