import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Carrier, Detailed, RouteList, ToldRoutes } from '../../src-main/carrier/carrier.ts';
import { v2Features } from '../../src-main/carrier/flowroute/v2/features.ts';
import { failure } from '../../src-main/contract/errors.ts';
import type { OwnedNumber, PhoneNumber } from '../../src-main/contract/model.ts';
import type { NumberRow } from '../../src-main/contract/numbers.ts';
import { ReadQueue } from '../../src-main/inventory/sync/read-queue.ts';
import { betweenMs, goalMs } from '../../src-main/inventory/sync/reading-pace.ts';
import { RouteReader } from '../../src-main/inventory/sync/route-reader.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

describe('the queue', () => {
  test('gives those on screen apart from the others, and only the newest screen counts', () => {
    const queue = new ReadQueue();
    queue.fill(['1', '2', '3']);
    queue.look(['8']);
    queue.look(['9', '2', '7']);
    expect(queue.takeShown(2, 0)).toEqual(['9', '2']);
    expect(queue.takeShown(2, 0)).toEqual(['7']);
    expect(queue.takeOthers(1, 0)).toEqual(['1']);
    expect(queue.takeOthers(9, 0)).toEqual(['3']);
    expect(queue.others).toBe(0);
  });

  test('a number is asked for once at a time, and is left alone after it could not be read', () => {
    const queue = new ReadQueue();
    queue.fill(['1', '2']);
    expect(queue.takeOthers(1, 0)).toEqual(['1']);
    queue.look(['1']);
    queue.setAside('2', 100);
    expect([...queue.takeShown(5, 0), ...queue.takeOthers(5, 0)]).toEqual([]);
    expect(queue.skipped(50)).toEqual(['1', '2']);
    queue.ended(['1']);
    expect(queue.skipped(100)).toEqual([]);
    queue.look(['1', '2']);
    expect(queue.takeShown(5, 100)).toEqual(['1', '2']);
  });
});

describe('the pace', () => {
  test.each([
    [1, 15 * minute],
    [1_000, 15 * minute],
    [20_000, day],
    [100_000, 7 * day],
    [1_000_000, 30 * day],
  ])('routes of %i numbers may be %i ms old', (total, age) => {
    expect(goalMs(total)).toBe(age);
  });

  test('single requests for very many numbers are spread over the time they have', () => {
    expect([betweenMs(100_000, 1), betweenMs(1_000_000, 100)]).toEqual([0, 0]);
    expect(betweenMs(1_000_000, 1)).toBe(2_592);
  });
});

const host = { key: '7', type: 'HOST' };

