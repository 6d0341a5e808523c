import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BuyRig, until } from './buy-rig.ts';
import { waitWords } from '../../src-main/contract/job-words.ts';

let rig: BuyRig;

beforeEach(async () => {
  // A carrier at its worst: a second purchase of the same number would be paid a second time.
  rig = await BuyRig.start({ owned: 20, available: 2000, chargesTwice: true });
});
afterEach(() => rig.close());

const purchases = () => rig.sandbox.ledger().purchases.length;

describe('numbers nobody could be sure of', () => {
  test('one unclear request, a stop, and a purchase that shows late: bought, by the next sync', async () => {
    const [number = ''] = await rig.fillCart(1);
    const show = rig.hide(number);
    rig.sandbox.setFaults(['purchase:cut-after:1']);
    const { id } = await rig.buy();
    await until(
      () => Promise.resolve(purchases()),
      (count) => count === 1,
    );
    await rig.app.call('orders.stop', { id });
    const stopped = await rig.ended(id, ['done']);
    expect([stopped.counts.refused, stopped.spent]).toEqual([1, 0]);
    show();
    rig.sandbox.setFaults([]);
    await rig.sync();
    await until(
      () => rig.order(id),
      (order) => order.counts.bought === 1,
    );
    expect((await rig.order(id)).spent).toBe(stopped.items[0]?.setup);
    expect(purchases()).toBe(1);
  }, 30_000);

  test('a number that was clearly not bought stays so when a later order buys it', async () => {
    rig.sandbox.setFaults(['purchase:429:1:0']);
    const first = await rig.begin(1);
    await until(
      () => rig.order(first.id),
      (order) => order.items[0]?.status === 'planned' && order.items[0].reason !== null,
    );
    await rig.app.call('orders.stop', { id: first.id });
    await rig.ended(first.id, ['done']);
    rig.sandbox.setFaults([]);
    const second = await rig.begin(1);
    expect(second.numbers).toEqual(first.numbers);
    expect((await rig.ended(second.id)).counts.bought).toBe(1);
    await rig.sync();
    await rig.app.call('accounts.switch', { id: rig.account.id });
    // Time for what must not happen: a second receipt of the same number would be written by now.
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await rig.order(first.id)).counts.bought).toBe(0);
    expect((await rig.order(second.id)).counts.bought).toBe(1);
  }, 30_000);

  test.each([
    ['after-error-in-200', 1],
    ['error-in-200', 0],
  ])(
    'a yes and a no in one answer (%s) is looked up',
    async (kind, paid) => {
      rig.sandbox.setFaults([`purchase:${kind}:1`]);
      const { id, numbers } = await rig.begin(1);
      await until(
        () => Promise.resolve(rig.asked(numbers[0] ?? '')),
        (asked) => asked.length >= 2,
      );
      rig.sandbox.setFaults([]);
      const order = await rig.ended(id, ['done']);
      // What was not bought by the odd answer is bought by the next request, which comes after the look-up.
      expect(order.counts.bought).toBe(1);
      const asked = rig.asked(numbers[0] ?? '');
      expect(asked[1]).toMatch(/^details/);
      expect(asked.filter((one) => one.startsWith('purchase'))).toHaveLength(paid === 1 ? 1 : 2);
      expect(purchases()).toBe(1);
    },
    30_000,
  );

  test('between two requests for one number the carrier is asked whether it has it', async () => {
    rig.sandbox.setFaults(['purchase:cut-after:0.3', 'purchase:500:0.2', 'purchase:429:0.2:0']);
    const { id, numbers } = await rig.begin(12);
    // A number that had no clear answer in six attempts makes the order wait.
    while ((await rig.ended(id)).phase === 'paused') await rig.app.call('orders.resume', { id });
    /** What was asked just before each request to buy a number but its first. */
    const before = numbers.flatMap((number) => {
      const asked = rig.asked(number).map((one) => one.split(' ')[0]);
      const again = asked.flatMap((one, at) => (one === 'purchase' ? [at] : [])).slice(1);
      return again.map((at) => asked[at - 1]);
    });
    expect(new Set(before)).toEqual(new Set(['details']));
    expect(new Set(rig.bought()).size).toBe(purchases());
  }, 90_000);
});

describe('an order that was stopped', () => {
  /** Stopped while nobody can say whether its number was bought. */
  async function stoppedInDoubt(bought: boolean): Promise<number> {
    rig.sandbox.setFaults([`purchase:cut-${bought ? 'after' : 'before'}:1`, 'details:504:1']);
    const { id } = await rig.begin(2);
    await rig.ended(id, ['paused']);
    await rig.app.call('orders.stop', { id });
    const stopped = await rig.ended(id, ['paused']);
    expect([stopped.stopped, stopped.counts.unknown, stopped.counts.refused]).toEqual([true, 1, 1]);
    return id;
  }

  test('sends nothing any more, whatever happens to the process and however often it is resumed', async () => {
    const id = await stoppedInDoubt(false);
    await rig.quit();
    rig.sandbox.setFaults([]);
    await rig.launch();
    await rig.app.status((status) => status.completedAt !== null);
    await rig.app.call('orders.resume', { id });
    const ended = await rig.ended(id, ['done']);
    expect([ended.counts.refused, purchases()]).toEqual([2, 0]);
  }, 60_000);

  test('can be ended without knowing; the next sync finds what was bought', async () => {
    const id = await stoppedInDoubt(true);
    const aside = await rig.app.call('orders.setAside', { id });
    expect([aside.phase, aside.counts.unknown]).toEqual(['done', 1]);
    expect(waitWords(aside.waiting)).toContain('each sync looks for it.');
    expect(await rig.activity('not known kind:order')).toHaveLength(1);
    rig.sandbox.setFaults([]);
    await rig.sync();
    const settled = await until(
      () => rig.order(id),
      (order) => order.counts.bought === 1,
    );
    expect(settled.spent).toBe(settled.items.find((item) => item.status === 'bought')?.setup);
  }, 60_000);

  test('a number in doubt is looked up before another order sends it', async () => {
    const id = await stoppedInDoubt(true);
    const [number = ''] = rig.bought();
    const show = rig.hide(number);
    await rig.app.call('orders.setAside', { id });
    rig.sandbox.setFaults([]);
    // Still for sale, as a list that lags behind has it.
    rig.sandbox.account.sell = () => true;
    const before = rig.asked(number).length;
    const { numbers } = await rig.search().then(() => ({ numbers: [number] }));
    const { added } = await rig.app.call('cart.add', { numbers });
    show();
    if (added === 1) {
      const { id: second } = await rig.buy().catch(() => ({ id: 0 }));
      if (second > 0) await rig.ended(second, ['done']);
    }
    const asked = rig.asked(number).slice(before);
    expect(asked.filter((one) => one.startsWith('purchase'))).toEqual([]);
    expect(purchases()).toBe(1);
  }, 60_000);
});
