import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BuyRig, pause, until } from './buy-rig.ts';
import { reasonWords, waitWords } from '../../src-main/contract/job-words.ts';

let rig: BuyRig;

beforeEach(async () => {
  // A carrier at its worst: a second purchase of the same number would be paid a second time.
  rig = await BuyRig.start({ owned: 20, available: 2000, routes: 8, chargesTwice: true });
});
afterEach(() => rig.close());

const paid = () => rig.sandbox.ledger().purchases.length;
const paidOnce = () =>
  until(
    () => Promise.resolve(paid()),
    (count) => count === 1,
  );

/** The list of what is for sale still has what was bought. */
function lag(): void {
  rig.sandbox.account.sell = () => true;
}

describe('a number that was bought is not bought again', () => {
  test('not even when the list of what is for sale, and the one of what is owned, lag behind', async () => {
    lag();
    rig.sandbox.setFaults(['details:503:1']);
    const { id, numbers } = await rig.begin(1);
    expect((await rig.ended(id, ['done'])).counts.bought).toBe(1);
    rig.sandbox.setFaults([]);
    await rig.search();
    expect((await rig.app.call('cart.add', { numbers })).added).toBe(0);
    expect(paid()).toBe(1);
  });

  test('when the keys are refused while it is on its way, it counts, and its order can be ended', async () => {
    await rig.fillCart(1);
    const { token } = await rig.app.call('orders.review', {});
    rig.sandbox.setFaults(['purchase:latency:1:600', 'owned:401:1']);
    const onItsWay = rig.sandbox.comes('purchase');
    const { id } = await rig.app.call('orders.buy', { token, typedCount: null, routes: null });
    await onItsWay;
    await rig.app.call('sync.start', {});
    const order = await rig.ended(id);
    expect([order.counts.bought, order.spent]).toEqual([1, rig.sandbox.ledger().totals.setupCents]);
  });

  test('one purchase is in one receipt, whatever order finds it', async () => {
    lag();
    const { rows } = await rig.search();
    const [first = '', number = ''] = rows.map((row) => row.number);
    await rig.app.call('cart.add', { numbers: [number] });
    const show = rig.hide(number);
    rig.sandbox.setFaults(['purchase:cut-after:1']);
    const a = await rig.buy();
    await paidOnce();
    await rig.app.call('orders.stop', { id: a.id });
    await rig.ended(a.id, ['done']);
    rig.sandbox.setFaults(['purchase:403:1']);
    await rig.search();
    await rig.app.call('cart.add', { numbers: [first, number] });
    const b = await rig.buy();
    await rig.ended(b.id, ['paused']);
    show();
    await rig.sync();
    rig.sandbox.setFaults([]);
    await rig.app.call('orders.resume', { id: b.id });
    const second = await rig.ended(b.id, ['done']);
    const earlier = await rig.order(a.id);
    expect([earlier.counts.bought, second.counts.bought]).toEqual([1, 1]);
    expect(earlier.spent + second.spent).toBe(rig.sandbox.ledger().totals.setupCents);
    expect(paid()).toBe(2);
  });

  test('a connection that breaks after the request left is a lost answer, with whatever code it breaks', async () => {
    const [number = ''] = await rig.fillCart(1);
    const port = Number(new URL(rig.sandbox.url).port);
    const own = rig.sandbox.account.own.bind(rig.sandbox.account);
    const { _getActiveHandles: handles } = process as unknown as { _getActiveHandles(): unknown[] };
    rig.sandbox.account.own = (bought, billing) => {
      own(bought, billing);
      for (const socket of handles())
        if (socket instanceof Socket && socket.remotePort === port)
          socket.destroy(Object.assign(new Error('read ENETDOWN'), { code: 'ENETDOWN', syscall: 'read' }));
    };
    const { id } = await rig.buy();
    const order = await rig.ended(id, ['done']);
    expect([order.counts.bought, paid()]).toEqual([1, 1]);
    expect(rig.asked(number).at(-1)).toBe('details 200');
  });

  test('a purchase found by a sync says that its routes were not set', async () => {
    const [number = ''] = await rig.fillCart(1);
    const show = rig.hide(number);
    rig.sandbox.setFaults(['purchase:cut-after:1']);
    const { id } = await rig.buy({ primary: 'sbc-east', failover: 'sip-reg' });
    await paidOnce();
    await rig.app.call('orders.stop', { id });
    await rig.ended(id, ['done']);
    show();
    rig.sandbox.setFaults([]);
    await rig.sync();
    const order = await until(
      () => rig.order(id),
      (view) => view.counts.bought === 1 && view.unset === 1,
    );
    expect(reasonWords(order.items[0]?.reason ?? null)).toContain('routes were not set');
    // Written down after the order.
    const told = await until(
      () => rig.activity('"routes of 1 number are not set"'),
      (texts) => texts.length > 0,
    );
    expect(told).toHaveLength(1);
  });

  test('a purchase that a sync lists while its order looks for it is known once the order has ended', async () => {
    const [number = ''] = await rig.fillCart(1);
    rig.hide(number);
    rig.sandbox.setFaults(['purchase:cut-after:1', 'details:latency:1:500']);
    const { id } = await rig.buy();
    await paidOnce();
    await rig.sync();
    expect((await rig.order(id)).phase).toBe('running');
    await rig.app.call('orders.stop', { id });
    const order = await until(
      () => rig.order(id),
      (view) => view.phase === 'done' && view.counts.bought === 1,
    );
    expect(order.spent).toBe(rig.sandbox.ledger().totals.setupCents);
  });
});

