import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FindStatus } from '../../src-main/contract/buying.ts';
import { BuyRig, until } from './buy-rig.ts';

let rig: BuyRig;

beforeEach(async () => {
  rig = await BuyRig.start();
});
afterEach(() => rig.close());

const sort = { column: 'number', direction: 'asc' } as const;
const everything = { sort, pattern: null, blockSize: 3, offset: 0, limit: 500 } as const;
const searches = () => rig.sandbox.calls().filter(({ operation }) => operation === 'search').length;
const begin = async (text: string) => (await rig.app.call('find.start', { text, replaces: null })).id;
const statusOf = async (id: number): Promise<FindStatus> =>
  (await rig.app.call('find.window', { id, ...everything, limit: 0 })).status;
const done = (id: number) =>
  until(
    () => statusOf(id),
    ({ phase }) => phase === 'done',
  );

describe('a search that goes on', () => {
  test('asks for each page once, but for those that were on their way when it was stopped', async () => {
    const whole = await done(await begin('2'));
    const pages = searches();
    expect(pages).toBeGreaterThan(10);
    rig.sandbox.setFaults(['search:latency:1:25']);
    const asked = rig.sandbox.comes('search', 8);
    const id = await begin('2');
    await asked;
    const stopped = await rig.app.call('find.stop', { id });
    expect(stopped.phase).toBe('stopped');
    expect(stopped.loaded).toBeGreaterThan(0);
    expect(stopped.loaded).toBeLessThan(whole.loaded);
    rig.sandbox.setFaults([]);
    const resumed = await rig.app.call('find.resume', { id });
    // What was found stays.
    expect([resumed.id, resumed.phase, resumed.loaded]).toEqual([id, 'running', stopped.loaded]);
    expect((await done(id)).loaded).toBe(whole.loaded);
    expect(searches()).toBeLessThanOrEqual(2 * pages + 4);
    expect(searches()).toBeGreaterThanOrEqual(2 * pages);
    // A search that is done has nothing to go on with.
    await rig.app.call('find.resume', { id });
    expect([(await statusOf(id)).phase, searches() <= 2 * pages + 4]).toEqual(['done', true]);
  });

  test('goes on after it failed, and one that is not kept any more says so', async () => {
    const whole = await done(await begin('2'));
    rig.sandbox.setFaults(['search:latency:1:10']);
    const asked = rig.sandbox.comes('search', 6);
    const id = await begin('2');
    await asked;
    rig.sandbox.setFaults(['search:500:1']);
    const failed = await until(
      () => statusOf(id),
      ({ phase }) => phase === 'stopped',
    );
    expect(failed.error?.code).toBe('foreign-answer');
    expect(failed.loaded).toBeGreaterThan(0);
    rig.sandbox.setFaults([]);
    expect(await rig.app.call('find.resume', { id })).toMatchObject({ phase: 'running', error: null });
    expect((await done(id)).loaded).toBe(whole.loaded);
    await expect(rig.app.call('find.resume', { id: 4_242 })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('pasted numbers', () => {
  const keep = async (numbers: readonly string[]) =>
    (await rig.app.call('numbers.keep', { numbers: [...numbers] })).id;

  test('are looked for by their exchanges: on offer, not, already owned, each request counted', async () => {
    const { rows } = await rig.search('2');
    const offered = rows.slice(0, 31).map(({ number }) => number);
    const owned = (await rig.app.call('numbers.matching', { text: '', sort, limit: 2 })).numbers;
    const exchanges = new Set(offered.map((number) => number.slice(0, 7)));
    const used = new Set(rows.map(({ number }) => number));
    // Numbers of the same exchanges that nobody sells.
    const absent = Array.from({ length: 7 }, (_, at) => {
      const start = offered[at]?.slice(0, 7) ?? '';
      for (let line = 9_999; ; line -= 1)
        if (!used.has(`${start}${line}`)) return used.add(`${start}${line}`) && `${start}${line}`;
    });
    const text = `numbers:${await keep([...offered, ...absent, ...owned, '442071234567'])}`;
    const before = searches();
    const id = await begin(text);
    const status = await done(id);
    expect(status).toMatchObject({
      loaded: 31,
      list: { total: 41, owned: 2, foreign: 1, open: 0, absent: 7, unclear: 0 },
    });
    expect(await rig.app.call('find.absent', { id })).toEqual(absent.sort());
    const { rows: found } = await rig.app.call('find.window', { id, ...everything });
    expect(found.map(({ number }) => number)).toEqual(offered);
    expect(searches() - before).toBe(exchanges.size);
    const { added } = await rig.app.call('cart.add', { numbers: offered });
    expect(added).toBe(31);
    // Nothing is bought by any of this, and what is known only as long as the application runs is not kept.
    expect(rig.bought()).toEqual([]);
    await rig.app.call('find.note', { text });
    expect(await rig.app.call('find.searches', {})).toEqual([]);
    await expect(rig.app.call('find.saveSearch', { text })).rejects.toMatchObject({ code: 'invalid-input' });
  });

  test('are stopped in the middle and go on; a set that is gone is said', async () => {
    const { rows } = await rig.search('2');
    const byExchange = new Map(rows.map(({ number }) => [number.slice(0, 7), number]));
    const wanted = [...byExchange.values()].slice(0, 24);
    const before = searches();
    rig.sandbox.setFaults(['search:latency:1:25']);
    const asked = rig.sandbox.comes('search', 8);
    const id = await begin(`numbers:${await keep(wanted)}`);
    await asked;
    const stopped = await rig.app.call('find.stop', { id });
    expect(stopped.list?.open).toBeGreaterThan(0);
    rig.sandbox.setFaults([]);
    await rig.app.call('find.resume', { id });
    expect(await done(id)).toMatchObject({ loaded: wanted.length, list: { open: 0 } });
    expect(searches() - before).toBeLessThanOrEqual(wanted.length + 4);
    await expect(begin('numbers:0123456789ab')).rejects.toMatchObject({ code: 'not-found' });
    await expect(begin(`numbers:${await keep(wanted)} npa:206`)).rejects.toMatchObject({
      code: 'invalid-input',
    });
  });
});

test('suggestions say what is known of the stock, and ask the carrier nothing', async () => {
  const stockOf = async (typed: string, text = '') => {
    const found = await rig.app.call('find.suggest', { text, typed });
    // The District of Columbia is a Washington too.
    return found.find(({ token }) => token !== 'state:dc')?.stock ?? null;
  };
  expect(await stockOf('washington')).toBeNull();
  const codes = await rig.app.call('find.areaCodes', { refresh: true });
  const ofState = codes.items.filter(({ state }) => state === 'WA').length;
  const before = rig.sandbox.calls().length;
  expect(await stockOf('washington')).toEqual({
    ...{ of: 'area code', count: ofState, rateCenters: null, complete: true, at: codes.at },
  });
  // An area code that is not in the list has no stock; of one that is, the exchanges were not asked for yet.
  const [there] = codes.items;
  const lacking = ['205', '207', '209', '212'].find((npa) => !codes.items.some((item) => item.npa === npa));
  expect(await stockOf(lacking ?? '')).toMatchObject({ of: 'exchange', count: 0, at: codes.at });
  expect(await stockOf(there?.npa ?? '')).toBeNull();
  expect(rig.sandbox.calls().length).toBe(before);
  const exchanges = await rig.app.call('find.exchanges', { npa: there?.npa ?? '', refresh: true });
  expect(await stockOf(there?.npa ?? '')).toMatchObject({ of: 'exchange', count: exchanges.nxxs.length });
  // What a search found is known exactly, and how it is spread over the values of the next piece.
  const found = await rig.search('state:wa');
  const asked = rig.sandbox.calls().length;
  const rateCenters = new Set(found.rows.map(({ rateCenter }) => rateCenter)).size;
  expect(found.rows.length).toBe(found.matching);
  expect(await stockOf('washington')).toMatchObject({
    ...{ of: 'number', count: found.matching, rateCenters, complete: true },
  });
  const inSeattle = found.rows.filter(({ rateCenter }) => rateCenter === 'SEATTLE').length;
  expect(await stockOf('seattle', 'state:wa')).toMatchObject({
    of: 'number',
    count: inSeattle,
    rateCenters: null,
  });
  // The lists know nothing of the rest of a query.
  expect(await stockOf('washington', 'contains:77')).toBeNull();
  expect(rig.sandbox.calls().length).toBe(asked);
});

test('the routes of the cart are there after a restart, and are none of an emptied cart', async () => {
  const [number = ''] = await rig.fillCart(2);
  const none = { primary: '', failover: '' };
  expect((await rig.app.call('cart.get', {})).routes).toEqual(none);
  const routes = { primary: 'sbc-east', failover: 'fax' };
  expect((await rig.app.call('cart.setRoutes', routes)).routes).toEqual(routes);
  await rig.quit();
  await rig.launch();
  expect(await rig.app.call('cart.get', {})).toMatchObject({ count: 2, routes });
  await rig.app.call('cart.remove', { numbers: [number] });
  expect((await rig.app.call('cart.get', {})).routes).toEqual(routes);
  const rest = (await rig.cartItems()).map((item) => item.number);
  expect((await rig.app.call('cart.remove', { numbers: rest })).routes).toEqual(none);
  await rig.fillCart(1);
  expect((await rig.app.call('cart.get', {})).routes).toEqual(none);
});
