import type { NumberIndex } from './number-index.ts';
import { keyOf, numberOfKey } from './number-key.ts';

/** The id of what stands where nothing is known. */
const nothing = 0;

/** Which numbers are to have their routes read: at most `limit`, without those of `skip`. Times are Unix milliseconds. */
export type DueQuestion = {
  readonly limit: number;
  /** What was read before this is too old; 0 where nothing is read again. */
  readonly before: number;
  readonly now: number;
  readonly skip: readonly string[];
};

/** So many slots are looked through between two looks at what else is asked. */
const stretch = 50_000;

/**
 * First the numbers that were never read, then those that are too old, or were read at a time that is yet to come, the oldest first.
 * In steps: slots may move between two of them, so a number may be missed until it is asked for again.
 */
export function* routesDue(index: NumberIndex, question: DueQuestion): Generator<void, string[]> {
  const { limit, before, now } = question;
  // By their keys: a million texts would take longer to make than all the rest.
  const skip = new Set(question.skip.map(keyOf));
  const never = new Set<number>();
  const oldest = new Oldest(limit);
  for (let from = 0; from < index.count && never.size < limit; from += stretch) {
    const { ids, keys, routesAt, gone } = index;
    const end = Math.min(from + stretch, index.count);
    for (let slot = from; slot < end && never.size < limit; slot += 1) {
      const isRead = ids.primary[slot] !== nothing;
      const at = routesAt[slot] ?? 0;
      // A time that is yet to come says nothing: it counts as the oldest.
      const age = at > now ? 0 : at;
      if (isRead && (age >= before || age >= oldest.below)) continue;
      const key = keys[slot] ?? 0;
      if (gone.has(slot) || skip.has(key)) continue;
      if (isRead) oldest.add(key, age);
      else never.add(key);
    }
    yield;
  }
  const found = new Set([...never, ...oldest.keys()]);
  return [...found].slice(0, limit).map(numberOfKey);
}

/** The oldest of many numbers, so many of them: a heap with the youngest of those kept on top. */
class Oldest {
  #most: number;
  #kept: { readonly key: number; readonly at: number }[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /** What is not older than this is none of them. */
  get below(): number {
    return this.#kept.length < this.#most ? Number.POSITIVE_INFINITY : this.#at(0);
  }

  /** Only for what is older than `below`. */
  add(key: number, at: number): void {
    const kept = this.#kept;
    const one = { key, at };
    if (kept.length < this.#most) {
      // The youngest climbs.
      let place = kept.length;
      while (place > 0 && this.#at((place - 1) >> 1) < at) place = this.#move((place - 1) >> 1, place);
      kept[place] = one;
      return;
    }
    // It takes the place of the youngest, and sinks below those that are younger than it.
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const younger = this.#at(left + 1) > this.#at(left) ? left + 1 : left;
      if (this.#at(younger) <= at) break;
      place = this.#move(younger, place);
    }
    kept[place] = one;
  }

  /** The oldest first. */
  keys(): number[] {
    return this.#kept.sort((a, b) => a.at - b.at || a.key - b.key).map(({ key }) => key);
  }

  #at(place: number): number {
    return this.#kept[place]?.at ?? Number.NEGATIVE_INFINITY;
  }

  /** Returns the place that is free now. */
  #move(from: number, to: number): number {
    const one = this.#kept[from];
    if (one) this.#kept[to] = one;
    return from;
  }
}
