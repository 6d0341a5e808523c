import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createHttp } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { createServer as createTls, type TlsOptions } from 'node:tls';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Failure } from '../../src-main/contract/errors.ts';
import {
  brokenCodes,
  explainBroken,
  kindOf,
  type BrokenKind,
} from '../../src-main/carrier/flowroute/http/broken.ts';
import { Network } from '../../src-main/carrier/flowroute/http/network.ts';
import { HttpSender } from '../../src-main/carrier/flowroute/http/send.ts';
import { Trust } from '../../src-main/carrier/flowroute/http/trust.ts';
import { startForwardProxy } from '../support/forward-proxy.ts';
import {
  makeAuthority,
  makeCertificate,
  makeWeakCertificate,
  type KeyPair,
} from '../support/certificates.ts';

const base = { left: false, peer: 'api.example.com', isProxy: false, trust: 'not-asked' } as const;
const coded = (code: string) => Object.assign(new Error('said by the system'), { code });
const explain = (error: unknown, more: object = {}) => explainBroken({ ...base, error, ...more });

describe('the table of codes', () => {
  test.each(Object.keys(brokenCodes))('%s before a connection is made: nothing was sent', (code) => {
    const { error } = explain(coded(code));
    expect(error.code).toBe('offline');
    expect(`${error.message} ${error.action}`).toMatch(/api\.example\.com.*\.$/);
    expect(error.message).not.toContain('said by the system');
    expect(kindOf(code)).toBe(brokenCodes[code]);
  });

  test.each(Object.keys(brokenCodes))('%s once the request may have left: not known', (code) => {
    expect(explain(coded(code), { left: true }).code).toBe('outcome-unknown');
  });

  test.each<[string, BrokenKind, RegExp]>([
    ['ENOTFOUND', 'no-name', /No address is known for api\.example\.com/],
    ['EAI_AGAIN', 'no-resolver', /could not be looked up/],
    ['ECONNREFUSED', 'refused', /refused the connection/],
    ['EHOSTUNREACH', 'unreachable', /cannot be reached/],
    ['EPERM', 'forbidden', /firewall/],
    ['ETIMEDOUT', 'silent', /did not answer/],
    ['ECONNRESET', 'dropped', /before anything was sent/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'plain-port', /does not speak TLS/],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'no-tls', /could be agreed on \(ERR_SSL_TLSV1_ALERT/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'other-name', /for another name/],
    ['CERT_HAS_EXPIRED', 'out-of-date', /date and the time of this computer/],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'unknown-issuer', /authority that is not trusted here/],
    ['CERT_REVOKED', 'bad-certificate', /cannot be accepted/],
    ['ERR_SSL_SOMETHING_NEW', 'no-tls', /could be agreed on/],
    ['CERT_SOMETHING_NEW', 'bad-certificate', /cannot be accepted/],
    ['ERROR_IN_CERT_NOT_AFTER_FIELD', 'bad-certificate', /cannot be accepted/],
    ['EAI_SOMETHING_NEW', 'no-resolver', /could not be looked up/],
    ['ESOMETHING', 'unnamed', /No connection to api\.example\.com could be made \(ESOMETHING\)/],
  ])('%s is told as %s', (code, kind, sentence) => {
    expect(kindOf(code)).toBe(kind);
    const { error } = explain(coded(code));
    expect(`${error.message} ${error.action}`).toMatch(sentence);
  });

  test('two addresses tried at once: the code in the table names it, and nothing was sent', () => {
    const both = Object.assign(new AggregateError([coded('EODD'), coded('ENETUNREACH')]), { code: 'EODD' });
    expect(explain(both).error).toMatchObject({
      code: 'offline',
      message: 'api.example.com cannot be reached.',
    });
    expect(explain(new AggregateError([])).code).toBe('offline');
  });

  test('a proxy that cannot be reached is named as one', () => {
    const { error } = explain(coded('ECONNREFUSED'), { isProxy: true, peer: 'proxy.example.com:8080' });
    expect(error.message).toBe('The proxy proxy.example.com:8080 refused the connection.');
    expect(error.action).toContain('proxy settings');
    const unnamed = explain(new Error('x'), { isProxy: true, peer: 'p:1' }).error;
    expect(unnamed.message).toBe('No connection through the proxy p:1 could be made (no code).');
  });

  test('says whether the authorities of the system were asked', () => {
    const error = coded('SELF_SIGNED_CERT_IN_CHAIN');
    expect(explain(error, { trust: 'system' }).error.action).toContain('were asked too');
    expect(explain(error, { trust: 'unreadable' }).error.action).toContain('cannot read the authorities');
  });

  test('a server of TLS that answers a plain request with an alert cannot have acted on it', () => {
    const alert = Object.assign(new Error('Parse Error'), {
      code: 'HPE_INVALID_CONSTANT',
      rawPacket: Buffer.from([21, 3, 1, 0, 2, 2, 70]),
    });
    const { error } = explain(alert, { left: true });
    expect(error).toMatchObject({ code: 'offline', retryable: false });
    expect(error.action).toContain('https');
  });
});

