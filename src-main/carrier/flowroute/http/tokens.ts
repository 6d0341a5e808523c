/** What runs in the background takes this share of the rate that is known. */
export const behindShare = 0.475;

/** Of what a second allows, so much may go at once where something was late. */
const atOnce = 0.05;
/** More where only the mean counts: choosing what to read takes a while now and then, and so does everything on a busy computer. */
export const behindAtOnce = 0.3;

/** Requests spread evenly over time, so many a second. Times are milliseconds of a clock that only goes forward. */
export class Tokens {
  readonly perSecond: number;
  #most: number;
  #left: number;
  #at: number;

  constructor(perSecond: number, now: number, share = atOnce) {
    this.perSecond = perSecond;
    this.#most = Math.max(1, perSecond * share);
    this.#left = 1;
    this.#at = now;
  }

  /** Milliseconds until the next one may go; 0 for now. */
  waitMs(now: number): number {
    this.#fill(now);
    return this.#left >= 1 ? 0 : ((1 - this.#left) / this.perSecond) * 1000;
  }

  /** One goes now. */
  take(now: number): void {
    this.#fill(now);
    this.#left -= 1;
  }

  #fill(now: number): void {
    // Rounding must not leave a wait that is no time at all.
    const left = this.#left + ((now - this.#at) / 1000) * this.perSecond + 1e-9;
    this.#left = Math.min(this.#most, left);
    this.#at = now;
  }
}
