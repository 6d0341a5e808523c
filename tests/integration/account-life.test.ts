import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OrderSummary } from '../../src-main/contract/buying.ts';
import { failure } from '../../src-main/contract/errors.ts';
import { startSandbox, type Sandbox } from '../../src-main/sandbox/server.ts';
import { BuyRig, pause, until } from './buy-rig.ts';

let rig: BuyRig;
let other: Sandbox;

beforeEach(async () => {
  rig = await BuyRig.start();
  other = await startSandbox({ owned: 30, seed: 9, accessKey: '90009', secretKey: 'x' });
});
afterEach(async () => {
  await rig.close();
  await other.close();
});

/** Calls once, at the first event of an order that is as wanted. */
function atOrder(wanted: (order: OrderSummary) => boolean, act: () => void): void {
  let done = false;
  rig.app.application.subscribe((event, payload) => {
    if (done || event !== 'orders' || !wanted(payload as OrderSummary)) return;
    done = true;
    act();
  });
}

describe('an account that is left while an order ends', () => {
  test.each([0, 1, 2, 4])(
    '%i ms after the last number: nothing hangs, nothing is in the wrong log',
    async (ms) => {
      const { id: b } = await rig.signIn(other, 'B');
      await rig.switchTo(rig.account.id);
      await rig.fillCart(1);
      let switched: Promise<unknown> = Promise.resolve();
      const begun = Promise.withResolvers<undefined>();
      atOrder(
        (order) => order.counts.bought === 1,
        () => {
          switched = pause(ms).then(() => rig.app.call('accounts.switch', { id: b }));
          begun.resolve(undefined);
        },
      );
      await rig.buy();
      await begun.promise;
      await switched;
      expect((await rig.app.call('accounts.get', {})).currentId).toBe(b);
      expect(await rig.activity('kind:order')).toEqual([]);
      await rig.switchTo(rig.account.id);
      const [order] = (await rig.app.call('orders.list', { offset: 0, limit: 99 })).orders;
      expect(order?.counts.bought).toBe(1);
      // What has ended says so, and what waits does not.
      expect((await rig.activity('is done')).map((text) => text.includes('1 bought'))).toEqual(
        order?.phase === 'done' ? [true] : [],
      );
    },
  );

  test('quitting as it ends keeps what was written down', async () => {
    await rig.fillCart(1);
    const begun = Promise.withResolvers<undefined>();
    let closed: Promise<unknown> = Promise.resolve();
    atOrder(
      (order) => order.phase === 'done',
      () => {
        closed = rig.quit();
        begun.resolve(undefined);
      },
    );
    const { id } = await rig.buy();
    await begun.promise;
    await closed;
    await rig.launch();
    expect((await rig.order(id)).phase).toBe('done');
    expect(await rig.activity('is done')).toEqual([expect.stringContaining('1 bought')]);
  });

  test('what happens in it is not told to a window that shows another', async () => {
    const { id: b } = await rig.signIn(other, 'B');
    await rig.switchTo(rig.account.id);
    await rig.fillCart(3);
    rig.sandbox.setFaults(['purchase:latency:1:300']);
    const sending = Promise.withResolvers<undefined>();
    atOrder(
      (order) => order.counts.sending === 1,
      () => {
        sending.resolve(undefined);
      },
    );
    await rig.buy();
    await sending.promise;
    await rig.app.call('accounts.switch', { id: b });
    const from = rig.app.told.length;
    await rig.app.status((status) => status.completedAt !== null);
    // Time for the purchase that was on its way, whose answer must be told to nobody.
    await pause(300);
    const events = rig.app.told.slice(from).map((text) => (JSON.parse(text) as { event?: string }).event);
    expect(events.filter((event) => ['orders', 'cart', 'find', 'plans'].includes(event ?? ''))).toEqual([]);
    expect(await rig.activity('Order')).toEqual([]);
  });
});

