/**
 * Numbers whose routes are to be read, in the order in which they are: those on screen first, then the others as the list gives
 * them. A number is asked for once at a time.
 */
export class ReadQueue {
  #view = new Set<string>();
  #others = new Set<string>();
  #asked = new Set<string>();
  /** Numbers that could not be read, and until when they are left alone (Unix milliseconds). */
  #aside = new Map<string, number>();

  /** How many wait that are not on screen. */
  get others(): number {
    return this.#others.size;
  }

  /** How many wait in all; more than there are where one is on screen too. */
  get waiting(): number {
    return this.#view.size + this.#others.size;
  }

  /** The numbers on screen that are to be read; they take the place of those before. */
  look(numbers: readonly string[]): void {
    // What is on its way now will have been read by the time its turn would come.
    this.#view = new Set(numbers.filter((number) => !this.#asked.has(number)));
  }

  /** More of the same screen. */
  lookAlso(numbers: readonly string[]): void {
    this.look([...this.#view, ...numbers]);
  }

  /** The next numbers that are not on screen; they take the place of those that wait. */
  fill(numbers: readonly string[]): void {
    this.#others = new Set(numbers);
  }

  /** Takes at most so many of those on screen. They count as asked for until `ended`. */
  takeShown(most: number, now: number): string[] {
    return this.#take(this.#view, most, now);
  }

  /** Takes at most so many of the others. */
  takeOthers(most: number, now: number): string[] {
    return this.#take(this.#others, most, now);
  }

  ended(numbers: readonly string[]): void {
    for (const number of numbers) this.#asked.delete(number);
  }

  /** A number that could not be read is left alone until then. */
  setAside(number: string, until: number): void {
    this.#aside.set(number, until);
  }

  /** Those that the list need not give now. */
  skipped(now: number): string[] {
    for (const number of [...this.#aside.keys()]) this.#isAside(number, now);
    return [...this.#asked, ...this.#aside.keys()];
  }

  #take(from: ReadonlySet<string>, most: number, now: number): string[] {
    const taken: string[] = [];
    for (const number of from) {
      if (taken.length >= most) break;
      this.#view.delete(number);
      this.#others.delete(number);
      if (this.#asked.has(number) || this.#isAside(number, now)) continue;
      this.#asked.add(number);
      taken.push(number);
    }
    return taken;
  }

  #isAside(number: string, now: number): boolean {
    const until = this.#aside.get(number);
    if (until === undefined || now < until) return until !== undefined;
    this.#aside.delete(number);
    return false;
  }
}
