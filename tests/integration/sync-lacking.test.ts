/** What a sync makes of numbers that the carrier's list lacks, and of answers that are not the carrier's. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import type { Slice } from '../../src-main/carrier/carrier.ts';
import { failure } from '../../src-main/contract/errors.ts';
import type { OwnedNumber, PhoneNumber } from '../../src-main/contract/model.ts';
import type { SandboxOptions } from '../../src-main/sandbox/server.ts';
import { cachedLines, makeRig, ownedLines, type Rig } from './rig.ts';

let rig: Rig;
let ahead = 0;
const minutes = 60_000;
const byNumber = { column: 'number', direction: 'asc' } as const;

/** Signed in and synced once, with a clock that a test sets ahead. */
async function start(options: SandboxOptions): Promise<void> {
  ahead = 0;
  rig = await makeRig(options, () => Date.now() + ahead);
  await sync();
}

async function sync(): Promise<void> {
  await rig.sync.start('manual');
}

afterEach(async () => {
  await rig.close();
});

const found = async (text: string) =>
  (await rig.inventory.query({ text, sort: byNumber, offset: 0, limit: 500 })).rows;
const owned = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => rig.sandbox.account.ownedAt(from + at));

/** The list leaves these numbers out, whatever the carrier has. */
function hide(numbers: readonly string[]): () => void {
  const real = rig.carrier.listOwned.bind(rig.carrier);
  const hidden = new Set(numbers);
  rig.carrier.listOwned = async (request) => {
    const page: Slice<OwnedNumber> = await real(request);
    return { ...page, items: page.items.filter((item) => !hidden.has(item.number)) };
  };
  return () => (rig.carrier.listOwned = real);
}

describe('a list that suddenly lacks many numbers', () => {
  test('marks them, keeps them, and lets them go after a second look ten minutes later', async () => {
    await start({ owned: 300 });
    const gone = owned(40, 200);
    for (const number of gone) rig.sandbox.account.disown(number);
    await sync();
    expect(rig.sync.status()).toMatchObject({ missing: 200, error: null, last: { removed: 0 } });
    expect(await cachedLines(rig.inventory)).toHaveLength(300);
    const marked = await found('audit:missing');
    expect(marked.map((row) => row.number)).toEqual([...gone].sort());
    expect(marked[0]?.missingSince).toBeTypeOf('number');
    expect((await found('-audit:missing')).every((row) => row.missingSince === undefined)).toBe(true);

    ahead = 9 * minutes;
    await sync();
    expect(rig.sync.status()).toMatchObject({ missing: 200, last: { removed: 0 } });
    await rig.reopen();
    expect(rig.sync.status().missing).toBe(200);
    expect(await found('audit:missing')).toHaveLength(200);

    ahead = 11 * minutes;
    const before = rig.sandbox.ledger().calls['details 404'] ?? 0;
    await sync();
    expect(rig.sync.status()).toMatchObject({ missing: 0, error: null, last: { removed: 200 } });
    // Each was asked for.
    expect((rig.sandbox.ledger().calls['details 404'] ?? 0) - before).toBe(200);
    expect(await cachedLines(rig.inventory)).toEqual(ownedLines(rig.sandbox));
  });

  test('a number that is in the list again, or was read by itself, is not missing any more', async () => {
    await start({ owned: 100 });
    const lost = owned(10, 12);
    const show = hide(lost);
    const real = rig.carrier.getOwned.bind(rig.carrier);
    rig.carrier.getOwned = () => Promise.reject(failure('not-found', 'Not here.', 'Look again.'));
    await sync();
    expect(rig.sync.status().missing).toBe(12);
    rig.carrier.getOwned = real;
    const [one = ''] = lost;
    await rig.inventory.applyFresh([await rig.carrier.getOwned(one as PhoneNumber)], Date.now());
    expect(await found('audit:missing')).toHaveLength(11);
    show();
    await sync();
    expect(rig.sync.status()).toMatchObject({ missing: 0, last: { removed: 0 } });
    expect(await cachedLines(rig.inventory)).toHaveLength(100);
  });

  test('numbers that the list lacks and the carrier has are not missing', async () => {
    await start({ owned: 100 });
    hide(owned(10, 12));
    await sync();
    expect(rig.sync.status()).toMatchObject({ missing: 0, error: null });
    expect(await cachedLines(rig.inventory)).toHaveLength(100);
  });

  test('a clock that was ahead when they were marked does not keep them for as long', async () => {
    await start({ owned: 100 });
    ahead = 365 * 24 * 60 * minutes;
    for (const number of owned(10, 12)) rig.sandbox.account.disown(number);
    await sync();
    expect(rig.sync.status().missing).toBe(12);
    ahead = 0;
    await sync();
    expect(rig.sync.status()).toMatchObject({ missing: 12, last: { removed: 0 } });
    ahead = 11 * minutes;
    await sync();
    expect(rig.sync.status()).toMatchObject({ missing: 0, last: { removed: 12 } });
  });

  test('a pass that was called off is none, whatever time an earlier one had', async () => {
    await start({ owned: 100 });
    ahead = -60 * minutes;
    const called = rig.sync.fresh();
    await new Promise((resolve) => setImmediate(resolve));
    rig.sync.cancel();
    expect(await called).toMatchObject({ code: 'cancelled' });
  });

  test('an account that lost all its numbers has them until the second look', async () => {
    await start({ owned: 30 });
    for (const number of owned(0, 30)) rig.sandbox.account.disown(number);
    await sync();
    expect(rig.sync.status()).toMatchObject({ missing: 30, last: { removed: 0 } });
    ahead = 11 * minutes;
    await sync();
    expect(await cachedLines(rig.inventory)).toEqual([]);
  });

  test('a list that is begun anew has no before', async () => {
    await start({ owned: 600, latencyMs: 2 });
    // A first pass that was cut short, and numbers that went before it was begun again.
    await rig.close();
    rig = await makeRig({ owned: 6_000, latencyMs: 15 }, () => Date.now() + ahead);
    const first = rig.sync.start('manual');
    await expect.poll(() => rig.sync.status().received, { interval: 5 }).toBeGreaterThan(400);
    rig.sync.cancel();
    await first;
    for (const row of (await found('')).slice(0, 100)) rig.sandbox.account.disown(row.number);
    await rig.sync.start('manual', true);
    expect(rig.sync.status()).toMatchObject({ missing: 0, error: null });
    expect(await cachedLines(rig.inventory)).toEqual(ownedLines(rig.sandbox));
  });
});

