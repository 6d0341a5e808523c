/** What a person does with the carrier, while something else answers in its place: one scene for each operation. */
import assert from 'node:assert/strict';
import { reasonWords, waitWords } from '../../src-main/contract/job-words.ts';
import { Failure } from '../../src-main/contract/errors.ts';
import type { Inputs } from '../../src-main/contract/contract.ts';
import type { PlanView } from '../../src-main/contract/routing.ts';
import type { LieKind } from '../../src-main/sandbox/lies.ts';
import { until, type BuyRig } from '../integration/buy-rig.ts';

const byNumber = { column: 'number', direction: 'asc' } as const;

export type Case = { readonly lie: LieKind; readonly after: boolean };
export type Scene = (rig: BuyRig, one: Case, at: number) => Promise<void>;

/** The fault of a case on one operation, such as `purchase:after-html-502:1`. */
const fault = (operation: string, { lie, after }: Case) => `${operation}:${after ? 'after-' : ''}${lie}:1`;

const named: Readonly<Record<LieKind, RegExp>> = {
  'html-200': /a web page came instead of its answer/,
  'html-401': /a gateway or filter on the way answered instead of it \(code 401\)/,
  'html-403': /a gateway or filter on the way answered instead of it \(code 403\)/,
  'html-404': /a gateway or filter on the way answered instead of it \(code 404\)/,
  'html-407': /a proxy on this network wants a user name/,
  'html-502': /a gateway or filter on the way failed \(code 502\)/,
  'html-511': /this network wants a sign-in first/,
  'empty-200': /an empty answer came/,
  'half-json': /sent an answer Numberdesk cannot read \(it is not JSON\)/,
  'other-json': /sent an answer Numberdesk cannot read/,
  redirect: /the request was redirected/,
  hang: /No answer within/,
};
/** A write is no read: v1 says yes to it with 201 or 204 alone. */
const codeUnused = /answered with code 200, which it does not use for this/;
const ofWrites: Partial<Record<LieKind, RegExp>> = {
  'empty-200': codeUnused,
  'half-json': codeUnused,
  'other-json': codeUnused,
};

function says(text: string, { lie }: Case, write = false): void {
  const wanted = (write ? ofWrites[lie] : undefined) ?? named[lie];
  assert.match(text, wanted, `the sentence for ${lie} must say so`);
}

/** The message of what a call rejects with. */
async function refused(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof Failure, 'it must fail');
  return thrown.error.message;
}

/** Runs under a fault, and takes it away again. */
async function under<T>(rig: BuyRig, faults: readonly string[], work: () => Promise<T>): Promise<T> {
  rig.sandbox.setFaults(faults);
  try {
    return await work();
  } finally {
    rig.sandbox.setFaults([]);
  }
}

