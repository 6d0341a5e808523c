/**
 * Flowroute v1 request signatures. Wire facts: the "Authentication & Security" page of developer.flowroute.com and
 * the carrier's own v1 SDKs (Python CustomAuthUtility, Node flowrouteUtils), which agree with each other.
 */
import { createHash, createHmac } from 'node:crypto';
import type { Keys } from '../keys.ts';

/** `k=v&k=v` sorted by name, form-encoded; '' when there are no parameters. Sent and signed as one string. */
export function canonicalQuery(params: Iterable<[string, string]>): string {
  const sorted = [...params].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return new URLSearchParams(sorted).toString();
}

/** UTC, whole seconds, with `Z`: byte for byte what goes into `X-Timestamp`. */
export function timestamp(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19)}Z`;
}

/**
 * Lower-case hex HMAC-SHA1 over five lines: time, method, MD5 of the body ('' when there is none), address without
 * query, sorted query ('' when none, so that the text then ends with a newline).
 */
export function signature(
  secretKey: string,
  request: { time: string; method: string; body: string | undefined; address: string; query: string },
): string {
  const md5 = request.body === undefined ? '' : createHash('md5').update(request.body, 'utf8').digest('hex');
  const message = [request.time, request.method, md5, request.address, request.query].join('\n');
  return createHmac('sha1', secretKey).update(message, 'utf8').digest('hex');
}

/**
 * The headers that prove who asks. The access key is the Basic user, the signature its password; the secret key
 * itself never travels. `url` must be exactly the address that is requested.
 */
export function authorise(
  keys: Keys,
  request: { method: string; url: string; body?: string | undefined },
  now: number,
): Record<string, string> {
  const time = timestamp(now);
  const cut = request.url.indexOf('?');
  const address = cut < 0 ? request.url : request.url.slice(0, cut);
  const query = cut < 0 ? '' : request.url.slice(cut + 1);
  const password = signature(keys.secretKey, { time, ...pick(request), address, query });
  return {
    'X-Timestamp': time,
    Authorization: `Basic ${Buffer.from(`${keys.accessKey}:${password}`, 'utf8').toString('base64')}`,
  };
}

function pick(request: { method: string; body?: string | undefined }) {
  return { method: request.method, body: request.body };
}