describe('answers that are not the carrier’s remove nothing', () => {
  test('a gateway’s 404 for every number leaves the list whole, and says so', async () => {
    await start({ owned: 300 });
    for (const number of owned(0, 10)) rig.sandbox.account.disown(number);
    rig.sandbox.setFaults(['details:html-404:1']);
    await sync();
    expect(rig.sync.status().error).toMatchObject({ code: 'foreign-answer' });
    expect(await cachedLines(rig.inventory)).toHaveLength(300);
    expect(rig.sync.status().missing).toBe(0);
  });

  test('a 401 of a gateway does not refuse keys, nor does one 401 of the carrier', async () => {
    await start({ owned: 50 });
    rig.sandbox.setFaults(['owned:html-401:1']);
    await sync();
    expect(rig.sync.status().error?.code).toBe('foreign-answer');
    rig.sandbox.setFaults(['owned:401:0.5']);
    await sync();
    expect([undefined, 'wrong-keys']).toContain(rig.sync.status().error?.code);
    rig.sandbox.setFaults([]);
    await sync();
    expect(rig.sync.status().error).toBeNull();
  });
});

describe('odd records', () => {
  const fixture = (name: string) =>
    readFileSync(new URL(`../fixtures/carrier/${name}`, import.meta.url), 'utf8');

  test('are kept aside and told; a known number that became odd stays as it was', async () => {
    await start({ owned: 20 });
    const [became = ''] = owned(4, 1);
    const odd = { billing_method: 'METERED', routes: [] };
    rig.sandbox.setOdd({ owned: { [became]: odd, '4420794601234567': odd } });
    await sync();
    const { odd: told, error, missing, last } = rig.sync.status();
    expect({ error, missing, removed: last?.removed }).toEqual({ error: null, missing: 0, removed: 0 });
    expect(told.count).toBe(2);
    expect(told.some.map(({ name, why }) => `${name}: ${why}`).sort()).toEqual(
      [`${became}: it has no routes`, '4420794601234567: it is not a number of 7 to 15 digits'].sort(),
    );
    expect(await cachedLines(rig.inventory)).toHaveLength(20);
    await rig.reopen();
    expect(rig.sync.status().odd.count).toBe(2);
    rig.sandbox.setOdd({});
    await sync();
    expect(rig.sync.status().odd.count).toBe(0);
    expect(await cachedLines(rig.inventory)).toEqual(ownedLines(rig.sandbox));
  });

  test('numbers of other countries outlive a restart', async () => {
    await start({ owned: 5 });
    const others = ['61255501234', '442079460958', '4722345678', '2000000', '999999999999999'];
    for (const number of others) rig.sandbox.account.own(number);
    await sync();
    await rig.reopen();
    expect((await found('country:other')).map(({ number }) => number)).toEqual(others.toSorted());
    expect(await found('61255501234')).toHaveLength(1);
    expect(await cachedLines(rig.inventory)).toEqual(ownedLines(rig.sandbox));
  });

  test('a list that does not end is an error, and soon', async () => {
    await start({ owned: 5 });
    const endless = JSON.parse(fixture('35-page-endless.json')) as object;
    expect(endless).toEqual({ tns: {}, links: { next: '/v1/tns/?page=2' } });
    const empty = { items: [], odd: [], next: '2' };
    let asked = 0;
    rig.carrier.listOwned = () => {
      asked += 1;
      return Promise.resolve(empty);
    };
    await sync();
    expect(rig.sync.status().error?.message).toBe(
      "The carrier's list does not end: one empty page after another.",
    );
    expect(asked).toBeLessThan(60);
    expect(await cachedLines(rig.inventory)).toHaveLength(5);
  });
});
