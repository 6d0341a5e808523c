import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { waitWords } from '../../src-main/contract/job-words.ts';
import { Cart } from '../../src-main/buying/cart.ts';
import { Orders } from '../../src-main/buying/orders.ts';
import { toOffer } from '../../src-main/buying/offers.ts';
import type { JournalStores } from '../../src-main/journal/file.ts';
import { openJournal } from '../../src-main/journal/open.ts';
import type { FileClient } from '../../src-main/platform/storage/client.ts';
import { JournalRig } from './plan-journal-rig.ts';
import { toSet } from './buy-rig.ts';
import { makeRig, workerUrl, type Rig } from './rig.ts';
import { WatchedJournal } from './watched-journal.ts';

/** Quitting in the moment something begins: it is waited for, and nothing leaves any more. */
const routes = { primary: 'sip-reg', failover: 'sip-reg' };

describe('orders', () => {
  let rig: Rig;
  let journal: FileClient<JournalStores>;
  let watched: WatchedJournal;
  let orders: Orders;
  let folder: string;
  /** What the question for listed routes waits for. */
  let listing: Promise<void>;
  beforeEach(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-'));
    rig = await makeRig({ owned: 5, available: 200, routes: 2, seed: 21 });
    const log = () => undefined;
    journal = await openJournal({ log, file: path.join(folder, 'journal.db'), workerUrl });
    watched = new WatchedJournal(journal.stores);
    listing = Promise.resolve();
    const { inventory, carrier } = rig;
    const shared = { journal: watched.stores, inventory, carrier: () => carrier };
    const cart = new Cart({ ...shared, onCart: () => undefined });
    orders = new Orders({
      ...{ ...shared, cart, log, settleMs: 1, againMs: 1 },
      orderLimit: () => 1_000_000,
      noneAsFailover: false,
      listedRoutes: (names) => listing.then(() => names),
      onOrder: () => undefined,
      record: () => Promise.resolve(),
    });
    await orders.load();
    await orders.recover();
    const { items } = await carrier.searchAvailable({ contains: '', cursor: null, limit: 3 });
    await journal.stores.cart.addToCart(items.map(toOffer));
  });
  afterEach(async () => {
    await orders.close();
    await journal.close();
    await rig.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const buy = async (wanted: typeof routes | null = null) => {
    const { token } = await orders.reviews.make();
    return orders.buy({ token, typedCount: null, routes: wanted && toSet(wanted) });
  };
  const bought = () => rig.sandbox.calls().filter(({ operation }) => operation === 'purchase');

  test('an order that is just being written down is waited for, and waits for the next start', async () => {
    const { reached, release } = watched.hold('orders.createOrder');
    const begun = buy();
    await reached;
    let closed = false;
    const closing = orders.close().then(() => (closed = true));
    // Time for what must not happen yet: that it does not is told by nothing else.
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(closed).toBe(false);
    release();
    const order = await begun;
    await closing;
    expect(order).toMatchObject({ phase: 'paused', counts: { planned: 3 } });
    expect(waitWords(order.waiting)).toContain('Nothing is sent until you resume it.');
    expect(bought()).toEqual([]);
  });

  test.each(['paused', 'done'] as const)(
    'one whose record was put together again (%s) in the moment before a purchase sends nothing',
    async (phase) => {
      const { reached, release } = watched.hold('orders.claim');
      const { id } = await buy();
      await reached;
      await journal.stores.orders.setPhase(id, phase, { code: 'mended', detail: null });
      release();
      await orders.settled();
      expect(bought()).toEqual([]);
      expect(await orders.get(id)).toMatchObject({ phase: 'paused', counts: { planned: 3 } });
    },
  );

  test('one that is not written down yet is not begun, and the cart keeps its numbers', async () => {
    const listed = Promise.withResolvers<undefined>();
    listing = listed.promise;
    const begun = buy(routes).catch((thrown: unknown) => thrown);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await orders.close();
    expect(await begun).toMatchObject({ code: 'cancelled' });
    listed.resolve(undefined);
    const { total } = await journal.stores.orders.orders({ offset: 0, limit: 9 });
    expect([total, (await journal.stores.cart.cart()).count]).toEqual([0, 3]);
    expect(bought()).toEqual([]);
  });

  test('one that is being resumed goes on waiting, and nothing begins afterwards', async () => {
    rig.sandbox.setFaults(['purchase:403:1']);
    const { id } = await buy();
    await orders.settled();
    rig.sandbox.setFaults([]);
    const before = bought().length;
    const { reached, release } = watched.hold('orders.summary', id);
    const resumed = orders.resume(id);
    await reached;
    const closing = orders.close();
    release();
    expect(await resumed).toMatchObject({ phase: 'paused' });
    await closing;
    await expect(orders.resume(id)).rejects.toMatchObject({ code: 'cancelled' });
    await expect(orders.stop(id)).rejects.toMatchObject({ code: 'cancelled' });
    await expect(orders.reviews.make()).rejects.toMatchObject({ code: 'cancelled' });
    expect(bought().length).toBe(before);
  });
});

describe('changes of routes', () => {
  const rig = new JournalRig();
  const change = { primary: { route: 'sbc-east' }, failover: 'keep' } as const;

  test('a draft that is being written down is waited for, and not compared any more', async () => {
    const numbers = await rig.numbers(3);
    const { reached, release } = rig.hold('drafts.finishDraft');
    const drafted = rig.plans.drafts.make({ kind: 'numbers', numbers, change });
    await reached;
    const before = rig.rig.sandbox.calls().length;
    const closing = rig.plans.close();
    release();
    expect(await drafted).toMatchObject({ phase: 'draft', checkedAt: null });
    await closing;
    expect(rig.rig.sandbox.calls().length).toBe(before);
    await expect(rig.plans.drafts.make({ kind: 'numbers', numbers, change })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  test('one whose record was put together again in the moment before it is sent changes nothing', async () => {
    const { id, revision } = await rig.draft({ kind: 'numbers', numbers: await rig.numbers(3), change });
    const { reached, release } = rig.hold('plans.claim');
    await rig.plans.apply(id, revision);
    await reached;
    await rig.journal.plans.setPhase(id, 'paused', { code: 'mended', detail: null });
    release();
    await rig.plans.settled();
    expect(rig.rig.sandbox.calls().filter(({ operation }) => operation === 'setRoutes')).toEqual([]);
    expect(await rig.plans.get(id)).toMatchObject({ phase: 'paused', counts: { planned: 3, sending: 0 } });
    await rig.plans.resume(id);
    const ended = await rig.until(id, ({ phase }) => phase === 'done');
    expect(ended.counts.done + ended.counts.same).toBe(3);
  });

  test('a comparison that never began keeps nobody waiting', async () => {
    const numbers = await rig.numbers(3);
    // What was made cannot be read back: nobody is told of the draft, and it is not compared.
    const lost = rig.watched.spoil('plans.plan');
    await expect(rig.plans.drafts.make({ kind: 'numbers', numbers, change })).rejects.toThrow();
    await lost;
    await rig.plans.settled();
    const [plan] = (await rig.plans.list({ offset: 0, limit: 1 })).plans;
    expect(plan).toMatchObject({ phase: 'draft', checking: null, checkedAt: null });
    await rig.plans.drafts.check(plan?.id ?? 0);
    await rig.plans.settled();
    expect((await rig.plans.get(plan?.id ?? 0)).checkedAt).not.toBeNull();
  });
});
