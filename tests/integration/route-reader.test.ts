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
    refreshes: () => true,
    log: () => undefined,
    now: () => Date.now() + ahead,
  });
const begin = () => {
  reader = makeReader();
  reader.wake();
};
const start = async (options: SandboxOptions) => {
  rig = await makeRig({ available: 100, routes: 4, ...options }, Date.now, 'v2');
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
    await start({ owned: 20_000, switches: { manyDetails: 'on' } });
    begin();
    await allRead();
    // One alone, and one of each 500 to compare with.
    expect(asked('details')).toBeLessThanOrEqual(1 + 20_000 / 500);
    expect(asked('manyDetails') + asked('details')).toBeLessThanOrEqual(250);
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
    rig.sandbox.setFaults(['details:429:1']);
    begin();
    const tooMany = () => rig.sandbox.ledger().calls['details 429'] ?? 0;
    await until(() => Promise.resolve(tooMany()), Boolean);
    // News of the list comes with each pass.
    for (let pass = 0; pass < 5; pass += 1) {
      await rig.sync.start('manual');
      reader.wake();
    }
    expect([rig.sync.status().error, tooMany(), await unread()]).toEqual([null, 1, 200]);
    rig.sandbox.setFaults([]);
    reader.resume();
    await allRead();
  });
});
