import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BuyRig, until } from './buy-rig.ts';
import { waitWords } from '../../src-main/contract/job-words.ts';

let rig: BuyRig;

beforeEach(async () => {
  rig = await BuyRig.start({ owned: 20, available: 2000, routes: 8 });
});
afterEach(() => rig.close());

const purchases = () => rig.sandbox.ledger().purchases.length;

describe('stopping', () => {
  test('looks up what may have been sent, and sends nothing any more', async () => {
    // The request never arrives, and the carrier cannot be asked about it: not known.
    rig.sandbox.setFaults(['purchase:cut-before:1', 'details:504:1']);
    const { id } = await rig.begin(2);
    expect((await rig.ended(id)).counts).toMatchObject({ unknown: 1, planned: 1 });
    rig.sandbox.setFaults([]);
    await rig.app.call('orders.stop', { id });
    const done = await rig.ended(id);
    expect([done.phase, done.counts.refused, done.counts.bought]).toEqual(['done', 2, 0]);
    expect(purchases()).toBe(0);
  });

  test('while the carrier says no to the account is one press, and asks nothing more', async () => {
    rig.sandbox.setFaults(['purchase:latency:1:400', 'purchase:403:1']);
    const { id } = await rig.begin(3);
    await until(
      () => rig.order(id),
      ({ items }) => items.some(({ status }) => status === 'sending'),
    );
    await rig.app.call('orders.stop', { id });
    const ended = await rig.ended(id);
    expect([ended.phase, ended.counts.refused, ended.waiting]).toEqual(['done', 3, null]);
  });

  test('while a price that went up is found out is one press, and nothing is asked about it', async () => {
    await rig.quit();
    await rig.launch({ freshMs: 1 });
    await rig.app.status((status) => status.completedAt !== null);
    rig.sandbox.setFaults(['purchase:403:1']);
    const { id, numbers } = await rig.begin(3);
    expect((await rig.ended(id)).phase).toBe('paused');
    for (const number of numbers) rig.sandbox.account.reprice(number, '50.00', '20.00');
    // The first price is told at once; those of the rest, which are asked for then, take their time.
    rig.sandbox.setFaults([]);
    // It may be asked for until it is closed, when the next test has its own.
    const { sandbox } = rig;
    const offer = sandbox.account.offer.bind(sandbox.account);
    sandbox.account.offer = (number) => {
      sandbox.setFaults(['search:latency:1:2000']);
      return offer(number);
    };
    await rig.app.call('orders.resume', { id });
    await until(
      () => rig.order(id),
      ({ items }) => items.some(({ setup }) => setup === 5_000),
    );
    await rig.app.call('orders.stop', { id });
    const ended = await rig.ended(id);
    expect([ended.phase, ended.counts.refused, ended.raised, purchases()]).toEqual(['done', 3, null, 0]);
  });

  test('what was bought behind a lost answer is bought, not given up', async () => {
    rig.sandbox.setFaults(['purchase:cut-after:1', 'details:504:1']);
    const { id } = await rig.begin(2);
    expect((await rig.ended(id)).counts.unknown).toBe(1);
    rig.sandbox.setFaults([]);
    await rig.app.call('orders.stop', { id });
    expect((await rig.ended(id)).counts).toMatchObject({ bought: 1, refused: 1 });
    expect(purchases()).toBe(1);
  });
});

/** Every number of the cart may have been bought elsewhere, as after a backup. */
async function doubtCart(): Promise<void> {
  await rig.quit();
  const file = path.join(rig.folder.path, 'accounts', rig.account.id, 'journal.db');
  const database = new DatabaseSync(file);
  database.exec('UPDATE cart SET doubt = 1');
  database.close();
  await rig.launch();
  await rig.app.status((status) => status.completedAt !== null);
}

describe('numbers that may have been bought elsewhere', () => {
  test('are looked up when their order is stopped, and the order ends', async () => {
    await rig.fillCart(6);
    await doubtCart();
    rig.sandbox.setFaults(['details:latency:1:100']);
    const { id } = await rig.buy();
    await rig.app.call('orders.stop', { id });
    const ended = await rig.ended(id);
    expect([ended.phase, ended.counts.refused, ended.counts.unknown]).toEqual(['done', 6, 0]);
    expect(purchases()).toBe(0);
  });

  test('wait when they cannot be looked up', async () => {
    const numbers = await rig.fillCart(3);
    await doubtCart();
    rig.sandbox.setFaults(['details:429:1:600']);
    const { id } = await rig.buy();
    await until(
      () => Promise.resolve(numbers.flatMap((number) => rig.asked(number))),
      (asked) => asked.some((one) => one.startsWith('details')),
    );
    await rig.app.call('orders.stop', { id });
    const ended = await rig.ended(id);
    expect([ended.phase, ended.counts.unknown, ended.stopped]).toEqual(['paused', 3, true]);
    expect(waitWords(ended.waiting)).toMatch('looked up when you resume');
  });
});

