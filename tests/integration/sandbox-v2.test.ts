import { gunzipSync } from 'node:zlib';
import { createHash, createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src-main/sandbox/server.ts';

let sandbox: Sandbox;
const keys = { accessKey: 'test-access', secretKey: 'test-secret' };
const begin = async (options: SandboxOptions = {}) => {
  sandbox = await startSandbox({ owned: 25, available: 3000, routes: 8, seed: 11, ...keys, ...options });
};
const again = async (options: SandboxOptions) => {
  await sandbox.close();
  await begin(options);
};
beforeEach(() => begin());
afterEach(() => sandbox.close());

const basic = 'Basic dGVzdC1hY2Nlc3M6dGVzdC1zZWNyZXQ=';
type Row = {
  id: string | number | null;
  type: string;
  attributes: Record<string, never>;
  relationships?: Record<string, { data: { id: string; type: string } | null }>;
  links: Record<string, string>;
};
type Document = {
  data: never;
  included?: Row[];
  links: { self: string; next?: string };
  errors: { status: number | string; detail?: unknown; id?: string; title?: string }[];
};

/** An independent little client: Basic keys and JSON, nothing else. */
async function ask(
  method: string,
  target: string,
  body?: string,
  headers: Record<string, string | undefined> = {},
) {
  const given = Object.entries({
    Authorization: basic,
    'Content-Type': 'application/vnd.api+json',
    ...headers,
  });
  const answer = await fetch(new URL(sandbox.v2Url).origin + target, {
    method,
    headers: given.filter((header): header is [string, string] => header[1] !== undefined),
    ...(body === undefined ? {} : { body }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    text,
    headers: answer.headers,
    json: (text.startsWith('{') ? JSON.parse(text) : null) as Document,
  };
}
const get = async (target: string) => (await ask('GET', target)).json;
const rows = async (target: string) => (await get(target)).data as Row[];
const ids = async (target: string) => (await rows(target)).map(({ id }) => id);
const details = async (number: string) => (await get(`/v2/numbers/${number}`)).data as Row;
const patch = (target: string, body: unknown) => ask('PATCH', target, JSON.stringify(body));
const post = (target: string, body: unknown) => ask('POST', target, JSON.stringify(body));
const status = async (method: string, target: string, body?: string, headers = {}) =>
  (await ask(method, target, body, headers)).status;
const routeBody = (attributes: object) => ({ data: { type: 'route', attributes } });
const routeTo = (id: string) => ({ data: { type: 'route', id } });
const forSale = async () => String((await ids('/v2/numbers/available?limit=1'))[0]);

async function viaV1(method: string, path: string, body = '') {
  const origin = new URL(sandbox.url).origin;
  const time = `${new Date().toISOString().slice(0, 19)}Z`;
  const md5 = body === '' ? '' : createHash('md5').update(body).digest('hex');
  const message = `${time}\n${method}\n${md5}\n${origin}${path}\n`;
  const signature = createHmac('sha1', sandbox.secretKey).update(message).digest('hex');
  const answer = await fetch(origin + path, {
    method,
    headers: {
      'X-Timestamp': time,
      Authorization: `Basic ${Buffer.from(`${sandbox.accessKey}:${signature}`).toString('base64')}`,
    },
    ...(body === '' ? {} : { body }),
  });
  return { status: answer.status, text: await answer.text() };
}

/** The account of the reference's examples. */
async function beginWithVectors(options: SandboxOptions = {}) {
  await again({
    owned: 0,
    available: 0,
    routes: 0,
    tollFreeAvailable: 1,
    switches: { nulls: 0 },
    ...options,
  });
  const { account } = sandbox;
  const value = 'pbx.example.com;transport=tls;weight=700';
  account.routes.setWithId('501', 'pbx-1', { type: 'HOST', value });
  account.routes.edit({ id: '501', alias: 'pbx-1', type: 'HOST', value, edgeStrategy: 4 });
  for (const [, address] of account.emergency.all().slice(0, 1))
    account.emergency.add({ ...address, label: 'HQ' }, '9001');
  for (const number of [
    '12065550100',
    '12065550120',
    '12065550130',
    '12065550142',
    '18885550101',
    '442079460101',
  ])
    account.own(number);
  account.setRoute(account.find('12065550142'), 'primary', '501');
  account.change('12065550142', { alias: '', e911: '9001' });
  account.reprice('12065550142', '0.00', '1.25');
  account.change('18885550101', { cnamLookups: false });
  account.change('442079460101', { alias: 'London', cnamLookups: false });
}

describe('the test vectors of the reference', () => {
  test('1: a wrong secret', async () => {
    const wrong = `Basic ${Buffer.from('test-access:other').toString('base64')}`;
    const refused = await ask('GET', '/v2/numbers?limit=1', undefined, { Authorization: wrong });
    expect([refused.status, refused.headers.get('content-type')]).toEqual([401, 'application/vnd.api+json']);
    expect(refused.json).toEqual({
      errors: [
        {
          detail: 'Authentication failed.',
          id: expect.stringMatching(
            /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
          ) as string,
          status: 401,
          title: 'Unauthorized',
        },
      ],
    });
    expect(await status('GET', '/v2/numbers', undefined, { Authorization: undefined })).toBe(401);
  });

  test('2: the last page, with a toll-free and a foreign number', async () => {
    await beginWithVectors();
    const page = await get('/v2/numbers?limit=3&offset=3');
    expect(page.data).toMatchObject([
      {
        type: 'number',
        id: '12065550142',
        attributes: { value: '12065550142', alias: '', number_type: 'longcode' },
      },
      {
        id: '18885550101',
        attributes: {
          alias: null,
          state: null,
          rate_center: null,
          number_type: 'toll-free',
          status: 'PURCHASED',
          iso_country: 'US',
        },
      },
      {
        id: '442079460101',
        attributes: {
          alias: 'London',
          number_type: 'longcode',
          cnam_lookups_enabled: false,
          iso_country: 'GB',
        },
        links: { self: `${sandbox.v2Url}/numbers/442079460101` },
      },
    ]);
    expect(page.links).toEqual({ self: `${sandbox.v2Url}/numbers?limit=3&offset=3` });
  });

  test('3: details with primary 501, no failover, address 9001 and edge 4', async () => {
    await beginWithVectors();
    const { data, included } = await get('/v2/numbers/12065550142');
    expect(data).toMatchObject({
      type: 'number',
      attributes: {
        alias: '',
        note: null,
        monthly_cost: 1.25,
        setup_cost: 0,
        inbound_rate: 0.012,
        messaging_enabled: false,
      },
      relationships: {
        primary_route: { data: { type: 'route', id: '501' } },
        failover_route: { data: null },
        e911_address: { data: { type: 'e911', id: '9001' } },
        cnam_preset: { data: null },
      },
    });
    expect(included).toContainEqual(
      expect.objectContaining({
        type: 'route',
        id: '501',
        attributes: {
          alias: 'pbx-1',
          route_type: 'host',
          value: 'pbx.example.com;transport=tls;weight=700',
          edge_strategy_id: 4,
        },
      }),
    );
    expect(included?.find(({ type }) => type === 'e911')?.id).toBe('9001');
  });

  test('4 and 5: many details, once with the names of v2.1, usually not there, and never a purchase', async () => {
    await beginWithVectors({ switches: { nulls: 0, manyDetails: 'on', manyDetailsNames: 'v2.1' } });
    const many = (body: unknown = { numbers: ['+12065550142'] }) => post('/v2/numbers/details', body);
    expect((await many()).json.data).toMatchObject([
      {
        id: '12065550142',
        relationships: {
          voice_primary_route: { data: { type: 'route', id: '501' } },
          voice_failover_route: { data: null },
          e911_address: { data: { type: 'e911', id: '9001' } },
          cnam_preset: { data: null },
        },
      },
    ]);
    sandbox.setSwitches({ manyDetails: 'absent-path404' });
    expect([(await many()).status, (await many()).json]).toEqual([
      404,
      { errors: [{ status: '404 Not Found: The requested URL was not found on the server.' }] },
    ]);
    sandbox.setSwitches({ manyDetails: 'absent-resource404' });
    expect((await many()).json.errors[0]).toMatchObject({
      status: 404,
      detail: 'Could not find that resource on your account.',
    });
    sandbox.setSwitches({
      manyDetails: 'on',
      manyDetailsNames: 'v2',
      manyDetailsMax: 2,
      manyDetailsIncluded: true,
    });
    const two = (await many({ numbers: ['+12065550142', '+12065559999'] })).json;
    expect((two.data as Row[])[0]?.relationships?.['primary_route']?.data?.id).toBe('501');
    expect(two.included?.map(({ type, id }) => `${type} ${id}`)).toContain('route 501');
    expect((two.data as Row[]).length).toBe(1);
    expect((await many({ numbers: ['+1', '+2', '+3'] })).status).toBe(422);
    sandbox.setSwitches({ manyDetailsSkipUnknown: false });
    expect((await many({ numbers: ['+12065550142', '+12065559999'] })).status).toBe(422);
    expect(sandbox.ledger()).toMatchObject({ owned: 6, purchases: [], classes: { v2: { manyDetails: 7 } } });
  });

  test('6 and 7: a toll-free number for sale, bought while message provisioning is down', async () => {
    await beginWithVectors();
    const target = '/v2/numbers/available?number_type=toll-free&order_by=tn%2Casc&limit=1';
    const offered = await get(target);
    expect(offered.data).toMatchObject([
      {
        type: 'number',
        id: '18335550100',
        attributes: {
          value: '18335550100',
          rate_center: null,
          state: null,
          monthly_cost: 1.25,
          setup_cost: 1,
          number_type: 'toll-free',
        },
        links: { related: `${sandbox.v2Url}/numbers/18335550100` },
      },
    ]);
    expect(offered.links).toEqual({ self: `${new URL(sandbox.v2Url).origin}${target}&offset=0` });
    sandbox.setSwitches({ messageProvisionDown: 'on' });
    const bought = await post('/v2/numbers/18335550100', {
      messaging_enabled: true,
      cnam_lookups_enabled: false,
    });
    expect(bought.status).toBe(207);
    expect((bought.json.data as Row).relationships).toMatchObject({
      primary_route: { data: { type: 'route', id: '0' } },
      failover_route: { data: null },
    });
    expect(sandbox.ledger().totals.setupCents).toBe(100);
  });

  test('8: a failover of 0 is not the same as none', async () => {
    await beginWithVectors();
    const set = await patch('/v2/numbers/12065550142/relationships/failover_route', routeTo('0'));
    expect([set.status, set.text]).toEqual([204, '']);
    const shown = async () => (await details('12065550142')).relationships?.['failover_route']?.data;
    expect(await shown()).toEqual({ type: 'route', id: '0' });
    expect(await status('DELETE', '/v2/numbers/12065550142/relationships/failover_route')).toBe(204);
    expect(await shown()).toBeNull();
  });

  test('9: a route in use', async () => {
    await beginWithVectors();
    const refused = await ask('DELETE', '/v2/routes/501');
    expect([refused.status, refused.json]).toEqual([
      403,
      {
        errors: [
          {
            status: 403,
            detail: 'Please disassociate all numbers before deleting.',
            title: 'This Route has numbers still associated to it.',
          },
        ],
      },
    ]);
  });

  test('10: no emergency address for a foreign number', async () => {
    await beginWithVectors();
    const refused = await ask('PATCH', '/v2/numbers/442079460101/relationships/e911s/9001');
    expect(refused.status).toBe(422);
    expect(refused.json.errors[0]).toMatchObject({
      detail: 'Cannot assign an E911 record to a number that does not support emergency services.',
      status: 422,
    });
    expect(sandbox.ledger().fees).toEqual([]);
  });
});

describe('one account under two versions', () => {
  test('what one buys, routes and releases, the other sees', async () => {
    const number = await forSale();
    expect((await viaV1('PUT', `/v1/tns/${number}`, '{"billing_method":"METERED"}')).status).toBe(201);
    expect((await details(number)).relationships).toMatchObject({
      primary_route: { data: { id: '0' } },
      failover_route: { data: null },
    });
    const made = await post(
      '/v2/routes',
      routeBody({ route_type: 'host', value: 'new.example.com', alias: 'new-pbx' }),
    );
    const { id } = made.json.data as Row;
    await patch(`/v2/numbers/${number}/relationships/primary_route`, routeTo(String(id)));
    const first = JSON.parse((await viaV1('GET', `/v1/tns/${number}`)).text) as { routes: unknown };
    expect(first.routes).toEqual([
      { type: 'HOST', name: 'new-pbx', value: 'new.example.com' },
      { type: 'SIP-REG', name: 'sip-reg' },
    ]);
    await viaV1('PATCH', `/v1/tns/${number}`, '{"routes":[{"name":"sip-reg"},{"name":"new-pbx"}]}');
    expect((await details(number)).relationships).toMatchObject({
      primary_route: { data: { id: '0' } },
      failover_route: { data: { id } },
    });
    await patch(`/v2/routes/${String(id)}`, routeBody({ alias: 'renamed', value: 'other.example.com' }));
    expect((await viaV1('GET', `/v1/tns/${number}`)).text).toContain(
      '"name":"renamed","value":"other.example.com"',
    );
    expect(await status('DELETE', `/v2/numbers/${number}`)).toBe(204);
    expect((await viaV1('GET', `/v1/tns/${number}`)).status).toBe(404);
    expect(await ids(`/v2/numbers/available?starts_with=${number}`)).toEqual([number]);
    expect(sandbox.ledger()).toMatchObject({
      purchases: [{ number }],
      releases: [{ number }],
      createdRoutes: [{ name: 'new-pbx', type: 'HOST' }],
      classes: {
        v1: { purchase: 1, setRoutes: 1 },
        v2: { details: 2, setPrimary: 1, editRoute: 1, release: 1 },
      },
    });
  });

  test('a number that the account always had goes on sale once it is released, at its place', async () => {
    const number = sandbox.account.ownedAt(3);
    await ask('DELETE', `/v2/numbers/${number}`);
    expect(await status('DELETE', `/v2/numbers/${number}`)).toBe(404);
    const all = await ids(`/v2/numbers/available?starts_with=${number.slice(0, 4)}&limit=200`);
    expect(all).toContain(number);
    expect(all).toEqual([...all].sort());
    expect(await status('POST', `/v2/numbers/${number}`)).toBe(201);
    expect((await details(number)).attributes).toMatchObject({ alias: null, cnam_lookups_enabled: true });
    expect(sandbox.calls().map(({ api, operation, outcome }) => `${api} ${operation} ${outcome}`)).toEqual([
      'v2 release 204',
      'v2 release 404',
      'v2 search 200',
      'v2 purchase 201',
      'v2 details 200',
    ]);
  });
});

describe('lists', () => {
  test('pages: ten unless said, links with the filters first, ascending, each number once', async () => {
    const first = await get('/v2/numbers');
    expect((first.data as Row[]).length).toBe(10);
    expect(first.links).toEqual({
      self: `${sandbox.v2Url}/numbers?limit=10&offset=0`,
      next: `${sandbox.v2Url}/numbers?limit=10&offset=10`,
    });
    await post(`/v2/numbers/${await forSale()}`, {});
    const all = [...(await ids('/v2/numbers?limit=20')), ...(await ids('/v2/numbers?limit=20&offset=20'))];
    expect(all).toEqual(Array.from(sandbox.account.ascending, (place) => sandbox.account.ownedAt(place)));
    expect(all).toEqual([...all].sort());
    expect((await get('/v2/numbers?offset=26')).data).toEqual([]);
    const number = String(all[4]);
    sandbox.account.change(number, { alias: 'Only one' });
    expect(await ids('/v2/numbers?alias=Only%20one')).toEqual([number]);
    expect(await ids('/v2/numbers?alias=Only')).toEqual([]);
    const query = `ends_with=${number.slice(-3)}&limit=3&contains=&starts_with=${number.slice(1, 5)}`;
    expect((await get(`/v2/numbers?${query}`)).links.self).toBe(
      `${sandbox.v2Url}/numbers?ends_with=${number.slice(-3)}&starts_with=${number.slice(0, 5)}&limit=3&offset=0`,
    );
    expect(await ids(`/v2/numbers?${query}`)).toEqual([number]);
    expect(all.every((one) => typeof one === 'string')).toBe(true);
  });

  test.each([
    ['/v2/numbers', 200],
    ['/v2/numbers/available', 200],
    ['/v2/numbers/available/areacodes', 400],
    ['/v2/routes', 200],
    ['/v2/e911s', 2000],
  ])('limits of %s', async (path, most) => {
    const self = async (limit: number) => (await get(`${path}?limit=${limit}`)).links.self;
    expect(await self(most + 1)).toContain(`limit=${most}&`);
    sandbox.setSwitches({ overLimit: 'whole' });
    expect(await self(5000)).toContain('limit=5000&');
    sandbox.setSwitches({ overLimit: '422' });
    expect(await status('GET', `${path}?limit=${most + 1}`)).toBe(422);
    for (const bad of ['limit=0', 'limit=ten', 'limit=-1', 'offset=-1', 'offset=x'])
      expect(await status('GET', `${path}?${bad}`)).toBe(422);
  });

  test('area codes and exchanges lead to each other, cost at most what is asked, and vanish when sold out', async () => {
    const [area] = await rows('/v2/numbers/available/areacodes?limit=1');
    expect(area).toMatchObject({ type: 'areacode' });
    const related = new URL(area?.links['related'] ?? '');
    const [exchange] = await rows(related.pathname + related.search);
    expect(exchange?.links['related']).toBe(
      `${sandbox.v2Url}/numbers/available?starts_with=1${String(exchange?.id)}`,
    );
    const numbers = await ids(`/v2/numbers/available?starts_with=${String(exchange?.id)}&limit=200`);
    expect(numbers.every((number) => String(number).startsWith(`1${String(exchange?.id)}`))).toBe(true);
    for (const number of numbers) sandbox.account.sell(String(number));
    expect(await ids(`/v2/numbers/available/exchanges?areacode=${String(area?.id)}&limit=200`)).not.toContain(
      exchange?.id,
    );
    const dear = sandbox.account.nextOffer(0);
    for (const offer of sandbox.account.offers(String(dear).slice(1, 7)))
      sandbox.account.reprice(offer, '3.99', '1.75');
    const cheap = await ids('/v2/numbers/available/exchanges?limit=200&max_setup_cost=3.25');
    expect(cheap).not.toContain(String(dear).slice(1, 7));
    expect((await get('/v2/numbers/available/areacodes?max_setup_cost=3.25')).links.self).toContain(
      'max_setup_cost=3.25&limit=10',
    );
    expect((await rows('/v2/numbers/available/tiers')).map(({ type }) => type)).toEqual([
      'tier',
      'tier',
      'tier',
    ]);
  });

  test('search: state, rate center, kind, country and every order', async () => {
    const [some] = await rows('/v2/numbers/available?number_type=longcode&limit=1');
    const { state, rate_center: center } = some?.attributes as unknown as Record<string, string>;
    const found = await rows(
      `/v2/numbers/available?state=${state?.toUpperCase()}&rate_center=${center?.toUpperCase()}&limit=200`,
    );
    expect(found.length).toBeGreaterThan(0);
    expect(
      new Set(
        found.map(({ attributes }) => `${String(attributes['state'])} ${String(attributes['rate_center'])}`),
      ),
    ).toEqual(new Set([`${state} ${center}`]));
    expect(center).toMatch(/^[a-z0-9]{1,10}$/);
    const count = async (query: string) => (await ids(`/v2/numbers/available?limit=200&${query}`)).length;
    expect([await count('number_type=toll-free'), await count('iso_country=GB')]).toEqual([60, 0]);
    const column = async (field: string, way: string) =>
      (await rows(`/v2/numbers/available?limit=200&starts_with=2&order_by=${field},${way}`)).map(
        ({ attributes }) => {
          const value: unknown = attributes[field === 'tn' || field === 'number' ? 'value' : field];
          return value ?? '';
        },
      );
    const numeric = (a: unknown, b: unknown) =>
      typeof a === 'number' ? a - Number(b) : String(a) < String(b) ? -1 : 1;
    for (const field of [
      'monthly_cost',
      'iso_country',
      'number_type',
      'state',
      'rate_center',
      'number',
      'value',
      'tn',
    ]) {
      const [up, down] = [await column(field, 'asc'), await column(field, 'desc')];
      expect(up).toEqual([...up].sort(numeric));
      expect(down).toEqual([...down].sort(numeric).reverse());
    }
    for (const bad of [
      'order_by=alias',
      'order_by=tn,up',
      'state=Washington',
      'number_type=gold',
      'starts_with=abc',
    ])
      expect(await status('GET', `/v2/numbers/available?${bad}`)).toBe(422);
  });

  test('an empty list may be a 404, port orders always are', async () => {
    expect((await get('/v2/numbers?starts_with=1999')).data).toEqual([]);
    sandbox.setSwitches({ emptyList: '404' });
    expect((await get('/v2/numbers?starts_with=1999')).errors[0]?.status).toBe(404);
    expect((await get('/v2/portorders')).errors[0]).toMatchObject({
      status: 404,
      detail: 'No Port Orders match this query.',
    });
  });

  test('a list that moves: a number comes or goes before the page', async () => {
    await again({ owned: 60, switches: { listShift: 'remove:2' } });
    const first = await ids('/v2/numbers?limit=20');
    await ids('/v2/numbers?limit=20&offset=20');
    const third = await ids('/v2/numbers?limit=20&offset=40');
    expect(third).toHaveLength(19);
    expect(sandbox.ledger()).toMatchObject({ owned: 59, listShifts: [{ number: first[0], what: 'remove' }] });
    sandbox.setSwitches({ listShift: 'insert:1' });
    await ids('/v2/numbers?limit=20&offset=20');
    const added = sandbox.ledger().listShifts[1];
    expect((await ids('/v2/numbers?limit=1'))[0]).toBe(added?.number);
  });

  test('rows have no routes, unless the switch says so; numbers may have no place, or old words for their kind', async () => {
    await again({ owned: 400, tollFree: 3, foreignNumbers: 3 });
    const all = async () =>
      (
        await Promise.all([0, 200, 400].map((offset) => rows(`/v2/numbers?limit=200&offset=${offset}`)))
      ).flat();
    const before = await all();
    expect(before.some(({ relationships }) => relationships)).toBe(false);
    const without = before.filter(({ attributes }) => (attributes['state'] ?? '') === '');
    expect(without.length).toBeGreaterThan(5);
    expect(new Set(without.map(({ attributes }) => attributes['state'] as unknown))).toEqual(
      new Set([null, '']),
    );
    sandbox.setSwitches({ rowsWithRelationships: true, numberType: 'standard', nulls: 0 });
    const after = await all();
    expect(after.every(({ relationships }) => relationships?.['primary_route'])).toBe(true);
    expect(new Set(after.map(({ attributes }) => attributes['number_type'] as unknown))).toEqual(
      new Set(['standard', 'tollfree']),
    );
    const besides = after.filter(({ id }) => /^(18..5555|61|44|49)/.test(String(id)));
    expect(
      besides.map(({ id, attributes }) => [id, attributes['number_type'], attributes['iso_country']]),
    ).toEqual([
      ['18335555100', 'tollfree', 'US'],
      ['18445555100', 'tollfree', 'US'],
      ['18555555100', 'tollfree', 'US'],
      ['61255500101', 'standard', 'AU'],
      ['442079460101', 'standard', 'GB'],
      ['493023125101', 'standard', 'DE'],
    ]);
    expect(await ids('/v2/numbers?starts_with=%2B44')).toEqual(['442079460101']);
    expect(await ids('/v2/numbers/available?starts_with=%2B44')).toEqual(['442079460102']);
    expect((await get('/v2/numbers?starts_with=%2B44')).links.self).toContain('starts_with=%2B44&');
    sandbox.setSwitches({ oddLinks: true });
    expect((await rows('/v2/routes?limit=1'))[0]?.links['self']).toBe(
      `${new URL(sandbox.v2Url).origin}/routes/0`,
    );
    expect((await get('/v2/numbers/available/areacodes?max_setup_cost=3.25')).links.self).toContain(
      'max_setup_cost=3&',
    );
  });
});

describe('purchases', () => {
  test('201 with the details; options in the body or in the query', async () => {
    const [one, two] = (await ids('/v2/numbers/available?limit=2')).map(String);
    const bought = await ask('POST', `/v2/numbers/${one}?cnam_lookups_enabled=false&messaging_enabled=true`);
    expect(bought.status).toBe(201);
    expect(bought.json.data).toMatchObject({
      id: one,
      attributes: { cnam_lookups_enabled: false, messaging_enabled: true, alias: null, status: 'PURCHASED' },
    });
    expect(bought.json.included).toContainEqual(
      expect.objectContaining({
        id: '0',
        attributes: { alias: 'sip-reg', route_type: 'sip-reg', value: null, edge_strategy_id: null },
      }),
    );
    expect((await post(`/v2/numbers/${two}`, { cnam_lookups_enabled: 'maybe' })).status).toBe(422);
    expect(await status('POST', `/v2/numbers/${one}`)).toBe(422);
    expect(await status('POST', '/v2/numbers/details-of-it')).toBe(404);
    expect(sandbox.ledger().purchases).toHaveLength(1);
  });

  test('taken, out of funds, seen late, answered not at all', async () => {
    const [one, two, three, four] = (await ids('/v2/numbers/available?limit=4')).map(String);
    sandbox.setSwitches({ takenShare: '1', taken: '404' });
    expect(await status('POST', `/v2/numbers/${one}`)).toBe(404);
    expect(sandbox.ledger()).toMatchObject({ purchases: [], soldElsewhere: [one] });
    sandbox.setSwitches({ takenShare: 0, purchaseVisibleAfter: 5000 });
    expect(await status('POST', `/v2/numbers/${two}`)).toBe(201);
    expect(await status('GET', `/v2/numbers/${two}`)).toBe(404);
    expect(await ids(`/v2/numbers?starts_with=${two}`)).toEqual([]);
    expect(await ids(`/v2/numbers/available?starts_with=${two}`)).toEqual([]);
    sandbox.advance(5001);
    expect(await status('GET', `/v2/numbers/${two}`)).toBe(200);
    const spent = sandbox.ledger().totals.setupCents;
    sandbox.setSwitches({
      balanceCents: spent,
      insufficientFundsCode: '402',
      insufficientFundsDetail: 'Not enough credit.',
    });
    const refused = await post(`/v2/numbers/${three}`, {});
    expect([refused.status, refused.json.errors[0]?.detail]).toEqual([402, 'Not enough credit.']);
    expect((await viaV1('PUT', `/v1/tns/${three}`, '{"billing_method":"METERED"}')).status).toBe(402);
    sandbox.setSwitches({ balanceCents: null, lostAnswer: 'purchase:before' });
    await expect(post(`/v2/numbers/${three}`, {})).rejects.toThrow();
    sandbox.setSwitches({ lostAnswer: 'purchase:after:1' });
    await expect(post(`/v2/numbers/${four}`, {})).rejects.toThrow();
    expect(sandbox.ledger().purchases.map(({ number }) => number)).toEqual([two, four]);
  });

  test('a fault makes it half a success: bought, with a 207 and the details', async () => {
    const number = await forSale();
    sandbox.setFaults(['purchase:207:1']);
    const bought = await post(`/v2/numbers/${number}`, {});
    expect([bought.status, (bought.json.data as Row).id]).toEqual([207, number]);
    expect(sandbox.ledger().purchases.map((one) => one.number)).toEqual([number]);
    // What is refused is no half of a success.
    expect(await status('POST', `/v2/numbers/${number}`)).toBe(422);
  });
});

describe('routes', () => {
  const listed = async () =>
    (await rows('/v2/routes?limit=200')).map(({ attributes }) => String(attributes['alias']));

  test('sip-reg is 0 and first; types in lower case; a filter by type', async () => {
    const [first, ...others] = await rows('/v2/routes?limit=200');
    expect(first).toMatchObject({
      id: '0',
      attributes: { alias: 'sip-reg', route_type: 'sip-reg', value: null },
    });
    expect(others.map(({ attributes }) => String(attributes['route_type']))).toContain('privacy-pstn');
    const numbers = await rows('/v2/routes?route_type=number&limit=200');
    expect(new Set(numbers.map(({ attributes }) => String(attributes['route_type'])))).toEqual(
      new Set(['number']),
    );
    for (const method of ['PATCH', 'DELETE'])
      expect(await status(method, '/v2/routes/0', '{"data":{"attributes":{"value":"x.example.com"}}}')).toBe(
        403,
      );
    expect((await get('/v2/routes/edge_strategies')).data).toContainEqual(
      expect.objectContaining({ type: 'edge_strategy', id: 4 }),
    );
  });

  test.each([
    ['host', 'pbx.example.com:5060', 201],
    ['host', 'not a host', 422],
    ['number', '18002364455', 201],
    ['number', '178', 422],
    ['uri', 'sip:16476998778@215.122.69.152:5060;transport=tls;weight=300', 201],
    ['sip-reg', 'x', 422],
    ['HOST', 'pbx.example.com', 422],
  ])('a new %s route of %s answers %i', async (route_type, value, expected) => {
    const made = await post(
      '/v2/routes',
      routeBody({ route_type, value, alias: 'my route', edge_strategy_id: 4 }),
    );
    expect(made.status).toBe(expected);
    expect((await listed()).includes('my route')).toBe(expected === 201);
    const told = (made.json.data as Row | undefined)?.attributes;
    const kept = { alias: told?.alias, edge_strategy_id: told?.edge_strategy_id };
    const nothing = { alias: undefined, edge_strategy_id: undefined };
    expect(kept).toEqual(expected === 201 ? { alias: 'my route', edge_strategy_id: 4 } : nothing);
  });

  test('an alias is there once; edits keep what they do not name; unused routes are deleted', async () => {
    const attributes = { route_type: 'host', value: 'a.example.com', alias: 'mine' };
    const id = String(
      ((await post('/v2/routes', routeBody({ ...attributes, edge_strategy: '1' }))).json.data as Row).id,
    );
    expect((await post('/v2/routes', routeBody(attributes))).status).toBe(403);
    sandbox.setSwitches({ duplicateRoute: '422' });
    expect((await post('/v2/routes', routeBody(attributes))).status).toBe(422);
    expect((await patch(`/v2/routes/${id}`, routeBody({ alias: 'fax' }))).status).toBe(422);
    const edited = await patch(`/v2/routes/${id}`, routeBody({ value: 'b.example.com' }));
    expect([edited.status, (edited.json.data as Row).attributes]).toEqual([
      200,
      { alias: 'mine', route_type: 'host', value: 'b.example.com', edge_strategy_id: 1 },
    ]);
    expect((await patch(`/v2/routes/${id}`, routeBody({ edge_strategy_id: 99 }))).status).toBe(422);
    expect(await status('DELETE', `/v2/routes/${id}`)).toBe(204);
    expect([await status('DELETE', `/v2/routes/${id}`), (await listed()).includes('mine')]).toEqual([
      404,
      false,
    ]);
    expect(
      (await post('/v2/routes', { data: { type: 'route', attributes: {} } })).json.errors[0]?.detail,
    ).toEqual({
      data: {
        attributes: {
          alias: ['Missing data for required field.'],
          route_type: ['Missing data for required field.'],
          value: ['Missing data for required field.'],
        },
      },
    });
  });

  test('sides of a number: one at a time, cleared to nothing or to 0', async () => {
    const number = sandbox.account.ownedAt(0);
    const side = (name: string) => `/v2/numbers/${number}/relationships/${name}_route`;
    const route = sandbox.account.routes.idAt(sandbox.account.routes.placeOf('fax')) ?? '';
    for (const name of ['primary', 'failover'])
      expect((await patch(side(name), routeTo(route))).status).toBe(204);
    expect(sandbox.account.pairAt(0)).toEqual(['fax', 'fax']);
    for (const body of [routeTo('12'), { data: null }, {}])
      expect((await patch(side('primary'), body)).status).not.toBe(204);
    expect((await patch(`/v2/numbers/12065550199/relationships/primary_route`, routeTo(route))).status).toBe(
      404,
    );
    await ask('DELETE', side('primary'));
    expect((await details(number)).relationships?.['primary_route']?.data).toBeNull();
    sandbox.setSwitches({ primaryAfterClear: '0' });
    await ask('DELETE', side('primary'));
    expect((await details(number)).relationships?.['primary_route']?.data?.id).toBe('0');
    sandbox.setFaults(['setRoutes:403:1']);
    expect((await patch(side('failover'), routeTo('0'))).json.errors).toEqual([
      { status: 403, detail: '', title: 'ActionNotAuthorizedError' },
    ]);
    expect(sandbox.ledger().routeChanges.at(-1)).toMatchObject({
      number,
      from: [null, 'fax'],
      to: ['sip-reg', 'fax'],
    });
  });
});

describe('what a number is called and has switched on', () => {
  test('an update is not wrapped, needs its type and answers with the details', async () => {
    const target = `/v2/numbers/${sandbox.account.ownedAt(1)}`;
    const updated = await patch(target, {
      type: 'number',
      alias: 'NYC Number',
      cnam_lookups_enabled: 'true',
    });
    expect([updated.status, (updated.json.data as Row).attributes]).toMatchObject([
      200,
      { alias: 'NYC Number', cnam_lookups_enabled: true },
    ]);
    expect((await patch(target, { alias: 'x' })).json.errors[0]?.detail).toEqual({
      type: ['Missing data for required field.'],
    });
    expect((await patch(target, { type: 'number', alias: 'x'.repeat(65) })).status).toBe(422);
    expect((await patch(target, { type: 'number', alias: null })).json.data).toMatchObject({
      attributes: { alias: null },
    });
    sandbox.setSwitches({ messageProvisionDown: true });
    expect((await patch(target, { type: 'number', messaging_enabled: true })).status).toBe(207);
    expect(sandbox.ledger().changes.map(({ what }) => what)).toContain('alias');
  });

  test('callbacks and messaging for many', async () => {
    const numbers = [0, 1].map((place) => sandbox.account.ownedAt(place));
    const target = `/v2/numbers/${numbers[0]}/relationships/dlr_callback`;
    expect(
      (await post(target, { data: { attributes: { callback_url: 'https://example.com/a' } } })).status,
    ).toBe(204);
    expect((await post(target, { data: { attributes: {} } })).status).toBe(422);
    const task = await post('/v2/message-provision', {
      numbers: [...numbers, '12065550199'],
      action: 'enable',
    });
    expect(task.status).toBe(201);
    const { id } = task.json.data as Row;
    expect(await get(`/v2/message-provision/status/${String(id)}`)).toMatchObject({
      data: {
        type: 'message_provisioning_status',
        attributes: { successful: numbers, processing: [], failed: ['12065550199'] },
      },
    });
    expect((await details(String(numbers[1]))).attributes['messaging_enabled']).toBe(true);
  });
});

describe('emergency addresses', () => {
  const hq = {
    label: 'HQ',
    first_name: 'Acme',
    last_name: 'Desk',
    street_number: '1218',
    street_name: '3rd Ave',
    address_type: 'suite',
    address_type_number: 'A-1',
    city: 'Seattle',
    state: 'WA',
    country: 'US',
    zip: '98101',
  };
  const wrapped = (attributes: object) => ({ data: { type: 'e911', attributes } });

  test('records: made, found, edited in part, refused by field', async () => {
    expect((await post('/v2/e911s/validate', wrapped(hq))).status).toBe(204);
    const made = await post('/v2/e911s', wrapped(hq));
    expect([made.status, (made.json.data as Row).attributes]).toEqual([201, hq]);
    const { id } = made.json.data as Row;
    expect(await ids('/v2/e911s?label=h&city=SEATT&state=wa&street_name=3rd')).toContain(id);
    const edited = await patch(
      `/v2/e911s/${String(id)}`,
      wrapped({ last_name: 'Wiley', address_type: null }),
    );
    expect(edited.json.data).toMatchObject({
      attributes: { last_name: 'Wiley', city: 'Seattle', address_type: '' },
    });
    const refused = await post(
      '/v2/e911s',
      wrapped({ ...hq, label: 'Two', zip: '1', city: undefined, country: 'USA' }),
    );
    expect([refused.status, refused.json.errors[0]?.detail]).toEqual([
      422,
      {
        data: {
          attributes: {
            city: ['Missing data for required field.'],
            country: ['Must be US or CA.'],
            zip: ['ZIP code must be at least 4 and at most 7 digits long'],
          },
        },
      },
    ]);
    expect((await post('/v2/e911s', wrapped(hq))).status).toBe(422);
    const nowhere = await post('/v2/e911s/validate', wrapped({ ...hq, label: 'Two', street_number: 'none' }));
    expect([nowhere.status, nowhere.json.errors[0]?.title]).toEqual([400, 'Client Error']);
  });

  test('a fee for each new address of a number, none for the same; in use it stays', async () => {
    const number = sandbox.account.ownedAt(0);
    const id = String(((await post('/v2/e911s', wrapped(hq))).json.data as Row).id);
    const assign = (one: string) => status('PATCH', `/v2/numbers/${number}/relationships/e911s/${one}`);
    expect([await assign(id), await assign(id), await assign('77')]).toEqual([204, 204, 404]);
    expect(sandbox.ledger().fees).toMatchObject([{ number, id, cents: 150 }]);
    expect((await details(number)).relationships?.['e911_address']?.data).toEqual({ type: 'e911', id });
    const used = `/v2/e911s/${id}/relationships/numbers`;
    expect(await rows(used)).toMatchObject([{ id: number, attributes: { value: number } }]);
    sandbox.setSwitches({ e911NumbersId: 'internal' });
    expect(await rows(used)).toMatchObject([
      { id: expect.not.stringMatching(/^1/) as string, attributes: { value: number } },
    ]);
    expect(await status('DELETE', `/v2/e911s/${id}`)).toBe(403);
    sandbox.setSwitches({ e911DeleteInUse: '422' });
    expect(await status('DELETE', `/v2/e911s/${id}`)).toBe(422);
    sandbox.setSwitches({ balanceCents: 150 });
    expect(await assign('20156')).toBe(403);
    expect(await status('DELETE', `/v2/numbers/${number}/relationships/e911s/`)).toBe(204);
    expect([await status('DELETE', `/v2/e911s/${id}`), await status('GET', `/v2/e911s/${id}`)]).toEqual([
      204, 404,
    ]);
  });
});

describe('caller names', () => {
  const made = async (value: string) => String(((await post('/v2/cnams', { value })).json.data as Row).id);

  test('approved or rejected in time, assigned when approved, gone from numbers when deleted', async () => {
    const [good, bad] = [await made('GOOD NAME'), await made('ANONYMOUS')];
    const shown = async (id: string) => (await get(`/v2/cnams/${id}`)).data as Row;
    expect((await shown(good)).attributes).toMatchObject({
      is_approved: false,
      rejection_reason: null,
      approval_datetime: null,
    });
    expect((await shown(good)).attributes['creation_datetime']).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00$/,
    );
    expect((await post('/v2/cnams', { value: 'GOOD NAME' })).json.errors[0]).toMatchObject({
      status: 422,
      detail: 'Duplicate CNAM entry found on your account',
    });
    const number = String(
      (await rows('/v2/numbers?limit=200')).find(
        ({ attributes }) => String(attributes['iso_country']) === 'US',
      )?.id,
    );
    const target = `/v2/numbers/${number}/relationships/cnams`;
    expect(await status('PATCH', `${target}/${good}`)).toBe(403);
    sandbox.setSwitches({ cnamNotApproved: '422', cnamVisibleAfter: 1000 });
    expect(await status('PATCH', `${target}/${good}`)).toBe(422);
    expect(
      (await patch(`/v2/cnams/${good}`, { data: { type: 'cnam', attributes: { value: 'BETTER NAME' } } }))
        .status,
    ).toBe(200);
    sandbox.advance(49 * 3_600_000);
    expect((await shown(good)).attributes).toMatchObject({ value: 'BETTER NAME', is_approved: true });
    expect((await shown(bad)).attributes).toMatchObject({
      is_approved: false,
      rejection_reason: expect.any(String) as string,
    });
    expect(await ids('/v2/cnams?is_approved=1&value=better&limit=5000')).toEqual([good]);
    const assigned = await ask('PATCH', `/v2/numbers/${number}/relationships/cnam/${good}`);
    expect([assigned.status, assigned.json.data]).toMatchObject([202, { id: Number(good), type: 'cnam' }]);
    const preset = async () => (await details(number)).relationships?.['cnam_preset']?.data;
    expect(await preset()).toBeNull();
    sandbox.advance(1001);
    expect(await preset()).toEqual({ type: 'cnam', id: good });
    const removed = await ask('DELETE', target);
    expect([removed.status, (removed.json.data as Row).id]).toEqual([202, null]);
    await ask('PATCH', `${target}/${good}`);
    expect(await status('DELETE', `/v2/cnams/${good}`)).toBe(204);
    expect(await preset()).toBeNull();
    expect((await ask('DELETE', `/v2/cnams/${good}`)).json.errors[0]).toMatchObject({
      detail: 'CNAM record not found. Nothing to delete.',
      title: 'Resource not found',
    });
  });

  test.each(['SIXTEEN LETTERS!', '12345', 'WHO?', ''])('the name %j is refused', async (value) => {
    expect((await post('/v2/cnams', { value })).status).toBe(422);
  });

  test('not for toll-free, Canadian and foreign numbers', async () => {
    for (const number of ['18335550999', '14165550100', '442079460199']) {
      sandbox.account.own(number);
      expect(await status('PATCH', `/v2/numbers/${number}/relationships/cnams/23454`)).toBe(422);
    }
  });
});

describe('call records and porting', () => {
  const span = { start_call_start_time: '2026-01-01 00:00:00', start_call_end_time: '2026-04-01 00:00:00' };
  const exportOf = (filter_parameters: object) =>
    post('/v2/cdrs/exports', { data: { type: 'cdrexport', attributes: { filter_parameters } } });

  test('an export takes its time, and its file takes no keys', async () => {
    const started = await exportOf(span);
    expect([started.status, started.json.data]).toMatchObject([
      201,
      { type: 'cdrexport', attributes: { status: 'processing' } },
    ]);
    const { id } = started.json.data as Row;
    expect((await get('/v2/cdrs/exports?status=completed')).data).toEqual([]);
    sandbox.advance(2001);
    expect((await get('/v2/cdrs/exports')).data).toMatchObject([
      { data: { id: Number(id), attributes: { status: 'completed' } } },
    ]);
    const { attributes } = (await get(`/v2/cdrs/exports/${String(id)}`)).data as Row;
    const url = new URL(String(attributes['download_url']));
    expect(await status('GET', url.pathname)).toBe(400);
    const answer = await fetch(url);
    const lines = gunzipSync(Buffer.from(await answer.arrayBuffer()))
      .toString('utf8')
      .trim()
      .split('\n');
    expect(lines[0]).toMatch(/^direction,start_time,end_time,destination,number_alias,callerid,/);
    expect(lines).toHaveLength(Number(attributes['num_calls']) + 1);
    const inbound = lines.filter((line) => line.startsWith('Inbound,'));
    expect(inbound.length).toBeGreaterThan(20);
    expect(inbound.every((line) => sandbox.account.find(line.split(',')[3] ?? '') >= 0)).toBe(true);
  });

  test('how long an export and an approval take is said by switches', async () => {
    sandbox.setSwitches({ cdrTakesMs: 60_000, cnamApprovalMs: 60_000 });
    const { id } = (await exportOf(span)).json.data as Row;
    const name = String(((await post('/v2/cnams', { value: 'QUICK NAME' })).json.data as Row).id);
    const states = async () => [
      ((await get(`/v2/cdrs/exports/${String(id)}`)).data as Row).attributes['status'],
      ((await get(`/v2/cnams/${name}`)).data as Row).attributes['is_approved'],
    ];
    sandbox.advance(55_000);
    expect(await states()).toEqual(['processing', false]);
    sandbox.advance(5_001);
    expect(await states()).toEqual(['completed', true]);
  });

  test('both times are needed, in order, at most 92 days', async () => {
    expect((await exportOf({ ...span, start_call_start_time: undefined })).json.errors[0]?.detail).toEqual({
      start_date: ['Missing data for required field.'],
    });
    for (const end of ['2025-01-01 00:00:00', '2026-06-01 00:00:00', 'soon'])
      expect((await exportOf({ ...span, start_call_end_time: end })).status).toBe(422);
  });

  test('portability wants a plus', async () => {
    const numbers = ['+14252081174', '+14252081175', '+442079460101'];
    const { data } = (await post('/v2/portorders/portability', { numbers })).json as unknown as {
      data: Record<string, string[]>;
    };
    expect([...(data['portable'] ?? []), ...(data['nonportable'] ?? [])].sort()).toEqual([...numbers].sort());
    expect(data['nonportable']).toContain('+442079460101');
    expect((await post('/v2/portorders/portability', { numbers: ['14252081174'] })).status).toBe(422);
  });
});

describe('what every request has to keep to', () => {
  test('two kinds of 404, the wrong method, another media type, bad JSON', async () => {
    for (const path of [
      '/v2/nothing',
      '/v2.1/messages',
      '/v2',
      '/v2/e911s/1/relationships',
      '/v2/numbers/1/2',
    ])
      expect((await get(path)).errors).toEqual([
        { status: '404 Not Found: The requested URL was not found on the server.' },
      ]);
    expect((await get('/v2/numbers/12065550199')).errors[0]).toMatchObject({
      status: 404,
      id: expect.any(String) as string,
    });
    for (const [method, path] of [
      ['PUT', '/v2/numbers'],
      ['GET', '/v2/routes/0'],
      ['POST', '/v2/numbers/available'],
    ] as const)
      expect((await ask(method, path)).json.errors[0]).toMatchObject({
        detail: 'The method is not allowed for the requested URL.',
        status: 405,
        title: 'Method Not Allowed',
      });
    const body = JSON.stringify(routeBody({ route_type: 'host', value: 'a.example.com', alias: 'typed' }));
    for (const type of ['text/plain', 'application/xml', 'multipart/form-data; boundary=x'])
      expect(await status('POST', '/v2/routes', body, { 'Content-Type': type })).toBe(415);
    for (const bad of ['{', '[]', '"text"']) expect(await status('POST', '/v2/routes', bad)).toBe(400);
    expect(sandbox.ledger().createdRoutes).toEqual([]);
  });

  test.each([
    ['application/json; charset=utf-8', {}],
    ['application/vnd.api+json; charset=utf-8', {}],
    ['application/vnd+api.json', {}],
    // curl and Net::HTTP name it so by themselves, whatever is in it.
    ['application/x-www-form-urlencoded', {}],
    // The .NET SDK calls all its JSON plain text.
    ['text/plain; charset=utf-8', { 'User-Agent': 'Flowroute SDK v3.0' }],
  ])('JSON sent as %s is accepted', async (type, headers) => {
    const target = `/v2/numbers/${sandbox.account.ownedAt(2)}`;
    const body = '{"type":"number","alias":"Sent"}';
    expect(await status('PATCH', target, body, { 'Content-Type': type, ...headers })).toBe(200);
  });

  test('forms as the Python and Ruby SDKs send them', async () => {
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expect(await status('POST', '/v2/cnams', 'value=FORM+NAME', form)).toBe(201);
    const asked = await ask(
      'POST',
      '/v2/portorders/portability',
      'numbers=%2B14252081174&numbers=%2B14252081175',
      form,
    );
    expect(asked.status).toBe(200);
    const nested = new URLSearchParams({ 'data[type]': 'e911' });
    const address = { ...sandbox.account.emergency.all()[0]?.[1], label: 'Sent as a form' };
    for (const [name, value] of Object.entries(address)) nested.set(`data[attributes][${name}]`, value);
    expect(await status('POST', '/v2/e911s', nested.toString(), form)).toBe(201);
  });

  test('limits of rate hold for each class of endpoints alone', async () => {
    sandbox.setSwitches({ rateLimit: '1:2' });
    const codes = async (path: string) => [
      await status('GET', path),
      await status('GET', path),
      await status('GET', path),
    ];
    expect(await codes('/v2/numbers')).toEqual([200, 200, 429]);
    expect(await codes('/v2/routes')).toEqual([200, 200, 429]);
    const limited = await ask('GET', '/v2/routes');
    expect([limited.json.errors[0]?.status, limited.headers.get('retry-after')]).toEqual([429, null]);
    sandbox.setSwitches({ rateLimitBody: 'html', rateLimitRetryAfter: 3 });
    const page = await ask('GET', '/v2/routes');
    expect([page.text.startsWith('<html'), page.headers.get('retry-after')]).toEqual([true, '3']);
    sandbox.setSwitches({ rateLimitBody: 'empty' });
    expect((await ask('GET', '/v2/routes')).text).toBe('');
    sandbox.setSwitches({ rateLimit: 'edgeStrategies=1:1,listCnams=2:2' });
    expect(await codes('/v2/routes/edge_strategies')).toEqual([200, 429, 429]);
    expect(await codes('/v2/cnams')).toEqual([200, 200, 429]);
    expect(await codes('/v2/numbers')).toEqual([200, 200, 200]);
  });

  test('an outage of so many requests, under both versions', async () => {
    sandbox.setSwitches({ outage: '503:2' });
    expect((await get('/v2/numbers')).errors[0]?.status).toBe(503);
    expect((await viaV1('GET', '/v1/routes/')).status).toBe(503);
    expect(await status('GET', '/v2/numbers')).toBe(200);
    sandbox.setSwitches({ outage: { kind: 'html502', requests: 1 } });
    expect((await ask('GET', '/v2/numbers')).text).toContain('<h1>502</h1>');
  });

  test('several keys of one account; one that expired; a version that is not there', async () => {
    const other = { accessKey: 'other', secretKey: 'pair' };
    sandbox.setKeys([keys, other]);
    const second = { Authorization: `Basic ${Buffer.from('other:pair').toString('base64')}` };
    expect([
      await status('GET', '/v2/numbers'),
      await status('GET', '/v2/numbers', undefined, second),
    ]).toEqual([200, 200]);
    const mixed = { Authorization: `Basic ${Buffer.from('other:test-secret').toString('base64')}` };
    expect(await status('GET', '/v2/numbers', undefined, mixed)).toBe(401);
    sandbox.setKeys([other]);
    expect([await status('GET', '/v2/numbers'), (await viaV1('GET', '/v1/routes/')).status]).toEqual([
      401, 401,
    ]);
    sandbox.setKeys([keys]);
    sandbox.setSwitches({ v1Gone: '410', v2Gone: true });
    expect([(await viaV1('GET', '/v1/routes/')).status, await status('GET', '/v2/numbers')]).toEqual([
      410, 404,
    ]);
  });

  test('odd records are sent as they are', async () => {
    const [first, second] = (await ids('/v2/numbers?limit=2')).map(String);
    sandbox.setOdd({ owned: { [first ?? '']: { type: 'number' }, extra: { id: 'extra' } } }, 'v2');
    expect(await rows('/v2/numbers?limit=2')).toMatchObject([
      { type: 'number' },
      { id: second },
      { id: 'extra' },
    ]);
    expect(await rows('/v2/numbers?limit=2&offset=2')).toHaveLength(2);
    expect((await get(`/v2/numbers/${first}`)).data).toEqual({ type: 'number' });
  });

  test('a switch that is not there, or cannot be so, is said', () => {
    expect(() => {
      sandbox.setSwitches({ weather: 'fine' });
    }).toThrow(/"weather": there is no such switch; they are manyDetails, /);
    expect(() => {
      sandbox.setSwitches({ outage: 'rain' });
    }).toThrow('the switch outage must be off, or a kind and for how long, as 503:20 or html502:5s');
  });

  test('switches and the clock can be reached through the control channel', async () => {
    const control = (method: string, name: string, body: unknown) =>
      fetch(sandbox.ledgerUrl.replace('ledger', name), {
        method,
        headers: { 'X-Sandbox': '1' },
        body: JSON.stringify(body),
      });
    const number = sandbox.account.ownedAt(0);
    expect((await control('PUT', 'switches', { emptyList: '404' })).status).toBe(200);
    expect((await control('PUT', 'switches', { emptyList: 'maybe' })).status).toBe(400);
    await control('POST', 'mutate', { aliases: { [number]: 'Named elsewhere' }, advance: 1000 });
    expect(await status('GET', '/v2/numbers?starts_with=1999')).toBe(404);
    const lines = (await (await fetch(sandbox.ledgerUrl.replace('ledger', 'numbers'))).text())
      .trim()
      .split('\n');
    expect(lines).toHaveLength(25);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ number, alias: 'Named elsewhere' });
  });
});
