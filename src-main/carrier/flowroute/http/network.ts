import { withDeadline } from '../../../platform/deadline.ts';
import { failure } from '../../../contract/errors.ts';
import { direct, type ProxyResolver, type Way } from './proxies.ts';
import { Trust } from './trust.ts';

export type NetworkOptions = {
  readonly proxies?: ProxyResolver;
  readonly trust?: Trust;
  /** Milliseconds, for tests. */
  readonly now?: () => number;
};

/** How long an answer about proxies is believed. A proxy that failed comes last for longer, as Chromium has it. */
const believedMs = 5_000;
const setBackMs = 300_000;
const patienceMs = 10_000;

/** What the connections of a process share: the ways to an address, and who is trusted. */
export class Network {
  readonly trust: Trust;
  #proxies: ProxyResolver;
  #now: () => number;
  #known = new Map<string, { ways: readonly Way[]; until: number }>();

  constructor(options: NetworkOptions = {}) {
    this.trust = options.trust ?? new Trust();
    this.#proxies = options.proxies ?? direct;
    this.#now = options.now ?? (() => performance.now());
  }

  /** The ways to an address in the order they are tried. Rejects with `offline` when the system does not say. */
  async waysTo(url: string): Promise<readonly Way[]> {
    const origin = `${new URL(url).origin}/`;
    const known = this.#known.get(origin);
    if (known && this.#now() < known.until) return known.ways;
    const ways = await withDeadline(this.#proxies(origin), patienceMs, () =>
      failure(
        'offline',
        'The proxy settings of this computer did not answer.',
        'Check them, then try again. Nothing was sent.',
        { retryable: true },
      ),
    );
    this.#known.set(origin, { ways, until: this.#now() + believedMs });
    return ways;
  }

  /** This way did not lead there: the others come before it for some minutes. */
  setBack(url: string, failed: Way): void {
    const origin = `${new URL(url).origin}/`;
    const known = this.#known.get(origin);
    if (!known || known.ways.length < 2) return;
    const ways = [...known.ways.filter((way) => way !== failed), failed];
    this.#known.set(origin, { ways, until: this.#now() + setBackMs });
  }
}
