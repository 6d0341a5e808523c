/** Values stored once and known by a small number. Ids are never reused: there are few distinct values. */
export class Interned<T> {
  #ids = new Map<string, number>();
  #values: T[] = [];
  #keyOf: (value: T) => string;
  #sortedBy: (value: T) => string | number;
  #ranks = new Uint32Array();

  /** `sortedBy`: what puts values in order; those with the same share a place. */
  constructor(keyOf: (value: T) => string, sortedBy: (value: T) => string | number) {
    this.#keyOf = keyOf;
    this.#sortedBy = sortedBy;
  }

  get values(): readonly T[] {
    return this.#values;
  }

  id(value: T): number {
    const key = this.#keyOf(value);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#values.length;
    this.#ids.set(key, id);
    this.#values.push(value);
    return id;
  }

  at(id: number): T {
    const value = this.#values[id];
    if (value === undefined) throw new RangeError(`no interned value ${id}`);
    return value;
  }

  /** The place of every id in the order of the values. Worked out again only when there are new values. */
  ranks(): Uint32Array {
    if (this.#ranks.length !== this.#values.length) {
      const sorted = this.#values.map(this.#sortedBy);
      const distinct = [...new Set(sorted)].sort((a, b) => (a < b ? -1 : 1));
      const places = new Map(distinct.map((value, place) => [value, place]));
      this.#ranks = Uint32Array.from(sorted, (value) => places.get(value) ?? 0);
    }
    return this.#ranks;
  }

  /** One byte per id: whether its value passes. A clause over a million rows asks this table only. */
  table(passes: (value: T) => boolean): Uint8Array {
    return Uint8Array.from(this.#values, (value) => (passes(value) ? 1 : 0));
  }
}