test('routes that somebody set while the order was paused are read first, and left alone', async () => {
  rig.sandbox.setFaults(['details:latency:1:500']);
  const { id, numbers } = await rig.begin(1, { primary: 'sbc-east', failover: 'fax' });
  await until(
    () => rig.order(id),
    ({ counts }) => counts.bought === 1,
  );
  await rig.app.call('orders.pause', { id });
  const waiting = await rig.ended(id, ['paused']);
  expect(waiting.items[0]?.routes).toBe('planned');
  rig.sandbox.setFaults([]);
  const { account } = rig.sandbox;
  account.setPair(account.find(numbers[0] ?? ''), 'fax', 'fax');
  await rig.app.call('orders.resume', { id });
  const [item] = (await rig.ended(id, ['done'])).items;
  expect([item?.routes, item?.reason]).toEqual(['failed', { code: 'routes-elsewhere', detail: null }]);
});

test('a purchase that the carrier shows late is corrected by the next sync, with its cost', async () => {
  // Bought, but the answer is lost, the number stays hidden for a while, and a second try is refused.
  rig.sandbox.setFaults(['purchase:cut-after:1', 'details:404:1']);
  const { id, numbers } = await rig.begin(1);
  await expect.poll(purchases, { timeout: 5_000 }).toBe(1);
  rig.sandbox.setFaults(['details:404:1']);
  const first = await rig.ended(id);
  expect(first.counts.bought).toBe(0);
  expect(purchases()).toBe(1);
  rig.sandbox.setFaults([]);
  const before = (await rig.app.status(() => true)).completedAt ?? 0;
  await rig.app.call('sync.start', {});
  await rig.app.status((status) => (status.completedAt ?? 0) > before);
  await expect.poll(async () => (await rig.order(id)).counts.bought).toBe(1);
  const view = await rig.order(id);
  expect(view.spent).toBe(view.items[0]?.setup);
  const sort = { column: 'number', direction: 'asc' } as const;
  const shown = await rig.app.call('numbers.query', { text: numbers[0] ?? '', sort, offset: 0, limit: 1 });
  expect(shown.rows[0]?.monthly).toBe(view.items[0]?.monthly);
  expect(purchases()).toBe(1);
}, 90_000);

test('a refusal that is about the account stops at once, an unknown one at the second, and nothing more is sent', async () => {
  rig.sandbox.setFaults(['purchase:403:1']);
  const { id } = await rig.begin(4);
  const stopped = await rig.ended(id);
  expect([stopped.phase, stopped.counts.planned, stopped.counts.refused]).toEqual(['paused', 4, 0]);
  rig.sandbox.setFaults(['purchase:400:1']);
  await rig.app.call('orders.resume', { id });
  const asked = await rig.ended(id);
  expect([asked.phase, asked.counts.refused, asked.counts.planned]).toEqual(['paused', 2, 2]);
  expect(waitWords(asked.waiting)).toMatch(/2 numbers in a row were refused/);
  rig.sandbox.setFaults([]);
  await rig.app.call('orders.resume', { id });
  expect((await rig.ended(id)).counts.bought).toBe(2);
});

test('a number of an order that waits can be neither carted nor ordered again', async () => {
  rig.sandbox.setFaults(['purchase:403:1']);
  const { id, numbers } = await rig.begin(1);
  await rig.ended(id);
  await rig.search();
  const { added, cart } = await rig.app.call('cart.add', { numbers });
  expect([added, cart.count]).toEqual([0, 0]);
});

test('two windows that resume and buy at the same moment run one order', async () => {
  rig.sandbox.setFaults(['purchase:403:1']);
  const { id } = await rig.begin(3);
  await rig.ended(id);
  rig.sandbox.setFaults(['purchase:latency:1:100']);
  const both = await Promise.allSettled([
    rig.app.call('orders.resume', { id }),
    rig.app.call('orders.resume', { id }),
  ]);
  expect(both.filter((one) => one.status === 'fulfilled').length).toBeGreaterThanOrEqual(1);
  expect((await rig.ended(id)).counts.bought).toBe(3);
  expect(purchases()).toBe(3);
});

test('an outage while routes are set leaves them to be set, and the order says so', async () => {
  rig.sandbox.setFaults(['setRoutes:503:1']);
  const { id } = await rig.begin(1, { primary: 'sbc-east', failover: 'fax' });
  const waiting = await rig.ended(id);
  expect([waiting.phase, waiting.items[0]?.routes]).toEqual(['paused', 'planned']);
  rig.sandbox.setFaults([]);
  await rig.app.call('orders.resume', { id });
  expect((await rig.ended(id)).items[0]?.routes).toBe('set');
}, 90_000);
