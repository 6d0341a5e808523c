import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { waitWords } from '../../src-main/contract/job-words.ts';
import type { Failure } from '../../src-main/contract/errors.ts';
import { Network } from '../../src-main/carrier/flowroute/http/network.ts';
import type { ProxyResolver, Way } from '../../src-main/carrier/flowroute/http/proxies.ts';
import { Trust } from '../../src-main/carrier/flowroute/http/trust.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src-main/sandbox/server.ts';
import { makeAuthority, makeCertificate, type KeyPair } from '../support/certificates.ts';
import { startForwardProxy, type ForwardProxy, type ForwardProxyOptions } from '../support/forward-proxy.ts';
import { memoryKeychain, startApplication, temporaryFolder, type RunningApplication } from './app-rig.ts';
import { until } from './buy-rig.ts';
import { some } from '../support/some.ts';

/** A name that no resolver knows: what reaches it went through the proxy. */
const name = 'carrier.invalid';
const sort = { column: 'number', direction: 'asc' } as const;
const password = 'canary-proxy-word';
let authority: KeyPair;
let ends: (() => Promise<unknown>)[] = [];
let folder: ReturnType<typeof temporaryFolder>;
let app: RunningApplication;
let sandbox: Sandbox;

beforeAll(async () => {
  authority = await makeAuthority();
});
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

async function carrier(options: SandboxOptions = {}): Promise<number> {
  sandbox = await startSandbox({
    ...{ owned: 40, available: 4000, routes: 8, seed: 21, secretKey: 's' },
    ...options,
  });
  ends.push(() => sandbox.close());
  return Number(new URL(sandbox.url).port);
}
async function secureCarrier(): Promise<number> {
  return carrier({ tls: await makeCertificate([name, '127.0.0.1'], authority) });
}
async function proxy(options: ForwardProxyOptions): Promise<ForwardProxy> {
  const started = await startForwardProxy(options);
  ends.push(() => started.close());
  return started;
}
const via = (port: number, credentials: NonNullable<Way>['credentials'] = null): ProxyResolver => {
  return () => Promise.resolve([{ address: `http://127.0.0.1:${port}`, credentials }]);
};
const network = (proxies?: ProxyResolver) =>
  new Network({ ...(proxies ? { proxies } : {}), trust: new Trust(() => [authority.cert]) });

async function start(reach: Network): Promise<void> {
  folder = temporaryFolder();
  app = await startApplication(folder.path, memoryKeychain(), false, {}, reach);
  ends.push(async () => {
    await app.application.close();
    folder.remove();
  });
}
async function signIn(baseUrl: string): Promise<void> {
  const { accessKey } = sandbox;
  await app.call('accounts.signIn', { label: 'A', accessKey, secretKey: 's', baseUrl, remember: 'keychain' });
}

/** Syncs, buys two numbers, and gives three others other routes; all of it compared with the carrier's own account. */
async function work(): Promise<void> {
  await app.status((status) => status.completedAt !== null);
  const { total, rows } = await app.call('numbers.query', { text: '', sort, offset: 0, limit: 3 });
  expect(total).toBe(40);
  const { id: search } = await app.call('find.start', { text: 'npa:206', replaces: null });
  const window = () =>
    app.call('find.window', { id: search, sort, pattern: null, blockSize: 3, offset: 0, limit: 2 });
  const found = await until(window, ({ status }) => status.phase === 'done');
  await app.call('cart.add', { numbers: found.rows.map(({ number }) => number) });
  const { token } = await app.call('orders.review', {});
  const order = await app.call('orders.buy', { token, typedCount: null, routes: null });
  const done = await until(
    () => app.call('orders.get', { id: order.id }),
    ({ phase }) => phase === 'done' || phase === 'paused',
  );
  expect(done).toMatchObject({ phase: 'done', counts: { bought: 2 } });
  expect(
    sandbox
      .ledger()
      .purchases.map(({ number }) => number)
      .sort(),
  ).toEqual(found.rows.map(({ number }) => number).sort());
  const numbers = rows.map(({ number }) => number);
  const source = {
    kind: 'numbers',
    numbers,
    change: { primary: { route: 'sbc-east' }, failover: { route: 'fax' } },
  } as const;
  const plan = await app.call('plans.draft', { source });
  const get = () => app.call('plans.get', { id: plan.id });
  await until(get, ({ checking, checkedAt }) => checking === null && checkedAt !== null);
  await app.applyPlan(plan.id);
  expect(await until(get, ({ phase }) => phase === 'done' || phase === 'paused')).toMatchObject({
    phase: 'done',
  });
  const { account } = sandbox;
  for (const number of some(numbers))
    expect(account.pairAt(account.find(number))).toEqual(['sbc-east', 'fax']);
}