describe('what was agreed to is what is paid', () => {
  test('an order that waited asks for the price again, and asks the person when it went up', async () => {
    await rig.quit();
    await rig.launch({ freshMs: 400 });
    await rig.app.status((status) => status.completedAt !== null);
    rig.sandbox.setFaults(['purchase:403:1']);
    const { id, numbers } = await rig.begin(2);
    await rig.ended(id, ['paused']);
    const [dear = '', cheap = ''] = numbers;
    rig.sandbox.account.reprice(dear, '50.00', '20.00');
    rig.sandbox.account.reprice(cheap, '0.50', '0.25');
    rig.sandbox.setFaults([]);
    // What is fresh by the clock of the record is old after this.
    await pause(450);
    await rig.app.call('orders.resume', { id });
    const asked = await rig.ended(id, ['paused']);
    expect(waitWords(asked.waiting)).toContain('costs $50.00 set-up and $20.00 a month by now');
    // Both are priced anew: who agrees sees the whole of it.
    expect(asked.raised).toEqual({ count: 2, setup: 5050, monthly: 2025, dueNow: 7075, before: 450 });
    const resume = (dueNow: number, typedCount: number | null) =>
      rig.app.call('orders.resume', { id, agreed: { dueNow, typedCount } });
    await expect(rig.app.call('orders.resume', { id })).rejects.toMatchObject({ code: 'rejected' });
    await expect(resume(450, null)).rejects.toMatchObject({ code: 'rejected' });
    await rig.app.call('settings.set', { orderLimit: 7000 });
    await expect(resume(7075, null)).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(resume(7075, 3)).rejects.toMatchObject({ code: 'invalid-input' });
    expect([paid(), (await rig.order(id)).phase]).toEqual([0, 'paused']);
    // Nor does a restart forget that it has to be agreed to.
    await rig.quit();
    await rig.launch();
    await rig.app.status((status) => status.completedAt !== null);
    await expect(rig.app.call('orders.resume', { id })).rejects.toMatchObject({ code: 'rejected' });
    expect((await resume(7075, 2)).raised).toBeNull();
    const done = await rig.ended(id, ['done']);
    expect([done.spent, done.monthly]).toEqual([5050, 2025]);
    expect(rig.sandbox.ledger().totals).toEqual({ setupCents: 5050, monthlyCents: 2025 });
  });

  test('a review that is some minutes old permits nothing any more', async () => {
    await rig.quit();
    await rig.launch({ freshMs: 200 });
    await rig.app.status((status) => status.completedAt !== null);
    await rig.fillCart(1);
    const { token } = await rig.app.call('orders.review', {});
    // Longer than a review is good for: the only thing that this is about is time.
    await pause(250);
    const late = rig.app.call('orders.buy', { token, typedCount: null, routes: null });
    await expect(late).rejects.toMatchObject({ code: 'rejected' });
    expect(paid()).toBe(0);
  });
});

describe('refusals', () => {
  test('that differ from one number to the next stop the order and ask all the same', async () => {
    await rig.fillCart(12);
    const { token } = await rig.app.call('orders.review', {});
    let asked = 0;
    const offer = rig.sandbox.account.offer.bind(rig.sandbox.account);
    rig.sandbox.account.sell = () => false;
    rig.sandbox.account.offer = (number) => {
      asked += 1;
      return asked % 2 === 0 ? { ...offer(number), billingMethods: ['VPRI'] } : offer(number);
    };
    const { id } = await rig.app.call('orders.buy', { token, typedCount: null, routes: null });
    const order = await rig.ended(id);
    expect(order.phase).toBe('paused');
    expect(order.counts.refused).toBeLessThan(6);
    expect(waitWords(order.waiting)).toContain('in a row were refused');
  });

  test('an outage gives no number up: the order waits with all of them', async () => {
    await rig.quit();
    await rig.launch({ settleMs: 20, againMs: 5 });
    await rig.app.status((status) => status.completedAt !== null);
    rig.sandbox.setFaults(['purchase:503:1']);
    const { id } = await rig.begin(4);
    const waiting = await rig.ended(id);
    expect([waiting.phase, waiting.counts.planned]).toEqual(['paused', 4]);
    rig.sandbox.setFaults([]);
    await rig.app.call('orders.resume', { id });
    expect((await rig.ended(id)).counts.bought).toBe(4);
  }, 60_000);

  test('a number just bought that cannot be found yet gets its routes when it can', async () => {
    rig.sandbox.setFaults(['setRoutes:404:1']);
    const { id } = await rig.begin(1, { primary: 'sbc-east', failover: 'sip-reg' });
    await until(
      () => Promise.resolve(rig.sandbox.calls()),
      (calls) => calls.some((call) => call.operation === 'setRoutes'),
    );
    rig.sandbox.setFaults([]);
    expect((await rig.ended(id)).items[0]?.routes).toBe('set');
  });
});