export const scenes: Readonly<Record<string, Scene>> = {
  async areaCodes(rig, one) {
    const ask = () => rig.app.call('find.areaCodes', { refresh: true });
    says(await under(rig, [fault('areaCodes', one)], () => refused(ask())), one);
    assert.ok((await ask()).items.length > 0);
  },

  async exchanges(rig, one) {
    const ask = () => rig.app.call('find.exchanges', { npa: npaOf(rig), refresh: true });
    says(await under(rig, [fault('exchanges', one)], () => refused(ask())), one);
    assert.ok((await ask()).nxxs.length > 0);
  },

  async search(rig, one) {
    const [number = ''] = await fillCart(rig);
    const ended = await under(rig, [fault('search', one)], async () => {
      const { id } = await rig.app.call('find.start', { text: `npa:${npaOf(rig)}`, replaces: null });
      const question = { sort: byNumber, pattern: null, blockSize: 3, offset: 0, limit: 1 } as const;
      const window = await until(
        () => rig.app.call('find.window', { ...question, id }),
        ({ status }) => status.phase !== 'running',
      );
      // A check of prices asks the same: what is chosen stays as it was.
      says(await refused(rig.app.call('cart.check', {})), one);
      return window.status;
    });
    says(ended.error?.message ?? '', one);
    const [item] = await rig.cartItems();
    // Not asked yet: nothing has said that it is gone.
    assert.deepEqual([item?.number, item?.gone], [number, null]);
    await rig.app.call('cart.remove', { numbers: [number] });
  },

  /** Bought once, or not at all and then once, whatever is said instead of yes. */
  async purchase(rig, one) {
    const [number = ''] = await fillCart(rig);
    const { token } = await rig.app.call('orders.review', {});
    const { id } = await under(rig, [fault('purchase', one)], async () => {
      const begun = await rig.app.call('orders.buy', { token, typedCount: null, routes: null });
      await rig.ended(begun.id);
      return begun;
    });
    const order = await rig.order(id);
    assert.equal(order.counts.bought, one.after ? 1 : 0);
    if (!one.after) says(reasonWords(order.items[0]?.reason ?? null), one, true);
    await finish(rig, id, number);
  },

  /** The case from the field: the answer to the purchase is lost, and nobody can be asked whether it was made. */
  async lookUp(rig, one) {
    const [number = ''] = await fillCart(rig);
    const { token } = await rig.app.call('orders.review', {});
    const sent = one.after ? 'purchase:after-html-502:1' : 'purchase:html-502:1';
    const { id } = await under(rig, [sent, `details:${one.lie}:1`], async () => {
      const begun = await rig.app.call('orders.buy', { token, typedCount: null, routes: null });
      const paused = await rig.ended(begun.id);
      assert.deepEqual([paused.phase, paused.counts.unknown], ['paused', 1]);
      says(waitWords(paused.waiting), one);
      await rig.app.call('orders.resume', { id: begun.id });
      assert.equal((await rig.ended(begun.id)).counts.unknown, 1);
      return begun;
    });
    assert.deepEqual(
      rig.asked(number).filter((call) => call.startsWith('purchase')),
      ['purchase 502'],
    );
    await finish(rig, id, number);
  },

  async owned(rig, one) {
    await failingSync(rig, [fault('owned', one)], one);
    await rig.sync();
  },

  async details(rig, one, at) {
    const number = ownedAt(rig, at);
    const details = await under(rig, [fault('details', one)], () =>
      rig.app.call('numbers.details', { number }),
    );
    assert.equal(details.fetchedAt, null);
    says(details.error?.message ?? '', one);
    assert.equal((await rig.app.call('numbers.details', { number })).error, null);
  },

  /** Numbers that left the account are asked for one by one: what is no answer takes none of them off the list. */
  async confirmGone(rig, one, at) {
    const gone = [ownedAt(rig, at), ownedAt(rig, at + 1)];
    for (const number of gone) rig.sandbox.account.disown(number);
    await failingSync(rig, [fault('details', one)], one, gone);
    await rig.sync();
  },

  /** Changed once, or not at all and then once. */
  async setRoutes(rig, one, at) {
    const numbers = [ownedAt(rig, at), ownedAt(rig, at + 1)];
    const to = (name: string) =>
      ({
        kind: 'numbers',
        numbers,
        change: { primary: { route: name }, failover: { route: 'fax' } },
      }) as const;
    const [first] = [at % 2 === 0 ? 'sbc-east' : 'sbc-west'];
    await applied(rig, to(first === 'sbc-east' ? 'sbc-west' : 'sbc-east'));
    const before = rig.sandbox.ledger().routeChanges.length;
    // In v2 live calls move with the primary alone, by a request of its own; the failover before it changes nothing here.
    const moving = rig.api === 'v2' ? 'setPrimary' : 'setRoutes';
    const plan = await under(rig, [fault(moving, one)], () => applied(rig, to(first)));
    if (one.after) assert.equal(plan.counts.done, 2);
    else {
      assert.deepEqual([plan.counts.done, plan.counts.failed], [0, 2]);
      const { items } = await rig.app.call('plans.items', {
        ...{ id: plan.id, status: null, offset: 0, limit: 10 },
      });
      for (const item of items) says(reasonWords(item.reason), one, true);
      assert.equal((await applied(rig, to(first))).counts.done, 2);
    }
    const changes = rig.sandbox
      .ledger()
      .routeChanges.slice(before)
      .filter(({ from, to }) => rig.api === 'v1' || from[0] !== to[0]);
    assert.deepEqual(changes.map((change) => change.number).sort(), [...numbers].sort());
    for (const number of numbers) {
      const pair = rig.sandbox.account.pairAt(rig.sandbox.account.find(number));
      assert.deepEqual(pair, [first, 'fax']);
    }
  },

  async listRoutes(rig, one) {
    const { error, at } = await under(rig, [fault('listRoutes', one)], () =>
      rig.app.call('routes.refresh', {}),
    );
    says(error?.message ?? '', one);
    assert.ok(at !== null);
    assert.equal((await rig.app.call('routes.refresh', {})).error, null);
  },

  /** A name is sent once, and never to a route that may be there already. */
  async createRoute(rig, one, at) {
    const wanted = { name: `made-${at}`, type: 'HOST', value: 'made.example.net:5060' } as const;
    const create = () => rig.app.call('routes.create', wanted);
    const made = () => rig.sandbox.ledger().createdRoutes.filter(({ name }) => name === wanted.name).length;
    await under(rig, [fault('createRoute', one)], async () => {
      if (one.after) await create();
      else assert.match(await refused(create()), /was not created/);
    });
    assert.equal(made(), one.after ? 1 : 0);
    if (one.after) assert.match(await refused(create()), /There is a route/);
    else await create();
    assert.equal(made(), 1);
  },

  async signIn(rig, one) {
    const { accessKey, secretKey, url: baseUrl } = rig.sandbox;
    const keys = { label: 'Again', accessKey, secretKey, baseUrl, remember: 'session' } as const;
    const { api } = rig;
    says(
      await under(rig, [`*:${one.lie}:1`], () => refused(rig.app.call('accounts.signIn', { ...keys, api }))),
      one,
    );
  },
};

