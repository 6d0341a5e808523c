import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AccountView } from '../../src-main/contract/accounts.ts';
import { startSandbox, type Sandbox } from '../../src-main/sandbox/server.ts';
import { BuyRig, until } from './buy-rig.ts';
import type { Events } from '../../src-main/contract/contract.ts';

/** Two accounts whose first order and first change are both called 1, and which wait: what is asked late is of the other one. */
let rig: BuyRig;
let second: Sandbox;
let branch: AccountView;
beforeEach(async () => {
  rig = await BuyRig.start();
  second = await startSandbox({
    owned: 40,
    available: 4000,
    routes: 6,
    seed: 21,
    secretKey: 's',
    accessKey: '80005678',
  });
});
afterEach(async () => {
  await rig.close();
  await second.close();
});

async function pausedOrder(sandbox: Sandbox): Promise<number> {
  sandbox.setFaults(['purchase:403:1']);
  const { id } = await rig.begin(3);
  await rig.ended(id, ['paused']);
  sandbox.setFaults([]);
  return id;
}

async function draft(): Promise<number> {
  const { rows } = await rig.app.call('numbers.query', {
    ...{ text: '', sort: { column: 'number', direction: 'asc' }, offset: 0, limit: 2 },
  });
  const numbers = rows.map((row) => row.number);
  const change = { primary: { route: 'sip-reg' }, failover: 'keep' } as const;
  return (await rig.app.call('plans.draft', { source: { kind: 'numbers', numbers, change } })).id;
}

test('what is asked of an order or a change of the account before finds nothing in this one', async () => {
  const order = await pausedOrder(rig.sandbox);
  const plan = await draft();
  branch = await rig.signIn(second, 'B');
  const here = await pausedOrder(second);
  const planHere = await draft();
  expect(
    (await rig.app.call('orders.list', { offset: 0, limit: 99 })).orders.map(({ ordinal }) => ordinal),
  ).toEqual([1]);
  expect(
    (await rig.app.call('plans.list', { offset: 0, limit: 9 })).plans.map(({ ordinal }) => ordinal),
  ).toEqual([1]);
  expect([order, plan]).not.toContain(here);
  expect([order, plan]).not.toContain(planHere);
  const before = second.calls().length;
  for (const method of [
    'orders.resume',
    'orders.pause',
    'orders.stop',
    'orders.setAside',
    'orders.get',
  ] as const)
    await expect(rig.app.call(method, { id: order }), method).rejects.toMatchObject({ code: 'not-found' });
  for (const method of [
    ...(['plans.get', 'plans.check', 'plans.pause', 'plans.resume', 'plans.stop'] as const),
    ...(['plans.setAside', 'plans.retry', 'plans.discard', 'plans.putBack'] as const),
  ])
    await expect(rig.app.call(method, { id: plan }), method).rejects.toMatchObject({ code: 'not-found' });
  await expect(rig.app.call('plans.apply', { id: plan, revision: 0 })).rejects.toMatchObject({
    code: 'not-found',
  });
  for (const kind of ['undo', 'again'] as const)
    await expect(rig.app.call('plans.draft', { source: { kind, plan } })).rejects.toMatchObject({
      code: 'not-found',
    });
  const of = { id: order, status: null, offset: 0, limit: 9 };
  expect((await rig.app.call('orders.items', of)).items).toEqual([]);
  expect(await rig.app.call('orders.reasons', { id: order })).toEqual([]);
  expect((await rig.app.call('plans.items', { ...of, id: plan })).items).toEqual([]);
  const asked = second.calls().slice(before);
  expect(asked.filter(({ operation }) => operation === 'purchase' || operation === 'setRoutes')).toEqual([]);
  expect((await rig.order(here)).phase).toBe('paused');
  // Back in its own account it is all there.
  await rig.switchTo(rig.account.id);
  expect((await rig.order(order)).counts.planned).toBe(3);
  await expect(rig.app.call('orders.resume', { id: here })).rejects.toMatchObject({ code: 'not-found' });
  expect(rig.bought()).toEqual([]);
  expect(branch.id).not.toBe(rig.account.id);
});

test('orders and changes are called by their place in the account, and an undo by what it undoes', async () => {
  const first = await rig.begin(1);
  await rig.ended(first.id);
  const next = await rig.begin(1);
  await rig.ended(next.id);
  expect(
    (await rig.app.call('orders.list', { offset: 0, limit: 99 })).orders.map(({ ordinal }) => ordinal),
  ).toEqual([2, 1]);
  expect((await rig.activity('Order')).map((text) => text.slice(0, 7))).toEqual([
    ...['Order 2', 'Order 2', 'Order 1', 'Order 1'],
  ]);
  const forgotten = await draft();
  const { ordinal } = await rig.app.call('plans.get', { id: forgotten });
  expect(ordinal).toBe(1);
  await rig.app.call('plans.discard', { id: forgotten });
  expect((await rig.app.call('plans.get', { id: await draft() })).ordinal).toBe(1);
});

test('an order that runs while its account is left is told to the desktop to its end, and to no window', async () => {
  rig.sandbox.setFaults(['purchase:latency:1:400']);
  const { id } = await rig.begin(40);
  await until(
    () => rig.app.call('orders.get', { id }),
    (order) => order.counts.sending > 0,
  );
  const jobs: Events['jobs'][] = [];
  const orders: Events['orders'][] = [];
  rig.app.application.subscribe((event, payload) => {
    if (event === 'jobs') jobs.push(payload as Events['jobs']);
    if (event === 'orders') orders.push(payload as Events['orders']);
  });
  await rig.signIn(second, 'B');
  const of = jobs.filter(({ accountId }) => accountId === rig.account.id);
  expect(of.findLast(({ order }) => order)).toMatchObject({ left: true, order: { id, phase: 'paused' } });
  expect(of.at(-1)).toMatchObject({ closed: true, left: true });
  expect(orders.filter((order) => order.phase === 'paused')).toEqual([]);
  // Opened again, the desktop is told of what waits there.
  jobs.length = 0;
  await rig.switchTo(rig.account.id);
  await until(
    () => Promise.resolve(jobs.filter(({ order }) => order?.id === id && order.phase === 'paused')),
    (told) => told.length > 0,
  );
});
