import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { numbersOf } from '../../src-main/contract/words.ts';
import { notOverV1 } from '../support/second-carrier.ts';
import { BuyRig, until } from './buy-rig.ts';

let rig: BuyRig;

beforeEach(async () => {
  rig = await BuyRig.start();
});
afterEach(() => rig.close());

describe('the cart', () => {
  test('is there after a restart, with what it cost', async () => {
    const numbers = await rig.fillCart(3);
    const before = await rig.cartItems();
    await rig.quit();
    await rig.launch();
    expect(await rig.cartItems()).toEqual(before);
    expect((await rig.app.call('cart.get', {})).count).toBe(numbers.length);
  });

  test('marks what is gone and what costs something else, first, and counts neither twice', async () => {
    const numbers = await rig.fillCart(4);
    const [, gone = '', dear = ''] = numbers;
    const [before] = (await rig.cartItems()).filter((item) => item.number === dear);
    const written = (cents = 0) => (cents / 100).toFixed(2);
    rig.sandbox.account.sell(gone);
    rig.sandbox.account.reprice(dear, '9.00', '7.25');
    const cart = await rig.app.call('cart.check', {});
    expect(cart).toMatchObject({ count: 4, gone: 1, repriced: 1 });
    const items = await rig.cartItems();
    expect(
      items
        .slice(0, 2)
        .map((item) => item.number)
        .sort(),
    ).toEqual([gone, dear].sort());
    expect(items.find((item) => item.number === dear)).toMatchObject({
      setup: 900,
      monthly: 725,
      was: { setup: before?.setup, monthly: before?.monthly },
    });
    const sum = items.filter((item) => !item.gone).reduce((cents, item) => cents + item.setup, 0);
    expect(cart.setup).toBe(sum);
    // Back at its price, nothing is to be said of it.
    rig.sandbox.account.reprice(dear, written(before?.setup), written(before?.monthly));
    expect((await rig.app.call('cart.check', {})).repriced).toBe(0);
    expect((await rig.app.call('cart.removeGone', {})).count).toBe(3);
  });

  test('a review shows what each number costs today, and leaves out what is gone', async () => {
    const numbers = await rig.fillCart(3);
    const [sold = ''] = numbers;
    rig.sandbox.account.sell(sold);
    const review = await rig.app.call('orders.review', {});
    expect([review.count, review.left, review.owned]).toEqual([2, 1, 0]);
    const { token } = review;
    const { items } = await rig.app.call('orders.reviewItems', { token, offset: 0, limit: 10 });
    expect(items.map((item) => item.number)).toEqual(numbers.slice(1));
    expect((await rig.app.call('cart.get', {})).setup).toBe(review.setup);
  });

  test('a price that changes after a review ends its permission to buy', async () => {
    const [number = ''] = await rig.fillCart(2);
    const { token } = await rig.app.call('orders.review', {});
    rig.sandbox.account.reprice(number, '40.00', '20.00');
    await rig.app.call('cart.check', {});
    const bought = rig.app.call('orders.buy', { token, typedCount: null, routes: null });
    await expect(bought).rejects.toMatchObject({ code: 'rejected' });
    expect(rig.bought()).toEqual([]);
    expect(await rig.app.call('orders.review', {})).toMatchObject({ count: 2, repriced: 1 });
  });

  test.skipIf(notOverV1)(
    'VPRI and METERED are offered only where the number has both, and ordered as chosen',
    async () => {
      await rig.close();
      rig = await BuyRig.start({ vpri: true });
      const { rows } = await rig.search('2');
      const both = rows.find((row) => row.billingMethods.length === 2)?.number ?? '';
      const one = rows.find((row) => row.billingMethods.length === 1)?.number ?? '';
      await rig.app.call('cart.add', { numbers: [both, one] });
      await rig.app.call('cart.setBilling', { number: both, billing: 'VPRI' });
      const wrong = rig.app.call('cart.setBilling', { number: one, billing: 'VPRI' });
      await expect(wrong).rejects.toMatchObject({ code: 'invalid-input' });
      await rig.ended((await rig.buy()).id);
      expect(rig.sandbox.account.billingOf(both)).toBe('VPRI');
      expect(rig.sandbox.account.billingOf(one)).toBe('METERED');
    },
  );
});

test('searches are kept when they were used, not while they are typed; saved ones stay', async () => {
  for (const text of ['n', 'npa:2', 'npa:206'])
    await rig.app.call('find.start', { text, replaces: null }).catch(() => undefined);
  expect(await rig.app.call('find.searches', {})).toEqual([]);
  await rig.app.call('find.note', { text: 'npa:206' });
  await rig.app.call('find.saveSearch', { text: 'word:taxi' });
  for (let at = 0; at < 40; at += 1) await rig.app.call('find.note', { text: `contains:${at + 10}` });
  const kept = await rig.app.call('find.searches', {});
  expect(kept[0]).toMatchObject({ text: 'word:taxi', saved: true });
  expect(kept).toHaveLength(31);
  await rig.quit();
  await rig.launch();
  expect(await rig.app.call('find.searches', {})).toEqual(kept);
  const left = await rig.app.call('find.forgetSearch', { text: 'word:taxi' });
  expect(left.some((search) => search.saved)).toBe(false);
});

