/** The carrier's word, and nobody else's: what counts as an answer of API v1, and what a 404 and a 401 are worth. */
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { Failure } from '../../src-main/contract/errors.ts';
import type { PhoneNumber } from '../../src-main/contract/model.ts';
import { json, scriptedCarrier, type Seen } from './carrier-server.ts';
import { some } from '../support/some.ts';

const number = '12065550142' as PhoneNumber;
const pair = { primary: 'pbx-1', failover: 'fax' };
const fixture = (name: string) =>
  readFileSync(new URL(`../fixtures/carrier/${name}`, import.meta.url), 'utf8');
const page404 = fixture('36-gateway-404.html');
const page401 = fixture('37-gateway-401.html');
const routes = { routes: { 'sip-reg': { type: 'SIP-REG', value: null } } };
const owned = {
  billing_method: 'METERED',
  routes: [
    { name: 'pbx-1', type: 'HOST' },
    { name: 'fax', type: 'HOST' },
  ],
};

let close: (() => Promise<void>) | null = null;
async function start(...args: Parameters<typeof scriptedCarrier>) {
  const started = await scriptedCarrier(...args);
  close = started.close;
  return started;
}
afterEach(async () => {
  await close?.();
  close = null;
});

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const thrown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(Failure);
  return thrown as Failure;
}
const codeOf = async (work: Promise<unknown>) => (await failureOf(work)).code;
const html = (response: ServerResponse, status: number, body = '<html>page</html>') => {
  response.writeHead(status, { 'Content-Type': 'text/html' }).end(body);
};
const isRoutes = ({ url }: Seen) => url.startsWith('/v1/routes/');

