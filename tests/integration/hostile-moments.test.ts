/** What comes together badly: an answer that lies, a clock that is set, a record that was lost a moment ago. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { steadyNow } from '../../src-main/platform/clock.ts';
import { memoryKeychain, startApplication, temporaryFolder, type RunningApplication } from './app-rig.ts';
import { backUp, look } from './backup-steps.ts';
import { BuyRig, until } from './buy-rig.ts';

let rig: BuyRig;
beforeEach(async () => {
  // A carrier at its worst: a second purchase of the same number would be paid a second time.
  rig = await BuyRig.start({ owned: 20, available: 2000, routes: 4, chargesTwice: true });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rig.close();
});
const paid = () => rig.sandbox.ledger().purchases.length;

test('a purchase that was answered with a 404 and shows late is found by the sync, and not sent by a later order', async () => {
  rig.sandbox.account.sell = () => true;
  const [number = ''] = await rig.fillCart(1);
  const show = rig.hide(number);
  rig.sandbox.setFaults(['purchase:404:1']);
  const first = await rig.buy();
  expect((await rig.ended(first.id, ['done'])).counts).toMatchObject({ refused: 1, bought: 0 });
  // It was bought all the same, and neither its details nor the list of what is for sale know it yet.
  rig.sandbox.account.own(number);
  rig.sandbox.setFaults([]);
  show();
  const second = await rig.begin(1);
  expect(second.numbers).toEqual([number]);
  const order = await rig.ended(second.id, ['done']);
  await rig.sync();
  expect(rig.asked(number).filter((call) => call === 'purchase 201')).toEqual([]);
  expect(order.counts.bought).toBe(0);
  const receipts = await until(
    () => rig.order(first.id),
    ({ counts }) => counts.bought === 1,
  );
  expect(receipts.counts.refused).toBe(0);
});

describe('the age of a price', () => {
  test('counts from when it was asked for, however long the check of the rest of the cart took', async () => {
    await rig.quit();
    await rig.launch({ freshMs: 2_000 });
    await rig.app.status((status) => status.completedAt !== null);
    await rig.fillCart(9);
    // Eight are asked at once: the ninth waits for one of them.
    rig.sandbox.setFaults(['search:latency:1:1300']);
    const { token } = await rig.app.call('orders.review', {});
    rig.sandbox.setFaults([]);
    for (const { number } of await rig.cartItems()) rig.sandbox.account.reprice(number, '50.00', '20.00');
    const { id } = await rig.app.call('orders.buy', { token, typedCount: null, routes: null });
    const order = await rig.ended(id);
    expect(order).toMatchObject({ phase: 'paused', raised: { count: expect.any(Number) as number } });
    // Only what had been asked for a moment ago may have been paid at the price agreed to.
    expect(paid()).toBeLessThanOrEqual(1);
  });

  test('does not become less when the clock is set back', async () => {
    const before = steadyNow();
    const real = Date.now.bind(Date);
    vi.spyOn(Date, 'now').mockImplementation(() => real() - 3_600_000);
    expect(steadyNow()).toBeGreaterThanOrEqual(before);
    vi.restoreAllMocks();

    rig.sandbox.setFaults(['purchase:403:1']);
    const { id, numbers } = await rig.begin(1);
    await rig.ended(id, ['paused']);
    rig.sandbox.account.reprice(numbers[0] ?? '', '50.00', '20.00');
    rig.sandbox.setFaults([]);
    // The price was asked for at a time that is yet to come, by the clock of the next start.
    await rig.quit();
    rig.shiftPrices(3_600_000);
    await rig.launch();
    await rig.app.status((status) => status.completedAt !== null);
    await rig.app.call('orders.resume', { id });
    const order = await rig.ended(id);
    expect([order.phase, order.raised?.dueNow, paid()]).toEqual(['paused', 7000, 0]);
  });
});

describe('on another computer, from a backup', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let other: RunningApplication;
  beforeEach(async () => {
    folder = temporaryFolder();
    other = await startApplication(folder.path, memoryKeychain());
  });
  afterEach(async () => {
    await other.application.close();
    folder.remove();
  });

  async function restore(file: Buffer): Promise<void> {
    const { id } = await look(other, file);
    await other.call('restore.apply', { id, way: 'replace' });
    const { currentId } = await other.call('accounts.get', {});
    const { accessKey, secretKey } = rig.sandbox;
    const keys = { accessKey, secretKey, remember: 'session' } as const;
    await other.call('accounts.replaceKeys', { id: currentId ?? '', ...keys });
    await other.call('settings.set', { orderLimit: 10_000_000 });
  }
  const ended = (id: number) =>
    until(
      () => other.call('orders.get', { id }),
      ({ phase }) => ['done', 'paused'].includes(phase),
    );

  test('what was in the cart and was bought since is not bought again before the list is known', async () => {
    rig.sandbox.account.sell = () => true;
    await rig.fillCart(1);
    const file = await backUp(rig.app);
    await rig.ended((await rig.buy()).id, ['done']);
    expect(paid()).toBe(1);
    rig.sandbox.setFaults(['owned:503:1']);
    await restore(file);
    const { token } = await other.call('orders.review', {});
    const { id } = await other.call('orders.buy', { token, typedCount: null, routes: null });
    expect((await ended(id)).counts).toMatchObject({ bought: 0, refused: 1 });
    expect(paid()).toBe(1);
  });

  test('an open order is looked up there, and sets no routes', async () => {
    const order = await rig.begin(1, { primary: 'sip-reg', failover: 'sbc-east' });
    rig.sandbox.setFaults([]);
    await rig.ended(order.id, ['done']);
    rig.sandbox.setFaults(['purchase:cut-after:1', 'details:504:1']);
    const { id } = await rig.begin(1, { primary: 'sip-reg', failover: 'sbc-east' });
    expect((await rig.ended(id, ['paused'])).counts.unknown).toBe(1);
    const file = await backUp(rig.app);
    rig.sandbox.setFaults([]);
    await restore(file);
    await other.status((status) => status.completedAt !== null);
    const before = rig.sandbox.calls().length;
    await other.call('orders.resume', { id });
    expect(await ended(id)).toMatchObject({ phase: 'done', counts: { bought: 1 }, unset: 1 });
    const since = rig.sandbox.calls().slice(before);
    expect(since.map(({ operation }) => operation)).not.toContain('setRoutes');
    const { items } = await other.call('orders.items', { id, status: null, offset: 0, limit: 5 });
    expect(items[0]?.reason?.code).toBe('routes-late');
  });
});
