import { createHash, createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isSigned, type SignedRequest } from '../../src-main/sandbox/v1/signature.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src-main/sandbox/server.ts';

let sandbox: Sandbox;
const begin = async (options: SandboxOptions = {}) => {
  sandbox = await startSandbox({ owned: 25, available: 3000, routes: 8, seed: 11, ...options });
};
beforeEach(() => begin());
afterEach(() => sandbox.close());

/** An independent little client, written from the documentation alone. */
async function ask(
  method: string,
  target: string,
  body?: string,
  time = new Date().toISOString().slice(0, 19),
) {
  const origin = new URL(sandbox.url).origin;
  const [path = '', query = ''] = target.split('?');
  const sorted = query.split('&').sort().join('&');
  const md5 = body === undefined ? '' : createHash('md5').update(body).digest('hex');
  const message = `${time}\n${method}\n${md5}\n${origin}${path}\n${sorted}`;
  const password = createHmac('sha1', sandbox.secretKey).update(message).digest('hex');
  const headers = {
    'X-Timestamp': time,
    Authorization: `Basic ${Buffer.from(`${sandbox.accessKey}:${password}`).toString('base64')}`,
  };
  const answer = await fetch(origin + target, { method, headers, ...(body === undefined ? {} : { body }) });
  const text = await answer.text();
  return {
    status: answer.status,
    text,
    headers: answer.headers,
    json: (text ? JSON.parse(text) : null) as never,
  };
}
type Listed = Record<string, Record<string, unknown>> & { links?: { prev?: string; next?: string } };
const list = async (target: string) => (await ask('GET', target)).json as Listed;
const patch = (number: string, body: unknown) => ask('PATCH', `/v1/tns/${number}`, JSON.stringify(body));

describe('signatures', () => {
  const rules = {
    accessKey: '80001234',
    secretKey: '0123456789abcdef0123456789abcdef',
    mode: 'strict',
    clockWindowMs: 900_000,
    now: Date.parse('2026-01-02T03:05:00Z'),
  } as const;
  const asked = (method: string, target: string, body: string, signature: string): SignedRequest => ({
    method,
    scheme: 'http',
    target,
    host: 'api.flowroute.com',
    time: '2026-01-02T03:04:05Z',
    authorization: `Basic ${Buffer.from(`80001234:${signature}`).toString('base64')}`,
    body: Buffer.from(body),
  });

  test('a wrong key, another body, an old time or no header is refused', async () => {
    const good = createHmac('sha1', rules.secretKey)
      .update('2026-01-02T03:04:05Z\nGET\n\nhttp://api.flowroute.com/v1/tns/12064205780\n')
      .digest('hex');
    const request = asked('GET', '/v1/tns/12064205780', '', good);
    expect(isSigned(request, rules)).toBe(true);
    expect(isSigned({ ...request, body: Buffer.from('x') }, rules)).toBe(false);
    expect(isSigned({ ...request, target: '/v1/tns/12064205781' }, rules)).toBe(false);
    expect(isSigned(request, { ...rules, now: rules.now + 3_600_000 })).toBe(false);
    expect(isSigned(request, { ...rules, secretKey: 'other' })).toBe(false);
    expect(isSigned({ ...request, authorization: undefined }, rules)).toBe(false);
    const unsigned = await fetch(`${sandbox.url}/routes/`);
    expect([unsigned.status, await unsigned.text()]).toEqual([401, '{"error":"Authentication failed."}']);
  });

  test('times with and without Z are accepted', async () => {
    const time = new Date().toISOString().slice(0, 19);
    expect((await ask('GET', '/v1/routes/', undefined, time)).status).toBe(200);
    expect((await ask('GET', '/v1/routes/', undefined, `${time}Z`)).status).toBe(200);
  });
});

