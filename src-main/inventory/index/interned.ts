/** What values are to a column: how they are told apart, put in order, found and shown. */
export type Meaning<T> = {
  /** The same for equal values, and different for others. */
  readonly key: (value: T) => string;
  /** Puts values in order; those with the same share a place. */
  readonly sortKey: (value: T) => string | number;
  /** The value of a number of which nothing is known. */
  readonly nothing: T;
  /** Whether a value was not read yet, where that can be: then nothing is known of it. */
  readonly unread?: (value: T) => boolean;
  /** Whether a value passes a clause that asks its column for any of `values`. */
  readonly is: (values: readonly string[]) => (value: T) => boolean;
  /** The same for words without a key. */
  readonly has: (words: readonly string[]) => (value: T) => boolean;
  /** As a row says it. */
  readonly told: (value: T) => string | number | null;
  /** What a row says of a value besides that. */
  readonly alsoTold?: (value: T) => string;
};

/** Values stored once and known by a small number. Ids are never reused: there are few distinct values. The id of nothing is 0. */
export class Interned<T> {
  readonly meaning: Meaning<T>;
  #ids = new Map<string, number>();
  #values: T[] = [];
  #ranks = new Uint32Array();
  /** As rows say the values; brought up to date when it is asked for. */
  #told: (string | number | null)[] = [];
  /** Letters of JSON that a row takes for the longest of them. */
  #longest = 0;

  constructor(meaning: Meaning<T>) {
    this.meaning = meaning;
    this.id(meaning.nothing);
  }

  get values(): readonly T[] {
    return this.#values;
  }

  /** `copy` gives the value to keep when it is a new one. */
  id(value: T, copy: () => T = () => value): number {
    const known = this.#ids.get(this.meaning.key(value));
    if (known !== undefined) return known;
    const id = this.#values.length;
    const kept = copy();
    this.#ids.set(this.meaning.key(kept), id);
    this.#values.push(kept);
    return id;
  }

  at(id: number): T {
    const value = this.#values[id];
    if (value === undefined) throw new RangeError(`no interned value ${id}`);
    return value;
  }

  /** As rows say the values, by id. */
  told(): readonly (string | number | null)[] {
    for (let id = this.#told.length; id < this.#values.length; id += 1) {
      const value = this.at(id);
      const told = this.meaning.told(value);
      this.#told.push(told);
      const also = this.meaning.alsoTold?.(value) ?? '';
      this.#longest = Math.max(this.#longest, JSON.stringify(told).length + JSON.stringify(also).length);
    }
    return this.#told;
  }

  /** Letters of JSON that a row takes for one of these values at most. */
  longest(): number {
    this.told();
    return this.#longest;
  }

  /** The place of every id in the order of the values. Worked out again only when there are new values. */
  ranks(): Uint32Array {
    if (this.#ranks.length !== this.#values.length) {
      const sorted = this.#values.map((value) => this.meaning.sortKey(value));
      const distinct = [...new Set(sorted)].sort((a, b) => (a < b ? -1 : 1));
      const places = new Map(distinct.map((value, place) => [value, place]));
      this.#ranks = Uint32Array.from(sorted, (value) => places.get(value) ?? 0);
    }
    return this.#ranks;
  }

  /** What puts the values in order, and what rows say of them, has changed. */
  reorder(): void {
    this.#ranks = new Uint32Array();
    this.#told = [];
    this.#longest = 0;
  }

  /** One byte per id: whether its value passes. A clause over a million rows asks this table only. */
  table(passes: (value: T) => boolean): Uint8Array {
    return Uint8Array.from(this.#values, (value) => (passes(value) ? 1 : 0));
  }
}
