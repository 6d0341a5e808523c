import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { failure } from '../../src-main/contract/errors.ts';
import type { PhoneNumber } from '../../src-main/contract/model.ts';
import { RouteReader } from '../../src-main/inventory/sync/route-reader.ts';
import type { SandboxOptions } from '../../src-main/sandbox/server.ts';
import { until } from './buy-rig.ts';
import { makeRig, type Rig } from './rig.ts';

const byNumber = { column: 'number', direction: 'asc' } as const;
const minute = 60_000;
let rig: Rig;
let reader: RouteReader;
/** How far the reader's clock is ahead. */
let ahead = 0;
const makeReader = () =>
  new RouteReader({
    carrier: () => rig.v2,
    inventory: rig.inventory,
    listed: () => true,
    refreshes: () => true,
    log: () => undefined,
    now: () => Date.now() + ahead,
  });
const begin = () => {
  reader = makeReader();
  reader.wake();
};
/** Without v1, whose list would tell the routes, unless switches say otherwise. */
const start = async ({ switches = {}, ...options }: SandboxOptions) => {
  const given = { available: 100, routes: 4, ...options, switches: { v1Gone: '404', ...switches } };
  rig = await makeRig(given, Date.now, 'v2');
  await rig.sync.start('manual');
  expect(rig.sync.status().error).toBe(null);
};
beforeEach(() => {
  ahead = 0;
});
afterEach(async () => {
  await reader.close();
  await rig.close();
});

const window = (text = '', limit = 500) => rig.inventory.query({ text, sort: byNumber, offset: 0, limit });
/** Null while the list is being opened. */
const unread = async () => (await window('', 0)).unread;
const allRead = () => until(unread, (count) => count === 0);
const asked = (operation: string) => rig.sandbox.ledger().classes.v2[operation] ?? 0;

/** Every number with the keys of its routes, as the list has them. */
async function known(): Promise<string[]> {
  const { rows } = await window();
  const pairs = await rig.inventory.pairs(rows.map(({ number }) => number));
  return rows.map(({ number }, at) => `${number} ${JSON.stringify(pairs[at])}`);
}

/** The same, as the carrier tells each of them alone. */
async function told(): Promise<string[]> {
  const numbers = (await window()).rows.map(({ number }) => number as PhoneNumber);
  const found = (await rig.v2?.details(numbers)) ?? [];
  return found.map((one) => {
    if (one instanceof Error) throw one;
    const { primary, failover } = one.routes;
    return `${one.number} ${JSON.stringify({ primary: primary?.key ?? '', failover: failover?.key ?? '' })}`;
  });
}

