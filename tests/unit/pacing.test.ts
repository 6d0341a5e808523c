import { describe, expect, test } from 'vitest';
import { Pacing } from '../../src-main/carrier/flowroute/http/pacing.ts';
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
      pacing.run(task('called off'), off.signal, true).catch(() => order.push('not sent')),
      pacing.run(task('write'), undefined, true),
    ];
    off.abort();
    await Promise.all(all);
    expect(order).toEqual(['running', 'not sent', 'write', 'read']);
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
