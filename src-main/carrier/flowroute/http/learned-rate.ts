/** Answers of the background that come at half of the places before it tries what the carrier can take. */
const beforeTrying = 300;
/** It tries for so long, counted while more wait than may go; then its rate is known, whether or not the carrier refused. */
const tryingMs = 10_000;
/** What is known is believed for so long. */
const knownMs = 30 * 60_000;
/** Refusals so near each other are one. */
const oneRefusalMs = 200;
/** Between two refusals so many answers have to come, within so long after the pause, for the time between them to tell anything. */
const leastAnswers = 30;
const longestMs = 10_000;
/** Two such times say the same when they differ by no more than this share. */
const near = 0.15;

/** Answers between two refusals, and the milliseconds they took. */
type Stretch = { readonly answers: number; readonly ms: number };

/**
 * How many requests a second a class of endpoints takes, learned from its answers. Where a carrier counts requests, it has nothing
 * left at a refusal (429): all that it let through between two of them is what it allowed in that time, whatever it had saved up
 * before. Two such stretches that agree are a ceiling. Where it never refuses, the rate is what came while all places were taken.
 * Times are milliseconds of a clock that only goes forward.
 */
export class LearnedRate {
  #known: { readonly perSecond: number; readonly at: number; readonly ceiling: boolean } | null = null;
  #refusedAt = Number.NEGATIVE_INFINITY;
  #pauseMs = 0;
  #answers = 0;
  #stretch: Stretch | null = null;
  #behind = 0;
  /** The last answer while others waited; what came like this while trying. */
  #crowdedAt: number | null = null;
  #tried: Stretch = { answers: 0, ms: 0 };
  #seconds = new Map<number, number>();

  /** Requests a second that the carrier was found to refuse above; null when it was not. */
  ceiling(now: number): number | null {
    return this.#at(now)?.ceiling ? (this.#known?.perSecond ?? null) : null;
  }

  /** Requests a second that are known to be possible; null while that is not known. */
  rate(now: number): number | null {
    return this.#at(now)?.perSecond ?? null;
  }

  /** True while the background is to find out how much is possible: it may take all places then. */
  trying(now: number): boolean {
    return this.#at(now) === null && this.#behind >= beforeTrying;
  }

  /** Answers of the second before this one. */
  lastSecond(now: number): number {
    return this.#seconds.get(Math.floor(now / 1000) - 1) ?? 0;
  }

  /** An answer came. `crowded`: others wait for their turn. */
  answered(now: number, how: { readonly behind: boolean; readonly crowded: boolean }): void {
    this.#count(now);
    this.#answers += 1;
    if (how.behind) this.#behind += 1;
    const since = this.#crowdedAt;
    this.#crowdedAt = how.crowded ? now : null;
    // So long without an answer, nobody was asking: the computer slept.
    if (since === null || now - since >= tryingMs || !this.trying(now)) return;
    const { answers, ms } = this.#tried;
    this.#tried = { answers: answers + 1, ms: ms + now - since };
    if (this.#tried.ms >= tryingMs)
      this.#known = { perSecond: (this.#tried.answers / this.#tried.ms) * 1000, at: now, ceiling: false };
  }

  /** A request failed: until the next answer comes, the time says nothing of what the carrier can take. */
  failed(): void {
    this.#crowdedAt = null;
  }

  /** The carrier refused a request that left at `begun`, and everybody pauses for `pauseMs`. */
  refused(now: number, begun: number, pauseMs: number): void {
    this.#count(now);
    this.#crowdedAt = null;
    if (this.#known) {
      if (begun <= this.#known.at) return;
      // Below the ceiling nothing is refused: it is another one now, or was none.
      this.#forget();
    }
    const ms = now - this.#refusedAt;
    const stretch = { answers: this.#answers, ms };
    this.#refusedAt = now;
    this.#answers = 0;
    const pause = this.#pauseMs;
    this.#pauseMs = pauseMs;
    if (ms < oneRefusalMs) return;
    const before = this.#stretch;
    this.#stretch = stretch.answers >= leastAnswers && ms <= pause + longestMs ? stretch : null;
    if (before === null || this.#stretch === null || !agree(before, stretch)) return;
    const perSecond = ((before.answers + stretch.answers) / (before.ms + stretch.ms)) * 1000;
    this.#known = { perSecond, at: now, ceiling: true };
  }

  #at(now: number) {
    if (this.#known !== null && now - this.#known.at > knownMs) this.#forget();
    return this.#known;
  }

  #forget(): void {
    this.#known = null;
    this.#stretch = null;
    this.#refusedAt = Number.NEGATIVE_INFINITY;
    this.#behind = 0;
    this.#tried = { answers: 0, ms: 0 };
  }

  #count(now: number): void {
    const second = Math.floor(now / 1000);
    this.#seconds.set(second, (this.#seconds.get(second) ?? 0) + 1);
    if (this.#seconds.size > 3)
      for (const old of this.#seconds.keys()) if (old < second - 1) this.#seconds.delete(old);
  }
}

function agree(one: Stretch, other: Stretch): boolean {
  const [a, b] = [one.answers / one.ms, other.answers / other.ms];
  return Math.abs(a - b) <= near * Math.max(a, b);
}
