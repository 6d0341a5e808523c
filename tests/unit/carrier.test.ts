import { afterEach, describe, expect, test } from 'vitest';
import { Failure, type ErrorCode } from '../../src-main/contract/errors.ts';
import type { PhoneNumber } from '../../src-main/contract/model.ts';
import { json, scriptedCarrier } from './carrier-server.ts';

const number = '12064205780' as PhoneNumber;
let close: (() => Promise<void>) | null = null;

async function start(...args: Parameters<typeof scriptedCarrier>) {
  const started = await scriptedCarrier(...args);
  close = started.close;
  return started;
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const thrown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(Failure);
  expect(JSON.stringify((thrown as Failure).error)).not.toContain('canary-secret');
  return thrown as Failure;
}

const codeOf = async (work: Promise<unknown>): Promise<ErrorCode> => (await failureOf(work)).code;

afterEach(async () => {
  await close?.();
  close = null;
});

describe('reads', () => {
  test('a list is sorted, unknown members and route types are kept, and links.next means more', async () => {
    const { carrier, seen } = await start((_, response) => {
      json(response, 200, {
        tns: {
          '12066417667': {
            billing_method: 'METERED',
            routes: [
              { type: 'SIP-REG', name: 'sip-reg' },
              { type: 'PRIVACY-PSTN', name: 'odd', value: '178', added: true },
            ],
            detail: '/v1/tns/12066417667',
          },
          '12062092844': {
            billing_method: 'METERED',
            routes: [
              { type: 'SIP-REG', name: 'sip-reg' },
              { type: 'SIP-REG', name: 'sip-reg' },
            ],
          },
        },
        links: { next: '/v1/tns/?pattern=206&limit=2&page=2' },
      });
    });
    const page = await carrier.listOwned({ cursor: null, limit: 2, pattern: '206' });
    expect(seen[0]?.url).toBe('/v1/tns/?limit=2&page=1&pattern=206');
    expect(page.next).toBe('2');
    expect(page.items.map((item) => item.number)).toEqual(['12062092844', '12066417667']);
    expect(page.items[1]?.routes.failover).toEqual({ key: 'odd', type: 'PRIVACY-PSTN', value: '178' });
  });

  test('a list that is left out is empty', async () => {
    const { carrier } = await start((_, response) => {
      json(response, 200, '{}');
    });
    const empty = { items: [], odd: [], next: null };
    expect(await carrier.listAreaCodes({ cursor: null, limit: 10 })).toEqual(empty);
    // The built-in route is always there: a first page without it is some other answer.
    expect(await carrier.listRoutes({ cursor: '2', limit: 10 })).toEqual(empty);
    expect(await codeOf(carrier.listRoutes({ cursor: null, limit: 10 }))).toBe('malformed-answer');
  });

  test('prices are exact cents', async () => {
    const { carrier } = await start((_, response) => {
      const item = { billing_methods: ['METERED'], ratecenter: 'SEATTLE', state: 'WA' };
      json(response, 200, {
        tns: { '12066417848': { ...item, initial_cost: '1.00', monthly_cost: '0.85' } },
      });
    });
    const page = await carrier.searchAvailable({ cursor: null, limit: 10, npa: '206' });
    expect(page.items[0]?.setupCost.cents).toBe(100);
    expect(page.items[0]?.monthlyCost.cents).toBe(85);
  });

  test('tried again after 500, HTML 503, 429 and a broken answer', async () => {
    const { carrier, seen } = await start((_, response, count) => {
      if (count === 1) json(response, 500, '{"error":"oops"}');
      else if (count === 2) response.writeHead(503, { 'Content-Type': 'text/html' }).end('<html>busy</html>');
      else if (count === 3) response.writeHead(429, { 'Retry-After': '0' }).end();
      else if (count === 4) json(response, 200, '{"npas":{"20');
      else json(response, 200, { npas: { '206': {}, '201': {} } });
    });
    const page = await carrier.listAreaCodes({ cursor: null, limit: 10 });
    expect(page.items).toEqual([{ npa: '201' }, { npa: '206' }]);
    expect(seen).toHaveLength(5);
  });

  test('a cut connection is tried again, and in the end is a network failure', async () => {
    const { carrier, seen } = await start((_, response) => {
      response.destroy();
    });
    expect(await codeOf(carrier.getOwned(number))).toBe('offline');
    expect(seen).toHaveLength(5);
  });

  test('pages of something on the way are no reason to ask for more at once', async () => {
    const most = async (type: string) => {
      let [now, highest] = [0, 0];
      const { carrier } = await start((_, response) => {
        now += 1;
        highest = Math.max(highest, now);
        setTimeout(() => {
          now -= 1;
          response.writeHead(404, { 'Content-Type': type }).end('{}');
        }, 5);
      });
      await Promise.all(Array.from({ length: 40 }, () => carrier.getOwned(number).catch(() => null)));
      await close?.();
      return highest;
    };
    expect(await most('text/html')).toBe(4);
    expect(await most('application/json')).toBeGreaterThan(4);
  });

  test('the search rules of the wire are explained before anything is sent', async () => {
    const { carrier, seen } = await start(() => undefined);
    expect(await codeOf(carrier.searchAvailable({ cursor: null, limit: 1, nxx: '555' }))).toBe(
      'invalid-input',
    );
    expect(await codeOf(carrier.searchAvailable({ cursor: null, limit: 1, rateCenter: 'X' }))).toBe(
      'invalid-input',
    );
    expect(seen).toHaveLength(0);
  });

  test('cancelling ends a read', async () => {
    const stop = new AbortController();
    // While its answer is waited for.
    const { carrier } = await start(() => {
      stop.abort();
    });
    const reading = carrier.getOwned(number, { signal: stop.signal });
    expect(await codeOf(reading)).toBe('cancelled');
  });

  test('no answer in time is a time-out', async () => {
    const { carrier } = await start(() => undefined, { timeoutMs: 30, attempts: 2 });
    expect(await codeOf(carrier.getOwned(number))).toBe('timeout');
  });
});

