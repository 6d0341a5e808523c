import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Failure } from '../../src-main/contract/errors.ts';
import type { OrderView } from '../../src-main/contract/buying.ts';
import { startSandbox, type Sandbox } from '../../src-main/sandbox/server.ts';
import { memoryKeychain, startApplication, temporaryFolder, type RunningApplication } from './app-rig.ts';

const sort = { column: 'number', direction: 'asc' } as const;
const everything = { sort, pattern: null, blockSize: 3, offset: 0, limit: 500 };
let sandbox: Sandbox;
let folder: ReturnType<typeof temporaryFolder>;
let app: RunningApplication;

beforeEach(async () => {
  sandbox = await startSandbox({ owned: 40, available: 4000, routes: 6, seed: 21, secretKey: 's' });
  folder = temporaryFolder();
  app = await startApplication(folder.path, memoryKeychain());
  const { accessKey, url: baseUrl } = sandbox;
  await app.call('accounts.signIn', { label: 'A', accessKey, secretKey: 's', baseUrl, remember: 'keychain' });
  await app.status((status) => status.completedAt !== null);
  await app.call('settings.set', { orderLimit: 10_000_000 });
});
afterEach(async () => {
  await app.application.close();
  await sandbox.close();
  folder.remove();
});

async function fillCart(count: number): Promise<string[]> {
  await app.call('find.start', { text: 'npa:206' });
  const window = await found((status) => status.phase === 'done');
  const numbers = window.rows.slice(0, count).map((row) => row.number);
  await app.call('cart.add', { numbers });
  return numbers;
}
async function found(wanted: (status: { phase: string; loaded: number }) => boolean) {
  for (;;) {
    const window = await app.call('find.window', everything);
    if (wanted(window.status)) return window;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
async function ended(id: number, phases = ['done', 'paused']): Promise<OrderView> {
  for (;;) {
    const order = await app.call('orders.get', { id });
    if (phases.includes(order.phase)) return order;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
const buyAll = async (routes: { primary: string; failover: string } | null = null) => {
  const { token } = await app.call('orders.review', {});
  return app.call('orders.buy', { token, typedCount: null, routes });
};
const bought = () =>
  sandbox
    .ledger()
    .purchases.map((one) => one.number)
    .sort();

describe('finding', () => {
  test('a search fills page after page, marks what is owned, and finds patterns in what is loaded', async () => {
    await app.call('find.start', { text: '' });
    const window = await found((status) => status.phase === 'done');
    expect(window.status.loaded).toBe(4000);
    const { rows } = await app.call('find.window', { ...everything, pattern: 'round' });
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.every((row) => row.number.endsWith('00'))).toBe(true);
    const codes = await app.call('find.areaCodes', { refresh: false });
    expect(codes.items).toContainEqual({ npa: '206', state: 'WA', place: 'Seattle' });
    const calls = sandbox.ledger().calls;
    expect(await app.call('find.areaCodes', { refresh: false })).toEqual(codes);
    expect(sandbox.ledger().calls).toEqual(calls);
    expect((await app.call('find.exchanges', { npa: '206', refresh: false })).nxxs.length).toBeGreaterThan(0);
  });

  test('a query that breaks a rule of the wire is explained and never sent', async () => {
    const calls = sandbox.ledger().calls;
    for (const text of ['nxx:555', 'ratecenter:seattle', 'npa:1', 'colour:red']) {
      await expect(app.call('find.start', { text })).rejects.toMatchObject({ code: 'invalid-input' });
    }
    expect(sandbox.ledger().calls).toEqual(calls);
  });
});

describe('buying', () => {
  test('an order buys each number once, sets its routes, and its cost is known from then on', async () => {
    const numbers = await fillCart(6);
    const review = await app.call('orders.review', {});
    expect([review.items.length, review.firstYear]).toEqual([6, review.setup + 12 * review.monthly]);
    const { id } = await buyAll({ primary: 'PSTNroute1', failover: 'sip-reg' });
    const order = await ended(id);
    expect(order).toMatchObject({ phase: 'done', counts: { bought: 6 }, spent: review.setup });
    expect(order.items.every((item) => item.routes === 'set')).toBe(true);
    expect(bought()).toEqual([...numbers].sort());
    const { rows, cost } = await app.call('numbers.query', {
      text: 'route:PSTNroute1',
      sort,
      offset: 0,
      limit: 50,
    });
    expect(rows.filter((row) => numbers.includes(row.number)).every((row) => row.monthly !== null)).toBe(
      true,
    );
    expect(cost).toMatchObject({ known: 6, monthly: review.monthly });
    expect((await app.call('cart.get', {})).items).toEqual([]);
    const { entries } = await app.call('activity.list', {
      text: 'Order',
      kind: 'order',
      offset: 0,
      limit: 10,
    });
    expect(entries.map((entry) => entry.text)).toEqual([
      expect.stringContaining('is done: 6 bought'),
      'Order 1 of 6 numbers began',
    ]);
  });

  test('a review permits one order: a second click and a second window buy nothing', async () => {
    await fillCart(3);
    const { token } = await app.call('orders.review', {});
    const input = { token, typedCount: null, routes: null };
    const tries = await Promise.allSettled(Array.from({ length: 5 }, () => app.call('orders.buy', input)));
    expect(tries.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    const second = await app.call('orders.review', {}).catch((thrown: unknown) => (thrown as Failure).code);
    expect(second).toBe('invalid-input');
    await ended(1);
    expect(bought()).toHaveLength(3);
  });

  test('over the limit nothing is bought until the count is typed', async () => {
    await fillCart(4);
    await app.call('settings.set', { orderLimit: 1 });
    const { token, mustTypeCount } = await app.call('orders.review', {});
    expect(mustTypeCount).toBe(true);
    for (const typedCount of [null, 3, 40]) {
      const tried = app.call('orders.buy', { token, typedCount, routes: null });
      await expect(tried).rejects.toMatchObject({ code: 'invalid-input' });
    }
    const { id } = await app.call('orders.buy', { token, typedCount: 4, routes: null });
    expect((await ended(id)).counts.bought).toBe(4);
  });

  test('a lost answer is looked up, never sent again', async () => {
    const numbers = await fillCart(3);
    sandbox.setFaults(['purchase:cut-after:1']);
    const { id } = await buyAll();
    const order = await ended(id);
    expect(order).toMatchObject({ phase: 'done', counts: { bought: 3 } });
    expect(bought()).toEqual([...numbers].sort());
    expect(sandbox.ledger().purchases).toHaveLength(3);
  });

  test('sold to somebody else: refused in the words of the carrier', async () => {
    await fillCart(2);
    sandbox.setFaults(['purchase:sold:1']);
    const order = await ended((await buyAll()).id);
    expect(order.counts).toMatchObject({ bought: 0, refused: 2 });
    expect(order.items[0]?.reason).toContain('not available for purchase');
    expect(order.spent).toBe(0);
  });

  test('keys that are refused stop the order; resuming goes on', async () => {
    await fillCart(3);
    const { token } = await app.call('orders.review', {});
    sandbox.setFaults(['purchase:401:1']);
    const { id } = await app.call('orders.buy', { token, typedCount: null, routes: null });
    const paused = await ended(id);
    expect(paused).toMatchObject({ phase: 'paused', counts: { planned: 3, bought: 0 } });
    expect(paused.waiting).toContain('does not accept these keys');
    sandbox.setFaults([]);
    await app.call('orders.resume', { id });
    expect((await ended(id, ['done'])).counts.bought).toBe(3);
  });

  test('stopping gives up what was not sent', async () => {
    await fillCart(5);
    sandbox.setFaults(['purchase:latency:1:100']);
    const { id } = await buyAll();
    await app.call('orders.stop', { id });
    const order = await ended(id, ['done']);
    expect(order.counts.bought + order.counts.refused).toBe(5);
    expect(order.counts.refused).toBeGreaterThan(2);
    expect(bought()).toHaveLength(order.counts.bought);
  });
});
