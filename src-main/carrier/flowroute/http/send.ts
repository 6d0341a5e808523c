import fetch, { FetchError, type RequestInit } from 'node-fetch';
import { failure, type Failure } from '../../../contract/errors.ts';
import { countOf } from '../../../contract/words.ts';
import { Agents } from './agents.ts';
import { explainBroken, isUnknownIssuer, type BrokenExchange } from './broken.ts';
import { Network } from './network.ts';
import { cancelled } from '../../../platform/cancel.ts';
import { hostOf, type Proxy, type Way } from './proxies.ts';
import { watch } from './watch.ts';

export type HttpRequest = {
  readonly method: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole exchange, body included. */
  readonly timeoutMs: number;
};

export type HttpAnswer = {
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
  /** The server's clock in Unix milliseconds, null when it does not tell. */
  readonly date: number | null;
  /** How long the server asks to be left alone, in milliseconds; 0 when it does not. */
  readonly retryAfterMs: number;
};

/** Answers above this are refused: the largest real page (200 numbers) is under 100 kB. */
const maxBodyBytes = 16 * 1024 * 1024;
/** How long a server may ask to be left alone: an API, and a page of a gateway or a portal, which may be gone in a moment. */
const mostPatienceMs = 600_000;
const pagePatienceMs = 30_000;

/** Sends requests over connections kept alive. Redirects are not followed: a signature is for one address only. */
export class HttpSender {
  #network: Network;
  #agents: Agents;

  /** Without a `network`, addresses are reached directly. */
  constructor(network: Network = new Network()) {
    this.#network = network;
    this.#agents = new Agents(network.trust);
  }

  /**
   * One exchange. Any HTTP status of the address itself is an answer; only a failed exchange rejects: with `offline` (nothing
   * left, so nothing can have been changed), `timeout`, `cancelled`, or `outcome-unknown` when the connection broke on the way.
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const timeout = AbortSignal.timeout(request.timeoutMs);
    const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
    const ended: Ended = { request, timeout, signal };
    const ways = await this.#network.waysTo(request.url);
    for (const [at, way] of ways.entries()) {
      const tried = await this.#tryTrusting(ended, way);
      if ('answer' in tried) return tried.answer;
      // Nothing left yet, so it may go another way. A proxy that was reached and said no is not gone around.
      const onlyTheWay = !tried.broken.left && tried.broken.isProxy && !tried.saidNo;
      if (onlyTheWay) this.#network.setBack(request.url, way);
      if (!onlyTheWay || signal.aborted || at === ways.length - 1) throw tried.failure;
    }
    throw new Error('no way to an address');
  }

  close(): void {
    this.#agents.close();
  }

  /** Tries once more when the system's authorities may vouch for a certificate that Node's own do not: nothing had left. */
  async #tryTrusting(ended: Ended, way: Way): Promise<Tried> {
    const { trust } = this.#network;
    const before = trust.context;
    const tried = await this.#tryOnce(ended, way);
    if ('answer' in tried || tried.broken.left || !isUnknownIssuer(tried.broken.error)) return tried;
    trust.widen();
    // Told after the authorities were asked: the sentence says whether they could be.
    if (trust.context === before)
      return { ...tried, failure: explainBroken({ ...tried.broken, trust: trust.state }) };
    return this.#tryOnce(ended, way);
  }

  async #tryOnce({ request, timeout, signal }: Ended, way: Way): Promise<Tried> {
    const url = new URL(request.url);
    const watched = watch(this.#agents.pool(url, way), this.#network.trust.context);
    const init: RequestInit = {
      method: request.method,
      headers: request.headers,
      redirect: 'manual',
      size: maxBodyBytes,
      signal,
      agent: watched.agent,
    };
    if (request.body !== undefined) init.body = request.body;
    const isProxy = () => way !== null && !watched.pastProxy() && !watched.left();
    const broke = (error: unknown): BrokenExchange => ({
      error,
      left: watched.left(),
      peer: way && isProxy() ? hostOf(way) : url.host,
      isProxy: isProxy(),
      trust: this.#network.trust.state,
    });
    const refused = (proxy: Proxy, status: number): Tried => ({
      broken: { ...broke(null), left: false },
      failure: refusedByProxy(proxy, status),
      saidNo: true,
    });
    try {
      const response = await fetch(request.url, init);
      const body = await response.text();
      const { status } = response;
      const tunnel = watched.tunnelRefused();
      if (way && tunnel !== null) return refused(way, tunnel);
      // 407 is a proxy's own word (RFC 9110 §15.5.8): it passed nothing on. Inside a tunnel somebody else says it.
      if (way && status === 407 && readsRequests(way, url)) return refused(way, status);
      return { answer: read(status, response.headers, body) };
    } catch (thrown) {
      if (request.signal?.aborted) throw cancelled();
      const tunnel = watched.tunnelRefused();
      if (way && tunnel !== null) return refused(way, tunnel);
      if (thrown instanceof FetchError && thrown.type === 'max-size') throw tooLarge(url.host);
      const broken = broke(watched.error() ?? thrown);
      const failure = timeout.aborted ? timedOut(request.timeoutMs, broken) : explainBroken(broken);
      return { broken, failure, saidNo: false };
    }
  }
}

