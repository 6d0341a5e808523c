/** Values stored once and known by a small number. Ids are never reused: there are few distinct values. */
export class Interned<T> {
  #ids = new Map<string, number>();
  #values: T[] = [];
  #keyOf: (value: T) => string;

  constructor(keyOf: (value: T) => string) {
    this.#keyOf = keyOf;
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

  /** The place of every id in the order of its text; equal texts share a place. */
  ranks(text: (value: T) => string): Uint32Array {
    const texts = this.#values.map(text);
    const sorted = [...new Set(texts)].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
    const places = new Map(sorted.map((value, place) => [value, place]));
    return Uint32Array.from(texts, (value) => places.get(value) ?? 0);
  }

  /** One byte per id: whether its value passes. A clause over a million rows asks this table only. */
  table(passes: (value: T) => boolean): Uint8Array {
    return Uint8Array.from(this.#values, (value) => (passes(value) ? 1 : 0));
  }
}
