import { blockFor, release, stride } from './block.ts';

const firstCapacity = 1024;
/** What the columns below and the digits take. */
const bytesOfSlot = 2 * 8 + 3 * 4 + 4 * 2 + stride;

type Column = Uint32Array | Uint16Array | Float64Array;

/** What the index keeps of every slot, one array for each thing. Texts and costs are ids of interned values. */
export class Columns {
  #block: ArrayBuffer;
  digits: Buffer;
  /** The number as a number: compared, never shown. */
  keys: Float64Array;
  primary: Uint32Array;
  failover: Uint32Array;
  billing: Uint16Array;
  state: Uint16Array;
  area: Uint16Array;
  monthly: Uint16Array;
  tags: Uint32Array;
  /** Unix milliseconds. */
  seenAt: Float64Array;

  constructor(wanted = firstCapacity) {
    const { block, capacity } = blockFor(wanted, bytesOfSlot);
    this.#block = block;
    let at = 0;
    const next = (bytes: number) => {
      at += capacity * bytes;
      return at - capacity * bytes;
    };
    this.keys = new Float64Array(block, next(8), capacity);
    this.seenAt = new Float64Array(block, next(8), capacity);
    this.primary = new Uint32Array(block, next(4), capacity);
    this.failover = new Uint32Array(block, next(4), capacity);
    this.tags = new Uint32Array(block, next(4), capacity);
    this.billing = new Uint16Array(block, next(2), capacity);
    this.state = new Uint16Array(block, next(2), capacity);
    this.area = new Uint16Array(block, next(2), capacity);
    this.monthly = new Uint16Array(block, next(2), capacity);
    this.digits = Buffer.from(block, next(stride), capacity * stride);
  }

  get capacity(): number {
    return this.keys.length;
  }

  /** Makes room for so many slots; what is there stays. */
  grow(capacity: number): void {
    const larger = new Columns(capacity);
    larger.digits.set(this.digits);
    eachColumn(larger, this, (to, from) => {
      to.set(from);
    });
    this.take(larger);
  }

  /** Puts the slots `from[first…end)` of other columns into the places first…end. */
  copy(other: Columns, from: Uint32Array, first: number, end: number): void {
    // Neighbours stay neighbours, most of the time: their digits are copied at once.
    for (let at = first; at < end;) {
      let run = 1;
      while (at + run < end && from[at + run] === (from[at] ?? 0) + run) run += 1;
      const base = (from[at] ?? 0) * stride;
      other.digits.copy(this.digits, at * stride, base, base + run * stride);
      at += run;
    }
    eachColumn(this, other, (to, column) => {
      for (let at = first; at < end; at += 1) to[at] = column[from[at] ?? 0] ?? 0;
    });
  }

  /** The numbers of these slots: a plain loop, a million of them take some milliseconds. */
  keysOf(slots: Uint32Array): Float64Array {
    const keys = new Float64Array(slots.length);
    for (let at = 0; at < slots.length; at += 1) keys[at] = this.keys[slots[at] ?? 0] ?? 0;
    return keys;
  }

  copySlot(other: Columns, from: number, to: number): void {
    other.digits.copy(this.digits, to * stride, from * stride, (from + 1) * stride);
    eachColumn(this, other, (mine, column) => {
      mine[to] = column[from] ?? 0;
    });
  }

  /** Uses the arrays of other columns from now on, and gives back its own: nobody may hold on to them. */
  protected take(other: Columns): void {
    release(this.#block);
    this.#block = other.#block;
    this.digits = other.digits;
    this.keys = other.keys;
    this.primary = other.primary;
    this.failover = other.failover;
    this.billing = other.billing;
    this.state = other.state;
    this.area = other.area;
    this.monthly = other.monthly;
    this.tags = other.tags;
    this.seenAt = other.seenAt;
  }
}

function eachColumn(to: Columns, from: Columns, work: (to: Column, from: Column) => void): void {
  work(to.keys, from.keys);
  work(to.primary, from.primary);
  work(to.failover, from.failover);
  work(to.billing, from.billing);
  work(to.state, from.state);
  work(to.area, from.area);
  work(to.monthly, from.monthly);
  work(to.tags, from.tags);
  work(to.seenAt, from.seenAt);
}

/** The place of the first of ascending values that is not less, or `end`. */
export function lowerBound(values: Float64Array | Uint32Array, end: number, value: number): number {
  let low = 0;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
