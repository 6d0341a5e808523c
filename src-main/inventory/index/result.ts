import type { Sort } from '../../contract/numbers.ts';
import { Bits, type Found } from './bits.ts';
import type { NumberIndex } from './number-index.ts';
import { inNumberOrder } from './by-number.ts';
import { GroupedSlots } from './groups.ts';
import { ColumnSort } from './sort.ts';

/** Rows this far from the top are found by walking; beyond, all are written down once. */
const walked = 4_096;

/** What a query found, in an order. Counts are exact at once; the order is worked out as far as it is looked at. */
export class Result {
  readonly count: number;
  readonly cost: { monthly: number; known: number };
  readonly found: Found;
  #index: NumberIndex;
  #sort: Sort;
  #room: () => Uint32Array;
  #listed: Uint32Array | null = null;
  #sorted: ColumnSort | null = null;
  #inside: Uint32Array | null = null;
  #groups: { readonly key: string; readonly slots: GroupedSlots } | null = null;

  /** `room`: where slots may be written. The result must not be asked any more once somebody else writes there. */
  constructor(
    index: NumberIndex,
    found: Found,
    sort: Sort,
    room: () => Uint32Array = () => new Uint32Array(),
  ) {
    this.#room = room;
    this.#index = index;
    this.#sort = sort;
    this.found = found;
    this.count = found instanceof Bits ? found.count() : found.length;
    this.cost = index.costOf(found);
  }

  /** Slots from `offset` on, at most `limit`. */
  window(offset: number, limit: number): Uint32Array {
    return this.grouped()?.window(offset, limit) ?? this.#ungrouped(offset, limit);
  }

  /** The same by groups, without the rows of those that are closed; null where the order asks for none. */
  grouped(closed: readonly (string | null)[] = []): GroupedSlots | null {
    const { group } = this.#sort;
    if (group === undefined) return null;
    const key = JSON.stringify(closed);
    if (this.#groups?.key === key) return this.#groups.slots;
    // In the order inside of groups, which all of them share.
    this.#inside ??= this.#ungrouped(0, this.count);
    const slots = new GroupedSlots(this.#index, this.#inside, group, closed);
    this.#groups = { key, slots };
    return slots;
  }

  #ungrouped(offset: number, limit: number): Uint32Array {
    if (limit === 0 || offset >= this.count) return new Uint32Array();
    const descending = this.#sort.direction === 'desc';
    if (this.#sort.column !== 'number') {
      this.#sorted ??= new ColumnSort(this.#index, this.#byAlso(), this.#sort);
      return this.#sorted.window(offset, limit);
    }
    if (this.#listed === null && offset + limit <= walked) {
      return inNumberOrder(this.#index, this.found, offset + limit, descending).subarray(offset);
    }
    return this.#all(descending).subarray(offset, offset + limit);
  }

  /** All of them in the order that decides where the first column leaves them equal: the least column first, each sort keeps the one before. */
  #byAlso(): Uint32Array {
    const { also = [] } = this.#sort;
    const end = also.findIndex(({ column }) => column === 'number');
    let slots = this.#all(also[end]?.direction === 'desc');
    for (const sort of also.slice(0, end < 0 ? also.length : end).toReversed())
      slots = new ColumnSort(this.#index, slots, sort).window(0, slots.length);
    return slots;
  }

  #all(descending: boolean): Uint32Array {
    this.#listed ??= inNumberOrder(this.#index, this.found, this.count, descending, this.#room());
    return this.#listed;
  }
}
