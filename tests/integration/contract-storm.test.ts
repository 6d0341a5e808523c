import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createApplication } from '../../src-main/app/application.ts';
import type * as sign from '../../src-main/carrier/flowroute/v1/sign.ts';
import type { Result } from '../../src-main/contract/errors.ts';
import type { AccountsView } from '../../src-main/contract/accounts.ts';
import type { SyncStatus } from '../../src-main/contract/sync.ts';
import { startSandbox, type Sandbox } from '../../src-main/sandbox/server.ts';
import { Messages } from '../support/messages.ts';
import { filesWith, memoryKeychain, temporaryFolder } from './app-rig.ts';
import { workerUrl } from './rig.ts';

/** Signatures that were made: whoever has one can ask as the account for some minutes. */
const signatures = vi.hoisted(() => new Set<string>());
vi.mock('../../src-main/carrier/flowroute/v1/sign.ts', async (original) => {
  const real = await original<typeof sign>();
  return {
    ...real,
    authorise(...given: Parameters<typeof real.authorise>) {
      const headers = real.authorise(...given);
      const basic = headers['Authorization']?.replace('Basic ', '') ?? '';
      signatures.add(basic);
      signatures.add(Buffer.from(basic, 'base64').toString().split(':').at(-1) ?? '');
      return headers;
    },
  };
});

const messages = 100_000;
const atOnce = 64;
/** An answer that somebody waits for is no larger: 256 kB. */
const mostLetters = 262_144;
const secret = 'canary7d1f83b2e5a94c06b1c2d3e4f5a6';
/** Parts that occur nowhere by chance. */
const parts = [secret, ...[0, 8, 16, 24].map((from) => secret.slice(from, from + 10))];

let sandbox: Sandbox;
let folder: ReturnType<typeof temporaryFolder>;
beforeEach(async () => {
  sandbox = await startSandbox({ owned: 60, available: 300, routes: 6, seed: 3, secretKey: secret });
  folder = temporaryFolder();
});
afterEach(async () => {
  await sandbox.close();
  folder.remove();
});

test(`${messages} messages: none has an answer that is "internal" or too large, and no key is told to anybody`, async () => {
  const seed = Number(process.env['NUMBERDESK_SEED'] ?? Date.now() % 1_000_000);
  const wrong: string[] = [];
  const longRuns = /[0-9a-zA-Z+/=]{40,}/g;
  const check = (text: string, of: () => string) => {
    const told =
      parts.some((part) => text.includes(part)) || text.match(longRuns)?.some((run) => signatures.has(run));
    if (told) wrong.push(`a secret is in ${of()}: ${text.slice(0, 300)}`);
  };
  const application = await createApplication({
    dataDir: folder.path,
    host: 'browser',
    version: '0.0.0-test',
    workerUrl,
    demo: false,
    keychain: memoryKeychain(),
    // An address that is left out must not lead to the carrier itself.
    defaultBaseUrl: sandbox.url,
    waits: { backoffMs: 5, settleMs: 5, againMs: 5 },
    log: (line) => {
      check(line, () => `the log: ${line}`);
    },
  });
  application.subscribe((event, payload) => {
    const text = JSON.stringify(payload);
    check(text, () => `the event ${event}`);
    if (text.length > mostLetters) wrong.push(`the event ${event} has ${text.length} letters`);
  });
  const keys = { accessKey: sandbox.accessKey, secretKey: secret, baseUrl: sandbox.url };
  // What API v2 sends with each request.
  signatures.add(Buffer.from(`${keys.accessKey}:${secret}`).toString('base64'));
  let signedIn = 0;
  /** With both versions of the API in turn. */
  const signIn = () => {
    signedIn += 1;
    const api = signedIn % 2 === 1 ? 'v1' : 'v2';
    return application.dispatch('accounts.signIn', { label: 'Storm', api, ...keys, remember: 'keychain' });
  };
  const csv = `number,primary,failover\n${sandbox.account.ownedAt(0)},fax,sip-reg\n1,2,3\n`;
  const generated = new Messages(
    seed,
    [
      ...[
        keys.accessKey,
        sandbox.url,
        'http://127.0.0.1:9/v1',
        'Storm',
        'delete',
        'METERED',
        'VPRI',
        '206',
        '425',
      ],
      ...[
        'npa:206',
        'route:fax',
        '-tag:vip',
        'state:WA',
        '206555*',
        'tag:vip,spare',
        'monthly:>1',
        'vip',
        'spare',
        'storm',
      ],
      ...['sip-reg', 'fax', 'new-route', '192.0.2.7', '12065550188', 'sip:a@example.com', 'Alt+F9', ''],
      ...Array.from({ length: 12 }, (_, place) => sandbox.account.ownedAt(place * 4)),
      ...[csv, csv.repeat(50), 'no,table', '"'].map((text) => Buffer.from(text).toString('base64')),
    ],
    [secret, `${secret}-wrong`],
  );
  /** Signing out and deleting everything are among the messages. */
  const isOpen = async () => {
    const view = (await application.dispatch('accounts.get', {})) as { ok: true; value: AccountsView };
    const { accounts, currentId } = view.value;
    const usable = (state: string) => state === 'keychain' || state === 'session';
    return accounts.some(({ id, kind, keys: state }) => id === currentId && kind !== 'demo' && usable(state));
  };
  const synced = new Promise<void>((resolve) => {
    application.subscribe((event, payload) => {
      if (event === 'sync' && (payload as SyncStatus).completedAt !== null) resolve();
    });
  });
  await signIn();
  await synced;
  const codes = new Map<string, number>();
  const send = async () => {
    const { method, input } = generated.next();
    const name = typeof method === 'string' ? method : 'no method';
    const result: Result<unknown> = await application.dispatch(method, input);
    const code = result.ok ? 'ok' : result.error.code;
    codes.set(code, (codes.get(code) ?? 0) + 1);
    const text = JSON.stringify(result);
    check(text, () => `the answer to ${name}`);
    if (code === 'internal') wrong.push(`${name} is internal: ${describe(input)}`);
    if (text.length > mostLetters) wrong.push(`${name} answers ${text.length} letters: ${describe(input)}`);
    if (result.ok) generated.learn(result.value);
  };
  let sent = 0;
  let signingIn: Promise<unknown> | null = null;
  const lane = async () => {
    while (sent < messages && wrong.length < 10) {
      sent += 1;
      const turn = sent % 100;
      // Messages to nobody find little.
      await signingIn;
      await send();
      // Refusals are answered without waiting for anything: without this turn, files and sockets would stand still meanwhile.
      if (turn % 10 === 0) await setImmediate();
      if (turn === 0 && !(await isOpen())) await (signingIn ??= signIn().finally(() => (signingIn = null)));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  await application.close();
  expect(wrong, `seed ${seed}: NUMBERDESK_SEED=${seed} begins with the same messages`).toEqual([]);
  expect(filesWith(folder.path, secret)).toEqual([]);
  // They were more than refusals: the application was at work.
  expect(codes.get('ok')).toBeGreaterThan(messages / 50);
  expect(sandbox.calls().length).toBeGreaterThan(100);
}, 300_000);

function describe(input: unknown): string {
  try {
    return JSON.stringify(input, (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    ).slice(0, 400);
  } catch {
    return String(typeof input);
  }
}
