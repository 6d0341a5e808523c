import { performance } from 'node:perf_hooks';
import type { Carrier, Slice } from '../../carrier/carrier.ts';
import { Cursors, keysOf, PagingGuard } from '../../carrier/paging.ts';
import type { ListedNumber } from '../../contract/model.ts';
import { cancelled } from '../../platform/cancel.ts';
import type { PutPage } from '../number-store.ts';
import type { StoredPage } from './pass-store.ts';
import { Seams } from './seams.ts';

export type ReadPages = {
  readonly carrier: Carrier;
  readonly signal: AbortSignal;
  /** Pages that an earlier, interrupted reading has stored already. */
  readonly done: readonly StoredPage[];
  /** The last page, when an earlier reading found it. */
  readonly lastPage: number | null;
  /** `askedAt`: Unix milliseconds of the moment before the page was asked for. */
  readonly store: (page: PutPage, answer: Slice<ListedNumber>, askedAt: number) => Promise<void>;
};

/** Five million numbers, 200 a page: more than any account has. */
const mostPages = 25_000;
const firstAhead = 2;
const mostAhead = 32;
/** When storing answers takes this share of the time, more requests at once bring nothing and only delay other questions. */
const busy = 0.8;
const mostAheadWhenBusy = 6;

/**
 * Where neighbouring parts have a record in common, at most so many requests beyond the last one are on the way: each may be one
 * too many, and such an API counts them.
 */
const mostAheadOverlapping = 9;

/** Pages that have come and are not stored yet, at most, before others are asked for. */
const mostUnstored = 8;

/**
 * Reads the whole list of owned numbers, where it can be entered anywhere several pages ahead of the last one known to be full,
 * else page after page. The carrier never says how long the list is, so pages beyond its end may be asked for; they are dropped. Rejects with the first failure,
 * after every page on its way has ended, and with `malformed-answer` for a list that does not end. Where parts overlap, those
 * between which the list moved are read again (`seams.ts`).
 */
export async function readPages(read: ReadPages): Promise<void> {
  const { maxPage: limit, partsOverlap } = read.carrier.features;
  const done = new Set(read.done.map(({ page }) => page));
  const cursors = new Cursors(read.carrier, limit);
  for (const { page, next } of read.done) cursors.told(page, next);
  const stop = new AbortController();
  const signal = AbortSignal.any([read.signal, stop.signal]);
  let last = read.lastPage ?? Number.POSITIVE_INFINITY;
  let ahead = firstAhead;
  let next = 1;
  const guard = new PagingGuard(mostPages);
  const seams = partsOverlap ? new Seams(read.done.map(({ page }) => page)) : null;
  const mostAtOnce = partsOverlap ? mostAheadOverlapping : mostAhead;
  let failed: unknown = null;
  /** Pages that are asked for or stored, and how many of them are still asked for. */
  const running = new Set<Promise<void>>();
  let asking = 0;
  let measured = performance.eventLoopUtilization();

  /** More at once while the thread waits for answers, fewer while answers wait for the thread. */
  const adapt = () => {
    const now = performance.eventLoopUtilization();
    const { utilization, active, idle } = performance.eventLoopUtilization(now, measured);
    // Judged over a stretch of time: one answer alone says nothing.
    if (active + idle < 20) return;
    measured = now;
    if (utilization < busy) ahead = Math.min(mostAtOnce, ahead + 4);
    else if (ahead > mostAheadWhenBusy) ahead -= 2;
  };

  /** Ends requests that are on their way, or wait for their turn, for parts that turned out to be beyond the last. */
  const beyond = new Map<number, AbortController>();
  const one = async (page: number, cursor: string | null, signal: AbortSignal) => {
    const askedAt = Date.now();
    asking += 1;
    const answer = await read.carrier.listOwned({ cursor, limit, signal }).finally(() => (asking -= 1));
    if (page > last) return;
    const isLast = answer.next === null;
    guard.check(
      page,
      keysOf(answer, (item) => item.number),
      !isLast,
    );
    if (isLast) last = Math.min(last, page);
    if (isLast && seams) for (const [other, abort] of beyond) if (other > last) abort.abort();
    const kept = seams ? { ...answer, items: seams.came(page, answer, last) } : answer;
    cursors.told(page, answer.next);
    if (ahead < mostAheadWhenBusy) ahead += 1;
    adapt();
    // The next page is asked for while this one is stored.
    proceed();
    // Where any page can be asked for, its place says where it begins.
    await read.store({ page, isLast, next: cursors.anywhere ? null : answer.next }, kept, askedAt);
  };
  const begin = (page: number, cursor: string | null) => {
    const abort = new AbortController();
    beyond.set(page, abort);
    const task: Promise<void> = one(page, cursor, AbortSignal.any([signal, abort.signal]))
      .catch((thrown: unknown) => {
        if (abort.signal.aborted) return;
        failed ??= thrown;
        stop.abort();
      })
      .finally(() => {
        running.delete(task);
        beyond.delete(page);
      });
    running.add(task);
  };
  /** The next page to ask for: one that has to be read again, or the next one that nobody has. */
  const following = (): number => {
    const again = seams?.again(last);
    if (again !== undefined) return again;
    while (done.has(next)) next += 1;
    return next;
  };

  const fill = () => {
    while (failed === null && asking < ahead && running.size < ahead + mostUnstored) {
      const page = following();
      const cursor = cursors.of(page);
      if (page > last || cursor === undefined) break;
      begin(page, cursor);
      if (page === next) next += 1;
    }
  };

  const proceed = () => {
    try {
      fill();
    } catch (thrown) {
      failed ??= thrown;
      stop.abort();
    }
  };

  for (;;) {
    proceed();
    if (running.size === 0) break;
    await Promise.race(running);
    if (read.signal.aborted) failed ??= cancelled();
  }
  if (failed !== null) throw failed;
}
