import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../src-main/contract/errors.ts';
import { startSandbox } from '../../src-main/sandbox/server.ts';
import { startApplication } from './app-rig.ts';
import { BuyRig, pause, toSet, until } from './buy-rig.ts';

let rig: BuyRig;

beforeEach(async () => {
  rig = await BuyRig.start({ owned: 20, available: 2000 });
});
afterEach(() => rig.close());

/** An order whose next request has to wait ten minutes, because the carrier asked for it. */
async function heldUp(): Promise<number> {
  rig.sandbox.setFaults(['purchase:429:1:600']);
  const { id } = await rig.begin(3);
  await until(
    () => Promise.resolve(rig.sandbox.calls()),
    (calls) => calls.some((call) => call.outcome === 429),
  );
  // The answer is on its way by then; the order that waits for its turn has said nothing that could be waited for.
  await pause(50);
  return id;
}
/** What does not wait for the carrier's ten minutes is there long before them, also on a machine that is busy. */
async function soon<T>(work: Promise<T>): Promise<T> {
  const late = pause(40_000).then(() => Promise.reject(new Error('it waited for the carrier')));
  return Promise.race([work, late]);
}

describe('while the carrier asks for ten minutes of peace', () => {
  test('a pause is one at once, and what was not sent counts as not sent', async () => {
    const id = await heldUp();
    await rig.app.call('orders.pause', { id });
    const paused = await soon(rig.ended(id, ['paused']));
    expect(paused.counts).toMatchObject({ planned: 3, unknown: 0 });
    expect(await rig.activity('was paused kind:order')).toHaveLength(1);
  });

  test('a stop is one at once', async () => {
    const id = await heldUp();
    await rig.app.call('orders.stop', { id });
    expect((await soon(rig.ended(id, ['done']))).counts.refused).toBe(3);
  });

  test('quitting waits for nothing, and the order goes on from there', async () => {
    const id = await heldUp();
    await soon(rig.quit());
    rig.sandbox.setFaults([]);
    await rig.launch();
    await rig.app.status((status) => status.completedAt !== null);
    await rig.app.call('orders.resume', { id });
    expect((await rig.ended(id, ['done'])).counts.bought).toBe(3);
  });

  test('another account is there at once', async () => {
    await heldUp();
    const other = await startSandbox({ owned: 5, seed: 9, accessKey: '90009', secretKey: 'x' });
    await soon(rig.signIn(other, 'B'));
    await rig.quit();
    await other.close();
  });
});

describe('while questions have to wait ten minutes', () => {
  test('after a purchase: pause, stop and quit are heard', async () => {
    // In more lanes the others may be bought before the question is asked.
    await rig.quit();
    await rig.launch({ lanes: 1 });
    await rig.app.status((status) => status.completedAt !== null);
    await rig.fillCart(3);
    const { token } = await rig.app.call('orders.review', {});
    rig.sandbox.setFaults(['details:429:1:600']);
    const asked = rig.sandbox.comes('details');
    const { id } = await rig.app.call('orders.buy', { token, typedCount: null, routes: null });
    await asked;
    await rig.app.call('orders.pause', { id });
    expect((await soon(rig.ended(id, ['paused']))).counts).toMatchObject({ bought: 1, planned: 2 });
    await soon(rig.app.call('orders.stop', { id }));
    expect((await soon(rig.ended(id, ['done']))).counts).toMatchObject({ bought: 1, refused: 2 });
    await soon(rig.quit());
  });

  test('after a crash: a stop is heard, and what the list shows by then is settled by it', async () => {
    rig.sandbox.setFaults(['purchase:cut-after:1', 'details:504:1']);
    const { id } = await rig.begin(2);
    await rig.ended(id, ['paused']);
    await rig.quit();
    // Only this question waits: the list is read once more by then and shows what was bought.
    rig.sandbox.setFaults(['details:latency:1:600000']);
    await rig.launch({ patienceMs: 4_000 });
    await rig.sync();
    await soon(rig.app.call('orders.stop', { id }));
    const ended = await soon(rig.ended(id, ['done']));
    expect(ended.counts).toMatchObject({ bought: 1, refused: 1, unknown: 0 });
  });

  test('routes that cannot be checked in time buy nothing', async () => {
    await rig.quit();
    await rig.launch({ patienceMs: 1_500 });
    await rig.app.status((status) => status.completedAt !== null);
    await rig.fillCart(1);
    const { token } = await rig.app.call('orders.review', {});
    rig.sandbox.setFaults(['listRoutes:429:1:600']);
    const routes = toSet({ primary: 'made-elsewhere', failover: 'sip-reg' });
    const late = rig.app.call('orders.buy', { token, typedCount: null, routes });
    await expect(soon(late)).rejects.toMatchObject({ code: 'rate-limited' });
    expect(rig.bought()).toEqual([]);
    expect((await rig.app.call('cart.get', {})).count).toBe(1);
  });
});