test('the activity keeps every number of an entry, is searched by them, and filtered by kind', async () => {
  const { rows } = await rig.search('2');
  const numbers = rows.slice(0, 450).map((row) => row.number);
  await rig.app.call('cart.add', { numbers });
  const { id } = await rig.buy();
  await rig.app.call('orders.stop', { id });
  await rig.ended(id, ['done']);
  const list = (text: string) => rig.app.call('activity.list', { text, offset: 0, limit: 50 });
  const begun = (await list('began kind:order')).entries[0];
  expect([begun?.count, begun?.numbers.length]).toEqual([450, 200]);
  const parts = await Promise.all(
    [0, 1, 2, 3].map((part) => rig.app.call('activity.numbers', { id: begun?.id ?? 0, part })),
  );
  expect(parts.flat()).toEqual([...numbers].sort());
  // Among the last ones, which the entry itself does not show.
  const last = [...numbers].sort()[440] ?? '';
  for (const typed of [last, `tel:+${last}`, `\u202a${last.slice(1, 4)}\u2212${last.slice(4)}\u202c`])
    expect((await list(typed)).entries.find(({ id }) => id === begun?.id)?.found).toEqual({
      ...{ number: last, count: 1 },
    });
  expect((await list(`number:${last} kind:sync`)).total).toBe(0);
  expect((await list('began kind:sync')).total).toBe(0);
  expect((await list('100%_')).total).toBe(0);
});

test('the activity says which order an entry is about, is asked for those of one, and found by its name', async () => {
  await rig.fillCart(2);
  const first = await rig.buy();
  await rig.ended(first.id, ['done']);
  await rig.fillCart(1, 3);
  const second = await rig.buy();
  await rig.ended(second.id, ['done']);
  const list = async (text: string) =>
    (await rig.app.call('activity.list', { text, offset: 0, limit: 50 })).entries;
  for (const { id, ordinal, total } of [first, second]) {
    // The end is written down after it is told.
    const entries = await until(
      () => list(`order:${ordinal}`),
      (found) => found.length === 2,
    );
    expect(entries.every((entry) => entry.about?.kind === 'order' && entry.about.id === id)).toBe(true);
    const [done, began] = entries.map(({ text }) => text);
    expect(began).toBe(`Order ${ordinal} of ${numbersOf(total)} began`);
    expect(done).toMatch(new RegExp(`^Order ${ordinal} is done: ${total} bought`));
    expect(await list(`order ${ordinal} `)).toEqual(entries);
    expect(await list(`began order:${ordinal}`)).toEqual(entries.slice(1));
    expect(await list(`change:${ordinal}`)).toEqual([]);
  }
  const [signedIn] = await list('Signed in');
  expect(signedIn).toMatchObject({ about: null });
});

// A list that does not tell routes does not tell that one was moved.
test.skipIf(notOverV1)('a sync that changed something says which numbers', async () => {
  const { account } = rig.sandbox;
  const [gone, moved, added] = [account.ownedAt(3), account.ownedAt(7), '12065550142'];
  account.disown(gone);
  account.setPair(account.find(moved), 'fax', 'sip-reg');
  account.own(added);
  await rig.sync();
  const list = () => rig.app.call('activity.list', { text: 'Sync kind:sync', offset: 0, limit: 5 });
  const { entries } = await until(list, (window) => window.total === 2);
  expect(entries[0]?.text).toBe('Sync: 1 added, 1 changed, 1 removed');
  expect(entries[0]?.numbers).toEqual([gone, moved, added].sort());
  // The first list of forty is named as well.
  expect(entries[1]?.count).toBe(40);
});

test('a window of offers says what is in the cart without sending the cart', async () => {
  const numbers = await rig.fillCart(2);
  const window = await rig.window();
  expect(window.rows.filter((row) => row.inCart).map((row) => row.number)).toEqual(numbers);
});

test('closing a review in one window does not end the other one, and the last one to leave ends the check', async () => {
  await rig.fillCart(4);
  const asked = () => rig.sandbox.calls().filter(({ operation }) => operation === 'search').length;
  rig.sandbox.setFaults(['search:latency:1:300']);
  const first = rig.app.call('orders.review', { view: 'one' });
  const second = rig.app.call('orders.review', { view: 'two' });
  const closed = expect(first).rejects.toMatchObject({ code: 'cancelled' });
  await until(
    () => Promise.resolve(asked()),
    (count) => count > 1,
  );
  await rig.app.call('cart.stopCheck', { view: 'one' });
  await closed;
  expect((await second).count).toBe(4);
  // Both leave: the questions end, and who comes then gets a check of their own.
  const third = expect(rig.app.call('orders.review', { view: 'one' })).rejects.toMatchObject({
    code: 'cancelled',
  });
  await rig.app.call('cart.stopCheck', { view: 'one' });
  const fourth = rig.app.call('orders.review', { view: 'two' });
  await third;
  expect((await fourth).count).toBe(4);
});