/** One number in the cart, and nothing else. */
async function fillCart(rig: BuyRig): Promise<string[]> {
  const { rows } = await rig.search(`npa:${npaOf(rig)}`);
  const numbers = rows.slice(0, 1).map((row) => row.number);
  await rig.app.call('cart.add', { numbers });
  return numbers;
}

/** An area code that still has numbers for sale. */
function npaOf(rig: BuyRig): string {
  return String(rig.sandbox.account.nextOffer(12_000_000_000) ?? 0).slice(1, 4);
}

/** The carrier answers again: the order ends, and its number was paid once. */
async function finish(rig: BuyRig, id: number, number: string): Promise<void> {
  if ((await rig.order(id)).phase !== 'done') await rig.app.call('orders.resume', { id });
  const order = await rig.ended(id, ['done']);
  assert.equal(order.counts.bought, 1);
  const paid = rig.sandbox.ledger().purchases.filter((purchase) => purchase.number === number);
  assert.equal(paid.length, 1, `${number} was paid ${paid.length} times`);
  assert.equal(order.spent, paid[0]?.setupCents);
}

/** A sync that fails under a fault with the right sentence, and takes nothing off the list. */
async function failingSync(
  rig: BuyRig,
  faults: readonly string[],
  one: Case,
  besides: readonly string[] = [],
): Promise<void> {
  const before = await listed(rig);
  const status = await under(rig, faults, async () => {
    await rig.app.call('sync.start', {});
    return rig.app.status((told) => told.error !== null);
  });
  says(status.error?.message ?? '', one);
  assert.deepEqual(await listed(rig), before);
  for (const number of besides) assert.ok(before.includes(number));
}

async function applied(rig: BuyRig, source: Inputs['plans.draft']['source']): Promise<PlanView> {
  const { id } = await rig.app.call('plans.draft', { source });
  const get = () => rig.app.call('plans.get', { id });
  await until(get, (plan) => plan.checking === null && plan.checkedAt !== null);
  const { total } = await get();
  if (total === 0) return get();
  await rig.app.applyPlan(id);
  return until(get, (plan) => plan.phase === 'done' || plan.phase === 'paused');
}

function ownedAt(rig: BuyRig, at: number): string {
  return rig.sandbox.account.ownedAt((at * 2) % (rig.sandbox.account.ownedCount - 2));
}

/** Every number the list shows. */
export async function listed(rig: BuyRig): Promise<string[]> {
  const { numbers } = await rig.app.call('numbers.matching', { text: '', sort: byNumber, limit: 10_000 });
  return [...numbers];
}
