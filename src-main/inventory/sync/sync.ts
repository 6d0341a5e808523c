import type { Carrier } from '../../carrier/carrier.ts';
import { askForMany } from '../../carrier/details.ts';
import { noOdd } from '../../carrier/odd.ts';
import { Failure, toAppError, type AppError } from '../../contract/errors.ts';
import type { SyncStatus } from '../../contract/sync.ts';
import { cancelled } from '../../platform/cancel.ts';
import type { Inventory } from '../inventory.ts';
import { readPages } from './pages.ts';
import { isSudden, sortLacking } from './lacking.ts';
import type { Missing, PassState } from '../number-store.ts';

export type SyncOptions = {
  /** The carrier to ask, or null while there are no usable keys. */
  readonly carrier: () => Carrier | null;
  readonly inventory: Inventory;
  readonly onStatus: (status: SyncStatus) => void;
  /** Minutes between passes; 0 means only on demand. */
  readonly everyMinutes: () => number;
  readonly log: (line: string) => void;
  /** Unix milliseconds; for tests. */
  readonly now?: () => number;
  /** First pause after a failed pass in milliseconds; it doubles up to five minutes. */
  readonly backoffMs?: number;
};

export type SyncReason = 'start' | 'manual' | 'timer' | 'wake';

/** An interrupted pass older than this is begun anew: the list has moved on. */
const resumableMs = 3_600_000;
const wakeDelayMs = 5_000;
const statusEveryMs = 100;
const confirmAtOnce = 8;
/** So many of a list that changed all of a sudden are asked for at the first look already. */
const askedAtFirstLook = 200;

/** Answers to a place in the list that is not there any more, or never was. */
const notThere = new Set<string>(['rejected', 'not-found', 'malformed-answer']);

/** Makes the sync of one account's list and reads how the last pass ended. */
export async function createSync(options: SyncOptions): Promise<Sync> {
  const last = await options.inventory.lastPass();
  const { total } = await options.inventory.query({
    text: '',
    sort: { column: 'number', direction: 'asc' },
    offset: 0,
    limit: 0,
  });
  return new Sync(options, {
    phase: 'idle',
    received: 0,
    perSecond: 0,
    startedAt: null,
    completedAt: last?.completedAt ?? null,
    last: last ? { added: last.added, changed: last.changed, removed: last.removed } : null,
    partial: last === null && total > 0,
    ...(await options.inventory.aside()),
    error: null,
    nextAt: null,
  });
}

/**
 * Keeps the cached list equal to the carrier's. One pass at a time; pages are fetched side by side and stored as they
 * come; a pass that was cut short goes on where it stopped. A number leaves the cache only when a complete pass missed
 * it and the carrier, asked for it alone, says it is not there.
 */
export class Sync {
  #options: SyncOptions;
  #status: SyncStatus;
  #running: Promise<void> | null = null;
  #abort: AbortController | null = null;
  #timer: NodeJS.Timeout | null = null;
  #statusTimer: NodeJS.Timeout | null = null;
  #failures = 0;
  /** The carrier did not go on where the last pass had stopped: it may have forgotten that place. */
  #lost = false;
  #closed = false;
  /** How many still wait for a pass that was begun for them alone; null when somebody else wants it too. */
  #waiting: number | null = null;

  constructor(options: SyncOptions, status: SyncStatus) {
    this.#options = options;
    this.#status = status;
  }

  status(): SyncStatus {
    return this.#status;
  }

