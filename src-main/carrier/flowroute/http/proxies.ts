/** Which proxy leads to an address: from the usual variables, or from what a desktop's system says. */
import { getProxyForUrl } from 'proxy-from-env';
import { failure } from '../../../contract/errors.ts';

/** A proxy. Its name and password are kept apart from its address, so that no text made of the address can have them. */
export type Proxy = {
  /** `http://host:port`, `https://…`, `socks4://…`, `socks5h://…`, without credentials. */
  readonly address: string;
  readonly credentials: { readonly name: string; readonly password: string } | null;
};

/** One way to an address; null is the direct one. */
export type Way = Proxy | null;

/** The ways to an address in the order they are tried. It is given an origin with a slash only, so that a proxy script does not learn what is asked for. */
export type ProxyResolver = (origin: string) => Promise<readonly Way[]>;

/** Reaches everything directly. */
export const direct: ProxyResolver = () => Promise.resolve([null]);

const schemes = new Set(['http:', 'https:', 'socks:', 'socks4:', 'socks4a:', 'socks5:', 'socks5h:']);

/**
 * HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY in either case, as curl reads them. This computer is always reached
 * directly. Rejects with `offline` for a value that is no proxy, without repeating it: it may hold a password.
 */
export const environmentProxies: ProxyResolver = (origin) => {
  if (isThisComputer(origin)) return Promise.resolve([null]);
  const found = getProxyForUrl(origin);
  return Promise.resolve([found === '' ? null : readProxy(asWritten(found))]);
};

/** The library gives a proxy without a scheme that of the address; everywhere else it means http. */
function asWritten(found: string): string {
  return Object.values(process.env).includes(found) ? found : found.replace(/^[a-z]+:/, 'http:');
}

function readProxy(text: string): Proxy {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !schemes.has(url.protocol) || url.hostname === '') {
    throw failure(
      'offline',
      'The proxy that the environment names cannot be used.',
      'Correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY: they look like http://proxy.example.com:8080.',
    );
  }
  const named = url.username !== '' || url.password !== '';
  return {
    address: `${url.protocol}//${url.host}`,
    credentials: named ? { name: decode(url.username), password: decode(url.password) } : null,
  };
}

/**
 * What the system of a desktop says, PAC scripts included. `resolve` answers as Electron's `session.resolveProxy` does:
 * "PROXY a:8080; SOCKS5 b:1080; DIRECT". It knows no passwords: where the variables name the same proxy, theirs are used.
 */
export function systemProxies(resolve: (origin: string) => Promise<string>): ProxyResolver {
  return async (origin) => {
    if (isThisComputer(origin)) return [null];
    const ways = readPac(await resolve(origin));
    if (ways.every((way) => way === null)) return ways;
    const [given] = await environmentProxies(origin).catch(() => []);
    if (!given) return ways;
    const same = (way: Proxy) => hostOf(way) === hostOf(given);
    return ways.map((way) => (way && same(way) ? { ...way, credentials: given.credentials } : way));
  };
}

const pacSchemes: Readonly<Record<string, string>> = {
  PROXY: 'http',
  HTTP: 'http',
  HTTPS: 'https',
  SOCKS: 'socks4',
  SOCKS4: 'socks4',
  // Chromium has the proxy look names up.
  SOCKS5: 'socks5h',
};

/** The list that a PAC script gives; kinds of proxies that are not known are left out, and nothing at all is direct. */
export function readPac(text: string): readonly Way[] {
  const ways = text.split(';').flatMap((part): Way[] => {
    const [kind = '', host = ''] = part.trim().split(/\s+/);
    if (kind.toUpperCase() === 'DIRECT') return [null];
    const scheme = pacSchemes[kind.toUpperCase()];
    return scheme && URL.canParse(`${scheme}://${host}`)
      ? [{ address: `${scheme}://${host}`, credentials: null }]
      : [];
  });
  return ways.length > 0 ? ways : [null];
}

/** `host:port` of a proxy, as a person names it. */
export function hostOf(proxy: Proxy): string {
  return proxy.address.replace(/^[a-z0-9]+:\/\//, '');
}

function isThisComputer(origin: string): boolean {
  const { hostname } = new URL(origin);
  return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
