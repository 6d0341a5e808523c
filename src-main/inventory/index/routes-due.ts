import type { NumberIndex } from './number-index.ts';

/** The id of what stands where nothing is known. */
const nothing = 0;

/** Which numbers are to have their routes read: at most `limit`, without those of `skip`. Times are Unix milliseconds. */
export type DueQuestion = {
  readonly limit: number;
  /** What was read before this is too old. */
  readonly before: number;
  readonly now: number;
  readonly skip: readonly string[];
};

/** First the numbers that were never read, then those that are too old, or were read at a time that is yet to come, the oldest first. */
export function routesDue(index: NumberIndex, { limit, before, now, skip: skipped }: DueQuestion): string[] {
  const { ids, routesAt, count, gone } = index;
  const skip = new Set(skipped);
  const wanted = (slot: number) => !gone.has(slot) && !skip.has(index.numberAt(slot));
  const found: number[] = [];
  for (let slot = 0; slot < count && found.length < limit; slot += 1)
    if (ids.primary[slot] === nothing && wanted(slot)) found.push(slot);
  const oldest = oldestOf(limit - found.length);
  for (let slot = 0; slot < count && found.length < limit; slot += 1) {
    const at = routesAt[slot] ?? 0;
    if (ids.primary[slot] === nothing || (at >= before && at <= now)) continue;
    // A time that is yet to come says nothing: it counts as the oldest.
    const age = at > now ? 0 : at;
    if (age < oldest.below && wanted(slot)) oldest.add(slot, age);
  }
  return [...found, ...oldest.slots()].map((slot) => index.numberAt(slot));
}

/** How many numbers have routes that were never read. */
export function unreadRoutes(index: NumberIndex): number {
  const { ids, count, gone } = index;
  let unread = 0;
  for (let slot = 0; slot < count; slot += 1)
    if (ids.primary[slot] === nothing && !gone.has(slot)) unread += 1;
  return unread;
}

/** Keeps the oldest of many, so many of them; what is not older than `below` is none of them. */
function oldestOf(most: number) {
  let kept: { readonly slot: number; readonly at: number }[] = [];
  const cut = () => {
    kept.sort((a, b) => a.at - b.at || a.slot - b.slot);
    kept = kept.slice(0, most);
    if (kept.length === most) oldest.below = kept.at(-1)?.at ?? oldest.below;
  };
  const oldest = {
    below: Number.POSITIVE_INFINITY,
    add(slot: number, at: number) {
      kept.push({ slot, at });
      if (kept.length >= 2 * most) cut();
    },
    slots() {
      cut();
      return kept.map(({ slot }) => slot);
    },
  };
  return oldest;
}
