import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { FlowrouteV2 } from '../../src-main/carrier/flowroute/v2/adapter.ts';
import { detailsOf } from '../../src-main/carrier/details.ts';
import { readAll } from '../../src-main/carrier/paging.ts';
import { Failure } from '../../src-main/contract/errors.ts';
import { pairOf, type PhoneNumber } from '../../src-main/contract/model.ts';
import { some } from '../support/some.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src-main/sandbox/server.ts';

const secretKey = 'canary-secret-key-0123456789abcd';
let sandbox: Sandbox;
let carrier: FlowrouteV2;

async function begin(options: SandboxOptions = {}, now = Date.now) {
  const usual = { owned: 25, available: 3_000, routes: 8, seed: 11, secretKey };
  sandbox = await startSandbox({ ...usual, ...options });
  carrier = connect({}, now);
}

function connect(other: Partial<ConstructorParameters<typeof FlowrouteV2>[0]> = {}, now = Date.now) {
  const keys = { accessKey: sandbox.accessKey, secretKey: sandbox.secretKey };
  return new FlowrouteV2({
    ...{
      baseUrl: sandbox.v2Url,
      keys,
      backoffMs: 1,
      nextStampMs: 1,
      tooManyMs: 20,
      timeoutMs: 2_000,
      now,
      ...other,
    },
  });
}

afterEach(async () => {
  carrier.close();
  await sandbox.close();
});

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const thrown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(Failure);
  expect(JSON.stringify((thrown as Failure).error)).not.toContain(secretKey);
  return thrown as Failure;
}
const codeOf = async (work: Promise<unknown>) => (await failureOf(work)).code;

const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
};

const first = { cursor: null, limit: 200 } as const;
const owned = (place: number) => sandbox.account.ownedAt(place) as PhoneNumber;
const countOf = (operation: string) => sandbox.ledger().classes.v2[operation] ?? 0;
const forSale = async (count = 1) => {
  const { items } = await carrier.searchAvailable({ cursor: null, limit: count });
  return items.map(({ number }) => number);
};
const offer = async () => {
  const [number] = await forSale();
  if (!number) throw new Error('nothing is for sale');
  return number;
};
const idOf = (name: string) => sandbox.account.routes.idAt(sandbox.account.routes.placeOf(name)) ?? '';
const pairAt = (number: string) => {
  const place = sandbox.account.find(number);
  return (['primary', 'failover'] as const).map((side) => sandbox.account.routeIdAt(place, side));
};

describe('what is for sale', () => {
  test('area codes, exchanges and tiers are read to their end', async () => {
    await begin();
    const codes = await readAll(
      (cursor) => carrier.listAreaCodes({ cursor, limit: 7 }),
      ({ npa }) => npa,
      200,
    );
    expect(codes.odd).toEqual([]);
    expect(new Set(codes.items.map(({ npa }) => npa)).size).toBe(codes.items.length);
    expect(codes.items.length).toBeGreaterThan(7);
    const npa = codes.items[0]?.npa ?? '';
    const { items } = await carrier.listExchanges({ ...first, npa });
    expect(items.length).toBeGreaterThan(0);
    expect(items.every((one) => one.npa === npa && one.nxx.length === 3)).toBe(true);
    const tiers = await carrier.listTiers(first);
    expect(tiers.items.map(({ name }) => name)).toContain('US Promo $0.0/$0.50/$0.005');
  });

  test('a search asks for exactly what is documented, in an order that is always said', async () => {
    await begin({ tollFreeAvailable: 40, switches: { nulls: 0 } });
    const [some] = await carrier.searchAvailable(first).then(({ items }) => items);
    if (!some) throw new Error('nothing is for sale');
    const [npa, nxx] = [some.number.slice(1, 4), some.number.slice(4, 7)];
    const found = async (search: Parameters<typeof carrier.searchAvailable>[0]) =>
      (await carrier.searchAvailable(search)).items;
    const inNpa = await found({ ...first, npa });
    expect(inNpa.every(({ number }) => number.startsWith(`1${npa}`))).toBe(true);
    expect(inNpa.map(({ number }) => number)).toEqual(inNpa.map(({ number }) => number).sort());
    expect(
      (await found({ ...first, npa, nxx })).every(({ number }) => number.startsWith(`1${npa}${nxx}`)),
    ).toBe(true);
    expect((await found({ ...first, startsWith: some.number })).map(({ number }) => number)).toEqual([
      some.number,
    ]);
    expect((await found({ ...first, endsWith: '7' })).every(({ number }) => number.endsWith('7'))).toBe(true);
    expect((await found({ ...first, contains: '55' })).every(({ number }) => number.includes('55'))).toBe(
      true,
    );
    const place = await found({ ...first, rateCenter: some.rateCenter, state: some.state });
    expect(place.length).toBeGreaterThan(0);
    expect(
      place.every(({ rateCenter, state }) => rateCenter === some.rateCenter && state === some.state),
    ).toBe(true);
    const free = await found({ ...first, kind: 'toll-free' });
    expect(free.map(({ number }) => number.slice(0, 2))).toEqual(free.map(() => '18'));
    expect(free.length).toBe(40);
    const dear = await found({ ...first, order: { by: 'monthly', direction: 'desc' } });
    const costs = dear.map(({ monthlyCost }) => monthlyCost.cents);
    expect(costs).toEqual([...costs].sort((a, b) => b - a));
    expect(await codeOf(carrier.searchAvailable({ ...first, nxx: '555' }))).toBe('invalid-input');
  });

  test('prices are exact cents, and nothing is sold on terms', async () => {
    await begin();
    const [some] = (await carrier.searchAvailable(first)).items;
    const { setupCost, monthlyCost } = sandbox.account.offer(some?.number ?? '');
    expect(some).toMatchObject({
      setupCost: { cents: Math.round(Number(setupCost) * 100) },
      monthlyCost: { cents: Math.round(Number(monthlyCost) * 100) },
      billingMethods: [],
    });
  });

  test.each(['array', '404'])('an empty list is empty (%s)', async (emptyList) => {
    await begin({ available: 0, tollFreeAvailable: 0, switches: { emptyList } });
    expect(await carrier.searchAvailable(first)).toMatchObject({ items: [], next: null });
    expect(await carrier.listAreaCodes(first)).toMatchObject({ items: [], next: null });
  });
});