describe('over real connections', () => {
  const open: Server[] = [];
  const senders: HttpSender[] = [];
  let authority: KeyPair;
  /** Application data that servers behind a bad certificate got to see. */
  let got = '';

  beforeAll(async () => {
    authority = await makeAuthority();
  });
  const sockets = new Set<Socket>();
  afterEach(async () => {
    for (const sender of senders.splice(0)) sender.close();
    for (const socket of sockets) socket.destroy();
    await Promise.all(open.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  });

  async function listen<T extends Server>(server: T): Promise<number> {
    open.push(server);
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }
  const secured = (pair: KeyPair, options: TlsOptions = {}) => {
    got = '';
    return listen(
      createSecure({ ...pair, ...options }, (request, response) => {
        got += request.url ?? '';
        response.end('{}');
      }),
    );
  };
  async function send(url: string, network = new Network({ trust: new Trust(() => []) }), timeoutMs = 3000) {
    const sender = new HttpSender(network);
    senders.push(sender);
    const body = '{"billing_method":"METERED"}';
    return sender.send({ method: 'PUT', url, headers: {}, body, timeoutMs }).then(
      ({ status }) => ({ status, code: null, message: '', action: '' }),
      (thrown: unknown) => {
        expect(thrown).toBeInstanceOf(Failure);
        return { status: null, ...(thrown as Failure).error };
      },
    );
  }
  const trusting = (...certificates: string[]) => new Network({ trust: new Trust(() => certificates) });

  test('a name that exists nowhere', async () => {
    expect(await send('https://carrier.invalid/tns/1')).toMatchObject({ code: 'offline' });
  });

  test('nobody listens: one address, and two tried at once', async () => {
    const server = createHttp();
    const port = await listen(server);
    open.splice(0);
    await new Promise((resolve) => server.close(resolve));
    const message = expect.stringContaining('refused the connection') as string;
    expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject({ code: 'offline', message });
    expect(await send(`http://localhost:${port}/`)).toMatchObject({ code: 'offline', message });
  });

  test('a certificate of nobody, of another name, and one that has run out: the request stays here', async () => {
    const own = await secured(await makeCertificate(['127.0.0.1']));
    const self = await send(`https://127.0.0.1:${own}/secret`);
    expect(self).toMatchObject({ code: 'offline', retryable: false });
    expect(self.message).toContain('not trusted here');
    const other = await secured(await makeCertificate(['other.example'], authority));
    const named = await send(`https://127.0.0.1:${other}/secret`, trusting(authority.cert));
    expect(named.message).toContain('for another name');
    const old = await secured(await makeCertificate(['127.0.0.1'], authority, [-3, -2]));
    const expired = await send(`https://127.0.0.1:${old}/secret`, trusting(authority.cert));
    expect(expired.message).toContain('not valid today (CERT_HAS_EXPIRED)');
    expect(got).toBe('');
  });

  test('a certificate with a key that is too short is told as one that cannot be accepted', async () => {
    const pair = await makeWeakCertificate();
    const port = await secured(pair, { ciphers: 'DEFAULT:@SECLEVEL=0' });
    const url = `https://127.0.0.1:${port}/secret`;
    // The first try has the authorities of Node alone, which do not know it; the second one knows it, and refuses its key.
    const network = trusting(pair.cert);
    const answer = await send(url, network);
    expect(answer.message).toBe(`The certificate of 127.0.0.1:${port} cannot be accepted (UNSPECIFIED).`);
    expect(got).toBe('');
  });

  test('an authority of the system is taken up when it is met, for requests side by side too', async () => {
    const port = await secured(await makeCertificate(['127.0.0.1'], authority));
    let read = 0;
    const trust = new Trust(() => {
      read += 1;
      return [authority.cert];
    });
    const network = new Network({ trust });
    const both = [1, 2].map((n) => send(`https://127.0.0.1:${port}/${n}`, network));
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
    expect(read).toBe(1);
  });

  test('a runtime that cannot read the system says so', async () => {
    const port = await secured(await makeCertificate(['127.0.0.1'], authority));
    const { message, action } = await send(
      `https://127.0.0.1:${port}/`,
      new Network({ trust: new Trust(() => null) }),
    );
    expect(message).toContain('not trusted here');
    expect(action).toContain('cannot read the authorities of this system');
  });

  test('versions of TLS that have nothing in common', async () => {
    const old = { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const;
    const port = await secured(await makeCertificate(['127.0.0.1'], authority), old);
    const answer = await send(`https://127.0.0.1:${port}/`, trusting(authority.cert));
    expect(answer.code).toBe('offline');
    expect(answer.message).toContain('No secure connection to');
  });

  test('https to a port of plain http, and http to a port of TLS', async () => {
    const plain = await listen(createHttp((_, response) => response.end()));
    const answer = await send(`https://127.0.0.1:${plain}/`);
    expect(answer).toMatchObject({ code: 'offline', retryable: false });
    expect(answer.message).toContain('does not speak TLS');
    const secure = await secured(await makeCertificate(['127.0.0.1'], authority));
    expect(['offline', 'outcome-unknown']).toContain((await send(`http://127.0.0.1:${secure}/`)).code);
    expect(got).toBe('');
  });

  test('silence before TLS is agreed on is no lost answer; silence after it is', async () => {
    const silent = await listen(createServer());
    const before = await send(`https://127.0.0.1:${silent}/`, undefined, 60);
    expect(before).toMatchObject({ code: 'offline' });
    expect(before.message).toBe(`No connection to 127.0.0.1:${silent} could be made within 1 second.`);
    const mute = await listen(createTls(await makeCertificate(['127.0.0.1'], authority), () => undefined));
    expect(await send(`https://127.0.0.1:${mute}/`, trusting(authority.cert), 200)).toMatchObject({
      code: 'timeout',
    });
  });

  test('a connection that is cut while TLS is agreed on is no lost answer; one that is cut after it is', async () => {
    const cutting = await listen(createServer((socket) => socket.once('data', () => socket.destroy())));
    expect(await send(`https://127.0.0.1:${cutting}/`)).toMatchObject({ code: 'offline' });
    expect(await send(`http://127.0.0.1:${cutting}/`)).toMatchObject({ code: 'outcome-unknown' });
  });

  test('a 407 of a plain proxy is its own; inside a tunnel it is an answer like any other, and the request had left', async () => {
    const answers = createHttp((_, response) => response.writeHead(407).end());
    const plain = await listen(answers);
    const through = (port: number) =>
      new Network({
        proxies: () => Promise.resolve([{ address: `http://127.0.0.1:${port}`, credentials: null }]),
        trust: new Trust(() => [authority.cert]),
      });
    expect(await send('http://carrier.invalid/tns/1', through(plain))).toMatchObject({ code: 'offline' });
    const pair = await makeCertificate(['carrier.invalid'], authority);
    const inside = await listen(createSecure(pair, (_, response) => response.writeHead(407).end()));
    const proxy = await startForwardProxy({ names: { 'carrier.invalid': inside } });
    const url = `https://carrier.invalid:${inside}/tns/1`;
    expect(await send(url, through(proxy.port))).toMatchObject({ status: 407, code: null });
    await proxy.close();
  });

  test('how long to wait is told by the clock of whoever tells it, and a page is not believed for long', async () => {
    const inAMinute = (date: number) => new Date(date + 60_000).toUTCString();
    const hoursAgo = Date.now() - 7_200_000;
    const headers = [
      {
        'Content-Type': 'application/json',
        Date: new Date(hoursAgo).toUTCString(),
        'Retry-After': inAMinute(hoursAgo),
      },
      { 'Content-Type': 'application/json', 'Retry-After': '3600' },
      { 'Content-Type': 'text/html', 'Retry-After': '3600' },
    ];
    const waits = [];
    for (const one of headers) {
      const port = await listen(createHttp((_, response) => response.writeHead(503, one).end('{}')));
      const sender = new HttpSender();
      senders.push(sender);
      const url = `http://127.0.0.1:${port}/`;
      waits.push((await sender.send({ method: 'GET', url, headers: {}, timeoutMs: 3000 })).retryAfterMs);
    }
    expect(waits).toEqual([60_000, 600_000, 30_000]);
  });
});
