import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import fetch, { FetchError, type RequestInit } from 'node-fetch';
import { failure } from '../contract/errors.ts';
import { cancelled } from './pacing.ts';

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

/** Failures to make a connection: not a byte of the request left, so nothing can have been changed. */
const neverSent = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EADDRNOTAVAIL',
  'ENETDOWN',
]);

/** Sends requests over connections kept alive. Redirects are not followed: a signature is for one address only. */
export class HttpSender {
  #http = new HttpAgent({ keepAlive: true, maxSockets: 64 });
  #https = new HttpsAgent({ keepAlive: true, maxSockets: 64 });

  /**
   * One exchange. Any HTTP status is an answer; only a failed exchange rejects, with `offline` (never sent),
   * `timeout`, `cancelled`, or `outcome-unknown` when the connection broke on the way.
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const timeout = AbortSignal.timeout(request.timeoutMs);
    const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
    const init: RequestInit = {
      method: request.method,
      headers: request.headers,
      redirect: 'manual',
      size: maxBodyBytes,
      signal,
      agent: (url) => (url.protocol === 'https:' ? this.#https : this.#http),
    };
    if (request.body !== undefined) init.body = request.body;
    try {
      const response = await fetch(request.url, init);
      const body = await response.text();
      return {
        status: response.status,
        body,
        contentType: response.headers.get('content-type') ?? '',
        date: readDate(response.headers.get('date')),
        retryAfterMs: readRetryAfter(response.headers.get('retry-after'), Date.now()),
      };
    } catch (thrown) {
      if (request.signal?.aborted) throw cancelled();
      if (timeout.aborted) throw timedOut(request.timeoutMs);
      throw classifyBrokenExchange(thrown, request.url);
    }
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}

function classifyBrokenExchange(thrown: unknown, url: string): Error {
  const code = thrown instanceof FetchError || thrown instanceof Error ? codeOf(thrown) : '';
  const host = new URL(url).host;
  if (neverSent.has(code) && isConnecting(thrown)) {
    return failure('offline', `${host} cannot be reached.`, 'Check the network. Numberdesk keeps trying.', {
      retryable: true,
    });
  }
  if (code.startsWith('ERR_TLS') || code.includes('CERT') || code.startsWith('UNABLE_TO_')) {
    return failure(
      'offline',
      `The secure connection to ${host} could not be verified (${code}).`,
      'Check for a proxy or a wrong clock on this network. Nothing was sent.',
    );
  }
  if (code === 'max-size') {
    return failure('malformed-answer', `${host} sent an answer far too large.`, 'Try again later.', {
      retryable: true,
    });
  }
  return failure(
    'outcome-unknown',
    `The connection to ${host} broke before the answer was complete.`,
    'Check the network and try again.',
    { retryable: true },
  );
}

/** An established connection may break with the same codes, and then the request may have left. */
function isConnecting(thrown: unknown): boolean {
  // node-fetch keeps the name of the failed call under a name of its own.
  const { erroredSysCall, syscall } = thrown as { erroredSysCall?: string; syscall?: string };
  return ['connect', 'getaddrinfo'].includes(erroredSysCall ?? syscall ?? '');
}

function codeOf(thrown: Error): string {
  if (thrown instanceof FetchError && thrown.type === 'max-size') return 'max-size';
  const code = (thrown as { code?: unknown }).code;
  return typeof code === 'string' ? code : '';
}

function timedOut(ms: number): Error {
  return failure('timeout', `No answer within ${Math.round(ms / 1000)} seconds.`, 'Try again in a moment.', {
    retryable: true,
  });
}

function readDate(header: string | null): number | null {
  const time = header === null ? Number.NaN : Date.parse(header);
  return Number.isNaN(time) ? null : time;
}

/** `Retry-After` is seconds or an HTTP date (RFC 9110 §10.2.3). At most ten minutes are believed. */
export function readRetryAfter(header: string | null, now: number): number {
  if (header === null) return 0;
  const wait = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), 600_000) : 0;
}
