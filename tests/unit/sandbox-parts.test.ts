import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Offers } from '../../src-main/sandbox/offers.ts';
import { makeRoutes, RouteTable } from '../../src-main/sandbox/routes.ts';
import { readSwitches, usualSwitches } from '../../src-main/sandbox/switches.ts';
import { formToJson } from '../../src-main/sandbox/v2/wire.ts';
import { shortened } from '../../src-main/sandbox/v2/number-document.ts';

test('offers: what was sold is passed over, what comes back is at its place, once', () => {
  const offers = new Offers(Float64Array.from([10, 20, 30]));
  expect([offers.sell(20), offers.sell(20), offers.sell(25)]).toEqual([true, false, false]);
  expect([...offers.between(0, Infinity)]).toEqual([10, 30]);
  for (const number of [25, 5, 25, 20]) offers.putBack(number);
  expect([...offers.between(6, 30)]).toEqual([10, 20, 25, 30]);
  expect([offers.next(0), offers.next(31), offers.has(25)]).toEqual([5, null, true]);
  expect(offers.sell(25)).toBe(true);
  expect([...offers.between(0, Infinity)]).toEqual([5, 10, 20, 30]);
});

test('routes: an id outlives a new name, and is not given again after its end', () => {
  const routes = makeRoutes(2, 1);
  const [builtIn, first, second] = [...routes.records()];
  expect(builtIn).toMatchObject({ id: '0', alias: 'sip-reg', value: null });
  const place = routes.placeOf(first?.alias ?? '');
  if (first) routes.edit({ ...first, alias: 'renamed', edgeStrategy: 4 });
  expect([routes.nameAt(place), routes.byId(first?.id ?? '')?.edgeStrategy]).toEqual(['renamed', 4]);
  expect([routes.has(first?.alias ?? ''), [...routes.keys()].length]).toEqual([false, 3]);
  routes.delete(second?.alias ?? '');
  routes.set('another', { type: 'HOST', value: 'a.example.com' });
  expect([...routes.records()].map(({ alias }) => alias)).toEqual(['sip-reg', 'renamed', 'another']);
  expect([...routes.records()].map(({ id }) => id)).not.toContain(second?.id);
});

test('routes: a name that no route has can be pointed at', () => {
  const routes = new RouteTable();
  const place = routes.placeFor('gone');
  expect([routes.nameAt(place), routes.at(place), [...routes.keys()]]).toEqual(['gone', null, []]);
});

test('switches: texts and JSON mean the same, and the rest stays', () => {
  expect(readSwitches({})).toEqual(usualSwitches);
  expect(readSwitches({ rateLimit: '5:10' })).toEqual(
    readSwitches({ rateLimit: { perSecond: 5, burst: 10 } }),
  );
  expect(readSwitches({ listShift: 'insert:3', outage: 'hang:5s', balanceCents: '100' })).toMatchObject({
    listShift: { what: 'insert', every: 3 },
    outage: { kind: 'hang', seconds: 5 },
    balanceCents: 100,
  });
  const set = readSwitches({ lostAnswer: 'purchase:after:0.3,release:before', nulls: '0' });
  expect(readSwitches({ nulls: 0.5 }, set)).toMatchObject({
    nulls: 0.5,
    lostAnswer: [
      { operation: 'purchase', when: 'after', rate: 0.3 },
      { operation: 'release', when: 'before', rate: 1 },
    ],
  });
});

test.each([
  ['nulls', 2],
  ['nulls', ''],
  ['rateLimit', 'fast'],
  ['rateLimit', 'weather=1:1'],
  ['listShift', 'insert:0'],
  ['lostAnswer', 'purchase'],
  ['outage', '503'],
  ['manyDetails', 'maybe'],
  ['messageProvisionDown', 'perhaps'],
  ['balanceCents', -1],
])('the switch %s cannot be %j', (name, value) => {
  expect(() => readSwitches({ [name]: value })).toThrow(`the switch ${name} must be `);
});

test('forms: brackets are what is inside, names that come twice are lists', () => {
  expect(formToJson('value=A+B')).toEqual({ value: 'A B' });
  expect(formToJson('numbers=%2B1&numbers=%2B2')).toEqual({ numbers: ['+1', '+2'] });
  expect(formToJson('numbers%5B%5D=1&numbers[0]=2')).toEqual({ numbers: ['1', '2'] });
  expect(formToJson('data[type]=e911&data[attributes][zip]=98101')).toEqual({
    data: { type: 'e911', attributes: { zip: '98101' } },
  });
});

test('rate centers are one short word', () => {
  expect(['SEATTLE', 'NORTH LIBERTY', 'NEW SMYRNA BEACH'].map(shortened)).toEqual([
    'seattle',
    'noliberty',
    'newsmyrnab',
  ]);
});

/** Where each switch of v2 is put to use: with the adapter or the application, where they do what it is about, else with the sandbox alone. */
const switchTests: Readonly<Record<keyof typeof usualSwitches, string>> = {
  manyDetails: 'unit/carrier-v2',
  manyDetailsMax: 'unit/carrier-v2',
  manyDetailsNames: 'unit/carrier-v2',
  manyDetailsIncluded: 'unit/carrier-v2',
  manyDetailsSkipUnknown: 'unit/carrier-v2',
  rateLimit: 'unit/carrier-v2',
  rateLimitBody: 'unit/carrier-v2',
  rateLimitRetryAfter: 'unit/carrier-v2',
  overLimit: 'unit/carrier-v2',
  emptyList: 'unit/carrier-v2',
  nulls: 'unit/carrier-v2',
  numberType: 'unit/carrier-v2',
  listShift: 'integration/flowroute-v2',
  rowsWithRelationships: 'unit/carrier-v2',
  balanceCents: 'integration/orders-v2',
  insufficientFundsCode: 'unit/carrier-v2',
  insufficientFundsDetail: 'unit/carrier-v2',
  taken: 'integration/orders-v2',
  takenShare: 'integration/orders-v2',
  duplicateRoute: 'unit/carrier-v2',
  primaryAfterClear: 'unit/carrier-v2',
  e911DeleteInUse: 'integration/sandbox-v2',
  cnamNotApproved: 'integration/sandbox-v2',
  e911NumbersId: 'integration/sandbox-v2',
  messageProvisionDown: 'unit/carrier-v2',
  lostAnswer: 'unit/carrier-v2',
  purchaseVisibleAfter: 'integration/orders-v2',
  outage: 'unit/carrier-v2',
  v1Gone: 'integration/route-reader',
  v2Gone: 'unit/carrier-v2',
  oddLinks: 'unit/carrier-v2',
  cnamApprovalMs: 'integration/sandbox-v2',
  cnamVisibleAfter: 'integration/sandbox-v2',
  cdrTakesMs: 'integration/sandbox-v2',
};

test.each(Object.keys(usualSwitches))('the switch %s is put to use in a test', (name) => {
  const file = path.join(
    import.meta.dirname,
    '..',
    `${switchTests[name as keyof typeof usualSwitches]}.test.ts`,
  );
  expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`\\b${name}\\b`));
});
