/** Numbers for sale: typed arrays, ascending. What was released comes back, wherever it was before. */
export class Offers {
  #numbers: Float64Array;
  #sold: Uint8Array;
  #back: number[] = [];
  #version = 0;

  /** `numbers` ascending. */
  constructor(numbers: Float64Array) {
    this.#numbers = numbers;
    this.#sold = new Uint8Array(numbers.length);
  }

  /** Changes with every number that is sold or comes back. */
  get version(): number {
    return this.#version;
  }

  /** From `low` to `high`, both included, ascending. */
  *between(low: number, high: number): Generator<number> {
    this.#settle();
    for (let i = lowerBound(this.#numbers, this.#numbers.length, low); i < this.#numbers.length; i += 1) {
      const number = this.#numbers[i] ?? 0;
      if (number > high) return;
      if (this.#sold[i] === 0) yield number;
    }
  }

  /** The next one at or after `from`, or null. Lets lists of area codes jump instead of walk. */
  next(from: number): number | null {
    for (const number of this.between(from, Infinity)) return number;
    return null;
  }

  has(number: number): boolean {
    return this.next(number) === number;
  }

  /** Takes one off the market; false when it is not (or no longer) on it. */
  sell(number: number): boolean {
    this.#settle();
    const place = this.#placeOf(number);
    if (place < 0 || this.#sold[place] === 1) return false;
    this.#sold[place] = 1;
    this.#version += 1;
    return true;
  }

  putBack(number: number): void {
    this.#version += 1;
    const place = this.#placeOf(number);
    if (place >= 0) this.#sold[place] = 0;
    else this.#back.push(number);
  }

  #placeOf(number: number): number {
    const place = lowerBound(this.#numbers, this.#numbers.length, number);
    return this.#numbers[place] === number ? place : -1;
  }

  /** Many numbers may come back one by one: they are put in their places when somebody looks. */
  #settle(): void {
    if (this.#back.length === 0) return;
    const back = Float64Array.from(new Set(this.#back)).sort();
    this.#back = [];
    const numbers = new Float64Array(this.#numbers.length + back.length);
    const sold = new Uint8Array(numbers.length);
    let [old, fresh] = [0, 0];
    for (let at = 0; at < numbers.length; at += 1) {
      const known = this.#numbers[old] ?? Infinity;
      const again = back[fresh] ?? Infinity;
      if (known < again) {
        numbers[at] = known;
        sold[at] = this.#sold[old] ?? 0;
        old += 1;
      } else {
        numbers[at] = again;
        fresh += 1;
      }
    }
    this.#numbers = numbers;
    this.#sold = sold;
  }
}

/** The first place of `sorted`, of which `count` are in use, that is not below `wanted`. */
export function lowerBound(sorted: Float64Array, count: number, wanted: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
