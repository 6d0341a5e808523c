import { reasonWords } from '../../src-main/contract/job-words.ts';
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

/** `mayHaveSent`: a run before this one was about to set its routes. */
const settle = (carrier: Carrier, isNew: boolean, mayHaveSent = false) =>
  setItemRoutes(number, wanted, {
    ...{
      carrier,
      isNew,
      mayHaveSent,
      breathe: () => Promise.resolve(),
      signal: new AbortController().signal,
    },
    sending: () => Promise.resolve(),
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
    reason: { code: 'routes-elsewhere' },
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

/** The same with two requests for a pair: `second` is called before the primary is set, and what it throws is what that comes to. */
function inHalves(start: Pair, second: () => void) {
  const { carrier, pair, sent } = carrierWith(start);
  let [primary, failover] = start;
  const halves = {
    ...carrier,
    features: { ...v1Features, atomicRouting: false },
    details: async () => {
      const [one] = await carrier.details([number]);
      const route = (key: string) => ({ key, type: key === 'sip-reg' ? 'SIP-REG' : 'HOST' });
      return [{ ...one, routes: { primary: route(primary), failover: route(failover) } }];
    },
    setRouting: (_: PhoneNumber, to: typeof wanted) => {
      sent.push([to.primary, to.failover]);
      failover = to.failover;
      try {
        second();
      } catch (thrown) {
        return Promise.resolve({ primary: 'kept', failover: 'set', error: toAppError(thrown) });
      }
      primary = to.primary;
      return Promise.resolve({ primary: 'set', failover: 'set', error: null });
    },
  } as unknown as Carrier;
  return { carrier: halves, sent, pair: () => [primary, failover] as Pair, untouched: pair };
}

test.each([
  ['sent back with a 429', 'rate-limited', 5],
  ['called back before its turn', 'cancelled', 8],
] as const)('a second half that is %s is no try, and is finished', async (_, code, times) => {
  let left = times;
  const { carrier, pair } = inHalves(newPair, () => {
    left -= 1;
    if (left >= 0) throw failure(code, 'Not now.', 'Wait.');
  });
  expect(await settle(carrier, true)).toMatchObject({ routes: 'set' });
  expect(pair()).toEqual(['sbc-east', 'sbc-west']);
});

test('a pair that was half set before a restart is finished, and left alone where no request of the order can have done it', async () => {
  const half: Pair = ['sip-reg', 'sbc-west'];
  const ours = inHalves(half, () => undefined);
  expect(await settle(ours.carrier, false, true)).toMatchObject({ routes: 'set' });
  expect(ours.pair()).toEqual(['sbc-east', 'sbc-west']);
  const theirs = inHalves(half, () => undefined);
  expect(await settle(theirs.carrier, false)).toMatchObject({ routes: 'failed' });
  expect(theirs.sent).toEqual([]);
});

test('a second half that is refused for good says that only a part was set, and why', async () => {
  const { carrier, pair } = inHalves(newPair, () => {
    throw failure('rejected', 'This route is not for you.', 'Choose another one.');
  });
  const { routes, reason } = await settle(carrier, true);
  expect([routes, pair()[1]]).toEqual(['failed', 'sbc-west']);
  expect(reasonWords(reason)).toBe(
    'Bought, but at most a part of its routes was set: This route is not for you.',
  );
});

test('where many calls are asked for in vain, everything waits', async () => {
  const { carrier, sent } = carrierWith(newPair, () => {
    throw failure('rate-limited', 'Too many requests.', 'Wait.');
  });
  await expect(settle(carrier, true)).rejects.toMatchObject({ code: 'rate-limited' });
  expect(sent).toHaveLength(6);
});
