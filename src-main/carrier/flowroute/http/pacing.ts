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
 * Whose turn it is: what is `urgent` goes before all others. What runs in the `background` goes only when nobody else waits, and
 * takes at most half of what is allowed, so that a request of a person finds a free place or waits for one request at most.
 */
export type Priority = 'urgent' | 'usual' | 'background';

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
  #wakeAt = 0;
  /** Those who wait for their turn. */
  #queues: Readonly<Record<Priority, (() => void)[]>> = { urgent: [], usual: [], background: [] };
  /** Requests of the background that are on their way, and until when it rests where it has no place of its own. */
  #behind = 0;
  #restUntil = 0;
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

  /** Runs `task` when its turn comes. Rejects with `cancelled` when `signal` ends the wait. */
  async run<T>(task: () => Promise<T>, signal?: AbortSignal, priority: Priority = 'usual'): Promise<T> {
    await this.#turn(signal, priority);
    const begun = this.#now();
    try {
      return await task();
    } finally {
      this.#running -= 1;
      if (priority === 'background') this.#endBehind(begun);
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

  async #turn(signal: AbortSignal | undefined, priority: Priority): Promise<void> {
    if (signal?.aborted) throw cancelled();
    if (this.#free(priority, this.#now())) {
      this.#enter(priority);
      return;
    }
    const queue = this.#queues[priority];
    await new Promise<void>((resolve, reject) => {
      const enter = () => {
        signal?.removeEventListener('abort', leave);
        this.#enter(priority);
        resolve();
      };
      const leave = () => {
        queue.splice(queue.indexOf(enter), 1);
        reject(cancelled());
        // It may have been all that the background waited for.
        this.#admit();
      };
      signal?.addEventListener('abort', leave, { once: true });
      queue.push(enter);
      this.#admit();
    });
  }

  #enter(priority: Priority): void {
    this.#running += 1;
    if (priority === 'background') this.#behind += 1;
  }

  /** Half of a single place is half of the time: the background rests for as long as its request took. */
  #endBehind(begun: number): void {
    this.#behind -= 1;
    const now = this.#now();
    if (this.allowed === 1) this.#restUntil = now + (now - begun);
  }

  #free(priority: Priority, now: number): boolean {
    if (this.#running >= this.allowed || now < this.#pausedUntil) return false;
    if (priority !== 'background') return true;
    const { urgent, usual } = this.#queues;
    if (urgent.length + usual.length > 0 || now < this.#restUntil) return false;
    return this.#behind < Math.max(1, Math.floor(this.allowed / 2));
  }

  #admit(): void {
    // The time is read once for all questions: if the pause ended between them, nobody would be woken.
    const now = this.#now();
    const { urgent, usual, background } = this.#queues;
    for (const priority of ['urgent', 'usual', 'background'] as const) {
      const queue = this.#queues[priority];
      while (queue.length > 0 && this.#free(priority, now)) queue.shift()?.();
    }
    const people = urgent.length + usual.length > 0;
    const until = people ? this.#pausedUntil : Math.max(this.#pausedUntil, this.#restUntil);
    const wait = until - now;
    if ((people || background.length > 0) && wait > 0) this.#wakeIn(wait, now + wait);
  }

  /** Looks again after `ms`, at `at`; a later look that was planned gives way to an earlier one. */
  #wakeIn(ms: number, at: number): void {
    if (this.#timer !== null && this.#wakeAt <= at) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#wakeAt = at;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#admit();
    }, ms);
    this.#timer.unref();
  }
}