type Ended = { readonly request: HttpRequest; readonly timeout: AbortSignal; readonly signal: AbortSignal };
type Tried =
  | { readonly answer: HttpAnswer }
  | {
      readonly broken: BrokenExchange;
      readonly failure: Failure;
      /** A proxy was reached, and refused. */
      readonly saidNo: boolean;
    };

/** A proxy of plain http gets the request itself; through every other way it only carries bytes. */
function readsRequests(way: Proxy, url: URL): boolean {
  return url.protocol === 'http:' && !way.address.startsWith('socks');
}

function read(status: number, headers: { get(name: string): string | null }, body: string): HttpAnswer {
  const contentType = headers.get('content-type') ?? '';
  const date = readDate(headers.get('date'));
  // A date is meant by the sender's clock. A page is no answer of an API: it is not waited for as long.
  const most = /json/i.test(contentType) ? mostPatienceMs : pagePatienceMs;
  const retryAfterMs = Math.min(readRetryAfter(headers.get('retry-after'), date ?? Date.now()), most);
  return { status, body, contentType, date, retryAfterMs };
}

function refusedByProxy(proxy: Proxy, status: number): Failure {
  const host = hostOf(proxy);
  if (status === 407) {
    const [message, action] = proxy.credentials
      ? [
          `The proxy ${host} does not accept the name and password given for it (407).`,
          'Correct them in HTTPS_PROXY, then start Numberdesk again. Nothing was sent to the carrier.',
        ]
      : [
          `The proxy ${host} asks for a name and a password (407).`,
          'Give them in HTTPS_PROXY, as in http://name:password@proxy.example.com:8080, then start Numberdesk again. Nothing was sent to the carrier.',
        ];
    return failure('offline', message, action);
  }
  return failure(
    'offline',
    `The proxy ${host} did not make a connection to the carrier (it answered ${status}).`,
    'Try again. If it stays, whoever runs the proxy can allow the address. Nothing was sent to the carrier.',
    { retryable: true },
  );
}

function tooLarge(host: string): Failure {
  return failure('malformed-answer', `${host} sent an answer far too large.`, 'Try again later.', {
    retryable: true,
  });
}

/** A connection that was never made changed nothing, however long it took. */
function timedOut(ms: number, broken: BrokenExchange): Failure {
  const seconds = Math.max(1, Math.round(ms / 1000));
  const within = `within ${countOf(seconds, 'second')}`;
  if (broken.left)
    return failure('timeout', `No answer ${within}.`, 'Try again in a moment.', { retryable: true });
  const who = broken.isProxy ? `the proxy ${broken.peer}` : broken.peer;
  return failure(
    'offline',
    `No connection to ${who} could be made ${within}.`,
    'Check the network and its firewall, then try again. Nothing was sent.',
    { retryable: true },
  );
}

function readDate(header: string | null): number | null {
  const time = header === null ? Number.NaN : Date.parse(header);
  return Number.isNaN(time) ? null : time;
}

/** `Retry-After` is seconds or an HTTP date (RFC 9110 §10.2.3), told by a clock that shows `now`. At most ten minutes are believed. */
export function readRetryAfter(header: string | null, now: number): number {
  if (header === null) return 0;
  const wait = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), mostPatienceMs) : 0;
}