describe('a purchase', () => {
  test('is one request, and 201', async () => {
    await begin();
    const number = await offer();
    await carrier.purchase(number, '');
    expect(sandbox.ledger().purchases.map((one) => one.number)).toEqual([number]);
    expect(sandbox.account.traits(number).cnamLookups).toBe(false);
    expect(await detailsOf(carrier, number)).toMatchObject({
      number,
      routes: { primary: { key: '0' }, failover: null },
    });
  });

  test('is made with 207 too', async () => {
    await begin();
    const number = await offer();
    sandbox.setSwitches({ messageProvisionDown: true });
    const sell = sandbox.account.change.bind(sandbox.account);
    // The account has messaging switched on for all that is bought.
    sandbox.account.change = (one, change) => {
      sell(one, { ...change, messaging: true });
    };
    await carrier.purchase(number, '');
    expect(sandbox.ledger().purchases).toHaveLength(1);
  });

  test.each(['422', '404'])('that somebody else was quicker with is told so (%s)', async (taken) => {
    await begin({ switches: { taken, takenShare: 1 } });
    const refused = await failureOf(carrier.purchase(await offer(), ''));
    expect(refused.error).toMatchObject({ code: 'rejected', refusal: 'unavailable' });
    expect(sandbox.ledger().purchases).toEqual([]);
  });

  test.each(['403', '402', '422', '400'])(
    'without money is told so, and not asked about (%s)',
    async (code) => {
      await begin({ switches: { balanceCents: 0, insufficientFundsCode: code } });
      const number = await offer();
      const before = countOf('search');
      expect((await failureOf(carrier.purchase(number, ''))).error.refusal).toBe('funds');
      expect(countOf('search')).toBe(before);
    },
  );

  test.each(['Your balance is too low.', 'Please add funds', 'Payment required'])(
    'without money is known by the words of the carrier (%s)',
    async (insufficientFundsDetail) => {
      await begin({ switches: { balanceCents: 0, insufficientFundsCode: '422', insufficientFundsDetail } });
      const refused = await failureOf(carrier.purchase(await offer(), ''));
      expect(refused.error).toMatchObject({ refusal: 'funds', message: insufficientFundsDetail });
    },
  );

  test('shows in the details when the carrier has it there', async () => {
    await begin({ switches: { purchaseVisibleAfter: 60_000 } });
    const number = await offer();
    await carrier.purchase(number, '');
    expect(await codeOf(detailsOf(carrier, number))).toBe('not-found');
    expect(await forSale(1)).not.toEqual([number]);
    sandbox.advance(60_001);
    expect(await detailsOf(carrier, number)).toMatchObject({ number });
  });

  test('that is refused for no known reason, of a number that is still for sale, is none of these', async () => {
    await begin({ faults: ['purchase:400:1'] });
    const number = await offer();
    expect((await failureOf(carrier.purchase(number, ''))).error).toMatchObject({
      ...{ code: 'rejected', refusal: 'other' },
    });
    expect(await forSale(1)).toEqual([number]);
  });

  test.each([
    'cut-before',
    'cut-after',
    '500',
    'after-500',
    'after-error-in-200',
    'html-200',
    'html-502',
    'redirect',
  ])('with an answer that is none (%s) is sent once, and its outcome unknown', async (kind) => {
    await begin({ faults: [`purchase:${kind}:1`] });
    const number = await offer();
    expect(await codeOf(carrier.purchase(number, ''))).toBe('outcome-unknown');
    expect(countOf('purchase')).toBe(1);
  });

  test('is never asked for under a name that is no number', async () => {
    await begin();
    expect(await codeOf(carrier.purchase('details' as PhoneNumber, ''))).toBe('invalid-input');
    expect(countOf('purchase')).toBe(0);
  });
});

