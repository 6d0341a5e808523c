import { afterEach, describe, expect, test } from 'vitest';
import { Failure, failure } from '../../src-main/contract/errors.ts';
import type { PhoneNumber } from '../../src-main/contract/model.ts';
import type { SandboxOptions } from '../../src-main/sandbox/server.ts';
import { until } from './buy-rig.ts';
import { makeRig, type Rig } from './rig.ts';

const byNumber = { column: 'number', direction: 'asc' } as const;
let rig: Rig;
const start = async (options: SandboxOptions) => (rig = await makeRig(options, Date.now, 'v2'));
afterEach(async () => {
  await rig.close();
});

const listed = async () =>
  (await rig.inventory.matching({ text: '', sort: byNumber, limit: 1_000_000 })).numbers;
const owned = () =>
  Array.from({ length: rig.sandbox.account.ownedCount }, (_, place) =>
    rig.sandbox.account.ownedAt(place),
  ).sort();
const asked = (operation: string) => rig.sandbox.ledger().classes.v2[operation] ?? 0;
const carrier = () => {
  if (!rig.v2) throw new Error('the rig has another adapter');
  return rig.v2;
};

describe('the list of numbers over v2', () => {
  test('comes whole with few requests and without any details', async () => {
    await start({ owned: 20_000, available: 100, routes: 4 });
    await rig.sync.start('manual');
    expect(rig.sync.status()).toMatchObject({ error: null, last: { added: 20_000 }, received: 20_000 });
    expect(await listed()).toEqual(owned());
    expect(asked('owned')).toBeLessThanOrEqual(110);
    expect(asked('details')).toBe(0);
  });

  test('of one part, of exactly one and of none', async () => {
    await start({ owned: 200, available: 0, routes: 4 });
    await rig.sync.start('manual');
    expect(await listed()).toEqual(owned());
    for (const number of owned()) rig.sandbox.account.disown(number);
    await rig.sync.start('manual');
    expect(rig.sync.status().error).toBe(null);
    // A list that is empty all of a sudden takes nothing away.
    expect(await listed()).toHaveLength(200);
  });

  test.each(['insert:2', 'insert:3', 'remove:2', 'remove:3', 'remove:5'])(
    'loses and doubles nothing while it moves (%s)',
    async (listShift) => {
      await start({ owned: 4_000, available: 500, routes: 4, switches: { listShift } });
      await rig.sync.start('manual');
      expect(rig.sync.status().error).toBe(null);
      const shifts = rig.sandbox.ledger().listShifts;
      expect(shifts.length).toBeGreaterThan(3);
      const [kept, moved] = [await listed(), new Set(shifts.map(({ number }) => number))];
      expect(new Set(kept).size).toBe(kept.length);
      // All that was there from the beginning to the end is here, and nothing that never was.
      expect(kept.filter((number) => !moved.has(number))).toEqual(
        owned().filter((number) => !moved.has(number)),
      );
      rig.sandbox.setSwitches({ listShift: 'off' });
      await rig.sync.start('manual');
      expect(rig.sync.status().error).toBe(null);
      const now = new Set(owned());
      const later = await listed();
      expect([...now].filter((number) => !later.includes(number))).toEqual([]);
      // What left so suddenly may be marked only, so far.
      const left = new Set(shifts.filter(({ what }) => what === 'remove').map(({ number }) => number));
      expect(later.filter((number) => !now.has(number) && !left.has(number))).toEqual([]);
    },
  );

  test('goes on after a cut, and reads the part before the cut again to see that nothing moved there', async () => {
    await start({ owned: 3_000, available: 100, routes: 4 });
    const real = carrier().listOwned.bind(carrier());
    let left = 7;
    const seven = 7 * 199 + 1;
    carrier().listOwned = async (request) => {
      left -= 1;
      if (left >= 0) return real(request);
      await until(
        () => Promise.resolve(rig.sync.status().received),
        (received) => received === seven,
      );
      throw failure('offline', 'No network.', 'Wait.');
    };
    await rig.sync.start('manual');
    expect(rig.sync.status()).toMatchObject({ partial: true, error: { code: 'offline' } });
    await rig.reopen();
    const again: string[] = [];
    carrier().listOwned = (request) => {
      again.push(request.cursor ?? '0');
      return real(request);
    };
    await rig.sync.start('manual');
    expect(rig.sync.status()).toMatchObject({ error: null, last: { added: 3_000 } });
    expect(await listed()).toEqual(owned());
    const parts = again.map((cursor) => Number(cursor) / 199 + 1);
    // The seventh was stored and is read again; those before it are not.
    expect([Math.min(...parts), parts.filter((part) => part === 7).length]).toEqual([7, 1]);
  });

  test('with an odd record at every seam loses none', async () => {
    await start({ owned: 900, available: 100, routes: 4 });
    const order = owned();
    const odd = Object.fromEntries(
      [0, 199, 398, 597].map((at) => [order[at] ?? '', { type: 'number', id: order[at], attributes: 7 }]),
    );
    rig.sandbox.setOdd({ owned: odd }, 'v2');
    await rig.sync.start('manual');
    expect(rig.sync.status()).toMatchObject({ error: null, odd: { count: 4 } });
    expect(await listed()).toEqual(order.filter((number) => !Object.hasOwn(odd, number)));
  });

  test('and routes that were read stay when it is read again', async () => {
    await start({ owned: 60, available: 100, routes: 4, switches: { manyDetails: 'on' } });
    await rig.sync.start('manual');
    const numbers = (await listed()) as PhoneNumber[];
    const askedAt = Date.now();
    const found = await carrier().details(numbers);
    const known = found.flatMap((one) => (one instanceof Failure ? [] : [one]));
    expect(known).toHaveLength(60);
    await rig.inventory.applyFresh(known, askedAt);
    await rig.sync.start('manual');
    const { rows } = await rig.inventory.query({
      text: 'routes:unread',
      sort: byNumber,
      offset: 0,
      limit: 10,
    });
    expect(rows).toEqual([]);
    expect(rig.sync.status().last).toEqual({ added: 0, changed: 0, removed: 0 });
  });
});