describe('refusals are told apart', () => {
  const answered = async (status: number, body: unknown, headers: Record<string, string> = {}) => {
    const { carrier } = await start(
      (_, response) => {
        response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      },
      { attempts: 1 },
    );
    return failureOf(carrier.getOwned(number));
  };

  test('wrong keys', async () => {
    expect((await answered(401, { error: 'Authentication failed.' })).code).toBe('wrong-keys');
  });

  test('a wrong clock looks like wrong keys but is not', async () => {
    const date = new Date(Date.now() - 3_600_000).toUTCString();
    const error = await answered(401, { error: 'Authentication failed.' }, { Date: date });
    expect(error.code).toBe('wrong-clock');
    expect(error.message).toMatch(/(59|60) minutes ahead/);
  });

  test('a few minutes may be too many: the keys are not blamed for them', async () => {
    const date = new Date(Date.now() + 3 * 60_000 + 500).toUTCString();
    const error = await answered(401, { error: 'Authentication failed.' }, { Date: date });
    expect(error).toMatchObject({ code: 'wrong-clock' });
    expect(error.message).toContain('3 minutes behind');
  });

  test("the carrier's own words are kept", async () => {
    const text = 'Business Logic Error: The TN is not available for purchase.';
    const error = await answered(422, { error: text });
    expect([error.code, error.message]).toEqual(['rejected', text]);
  });

  test("the carrier's words are one line, without marks that turn its direction", async () => {
    const error = 'Not\u202e for\u200b sale.\r\n\u0000\tSorry\u2066';
    expect((await answered(400, { error })).message).toBe('Not for sale. Sorry');
  });

  test.each([
    [429, 'rate-limited'],
    [500, 'carrier-down'],
    [504, 'carrier-down'],
    [302, 'foreign-answer'],
    [402, 'forbidden'],
    [403, 'forbidden'],
    [409, 'offline'],
    [400, 'rejected'],
  ] as const)('%i is %s', async (status, code) => {
    expect((await answered(status, '{}')).code).toBe(code);
  });

  test('an error in a success is still a refusal', async () => {
    expect((await answered(200, { error: 'no' })).code).toBe('rejected');
  });

  test.each(['{', '[]', 'null', '{"routes":[]}', '{"status":"ok"}', '{"routes":[{"name":1}]}'])(
    '%s is malformed',
    async (body) => {
      expect((await answered(200, body)).code).toBe('malformed-answer');
    },
  );

  test('nobody there is offline, at once', async () => {
    const { carrier, close: stop } = await start(() => undefined);
    await stop();
    close = null;
    expect(await codeOf(carrier.getOwned(number))).toBe('offline');
  });
});

describe('writes', () => {
  test('a purchase sends the billing method once and accepts 201 with nothing in it', async () => {
    const { carrier, seen } = await start((_, response) => {
      response.writeHead(201, { 'Content-Type': 'application/json', 'Content-Length': '0' }).end();
    });
    await carrier.purchase(number, 'METERED');
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      method: 'PUT',
      url: `/v1/tns/${number}`,
      body: '{"billing_method":"METERED"}',
    });
  });

  test('routes are two names in order; a route name is encoded in the path', async () => {
    const { carrier, seen } = await start((_, response) => {
      response.writeHead(204).end();
    });
    await carrier.setRoutes(number, { primary: 'pbx "1"', failover: 'sip-reg' });
    await carrier.createRoute('my route/1', 'HOST', '24.239.23.40:5060');
    expect(seen[0]?.body).toBe('{"routes":[{"name":"pbx \\"1\\""},{"name":"sip-reg"}]}');
    expect(seen[1]?.url).toBe('/v1/routes/my%20route%2F1');
    expect(seen[1]?.body).toBe('{"type":"HOST","value":"24.239.23.40:5060"}');
  });

  test.each([500, 503, 504])('never repeated: %i leaves the outcome unknown', async (status) => {
    const { carrier, seen } = await start((_, response) => {
      response.writeHead(status).end('<html>');
    });
    expect(await codeOf(carrier.purchase(number, 'METERED'))).toBe('outcome-unknown');
    expect(seen).toHaveLength(1);
  });

  test('never repeated: a cut connection and a time-out leave the outcome unknown', async () => {
    const cut = await start((_, response) => {
      response.destroy();
    });
    expect(await codeOf(cut.carrier.purchase(number, 'METERED'))).toBe('outcome-unknown');
    expect(cut.seen).toHaveLength(1);
    await cut.close();
    const slow = await start(() => undefined, { timeoutMs: 30 });
    expect(await codeOf(slow.carrier.purchase(number, 'METERED'))).toBe('outcome-unknown');
    expect(slow.seen).toHaveLength(1);
  });

  test('429 and 422 are clear: nothing was bought', async () => {
    const { carrier, seen } = await start((_, response, count) => {
      response.writeHead(count === 1 ? 429 : 422, { 'Content-Type': 'application/json' }).end();
    });
    expect(await codeOf(carrier.purchase(number, 'METERED'))).toBe('rate-limited');
    expect(await codeOf(carrier.purchase(number, 'METERED'))).toBe('rejected');
    expect(seen).toHaveLength(2);
  });
});
