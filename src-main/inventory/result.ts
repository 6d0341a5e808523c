import { Bits } from './bits.ts';
import type { NumberIndex } from './number-index.ts';

/** Slots that passed: few of them as an ascending list, many as a set. */
export type Found = Uint32Array | Bits;

/** Rows this far from the top are found by walking; beyond, the whole order is written down once. */
const walked = 4_096;

/** What a query found, in an order. Counts are exact at once; the order is worked out as far as it is looked at. */
export class Result {
  readonly count: number;
  readonly cost: { monthly: number; known: number };
  readonly found: Found;
  #index: NumberIndex;
  #order: () => Uint32Array;
  #all: Uint32Array | null = null;

  constructor(
    index: NumberIndex,
    found: Found,
    order: () => Uint32Array,
    sortList: (slots: Uint32Array) => Uint32Array,
  ) {
    this.#index = index;
    this.found = found;
    this.#order = order;
    this.count = found instanceof Bits ? found.count() : found.length;
    this.cost = index.costOf(found);
    if (!(found instanceof Bits)) this.#all = sortList(found);
  }

  /** Slots from `offset` on, at most `limit`. */
  window(offset: number, limit: number): Uint32Array {
    if (this.#all === null && offset + limit <= walked) return this.#walk(offset + limit).subarray(offset);
    this.#all ??= this.#walk(this.count);
    return this.#all.subarray(offset, offset + limit);
  }

  #walk(wanted: number): Uint32Array {
    const { found } = this;
    const order = this.#order();
    if (!(found instanceof Bits)) return found;
    if (this.count === this.#index.count) return order.subarray(0, wanted);
    const slots = new Uint32Array(Math.min(wanted, this.count));
    for (let at = 0, taken = 0; taken < slots.length && at < order.length; at += 1) {
      const slot = order[at] ?? 0;
      if (!found.has(slot)) continue;
      slots[taken] = slot;
      taken += 1;
    }
    return slots;
  }
}