  /** Runs a pass, or joins the one that runs; `anew` takes up none that was interrupted. Never rejects: how it ended is in the status. */
  start(reason: SyncReason, anew = false): Promise<void> {
    if (this.#closed || !this.#wanted(reason)) return this.#running ?? Promise.resolve();
    this.#waiting = null;
    this.#running ??= this.#pass(reason, anew).finally(() => {
      this.#running = null;
      this.schedule();
    });
    return this.#running;
  }

  /**
   * Runs a pass that begins now, after the one that may be running. Resolves with its trouble, or null. The pass ends when
   * all that it was begun for say by their signal that they do not need it any more.
   */
  async fresh(signal?: AbortSignal): Promise<AppError | null> {
    await this.#running;
    if (signal?.aborted) return toAppError(cancelled());
    const before = this.#status.completedAt;
    const others = this.#running ? this.#waiting : 0;
    // Pages of an interrupted pass would be as old as it is.
    const pass = this.start('manual', true);
    this.#waiting = others === null ? null : others + 1;
    const leave = () => {
      if (this.#waiting !== null) this.#waiting -= 1;
      if (this.#waiting === 0) this.cancel();
    };
    signal?.addEventListener('abort', leave);
    await pass;
    signal?.removeEventListener('abort', leave);
    const { error, completedAt } = this.#status;
    return error ?? (completedAt !== null && completedAt !== before ? null : toAppError(cancelled()));
  }

  /** The list was damaged and begun anew: what was known of passes went with it, and it is fetched again. */
  begunAnew(): void {
    this.#set({ completedAt: null, last: null, partial: false, missing: 0, odd: noOdd });
    void this.start('start', true);
  }

  cancel(): void {
    if (!this.#abort) return;
    this.#set({ phase: 'cancelling' });
    this.#abort.abort();
  }

  /** Plans the next pass from the settings and from how the last one ended. */
  schedule(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const wait = this.#running || this.#closed ? null : this.#waitMs();
    this.#set({ nextAt: wait === null ? null : this.#now() + wait });
    if (wait === null) return;
    this.#timer = setTimeout(() => void this.start('timer'), wait);
    this.#timer.unref();
  }

  /** After sleep the network needs a moment: waits, then runs a pass, unless passes run only when asked for. */
  wake(): void {
    if (this.#closed || !this.#wanted('wake')) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.start('wake'), wakeDelayMs);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#abort?.abort();
    if (this.#timer) clearTimeout(this.#timer);
    await this.#running;
    if (this.#statusTimer) clearTimeout(this.#statusTimer);
  }

  /** "Only when asked": nothing runs by itself, but for the first pass of a list that has had none. */
  #wanted(reason: SyncReason): boolean {
    if (reason === 'manual' || this.#options.everyMinutes() > 0) return true;
    return reason === 'start' && this.#status.completedAt === null;
  }

  #waitMs(): number | null {
    const error = this.#status.error;
    const minutes = this.#options.everyMinutes();
    if (minutes === 0) return null;
    // Refused keys may be taken again: they are tried at the usual time, and not again and again.
    if (error && this.#failures > 0 && error.code !== 'wrong-keys') {
      const backoff = (this.#options.backoffMs ?? 5_000) * 2 ** Math.min(this.#failures - 1, 6);
      return Math.min(backoff, 300_000) * (0.75 + Math.random() / 2);
    }
    return minutes * 60_000;
  }

  async #pass(reason: SyncReason, anew: boolean): Promise<void> {
    const carrier = this.#options.carrier();
    if (!carrier) return;
    const abort = new AbortController();
    this.#abort = abort;
    const startedAt = this.#now();
    // While refused keys are tried again, the refusal is not shown; other trouble is shown until a pass succeeds.
    const error = this.#status.error?.code === 'wrong-keys' ? null : this.#status.error;
    this.#set({ phase: 'listing', received: 0, perSecond: 0, startedAt, nextAt: null, error });
    try {
      await this.#completePass(carrier, abort.signal, startedAt, anew);
      this.#failures = 0;
      this.#set({ error: null });
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code === 'cancelled') this.#set({ error: null });
      else this.#failed(error, reason);
      await this.#notePartial();
    } finally {
      this.#abort = null;
      this.#set({ phase: 'idle', perSecond: 0, startedAt: null });
    }
  }

  async #completePass(
    carrier: Carrier,
    signal: AbortSignal,
    startedAt: number,
    anew: boolean,
  ): Promise<void> {
    const { inventory } = this.#options;
    const resumed = anew || this.#lost ? null : await inventory.unfinishedPass(startedAt - resumableMs);
    this.#lost = false;
    const pass = resumed ?? (await inventory.beginPass(startedAt));
    const known = this.#status.completedAt !== null;
    this.#set({ partial: !known });
    try {
      await this.#list(carrier, pass, signal);
    } catch (thrown) {
      this.#lost = resumed !== null && notThere.has(toAppError(thrown).code);
      throw thrown;
    }
    let missed = await inventory.missed(pass.id);
    const since = new Map(await inventory.missingSince());
    // In a list that was begun anew no number can be missing: only what an earlier complete pass has seen can be.
    const before = known ? await inventory.knownBefore(pass.id) : null;
    // Missing since a time that is yet to come: a wrong clock said so, and it would wait for that time.
    for (const [number, at] of since) if (at > this.#now()) since.delete(number);
    const lacking = () => sortLacking(missed, since, pass.startedAt);
    if (isSudden(lacking().fresh.length, before ?? (await this.#size()).total)) {
      // So many at once look like a list that moved while it was read: it is read once more before anything else.
      await inventory.reopenPass(pass.id);
      await this.#list(carrier, { ...pass, pages: [], lastPage: null, received: 0 }, signal);
      missed = await inventory.missed(pass.id);
    }
    if (missed.length > 0) this.#set({ phase: 'confirming' });
    const { fresh, due } = lacking();
    const sudden = isSudden(fresh.length, before);
    const gone = await this.#confirmGone(carrier, pass.id, sudden ? due : [...due, ...fresh], signal);
    await inventory.remove(pass.id, gone);
    if (sudden) await this.#markMissing(carrier, pass.id, fresh, signal);
    const result = await inventory.finishPass(pass.id, this.#now());
    const { completedAt, ...last } = result;
    this.#set({ completedAt, last, partial: false, ...(await inventory.aside()) });
  }

  /**
   * A list lacks so many numbers all of a sudden that the list may be wrong: they are marked and stay. Some are asked for at
   * once: those that the carrier has after all are none of them.
   */
  async #markMissing(
    carrier: Carrier,
    pass: number,
    fresh: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    const asked = fresh.slice(0, askedAtFirstLook);
    const gone = await this.#confirmGone(carrier, pass, asked, signal);
    const numbers = [...gone.map(({ number }) => number), ...fresh.slice(askedAtFirstLook)];
    await this.#options.inventory.markMissing(numbers, this.#now());
  }

  async #list(carrier: Carrier, pass: PassState, signal: AbortSignal): Promise<void> {
    const begun = this.#now();
    let received = pass.received;
    this.#set({ received });
    await readPages({
      carrier,
      signal,
      done: pass.pages,
      lastPage: pass.lastPage,
      store: async (page, { items, odd }, askedAt) => {
        if (odd.length > 0) await this.#options.inventory.putOdd(pass.id, odd);
        await this.#options.inventory.putPage(pass.id, page, items, askedAt);
        received += items.length;
        const seconds = Math.max(this.#now() - begun, 1) / 1000;
        this.#setSoon({ received, perSecond: Math.round((received - pass.received) / seconds) });
      },
    });
  }

  /** Asks for every missed number alone; only a clear "not here" counts as gone. */
  async #confirmGone(
    carrier: Carrier,
    pass: number,
    missed: readonly string[],
    signal: AbortSignal,
  ): Promise<Missing[]> {
    const gone: Missing[] = [];
    await askForMany(carrier, missed, {
      ...{ lanes: confirmAtOnce, signal, now: () => this.#now() },
      each: async (number, found, askedAt) => {
        if (!(found instanceof Failure)) await this.#options.inventory.applyFresh([found], askedAt, pass);
        // Else it is there, in a form that cannot be used: the row stays as it was known.
        else if (found.code === 'not-found') gone.push({ number, askedAt });
      },
    });
    return gone;
  }

  #failed(error: AppError, reason: SyncReason): void {
    this.#failures += 1;
    this.#options.log(`sync (${reason}) ended: ${error.code}`);
    this.#set({ error });
  }

  async #notePartial(): Promise<void> {
    const aside = await this.#options.inventory.aside().catch(() => ({}));
    const { total } = await this.#size().catch(() => ({ total: 0 }));
    this.#set({ ...aside, ...(this.#status.completedAt === null ? { partial: total > 0 } : {}) });
  }

  #size() {
    const sort = { column: 'number', direction: 'asc' } as const;
    return this.#options.inventory.query({ text: '', sort, offset: 0, limit: 0 });
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  #set(change: Partial<SyncStatus>): void {
    if (this.#statusTimer) clearTimeout(this.#statusTimer);
    this.#statusTimer = null;
    this.#status = { ...this.#status, ...change };
    if (!this.#closed) this.#options.onStatus(this.#status);
  }

  #setSoon(change: Partial<SyncStatus>): void {
    this.#status = { ...this.#status, ...change };
    this.#statusTimer ??= setTimeout(() => {
      this.#set({});
    }, statusEveryMs);
  }
}
