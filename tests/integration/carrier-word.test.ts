/** The whole application among odd records, gateways and refused keys: nothing is bought twice, lost or refused for good. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BuyRig, until } from './buy-rig.ts';
import { reasonWords, waitWords } from '../../src-main/contract/job-words.ts';

let rig: BuyRig;
beforeEach(async () => {
  rig = await BuyRig.start();
});
afterEach(() => rig.close());

const routesQuestion = {
  text: '',
  offset: 0,
  limit: 100,
  sort: { column: 'name', direction: 'asc' },
} as const;
const keys = async () => (await rig.app.call('accounts.get', {})).accounts[0]?.keys;

describe('a gateway in between', () => {
  test('502 though bought, then HTML 404s: the purchase is sent once, and found when the carrier answers', async () => {
    rig.sandbox.setFaults(['purchase:after-html-502:1', 'details:html-404:1']);
    const { id, numbers } = await rig.begin(1);
    const [number = ''] = numbers;
    const paused = await rig.ended(id, ['paused']);
    expect(paused.counts).toMatchObject({ unknown: 1, bought: 0 });
    expect(waitWords(paused.waiting)).toMatch(/could not be asked: a gateway or filter .*404/);
    await rig.app.call('orders.resume', { id });
    expect((await rig.ended(id, ['paused'])).counts.unknown).toBe(1);
    rig.sandbox.setFaults([]);
    await rig.app.call('orders.resume', { id });
    expect((await rig.ended(id, ['done'])).counts.bought).toBe(1);
    expect(rig.bought()).toEqual([number]);
    expect(rig.asked(number).filter((call) => call.startsWith('purchase'))).toEqual(['purchase 502']);
  });

  test('a JSON 404 to everything is nobody’s word either', async () => {
    rig.sandbox.setFaults(['purchase:after-html-502:1']);
    const { id, numbers } = await rig.begin(1);
    await rig.ended(id, ['done']);
    rig.sandbox.account.disown(numbers[0] ?? '');
    await rig.quit();
    // A minute later no answer is left that could vouch for a 404.
    rig.sandbox.setFaults(['*:404:1']);
    await rig.launch();
    const status = await rig.app.status((told) => told.error !== null);
    expect(status.error).toMatchObject({ code: 'foreign-answer' });
    expect(status.error?.message).toMatch(/knows none of its lists/);
    const details = await rig.app.call('numbers.details', { number: numbers[0] ?? '' });
    expect(details.error?.code).toBe('foreign-answer');
  });

  test('a 404 to a purchase is looked up before it counts as a no', async () => {
    rig.sandbox.setFaults(['purchase:404:1']);
    const { id, numbers } = await rig.begin(1);
    const order = await rig.ended(id, ['done']);
    expect(order.counts).toMatchObject({ refused: 1, bought: 0 });
    expect(rig.asked(numbers[0] ?? '')).toEqual(['purchase 404', 'details 404', 'details 404']);
  });

  test('a plan waits for a gateway, and goes on', async () => {
    const number = rig.sandbox.account.ownedAt(3);
    const change = { primary: { route: 'sbc-west' }, failover: { route: 'sbc-west' } } as const;
    const source = { kind: 'numbers' as const, numbers: [number], change };
    const { id } = await rig.app.call('plans.draft', { source });
    const plan = () => rig.app.call('plans.get', { id });
    await until(plan, ({ checkedAt }) => checkedAt !== null);
    rig.sandbox.setFaults(['details:html-404:1']);
    await rig.app.applyPlan(id);
    const paused = await until(plan, ({ phase }) => phase === 'paused');
    expect(paused.counts).toMatchObject({ planned: 1, failed: 0 });
    expect(waitWords(paused.waiting)).toMatch(/gateway or filter/);
    rig.sandbox.setFaults([]);
    await rig.app.call('plans.resume', { id });
    expect((await until(plan, ({ phase }) => phase === 'done')).counts.done).toBe(1);
  });
});

describe('keys', () => {
  test('are refused by the carrier only, tried by "Sync now", and healed by the next good answer', async () => {
    rig.sandbox.setFaults(['*:html-401:1']);
    await rig.app.call('sync.start', {});
    await rig.app.status((status) => status.error?.code === 'foreign-answer');
    expect(await keys()).toBe('keychain');
    rig.sandbox.setFaults(['*:401:1']);
    await rig.app.call('sync.start', {});
    await rig.app.status((status) => status.error?.code === 'wrong-keys');
    expect(await keys()).toBe('refused');
    // The usual time comes again: nothing has to be started anew.
    await rig.app.status((status) => status.nextAt !== null);
    rig.sandbox.setFaults([]);
    await rig.app.call('sync.start', {});
    await rig.app.status((status) => status.error === null);
    expect(await keys()).toBe('keychain');
  });

  test('any answer heals them: details of a number', async () => {
    rig.sandbox.setFaults(['*:401:1']);
    await rig.app.call('numbers.details', { number: rig.sandbox.account.ownedAt(0) });
    expect(await keys()).toBe('refused');
    rig.sandbox.setFaults([]);
    const { error } = await rig.app.call('numbers.details', { number: rig.sandbox.account.ownedAt(0) });
    expect([error, await keys()]).toEqual([null, 'keychain']);
  });
});

describe('odd records', () => {
  const fixture = JSON.parse(
    readFileSync(new URL('../fixtures/carrier/33-offers-one-without-price.json', import.meta.url), 'utf8'),
  ) as { tns: Record<string, unknown> };

  test('sign-in, sync, search and routes go on; each odd one is counted and named', async () => {
    const odd = { billing_method: 'METERED', routes: [] };
    rig.sandbox.setOdd({
      owned: { '442079460123': odd },
      offers: fixture.tns,
      routes: { untyped: { value: 'a.example' } },
    });
    await rig.sync();
    const status = await rig.app.call('sync.status', {});
    expect([status.error, status.odd.count, status.odd.some[0]?.name]).toEqual([null, 1, '442079460123']);

    const window = await rig.search('npa:206');
    expect(window.status.error).toBeNull();
    expect(window.status.odd).toEqual({
      count: 1,
      some: [{ what: 'offer', name: '12065550143', why: 'it has no set-up cost' }],
    });
    const offered = window.rows.map((row) => row.number);
    expect([offered.includes('12065550142'), offered.includes('12065550143')]).toEqual([true, false]);
    await expect(rig.app.call('cart.add', { numbers: ['12065550143'] })).resolves.toMatchObject({ added: 0 });

    expect((await rig.app.call('routes.refresh', {})).error).toBeNull();
    const routes = await rig.app.call('routes.window', routesQuestion);
    expect(routes.odd.some).toEqual([{ what: 'route', name: 'untyped', why: 'it has no type' }]);
    expect(routes.rows.some((row) => row.label === 'untyped')).toBe(false);
    // It exists all the same: it is never written over.
    const create = { name: 'Untyped', type: 'HOST', value: 'b.example' } as const;
    await expect(rig.app.call('routes.create', create)).rejects.toMatchObject({ code: 'rejected' });
    expect(rig.sandbox.ledger().createdRoutes).toEqual([]);

    const { text } = await rig.app.call('app.diagnostics', {});
    expect(text).toMatch(/cannot be used: 1 in the list of numbers; since the start .*number 1/);
    expect(text).toMatch(/offer 1/);
    expect(text).toMatch(
      /requests in the last second: \d+, at most as many as the carrier takes\n {4}all: \d+, no ceiling met/,
    );
    expect(text).toMatch(/waiting: no\n {2}reading routes: nothing keeps it/);
    expect(text).not.toContain('442079460123');

    const { accessKey, secretKey, url: baseUrl } = rig.sandbox;
    const again = { label: 'B', accessKey, secretKey, baseUrl, remember: 'session' } as const;
    await rig.app.call('accounts.signIn', again);
  });

  test('a number bought and listed in a form that cannot be used is bought', async () => {
    rig.sandbox.setFaults(['purchase:after-html-502:1']);
    const numbers = await rig.fillCart(1);
    const odd = { billing_method: 'METERED', routes: [] };
    rig.sandbox.setOdd({ owned: { [numbers[0] ?? '']: odd } });
    const order = await rig.ended((await rig.buy({ primary: 'sbc-west', failover: 'sbc-west' })).id, [
      'done',
    ]);
    expect(order.counts.bought).toBe(1);
    expect(reasonWords(order.items[0]?.reason ?? null)).toMatch(
      /cannot be used, so its routes were left alone/,
    );
    expect(rig.bought()).toEqual(numbers);
  });

  test('a plan leaves it out, and says why', async () => {
    const [good = '', bad = ''] = [rig.sandbox.account.ownedAt(1), rig.sandbox.account.ownedAt(2)];
    rig.sandbox.setOdd({ owned: { [bad]: { billing_method: 'METERED', routes: [] } } });
    const change = { primary: { route: 'sbc-west' }, failover: { route: 'sbc-west' } } as const;
    const source = { kind: 'numbers' as const, numbers: [good, bad], change };
    const { id } = await rig.app.call('plans.draft', { source });
    const draft = await until(
      () => rig.app.call('plans.get', { id }),
      ({ checkedAt }) => checkedAt !== null,
    );
    expect(draft.total + draft.alreadyRight).toBe(1);
    const { problems } = await rig.app.call('plans.problems', { id, offset: 0, limit: 10 });
    expect(problems[0]).toMatchObject({
      number: bad,
      why: { code: 'not-asked', detail: expect.stringMatching(/it has no routes/) as unknown },
    });
  });
});
