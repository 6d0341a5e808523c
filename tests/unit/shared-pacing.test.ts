import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Budget } from '../../src-main/carrier/flowroute/http/budget.ts';
import { LearnedRate } from '../../src-main/carrier/flowroute/http/learned-rate.ts';
import { Pacing } from '../../src-main/carrier/flowroute/http/pacing.ts';
import { some } from '../support/some.ts';

/** A carrier that counts, as the sandbox does: so many a second, and so many that were saved up. */
class Counter {
  /** Requests that it let through, and refused, by the second. */
  readonly seconds: number[] = [];
  refused = 0;
  #left: number;
  #at = performance.now();
  #perSecond: number;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#left = perSecond;
  }

  takes(): boolean {
    const now = performance.now();
    this.#left = Math.min(this.#perSecond, this.#left + ((now - this.#at) / 1000) * this.#perSecond);
    this.#at = now;
    const second = Math.floor(now / 1000);
    if (this.#left < 1) {
      this.refused += 1;
      return false;
    }
    this.#left -= 1;
    this.seconds[second] = (this.seconds[second] ?? 0) + 1;
    return true;
  }
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** One request of a priority; resolves with the milliseconds it waited for its turn, and repeats what was refused. */
async function ask(pacing: Pacing, counter: Counter, latencyMs: number, priority: 'usual' | 'background') {
  for (;;) {
    const asked = performance.now();
    let waited = 0;
    const taken = await pacing.run(
      async () => {
        const begun = performance.now();
        waited = begun - asked;
        await sleep(latencyMs / 2);
        const takes = counter.takes();
        await sleep(latencyMs / 2);
        if (takes) pacing.good(priority);
        else pacing.bad(500, begun);
        return takes;
      },
      undefined,
      priority,
    );
    if (taken) return waited;
    await sleep(500);
  }
}

/** Asks in the background for as long as `stop.now` is false. */
async function behind(pacing: Pacing, counter: Counter, latencyMs: number, stop: { now: boolean }) {
  const lane = async () => {
    while (!stop.now) await ask(pacing, counter, latencyMs, 'background');
  };
  await Promise.all(Array.from({ length: 24 }, lane));
}

const sum = (counts: readonly (number | undefined)[]) =>
  counts.reduce<number>((all, one) => all + (one ?? 0), 0);