describe('lists', () => {
  test('pages link back and forth in the order of parameters and the spelling of the caller', async () => {
    const first = await list('/v1/available-tns/npas/?limit=2');
    expect(first.links).toEqual({ next: '/v1/available-tns/npas/?limit=2&page=2' });
    const [npa = ''] = Object.keys(first['npas'] ?? {});
    const second = await list(`/v1/available-tns/npanxxs/?limit=1&npa=${npa.slice(0, 1)}&page=2`);
    expect(second.links?.prev).toBe(`/v1/available-tns/npanxxs/?npa=${npa.slice(0, 1)}&limit=1&page=1`);
    const search = await list(`/v1/available-tns/tns/?limit=1&npa=${npa}`);
    expect(search.links?.next).toBe(`/v1/available-tns/tns/?npa=${npa}&limit=1&page=2`);
    expect((await list('/v1/tns/?limit=10&page=3')).links).toEqual({ prev: '/v1/tns/?limit=10&page=2' });
  });

  test('ten is the default, keys come shuffled, walking all pages sees each number once', async () => {
    const pages: string[][] = [];
    for (const page of [1, 2, 3]) pages.push(Object.keys((await list(`/v1/tns/?page=${page}`))['tns'] ?? {}));
    expect(pages.map((keys) => keys.length)).toEqual([10, 10, 5]);
    expect(pages[0]).not.toEqual(pages[0]?.toSorted());
    expect(new Set(pages.flat()).size).toBe(25);
  });

  test('an empty list is left out', async () => {
    expect((await ask('GET', '/v1/tns/?pattern=00000000000')).text).toBe('{}');
    expect(await list('/v1/available-tns/npanxxs/?npa=555&limit=2&page=2')).toEqual({
      links: { prev: '/v1/available-tns/npanxxs/?npa=555&limit=2&page=1' },
    });
  });

  test('shapes: sip-reg has no value in a number and null in the routes', async () => {
    const routes = (await list('/v1/routes/?limit=200'))['routes'] ?? {};
    expect(routes['sip-reg']).toEqual({ type: 'SIP-REG', value: null });
    expect(routes['PSTNroute1']).toEqual({ type: 'PSTN', value: '178' });
    const [number, item] = Object.entries((await list('/v1/tns/?limit=1'))['tns'] ?? {})[0] ?? [];
    expect(item).toMatchObject({ billing_method: 'METERED', detail: `/v1/tns/${number}` });
    await patch(String(number), { routes: [{ name: 'sip-reg' }, { name: 'PSTNroute1' }] });
    expect(await list(`/v1/tns/${number}`)).toEqual({
      billing_method: 'METERED',
      routes: [
        { type: 'SIP-REG', name: 'sip-reg' },
        { type: 'PSTN', name: 'PSTNroute1', value: '178' },
      ],
    });
  });

  const collections = [
    '/v1/available-tns/npas/',
    '/v1/available-tns/npanxxs/',
    '/v1/available-tns/tns/',
    '/v1/tns/',
    '/v1/routes/',
  ];
  test.each(collections)('limits of %s', async (path) => {
    const status = async (query: string) => (await ask('GET', `${path}?${query}`)).status;
    const zero = path === '/v1/routes/' || path === '/v1/available-tns/tns/' ? 422 : 500;
    expect(await status('limit=0')).toBe(zero);
    for (const bad of ['limit=201', 'limit=-1', 'limit=ten', 'page=0', 'page=-1'])
      expect(await status(bad)).toBe(422);
    expect(await status('limit=200&page=1')).toBe(200);
    expect((await ask('GET', path.slice(0, -1))).status).toBe(404);
  });
});

