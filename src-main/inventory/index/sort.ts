import type { Sort } from '../../contract/numbers.ts';
import type { NumberIndex } from './number-index.ts';
import type { Ids } from './slots.ts';

// Only the numbers themselves are kept sorted. A window in any other order is picked out of the matches in two passes, one that
// counts and one that takes, so that no sorted list has to be kept up to date.

type Window = { readonly offset: number; readonly end: number; readonly descending: boolean };

/** Takes windows out of slots, in the order of a column; slots that say the same stay in the order they come in. */
export class ColumnSort {
  #slots: Uint32Array;
  #descending: boolean;
  #take: (window: Window) => Uint32Array;

  constructor(index: NumberIndex, slots: Uint32Array, { column, direction }: Sort) {
    this.#slots = slots;
    this.#descending = direction === 'desc';
    if (column === 'number') throw new RangeError('numbers are in order already');
    if (column === 'seen') {
      const { seenAt, seenBetween } = index;
      this.#take = (window) => byValue(slots, seenAt, window, seenBetween);
    } else {
      const ids = index.ids[column];
      const ranks = index.values[column].ranks();
      const counts = countRanks(slots, ids, ranks);
      this.#take = (window) => byRank(slots, ids, ranks, counts, window);
    }
  }

  window(offset: number, limit: number): Uint32Array {
    const end = Math.min(offset + limit, this.#slots.length);
    return offset < end ? this.#take({ offset, end, descending: this.#descending }) : new Uint32Array();
  }
}

/** How many slots have each rank, as the ids of their values tell. */
export function countRanks(slots: Uint32Array, ids: Ids, ranks: Uint32Array): Uint32Array {
  // By id first: one look at a table less for every slot.
  const byId = new Uint32Array(ranks.length);
  for (const slot of slots) {
    const id = ids[slot] ?? 0;
    byId[id] = (byId[id] ?? 0) + 1;
  }
  const counts = new Uint32Array(ranks.length);
  byId.forEach((count, id) => {
    const rank = ranks[id] ?? 0;
    counts[rank] = (counts[rank] ?? 0) + count;
  });
  return counts;
}

/**
 * Where the members of each bucket go, so that those before the window and after it are left out: `next` is the first free
 * place of a bucket and `last` the place it must not reach; `skipped` is how many come before the first bucket taken.
 */
function stretches(counts: Uint32Array, { offset, end, descending }: Window) {
  const next = new Uint32Array(counts.length);
  const last = new Uint32Array(counts.length);
  const taken: number[] = [];
  let skipped = 0;
  let place = 0;
  for (let at = 0, before = 0; at < counts.length && before < end; at += 1) {
    const bucket = descending ? counts.length - 1 - at : at;
    const size = counts[bucket] ?? 0;
    if (before + size <= offset) skipped += size;
    else if (size > 0) {
      taken.push(bucket);
      next[bucket] = place;
      last[bucket] = place + size;
      place += size;
    }
    before += size;
  }
  return { next, last, taken, skipped, size: place };
}

/** A window of slots in the order of their ranks. Those of ranks that `counts` has none of are left out. */
export function byRank(
  slots: Uint32Array,
  ids: Ids,
  ranks: Uint32Array,
  counts: Uint32Array,
  window: Window,
): Uint32Array {
  const { next, last, taken, skipped, size } = stretches(counts, window);
  // Of the last bucket no more than the window shows, and no look at slots beyond.
  const wanted = Math.min(size, window.end - skipped);
  const final = taken.at(-1);
  if (final !== undefined) last[final] = wanted;
  const picked = new Uint32Array(wanted);
  for (let at = 0, left = wanted; left > 0 && at < slots.length; at += 1) {
    const slot = slots[at] ?? 0;
    const rank = ranks[ids[slot] ?? 0] ?? 0;
    const place = next[rank] ?? 0;
    if (place === (last[rank] ?? 0)) continue;
    picked[place] = slot;
    next[rank] = place + 1;
    left -= 1;
  }
  return picked.subarray(window.offset - skipped);
}

/** So many buckets between the least and the greatest value. */
const buckets = 4_096;
/** Fewer slots than this are compared with each other. */
const fewSlots = 64;

/** `between`: the least and the greatest value, or less and more than these. */
function byValue(
  slots: Uint32Array,
  values: Float64Array,
  window: Window,
  between = limitsOf(slots, values),
): Uint32Array {
  if (slots.length <= fewSlots) {
    const sign = window.descending ? -1 : 1;
    const places = Array.from(slots, (_, at) => at);
    const value = (at: number) => values[slots[at] ?? 0] ?? 0;
    places.sort((a, b) => sign * (value(a) - value(b)) || a - b);
    return Uint32Array.from(places.slice(window.offset, window.end), (at) => slots[at] ?? 0);
  }
  const [least, most] = between;
  if (least === most) return slots.subarray(window.offset, window.end);
  const scale = (buckets - 1) / (most - least);
  const counts = new Uint32Array(buckets);
  for (const slot of slots) {
    const bucket = (((values[slot] ?? 0) - least) * scale) | 0;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  const { next, last, taken, skipped, size } = stretches(counts, window);
  const picked = new Uint32Array(size);
  for (let at = 0, left = size; left > 0 && at < slots.length; at += 1) {
    const slot = slots[at] ?? 0;
    const bucket = (((values[slot] ?? 0) - least) * scale) | 0;
    const place = next[bucket] ?? 0;
    if (place === (last[bucket] ?? 0)) continue;
    picked[place] = slot;
    next[bucket] = place + 1;
    left -= 1;
  }
  // What shares a bucket is put in order by itself, and of it only what is looked at.
  let begin = 0;
  for (const bucket of taken) {
    const end = last[bucket] ?? 0;
    const part = { ...window, offset: 0, end: Math.min(end, window.end - skipped) - begin };
    picked.set(byValue(picked.slice(begin, end), values, part), begin);
    begin = end;
  }
  return picked.subarray(window.offset - skipped, window.end - skipped);
}

function limitsOf(slots: Uint32Array, values: Float64Array): readonly [number, number] {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const slot of slots) {
    const value = values[slot] ?? 0;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return [least, most];
}
