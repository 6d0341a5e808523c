import { Failure } from '../../../contract/errors.ts';
import { cancelled } from '../../../platform/cancel.ts';
import { Budget } from './budget.ts';
import { LearnedRate } from './learned-rate.ts';
import type { Priority } from './priority.ts';
import { behindAtOnce, behindShare, Tokens } from './tokens.ts';

export type { Priority };

export type PacingOptions = {
  /** Requests allowed at once in the beginning. */
  readonly start?: number;
  /** Requests allowed at once at most. */
  readonly max?: number;
  /** Milliseconds of a clock that only goes forward, for tests. */
  readonly now?: () => number;
};

/** How a class of endpoints is asked now. */
export type PacingView = {
  /** Answers in the last second. */
  readonly perSecond: number;
  /** Requests a second above which the carrier was found to refuse; null when it was not. */
  readonly ceiling: number | null;
  /** Who keeps back what waits: the carrier, for so many milliseconds more, or the budget; null when neither does. */
  readonly waiting: { readonly why: 'carrier'; readonly ms: number } | { readonly why: 'budget' } | null;
};

/** `takes` when it goes at once, and does not only want to know when it could. `giveUp` is there for who does not wait for long. */
type Waiter = { readonly takes: boolean; readonly go: () => void; readonly giveUp?: (ms: number) => void };

/** Somebody at a screen does not wait for longer than this because the carrier asked for a pause. */
export const mostPauseMs = 15_000;

/** A wait because of the budget is told for so long after it. */
const toldMs = 1_500;
/** Below the ceiling that was found, so that nothing is refused. */
const belowCeiling = 0.95;