describe('the routes of a list that does not tell them', () => {
  test('are read one by one, each once, and no number counts as new or changed by it', async () => {
    await start({ owned: 300 });
    expect(await unread()).toBe(300);
    begin();
    await allRead();
    expect(asked('details')).toBe(300);
    expect(await known()).toEqual(await told());
    await rig.sync.start('manual');
    expect(rig.sync.status().last).toEqual({ added: 0, changed: 0, removed: 0 });
    expect(await unread()).toBe(0);
  });

  test('are read many at once where the carrier takes that, with few requests', async () => {
    await start({ owned: 20_000, switches: { manyDetails: 'on', v1Gone: 'off' } });
    // Two at the seams of the list are asked for twice, and some beyond its end.
    expect(asked('owned')).toBeLessThanOrEqual(110);
    begin();
    await allRead();
    // One alone, and one of each 500 to compare with.
    expect(asked('details')).toBeLessThanOrEqual(1 + 20_000 / 500);
    expect(asked('manyDetails') + asked('details')).toBeLessThanOrEqual(250);
    expect(rig.sandbox.ledger().classes.v1).toEqual({});
    expect(rig.sandbox.ledger().purchases).toEqual([]);
  });

  test('stay read when the app ends in the middle', async () => {
    await start({ owned: 200 });
    const { v2 } = rig;
    if (!v2) throw new Error('the rig has another adapter');
    const real = v2.details.bind(v2);
    let left = 70;
    v2.details = async (numbers, options = {}) => {
      left -= 1;
      if (left >= 0) return real(numbers, options);
      // No answer comes any more, until the app ends.
      await new Promise((resolve) => options.signal?.addEventListener('abort', resolve));
      throw failure('cancelled', 'Ended.', 'Nothing.');
    };
    begin();
    await until(unread, (count) => count === 130);
    await reader.close();
    await rig.reopen();
    v2.details = real;
    expect(await until(unread, (count) => count !== null)).toBe(130);
    const before = asked('details');
    begin();
    await allRead();
    expect(asked('details') - before).toBe(130);
  });

  test('are read again when they are too old, and a change made elsewhere is seen', async () => {
    await start({ owned: 20 });
    begin();
    await allRead();
    await reader.close();
    const number = (await window()).rows[7]?.number ?? '';
    const before = await known();
    const { account } = rig.sandbox;
    const place = account.find(number);
    const [primary, failover] = account.pairAt(place);
    account.setPair(place, failover, primary);
    const requests = asked('details');
    begin();
    await reader.close();
    // None of them was old enough.
    expect([asked('details'), await known()]).toEqual([requests, before]);
    ahead = 16 * minute;
    begin();
    await until(
      () => Promise.resolve(asked('details')),
      (count) => count === requests + 20,
    );
    await until(known, (now) => now.join() !== before.join());
    expect(await known()).toEqual(await told());
  });

  test('of numbers on screen come before all others', async () => {
    await start({ owned: 300 });
    const { rows, total } = await window();
    const shown = rows.slice(-20);
    reader = makeReader();
    reader.look({ rows: shown, total });
    await until(unread, (count) => (count ?? 300) < 270);
    const subjects = rig.sandbox
      .calls()
      .flatMap(({ operation, subject }) => (operation === 'details' ? subject : []));
    // Beside the last three of them others may be on the way already.
    const first = subjects.slice(0, 24);
    expect(shown.filter(({ number }) => !first.includes(number))).toEqual([]);
  });

  test('wait while the carrier says that there are too many requests, and others go on', async () => {
    await start({ owned: 200 });
    rig.sandbox.setFaults(['details:429:1:0']);
    begin();
    const tooMany = () => rig.sandbox.ledger().calls['details 429'] ?? 0;
    await until(() => Promise.resolve(reader.paused), Boolean);
    expect(reader.paused?.code).toBe('rate-limited');
    // It did nothing, so it was asked again, and then no more.
    expect(tooMany()).toBe(4);
    // News of the list comes with each pass.
    for (let pass = 0; pass < 5; pass += 1) {
      await rig.sync.start('manual');
      reader.wake();
    }
    expect([rig.sync.status().error, tooMany(), await unread()]).toEqual([null, 4, 200]);
    rig.sandbox.setFaults([]);
    reader.resume();
    await allRead();
    expect(reader.paused).toBe(null);
  });
});

