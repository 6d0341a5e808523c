import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AccountView } from '../../src-main/contract/accounts.ts';
import { BuyRig, until } from './buy-rig.ts';

const sort = { column: 'number', direction: 'asc' } as const;
const other = { accessKey: '80009999', secretKey: 'canary-other' };
let rig: BuyRig;

beforeEach(async () => {
  rig = await BuyRig.start({ owned: 40, otherKeys: [other] });
  // An account whose routes were never listed is not compared.
  await rig.app.call('routes.refresh', {});
});
afterEach(async () => {
  await rig.close();
});

const accounts = async () => (await rig.app.call('accounts.get', {})).accounts;
/** The same account again, with its other key. */
async function signInAgain(api: 'v1' | 'v2' = 'v1'): Promise<AccountView> {
  rig.api = api;
  return rig.signIn({ ...rig.sandbox, ...other }, 'B');
}
/** Resolves once both are said to seem one. */
const seemOne = () =>
  until(accounts, (all) => all.length === 2 && all.every(({ sameAs }) => sameAs !== null));

async function pausedOrder(): Promise<number> {
  rig.sandbox.setFaults(['purchase:403:1']);
  const { id } = await rig.begin(2);
  await rig.ended(id, ['paused']);
  rig.sandbox.setFaults([]);
  return id;
}

test.each(['v1', 'v2'] as const)(
  'two keys of one account are found by what they show, with %s too',
  async (api) => {
    const b = await signInAgain(api);
    const [first, second] = await seemOne();
    expect([first?.sameAs, second?.sameAs]).toEqual([
      { id: b.id, label: 'B' },
      { id: rig.account.id, label: 'A' },
    ]);
    expect(rig.app.told.filter((text) => text.includes(other.secretKey))).toEqual([]);
  },
);

test('until somebody has said what they are, one of them waits for what the other has not finished', async () => {
  const order = await pausedOrder();
  const b = await signInAgain();
  await seemOne();
  await rig.fillCart(1);
  await expect(rig.buy()).rejects.toMatchObject({
    ...{
      code: 'rejected',
      error: { message: expect.stringMatching(/^Order 1 of A is not finished/) as string },
    },
  });
  const { numbers } = await rig.app.call('numbers.matching', { text: '', sort, limit: 3 });
  const change = { primary: { route: 'sip-reg' }, failover: 'keep' } as const;
  const plan = await rig.app.call('plans.draft', {
    source: { kind: 'numbers', numbers: [...numbers], change },
  });
  await until(
    () => rig.app.call('plans.get', { id: plan.id }),
    ({ checkedAt }) => checkedAt !== null,
  );
  await expect(rig.app.applyPlan(plan.id)).rejects.toMatchObject({ code: 'rejected' });
  expect(rig.bought()).toEqual([]);
  // Once the order is ended there, this one goes on.
  await rig.switchTo(rig.account.id);
  await rig.app.call('orders.stop', { id: order });
  await rig.ended(order, ['done']);
  await rig.switchTo(b.id);
  const bought = await rig.buy();
  await rig.ended(bought.id, ['done']);
  expect(rig.bought()).toHaveLength(1);
});

test('two accounts, as somebody says, are never asked about again and do not wait for each other', async () => {
  await pausedOrder();
  const b = await signInAgain();
  await seemOne();
  await rig.app.call('accounts.tellApart', { id: b.id, other: rig.account.id });
  expect((await accounts()).map(({ sameAs }) => sameAs)).toEqual([null, null]);
  await rig.sync();
  await rig.quit();
  await rig.launch();
  await rig.app.status((status) => status.completedAt !== null);
  await rig.sync();
  expect((await accounts()).map(({ sameAs }) => sameAs)).toEqual([null, null]);
  await rig.fillCart(1);
  const { id } = await rig.buy();
  await rig.ended(id, ['done']);
});

test.each(['v1', 'v2'] as const)('joined, one account has the records of both (%s)', async (api) => {
  const first = await rig.begin(2);
  await rig.ended(first.id, ['done']);
  const tag = (numbers: readonly string[], name: string) =>
    rig.app.call('tags.change', {
      source: { kind: 'numbers', numbers: [...numbers] },
      add: [name],
      remove: [],
    });
  await tag(first.numbers, 'ours');
  const b = await signInAgain(api);
  await seemOne();
  const { numbers } = await rig.app.call('numbers.matching', { text: '', sort, limit: 4 });
  await tag(numbers, 'theirs');
  const change = { primary: { route: 'sbc-east' }, failover: { route: 'main-office' } } as const;
  const before = numbers.map((number) => rig.sandbox.account.pairAt(rig.sandbox.account.find(number)));
  const plan = await rig.app.call('plans.draft', {
    source: { kind: 'numbers', numbers: [...numbers], change },
  });
  await until(
    () => rig.app.call('plans.get', { id: plan.id }),
    ({ checkedAt }) => checkedAt !== null,
  );
  await rig.app.applyPlan(plan.id);
  await until(
    () => rig.app.call('plans.get', { id: plan.id }),
    ({ phase }) => phase === 'done',
  );

  const view = await rig.app.call('accounts.join', { id: b.id, keep: rig.account.id });
  expect(view.accounts).toMatchObject([{ id: rig.account.id, kind: 'flowroute-v1', sameAs: null }]);
  expect(view.currentId).toBe(rig.account.id);
  expect([...rig.keychain.kept.values()]).toEqual(['s']);
  await rig.app.status((status) => status.completedAt !== null);
  const count = async (text: string) =>
    (await rig.app.call('numbers.query', { text, sort, offset: 0, limit: 0 })).matching;
  // Tags are shown a moment after the list.
  await until(
    async () => [await count('tag:ours'), await count('tag:theirs')],
    ([ours, theirs]) => ours === 2 && theirs === 4,
  );
  expect((await rig.app.call('orders.list', { offset: 0, limit: 9 })).orders).toHaveLength(1);
  expect(await rig.activity('joined')).toHaveLength(1);
  // The change that was made with the other key is undone with this one.
  const undo = await rig.app.call('plans.draft', { source: { kind: 'undo', plan: plan.id } });
  await until(
    () => rig.app.call('plans.get', { id: undo.id }),
    ({ checkedAt }) => checkedAt !== null,
  );
  await rig.app.applyPlan(undo.id);
  await until(
    () => rig.app.call('plans.get', { id: undo.id }),
    ({ phase }) => phase === 'done',
  );
  expect(numbers.map((number) => rig.sandbox.account.pairAt(rig.sandbox.account.find(number)))).toEqual(
    before,
  );
});

test('accounts with something open are not joined, nor those that are not known to be one', async () => {
  const order = await pausedOrder();
  const b = await signInAgain();
  await seemOne();
  const join = () => rig.app.call('accounts.join', { id: b.id, keep: rig.account.id });
  await expect(join()).rejects.toMatchObject({
    ...{ code: 'rejected', error: { message: 'Order 1 of A is not finished.' } },
  });
  expect(rig.keychain.kept.size).toBe(2);
  await until(accounts, (all) => all.every(({ id, keys }) => id !== b.id || keys === 'keychain'));
  await rig.switchTo(rig.account.id);
  await rig.app.call('orders.stop', { id: order });
  await rig.ended(order, ['done']);
  // A keychain that refuses: nothing is joined.
  const remove = rig.keychain.delete.bind(rig.keychain);
  rig.keychain.delete = () => Promise.reject(new Error('locked'));
  await expect(join()).rejects.toBeDefined();
  expect(await accounts()).toHaveLength(2);
  rig.keychain.delete = remove;
  expect((await join()).accounts).toHaveLength(1);
});
