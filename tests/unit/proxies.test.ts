import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Network } from '../../src-main/carrier/flowroute/http/network.ts';
import {
  environmentProxies,
  readPac,
  systemProxies,
  type Way,
} from '../../src-main/carrier/flowroute/http/proxies.ts';

const carrier = 'https://api.flowroute.com/';
const names = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((n) => [n, n.toLowerCase()]);
beforeEach(() => {
  for (const name of names) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});
const ask = async (origin = carrier) => (await environmentProxies(origin))[0]?.address ?? 'direct';

describe('the variables of the environment', () => {
  test.each([
    ['HTTPS_PROXY', 'http://proxy.example.com:8080', 'http://proxy.example.com:8080'],
    ['https_proxy', 'http://proxy.example.com:8080/', 'http://proxy.example.com:8080'],
    ['ALL_PROXY', 'socks5h://proxy.example.com:1080', 'socks5h://proxy.example.com:1080'],
    ['all_proxy', 'https://proxy.example.com', 'https://proxy.example.com'],
    ['HTTPS_PROXY', 'proxy.example.com:8080', 'http://proxy.example.com:8080'],
    ['HTTP_PROXY', 'http://proxy.example.com:8080', 'direct'],
  ])('%s=%s', async (name, value, expected) => {
    vi.stubEnv(name, value);
    expect(await ask()).toBe(expected);
  });

  test.each(['api.flowroute.com', '.flowroute.com', '*', 'other.example,api.flowroute.com:443'])(
    'NO_PROXY=%s goes around them',
    async (value) => {
      vi.stubEnv('HTTPS_PROXY', 'http://proxy.example.com:8080');
      vi.stubEnv('NO_PROXY', value);
      expect(await ask()).toBe('direct');
      expect(await ask('https://api.example.com/')).toBe(
        value === '*' ? 'direct' : 'http://proxy.example.com:8080',
      );
    },
  );

  test('plain http has its own, and this computer none', async () => {
    vi.stubEnv('HTTP_PROXY', 'http://proxy.example.com:8080');
    vi.stubEnv('ALL_PROXY', 'http://proxy.example.com:8081');
    expect(await ask('http://carrier.example/')).toBe('http://proxy.example.com:8080');
    for (const own of ['http://127.0.0.1:9/', 'http://localhost:9/', 'http://[::1]:9/', 'http://127.8.0.1/'])
      expect(await ask(own)).toBe('direct');
  });

  test('a name and a password are kept apart from the address', async () => {
    vi.stubEnv('HTTPS_PROXY', 'http://me%40corp:p%3Ass@proxy.example.com:8080');
    expect(await environmentProxies(carrier)).toEqual([
      { address: 'http://proxy.example.com:8080', credentials: { name: 'me@corp', password: 'p:ss' } },
    ]);
  });

  test.each(['http://', 'ftp://canary-word@proxy.example.com', 'http://me:canary-word@'])(
    '%s is told as unusable, without repeating it',
    async (value) => {
      vi.stubEnv('HTTPS_PROXY', value);
      const thrown = await Promise.resolve()
        .then(() => environmentProxies(carrier))
        .catch((error: unknown) => error as Error);
      expect(thrown).toMatchObject({ code: 'offline' });
      expect(JSON.stringify(thrown) + String(thrown)).not.toContain('canary');
    },
  );
});

describe('what the system of a desktop says', () => {
  test.each<[string, (string | null)[]]>([
    ['DIRECT', [null]],
    ['PROXY a.example:8080', ['http://a.example:8080']],
    [
      'PROXY a:8080; HTTPS b:443;SOCKS5 c:1080 ; SOCKS d:1080; DIRECT',
      ['http://a:8080', 'https://b:443', 'socks5h://c:1080', 'socks4://d:1080', null],
    ],
    ['PROXY [::1]:8080', ['http://[::1]:8080']],
    ['QUIC q:443; DIRECT', [null]],
    ['', [null]],
    ['nonsense', [null]],
  ])('%s', (text, expected) => {
    expect(readPac(text).map((way) => way?.address ?? null)).toEqual(expected);
  });

  test('is asked for the address alone, and never for this computer', async () => {
    const asked: string[] = [];
    const network = new Network({
      proxies: systemProxies((origin) => {
        asked.push(origin);
        return Promise.resolve('PROXY a:1');
      }),
    });
    await network.waysTo('https://api.flowroute.com/v1/tns/12065550142?x=1');
    await network.waysTo('https://api.flowroute.com/v1/tns/');
    expect(await network.waysTo('http://127.0.0.1:5000/v1')).toEqual([null]);
    expect(asked).toEqual([carrier]);
  });

  test('a password comes from the variables, for the same proxy only', async () => {
    vi.stubEnv('HTTPS_PROXY', 'http://me:word@a:8080');
    const proxies = systemProxies(() => Promise.resolve('PROXY b:8080; PROXY a:8080'));
    expect(await proxies(carrier)).toEqual([
      { address: 'http://b:8080', credentials: null },
      { address: 'http://a:8080', credentials: { name: 'me', password: 'word' } },
    ]);
  });

  test('an answer is believed for some seconds; a way that failed comes last for minutes', async () => {
    let [now, count] = [0, 0];
    const [a, b] = ['http://a:1', 'http://b:1'].map((address): Way => ({ address, credentials: null }));
    const network = new Network({
      now: () => now,
      proxies: () => {
        count += 1;
        return Promise.resolve([a ?? null, b ?? null]);
      },
    });
    const first = async () => (await network.waysTo(carrier))[0]?.address;
    expect([await first(), await first(), count]).toEqual(['http://a:1', 'http://a:1', 1]);
    now = 6_000;
    expect([await first(), count]).toEqual(['http://a:1', 2]);
    network.setBack(carrier, a ?? null);
    now = 60_000;
    expect([await first(), count]).toEqual(['http://b:1', 2]);
    now = 400_000;
    expect([await first(), count]).toEqual(['http://a:1', 3]);
  });
});