describe('a purchase, a plan and a sync', () => {
  test('through a forwarding proxy that wants a name and a password', async () => {
    const port = await carrier({ signature: 'strict' });
    const one = await proxy({ names: { [name]: port }, credentials: `me:${password}` });
    await start(network(via(one.port, { name: 'me', password })));
    await signIn(`http://${name}:${port}`);
    await work();
    expect(one.asked.length).toBeGreaterThan(8);
    expect(one.asked.every((line) => line.includes(` http://${name}:${port}/v1/`))).toBe(true);
    expect([...app.told, readFileSync(path.join(folder.path, 'accounts.json'), 'utf8')].join()).not.toContain(
      password,
    );
  });

  test('through a tunnel of a proxy, to a carrier with a private authority', async () => {
    const port = await secureCarrier();
    const one = await proxy({ names: { [name]: port }, credentials: `me:${password}` });
    await start(network(via(one.port, { name: 'me', password })));
    await signIn(`https://${name}:${port}`);
    await work();
    // Tunnels are kept: far fewer than requests.
    expect(one.asked.every((line) => line === `CONNECT ${name}:${port}`)).toBe(true);
    expect(one.asked.length).toBeLessThan(sandbox.calls().length);
  });

  test('directly, to a carrier with a private authority', async () => {
    const port = await secureCarrier();
    await start(network());
    await signIn(`https://127.0.0.1:${port}`);
    await work();
  });
});

