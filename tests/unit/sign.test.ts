import { describe, expect, test } from 'vitest';
import { authorise, canonicalQuery, timestamp } from '../../src-main/carrier/flowroute/v1/sign.ts';

const keys = { accessKey: '80001234', secretKey: '0123456789abcdef0123456789abcdef' };
const now = Date.parse('2026-01-02T03:04:05Z');
const host = 'https://api.flowroute.com';

const vectors: [method: string, path: string, body: string | undefined, signature: string][] = [
  ['GET', '/v1/available-tns/npas/?limit=2', undefined, '2bc67e94cc6fc99120150d17212adf9f92c5094d'],
  ['GET', '/v1/tns/?limit=5&page=2&pattern=206', undefined, 'd97cd2fecff2eca25ab19376a257940ced1e51a5'],
  ['GET', '/v1/tns/12064205780', undefined, '13fde6e25db97eff839a889fa303044508c09e40'],
  [
    'GET',
    '/v1/available-tns/tns/?limit=1&npa=212&ratecenter=new+york&state=ny',
    undefined,
    'ac6496ffd43d5d3437549ceaf53231d46deaeb58',
  ],
  ['PUT', '/v1/tns/12066417848', '{"billing_method": "METERED"}', '3bdcbb007b1ea8c3aecba9d9547deda965fb7375'],
  [
    'PATCH',
    '/v1/tns/12064205780',
    '{"routes": [{"name": "sip-reg"}, {"name": "PSTNroute1"}]}',
    '8039d07813b902946513f6aa0387a03979357cbc',
  ],
  [
    'PUT',
    '/v1/routes/PSTNroute1',
    '{"type": "PSTN", "value": "18002364455"}',
    'c967da0d0f3658d477a9f9462debda803879945e',
  ],
];

describe('v1 signatures', () => {
  test.each(vectors)('%s %s', (method, path, body, signature) => {
    const headers = authorise(keys, { method, url: host + path, body }, now);
    const decoded = Buffer.from(headers['Authorization']?.slice('Basic '.length) ?? '', 'base64').toString();
    expect(decoded).toBe(`80001234:${signature}`);
    expect(headers['X-Timestamp']).toBe('2026-01-02T03:04:05Z');
  });

  test('the time is whole seconds in UTC', () => {
    expect(timestamp(now + 999)).toBe('2026-01-02T03:04:05Z');
  });

  test("the carrier's own unsorted link is sorted before it is signed", () => {
    const link = '/v1/tns/?pattern=206&limit=1&page=2';
    expect(canonicalQuery(new URL(link, host).searchParams)).toBe('limit=1&page=2&pattern=206');
  });

  test('a query is form-encoded; none is the empty string', () => {
    expect(
      canonicalQuery([
        ['state', 'ny'],
        ['ratecenter', 'new york'],
      ]),
    ).toBe('ratecenter=new+york&state=ny');
    expect(canonicalQuery([])).toBe('');
  });
});