describe('the routes of all numbers from the list of v1', () => {
  const askedV1 = (operation: string) => rig.sandbox.ledger().classes.v1[operation] ?? 0;
  const all = () => [asked('details'), asked('manyDetails'), asked('listRoutes'), askedV1('owned')];
  /** What v1 lets us know: by ids, with the built-in route where there is none. */
  const expected = () => {
    const { account } = rig.sandbox;
    return Array.from({ length: account.ownedCount }, (_, place) => {
      const [primary, failover] = (['primary', 'failover'] as const).map(
        (side) => account.routeIdAt(place, side) ?? '0',
      );
      return `${account.ownedAt(place)} ${JSON.stringify({ primary, failover })}`;
    }).sort();
  };
  const v1Record = (...names: string[]) => ({
    billing_method: 'METERED',
    routes: names.map((name) => ({ name, type: 'HOST' })),
  });
  const inOrder = (count: number) => {
    const { account } = rig.sandbox;
    return Array.from(account.ascending.subarray(0, count), (place) => account.ownedAt(place));
  };

  test('take 130 requests more for 20,000 numbers', async () => {
    await start({ owned: 20_000, switches: { v1Gone: 'off' } });
    const before = all();
    begin();
    await allRead();
    await reader.close();
    const more = all().map((count, at) => count - (before[at] ?? 0));
    expect(more.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(130);
    expect(askedV1('owned')).toBe(100);
    const guess = ',"guess":true';
    const rows = (await known()).map((line) => line.replace('""', '"0"'));
    expect(rows.map((line) => line.replace(guess, ''))).toEqual(expected().slice(0, 500));
    // Only what may be none is a guess, and it is one for all but those that were read alone.
    expect(rows.filter((line) => line.includes(guess) && !line.includes('"0"'))).toEqual([]);
    expect(rows.filter((line) => !line.includes(guess) && line.includes('"0"')).length).toBeLessThanOrEqual(
      22,
    );
    // v1 has one word for the built-in route and for none: nothing is told as none that was not read alone.
    const { groups } = await rig.inventory.groups({ text: '', by: 'failover', offset: 0 });
    expect(groups.find(({ value }) => value === '')?.count ?? 0).toBeLessThanOrEqual(22);
    // Signed, and without the secret.
    expect(rig.sandbox.ledger().purchases).toEqual([]);
  });

  test('leave what details told, and are read alone when they come on screen', async () => {
    await start({ owned: 300, switches: { v1Gone: 'off' } });
    const [number = ''] = inOrder(300).slice(-1);
    const place = rig.sandbox.account.find(number);
    rig.sandbox.account.setRoute(place, 'failover', null);
    begin();
    await allRead();
    const pair = async () => (await rig.inventory.pairs([number]))[0];
    expect(await pair()).toMatchObject({ failover: '0' });
    const [row] = await rig.inventory.rows([number]);
    reader.look({ rows: row ? [row] : [], total: 300 });
    await until(pair, (now) => typeof now === 'object' && now?.failover === '');
    await reader.close();
    // Old enough to be read again, from the list: it does not contradict what is known.
    ahead = 16 * minute;
    const pages = askedV1('owned');
    begin();
    await until(
      () => Promise.resolve(askedV1('owned')),
      (count) => count === pages + 2,
    );
    await until(
      async () => (await rig.inventory.rows([number]))[0]?.routesAt ?? 0,
      (at) => at > Date.now(),
    );
    expect(await pair()).toMatchObject({ failover: '' });
  });

  test('are not believed when a sample disagrees', async () => {
    await start({ owned: 250, switches: { v1Gone: 'off' } });
    const [first = '', second = ''] = [1, 2].map((place) => rig.sandbox.account.routes.nameAt(place) ?? '');
    rig.sandbox.setOdd({
      owned: Object.fromEntries(
        inOrder(200).map((number) => {
          const [primary] = rig.sandbox.account.pairAt(rig.sandbox.account.find(number));
          return [number, v1Record(primary === first ? second : first, first)];
        }),
      ),
    });
    begin();
    await allRead();
    // Its first page was read again before it was given up: a route might have changed in between.
    expect([askedV1('owned'), await known()]).toEqual([2, await told()]);
    expect(asked('details')).toBeGreaterThanOrEqual(250);
    // The next time it is not asked at all.
    ahead = 16 * minute;
    reader.wake();
    await until(
      () => Promise.resolve(asked('details')),
      (count) => count >= 500 + 250,
    );
    expect(askedV1('owned')).toBe(2);
  });

  test('of a name that v2 does not have are read alone', async () => {
    await start({ owned: 250, switches: { v1Gone: 'off' } });
    const number = inOrder(250)[100] ?? '';
    rig.sandbox.setOdd({ owned: { [number]: v1Record('renamed-since', 'sip-reg') } });
    begin();
    await allRead();
    const place = rig.sandbox.account.find(number);
    const [primary, failover] = (['primary', 'failover'] as const).map(
      (side) => rig.sandbox.account.routeIdAt(place, side) ?? '',
    );
    expect((await rig.inventory.pairs([number]))[0]).toEqual({ primary, failover });
    expect(rig.sandbox.calls().filter((call) => call.api === 'v2' && call.subject === number)).toHaveLength(
      1,
    );
  });

  test.each(['404', '410'])(
    'are read one by one where v1 is gone (%s), which is asked once',
    async (v1Gone) => {
      await start({ owned: 120, switches: { v1Gone } });
      begin();
      await allRead();
      expect(await known()).toEqual(await told());
      const v1 = rig.sandbox.calls().filter(({ api }) => api === 'v1');
      expect(v1.length).toBeLessThanOrEqual(2);
      expect(rig.v2?.routeList.worthAsking).toBe(false);
    },
  );

  test('go on with the others when v1 fails in the middle', async () => {
    await start({ owned: 900, switches: { v1Gone: 'off' } });
    const { v2 } = rig;
    const page = v2?.routeList.page.bind(v2.routeList);
    if (!v2 || !page) throw new Error('the rig has another adapter');
    v2.routeList.page = async (request) => {
      if (request.cursor === '3') rig.sandbox.setSwitches({ v1Gone: '410' });
      return page(request);
    };
    begin();
    await allRead();
    expect(asked('details')).toBeGreaterThan(200);
    expect((await known()).map((line) => line.slice(0, 11))).toEqual(inOrder(500));
  });
});
