import { expect, test } from 'vitest';
import { BuyRig, until } from './buy-rig.ts';
import { PlanRig } from './plan-rig.ts';

const rig = new PlanRig();
const sort = { column: 'name', direction: 'asc' } as const;

test('a creation that has to wait looks at the list again before it is sent: a live route is never overwritten', async () => {
  const [number = ''] = await rig.numbers(1);
  rig.sandbox.setFaults(['listRoutes:latency:1:600', 'details:429:1:5']);
  const asked = rig.sandbox.comes('listRoutes');
  const made = rig.app
    .call('routes.create', { name: 'new-pbx', type: 'HOST', value: 'mine.example.com' })
    .catch((thrown: unknown) => thrown);
  await asked;
  // The answer to this makes everybody wait, just after the list was read.
  void rig.app.call('numbers.details', { number }).catch(() => undefined);
  await until(
    () => Promise.resolve(rig.sandbox.calls().map(({ operation, outcome }) => `${operation} ${outcome}`)),
    (calls) => calls.includes('details 429') && calls.at(-1) === 'listRoutes 200',
  );
  rig.sandbox.setFaults([]);
  const live = { type: 'HOST', value: 'live.example.com' } as const;
  rig.sandbox.account.routes.set('new-pbx', live);
  expect(await made).toMatchObject({ code: 'rejected' });
  expect(rig.sandbox.account.routes.get('new-pbx')).toEqual(live);
});

test('a creation for which the carrier asks too much patience is given up unsent', async () => {
  await rig.restart({ patienceMs: 3_000 });
  rig.sandbox.setFaults(['createRoute:429:1:600']);
  const create = (name: string) =>
    rig.app.call('routes.create', { name, type: 'HOST', value: 'a.example.com' });
  await expect(create('first')).rejects.toMatchObject({ code: 'rate-limited' });
  rig.sandbox.setFaults([]);
  // The list cannot be asked for either: nobody waits ten minutes in front of a form.
  await expect(create('second')).rejects.toMatchObject({ code: 'rate-limited' });
  expect([...rig.sandbox.account.routes.keys()]).not.toContain('second');
  // Nor for anything else that somebody looks at.
  const [number = ''] = await rig.numbers(1);
  const { error } = await rig.app.call('numbers.details', { number });
  expect(error).toMatchObject({
    code: 'rate-limited',
    message: expect.stringMatching(/^The carrier asks to wait until \d/) as string,
  });
}, 40_000);

test('one number only: the same number on both sides is one, two numbers on one side each are two', async () => {
  await rig.app.call('routes.create', { name: 'shared', type: 'HOST', value: 'a.example.com' });
  await rig.app.call('routes.create', { name: 'own', type: 'HOST', value: 'b.example.com' });
  const [a = '', b = '', c = ''] = await rig.numbers(3, '-primary:shared');
  const set = async (number: string, primary: string | null, failover: string | null) => {
    const to = (route: string | null) => (route === null ? ('keep' as const) : { route });
    const change = { primary: to(primary), failover: to(failover) };
    await rig.apply((await rig.draft({ kind: 'numbers', numbers: [number], change })).id);
  };
  await set(a, 'shared', null);
  await set(b, null, 'shared');
  await set(c, 'own', 'own');
  const window = await rig.app.call('routes.window', { text: 'used:once', sort, offset: 0, limit: 100 });
  const names = window.rows.map((row) => row.label);
  expect(names).toContain('own');
  expect(names).not.toContain('shared');
});

test('plans of two accounts never have the same number', async () => {
  const [number = ''] = await rig.numbers(1);
  const change = { primary: { route: 'sip-reg' }, failover: { route: 'sip-reg' } } as const;
  const { id } = await rig.draft({ kind: 'numbers', numbers: [number], change });
  const other = await BuyRig.start({ seed: 5 });
  const { rows } = await other.app.call('numbers.query', {
    ...{ text: '', offset: 0, limit: 1 },
    sort: { column: 'number', direction: 'asc' },
  });
  const source = { kind: 'numbers' as const, numbers: [rows[0]?.number ?? ''], change };
  const theirs = await other.app.call('plans.draft', { source });
  await other.close();
  expect(theirs.id).not.toBe(id);
});

test.each(['resume', 'stop'] as const)(
  'an order that waits to set routes leaves a later choice alone: %s',
  async (how) => {
    const buying = await BuyRig.start();
    buying.sandbox.setFaults(['setRoutes:503:1']);
    const { id, numbers } = await buying.begin(1, { primary: 'sbc-west', failover: 'sip-reg' });
    const [number = ''] = numbers;
    await buying.ended(id, ['paused']);
    buying.sandbox.setFaults([]);
    await buying.sync();
    const change = { primary: { route: 'sbc-east' }, failover: { route: 'sip-reg' } } as const;
    const source = { kind: 'numbers' as const, numbers: [number], change };
    const plan = await buying.app.call('plans.draft', { source });
    const get = () => buying.app.call('plans.get', { id: plan.id });
    await until(get, (view) => view.checkedAt !== null);
    await buying.app.applyPlan(plan.id);
    await until(get, (view) => view.phase === 'done');
    await buying.app.call(`orders.${how}`, { id });
    const order = await buying.ended(id, ['done']);
    const { account } = buying.sandbox;
    expect(account.pairAt(account.find(number))).toEqual(['sbc-east', 'sip-reg']);
    expect([order.unset, order.items[0]?.reason?.code]).toEqual([1, 'routes-elsewhere']);
    await buying.close();
  },
  30_000,
);