describe('signing out', () => {
  test('deletes the list only; the same keys find the orders and what was learned again', async () => {
    await rig.fillCart(2);
    const { id } = await rig.buy();
    await rig.ended(id, ['done']);
    const file = (name: string) => path.join(rig.folder.path, 'accounts', rig.account.id, name);
    await rig.app.call('accounts.signOut', { id: rig.account.id, deleteCache: true });
    expect([existsSync(file('numbers.db')), existsSync(file('journal.db'))]).toEqual([false, true]);
    const again = await rig.signIn();
    expect(again.id).toBe(rig.account.id);
    expect((await rig.app.call('orders.list', { offset: 0, limit: 99 })).orders).toMatchObject([
      { id, counts: { bought: 2 } },
    ]);
    const sort = { column: 'number', direction: 'asc' } as const;
    const { cost } = await rig.app.call('numbers.query', { text: '', sort, offset: 0, limit: 0 });
    expect(cost.known).toBe(2);
    expect(await rig.activity('Signed out')).toHaveLength(1);
  });

  test('other keys are another account, and deleting everything forgets the former ones', async () => {
    await rig.app.call('accounts.signOut', { id: rig.account.id, deleteCache: false });
    const b = await rig.signIn(other, 'B');
    expect(b.id).not.toBe(rig.account.id);
    const file = path.join(rig.folder.path, 'accounts.json');
    expect(readFileSync(file, 'utf8')).toContain(rig.account.id);
    await rig.app.call('app.deleteEverything', { confirm: 'delete' });
    expect(readFileSync(file, 'utf8')).not.toContain(rig.account.id);
    expect(existsSync(path.join(rig.folder.path, 'accounts'))).toBe(false);
  });

  test('deleting everything when the keychain refuses the second key: done again, nothing is left', async () => {
    const b = await rig.signIn(other, 'B');
    const remove = rig.keychain.delete.bind(rig.keychain);
    rig.keychain.delete = (id) =>
      id === b.id ? Promise.reject(failure('keychain', 'It is locked.', 'Unlock it.')) : remove(id);
    const deleted = () => rig.app.call('app.deleteEverything', { confirm: 'delete' });
    await expect(deleted()).rejects.toMatchObject({
      code: 'keychain',
      message: expect.stringMatching(/Still in the keychain: the keys of B\..*Nothing else was deleted/),
    });
    const { accounts, currentId } = await rig.app.call('accounts.get', {});
    expect(accounts).toHaveLength(2);
    const sort = { column: 'number', direction: 'asc' } as const;
    const { total } = await rig.app.call('numbers.query', { text: '', sort, offset: 0, limit: 0 });
    expect([total, currentId]).toEqual([30, b.id]);
    rig.keychain.delete = remove;
    expect(await deleted()).toMatchObject({ accounts: [], currentId: null });
    expect(rig.keychain.kept.size).toBe(0);
    const left = readdirSync(rig.folder.path).filter(
      (name) => !/^(accounts|settings)\.json|^in-use/.test(name),
    );
    expect(left.filter((name) => name !== 'logs')).toEqual([]);
  });

  test('during an order what is on its way ends with the keys it began with', async () => {
    await rig.fillCart(2);
    rig.sandbox.setFaults(['purchase:latency:1:200']);
    const sending = Promise.withResolvers<undefined>();
    atOrder(
      (order) => order.counts.sending === 1,
      () => {
        sending.resolve(undefined);
      },
    );
    const { id } = await rig.buy();
    await sending.promise;
    await rig.app.call('accounts.signOut', { id: rig.account.id, deleteCache: true });
    await rig.signIn();
    const order = await rig.order(id);
    expect(order).toMatchObject({ phase: 'paused', counts: { bought: 1, planned: 1, unknown: 0 } });
    expect(rig.bought()).toHaveLength(1);
  });
});

test('the account that is open is not opened again by choosing it', async () => {
  await rig.search();
  await rig.app.call('accounts.switch', { id: rig.account.id });
  // A search belongs to the opened account: one that was opened anew would not know it.
  expect((await rig.window()).status.phase).toBe('done');
});