test('a stop in the very moment an order ends leaves it ended', async () => {
  const { rows } = await rig.search('2');
  for (let round = 0; round < 25; round += 1) {
    await rig.app.call('cart.add', { numbers: [rows[round]?.number ?? ''] });
    const { id } = await rig.buy();
    const until = performance.now() + 1 + (round % 13);
    while (performance.now() < until) await new Promise((resolve) => setImmediate(resolve));
    await rig.app.call('orders.stop', { id });
    await soon(rig.ended(id, ['done']));
    // Time for what must not come: nothing tells that it does not.
    await pause(20);
    expect((await rig.app.call('orders.get', { id })).phase).toBe('done');
  }
  expect(await rig.app.call('app.busy', {})).toBe(false);
});

test('after a crash an order waits at once, whatever the keychain does', async () => {
  rig.sandbox.setFaults(['purchase:latency:1:300']);
  const { id } = await rig.begin(3);
  const file = path.join(rig.folder.path, 'accounts', rig.account.id, 'journal.db');
  await rig.quit();
  const database = new DatabaseSync(file);
  database.exec("UPDATE purchase_order SET phase = 'running'");
  database.close();
  rig.keychain.get = () => Promise.withResolvers<string | null>().promise;
  await rig.launch();
  expect((await rig.app.call('orders.get', { id })).phase).toBe('paused');
  expect(await rig.app.call('app.busy', {})).toBe(false);
});

test('resuming in the very moment an order comes to rest is heard', async () => {
  rig.sandbox.setFaults(['purchase:403:1']);
  const { id } = await rig.begin(1);
  await rig.ended(id, ['paused']);
  for (let round = 0; round < 5; round += 1) {
    // Not even one step later: the run that ends may still be writing.
    const resumed = Promise.withResolvers<unknown>();
    let heard = false;
    rig.app.application.subscribe((event, payload) => {
      if (event !== 'orders' || heard || (payload as { phase: string }).phase !== 'paused') return;
      heard = true;
      resumed.resolve(rig.app.call('orders.resume', { id }));
    });
    await rig.app.call('orders.resume', { id });
    expect(await resumed.promise).toMatchObject({ phase: 'running' });
    await rig.ended(id, ['paused']);
  }
  rig.sandbox.setFaults([]);
  await rig.app.call('orders.resume', { id });
  expect((await rig.ended(id, ['done'])).counts.bought).toBe(1);
});

test('routes that the account does not have are refused before anything is bought', async () => {
  await rig.fillCart(1);
  const missing = rig.buy({ primary: 'sbc-east', failover: 'nowhere' });
  await expect(missing).rejects.toMatchObject({ code: 'invalid-input' });
  expect(rig.bought()).toEqual([]);
  // The cart is as it was: the person corrects the name and goes on.
  expect((await rig.app.call('cart.get', {})).count).toBe(1);
  const { id } = await rig.buy({ primary: 'sbc-east', failover: 'sip-reg' });
  expect((await rig.ended(id)).items[0]?.routes).toBe('set');
});

test('a second process cannot open the same data folder', async () => {
  const second = await startApplication(rig.folder.path, rig.keychain).catch((thrown: unknown) => thrown);
  expect(second).toBeInstanceOf(Failure);
  expect((second as Failure).message).toContain('running already');
  await rig.quit();
  // And after its end it can.
  await rig.launch();
  expect((await rig.app.call('accounts.get', {})).accounts).toHaveLength(1);
});
