/** More changes than this are not listed: nobody would read them. The record then tells only how many there were. */
const mostKept = 10_000;

/** Which numbers a pass has added, changed and removed since this start, for the record. */
export class PassChanges {
  #numbers = new Set<string>();
  #tooMany = false;

  note(number: string): void {
    if (this.#numbers.size < mostKept) this.#numbers.add(number);
    else this.#tooMany = true;
  }

  /** Hands them over, ascending, and begins anew; none when there were too many. */
  take(): string[] {
    const taken = this.#tooMany ? [] : [...this.#numbers].sort();
    this.#numbers = new Set();
    this.#tooMany = false;
    return taken;
  }
}
