import type { KnownLacks } from './lacks.ts';

/** How many numbers one request may ask for, from the least on. */
const steps = [10, 25, 50, 100] as const;
/** One number of so many is asked for alone as well. */
const comparedOf = 500;
/** After trouble that may pass, it is left alone for so long. */
const asideMs = 3_600_000;
/** So many answers in a row that are not the carrier's count as one that came too late. */
const foreignInARow = 3;

/**
 * What is known of `POST /v2/numbers/details`, which one page of the documentation shows and nobody is known to use: whether it is
 * there, and how many numbers it takes. It is believed after it told the same of one number as that number's own details.
 */
export class ManyDetails {
  #yes = false;
  #step = 0;
  #most: number = steps.length - 1;
  #since = 0;
  #lacks: KnownLacks;
  #now: () => number;
  #asideUntil = 0;
  /** Answers in a row that were not the carrier's. */
  #foreign = 0;

  constructor(lacks: KnownLacks, now: () => number) {
    this.#lacks = lacks;
    this.#now = now;
  }

  /** Numbers that one request may ask for now; 1 while it is not known to be there. */
  get size(): number {
    return this.#yes ? (steps[this.#step] ?? 1) : 1;
  }

  get worthProbing(): boolean {
    return !this.#yes && !this.#lacks.has('manyDetails') && this.#now() >= this.#asideUntil;
  }

  found(): void {
    this.#yes = true;
    this.#lacks.set('manyDetails', false);
    this.#step = 0;
    this.#most = steps.length - 1;
  }

  /** It is not there, or what it says is not true. */
  deny(): void {
    this.#yes = false;
    this.#lacks.set('manyDetails', true);
  }

  /** So many numbers were told of: more may be asked for. True when one of them is to be compared with its own details. */
  good(numbers: number): boolean {
    if (numbers >= this.size) this.#step = Math.min(this.#most, this.#step + 1);
    this.#foreign = 0;
    this.#since += numbers;
    if (this.#since < comparedOf) return false;
    this.#since = 0;
    return true;
  }

  /** It could not be asked now, which says nothing of whether it is there. */
  putAside(): void {
    this.#yes = false;
    this.#asideUntil = this.#now() + asideMs;
  }

  /** A gateway or a network answered in its place, which may be because so many are too many. */
  foreign(): void {
    this.#foreign += 1;
    if (this.#foreign < foreignInARow) return;
    this.#foreign = 0;
    this.bad(true);
  }

  /** It was refused or took too long: fewer from now on. `passing` when that says something of the moment alone. */
  bad(passing: boolean): void {
    if (this.#step === 0) {
      if (passing) this.putAside();
      else this.deny();
    }
    this.#most = Math.max(0, this.#step - 1);
    this.#step = this.#most;
  }
}
