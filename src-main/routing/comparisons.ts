import type { Journal } from '../journal/open.ts';
import type { Carrier } from '../carrier/carrier.ts';
import { askForMany } from '../carrier/details.ts';
import { Failure, failure, toAppError, type AppError } from '../contract/errors.ts';
import type { LeftOut } from '../contract/left-out.ts';
import { troubleOf } from '../contract/job-words.ts';
import { pairOf } from '../contract/model.ts';
import { cancelled } from '../platform/cancel.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { FreshPair } from './check-store.ts';

export type ComparisonsOptions = {
  readonly journal: Journal;
  readonly inventory: Inventory;
  /** Rejects when there are no keys. */
  readonly carrier: () => Carrier;
  /** Runs a sync pass that begins now; resolves with its trouble, or null. Aborted, it is not waited for any more. */
  readonly syncNow: (signal: AbortSignal) => Promise<AppError | null>;
  /** Asks for the carrier's routes anew; what could not be asked for leaves the cached ones. */
  readonly refreshRoutes: () => Promise<unknown>;
  readonly tell: (id: number) => Promise<void>;
};
type Check = {
  done: number;
  readonly total: number;
  ended: Promise<void>;
  readonly abort: AbortController;
  /** Numbers of rows that were edited while the others are compared. */
  readonly edited: Set<string>;
};

/** Numbers asked for one by one at the same time while a draft is compared with the carrier. */
const checkLanes = 16;
/** Numbers that cross threads in one message: the main thread is never busy for long. */
const slice = 2_000;

const notReadYet: LeftOut = { code: 'routes-not-read', detail: null };

/** Compares drafts with what the carrier has now. Each ends by itself, with its draft or with the account. */
export class Comparisons {
  #options: ComparisonsOptions;
  #running = new Map<number, Check>();
  #closed = false;

  constructor(options: ComparisonsOptions) {
    this.#options = options;
  }

  /** How far a draft's comparison is; null when none is under way. */
  progress(id: number): { done: number; total: number } | null {
    const check = this.#running.get(id);
    return check ? { done: check.done, total: check.total } : null;
  }

  /**
   * Returns the function that begins the comparison; until then the plan counts as being compared. One that was aborted does not
   * wait to be begun.
   */
  prepare(id: number, total: number): () => void {
    return this.#prepare(id, total, (check) => this.#compare(id, check));
  }