/** A list and a carrier that are told what to do. `readAt` has all numbers, with 0 for routes that were never read. */
function makeDesk(numbers: readonly string[], script: { many?: number; hold?: boolean } = {}) {
  const readAt = new Map(numbers.map((number) => [number, 0]));
  const desk = {
    readAt,
    asked: [] as string[][],
    probes: [] as string[],
    /** Thrown by the requests from now on. */
    trouble: null as Error | null,
    absent: new Set<string>(),
    guesses: new Set<string>(),
    keys: true,
    refreshes: true,
    listed: true,
    list: undefined as Partial<RouteList> | undefined,
    /** As many as the carrier is asked for at once; null for what the probe said. */
    size: null as number | null,
    /** As large as an account is said to be. */
    total: numbers.length,
    waiting: [] as (() => void)[],
    freed: [] as (() => void)[],
    hold: script.hold ?? false,
    reader: null as unknown as RouteReader,
    rows: (some: readonly string[]) =>
      some.map((number) => ({ number, routesAt: readAt.get(number) || null }) as NumberRow),
  };
  let size = 1;
  const carrier = {
    get routeList() {
      return desk.list;
    },
    get features() {
      return { ...v2Features, detailsAtOnce: desk.size ?? size };
    },
    async details(some: readonly string[], options: { signal?: AbortSignal; background?: boolean }) {
      expect(options.background).toBe(true);
      expect(some.length).toBeLessThanOrEqual(desk.size ?? size);
      desk.asked.push([...some]);
      if (desk.hold)
        await new Promise<void>((resolve, reject) => {
          desk.waiting.push(resolve);
          options.signal?.addEventListener('abort', () => {
            reject(failure('cancelled', 'Ended.', ''));
          });
        });
      else await Promise.resolve();
      if (desk.trouble) throw desk.trouble;
      return some.map((number): Detailed =>
        desk.absent.has(number)
          ? failure('not-found', 'Not here.', '')
          : ({ number, billing: '', routes: { primary: host, failover: host } } as OwnedNumber),
      );
    },
    /** Four at once. */
    async detailsFree({ signal }: { signal?: AbortSignal }) {
      while (desk.waiting.length >= 4) {
        if (signal?.aborted) throw failure('cancelled', 'Ended.', '');
        await new Promise<void>((resolve, reject) => {
          desk.freed.push(resolve);
          signal?.addEventListener('abort', () => {
            reject(failure('cancelled', 'Ended.', ''));
          });
        });
      }
    },
    tryMany: (known: OwnedNumber) => {
      desk.probes.push(known.number);
      size = script.many ?? 1;
      return Promise.resolve(size > 1);
    },
  };
  desk.reader = new RouteReader({
    carrier: () => (desk.keys ? (carrier as unknown as Carrier) : null),
    inventory: {
      routesDue({ limit, before, skip }) {
        const due = [...readAt].filter(([number, at]) => (at === 0 || at < before) && !skip.includes(number));
        due.sort(([, a], [, b]) => a - b);
        return Promise.resolve({
          numbers: due.slice(0, limit).map(([number]) => number),
          total: desk.total,
        });
      },
      pairs: (some) => Promise.resolve(some.map(() => 'unread' as const)),
      applyFresh(items, askedAt) {
        for (const { number } of items) {
          readAt.set(number, askedAt);
          desk.guesses.delete(number);
        }
        return Promise.resolve();
      },
      guess(some) {
        for (const number of some) desk.guesses.add(number);
        return Promise.resolve();
      },
      guesses: (some) => Promise.resolve(some.filter((number) => desk.guesses.has(number))),
      takeGuess() {
        const [number = null] = desk.guesses;
        if (number !== null) desk.guesses.delete(number);
        return Promise.resolve(number);
      },
    },
    listed: () => desk.listed,
    refreshes: () => desk.refreshes,
    log: () => undefined,
  });
  return desk;
}
const settle = () => vi.advanceTimersByTimeAsync(0);
const unread = (desk: ReturnType<typeof makeDesk>) =>
  [...desk.readAt.values()].filter((at) => at === 0).length;

