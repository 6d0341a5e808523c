import { expect, test } from 'vitest';
import type { Carrier } from '../../src-main/carrier/carrier.ts';
import { v1Features } from '../../src-main/carrier/flowroute/v1/features.ts';
import { failure, toAppError } from '../../src-main/contract/errors.ts';
import type { PhoneNumber } from '../../src-main/contract/model.ts';
import { setItemRoutes } from '../../src-main/buying/item-routes.ts';

type Pair = readonly [string, string];
const number = '12065550142' as PhoneNumber;
const wanted = { primary: 'sbc-east', failover: 'sbc-west' };
const newPair: Pair = ['sip-reg', 'sip-reg'];

/** A carrier with one number; `between` happens after each change it was asked for, which succeeds unless it throws. */
function carrierWith(start: Pair, between: (set: (pair: Pair) => void) => void = () => undefined) {
  let pair = start;
  const sent: Pair[] = [];
  const route = (key: string) => ({ key, type: key === 'sip-reg' ? 'SIP-REG' : 'HOST' });
  const carrier = {
    features: v1Features,
    details: () =>
      Promise.resolve([
        {
          number,
          billing: 'METERED',
          routes: { primary: route(pair[0]), failover: route(pair[1]) },
        },
      ]),
    setRouting: (_: PhoneNumber, { primary, failover }: typeof wanted) => {
      sent.push([primary, failover]);
      const set = (to: Pair) => (pair = to);
      try {
        between(set);
      } catch (thrown) {
        const kept = { primary: 'unknown', failover: 'unknown', error: toAppError(thrown) };
        return Promise.resolve(kept);
      }
      pair = [primary, failover];
      return Promise.resolve({ primary: 'set', failover: 'set', error: null });
    },
  } as unknown as Carrier;
  return { carrier, sent, pair: () => pair };
}

const settle = (carrier: Carrier, isNew: boolean) =>
  setItemRoutes(number, wanted, {
    ...{ carrier, isNew, breathe: () => Promise.resolve(), signal: new AbortController().signal },
  });
const busy = () => failure('carrier-down', 'The carrier is busy.', 'Wait.', { retryable: true });

test.each<[string, Pair]>([
  ['the same route twice', ['fax', 'fax']],
  ['two routes', ['fax', 'pbx']],
  ['a primary before the default', ['fax', 'sip-reg']],
  ['a failover after the default', ['sip-reg', 'fax']],
])('a pair that somebody set is left alone: %s', async (_, pair) => {
  const { carrier, sent, pair: now } = carrierWith(pair);
  const ended = await settle(carrier, false);
  expect(ended).toMatchObject({
    routes: 'failed',
    reason: expect.stringContaining('set elsewhere') as string,
  });
  expect([sent, now()]).toEqual([[], pair]);
});

test.each([true, false])(
  'what the carrier gives to a new number is set; bought just now: %s',
  async (isNew) => {
    const { carrier, sent } = carrierWith(newPair);
    expect(await settle(carrier, isNew)).toMatchObject({ routes: 'set' });
    expect(sent).toEqual([['sbc-east', 'sbc-west']]);
  },
);

test('a pair that is right already is not sent again', async () => {
  const { carrier, sent } = carrierWith(['sbc-east', 'sbc-west']);
  expect(await settle(carrier, false)).toMatchObject({ routes: 'set' });
  expect(sent).toEqual([]);
});

test('what somebody sets between two tries is left alone', async () => {
  let tries = 0;
  const { carrier, sent, pair } = carrierWith(newPair, (set) => {
    tries += 1;
    if (tries === 2) set(['fax', 'fax']);
    throw busy();
  });
  expect(await settle(carrier, true)).toMatchObject({ routes: 'failed' });
  expect([sent.length, pair()]).toEqual([2, ['fax', 'fax']]);
});

test('a change that had to wait is called off and rests on a new read', async () => {
  let tries = 0;
  const { carrier, sent, pair } = carrierWith(newPair, (set) => {
    tries += 1;
    if (tries > 1) return;
    set(['fax', 'fax']);
    throw failure('cancelled', 'Called back.', '');
  });
  expect(await settle(carrier, true)).toMatchObject({ routes: 'failed' });
  expect([sent.length, pair()]).toEqual([1, ['fax', 'fax']]);
});

test('an outage is tried four times, then everything waits', async () => {
  const { carrier, sent } = carrierWith(newPair, () => {
    throw busy();
  });
  await expect(settle(carrier, true)).rejects.toMatchObject({ code: 'carrier-down' });
  expect(sent).toHaveLength(4);
});

test('a clear no is not asked twice', async () => {
  const { carrier, sent } = carrierWith(newPair, () => {
    throw failure('rejected', 'No such route.', 'Choose another one.');
  });
  expect(await settle(carrier, true)).toMatchObject({ routes: 'failed' });
  expect(sent).toHaveLength(1);
});