describe('numbers of the account', () => {
  test('are listed without routes, which their details tell', async () => {
    await begin();
    const { items, next, odd } = await carrier.listOwned(first);
    expect([items.length, next, odd]).toEqual([25, null, []]);
    expect(items.every(({ routes }) => routes === null)).toBe(true);
    for (const { number } of some(items.slice(0, 5))) {
      const found = await detailsOf(carrier, number);
      const [primary, failover] = pairAt(number);
      expect(pairOf(found)).toEqual({ primary: primary ?? '', failover: failover ?? '' });
    }
    const route = idOf('sbc-east');
    sandbox.account.setRoute(sandbox.account.find(owned(0)), 'primary', route);
    expect((await detailsOf(carrier, owned(0))).routes.primary).toEqual({ key: route, type: 'URI' });
  });

  test.each(['longcode', 'standard'])(
    'are the same by their old and new names of types (%s)',
    async (numberType) => {
      await begin({ tollFree: 2, tollFreeAvailable: 3, switches: { numberType, nulls: 1 } });
      expect((await carrier.listOwned(first)).odd).toEqual([]);
      expect((await carrier.listOwned(first)).items).toHaveLength(27);
      const free = await carrier.searchAvailable({ ...first, kind: 'toll-free' });
      expect(free.items.map(({ state, rateCenter }) => [state, rateCenter])).toEqual(Array(3).fill(['', '']));
      expect((await carrier.searchAvailable({ ...first, kind: 'local' })).items).toHaveLength(200);
    },
  );

  test.each(['null', '0'])(
    'have no primary, or the built-in one, after theirs was cleared (%s)',
    async (after) => {
      await begin({ switches: { primaryAfterClear: after } });
      const { accessKey } = sandbox;
      const Authorization = `Basic ${Buffer.from(`${accessKey}:${secretKey}`).toString('base64')}`;
      const path = `${sandbox.v2Url}/numbers/${owned(0)}/relationships/primary_route`;
      expect((await fetch(path, { method: 'DELETE', headers: { Authorization } })).status).toBe(204);
      const { primary } = (await detailsOf(carrier, owned(0))).routes;
      expect(primary?.key ?? null).toBe(after === '0' ? '0' : null);
    },
  );

  test('tell routes in the list where the carrier does', async () => {
    await begin({ switches: { rowsWithRelationships: true } });
    const { items } = await carrier.listOwned(first);
    expect(
      items.map(({ number, routes }) => [
        number,
        routes?.primary?.key ?? null,
        routes?.failover?.key ?? null,
      ]),
    ).toEqual(items.map(({ number }) => [number, ...pairAt(number)]));
  });

  test('that are not there are not found once another read was answered', async () => {
    await begin();
    const gone = '12065550199' as PhoneNumber;
    expect(await codeOf(detailsOf(carrier, gone))).toBe('not-found');
    expect(countOf('listRoutes')).toBe(1);
    expect(await codeOf(detailsOf(carrier, gone))).toBe('not-found');
    expect(countOf('listRoutes')).toBe(1);
    sandbox.setFaults(['listRoutes:503:1']);
    const other = connect({ attempts: 1 });
    expect(await codeOf(detailsOf(other, gone))).toBe('foreign-answer');
    other.close();
  });

  test('of other countries are numbers as any other, but are not for sale here', async () => {
    await begin({ foreignNumbers: 3 });
    const { items, odd } = await carrier.listOwned(first);
    const foreign = items.map(({ number }) => number).filter((number) => !number.startsWith('1'));
    expect(foreign.toSorted()).toEqual(['442079460101', '493023125101', '61255500101']);
    expect(odd).toEqual([]);
    const [number] = foreign as [PhoneNumber];
    expect(await carrier.setRouting(number, { primary: '0', failover: null })).toMatchObject({ error: null });
    expect(pairOf(await detailsOf(carrier, number))).toEqual({ primary: '0', failover: '' });
    const unknown = await failureOf(detailsOf(carrier, '442079460199' as PhoneNumber));
    expect([unknown.code, unknown.error.message]).toEqual([
      'not-found',
      expect.stringContaining('+442079460199'),
    ]);
    const offers = await carrier.searchAvailable({ ...first, contains: '7946' });
    expect(offers.items.filter((offer) => !offer.number.startsWith('1'))).toEqual([]);
    expect(offers.odd).toEqual([]);
  });

  test('with too many digits, too few, or letters, and without a record, are kept aside and named', async () => {
    await begin();
    const record = (value: string) => ({ type: 'number', id: value, attributes: { value } });
    const bad = [
      '4420794601234567',
      '442079',
      '44207946O101',
      '0442079460101',
      '1206555014',
      '442079460101442079460101',
    ];
    const owned = Object.fromEntries(bad.map((value) => [value, record(value)]));
    sandbox.setOdd({ owned: { ...owned, '12065550177': { type: 'number', attributes: 7 } } }, 'v2');
    const { odd } = await carrier.listOwned(first);
    expect(odd.map(({ why }) => why).toSorted()).toEqual([
      ...bad.map(() => 'it is not a number of 7 to 15 digits'),
      'it tells nothing of itself',
    ]);
    expect(carrier.oddRecords().number).toBe(odd.length);
  });

  test('without the code of the country that is told beside them are kept aside; other countries that are told change nothing', async () => {
    await begin();
    const record = (value: string, country: unknown) => [
      value,
      { type: 'number', id: value, attributes: { value, iso_country: country } },
    ];
    const [inCode, national, plain] = ['442079460177', '2079460177', '3023125177'];
    const owned = Object.fromEntries([
      record(inCode, 'US'),
      record(national, 'gb'),
      record(plain, 'US'),
      record('493023125178', 'XX'),
      record('61255501178', 44),
      record('883510001234567', 'US'),
      record('12065550178', 'GB'),
    ]);
    sandbox.setOdd({ owned }, 'v2');
    const { items, odd } = await carrier.listOwned(first);
    expect(odd.map(({ name, why }) => [name, why]).toSorted()).toEqual([
      [national, 'it is of GB and does not begin with 44'],
      [plain, 'it is of US and does not begin with 1'],
    ]);
    const here = items.map(({ number }) => number as string);
    expect(here).toEqual(
      expect.arrayContaining([inCode, '493023125178', '61255501178', '883510001234567', '12065550178']),
    );
  });

  test('nobody serves this version: not a word about any number', async () => {
    await begin({ switches: { v2Gone: true } });
    expect(await codeOf(detailsOf(carrier, owned(0)))).toBe('foreign-answer');
    expect(await codeOf(carrier.listOwned(first))).toBe('foreign-answer');
    expect(await codeOf(carrier.purchase('12065550142' as PhoneNumber, ''))).toBe('outcome-unknown');
  });
});