describe('requests that share what the carrier takes', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test.each([2, 20, 30, 45, 60])(
    'at %i ms the background uses 45 to 50 percent of a ceiling of 200 a second, and a person waits for one request at most',
    async (latencyMs) => {
      const counter = new Counter(200);
      const pacing = new Pacing({ start: 2, max: 16 });
      const stop = { now: false };
      const running = behind(pacing, counter, latencyMs, stop);
      await vi.advanceTimersByTimeAsync(60_000);
      const { refused } = counter;
      // What it takes to find the ceiling out is a small part of a long reading.
      const whole = sum(counter.seconds.slice(0, 60)) / 60 / 200;
      const clicks: Promise<number>[] = [];
      for (let click = 0; click < 50; click += 1) {
        clicks.push(ask(pacing, counter, latencyMs, 'usual'));
        await vi.advanceTimersByTimeAsync(397);
      }
      const late = counter.seconds.slice(20, 60).map((count) => count / 200);
      const mean = sum(late) / late.length;
      expect(mean).toBeGreaterThanOrEqual(0.45);
      expect(mean).toBeLessThanOrEqual(0.5);
      expect(whole).toBeLessThanOrEqual(0.6);
      // Evenly: no second has more than half and what one moment may be late.
      expect(Math.max(...some(late))).toBeLessThanOrEqual(0.52);
      const waits = await Promise.all(clicks);
      expect(Math.max(...some(waits))).toBeLessThanOrEqual(latencyMs);
      expect(Math.abs((pacing.view().ceiling ?? 0) - 200)).toBeLessThanOrEqual(8);
      // Once it is known, nothing is refused any more.
      expect(counter.refused).toBe(refused);
      stop.now = true;
      await vi.advanceTimersByTimeAsync(5_000);
      await running;
    },
  );

  test('where nothing is refused, the background uses half of what all places would bring', async () => {
    const counter = new Counter(100_000);
    const pacing = new Pacing({ start: 2, max: 10 });
    const stop = { now: false };
    const running = behind(pacing, counter, 100, stop);
    await vi.advanceTimersByTimeAsync(40_000);
    stop.now = true;
    await vi.advanceTimersByTimeAsync(1_000);
    await running;
    const late = counter.seconds.slice(30, 40);
    // Ten places at a tenth of a second each are a hundred a second.
    expect(sum(late) / 10 / 100).toBeGreaterThanOrEqual(0.45);
    expect(sum(late) / 10 / 100).toBeLessThanOrEqual(0.5);
    expect(pacing.view().ceiling).toBe(null);
  });

  test('refusals that have nothing to do with the rate are not taken for a ceiling', async () => {
    const pacing = new Pacing({ start: 4, max: 16 });
    let asked = 0;
    const lane = async () => {
      for (let at = 0; at < 200; at += 1) {
        await pacing.run(async () => {
          const begun = performance.now();
          await sleep(10);
          asked += 1;
          // Now and then, in an order that no rate has.
          if ((asked * asked) % 97 === 1) pacing.bad(50, begun);
          else pacing.good();
        });
      }
    };
    const all = Promise.all(Array.from({ length: 8 }, lane));
    await vi.advanceTimersByTimeAsync(120_000);
    await all;
    expect(pacing.view().ceiling).toBe(null);
  });

  test('a budget holds for all classes together, is changed at once, and nobody starves', async () => {
    const budget = new Budget();
    budget.set(20, performance.now());
    const counter = new Counter(100_000);
    const [list, details] = [new Pacing({ start: 8 }, budget), new Pacing({ start: 8 }, budget)];
    const stop = { now: false };
    const lists = async () => {
      while (!stop.now) await ask(list, counter, 10, 'usual');
    };
    const reading = behind(details, counter, 10, stop);
    const listing = Promise.all(Array.from({ length: 8 }, lists));
    await vi.advanceTimersByTimeAsync(5_000);
    // A click among a list that is read and a background: it waits for its turn between them.
    const clicks = Promise.all([ask(details, counter, 10, 'usual'), ask(details, counter, 10, 'usual')]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(Math.max(...(await clicks))).toBeLessThanOrEqual(250);
    expect([list.view().waiting, details.view().waiting]).toContainEqual({ why: 'budget' });
    await vi.advanceTimersByTimeAsync(4_000);
    const whole = counter.seconds.slice(1, 10);
    expect(Math.max(...some(whole))).toBeLessThanOrEqual(20);
    expect(Math.min(...some(whole))).toBeGreaterThanOrEqual(17);
    budget.set(5, performance.now());
    const before = performance.now();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(Math.max(...some(counter.seconds.slice(Math.ceil(before / 1000), 15)))).toBeLessThanOrEqual(5);
    budget.set(null, performance.now());
    await vi.advanceTimersByTimeAsync(2_000);
    expect(counter.seconds[16]).toBeGreaterThan(100);
    stop.now = true;
    await vi.advanceTimersByTimeAsync(2_000);
    await Promise.all([reading, listing]);
  });

  test('the background takes less than half of a budget, and all of it is there for a person', async () => {
    const budget = new Budget();
    budget.set(10, performance.now());
    const counter = new Counter(100_000);
    const pacing = new Pacing({ start: 8 }, budget);
    const stop = { now: false };
    const reading = behind(pacing, counter, 10, stop);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(sum(counter.seconds.slice(0, 20)) / 20).toBeGreaterThanOrEqual(4.5);
    expect(sum(counter.seconds.slice(0, 20)) / 20).toBeLessThanOrEqual(5);
    stop.now = true;
    const people = Promise.all(Array.from({ length: 45 }, () => ask(pacing, counter, 10, 'usual')));
    await vi.advanceTimersByTimeAsync(5_000);
    await people;
    await vi.advanceTimersByTimeAsync(10_000);
    await reading;
  });

  test('who wants to know when the background may go takes nothing', async () => {
    const pacing = new Pacing({ start: 2, max: 2 });
    let end: () => void = () => undefined;
    const first = pacing.run(() => new Promise<void>((resolve) => (end = resolve)), undefined, 'background');
    const order: string[] = [];
    const free = pacing.whenFree().then(() => order.push('free'));
    const off = new AbortController();
    const called = pacing.whenFree(off.signal).catch(() => order.push('off'));
    off.abort();
    await vi.advanceTimersByTimeAsync(0);
    expect(order).toEqual(['off']);
    end();
    await Promise.all([first, free, called]);
    await pacing.run(() => Promise.resolve(order.push('ran')), undefined, 'background');
    expect(order).toEqual(['off', 'free', 'ran']);
  });
});

describe('what a carrier takes', () => {
  test.each([
    ['a network that was gone', 300_000, true],
    ['requests that failed for a moment', 5_000, true],
    ['a computer that slept', 3_600_000, false],
  ])('is not taken for less after %s', (_, pauseMs, fails) => {
    const learned = new LearnedRate();
    let now = 0;
    const answers = (count: number) => {
      for (let one = 0; one < count; one += 1) learned.answered((now += 10), { behind: true, crowded: true });
    };
    answers(800);
    expect(learned.trying(now)).toBe(true);
    if (fails) learned.failed();
    now += pauseMs;
    answers(400);
    expect(learned.rate(now)).toBe(null);
    answers(200);
    expect(learned.rate(now)).toBeCloseTo(100, 0);
  });
});