describe('what a proxy refuses', () => {
  const tried = async (baseUrl: string) => {
    const thrown = await signIn(baseUrl).catch((error: unknown) => error as Failure);
    return thrown?.error;
  };

  test.each([
    [407, { credentials: `me:${password}` }, /asks for a name and a password \(407\)/, ['http', 'https']],
    [
      407,
      { credentials: 'other:word', given: true },
      /does not accept the name and password/,
      ['http', 'https'],
    ],
    // Over http there is no connection to refuse: the answer is the proxy's page.
    [502, { refuses: 502 }, /did not make a connection to the carrier \(it answered 502\)/, ['https']],
  ])(
    '%i is named, on http and on https, and nothing reached the carrier',
    async (_, options, sentence, schemes) => {
      const { given, ...rest } = { given: false, ...options };
      const port = await secureCarrier();
      const one = await proxy({ names: { [name]: port }, ...rest });
      await start(network(via(one.port, given ? { name: 'me', password } : null)));
      const error = await tried(`https://${name}:${port}`);
      expect(error?.code).toBe('offline');
      expect(error?.message).toMatch(sentence);
      expect(error?.message).toContain(`127.0.0.1:${one.port}`);
      for (const scheme of some(schemes))
        expect((await tried(`${scheme}://${name}:${port}`))?.message).toMatch(sentence);
      expect(sandbox.calls()).toHaveLength(0);
      expect(app.told.join()).not.toContain(password);
    },
  );

  test('an order that meets one stays whole and planned, and goes on when the proxy lets it', async () => {
    const port = await secureCarrier();
    const good = await proxy({ names: { [name]: port } });
    const bad = await proxy({ refuses: 503 });
    let way = good.port;
    const ways: ProxyResolver = () =>
      Promise.resolve([{ address: `http://127.0.0.1:${way}`, credentials: null }]);
    // Asked anew each time: an answer is believed for some seconds otherwise.
    let now = 0;
    await start(
      new Network({ proxies: ways, trust: new Trust(() => [authority.cert]), now: () => (now += 10_000) }),
    );
    await signIn(`https://${name}:${port}`);
    await app.status((status) => status.completedAt !== null);
    const { id: search } = await app.call('find.start', { text: 'npa:206', replaces: null });
    const window = () =>
      app.call('find.window', { id: search, sort, pattern: null, blockSize: 3, offset: 0, limit: 3 });
    const found = await until(window, ({ status }) => status.phase === 'done');
    await app.call('cart.add', { numbers: found.rows.map(({ number }) => number) });
    const { token } = await app.call('orders.review', {});
    way = bad.port;
    const { id } = await app.call('orders.buy', { token, typedCount: null, routes: null });
    const order = () => app.call('orders.get', { id });
    const waits = await until(order, ({ phase }) => phase === 'done' || phase === 'paused');
    expect(waits).toMatchObject({ phase: 'paused', counts: { bought: 0, unknown: 0, planned: 3 } });
    expect(waitWords(waits.waiting)).toContain('did not make a connection');
    way = good.port;
    await app.call('orders.resume', { id });
    expect(await until(order, ({ phase }) => phase === 'done')).toMatchObject({ counts: { bought: 3 } });
    expect(sandbox.ledger().purchases).toHaveLength(3);
  });

  test('a proxy that is not there is gone around where the system lists another way, and comes last from then on', async () => {
    const port = await carrier();
    const gone = await startForwardProxy();
    await gone.close();
    const one = await proxy({ names: { [name]: port } });
    const ways: ProxyResolver = () =>
      Promise.resolve(
        [gone.port, one.port].map((to) => ({ address: `http://127.0.0.1:${to}`, credentials: null })),
      );
    const reach = network(ways);
    await start(reach);
    await signIn(`http://${name}:${port}`);
    expect((await reach.waysTo(`http://${name}:${port}/x`)).map((way) => way?.address)).toEqual([
      `http://127.0.0.1:${one.port}`,
      `http://127.0.0.1:${gone.port}`,
    ]);
  });
});

test('a clock that is minutes wrong is told while the carrier still accepts it', async () => {
  await carrier({ clockSkewMs: -4 * 60_000 });
  await start(network());
  await signIn(sandbox.url);
  await app.status((status) => status.completedAt !== null);
  const notices = await app.call('app.notices', {});
  expect(notices.map(({ text }) => text)).toEqual([expect.stringContaining('clock is 4 minutes ahead')]);
});

describe("the system's authorities", () => {
  test('are read by this runtime, or it says that it cannot', async () => {
    const port = await secureCarrier();
    folder = temporaryFolder();
    ends.push(() => Promise.resolve(folder.remove()));
    const file = path.join(folder.path, 'authority.pem');
    writeFileSync(file, authority.cert);
    const script = `
      import { HttpSender } from '${new URL('../../src-main/carrier/flowroute/http/send.ts', import.meta.url).href}';
      const sender = new HttpSender();
      const request = { method: 'GET', url: 'https://127.0.0.1:${port}/v1/routes/', headers: {}, timeoutMs: 5000 };
      console.log(await sender.send(request).then(({ status }) => status, ({ error }) => error.action));
      sender.close();`;
    const run = promisify(execFile);
    const env = { ...process.env, SSL_CERT_FILE: file };
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { env });
    // Where OpenSSL looks for the system's file is SSL_CERT_FILE on Linux; other systems have stores of their own.
    expect(stdout).toMatch(process.platform === 'linux' ? /^401\s*$/ : /were asked too/);
  });
});
