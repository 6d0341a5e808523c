/**
 * Checks v1 signatures on its own, sharing nothing with our client, so that a mistake in one shows in the other.
 * Official clients differ (time with and without `Z`, host with and without port, query form-encoded or raw, MD5 of an
 * empty body or nothing): `lenient` accepts what any of them sends, `strict` only what the documentation says.
 */
import { createHash, createHmac } from 'node:crypto';
import { readBasic, sameText } from '../basic.ts';

export type SignatureMode = 'strict' | 'lenient' | 'off';

export type SignedRequest = {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** As sent, query included. */
  readonly target: string;
  readonly host: string;
  readonly time: string | undefined;
  readonly authorization: string | undefined;
  readonly body: Buffer;
};

export type SignatureRules = {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly mode: SignatureMode;
  readonly clockWindowMs: number;
  /** The server's clock, Unix milliseconds. */
  readonly now: number;
};

export function isSigned(request: SignedRequest, rules: SignatureRules): boolean {
  if (rules.mode === 'off') return true;
  const credentials = readBasic(request.authorization);
  if (!credentials || !request.time || credentials.user !== rules.accessKey) return false;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ?$/.test(request.time)) return false;
  const sentAt = Date.parse(request.time.endsWith('Z') ? request.time : `${request.time}Z`);
  if (!(Math.abs(sentAt - rules.now) <= rules.clockWindowMs)) return false;
  const time = request.time;
  return acceptedMessages(request, time, rules.mode).some((message) => {
    const expected = createHmac('sha1', rules.secretKey).update(message, 'utf8').digest('hex');
    return sameText(expected, credentials.password);
  });
}

function acceptedMessages(request: SignedRequest, time: string, mode: SignatureMode): string[] {
  const cut = request.target.indexOf('?');
  const path = cut < 0 ? request.target : request.target.slice(0, cut);
  const query = cut < 0 ? '' : request.target.slice(cut + 1);
  const hosts = [request.host, request.host.replace(/:\d+$/, '')];
  const paths = mode === 'strict' ? [path] : [path, decode(path)];
  const messages: string[] = [];
  for (const host of new Set(hosts)) {
    for (const one of new Set(paths)) {
      for (const md5 of md5s(request, mode)) {
        for (const parameters of queries(query, mode)) {
          messages.push(
            [time, request.method, md5, `${request.scheme}://${host}${one}`, parameters].join('\n'),
          );
        }
      }
    }
  }
  return messages;
}

function md5s(request: SignedRequest, mode: SignatureMode): string[] {
  const hash = createHash('md5').update(request.body).digest('hex');
  if (request.body.length > 0) return [hash];
  return request.method === 'GET' && mode === 'strict' ? [''] : ['', hash];
}

function queries(query: string, mode: SignatureMode): Set<string> {
  if (query === '') return new Set(['']);
  const byName = ([a]: [string, string], [b]: [string, string]) => (a < b ? -1 : a > b ? 1 : 0);
  const sent = query.split('&').map((part): [string, string] => {
    const at = part.indexOf('=');
    return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
  });
  const join = (pairs: [string, string][]) => pairs.map(([key, value]) => `${key}=${value}`).join('&');
  const sorted = [...sent].sort(byName);
  const decoded = sorted.map(([key, value]): [string, string] => [decodeForm(key), decodeForm(value)]);
  const asSent = join(sorted);
  const formEncoded = new URLSearchParams(decoded).toString();
  if (mode === 'strict') return new Set([asSent, formEncoded]);
  const percent = decoded.map(([k, v]): [string, string] => [encodeURIComponent(k), encodeURIComponent(v)]);
  return new Set([asSent, formEncoded, join(decoded), join(percent)]);
}

/** Percent-decoding that leaves broken text as it is. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Form decoding: `+` is a space. */
function decodeForm(text: string): string {
  return decode(text.replaceAll('+', ' '));
}
