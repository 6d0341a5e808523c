import { randomBytes } from 'node:crypto';
import { keyOf, numberOfKey } from './number-key.ts';

/** So many sets are kept, the oldest goes first; together they hold no more than this many numbers (8 bytes each). */
const mostSets = 30;
const mostNumbers = 1_000_000;

/** What of an index tells where a number is, and when that may be different. */
type Slots = {
  readonly versions: { readonly members: number; readonly gone: number };
  slotOfKey(key: number): number | undefined;
};

type KeptSet = { readonly keys: Float64Array; version: number; slots: Uint32Array };

/**
 * Numbers that somebody pasted as one filter: the query names such a set by its id, so that thousands of numbers neither
 * travel nor are read again with each question. In memory only: a set lives as long as its list is open.
 */
export class NumberSets {
  #sets = new Map<string, KeptSet>();

  /** Keeps numbers (digits each, any order, twice is once); the same numbers have the same id for as long as they are kept. */
  keep(numbers: readonly string[]): string {
    const keys = Float64Array.from(new Set(numbers.map(keyOf))).sort();
    for (const [id, known] of this.#sets) {
      if (known.keys.length !== keys.length || !known.keys.every((key, at) => key === keys[at])) continue;
      this.#sets.delete(id);
      this.#sets.set(id, known);
      return id;
    }
    const id = randomBytes(6).toString('hex');
    this.#sets.set(id, { keys, version: 0, slots: new Uint32Array() });
    let held = 0;
    for (const { keys: one } of this.#sets.values()) held += one.length;
    for (const [oldest, { keys: one }] of this.#sets) {
      if (oldest === id || (this.#sets.size <= mostSets && held <= mostNumbers)) break;
      this.#sets.delete(oldest);
      held -= one.length;
    }
    return id;
  }

  has(id: string): boolean {
    return this.#sets.has(id);
  }

  /** The numbers of a set, ascending; null for one that is not kept any more. */
  numbers(id: string): string[] | null {
    const set = this.#sets.get(id);
    return set ? Array.from(set.keys, numberOfKey) : null;
  }

  /** How many numbers a set has, and how many of them the list has; null for a set that is not kept any more. */
  countsOf(index: Slots, id: string): { count: number; owned: number } | null {
    const set = this.#sets.get(id);
    return set ? { count: set.keys.length, owned: this.slotsOf(index, id).length } : null;
  }

  /** The numbers of a set that the list does not have, ascending; null for a set that is not kept any more. */
  missing(index: Slots, id: string, limit: number): string[] | null {
    const set = this.#sets.get(id);
    if (!set) return null;
    const missing: string[] = [];
    for (const key of set.keys) {
      if (missing.length >= limit) break;
      if (index.slotOfKey(key) === undefined) missing.push(numberOfKey(key));
    }
    return missing;
  }

  /** The slots of a set's numbers, ascending; none for a set that is not kept any more. */
  slotsOf(index: Slots, id: string): Uint32Array {
    const set = this.#sets.get(id);
    if (!set) return new Uint32Array();
    const version = index.versions.members + index.versions.gone;
    if (set.version === version) return set.slots;
    const slots = new Uint32Array(set.keys.length);
    let count = 0;
    for (const key of set.keys) {
      const slot = index.slotOfKey(key);
      if (slot === undefined) continue;
      slots[count] = slot;
      count += 1;
    }
    set.slots = slots.slice(0, count).sort();
    set.version = version;
    return set.slots;
  }
}
