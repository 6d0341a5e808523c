import { performance } from 'node:perf_hooks';
import type { Carrier, Slice } from '../../carrier/carrier.ts';
import { Cursors, keysOf, PagingGuard } from '../../carrier/paging.ts';
import type { ListedNumber } from '../../contract/model.ts';
import { cancelled } from '../../platform/cancel.ts';
import type { PutPage } from '../number-store.ts';
import type { StoredPage } from './pass-store.ts';

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
 * Reads the whole list of owned numbers, where it can be entered anywhere several pages ahead of the last one known to be full,
 * else page after page. The carrier never says how long the list is, so pages beyond its end may be asked for; they are dropped. Rejects with the first failure,
 * after every page on its way has ended, and with `malformed-answer` for a list that does not end.
 */
export async function readPages(read: ReadPages): Promise<void> {
  const limit = read.carrier.features.maxPage;
  const done = new Set(read.done.map(({ page }) => page));
  const cursors = new Cursors(read.carrier, limit);
  for (const { page, next } of read.done) cursors.told(page, next);
  const stop = new AbortController();
  const signal = AbortSignal.any([read.signal, stop.signal]);
  let last = read.lastPage ?? Number.POSITIVE_INFINITY;
  let ahead = firstAhead;
  let next = 1;
  const guard = new PagingGuard(mostPages);
  let failed: unknown = null;
  const running = new Set<Promise<void>>();
  let measured = performance.eventLoopUtilization();

  /** More at once while the thread waits for answers, fewer while answers wait for the thread. */
  const adapt = () => {
    const now = performance.eventLoopUtilization();
    const { utilization, active, idle } = performance.eventLoopUtilization(now, measured);
    // Judged over a stretch of time: one answer alone says nothing.
    if (active + idle < 20) return;
    measured = now;
    if (utilization < busy) ahead = Math.min(mostAhead, ahead + 4);
    else if (ahead > mostAheadWhenBusy) ahead -= 2;
  };

  const one = async (page: number, cursor: string | null) => {
    const askedAt = Date.now();
    const answer = await read.carrier.listOwned({ cursor, limit, signal });
    if (page > last) return;
    const isLast = answer.next === null;
    guard.check(
      page,
      keysOf(answer, (item) => item.number),
      !isLast,
    );
    if (isLast) last = Math.min(last, page);
    // Where any page can be asked for, its place says where it begins.
    await read.store({ page, isLast, next: cursors.anywhere ? null : answer.next }, answer, askedAt);
    cursors.told(page, answer.next);
    if (ahead < mostAheadWhenBusy) ahead += 1;
    adapt();
  };

  for (;;) {
    while (failed === null && running.size < ahead) {
      while (done.has(next)) next += 1;
      const cursor = cursors.of(next);
      if (next > last || cursor === undefined) break;
      const task: Promise<void> = one(next, cursor)
        .catch((thrown: unknown) => {
          failed ??= thrown;
          stop.abort();
        })
        .finally(() => running.delete(task));
      running.add(task);
      next += 1;
    }
    if (running.size === 0) break;
    await Promise.race(running);
    if (read.signal.aborted) failed ??= cancelled();
  }
  if (failed !== null) throw failed;
}