test('a failed sign-in is written down, in the next account that opens when none was open', async () => {
  await rig.app.call('accounts.signOut', { id: rig.account.id, deleteCache: false });
  const { accessKey, url: baseUrl } = rig.sandbox;
  const wrong = { label: 'X', accessKey, secretKey: 'no', baseUrl, remember: 'session' } as const;
  await expect(rig.app.call('accounts.signIn', wrong)).rejects.toMatchObject({ code: 'wrong-keys' });
  await rig.signIn();
  await until(
    () => rig.activity('A sign-in failed'),
    (found) => found.length === 1,
  );
});

test('routes that could not be listed at the start are listed after the next sync', async () => {
  await rig.quit();
  rig.sandbox.account.routes.set('new', { type: 'HOST', value: '1.2.3.4' });
  rig.sandbox.setFaults(['listRoutes:500:1']);
  await rig.launch();
  await until(
    async () => rig.sandbox.ledger().calls['listRoutes 500'] ?? 0,
    (count) => count >= 5,
  );
  rig.sandbox.setFaults([]);
  await rig.app.call('sync.start', {});
  const question = { text: 'new', offset: 0, limit: 10 } as const;
  const sort = { column: 'name', direction: 'asc' } as const;
  await until(
    () => rig.app.call('routes.window', { ...question, sort }),
    (window) => window.matching === 1,
  );
});

describe('other keys of an account where something waits', () => {
  const order = async () => {
    rig.sandbox.setFaults(['purchase:403:1']);
    await rig.ended((await rig.begin(1)).id, ['paused']);
  };
  const change = async () => {
    const sort = { column: 'number', direction: 'asc' } as const;
    const { numbers } = await rig.app.call('numbers.matching', { text: '-primary:sbc-east', sort, limit: 1 });
    const to = { primary: { route: 'sbc-east' }, failover: 'keep' } as const;
    const source = { kind: 'numbers' as const, numbers: [...numbers], change: to };
    const { id } = await rig.app.call('plans.draft', { source });
    const plan = () => rig.app.call('plans.get', { id });
    await until(plan, ({ checkedAt, checking }) => checkedAt !== null && checking === null);
    rig.sandbox.setFaults(['setRoutes:403:1']);
    await rig.app.applyPlan(id);
    await until(plan, ({ phase }) => phase === 'paused');
  };
  /** The carrier with another pair of keys, at the same address. */
  async function withKeys(accessKey: string, seed: number): Promise<Sandbox> {
    await rig.sandbox.close();
    const port = Number(new URL(rig.sandbox.url).port);
    return startSandbox({ port, owned: 40, available: 4000, routes: 6, seed, accessKey, secretKey: 'x' });
  }
  const replace = (accessKey: string) => {
    const keys = { id: rig.account.id, accessKey, secretKey: 'x', remember: 'session' } as const;
    return rig.app.call('accounts.replaceKeys', keys);
  };
  const known = async () => (await rig.app.call('accounts.get', {})).accounts.map((one) => one.accessKey);

  test.each([
    ['an order', 'Order 1', order],
    ['a change of routes', 'Change 1', change],
  ])('%s: those of another account are refused, those of the same one are taken', async (_, name, wait) => {
    await wait();
    const stranger = await withKeys('90009', 77);
    await expect(replace('90009')).rejects.toMatchObject({
      code: 'rejected',
      message: expect.stringContaining(`${name} would go on there`) as string,
    });
    expect(await known()).toEqual([rig.sandbox.accessKey]);
    const operations = stranger.calls().map(({ operation }) => operation);
    expect(operations.filter((operation) => /purchase|setRoutes/.test(operation))).toEqual([]);
    await stranger.close();
    const own = await withKeys('90010', 21);
    await replace('90010');
    expect(await known()).toEqual(['90010']);
    await own.close();
  });

  test('where nothing waits they are taken, and what was reviewed before is not bought with them', async () => {
    await rig.fillCart(1);
    const { token } = await rig.app.call('orders.review', {});
    const stranger = await withKeys('90009', 77);
    await replace('90009');
    expect(await known()).toEqual(['90009']);
    const late = rig.app.call('orders.buy', { token, typedCount: null, routes: null });
    await expect(late).rejects.toMatchObject({ code: 'rejected' });
    expect(stranger.calls().filter(({ operation }) => operation === 'purchase')).toEqual([]);
    await stranger.close();
  });
});