describe('many numbers with one request', () => {
  const known = () => detailsOf(carrier, owned(0));
  const all = () => Array.from({ length: sandbox.account.ownedCount }, (_, place) => owned(place));
  const pairs = async (numbers: readonly PhoneNumber[]) =>
    (await carrier.details(numbers)).map((one) =>
      one instanceof Failure ? one.code : Object.values(pairOf(one)),
    );
  const truth = (numbers: readonly PhoneNumber[]) => numbers.map((one) => pairAt(one).map((id) => id ?? ''));

  test.each(['absent-path404', 'absent-resource404'])(
    'are not asked for where that is not there (%s), and nothing is bought',
    async (manyDetails) => {
      let now = Date.now();
      await begin({ switches: { manyDetails } }, () => now);
      expect(await carrier.tryMany(await known())).toBe(false);
      expect(await carrier.tryMany(await known())).toBe(false);
      expect(countOf('manyDetails')).toBe(1);
      expect(carrier.features.detailsAtOnce).toBe(1);
      expect(await pairs(all())).toEqual(truth(all()));
      // A week later it is looked for again.
      now += 8 * 86_400_000;
      sandbox.setSwitches({ manyDetails: 'on' });
      expect(await carrier.tryMany(await known())).toBe(true);
      expect(sandbox.ledger().purchases).toEqual([]);
      expect(countOf('purchase')).toBe(0);
    },
  );

  test.each([
    ['v2', false],
    ['v2.1', true],
  ])('tell the same as one by one, with the names of %s', async (manyDetailsNames, manyDetailsIncluded) => {
    await begin({ owned: 260, switches: { manyDetails: 'on', manyDetailsNames, manyDetailsIncluded } });
    expect(await carrier.tryMany(await known())).toBe(true);
    const single = countOf('details');
    const found = await carrier.details(all());
    expect(found.map((one) => (one instanceof Failure ? one.code : Object.values(pairOf(one))))).toEqual(
      truth(all()),
    );
    // 10, 25, 50, 100 and the rest.
    expect(countOf('manyDetails')).toBe(1 + 5);
    expect(countOf('details')).toBe(single);
    // Their types are told beside them, or learned from the list of routes once.
    expect(countOf('listRoutes')).toBe(manyDetailsIncluded ? 0 : 1);
    const types = found.map((one) => (one instanceof Failure ? '' : (one.routes.primary?.type ?? 'none')));
    expect(types).not.toContain('');
  });

  test('what is missing is kept, and not looked for again by who is told of it for a week', async () => {
    let now = Date.now();
    await begin();
    const told: unknown[] = [];
    const mine = connect({ now: () => now, onLacks: (lacks) => told.push(lacks) });
    const one = await detailsOf(mine, owned(0));
    expect(await mine.tryMany(one)).toBe(false);
    expect(told).toEqual([{ manyDetails: now }]);
    mine.close();
    const later = connect({
      now: () => now,
      lacks: { manyDetails: now - 1 },
      onLacks: (lacks) => told.push(lacks),
    });
    expect(await later.tryMany(one)).toBe(false);
    expect([countOf('manyDetails'), told.length]).toEqual([1, 1]);
    now += 7 * 86_400_000;
    sandbox.setSwitches({ manyDetails: 'on' });
    expect(await later.tryMany(one)).toBe(true);
    expect(told[1]).toEqual({ manyDetails: undefined });
    later.close();
    // A time that is yet to come was written by a wrong clock.
    const set = connect({ now: () => now, lacks: { manyDetails: now + 86_400_000 } });
    expect(await set.tryMany(one)).toBe(true);
    set.close();
  });

  test('a carrier that has had too many requests has said nothing of how many numbers it takes', async () => {
    await begin({ owned: 60, switches: { manyDetails: 'on' } });
    const one = await known();
    sandbox.setFaults(['manyDetails:429:1']);
    await expect(carrier.tryMany(one)).rejects.toMatchObject({ code: 'rate-limited' });
    sandbox.setFaults([]);
    expect(await carrier.tryMany(one)).toBe(true);
    sandbox.setFaults(['manyDetails:429:1']);
    const asked = carrier.details(all().slice(0, 40));
    await expect(asked).rejects.toMatchObject({ code: 'rate-limited' });
    sandbox.setFaults([]);
    expect(carrier.features.detailsAtOnce).toBe(10);
  });

  test('a carrier that is down for a while has not said that it takes no more than one', async () => {
    let now = Date.now();
    const told: unknown[] = [];
    await begin({ owned: 60, switches: { manyDetails: 'on' } });
    const one = await known();
    const mine = connect({ now: () => now, onLacks: (lacks) => told.push(lacks) });
    sandbox.setFaults(['manyDetails:503:1']);
    expect(await mine.tryMany(one)).toBe(false);
    sandbox.setFaults([]);
    expect(await mine.tryMany(one)).toBe(false);
    now += 3_600_000;
    expect(await mine.tryMany(one)).toBe(true);
    await mine.details(all().slice(0, 10));
    expect(mine.features.detailsAtOnce).toBe(25);
    // A gateway that gives up on so many does so each time: fewer are asked for after some of its answers.
    sandbox.setFaults(['manyDetails:504:1']);
    const sizes: number[] = [];
    for (let time = 0; time < 6; time += 1) {
      expect(await codeOf(mine.details(all().slice(0, 40)))).toBe('foreign-answer');
      sizes.push(mine.features.detailsAtOnce);
    }
    expect([sizes, told]).toEqual([[25, 25, 10, 10, 10, 1], []]);
    sandbox.setFaults([]);
    now += 3_600_000;
    expect(await mine.tryMany(one)).toBe(true);
    mine.close();
  });

  test('are asked for once only where that is answered as if something was bought', async () => {
    await begin();
    const one = await known();
    const posts: string[] = [];
    const server = createServer((request, response) => {
      posts.push(`${request.method} ${request.url}`);
      response.writeHead(201, { 'Content-Type': 'application/vnd.api+json' });
      response.end(JSON.stringify({ data: { type: 'number', id: one.number, attributes: {} } }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const mine = connect({ baseUrl: `http://127.0.0.1:${port}` });
    expect(await mine.tryMany(one)).toBe(false);
    expect(await mine.tryMany(one)).toBe(false);
    expect(posts).toEqual(['POST /v2/numbers/details']);
    mine.close();
    await new Promise((resolve) => server.close(resolve));
  });

  test('are fewer when the carrier refuses so many, and one by one when it refuses even few', async () => {
    await begin({ owned: 200, switches: { manyDetails: 'on', manyDetailsMax: 30 } });
    await carrier.tryMany(await known());
    expect(await pairs(all())).toEqual(truth(all()));
    expect(carrier.features.detailsAtOnce).toBe(25);
    sandbox.setSwitches({ manyDetailsMax: 1 });
    expect(await pairs(all())).toEqual(truth(all()));
    expect(carrier.features.detailsAtOnce).toBe(1);
  });

  test('those that it says nothing of are asked for alone', async () => {
    await begin({ owned: 30, switches: { manyDetails: 'on' } });
    await carrier.tryMany(await known());
    const numbers = ['12065550199' as PhoneNumber, ...all().slice(0, 9)];
    expect((await pairs(numbers))[0]).toBe('not-found');
    sandbox.setSwitches({ manyDetailsSkipUnknown: false });
    expect((await pairs(numbers)).slice(1)).toEqual(truth(numbers.slice(1)));
  });

  test('are believed when a number got another route between both readings', async () => {
    await begin({ owned: 20, switches: { manyDetails: 'on' } });
    const one = await known();
    const other = idOf('sbc-west');
    sandbox.account.setRoute(
      sandbox.account.find(owned(0)),
      'primary',
      other === one.routes.primary?.key ? '0' : other,
    );
    expect(await carrier.tryMany(one)).toBe(true);
  });

  test('that tell something else than one by one twice are not believed', async () => {
    await begin({ owned: 20 });
    const alone = await known();
    const related = (id: string) => ({ data: { id, type: 'route' } });
    let many = 0;
    let primary = 'elsewhere';
    const server = createServer((request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/vnd.api+json' });
      const isMany = request.method === 'POST';
      if (isMany) many += 1;
      if (request.url?.startsWith('/v2/routes')) {
        const attributes = { alias: 'sip-reg', route_type: 'sip-reg', value: null };
        return response.end(JSON.stringify({ data: [{ type: 'route', id: '0', attributes }], links: {} }));
      }
      const relationships = {
        primary_route: related(isMany ? primary : (alone.routes.primary?.key ?? '')),
        failover_route: { data: alone.routes.failover && { id: alone.routes.failover.key, type: 'route' } },
      };
      const record = { type: 'number', id: alone.number, attributes: {}, relationships };
      return response.end(JSON.stringify({ data: isMany ? [record] : record }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const told: unknown[] = [];
    const baseUrl = `http://127.0.0.1:${port}`;
    const mine = connect({ baseUrl, now: () => 1_000, onLacks: (lacks) => told.push(lacks) });
    expect(await mine.tryMany(alone)).toBe(false);
    expect([many, told]).toEqual([2, [{ manyDetails: 1_000 }]]);
    mine.close();
    primary = alone.routes.primary?.key ?? '';
    const later = connect({ baseUrl });
    expect([await later.tryMany(alone), many]).toEqual([true, 3]);
    later.close();
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('routes', () => {
  test('are listed with their ids as keys and their aliases as labels, the built-in one first', async () => {
    await begin();
    const { items } = await carrier.listRoutes(first);
    expect(items[0]).toEqual({ key: '0', label: 'sip-reg', type: 'SIP-REG', value: null, builtin: true });
    const types = new Set(items.map(({ type }) => type));
    // A type that nobody knows stays as the carrier writes it.
    expect([...types].sort()).toEqual(['HOST', 'PSTN', 'SIP-REG', 'URI', 'privacy-pstn']);
    expect(items.find(({ label }) => label === 'sbc-east')).toMatchObject({
      key: idOf('sbc-east'),
      builtin: false,
    });
  });

  test('are created, and one whose name is there is refused without a word about the account', async () => {
    await begin();
    await carrier.createRoute('new one', 'PSTN', '12065550142');
    await carrier.createRoute('new host', 'HOST', 'pbx.example.com:5060');
    expect(sandbox.ledger().createdRoutes).toHaveLength(2);
    for (const duplicateRoute of ['403', '422']) {
      sandbox.setSwitches({ duplicateRoute });
      expect(await codeOf(carrier.createRoute('new one', 'HOST', 'pbx.example.com'))).toBe('rejected');
    }
    const refused = await failureOf(carrier.createRoute('bad', 'HOST', 'not a host'));
    expect(refused.error.message).toMatch(/^value: /);
    expect(refused.error.action).toMatch(/its support finds it by [0-9a-f-]{36}/);
  });

  test('of a number are set failover first, and none is a request of its own', async () => {
    await begin();
    const [a, b] = [idOf('sbc-east'), idOf('sbc-west')];
    expect(await carrier.setRouting(owned(1), { primary: a, failover: b })).toEqual({
      ...{ primary: 'set', failover: 'set', error: null },
    });
    expect(pairAt(owned(1))).toEqual([a, b]);
    expect(await carrier.setRouting(owned(1), { primary: b, failover: null })).toMatchObject({ error: null });
    expect(pairAt(owned(1))).toEqual([b, null]);
    const asked = sandbox.calls().filter(({ subject }) => subject === owned(1));
    expect(asked.map(({ operation }) => operation)).toEqual([
      'setFailover',
      'setPrimary',
      'clearFailover',
      'setPrimary',
    ]);
  });

  test.each([
    ['setFailover:400:1', 'kept', 'kept', 'rejected'],
    ['setFailover:cut-after:1', 'kept', 'unknown', 'outcome-unknown'],
    ['setPrimary:403:1', 'kept', 'set', 'forbidden'],
    ['setPrimary:cut-before:1', 'unknown', 'set', 'outcome-unknown'],
    ['setPrimary:html-502:1', 'unknown', 'set', 'outcome-unknown'],
    ['setPrimary:429:1', 'kept', 'set', 'rate-limited'],
  ])(
    'of a number may be half done, and each side says what is known (%s)',
    async (fault, primary, failover, code) => {
      await begin({ faults: [fault] });
      const applied = await carrier.setRouting(owned(1), {
        primary: idOf('sbc-east'),
        failover: idOf('fax'),
      });
      expect(applied).toMatchObject({ primary, failover, error: { code } });
      // Nothing is sent again, and after an unknown or refused failover no primary is sent.
      expect(countOf('setFailover')).toBe(1);
      expect(countOf('setPrimary')).toBe(fault.startsWith('setPrimary') ? 1 : 0);
    },
  );

  test('that are not there are not found', async () => {
    await begin();
    const wanted = { primary: '999999', failover: null };
    expect(await carrier.setRouting(owned(0), wanted)).toMatchObject({
      ...{ primary: 'kept', failover: 'set', error: { code: 'not-found' } },
    });
  });
});

describe("v1's list of numbers as a source of routes", () => {
  const pageOf = (limit = 200) => carrier.routeList.page({ cursor: null, limit, background: true });

  test('tells the ids of v2, and is unclear where v1 has one word for two things', async () => {
    await begin({ owned: 60 });
    const { items, next } = await pageOf();
    expect([items.length, next]).toEqual([60, null]);
    const side = (id: string | null | undefined) => (id === '0' || id === null ? 'unclear' : id);
    const key = (told: (typeof items)[number]['primary']) => (told === 'unclear' ? told : told.key);
    expect(items.map(({ number, primary, failover }) => [number, key(primary), key(failover)])).toEqual(
      items.map(({ number }) => [number, ...pairAt(number).map(side)]),
    );
    const authorizations = sandbox.calls().filter(({ api }) => api === 'v1');
    expect(authorizations).toMatchObject([{ operation: 'owned', outcome: 200 }]);
  });

  test('leaves a number out whose route v2 does not have', async () => {
    await begin({ owned: 3 });
    const record = { routes: [{ name: 'of-before' }, { name: 'sip-reg' }] };
    sandbox.setOdd({ owned: { [owned(1)]: record } });
    expect((await pageOf()).items.map(({ number }) => number)).toEqual([owned(0), owned(2)]);
  });

  test.each([
    ['v1 is gone', { v1Gone: '410' }, [], false, 1],
    ['what answers is something else', {}, ['owned:html-200:1'], true, 0],
    ['v1 does not take the keys', {}, ['owned:401:1'], false, 1],
    ['v1 is in trouble', {}, ['owned:500:1'], true, 0],
    ['half of its answer comes', {}, ['owned:truncate:1'], true, 0],
    ['v2 does not list its routes', {}, ['listRoutes:403:1'], true, 0],
  ])('is left alone when %s, for a week or an hour', async (_, switches, faults, passes, kept) => {
    let now = Date.now();
    await begin({ owned: 3, switches, faults });
    const told: unknown[] = [];
    const keys: boolean[] = [];
    const mine = connect({
      ...{
        now: () => now,
        attempts: 1,
        onLacks: (lacks) => told.push(lacks),
        onKeys: (good) => keys.push(good),
      },
    });
    await expect(mine.routeList.page({ cursor: null, limit: 200, background: true })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect([mine.routeList.worthAsking, told.length, keys]).toEqual([false, kept, []]);
    now += 3_600_001;
    expect(mine.routeList.worthAsking).toBe(passes);
    now += 7 * 86_400_000;
    expect(mine.routeList.worthAsking).toBe(true);
    mine.close();
  });

  test('refused keys of v2 say nothing of it', async () => {
    await begin({ owned: 3, faults: ['listRoutes:401:1'] });
    expect(await codeOf(pageOf())).toBe('wrong-keys');
    expect(carrier.routeList.worthAsking).toBe(true);
  });

  test('the requests to it are signed, counted within the budget, and shown as those of lists', async () => {
    await begin({ owned: 450, latencyMs: 1 });
    carrier.limit(20);
    const begun = performance.now();
    for (const cursor of [null, '2', '3', '1', '2']) await carrier.routeList.page({ cursor, limit: 200 });
    // Spread evenly: the first goes at once, and the routes of v2 are among them.
    expect(performance.now() - begun).toBeGreaterThanOrEqual(5 * 50);
    const { atMost, classes } = carrier.pace();
    expect([atMost, classes.map(({ name }) => name)]).toEqual([20, ['list']]);
  });
});

describe('the keys', () => {
  test('go nowhere but to an address that is safe', () => {
    const keys = { accessKey: 'a', secretKey };
    const made = (baseUrl: string) => () => {
      new FlowrouteV2({ baseUrl, keys }).close();
    };
    for (const address of [
      'http://api.flowroute.com',
      'http://127.0.0.1.example.com',
      'http://10.0.0.1:8080',
    ])
      expect(made(address), address).toThrow(/has to begin with https/);
    for (const address of [
      'https://api.flowroute.com',
      'http://127.0.0.1:9',
      'http://localhost:9/v2',
      'http://[::1]:9',
    ])
      expect(made(address), address).not.toThrow();
  });

  test('are not sent along a redirect or a link', async () => {
    await begin({ switches: { oddLinks: true } });
    const other = await startSandbox({ secretKey });
    // Links with the mistakes of the carrier's samples lead nowhere; the list is read to its end all the same.
    const codes = await readAll(
      (cursor) => carrier.listAreaCodes({ cursor, limit: 5 }),
      ({ npa }) => npa,
      400,
    );
    expect(codes.items.length).toBeGreaterThan(5);
    sandbox.setFaults(['owned:redirect:1']);
    expect(await codeOf(carrier.listOwned(first))).toBe('foreign-answer');
    expect(other.calls()).toEqual([]);
    await other.close();
  });

  test('count as refused when a second request is refused too', async () => {
    await begin();
    const told: boolean[] = [];
    const mine = connect({ onKeys: (accepted) => told.push(accepted) });
    sandbox.setKeys([{ accessKey: sandbox.accessKey, secretKey: 'another' }]);
    expect(await codeOf(mine.listOwned(first))).toBe('wrong-keys');
    expect(told).toEqual([false]);
    sandbox.setKeys([{ accessKey: sandbox.accessKey, secretKey: sandbox.secretKey }]);
    await mine.listOwned(first);
    expect(told).toEqual([false, true]);
    mine.close();
  });

  test('a 403 says nothing about them', async () => {
    await begin({ faults: ['details:403:1'] });
    const told: boolean[] = [];
    const mine = connect({ onKeys: (accepted) => told.push(accepted) });
    expect(await codeOf(detailsOf(mine, owned(0)))).toBe('forbidden');
    expect(told).toEqual([]);
    mine.close();
  });
});

describe('trouble', () => {
  test.each(['standard', 'empty', 'html'])(
    'requests that are too many are sent again later (%s)',
    async (rateLimitBody) => {
      await begin({ switches: { rateLimit: 'details=50:1', rateLimitBody } });
      const numbers = Array.from({ length: 6 }, (_, place) => owned(place));
      const found = await carrier.details(numbers);
      expect(found.some((one) => one instanceof Failure)).toBe(false);
      const limited = sandbox.calls().filter(({ outcome }) => outcome === 429);
      expect(limited.length).toBeGreaterThan(0);
    },
  );

  test('a pause that the carrier asks for is kept, by everybody who asks for the same', async () => {
    await begin({ switches: { rateLimit: 'details=2:1', rateLimitRetryAfter: 1 } });
    await carrier.details([owned(0)]);
    const begun = performance.now();
    const refused = carrier.details([owned(1)]);
    await until(() => sandbox.calls().some(({ outcome }) => outcome === 429));
    // Who asks for something else does not wait.
    await carrier.listOwned(first);
    const after = carrier.details([owned(2)]);
    expect(carrier.pace().waiting).toMatchObject({ why: 'carrier' });
    expect(performance.now() - begun).toBeLessThan(900);
    await Promise.all([refused, after]);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(990);
    expect(carrier.pace().waiting).toBe(null);
  });

  test('who waits at a screen is told until when the carrier asks to wait, and others wait on', async () => {
    await begin();
    sandbox.setFaults(['details:429:1:300']);
    const told = { code: 'rate-limited', message: expect.stringMatching(/asks to wait until \d/) as string };
    const patient = new AbortController();
    const stays = codeOf(carrier.details([owned(2)], { signal: patient.signal }));
    await until(() => sandbox.calls().some(({ outcome }) => outcome === 429));
    // Its answer has come for certain once another one was told the same.
    expect((await failureOf(carrier.details([owned(1)], { soon: true }))).error).toMatchObject(told);
    sandbox.setFaults([]);
    // Asked for while the pause lasts: nothing is sent.
    const calls = sandbox.calls().length;
    expect((await failureOf(carrier.details([owned(0)], { soon: true }))).error).toMatchObject(told);
    expect(sandbox.calls().length).toBe(calls);
    patient.abort();
    expect(await stays).toBe('cancelled');
    // The answer that asks for the pause ends it as well, and those that wait for their turn behind it.
    const other = connect({ pacing: { start: 1, max: 1 } });
    sandbox.setFaults(['createRoute:429:1:300', 'listRoutes:429:1:300']);
    const both = [1, 2].map(() => failureOf(other.listRoutes({ ...first, soon: true })));
    for (const { error } of some(await Promise.all(both))) expect(error).toMatchObject(told);
    expect(countOf('listRoutes')).toBe(1);
    const made = () => failureOf(other.createRoute('new', 'HOST', 'a.example.com', { soon: true }));
    expect((await made()).code).toBe('rate-limited');
    sandbox.setFaults([]);
    expect((await made()).error).toMatchObject(told);
    expect(countOf('createRoute')).toBe(1);
    other.close();
  });

  test('a carrier that hangs is given up after a while, and asked again', async () => {
    await begin({ switches: { outage: 'hang:1' } });
    const patient = connect({ timeoutMs: 200 });
    expect((await patient.listOwned(first)).items).toHaveLength(25);
    expect(countOf('owned')).toBe(2);
    patient.close();
  });

  test.each([
    ['before', 'rejected by nobody'],
    ['after', 'done'],
  ])(
    'an answer that is lost (%s) leaves the outcome unknown, and is not asked for again',
    async (when, what) => {
      await begin({ switches: { lostAnswer: `purchase:${when}` } });
      const number = await offer();
      expect(await codeOf(carrier.purchase(number, ''))).toBe('outcome-unknown');
      expect(countOf('purchase')).toBe(1);
      expect(sandbox.ledger().purchases).toHaveLength(what === 'done' ? 1 : 0);
    },
  );

  test.each(['500', '503', 'html502'])('a read is tried again after an outage (%s)', async (kind) => {
    await begin({ switches: { outage: `${kind}:2` } });
    expect((await carrier.listOwned(first)).items).toHaveLength(25);
  });

  test.each(['clamp', 'whole', '422'])(
    'pages that are too long for the carrier (%s) lose nothing',
    async (overLimit) => {
      await begin({ owned: 450, switches: { overLimit } });
      const all = await readAll(
        (cursor) => carrier.listOwned({ cursor, limit: 200 }),
        ({ number }) => number,
        20,
      );
      expect(all.items).toHaveLength(450);
    },
  );
});