/**
 * How many requests may be on the way at once, learned from the answers: it starts gentle, grows by one with each
 * good answer until the first trouble, then halves and grows by one per full round. A 429 also stops everybody for as
 * long as the carrier asked. How many may leave in a second is what the carrier was found to take (`LearnedRate`), and what the
 * person allows (`Budget`). The background takes half of the places at most, and a little less than half of that rate.
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
  #queues: Readonly<Record<Priority, Waiter[]>> = { urgent: [], usual: [], background: [] };
  /** Requests of the background that are on their way, and until when it rests where it has no place of its own. */
  #behind = 0;
  #restUntil = 0;
  #now: () => number;
  #budget: Budget;
  #learned = new LearnedRate();
  /** What keeps all requests below the ceiling, and the background below its share of the rate. */
  #tokens: Tokens | null = null;
  #behindTokens: Tokens | null = null;
  #heldAt = Number.NEGATIVE_INFINITY;

  constructor(options: PacingOptions = {}, budget = new Budget()) {
    this.#allowed = options.start ?? 4;
    this.#max = options.max ?? 24;
    // A clock that nobody can set: if the wall clock were set back, everybody would wait too long.
    this.#now = options.now ?? pacingNow;
    this.#budget = budget;
    budget.join(this, () => {
      this.#admit();
    });
  }

  /** Nothing more is asked: those who share the budget need not think of this one. */
  close(): void {
    this.#budget.leave(this);
  }

  /** Requests allowed at once now. */
  get allowed(): number {
    return Math.floor(this.#allowed);
  }

  view(): PacingView {
    const now = this.#now();
    const waits = Object.values(this.#queues).some((queue) => queue.length > 0);
    const paused = this.#pausedUntil - now;
    return {
      perSecond: this.#learned.lastSecond(now),
      ceiling: this.#learned.ceiling(now),
      waiting:
        paused > 0 && waits
          ? { why: 'carrier', ms: paused }
          : now - this.#heldAt < toldMs
            ? { why: 'budget' }
            : null,
    };
  }

  /**
   * Runs `task` when its turn comes. Rejects with `cancelled` when `signal` ends the wait; with `soon` also with an `AskedToWait`
   * when the carrier asks for a pause of more than 15 seconds, before the turn has come.
   */
  async run<T>(
    task: () => Promise<T>,
    signal?: AbortSignal,
    priority: Priority = 'usual',
    soon = false,
  ): Promise<T> {
    await this.#turn(signal, priority, { soon });
    const begun = this.#now();
    try {
      return await task();
    } finally {
      this.#running -= 1;
      if (priority === 'background') this.#endBehind(begun);
      this.#admit();
    }
  }

  /**
   * Resolves when one of the background may go, without going: who asks then chooses what to ask for, and runs it at once. Rejects
   * with `cancelled` when `signal` ends the wait.
   */
  whenFree(signal?: AbortSignal): Promise<void> {
    return this.#turn(signal, 'background', { takes: false });
  }

  /** A good answer came; `priority` is that of its request. */
  good(priority: Priority = 'usual'): void {
    this.#allowed = Math.min(this.#max, this.#allowed + (this.#searching ? 1 : 1 / this.#allowed));
    const crowded = Object.values(this.#queues).some((queue) => queue.length > 0);
    this.#learned.answered(this.#now(), { behind: priority === 'background', crowded });
    this.#admit();
  }

  /**
   * The carrier is in trouble, or asks for peace for `pauseMs`. `refusedOf` is when the request left that it refused
   * because there were too many.
   */
  bad(pauseMs = 0, refusedOf: number | null = null): void {
    const now = this.#now();
    this.#searching = false;
    // One bad moment fails every request that is on the way: together they count as one failure.
    if (now - this.#lastHalved > 250) {
      this.#allowed = Math.max(1, this.#allowed / 2);
      this.#lastHalved = now;
    }
    this.#pausedUntil = Math.max(this.#pausedUntil, now + pauseMs);
    const paused = this.#pausedUntil - now;
    if (paused > mostPauseMs)
      for (const queue of Object.values(this.#queues))
        for (const waiter of [...queue]) waiter.giveUp?.(paused);
    if (refusedOf === null) this.#learned.failed();
    else this.#learned.refused(now, refusedOf, pauseMs);
  }

  /** The time that `bad` wants to know of a request: milliseconds. */
  now(): number {
    return this.#now();
  }

  async #turn(
    signal: AbortSignal | undefined,
    priority: Priority,
    { takes = true, soon = false }: { readonly takes?: boolean; readonly soon?: boolean },
  ): Promise<void> {
    if (signal?.aborted) throw cancelled();
    const queue = this.#queues[priority];
    const now = this.#now();
    const paused = this.#pausedUntil - now;
    if (soon && paused > mostPauseMs) throw new AskedToWait(paused);
    if (queue.length === 0 && this.#waitMs(priority, now) === 0) {
      if (takes) this.#enter(priority, now);
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const stay = () => {
        signal?.removeEventListener('abort', leave);
      };
      const waiter: Waiter = {
        takes,
        go() {
          stay();
          resolve();
        },
        ...(soon && {
          giveUp: (ms: number) => {
            stay();
            end(new AskedToWait(ms));
          },
        }),
      };
      const end = (why: Error) => {
        queue.splice(queue.indexOf(waiter), 1);
        reject(why);
        // It may have been all that the background waited for.
        this.#admit();
      };
      const leave = () => {
        end(cancelled());
      };
      signal?.addEventListener('abort', leave, { once: true });
      queue.push(waiter);
      this.#admit();
    });
  }

  #enter(priority: Priority, now: number): void {
    this.#running += 1;
    this.#budget.take(this, priority, now);
    this.#tokens?.take(now);
    if (priority !== 'background') return;
    this.#behind += 1;
    this.#behindTokens?.take(now);
  }

  /** Half of a single place is half of the time: the background rests for as long as its request took. */
  #endBehind(begun: number): void {
    this.#behind -= 1;
    const now = this.#now();
    const unknown = this.#learned.rate(now) === null && !this.#learned.trying(now);
    if (this.allowed === 1 && unknown) this.#restUntil = now + (now - begun);
  }

  /** Milliseconds until one of this priority may go; infinite while it waits for something else than the time. */
  #waitMs(priority: Priority, now: number): number {
    const own = this.#ownWaitMs(priority, now);
    return own === Number.POSITIVE_INFINITY ? own : Math.max(own, this.#budget.waitMs(this, priority, now));
  }

  /** The same without the budget. */
  #ownWaitMs(priority: Priority, now: number): number {
    if (this.#running >= this.allowed) return Number.POSITIVE_INFINITY;
    this.#learn(now);
    const wait = Math.max(0, this.#pausedUntil - now, this.#tokens?.waitMs(now) ?? 0);
    if (priority !== 'background') return wait;
    const { urgent, usual } = this.#queues;
    if (urgent.length + usual.length > 0) return Number.POSITIVE_INFINITY;
    const places = this.#learned.trying(now) ? this.allowed : Math.max(1, Math.floor(this.allowed / 2));
    if (this.#behind >= places) return Number.POSITIVE_INFINITY;
    return Math.max(wait, this.#restUntil - now, this.#behindTokens?.waitMs(now) ?? 0);
  }

  /** Goes by what is known of the rate now. */
  #learn(now: number): void {
    const kept = (tokens: Tokens | null, perSecond: number | null, share?: number) => {
      if (perSecond === null) return null;
      return tokens?.perSecond === perSecond ? tokens : new Tokens(perSecond, now, share);
    };
    const [ceiling, rate] = [this.#learned.ceiling(now), this.#learned.rate(now)];
    this.#tokens = kept(this.#tokens, ceiling === null ? null : ceiling * belowCeiling);
    this.#behindTokens = kept(this.#behindTokens, rate === null ? null : rate * behindShare, behindAtOnce);
  }

  #admit(): void {
    // The time is read once for all questions: if the pause ended between them, nobody would be woken.
    const now = this.#now();
    let wait = Number.POSITIVE_INFINITY;
    let wanted: Priority | null = null;
    for (const priority of ['urgent', 'usual', 'background'] as const) {
      const queue = this.#queues[priority];
      while (queue.length > 0) {
        const ms = this.#waitMs(priority, now);
        if (ms > 0) {
          wait = Math.min(wait, ms);
          if (this.#ownWaitMs(priority, now) === 0) wanted ??= priority;
          break;
        }
        const waiter = queue.shift();
        if (waiter?.takes) this.#enter(priority, now);
        waiter?.go();
      }
    }
    if (wanted !== null) this.#heldAt = now;
    this.#budget.wants(this, wanted);
    if (Number.isFinite(wait)) this.#wakeIn(Math.ceil(wait), now + wait);
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

/** The carrier asks for a pause of so many milliseconds, which nobody waits for who asked for an answer soon. Nothing was sent. */
export class AskedToWait extends Failure {
  constructor(ms: number) {
    // Up to the end of that minute: who comes back when the clock shows it would be told the same again.
    const until = new Date(Math.ceil((Date.now() + ms) / 60_000) * 60_000);
    const clock = until.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
    super({
      code: 'rate-limited',
      message: `The carrier asks to wait until ${clock}.`,
      action: 'Try again then.',
      retryable: true,
    });
  }
}

/** The time that pacing goes by unless a test gives another. */
export const pacingNow = () => performance.now();
