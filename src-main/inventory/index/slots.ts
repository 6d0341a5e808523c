import { columnOf } from '../../contract/number-columns.ts';
import { blockFor, release, stride } from './block.ts';
import { toldColumns, valueColumns, type ValueColumn } from './column-values.ts';

const firstCapacity = 1024;

export type Ids = Uint32Array | Uint16Array;

/** Columns that may have more values than 16 bits can tell apart. */
const isWide = (column: ValueColumn) => {
  const { type, many } = columnOf(column);
  return many === true || type === 'route' || type === 'tags';
};
/** The wide ones first, so that each stands where its elements may. */
const laidOut = [...valueColumns].sort((a, b) => Number(isWide(b)) - Number(isWide(a)));
/** What the columns below and the digits take. */
const bytesOfSlot = 1 + 3 * 8 + laidOut.reduce((sum, column) => sum + (isWide(column) ? 4 : 2), 0) + stride;

/** What the index keeps of every slot, one array for each column. */
export class Columns {
  #block: ArrayBuffer;
  digits: Buffer;
  /** The number as an amount (`number-key.ts`): compared, never shown. */
  keys: Float64Array;
  /** Unix milliseconds. */
  seenAt: Float64Array;
  /** The same, of its routes, where they were read. */
  routesAt: Float64Array;
  /** The id of each value. Whoever looks at many slots takes the array of a column out first. */
  ids: Readonly<Record<ValueColumn, Ids>>;
  /** 1 where the routes are a guess: the built-in one, of a list that has one word for it and for none. */
  guessed: Uint8Array;
  /** Those of `toldColumns`, in that order: a million rows are written one after another. */
  protected told: readonly Ids[];

  constructor(wanted = firstCapacity) {
    const { block, capacity } = blockFor(wanted, bytesOfSlot);
    this.#block = block;
    let at = 0;
    const next = (bytes: number) => {
      at += capacity * bytes;
      return at - capacity * bytes;
    };
    // First, so that a number lies within one line of the processor's cache.
    this.digits = Buffer.from(block, next(stride), capacity * stride);
    this.keys = new Float64Array(block, next(8), capacity);
    this.seenAt = new Float64Array(block, next(8), capacity);
    this.routesAt = new Float64Array(block, next(8), capacity);
    const arrays = laidOut.map((column) => {
      const ids = isWide(column)
        ? new Uint32Array(block, next(4), capacity)
        : new Uint16Array(block, next(2), capacity);
      return [column, ids] as const;
    });
    this.ids = Object.fromEntries(arrays) as Record<ValueColumn, Ids>;
    this.told = toldColumns.map((column) => this.ids[column]);
    // The last, since bytes may stand anywhere.
    this.guessed = new Uint8Array(block, next(1), capacity);
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
    this.seenAt = other.seenAt;
    this.routesAt = other.routesAt;
    this.ids = other.ids;
    this.guessed = other.guessed;
    this.told = other.told;
  }
}

type Column = Ids | Float64Array | Uint8Array;

function eachColumn(to: Columns, from: Columns, work: (to: Column, from: Column) => void): void {
  work(to.keys, from.keys);
  work(to.seenAt, from.seenAt);
  work(to.routesAt, from.routesAt);
  work(to.guessed, from.guessed);
  for (const column of valueColumns) work(to.ids[column], from.ids[column]);
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