  /**
   * Compares only these numbers of a draft whose others were compared at `checkedAt` (Unix milliseconds); while it is being
   * compared, they are compared with the rest.
   */
  recheck(id: number, numbers: readonly string[], checkedAt: number): void {
    const running = this.#running.get(id);
    if (running) for (const number of numbers) running.edited.add(number);
    else
      this.#prepare(id, numbers.length, async (check) => {
        for (const number of numbers) check.edited.add(number);
        await this.#end(id, check, checkedAt);
      })();
  }

  #prepare(id: number, total: number, work: (check: Check) => Promise<void>): () => void {
    if (this.#running.has(id)) return () => undefined;
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const check: Check = {
      ...{ done: 0, total, ended: Promise.resolve(), abort: new AbortController() },
      edited: new Set(),
    };
    this.#running.set(id, check);
    const { signal } = check.abort;
    signal.addEventListener('abort', () => {
      begin();
    });
    if (this.#closed) check.abort.abort();
    check.ended = begun
      .then(() => (signal.aborted ? undefined : work(check)))
      .catch(async (thrown: unknown) => {
        if (check.abort.signal.aborted) return;
        const waiting = { code: 'not-compared', detail: troubleOf(toAppError(thrown)) } as const;
        await this.#options.journal.checks.noteDraft(id, waiting).catch(() => undefined);
      })
      .finally(() => {
        this.#running.delete(id);
        return this.#options.tell(id).catch(() => undefined);
      });
    return begin;
  }

  /** Ends a comparison: no further request leaves for it. */
  abort(id: number): void {
    this.#running.get(id)?.abort.abort();
  }

  /** Ends all, and those that would begin later. */
  close(): void {
    this.#closed = true;
    for (const { abort } of this.#running.values()) abort.abort();
  }

  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map((check) => check.ended));
  }

  /**
   * A plan of many numbers is compared by a sync pass where the list tells their routes (200 numbers a request), any other one
   * number by number.
   */
  async #compare(id: number, check: Check): Promise<void> {
    const { journal } = this.#options;
    const at = Date.now();
    const most = await this.#mostAsked();
    const many = Number.isFinite(most) && (await journal.checks.draftItems(id, '', most + 1)).length > most;
    if (many) {
      const error = await this.#options.syncNow(check.abort.signal);
      if (error) throw failure(error.code, error.message, error.action);
      await this.#eachSlice(id, check, (numbers) => this.#lookUp(numbers));
    } else {
      await this.#eachSlice(id, check, (numbers) => this.#askEach(id, numbers, check));
    }
    await this.#end(id, check, at);
  }

  /** True where the two routes of a number change one after the other: a half-changed pair may then be our own change. */
  get #halves(): boolean {
    return !this.#options.carrier().features.atomicRouting;
  }

  /** So many numbers are asked for one by one before a pass over the whole list takes fewer requests, or tells what is asked. */
  async #mostAsked(): Promise<number> {
    const { maxPage, listTellsRoutes } = this.#options.carrier().features;
    if (!listTellsRoutes) return Number.POSITIVE_INFINITY;
    const sort = { column: 'number', direction: 'asc' } as const;
    const { total } = await this.#options.inventory.matching({ text: '', sort, limit: 0 });
    return Math.ceil(total / maxPage) + 1;
  }

  /** Compares what was edited meanwhile, and says that the draft was compared; again for what is edited while that is written. */
  async #end(id: number, check: Check, at: number): Promise<void> {
    const { journal } = this.#options;
    do {
      const numbers = [...check.edited];
      check.edited.clear();
      if (numbers.length > 0) await this.#compareSome(id, numbers, check);
      await this.#leaveOutMissing(id, check);
      await journal.checks.endCheck(id, at);
    } while (check.edited.size > 0);
  }

  async #compareSome(id: number, numbers: readonly string[], check: Check): Promise<void> {
    const { journal } = this.#options;
    if (numbers.length <= (await this.#mostAsked())) {
      await journal.checks.checkPlan(id, await this.#askEach(id, numbers, check), this.#halves);
      return;
    }
    const error = await this.#options.syncNow(check.abort.signal);
    if (error) throw failure(error.code, error.message, error.action);
    for (let at = 0; at < numbers.length; at += slice)
      await journal.checks.checkPlan(id, await this.#lookUp(numbers.slice(at, at + slice)));
  }

  async #leaveOutMissing(id: number, check: Check): Promise<void> {
    const { journal } = this.#options;
    // The route may have been made elsewhere since: the list is read once more.
    if ((await journal.checks.keepsMissing(id)) > 0) {
      await this.#options.refreshRoutes();
      if (check.abort.signal.aborted) throw cancelled();
      await journal.checks.leaveOutMissing(id);
    }
  }

  /** Compares the numbers of a draft slice by slice. */
  async #eachSlice(
    id: number,
    check: Check,
    read: (numbers: readonly string[]) => Promise<FreshPair[]>,
  ): Promise<void> {
    const { checks } = this.#options.journal;
    let after = '';
    for (;;) {
      if (check.abort.signal.aborted) throw cancelled();
      const numbers = await checks.draftItems(id, after, slice);
      const last = numbers.at(-1);
      if (last === undefined) return;
      await checks.checkPlan(id, await read(numbers), this.#halves);
      after = last;
    }
  }

  /** What the list has, as the pass has left it. */
  async #lookUp(numbers: readonly string[]): Promise<FreshPair[]> {
    const pairs = await this.#options.inventory.pairs(numbers);
    return numbers.map((number, at) => {
      const pair = pairs[at] ?? null;
      return pair === 'unread' ? { number, pair: null, why: notReadYet } : { number, pair };
    });
  }

  async #askEach(id: number, numbers: readonly string[], check: Check): Promise<FreshPair[]> {
    const { inventory, carrier } = this.#options;
    const fresh: FreshPair[] = [];
    await askForMany(carrier(), numbers, {
      ...{ lanes: checkLanes, signal: check.abort.signal },
      each: async (number, found, askedAt) => {
        if (!(found instanceof Failure)) {
          await inventory.applyFresh([found], askedAt);
          fresh.push({ number, pair: pairOf(found) });
        } else if (found.code === 'not-found') fresh.push({ number, pair: null });
        else
          fresh.push({
            number,
            pair: null,
            why: { code: 'not-asked', detail: found.error.message },
          });
        check.done += 1;
        if (check.done % 50 === 0) void this.#options.tell(id);
      },
    });
    return fresh;
  }
}