describe('what is not in the form of v1 could not be asked, and is named for what it is', () => {
  const cases: readonly (readonly [string, number, string, string, RegExp])[] = [
    ['a captive portal', 200, 'text/html', '<html>Sign in</html>', /web page .*sign-in/],
    ['a proxy', 407, 'text/html', '<html>', /proxy .*user name/],
    ['a proxy that speaks JSON', 407, 'application/json', '{}', /proxy/],
    ['a network', 511, 'text/html', '<html>', /network wants a sign-in/],
    ['a gateway', 502, 'text/html', '<html>', /gateway or filter on the way failed \(code 502\)/],
    ['a gateway without the route', 404, 'text/html', page404, /gateway .* answered instead .*404/],
    ['a gateway with keys of its own', 401, 'text/html', page401, /gateway .* answered instead .*401/],
    ['a filter', 403, 'text/html', '<html>', /filter .*403/],
    ['an API gateway', 401, 'application/json', '{"message":"Unauthorized"}', /gateway .*401/],
    ['a redirect', 302, '', '', /redirected/],
    ['nothing at all', 200, 'application/json', '', /empty answer/],
    ['plain text', 200, 'text/plain', 'ok', /not the carrier's/],
  ];
  test.each(cases)('%s, for a read', async (_, status, type, body, named) => {
    const { carrier } = await start((_seen, response) => {
      response.writeHead(status, type ? { 'Content-Type': type } : {}).end(body);
    });
    const { error } = await failureOf(carrier.getOwned(number));
    expect(error).toMatchObject({ code: 'foreign-answer', retryable: true });
    expect(error.message).toMatch(/^The carrier could not be asked: /);
    expect(error.message).toMatch(named);
  });

  test.each(cases.filter(([, , , body]) => body !== ''))(
    '%s, for a write: sent once, and whether it was done is not known',
    async (_, status, type, body, named) => {
      const { carrier, seen } = await start((_seen, response) => {
        response.writeHead(status, type ? { 'Content-Type': type } : {}).end(body);
      });
      const writes = [
        () => carrier.purchase(number, 'METERED'),
        () => carrier.setRoutes(number, pair),
        () => carrier.createRoute('x', 'HOST', 'a.example'),
      ];
      for (const write of some(writes)) {
        const { error } = await failureOf(write());
        expect(error.code).toBe('outcome-unknown');
        expect(error.message).toMatch(named);
      }
      expect(seen).toHaveLength(3);
    },
  );

  test('a hiccup of a gateway is asked again once; a carrier in trouble more often', async () => {
    const { carrier, seen } = await start((_, response, count) => {
      if (count === 1) html(response, 404, page404);
      else json(response, 200, owned);
    });
    expect((await carrier.getOwned(number)).number).toBe(number);
    expect(seen).toHaveLength(2);
  });
});

describe('a yes to a write', () => {
  test.each([
    [201, 'application/json', '', 'done'],
    [204, '', '', 'done'],
    [201, 'application/json', '{"added":true}', 'done'],
    [200, 'application/json', '', 'outcome-unknown'],
    [200, 'application/json', '{}', 'outcome-unknown'],
    [202, 'application/json', '{}', 'outcome-unknown'],
    [201, 'text/html', '', 'outcome-unknown'],
    [201, 'application/json', '{"added":', 'outcome-unknown'],
    [201, 'application/json', '{"error":"no"}', 'outcome-unknown'],
    [201, 'application/json', '{"error":{"code":1}}', 'outcome-unknown'],
  ] as const)('%i %s %s is %s', async (status, type, body, ending) => {
    const { carrier, seen } = await start((_, response) => {
      response.writeHead(status, type ? { 'Content-Type': type } : {}).end(body);
    });
    const ended = await carrier.purchase(number, 'METERED').then(
      () => 'done',
      (thrown: Failure) => thrown.code,
    );
    expect(ended).toBe(ending);
    expect(seen).toHaveLength(1);
  });
});

describe('a 404 counts only when another read was answered in shape within the same minute', () => {
  const notFound = (response: ServerResponse) => {
    json(response, 404, { error: 'Not Found' });
  };

  test('nothing was answered before: a route is asked for, and then it counts', async () => {
    const { carrier, seen } = await start((one, response) => {
      if (isRoutes(one)) json(response, 200, routes);
      else notFound(response);
    });
    expect(await codeOf(carrier.getOwned(number))).toBe('not-found');
    expect(seen.map(({ url }) => url)).toEqual([`/v1/tns/${number}`, '/v1/routes/?limit=1&page=1']);
  });

  test('it is asked for again a minute later, and not before', async () => {
    let now = 1_000_000;
    const { carrier, seen } = await start(
      (one, response) => {
        if (isRoutes(one)) json(response, 200, routes);
        else notFound(response);
      },
      { now: () => now },
    );
    await carrier.listRoutes({ cursor: null, limit: 1 });
    now += 59_000;
    expect(await codeOf(carrier.getOwned(number))).toBe('not-found');
    expect(seen.filter(isRoutes)).toHaveLength(1);
    now += 2_000;
    expect(await codeOf(carrier.getOwned(number))).toBe('not-found');
    expect(seen.filter(isRoutes)).toHaveLength(2);
  });

  test.each([
    ['the same 404', notFound, 'foreign-answer'],
    ['a page', (response: ServerResponse) => html(response, 200), 'foreign-answer'],
    [
      'an object that holds nothing',
      (response: ServerResponse) => json(response, 200, '{}'),
      'malformed-answer',
    ],
    ['a cut connection', (response: ServerResponse) => response.destroy(), 'offline'],
  ] as const)('when the other read gets %s, nobody knows', async (_, answer, code) => {
    const { carrier } = await start((one, response) => {
      if (isRoutes(one)) answer(response);
      else notFound(response);
    });
    expect(await codeOf(carrier.getOwned(number))).toBe(code);
  });

  test('an empty list vouches for nothing', async () => {
    const { carrier, seen } = await start((one, response) => {
      if (isRoutes(one)) json(response, 200, routes);
      else if (one.url.includes('?')) json(response, 200, '{}');
      else notFound(response);
    });
    await carrier.listOwned({ cursor: null, limit: 1 });
    await failureOf(carrier.getOwned(number));
    expect(seen.filter(isRoutes)).toHaveLength(1);
  });
});

describe('refused keys', () => {
  const refuse = (response: ServerResponse) => {
    json(response, 401, { error: 'Authentication failed.' });
  };

  test('are asked with once more, with a fresh time stamp, before they count', async () => {
    const told: boolean[] = [];
    const { carrier, seen } = await start(
      (_, response) => {
        refuse(response);
      },
      { nextStampMs: 1_000, onKeys: (accepted) => told.push(accepted) },
    );
    expect(await codeOf(carrier.getOwned(number))).toBe('wrong-keys');
    expect(seen).toHaveLength(2);
    expect(seen[0]?.headers['x-timestamp']).not.toBe(seen[1]?.headers['x-timestamp']);
    expect(told).toEqual([false]);
  });

  test('one 401 is a hiccup', async () => {
    const told: boolean[] = [];
    const { carrier } = await start(
      (_, response, count) => {
        if (count === 1) refuse(response);
        else json(response, 200, owned);
      },
      { onKeys: (accepted) => told.push(accepted) },
    );
    await carrier.getOwned(number);
    expect(told).toEqual([]);
  });

  test('the next good answer heals them', async () => {
    const told: boolean[] = [];
    let refusing = true;
    const { carrier } = await start(
      (_, response) => {
        if (refusing) refuse(response);
        else json(response, 200, owned);
      },
      { onKeys: (accepted) => told.push(accepted) },
    );
    await failureOf(carrier.getOwned(number));
    await failureOf(carrier.getOwned(number));
    refusing = false;
    await carrier.getOwned(number);
    expect(told).toEqual([false, true]);
  });

  test('by a write: one more read decides, and the write is never sent again', async () => {
    const told: boolean[] = [];
    const { carrier, seen } = await start(
      (_, response) => {
        refuse(response);
      },
      { onKeys: (accepted) => told.push(accepted) },
    );
    expect(await codeOf(carrier.purchase(number, 'METERED'))).toBe('wrong-keys');
    expect(seen.filter(({ method }) => method === 'PUT')).toHaveLength(1);
    expect(seen.length).toBeGreaterThan(1);
    expect(told).toEqual([false]);
  });

  test('by a write, while reads are answered: nothing is known and nothing refused', async () => {
    const told: boolean[] = [];
    const { carrier, seen } = await start(
      (one, response) => {
        if (one.method === 'GET') json(response, 200, routes);
        else refuse(response);
      },
      { onKeys: (accepted) => told.push(accepted) },
    );
    expect(await codeOf(carrier.purchase(number, 'METERED'))).toBe('outcome-unknown');
    expect(seen.filter(({ method }) => method === 'PUT')).toHaveLength(1);
    expect(told).toEqual([]);
  });
});

describe('a refusal that may be about the clock', () => {
  const wrong = (response: ServerResponse) => {
    const date = new Date(Date.now() - 3_600_000).toUTCString();
    response.writeHead(401, { 'Content-Type': 'application/json', Date: date }).end('{}');
  };

  test('by a write: a filter whose clock is wrong says nothing of the carrier', async () => {
    const { carrier, seen } = await start((one, response) => {
      if (one.method === 'GET') json(response, 200, routes);
      else wrong(response);
    });
    expect(await codeOf(carrier.purchase(number, 'METERED'))).toBe('outcome-unknown');
    expect(seen.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });

  test('by all: said after one more look, and not asked again and again', async () => {
    const { carrier, seen } = await start((_, response) => {
      wrong(response);
    });
    expect(await codeOf(carrier.purchase(number, 'METERED'))).toBe('wrong-clock');
    expect(seen.map(({ method }) => method)).toEqual(['PUT', 'GET', 'GET']);
  });
});

describe('one odd record never spoils the rest', () => {
  const answering = async (body: unknown) =>
    (
      await start((_, response) => {
        json(response, 200, body as string);
      })
    ).carrier;
  const first = { cursor: null, limit: 200 };

  test('another country’s number is a number; one without routes is kept aside and named', async () => {
    const foreign = await (await answering(fixture('30-page-foreign-number.json'))).listOwned(first);
    expect(foreign.items.map((item) => item.number)).toEqual(['12065550142', '442079460123']);
    expect(foreign.odd).toEqual([]);
    await close?.();
    const carrier = await answering(fixture('31-page-number-without-routes.json'));
    const without = await carrier.listOwned(first);
    expect(without.items.map((item) => item.number)).toEqual(['12065550142']);
    expect(without.odd).toEqual([{ what: 'number', name: '12065550143', why: 'it has no routes' }]);
    await carrier.listOwned(first);
    expect(carrier.oddRecords()).toEqual({ number: 1 });
  });

  test('texts of any length, and methods that nobody could send, fill no window', async () => {
    const offer = { initial_cost: '1.00', monthly_cost: '1.00', billing_methods: ['METERED'] };
    const tns = {
      '12065550100': { ...offer, ratecenter: 'R'.repeat(5_000), state: 'S'.repeat(5_000) },
      '12065550101': { ...offer, billing_methods: ['M'.repeat(5_000)] },
    };
    const page = await (await answering({ tns })).searchAvailable(first);
    expect(JSON.stringify(page).length).toBeLessThan(1_000);
    expect(page.odd.map(({ name }) => name)).toEqual(['12065550101']);
  });

  test('a last page whose next is null is the last', async () => {
    const page = await (await answering(fixture('32-last-page-next-null.json'))).listOwned(first);
    expect([page.items.length, page.odd.length, page.next]).toEqual([1, 0, null]);
  });

  test('an offer without a price is no offer', async () => {
    const page = await (await answering(fixture('33-offers-one-without-price.json'))).searchAvailable(first);
    expect(page.items.map((item) => item.number)).toEqual(['12065550142']);
    expect(page.odd).toEqual([{ what: 'offer', name: '12065550143', why: 'it has no set-up cost' }]);
  });

  test('odd numbers, offers, routes and codes of every other kind', async () => {
    const one = { ...owned, routes: owned.routes.slice(0, 1) };
    const numbers = { '12065550100': owned, '12065550101': one, '+12065550102': owned, '12065550103': null };
    const nameless = { ...owned, routes: [{ type: 'HOST' }, { name: 'fax', type: 'HOST' }] };
    let carrier = await answering({ tns: { ...numbers, '12065550104': nameless } });
    const list = await carrier.listOwned(first);
    expect(list.items.map((item) => item.number)).toEqual(['12065550100']);
    expect(list.odd.map(({ why }) => why)).toEqual([
      'it is not a number of 7 to 15 digits',
      'it has one route and not two',
      'it tells nothing of itself',
      'it has a route without a name',
    ]);
    await close?.();
    const listed = { ...routes.routes, untyped: { value: 'a.example' }, odd: { type: 'HOST', value: {} } };
    carrier = await answering({ routes: listed });
    const page = await carrier.listRoutes(first);
    expect(page.items.map((route) => route.label)).toEqual(['sip-reg']);
    expect(page.odd.map(({ name, why }) => `${name}: ${why}`)).toEqual([
      'odd: its value is no text',
      'untyped: it has no type',
    ]);
    await close?.();
    carrier = await answering({ npas: { '206': {}, '44': {} } });
    expect(await carrier.listAreaCodes(first)).toMatchObject({
      items: [{ npa: '206' }],
      odd: [{ name: '44' }],
    });
  });

  test('a number whose route tells no type is routed all the same', async () => {
    const untyped = { billing_method: 'METERED', routes: [{ name: 'pbx-1' }, { name: 'fax', type: null }] };
    const carrier = await answering(untyped);
    expect((await carrier.getOwned(number)).routes).toEqual({
      primary: { key: 'pbx-1', type: '' },
      failover: { key: 'fax', type: '' },
    });
  });

  test('the details of an odd number say that the account has it', async () => {
    const carrier = await answering({ billing_method: 'METERED', routes: [] });
    const { error } = await failureOf(carrier.getOwned(number));
    expect(error.code).toBe('odd-record');
    expect(error.message).toMatch(/has this number, .* it has no routes/);
  });

  test('a list that is no list is refused whole', async () => {
    for (const body of ['{"status":"down"}', '{"tns":"none"}', '{"tns":[1]}', '[]', '"x"']) {
      const carrier = await answering(body);
      expect(await codeOf(carrier.listOwned(first)), body).toBe('malformed-answer');
      await close?.();
    }
    const carrier = await answering('{"tns":[]}');
    expect((await carrier.listOwned(first)).items).toEqual([]);
  });
});
