import type { Priority } from './priority.ts';
import { behindAtOnce, behindShare, Tokens } from './tokens.ts';

/** Spread in this way, no second has more than the budget, however it is cut out. */
const spread = 0.95;

/**
 * The most requests a second that a person allows an account, all classes of endpoints together; null for as many as the carrier
 * takes. Where several classes wait for their share, writes go before reads, what somebody waits for before the background, and
 * among equals another one than last time.
 */
export class Budget {
  #perSecond: number | null = null;
  #tokens: Tokens | null = null;
  #behind: Tokens | null = null;
  #wanting = new Map<object, Priority>();
  #looks = new Map<object, () => void>();
  #last: object | null = null;

  get perSecond(): number | null {
    return this.#perSecond;
  }

  /** Counts from now on; `now` is the time that the pacing goes by. */
  set(perSecond: number | null, now: number): void {
    if (perSecond === this.#perSecond) return;
    this.#perSecond = perSecond;
    this.#tokens = perSecond === null ? null : new Tokens(perSecond * spread, now);
    this.#behind = perSecond === null ? null : new Tokens(perSecond * behindShare, now, behindAtOnce);
    for (const look of this.#looks.values()) look();
  }

  /** `look` is called when `who` waits and may go sooner than it was told, until it leaves. */
  join(who: object, look: () => void): void {
    this.#looks.set(who, look);
  }

  /** Nothing more is asked by `who`. */
  leave(who: object): void {
    this.#looks.delete(who);
    this.#wanting.delete(who);
  }

  /** Milliseconds until a request of `who` may go, as far as this is concerned. */
  waitMs(who: object, priority: Priority, now: number): number {
    if (!this.#tokens) return 0;
    const wait = this.#tokens.waitMs(now);
    const behind = priority === 'background' ? (this.#behind?.waitMs(now) ?? 0) : 0;
    if (wait > 0 || behind > 0) return Math.max(wait, behind);
    return this.#yields(who, priority) ? 1000 / this.#tokens.perSecond : 0;
  }

  take(who: object, priority: Priority, now: number): void {
    this.#last = who;
    this.#tokens?.take(now);
    if (priority === 'background') this.#behind?.take(now);
  }

  /** What `who` waits for that nothing but this keeps back; null when it is nothing. */
  wants(who: object, priority: Priority | null): void {
    if (priority === null) this.#wanting.delete(who);
    else this.#wanting.set(who, priority);
  }

  #yields(who: object, priority: Priority): boolean {
    for (const [other, wants] of this.#wanting) {
      if (other === who) continue;
      if (rank[wants] < rank[priority] || (wants === priority && this.#last === who)) return true;
    }
    return false;
  }
}

const rank: Readonly<Record<Priority, number>> = { urgent: 0, usual: 1, background: 2 };
