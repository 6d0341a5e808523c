import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reasonWords, waitWords } from '../../src-main/contract/job-words.ts';
import type { Failure } from '../../src-main/contract/errors.ts';
import { BuyRig } from './buy-rig.ts';

const sort = { column: 'number', direction: 'asc' } as const;
let rig: BuyRig;

beforeEach(async () => {
  rig = await BuyRig.start();
});
afterEach(() => rig.close());

describe('finding', () => {
  test('a search fills page after page, marks what is owned, and finds patterns in what is loaded', async () => {
    const window = await rig.search('');
    expect(window.status.loaded).toBe(4000);
    const { rows } = await rig.window({ pattern: 'round' });
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.every((row) => row.number.endsWith('00'))).toBe(true);
    const codes = await rig.app.call('find.areaCodes', { refresh: false });
    expect(codes.items).toContainEqual({ npa: '206', state: 'WA', place: 'Seattle' });
    const calls = rig.sandbox.ledger().calls;
    expect(await rig.app.call('find.areaCodes', { refresh: false })).toEqual(codes);
    expect(rig.sandbox.ledger().calls).toEqual(calls);
    expect(
      (await rig.app.call('find.exchanges', { npa: '206', refresh: false })).nxxs.length,
    ).toBeGreaterThan(0);
  });

  test('a query that breaks a rule of the wire is explained and never sent', async () => {
    const calls = rig.sandbox.ledger().calls;
    for (const text of ['nxx:555', 'ratecenter:seattle', 'npa:1', 'colour:red']) {
      const start = rig.app.call('find.start', { text, replaces: null });
      await expect(start).rejects.toMatchObject({ code: 'invalid-input' });
    }
    expect(rig.sandbox.ledger().calls).toEqual(calls);
  });
});

describe('buying', () => {
  test('an order buys each number once, sets its routes, and its cost is known from then on', async () => {
    const numbers = await rig.fillCart(6);
    const review = await rig.app.call('orders.review', {});
    expect([review.count, review.firstYear]).toEqual([6, review.setup + 12 * review.monthly]);
    const { id } = await rig.buy({ primary: 'PSTNroute1', failover: 'sip-reg' });
    const order = await rig.ended(id);
    expect(order).toMatchObject({ phase: 'done', counts: { bought: 6 }, spent: review.setup });
    expect(order.items.every((item) => item.routes === 'set')).toBe(true);
    expect(rig.bought()).toEqual([...numbers].sort());
    const { rows, cost } = await rig.app.call('numbers.query', {
      text: 'route:PSTNroute1',
      sort,
      offset: 0,
      limit: 50,
    });
    expect(rows.filter((row) => numbers.includes(row.number)).every((row) => row.monthly !== null)).toBe(
      true,
    );
    expect(cost).toMatchObject({ known: 6, monthly: review.monthly });
    expect(await rig.app.call('cart.get', {})).toMatchObject({ count: 0, setup: 0 });
    const { entries } = await rig.app.call('activity.list', {
      text: 'Order kind:order',
      offset: 0,
      limit: 10,
    });
    expect(entries.map((entry) => entry.text)).toEqual([
      expect.stringContaining('is done: 6 bought'),
      'Order 1 of 6 numbers began',
    ]);
  });

  test('a review permits one order: a second click and a second window buy nothing', async () => {
    await rig.fillCart(3);
    const { token } = await rig.app.call('orders.review', {});
    const input = { token, typedCount: null, routes: null };
    const tries = await Promise.allSettled(
      Array.from({ length: 5 }, () => rig.app.call('orders.buy', input)),
    );
    expect(tries.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    const second = await rig.app
      .call('orders.review', {})
      .catch((thrown: unknown) => (thrown as Failure).code);
    expect(second).toBe('invalid-input');
    const [order] = (await rig.app.call('orders.list', { offset: 0, limit: 99 })).orders;
    await rig.ended(order?.id ?? 0);
    expect(rig.bought()).toHaveLength(3);
  });

  test('over the limit nothing is bought until the count is typed', async () => {
    await rig.fillCart(4);
    await rig.app.call('settings.set', { orderLimit: 1 });
    const { token, mustTypeCount } = await rig.app.call('orders.review', {});
    expect(mustTypeCount).toBe(true);
    for (const typedCount of [null, 3, 40]) {
      const tried = rig.app.call('orders.buy', { token, typedCount, routes: null });
      await expect(tried).rejects.toMatchObject({ code: 'invalid-input' });
    }
    const { id } = await rig.app.call('orders.buy', { token, typedCount: 4, routes: null });
    expect((await rig.ended(id)).counts.bought).toBe(4);
  });

  test('a lost answer is looked up, never sent again', async () => {
    const numbers = await rig.fillCart(3);
    rig.sandbox.setFaults(['purchase:cut-after:1']);
    const { id } = await rig.buy();
    const order = await rig.ended(id);
    expect(order).toMatchObject({ phase: 'done', counts: { bought: 3 } });
    expect(rig.bought()).toEqual([...numbers].sort());
    expect(rig.sandbox.ledger().purchases).toHaveLength(3);
  });

  test('sold to somebody else: refused in the words of the carrier', async () => {
    await rig.fillCart(2);
    rig.sandbox.setFaults(['purchase:sold:1']);
    const order = await rig.ended((await rig.buy()).id);
    expect(order.counts).toMatchObject({ bought: 0, refused: 2 });
    expect(reasonWords(order.items[0]?.reason ?? null)).toContain('not available for purchase');
    expect(order.spent).toBe(0);
  });

  test('keys that are refused stop the order; resuming goes on', async () => {
    await rig.fillCart(3);
    const { token } = await rig.app.call('orders.review', {});
    rig.sandbox.setFaults(['*:401:1']);
    const { id } = await rig.app.call('orders.buy', { token, typedCount: null, routes: null });
    const paused = await rig.ended(id);
    expect(paused).toMatchObject({ phase: 'paused', counts: { planned: 3, bought: 0 } });
    expect(waitWords(paused.waiting)).toContain('does not accept these keys');
    rig.sandbox.setFaults([]);
    await rig.app.call('orders.resume', { id });
    expect((await rig.ended(id, ['done'])).counts.bought).toBe(3);
  });

  test('stopping gives up what was not sent', async () => {
    await rig.fillCart(5);
    rig.sandbox.setFaults(['purchase:latency:1:100']);
    const { id } = await rig.buy();
    await rig.app.call('orders.stop', { id });
    const order = await rig.ended(id, ['done']);
    expect(order.counts.bought + order.counts.refused).toBe(5);
    expect(order.counts.refused).toBeGreaterThan(2);
    expect(rig.bought()).toHaveLength(order.counts.bought);
  });
});