describe('writes', () => {
  const buy = (number: string) => ask('PUT', `/v1/tns/${number}`, '{"billing_method": "METERED"}');
  const forSale = async () =>
    Object.keys((await list('/v1/available-tns/tns/?limit=1'))['tns'] ?? {})[0] ?? '';

  test('a purchase answers 201 with nothing, moves the number, and cannot be made twice', async () => {
    const number = await forSale();
    const bought = await buy(number);
    expect([bought.status, bought.text]).toEqual([201, '']);
    expect(bought.headers.get('content-type')).toBe('application/json');
    expect(bought.headers.get('server')).toBe('nginx');
    expect((await list(`/v1/available-tns/tns/?tn=${number}`))['tns']).toBeUndefined();
    const again = await buy(number);
    expect(again.status).toBe(422);
    expect(again.json).toEqual({ error: 'Business Logic Error: The TN is not available for purchase.' });
    expect(sandbox.ledger().purchases.map((one) => one.number)).toEqual([number]);
    expect((await list(`/v1/tns/${number}`))['routes']).toEqual([
      { type: 'SIP-REG', name: 'sip-reg' },
      { type: 'SIP-REG', name: 'sip-reg' },
    ]);
  });

  test('a connection cut after a purchase: bought once, and the ledger knows', async () => {
    const number = await forSale();
    sandbox.setFaults(['purchase:cut-after:1']);
    await expect(buy(number)).rejects.toThrow();
    sandbox.setFaults([]);
    expect((await ask('GET', `/v1/tns/${number}`)).status).toBe(200);
    expect(sandbox.ledger()).toMatchObject({ owned: 26, purchases: [{ number }] });
  });

  test('sold to somebody else first', async () => {
    const number = await forSale();
    sandbox.setFaults(['purchase:sold:1']);
    expect((await buy(number)).status).toBe(422);
    expect(sandbox.ledger()).toMatchObject({ owned: 25, purchases: [], soldElsewhere: [number] });
  });

  test('routes of a number: two names, both known', async () => {
    const number = sandbox.account.ownedAt(0);
    const changed = await patch(number, { routes: [{ name: 'fax' }, { name: 'sip-reg' }] });
    expect([changed.status, changed.text]).toEqual([204, '']);
    expect(sandbox.account.pairAt(0)).toEqual(['fax', 'sip-reg']);
    expect((await patch(number, { routes: [{ name: 'fax' }] })).status).toBe(422);
    expect((await patch(number, { routes: [{ name: 'fax' }, { name: 'nowhere' }] })).status).toBe(404);
    expect((await patch('12065550000', { routes: [{ name: 'fax' }, { name: 'fax' }] })).status).toBe(404);
    expect((await ask('PATCH', `/v1/tns/${number}`, '{')).status).toBe(400);
  });

  test.each([
    ['HOST', '24.239.23.40:5060', 201],
    ['HOST', 'not a host', 422],
    ['PSTN', '18002364455', 201],
    ['PSTN', '178', 422],
    ['URI', 'sip:16476998778@215.122.69.152:5060;transport=tcp', 201],
    ['URI', 'http://example.com', 422],
    ['SIP-REG', 'x', 422],
  ])('a new %s route of %s answers %i', async (type, value, status) => {
    const made = await ask('PUT', '/v1/routes/my%20route', JSON.stringify({ type, value }));
    expect(made.status).toBe(status);
    expect(sandbox.account.routes.has('my route')).toBe(status === 201);
  });

  test('details of what is not yours', async () => {
    const missing = await ask('GET', '/v1/tns/12065550000');
    expect([missing.status, missing.json]).toEqual([404, { error: 'Not Found' }]);
  });
});

test('the same seed makes the same account; the ledger is outside the signed API', async () => {
  const other = await startSandbox({ owned: 25, available: 3000, routes: 8, seed: 11 });
  const numbers = (one: Sandbox) => Array.from({ length: 25 }, (_, place) => one.account.ownedAt(place));
  expect(numbers(other)).toEqual(numbers(sandbox));
  await other.close();
  expect((await ask('GET', '/v1/__sandbox/ledger')).status).toBe(404);
  const faults = await fetch(sandbox.ledgerUrl.replace('ledger', 'faults'), { method: 'PUT', body: '[]' });
  expect(faults.status).toBe(404);
});
