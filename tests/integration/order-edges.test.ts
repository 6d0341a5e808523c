import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OrderView } from '../../src-main/contract/buying.ts';
import { startSandbox, type Sandbox } from '../../src-main/sandbox/server.ts';
import { memoryKeychain, startApplication, temporaryFolder, type RunningApplication } from './app-rig.ts';

let sandbox: Sandbox;
let folder: ReturnType<typeof temporaryFolder>;
let app: RunningApplication;
const keychain = memoryKeychain();

beforeEach(async () => {
  sandbox = await startSandbox({ owned: 20, available: 2000, routes: 8, seed: 21, secretKey: 's' });
  folder = temporaryFolder();
  app = await startApplication(folder.path, keychain);
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

async function order(count: number, routes: { primary: string; failover: string } | null = null) {
  await app.call('find.start', { text: 'npa:206' });
  const sort = { column: 'number', direction: 'asc' } as const;
  const window = { sort, pattern: null, blockSize: 3, offset: 0, limit: 100 };
  await expect.poll(async () => (await app.call('find.window', window)).status.phase).toBe('done');
  const { rows } = await app.call('find.window', window);
  const numbers = rows.slice(0, count).map((row) => row.number);
  await app.call('cart.add', { numbers });
  const { token } = await app.call('orders.review', {});
  return { id: (await app.call('orders.buy', { token, typedCount: null, routes })).id, numbers };
}
async function ended(id: number): Promise<OrderView> {
  for (;;) {
    const view = await app.call('orders.get', { id });
    if (view.phase === 'done' || view.phase === 'paused') return view;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
const purchases = () => sandbox.ledger().purchases.length;

describe('stopping', () => {
  test('looks up what may have been sent, and sends nothing any more', async () => {
    // The request never arrives, and the carrier cannot be asked about it: not known.
    sandbox.setFaults(['purchase:cut-before:1', 'details:504:1']);
    const { id } = await order(2);
    expect((await ended(id)).counts).toMatchObject({ unknown: 1, planned: 1 });
    sandbox.setFaults([]);
    await app.call('orders.stop', { id });
    const done = await ended(id);
    expect([done.phase, done.counts.refused, done.counts.bought]).toEqual(['done', 2, 0]);
    expect(purchases()).toBe(0);
  });

  test('what was bought behind a lost answer is bought, not given up', async () => {
    sandbox.setFaults(['purchase:cut-after:1', 'details:504:1']);
    const { id } = await order(2);
    expect((await ended(id)).counts.unknown).toBe(1);
    sandbox.setFaults([]);
    await app.call('orders.stop', { id });
    expect((await ended(id)).counts).toMatchObject({ bought: 1, refused: 1 });
    expect(purchases()).toBe(1);
  });
});

test('a purchase that the carrier shows late is corrected by the next sync, with its cost', async () => {
  // Bought, but the answer is lost, the number stays hidden for a while, and a second try is refused.
  sandbox.setFaults(['purchase:cut-after:1', 'details:404:1']);
  const { id, numbers } = await order(1);
  await expect.poll(purchases, { timeout: 5_000 }).toBe(1);
  sandbox.setFaults(['details:404:1']);
  const first = await ended(id);
  expect(first.counts.bought).toBe(0);
  expect(purchases()).toBe(1);
  sandbox.setFaults([]);
  const before = (await app.status(() => true)).completedAt ?? 0;
  await app.call('sync.start', {});
  await app.status((status) => (status.completedAt ?? 0) > before);
  await expect.poll(async () => (await app.call('orders.get', { id })).counts.bought).toBe(1);
  const view = await app.call('orders.get', { id });
  expect(view.spent).toBe(view.items[0]?.setup);
  const sort = { column: 'number', direction: 'asc' } as const;
  const shown = await app.call('numbers.query', { text: numbers[0] ?? '', sort, offset: 0, limit: 1 });
  expect(shown.rows[0]?.monthly).toBe(view.items[0]?.monthly);
  expect(purchases()).toBe(1);
}, 90_000);

test('a refusal that is about the account stops at once, an unknown one at the second, and nothing more is sent', async () => {
  sandbox.setFaults(['purchase:403:1']);
  const { id } = await order(4);
  const stopped = await ended(id);
  expect([stopped.phase, stopped.counts.planned, stopped.counts.refused]).toEqual(['paused', 4, 0]);
  sandbox.setFaults(['purchase:400:1']);
  await app.call('orders.resume', { id });
  const asked = await ended(id);
  expect([asked.phase, asked.counts.refused, asked.counts.planned]).toEqual(['paused', 2, 2]);
  expect(asked.waiting).toMatch(/2 numbers in a row were refused/);
  sandbox.setFaults([]);
  await app.call('orders.resume', { id });
  expect((await ended(id)).counts.bought).toBe(2);
});

test('a number of an order that waits can be neither carted nor ordered again', async () => {
  sandbox.setFaults(['purchase:403:1']);
  const { id, numbers } = await order(1);
  await ended(id);
  const cart = await app.call('cart.add', { numbers });
  expect(cart.items).toEqual([]);
});

test('two windows that resume and buy at the same moment run one order', async () => {
  sandbox.setFaults(['purchase:403:1']);
  const { id } = await order(3);
  await ended(id);
  sandbox.setFaults(['purchase:latency:1:100']);
  const both = await Promise.allSettled([
    app.call('orders.resume', { id }),
    app.call('orders.resume', { id }),
  ]);
  expect(both.filter((one) => one.status === 'fulfilled').length).toBeGreaterThanOrEqual(1);
  expect((await ended(id)).counts.bought).toBe(3);
  expect(purchases()).toBe(3);
});

test('an outage while routes are set leaves them to be set, and the order says so', async () => {
  sandbox.setFaults(['setRoutes:503:1']);
  const { id } = await order(1, { primary: 'sbc-east', failover: 'fax' });
  const waiting = await ended(id);
  expect([waiting.phase, waiting.items[0]?.routes]).toEqual(['paused', 'planned']);
  sandbox.setFaults([]);
  await app.call('orders.resume', { id });
  expect((await ended(id)).items[0]?.routes).toBe('set');
}, 90_000);

test('a review shows what each number costs today, and leaves out what is gone', async () => {
  await app.call('find.start', { text: 'npa:206' });
  const sort = { column: 'number', direction: 'asc' } as const;
  const window = { sort, pattern: null, blockSize: 3, offset: 0, limit: 100 };
  await expect.poll(async () => (await app.call('find.window', window)).status.phase).toBe('done');
  const { rows } = await app.call('find.window', window);
  const numbers = rows.slice(0, 3).map((row) => row.number);
  await app.call('cart.add', { numbers });
  const [sold = ''] = numbers;
  // To somebody else.
  expect(sandbox.account.sell(sold)).toBe(true);
  const review = await app.call('orders.review', {});
  expect(review.items.map((item) => item.number)).toEqual(numbers.slice(1));
  const cart = await app.call('cart.get', {});
  expect(cart.items.map((item) => item.gone)).toEqual([true, false, false]);
  expect(cart.setup).toBe(review.setup);
});
