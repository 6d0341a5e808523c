import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { SecureContext } from 'node:tls';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { SocksProxyAgent } from 'socks-proxy-agent';
import type { Trust } from './trust.ts';
import type { Proxy, Way } from './proxies.ts';

const kept = { keepAlive: true, maxSockets: 64 } as const;

/** Pools of connections that are kept: one for each way and each set of authorities. */
export class Agents {
  #trust: Trust;
  #pools = new Map<string, HttpAgent>();
  #context: SecureContext | undefined;
  /** Pools from before other authorities were taken up: what is on its way in them ends as it began. */
  #former: HttpAgent[] = [];

  constructor(trust: Trust) {
    this.#trust = trust;
    this.#context = trust.context;
  }

  pool(url: URL, way: Way): HttpAgent {
    if (this.#context !== this.#trust.context) {
      this.#context = this.#trust.context;
      this.#former.push(...this.#pools.values());
      this.#pools.clear();
    }
    const { credentials } = way ?? {};
    const key = JSON.stringify([url.protocol, way?.address, credentials?.name, credentials?.password]);
    const known = this.#pools.get(key);
    if (known) return known;
    const made = way ? throughProxy(url, way, this.#context) : straight(url);
    this.#pools.set(key, made);
    return made;
  }

  close(): void {
    for (const pool of [...this.#pools.values(), ...this.#former]) pool.destroy();
  }
}

function straight(url: URL): HttpAgent {
  return url.protocol === 'https:' ? new HttpsAgent(kept) : new HttpAgent(kept);
}

function throughProxy(url: URL, proxy: Proxy, secureContext: SecureContext | undefined): HttpAgent {
  const { address, credentials } = proxy;
  if (address.startsWith('socks')) {
    const withName = new URL(address);
    withName.username = encodeURIComponent(credentials?.name ?? '');
    withName.password = encodeURIComponent(credentials?.password ?? '');
    return new SocksProxyAgent(withName, kept);
  }
  // Not in the address, which the library writes into its debug output.
  const options = { ...kept, ...(secureContext ? { secureContext } : {}), headers: signedIn(credentials) };
  return url.protocol === 'https:'
    ? new HttpsProxyAgent(address, options)
    : new HttpProxyAgent(address, options);
}

function signedIn(credentials: Proxy['credentials']): Record<string, string> {
  if (!credentials) return {};
  const text = `${credentials.name}:${credentials.password}`;
  return { 'Proxy-Authorization': `Basic ${Buffer.from(text, 'utf8').toString('base64')}` };
}
