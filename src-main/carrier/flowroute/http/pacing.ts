import { cancelled } from '../../../platform/cancel.ts';

export type PacingOptions = {
  /** Requests allowed at once in the beginning. */
  readonly start?: number;
  /** Requests allowed at once at most. */
  readonly max?: number;
  /** Milliseconds, for tests. */
  readonly now?: () => number;
};

/**
 * How many requests may be on the way at once, learned from the answers: it starts gentle, grows by one with each
 * good answer until the first trouble, then halves and grows by one per full round. A 429 also stops everybody for as
 * long as the carrier asked.
 */
export class Pacing {
  #allowed: number;
  #max: number;
  #running = 0;
  #searching = true;
  #pausedUntil = 0;
  #lastHalved = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #waiting: (() => void)[] = [];
  /** Those that go before all others. */
  #first: (() => void)[] = [];
  #now: () => number;

  constructor(options: PacingOptions = {}) {
    this.#allowed = options.start ?? 4;
    this.#max = options.max ?? 24;
    // A clock that nobody can set: if the wall clock were set back, everybody would wait too long.
    this.#now = options.now ?? (() => performance.now());
  }

  /** Requests allowed at once now. */
  get allowed(): number {
    return Math.floor(this.#allowed);
  }

  /** Runs `task` when its turn comes. Rejects with `cancelled` when `signal` ends the wait. What is `urgent` goes first. */
  async run<T>(task: () => Promise<T>, signal?: AbortSignal, urgent = false): Promise<T> {
    await this.#turn(signal, urgent ? this.#first : this.#waiting);
    try {
      return await task();
    } finally {
      this.#running -= 1;
      this.#admit();
    }
  }

  good(): void {
    this.#allowed = Math.min(this.#max, this.#allowed + (this.#searching ? 1 : 1 / this.#allowed));
    this.#admit();
  }

  /** The carrier is in trouble, or asks for peace for `retryAfterMs`. */
  bad(retryAfterMs = 0): void {
    const now = this.#now();
    this.#searching = false;
    // One bad moment fails every request that is on the way: together they count as one failure.
    if (now - this.#lastHalved > 250) {
      this.#allowed = Math.max(1, this.#allowed / 2);
      this.#lastHalved = now;
    }
    this.#pausedUntil = Math.max(this.#pausedUntil, now + retryAfterMs);
  }

  async #turn(signal: AbortSignal | undefined, queue: (() => void)[]): Promise<void> {
    if (signal?.aborted) throw cancelled();
    if (this.#free(this.#now())) {
      this.#running += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const enter = () => {
        signal?.removeEventListener('abort', leave);
        this.#running += 1;
        resolve();
      };
      const leave = () => {
        queue.splice(queue.indexOf(enter), 1);
        reject(cancelled());
      };
      signal?.addEventListener('abort', leave, { once: true });
      queue.push(enter);
      this.#admit();
    });
  }

  get #asked(): boolean {
    return this.#first.length + this.#waiting.length > 0;
  }

  #free(now: number): boolean {
    return this.#running < this.allowed && now >= this.#pausedUntil;
  }

  #admit(): void {
    // The time is read once for both questions: if the pause ended between them, nobody would be woken.
    const now = this.#now();
    while (this.#asked && this.#free(now)) (this.#first.shift() ?? this.#waiting.shift())?.();
    const wait = this.#pausedUntil - now;
    if (this.#asked && wait > 0 && this.#timer === null) {
      this.#timer = setTimeout(() => {
        this.#timer = null;
        this.#admit();
      }, wait);
      this.#timer.unref();
    }
  }
}