describe('the reader', () => {
  let desk: ReturnType<typeof makeDesk>;
  beforeEach(() => {
    vi.useFakeTimers({ now: 10_000 * day });
  });
  afterEach(async () => {
    await desk.reader.close();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  test('reads each number once, alone where the carrier takes no more', async () => {
    desk = makeDesk(['1', '2', '3', '4', '5', '6']);
    desk.reader.wake();
    await settle();
    expect(desk.asked.map((some) => some.join()).sort()).toEqual(['1', '2', '3', '4', '5', '6']);
    expect([unread(desk), desk.probes]).toEqual([0, ['1']]);
  });

  test('reads what is on screen alone while a list of routes waits for the list of numbers', async () => {
    desk = makeDesk(['1', '2', '3', '4']);
    desk.listed = false;
    desk.list = { worthAsking: true, maxPage: 200 };
    desk.reader.look({ rows: desk.rows(['3', '4']), total: 4 });
    await settle();
    expect(desk.asked).toEqual([['3'], ['4']]);
    desk.listed = true;
    desk.reader.wake();
    await settle();
    // So few are not worth reading a list.
    expect(desk.asked.slice(2)).toEqual([['1'], ['2']]);
  });

  test('reads what is on screen alone while many at once would not be many yet', async () => {
    desk = makeDesk(['1', '2', '3', '4'], { many: 3 });
    desk.listed = false;
    desk.reader.wake();
    await settle();
    expect(desk.asked).toEqual([['1']]);
    desk.reader.look({ rows: desk.rows(['4']), total: 4 });
    await settle();
    expect(desk.asked.slice(1)).toEqual([['4']]);
    desk.listed = true;
    desk.reader.wake();
    await settle();
    expect(desk.asked.slice(2)).toEqual([['2', '3']]);
  });

  test('asks for many at once when the carrier says yes to the first that was read', async () => {
    desk = makeDesk(['1', '2', '3', '4', '5', '6', '7'], { many: 3 });
    desk.reader.wake();
    await settle();
    expect(desk.asked).toEqual([['1'], ['2', '3', '4'], ['5', '6', '7']]);
    expect(unread(desk)).toBe(0);
  });

  test('what comes on screen goes before those that wait', async () => {
    desk = makeDesk(
      Array.from({ length: 20 }, (_, at) => String(at + 1)),
      { hold: true },
    );
    desk.reader.wake();
    await settle();
    expect(desk.asked).toEqual([['1']]);
    desk.waiting.shift()?.();
    desk.freed.shift()?.();
    await settle();
    expect(desk.asked.slice(1)).toEqual([['2'], ['3'], ['4'], ['5']]);
    desk.reader.look({ rows: desk.rows(['1', '5', '18', '12']), total: 20 });
    for (const go of desk.waiting.splice(0)) go();
    for (const go of desk.freed.splice(0)) go();
    await settle();
    // What was read, and what is on its way, is not asked for again.
    expect(desk.asked.slice(5)).toEqual([['18'], ['12'], ['6'], ['7']]);
  });

  test('never read goes first, then the oldest, and none that is young enough', async () => {
    desk = makeDesk(['1', '2', '3', '4']);
    const now = Date.now();
    desk.readAt
      .set('1', now - 20 * minute)
      .set('2', now - 10 * minute)
      .set('3', now - 40 * minute);
    desk.reader.wake();
    await settle();
    expect(desk.asked.flat()).toEqual(['4', '3', '1']);
    await vi.advanceTimersByTimeAsync(6 * minute);
    expect(desk.asked.flat()).toEqual(['4', '3', '1', '2']);
    await vi.advanceTimersByTimeAsync(9 * minute);
    expect(desk.asked).toHaveLength(4);
  });

  test('reads nothing again where nothing runs by itself', async () => {
    desk = makeDesk(['1', '2']);
    desk.refreshes = false;
    desk.readAt.set('1', 5);
    desk.reader.look({ rows: desk.rows(['1', '2']), total: 2 });
    await vi.advanceTimersByTimeAsync(60 * minute);
    expect(desk.asked).toEqual([['2']]);
  });

  test('leaves a number alone that could not be read, and reads the others', async () => {
    desk = makeDesk(['1', '2', '3']);
    desk.absent.add('1');
    desk.refreshes = false;
    desk.reader.wake();
    await vi.advanceTimersByTimeAsync(50 * minute);
    expect([desk.asked.flat(), desk.probes]).toEqual([['1', '2', '3'], ['2']]);
    desk.absent.clear();
    await vi.advanceTimersByTimeAsync(11 * minute);
    expect(desk.asked.flat()).toEqual(['1', '2', '3', '1']);
  });

  test.each(['offline', 'rate-limited', 'carrier-down'] as const)(
    'pauses when the carrier is %s, longer each time',
    async (code) => {
      desk = makeDesk(['1', '2']);
      desk.trouble = failure(code, 'Trouble.', 'Wait.');
      desk.reader.wake();
      await settle();
      // News of the list, and what comes on screen, does not end it.
      desk.reader.wake();
      desk.reader.look({ rows: desk.rows(['2']), total: 2 });
      await vi.advanceTimersByTimeAsync(4_900);
      expect(desk.asked).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(200);
      expect(desk.asked).toHaveLength(2);
      await vi.advanceTimersByTimeAsync(9_700);
      expect(desk.asked).toHaveLength(2);
      desk.trouble = null;
      await vi.advanceTimersByTimeAsync(400);
      expect(unread(desk)).toBe(0);
    },
  );

  test('asks no more with refused keys until there is word that they are good', async () => {
    desk = makeDesk(['1', '2']);
    desk.trouble = failure('wrong-keys', 'Refused.', 'Enter keys.');
    desk.reader.wake();
    await vi.advanceTimersByTimeAsync(day);
    expect(desk.asked).toHaveLength(1);
    desk.trouble = null;
    desk.reader.resume();
    await settle();
    expect(unread(desk)).toBe(0);
  });

  test('asks nothing while the account is signed out', async () => {
    desk = makeDesk(['1']);
    desk.keys = false;
    desk.reader.wake();
    await vi.advanceTimersByTimeAsync(day);
    expect(desk.asked).toEqual([]);
    desk.keys = true;
    desk.reader.resume();
    await settle();
    expect(desk.asked).toEqual([['1']]);
  });

  test('spreads single requests for a million numbers, but for those on screen', async () => {
    desk = makeDesk(['1', '2', '3', '4', '5', '6', '7', '8']);
    desk.total = 1_000_000;
    desk.reader.wake();
    await vi.advanceTimersByTimeAsync(2_500);
    expect(desk.asked).toEqual([['1']]);
    desk.reader.look({ rows: desk.rows(['7', '8']), total: 1_000_000 });
    await settle();
    expect(desk.asked).toEqual([['1'], ['7'], ['8']]);
    await vi.advanceTimersByTimeAsync(2_592 * 2);
    expect(desk.asked.slice(3)).toEqual([['2'], ['3']]);
  });

  test('a list of routes is not read again for numbers that it does not tell', async () => {
    const numbers = Array.from({ length: 200 }, (_, at) => String(at + 1));
    desk = makeDesk(numbers);
    // So many that single requests are spread.
    desk.total = 300_000;
    const pages: (string | null)[] = [];
    // It has half of them; for the others there is a request every few seconds.
    const items = numbers
      .slice(0, 100)
      .map((number) => ({ number, primary: host, failover: host }) as ToldRoutes);
    desk.list = {
      worthAsking: true,
      maxPage: 10_000,
      page({ cursor }) {
        pages.push(cursor);
        return Promise.resolve({ items, odd: [], next: null });
      },
    };
    desk.reader.wake();
    await vi.advanceTimersByTimeAsync(5 * minute);
    expect(pages).toEqual([null]);
    expect(unread(desk)).toBeLessThan(100);
    // Many others that are due are worth it.
    for (const number of numbers.slice(0, 100)) desk.readAt.set(number, 0);
    await vi.advanceTimersByTimeAsync(5 * minute);
    expect(pages).toEqual([null, null]);
  });

  test('what a list of routes left open is read alone on screen, and without haste otherwise', async () => {
    const numbers = Array.from({ length: 100 }, (_, at) => String(at + 1));
    desk = makeDesk(numbers);
    desk.list = {
      worthAsking: true,
      maxPage: 1_000,
      page: () =>
        Promise.resolve({
          items: numbers.map((number, at): ToldRoutes => ({
            ...{ number: number as PhoneNumber, primary: host, failover: at < 40 ? host : 'unclear' },
          })),
          odd: [],
          next: null,
        }),
    };
    desk.reader.wake();
    await vi.advanceTimersByTimeAsync(1_000);
    // One to find out whether many are taken, and twenty that the list was compared with.
    expect([desk.asked.length, unread(desk), desk.guesses.size]).toEqual([21, 0, 60]);
    desk.reader.look({ rows: desk.rows(['90', '3', '91']), total: 100 });
    // Another screen before that one was looked at.
    desk.reader.look({ rows: desk.rows(['3', '95', '96']), total: 100 });
    await vi.advanceTimersByTimeAsync(100);
    expect(desk.asked.slice(21)).toEqual([['95'], ['96']]);
    expect(desk.guesses.size).toBe(58);
    // A quarter of an hour for all hundred of them.
    await vi.advanceTimersByTimeAsync(30_000);
    expect(desk.asked.length).toBeGreaterThanOrEqual(25);
    expect(desk.asked.length).toBeLessThanOrEqual(28);
  });

  test('reads in another way from the moment on that the carrier takes many no more', async () => {
    desk = makeDesk(
      Array.from({ length: 40 }, (_, at) => String(at + 1)),
      { many: 3, hold: true },
    );
    desk.reader.wake();
    await settle();
    desk.waiting.shift()?.();
    await settle();
    expect(desk.asked).toEqual([['1'], ['2', '3', '4'], ['5', '6', '7']]);
    desk.size = 1;
    for (const go of desk.waiting.splice(0)) go();
    await settle();
    // The next one is read to ask anew whether it takes many.
    desk.waiting.shift()?.();
    await settle();
    // As many side by side as it lets through.
    expect(desk.waiting).toHaveLength(4);
  });

  test('closing ends what is on its way', async () => {
    desk = makeDesk(['1', '2'], { hold: true });
    desk.reader.wake();
    await settle();
    await desk.reader.close();
    desk.reader.resume();
    await vi.advanceTimersByTimeAsync(day);
    expect([desk.asked, unread(desk)]).toEqual([[['1']], 2]);
  });
});
