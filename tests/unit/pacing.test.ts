import { describe, expect, test, vi } from 'vitest';
import {
  AskedToWait,
  mostPauseMs,
  Pacing,
  type Priority,
} from '../../src-main/carrier/flowroute/http/pacing.ts';
import { readRetryAfter } from '../../src-main/carrier/flowroute/http/send.ts';

describe('pacing', () => {
  test('starts gentle, grows while answers are good, halves on trouble, then grows slowly', () => {
    let now = 1000;
    const pacing = new Pacing({ start: 4, max: 16, now: () => now });
    for (let i = 0; i < 20; i += 1) pacing.good();
    expect(pacing.allowed).toBe(16);
    pacing.bad();
    expect(pacing.allowed).toBe(8);
    pacing.bad();
    expect(pacing.allowed).toBe(8);
    now += 300;
    pacing.bad();
    expect(pacing.allowed).toBe(4);
    for (let i = 0; i < 4; i += 1) pacing.good();
    expect(pacing.allowed).toBe(4);
    pacing.good();
    expect(pacing.allowed).toBe(5);
  });

  test('a long pause is not waited for by who wants an answer soon; a short one is', async () => {
    vi.useFakeTimers({ now: new Date(2026, 10, 27, 13, 59, 30) });
    try {
      const pacing = new Pacing({ start: 1, now: () => Date.now() });
      const order: string[] = [];
      const asked = (name: string, soon: boolean) =>
        pacing
          .run(() => Promise.resolve(order.push(name)), undefined, 'usual', soon)
          .catch((thrown: unknown) => {
            order.push(`${name}: ${thrown instanceof AskedToWait ? thrown.message : String(thrown)}`);
          });
      pacing.bad(mostPauseMs);
      const short = asked('short', true);
      await vi.advanceTimersByTimeAsync(mostPauseMs);
      await short;
      pacing.bad(mostPauseMs);
      const all = [asked('soon', true), asked('patient', false)];
      // The next answer asks for more.
      pacing.bad(290_000);
      await vi.advanceTimersByTimeAsync(0);
      const clock = new Date(2026, 10, 27, 14, 5).toLocaleTimeString(undefined, {
        hour: '2-digit',
        minute: '2-digit',
      });
      const told = `The carrier asks to wait until ${clock}.`;
      expect(order).toEqual(['short', `soon: ${told}`]);
      await asked('later', true);
      expect(order.slice(2)).toEqual([`later: ${told}`]);
      await vi.advanceTimersByTimeAsync(290_000);
      await Promise.all(all);
      expect(order.slice(3)).toEqual(['patient']);
    } finally {
      vi.useRealTimers();
    }
  });

  test('what is urgent goes first, and may be called off', async () => {
    const pacing = new Pacing({ start: 1 });
    const order: string[] = [];
    const task = (name: string) => () => {
      order.push(name);
      return new Promise<void>((resolve) => setTimeout(resolve, 5));
    };
    const off = new AbortController();
    const all = [
      pacing.run(task('running')),
      pacing.run(task('read')),
      pacing.run(task('called off'), off.signal, 'urgent').catch(() => order.push('not sent')),
      pacing.run(task('write'), undefined, 'urgent'),
    ];
    off.abort();
    await Promise.all(all);
    expect(order).toEqual(['running', 'not sent', 'write', 'read']);
  });

  /** Tasks that run until they are let go, by their names. */
  const holding = (pacing: Pacing) => {
    const running = new Map<string, () => void>();
    const order: string[] = [];
    const run = (name: string, priority: Priority, signal?: AbortSignal) => {
      const task = () => {
        order.push(name);
        return new Promise<void>((resolve) => running.set(name, resolve));
      };
      return pacing.run(task, signal, priority).finally(() => running.delete(name));
    };
    const admitted = () => new Promise(setImmediate);
    const end = async (name: string) => {
      await admitted();
      running.get(name)?.();
      await admitted();
    };
    return { order, run, end, admitted, running };
  };

  test('the background takes half of the places, and none that somebody waits for', async () => {
    const pacing = new Pacing({ start: 4, max: 4 });
    const { order, run, end, admitted, running } = holding(pacing);
    const all = ['b1', 'b2', 'b3', 'b4'].map((name) => run(name, 'background'));
    await admitted();
    expect(order).toEqual(['b1', 'b2']);
    // A person finds the other half free.
    all.push(...['p1', 'p2', 'p3'].map((name) => run(name, 'usual')));
    await admitted();
    expect(order).toEqual(['b1', 'b2', 'p1', 'p2']);
    await end('b1');
    expect(order.slice(4)).toEqual(['p3']);
    await end('p1');
    expect(order.slice(5)).toEqual(['b3']);
    while (running.size > 0) for (const name of running.keys()) await end(name);
    await Promise.all(all);
    expect(order.at(-1)).toBe('b4');
  });

  test('the background goes on when the person it yielded to calls off', async () => {
    const pacing = new Pacing({ start: 2, max: 2 });
    const { order, run, end, running } = holding(pacing);
    const off = new AbortController();
    const all = [run('p1', 'usual'), run('p2', 'usual'), run('b1', 'background')];
    const called = run('p3', 'usual', off.signal).catch(() => order.push('off'));
    off.abort();
    await end('p1');
    expect(order).toEqual(['p1', 'p2', 'off', 'b1']);
    for (const name of running.keys()) await end(name);
    await Promise.all([...all, called]);
  });

  test('where one request is allowed at a time, the background uses half of the time', async () => {
    vi.useFakeTimers();
    try {
      let now = 0;
      const pacing = new Pacing({ start: 1, max: 1, now: () => now });
      const { order, run, running } = holding(pacing);
      const pass = async (ms: number) => {
        await vi.advanceTimersByTimeAsync(0);
        now += ms;
        await vi.advanceTimersByTimeAsync(ms);
      };
      const all = [run('b1', 'background'), run('b2', 'background')];
      await pass(80);
      running.get('b1')?.();
      await pass(79);
      expect(order).toEqual(['b1']);
      // A person does not wait for the rest.
      all.push(run('p1', 'usual'));
      await pass(0);
      expect(order).toEqual(['b1', 'p1']);
      running.get('p1')?.();
      await pass(1);
      expect(order).toEqual(['b1', 'p1', 'b2']);
      running.get('b2')?.();
      await Promise.all(all);
    } finally {
      vi.useRealTimers();
    }
  });

  test('never stops altogether', () => {
    let now = 0;
    const pacing = new Pacing({ start: 2, now: () => (now += 1000) });
    for (let i = 0; i < 10; i += 1) pacing.bad();
    expect(pacing.allowed).toBe(1);
  });

  test('never runs more at once than allowed, and runs everything', async () => {
    const pacing = new Pacing({ start: 3, max: 3 });
    let running = 0;
    let most = 0;
    let done = 0;
    await Promise.all(
      Array.from({ length: 20 }, () =>
        pacing.run(async () => {
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setTimeout(resolve, 1));
          running -= 1;
          done += 1;
        }),
      ),
    );
    expect([most, done]).toEqual([3, 20]);
  });

  test('nobody starts while the carrier asked for peace', async () => {
    const pacing = new Pacing({ start: 2 });
    pacing.bad(60);
    const before = Date.now();
    await pacing.run(() => Promise.resolve());
    expect(Date.now() - before).toBeGreaterThanOrEqual(55);
  });

  test('whoever comes just as the peace ends is let in, wherever between two looks at the clock it ends', async () => {
    for (let reads = 1; reads <= 6; reads += 1) {
      let read = 0;
      const pacing = new Pacing({ start: 2, now: () => (++read > reads ? 10 : 0) });
      pacing.bad(1);
      expect(await pacing.run(() => Promise.resolve(reads))).toBe(reads);
    }
  });

  test('a wait for a turn can be cancelled', async () => {
    const pacing = new Pacing({ start: 1, max: 1 });
    let end: () => void = () => undefined;
    const first = pacing.run(() => new Promise<void>((resolve) => (end = resolve)));
    const stop = new AbortController();
    const second = pacing.run(() => Promise.resolve('ran'), stop.signal);
    stop.abort();
    await expect(second).rejects.toMatchObject({ code: 'cancelled' });
    end();
    await first;
    await expect(pacing.run(() => Promise.resolve('third'))).resolves.toBe('third');
  });
});

test('Retry-After is seconds or a date, bounded', () => {
  expect(readRetryAfter('3', 0)).toBe(3000);
  expect(readRetryAfter('Thu, 01 Jan 1970 00:00:07 GMT', 2000)).toBe(5000);
  expect(readRetryAfter('999999', 0)).toBe(600_000);
  expect(readRetryAfter('soon', 0)).toBe(0);
  expect(readRetryAfter(null, 0)).toBe(0);
});
