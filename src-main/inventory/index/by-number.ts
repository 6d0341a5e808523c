import { Bits, type Found } from './bits.ts';
import { lowerBound } from './slots.ts';

/** Slots of an index, of which the first `sorted` ascend by number and the rest came later. */
type Slots = {
  readonly sorted: number;
  readonly count: number;
  readonly keys: Float64Array;
  late(): Uint32Array;
};

/** Found slots by number: the first `wanted` of them. They may be written to `room`. */
export function inNumberOrder(
  index: Slots,
  found: Found,
  wanted: number,
  descending = false,
  room: Uint32Array = new Uint32Array(),
): Uint32Array {
  const { sorted } = index;
  const main =
    found instanceof Bits
      ? found.first(sorted, wanted, descending, room)
      : takeFrom(found.subarray(0, lowerBound(found, found.length, sorted)), wanted, descending);
  if (sorted === index.count) return main;
  const has = found instanceof Bits ? found : Bits.of(found, index.count);
  const late = index.late().filter((slot) => has.has(slot));
  return merge(index.keys, main, takeFrom(late, wanted, descending), wanted, descending);
}

function takeFrom(list: Uint32Array, wanted: number, descending: boolean): Uint32Array {
  if (!descending) return list.subarray(0, wanted);
  return list.slice(Math.max(0, list.length - wanted)).reverse();
}

function merge(
  keys: Float64Array,
  first: Uint32Array,
  second: Uint32Array,
  wanted: number,
  descending: boolean,
): Uint32Array {
  if (second.length === 0) return first;
  const sign = descending ? -1 : 1;
  const merged = new Uint32Array(Math.min(wanted, first.length + second.length));
  for (let at = 0, a = 0, b = 0; at < merged.length; at += 1) {
    const one = first[a];
    const other = second[b];
    const takeFirst =
      one !== undefined && (other === undefined || sign * ((keys[one] ?? 0) - (keys[other] ?? 0)) < 0);
    merged[at] = (takeFirst ? one : other) ?? 0;
    if (takeFirst) a += 1;
    else b += 1;
  }
  return merged;
}

/** Puts two ascending lists of slots together by their numbers. */
export function mergeByNumber(keys: Float64Array, first: Uint32Array, second: Uint32Array): Uint32Array {
  return merge(keys, first, second, first.length + second.length, false);
}
