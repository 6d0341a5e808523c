import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Accounts, type Connect } from '../../src-main/accounts/accounts.ts';
import { osKeychain, type SecretStore } from '../../src-main/accounts/keychain.ts';
import { Profiles } from '../../src-main/accounts/profiles.ts';
import type { Carrier } from '../../src-main/carrier/carrier.ts';
import { failure, type ErrorCode, type Failure } from '../../src-main/contract/errors.ts';
import type { AccountKind } from '../../src-main/contract/accounts.ts';
import { SettingsFile } from '../../src-main/app/settings.ts';
import { usualSettings } from '../../src-main/contract/settings.ts';

const secret = 'canary-5f2c9d';
let folder: string;
let kept: Map<string, string>;
let verifying: (request: { readonly signal?: AbortSignal }) => Promise<unknown>;
/** Tells of the keys of the carrier that was made last. */
let onKeys: (accepted: boolean) => void;
let keychainBroken: boolean;
/** The address a carrier was made for last. */
let connected: string;

const keychain: SecretStore = {
  check: () => Promise.resolve(keychainBroken ? 'No keychain.' : null),
  get: (account) => use(() => kept.get(account) ?? null),
  set: (account, value) => use(() => void kept.set(account, value)),
  delete: (account) => use(() => void kept.delete(account)),
};
function use<T>(work: () => T): Promise<T> {
  return keychainBroken
    ? Promise.reject(failure('keychain', 'No keychain.', 'Unlock it.'))
    : Promise.resolve(work());
}

async function open() {
  const { profiles } = await Profiles.open(folder);
  const accounts = new Accounts({
    profiles,
    keychain,
    adapter: () =>
      Promise.resolve((baseUrl, _, told) => {
        [connected, onKeys] = [baseUrl, told];
        return { listRoutes: verifying, close: () => undefined } as unknown as Carrier;
      }),
    defaultBaseUrl: 'https://api.flowroute.com',
    startDemo: () => Promise.resolve({ url: 'http://127.0.0.1:1', keys: { accessKey: 'a', secretKey: 'b' } }),
    stopDemo: () => Promise.resolve(),
    onChange: () => undefined,
    verifyMs: 50,
  });
  return { accounts, profiles };
}
const input = { label: 'West', accessKey: 'key', secretKey: secret, remember: 'keychain' } as const;
const onDisk = () =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
/** The path a notice names. */
const keptAs = (told: string | null | undefined) => /kept as (.*?\.damaged-\d+)/.exec(told ?? '')?.[1] ?? '';

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-'));
  kept = new Map();
  verifying = () => Promise.resolve([]);
  keychainBroken = false;
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('keys', () => {
  test('are verified before they are kept anywhere', async () => {
    const { accounts, profiles } = await open();
    verifying = () => Promise.reject(failure('wrong-keys', 'No.', 'Again.'));
    await expect(accounts.signIn(input)).rejects.toMatchObject({ code: 'wrong-keys' });
    expect([kept.size, profiles.all.length, onDisk()]).toEqual([0, 0, '']);
    verifying = () => Promise.resolve([]);
    const { id } = await accounts.signIn(input);
    expect(kept.get(id)).toBe(secret);
    expect(onDisk()).not.toContain(secret);
    expect(JSON.stringify(accounts.view())).not.toContain(secret);
  });

  test('a carrier that only asks for patience leaves nobody at a form for ever', async () => {
    const { accounts } = await open();
    verifying = ({ signal }) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => {
          reject(failure('cancelled', 'It was cancelled.', ''));
        });
      });
    const thrown = await accounts.signIn(input).catch((error: unknown) => error as Failure);
    expect(thrown).toMatchObject({ error: { code: 'timeout', retryable: true } });
    expect([accounts.view().accounts, kept.size]).toEqual([[], 0]);
  });

  test('a keychain that fails leaves no half-made account; the session still works and ends with it', async () => {
    const first = await open();
    keychainBroken = true;
    await expect(first.accounts.signIn(input)).rejects.toMatchObject({ code: 'keychain' });
    expect(first.profiles.all).toEqual([]);
    const { id } = await first.accounts.signIn({ ...input, remember: 'session' });
    expect(first.accounts.carrier(id)).not.toBeNull();
    const { accounts } = await open();
    await accounts.unlock(id);
    expect([accounts.carrier(id), accounts.view().accounts[0]?.keys]).toEqual([null, 'missing']);
  });

  test('new keys that do not verify leave the old ones in use', async () => {
    const { accounts } = await open();
    const { id } = await accounts.signIn(input);
    for (const code of ['wrong-keys', 'offline'] as const) {
      verifying = () => Promise.reject(failure(code, 'No.', 'Again.'));
      const replaced = accounts.replaceKeys({ id, accessKey: 'b', secretKey: 'c', remember: 'keychain' });
      await expect(replaced).rejects.toMatchObject({ code });
    }
    expect(kept.get(id)).toBe(secret);
    expect(accounts.carrier(id)).not.toBeNull();
  });

  test('refused keys are still asked with, and the next good answer heals them', async () => {
    const { accounts } = await open();
    const { id } = await accounts.signIn(input);
    const state = () => accounts.view().accounts[0]?.keys;
    const ofFormerKeys = onKeys;
    onKeys(false);
    expect([accounts.carrier(id) === null, state(), kept.get(id)]).toEqual([false, 'refused', secret]);
    onKeys(true);
    expect(state()).toBe('keychain');
    onKeys(false);
    await accounts.replaceKeys({ id, accessKey: 'key', secretKey: 'new', remember: 'session' });
    expect([accounts.carrier(id) === null, state(), kept.has(id)]).toEqual([false, 'session', false]);
    ofFormerKeys(false);
    expect(state()).toBe('session');
  });

  test('signing in again to the same account replaces its keys; signing out removes the key first', async () => {
    const { accounts, profiles } = await open();
    const { id } = await accounts.signIn(input);
    expect((await accounts.signIn({ ...input, secretKey: 'other' })).id).toBe(id);
    keychainBroken = true;
    await expect(accounts.signOut(id)).rejects.toMatchObject({ code: 'keychain' });
    expect(profiles.all).toHaveLength(1);
    keychainBroken = false;
    await accounts.signOut(id);
    expect([kept.size, profiles.all.length]).toEqual([0, 0]);
  });
});

describe('addresses', () => {
  const kept = (baseUrl: string, id: string) => {
    return { id, label: 'West', kind: 'flowroute-v1', accessKey: 'key', baseUrl, keptIn: 'keychain' };
  };
  const write = (file: object) => {
    writeFileSync(path.join(folder, 'accounts.json'), JSON.stringify({ version: 1, ...file }));
  };

  test('an account that 0.1.0 kept is found again, however its address was written', async () => {
    write({ currentId: 'old', accounts: [kept('https://API.flowroute.com:443/v1', 'old')] });
    const { accounts, profiles } = await open();
    expect((await accounts.signIn(input)).id).toBe('old');
    expect(profiles.all).toMatchObject([{ id: 'old', baseUrl: 'https://api.flowroute.com' }]);
    expect((await accounts.signIn({ ...input, baseUrl: 'HTTPS://Api.Flowroute.com/v2/' })).id).toBe('old');
  });

  test('one that was signed out finds its folder again', async () => {
    const { id, accessKey, baseUrl } = kept('https://api.flowroute.com/v1', 'before');
    write({ currentId: null, accounts: [], former: [{ id, accessKey, baseUrl }] });
    const { accounts } = await open();
    expect((await accounts.signIn(input)).id).toBe('before');
  });

  test('what is verified is what is kept', async () => {
    const { accounts } = await open();
    const { baseUrl } = await accounts.signIn({ ...input, baseUrl: 'HTTP://Example.com:80/api/v1/' });
    expect([baseUrl, connected]).toEqual(['http://example.com/api', 'http://example.com/api']);
    const refused = accounts.signIn({ ...input, baseUrl: 'https://a:b@example.com' });
    await expect(refused).rejects.toMatchObject({ code: 'invalid-input' });
  });
});

describe('the keychain of the system', () => {
  const failing = (text: string) => osKeychain(() => Promise.reject(new Error(text)));
  test.each([
    ['Cannot autolaunch D-Bus without X11 $DISPLAY', /no keychain service/],
    ['The name org.freedesktop.secrets was not provided', /no keychain service/],
    [
      'Object does not exist at path "/org/freedesktop/secrets/collection/login"',
      /no keychain service|locked/,
    ],
    ['Cannot create an item in a locked collection', /locked/],
    ['libsecret-1.so.0: cannot open shared object file', /libsecret/],
    [`unexpected: ${secret}`, /cannot be used/],
  ])('%s becomes a sentence', async (text, sentence) => {
    const reason = await failing(text).check();
    expect(reason).toMatch(sentence);
    expect(reason).not.toContain(secret);
    const error = (await failing(text)
      .get('x')
      .catch((thrown: unknown) => thrown)) as Failure;
    expect(error.error).toMatchObject({ code: 'keychain', retryable: true });
    expect(JSON.stringify(error.error)).not.toContain(secret);
  });

  test('one that returns something else than it was given is not used', async () => {
    const reason = await osKeychain(() =>
      Promise.resolve({
        getPassword: () => Promise.resolve('something else'),
        setPassword: () => Promise.resolve(),
        deletePassword: () => Promise.resolve(true),
      }),
    ).check();
    expect(reason).toMatch(/did not return/);
  });
});

describe('settings files', () => {
  test('a damaged one is kept aside and the app goes on with the usual values', async () => {
    writeFileSync(path.join(folder, 'settings.json'), '{"version":1,"numberFormat":"roman"');
    writeFileSync(path.join(folder, 'accounts.json'), '[]');
    const { settings, told } = await SettingsFile.open(folder);
    expect(settings.value).toEqual(usualSettings);
    // A limit that lets an order through unasked is not a usual value to change in passing.
    expect(usualSettings.orderLimit).toBe(5000);
    expect(readFileSync(keptAs(told), 'utf8')).toContain('roman');
    const opened = await Profiles.open(folder);
    expect(opened.profiles.all).toEqual([]);
    expect(readFileSync(keptAs(opened.told[0]), 'utf8')).toBe('[]');
  });

  test('changes made at once all land', async () => {
    const { settings } = await SettingsFile.open(folder);
    await Promise.all([settings.set({ syncMinutes: 5 }), settings.set({ numberFormat: 'digits' })]);
    const { settings: again } = await SettingsFile.open(folder);
    expect(again.value).toEqual({ ...usualSettings, numberFormat: 'digits', syncMinutes: 5 });
    expect(readdirSync(folder)).toEqual(['settings.json', 'settings.json.copy']);
    await again.reset();
    expect((await SettingsFile.open(folder)).settings.value).toEqual(usualSettings);
  });

  test('a file of an earlier version keeps its choices and gains the usual values of the rest', async () => {
    const before = { version: 1, numberFormat: 'digits', syncMinutes: 60 };
    writeFileSync(path.join(folder, 'settings.json'), JSON.stringify(before));
    const { settings, told } = await SettingsFile.open(folder);
    expect([told, settings.value]).toEqual([
      null,
      { ...usualSettings, numberFormat: 'digits', syncMinutes: 60 },
    ]);
  });
});

describe('which version of the API', () => {
  const address = 'https://api.flowroute.com';
  let tried: string[];
  let told: string[];
  /** What each kind of account answers to its first question; null for a good answer. */
  let answers: Partial<Record<AccountKind, Failure | null>>;
  const failing = (code: ErrorCode) => failure(code, `No (${code}).`, 'Again.');
  async function openBoth() {
    const { profiles } = await Profiles.open(folder);
    [tried, told] = [[], []];
    const accounts = new Accounts({
      ...{ profiles, keychain, defaultBaseUrl: address, verifyMs: 50 },
      adapter: (kind) =>
        Promise.resolve(
          (baseUrl) =>
            ({
              listRoutes: () => {
                tried.push(`${kind} ${baseUrl}`);
                const answer = answers[kind] ?? null;
                return answer ? Promise.reject(answer) : Promise.resolve([]);
              },
              close: () => undefined,
            }) as unknown as Carrier,
        ),
      startDemo: () => Promise.reject(new Error('no demo')),
      stopDemo: () => Promise.resolve(),
      onChange: () => undefined,
      onHalf: (text) => told.push(text),
    });
    return { accounts, profiles };
  }
  beforeEach(() => {
    answers = {};
  });

  test('at the carrier’s own address v2 is tried and kept, and v1 not asked', async () => {
    const { accounts, profiles } = await openBoth();
    expect(await accounts.signIn(input)).toMatchObject({ kind: 'flowroute-v2', baseUrl: address });
    expect([tried, told]).toEqual([[`flowroute-v2 ${address}`], []]);
    const again = await Profiles.open(folder);
    expect(again.profiles.all).toEqual(profiles.all);
    expect(accounts.view().accounts[0]?.features.listTellsRoutes).toBe(false);
  });

  test.each(['wrong-keys', 'foreign-answer', 'carrier-down', 'forbidden'] as const)(
    'v1 is kept where v2 does not work (%s), and that is said',
    async (code) => {
      answers['flowroute-v2'] = failing(code);
      const { accounts } = await openBoth();
      expect(await accounts.signIn(input)).toMatchObject({ kind: 'flowroute-v1' });
      expect(told).toEqual([`Signed in with API v1, because API v2 did not work: No (${code}).`]);
    },
  );

  test.each(['offline', 'timeout'] as const)(
    'without a network (%s) the other is not tried',
    async (code) => {
      answers['flowroute-v2'] = failing(code);
      const { accounts, profiles } = await openBoth();
      await expect(accounts.signIn(input)).rejects.toMatchObject({ code });
      expect([tried, profiles.all]).toEqual([[`flowroute-v2 ${address}`], []]);
    },
  );

  test('keys that neither takes are wrong; two reasons are told with their versions', async () => {
    answers = { 'flowroute-v2': failing('wrong-keys'), 'flowroute-v1': failing('wrong-keys') };
    const { accounts } = await openBoth();
    await expect(accounts.signIn(input)).rejects.toMatchObject({
      code: 'wrong-keys',
      error: { message: 'No (wrong-keys).' },
    });
    answers['flowroute-v1'] = failing('foreign-answer');
    await expect(accounts.signIn(input)).rejects.toMatchObject({
      error: { message: 'API v2: No (wrong-keys). API v1: No (foreign-answer).' },
    });
  });

  test('at another address v1, unless the person chose v2', async () => {
    const { accounts } = await openBoth();
    const elsewhere = { ...input, baseUrl: 'https://carrier.example' };
    expect(await accounts.signIn(elsewhere)).toMatchObject({ kind: 'flowroute-v1' });
    const other = { ...elsewhere, accessKey: 'other', api: 'v2' } as const;
    expect(await accounts.signIn(other)).toMatchObject({ kind: 'flowroute-v2' });
    expect(tried).toEqual(['flowroute-v1 https://carrier.example', 'flowroute-v2 https://carrier.example']);
  });

  test('keys that are known to be of v1 are never tried with v2 by themselves', async () => {
    answers['flowroute-v2'] = failing('foreign-answer');
    const { accounts, profiles } = await openBoth();
    const { id } = await accounts.signIn(input);
    answers = {};
    tried = [];
    await accounts.signIn(input);
    await accounts.replaceKeys({ id, accessKey: 'key', secretKey: 'c', remember: 'keychain' });
    await expect(accounts.signIn({ ...input, api: 'v2' })).rejects.toMatchObject({ code: 'rejected' });
    // After a sign-out the account comes back as what it was.
    await accounts.signOut(id);
    expect(await accounts.signIn(input)).toMatchObject({ id, kind: 'flowroute-v1' });
    expect(tried.filter((one) => one.startsWith('flowroute-v2'))).toEqual([]);
    await accounts.signOut(id);
    // Chosen with v2 it begins anew: what is kept of it names routes as v1 does.
    expect(await accounts.signIn({ ...input, api: 'v2' })).toMatchObject({ kind: 'flowroute-v2' });
    expect(profiles.all[0]?.id).not.toBe(id);
  });
});

describe('what is kept of an account for its carrier', () => {
  const limits: (number | null)[] = [];
  let given: Parameters<Connect>[3];
  /** What each carrier was made with, the newest last. */
  let all: (typeof given)[] = [];
  beforeEach(() => {
    all = [];
  });
  const openLimited = async () => {
    const { profiles } = await Profiles.open(folder);
    const accounts = new Accounts({
      profiles,
      keychain,
      adapter: () =>
        Promise.resolve((_baseUrl, _keys, _told, kept) => {
          given = kept;
          all.push(kept);
          const limit = (perSecond: number | null) => limits.push(perSecond);
          return { listRoutes: verifying, close: () => undefined, limit } as unknown as Carrier;
        }),
      defaultBaseUrl: 'https://api.flowroute.com',
      startDemo: () => Promise.reject(new Error('no demo')),
      stopDemo: () => Promise.resolve(),
      onChange: () => undefined,
    });
    return { accounts, profiles };
  };

  test('a limit counts at once and after a restart, until it is taken away', async () => {
    const { accounts } = await openLimited();
    const { id } = await accounts.signIn(input);
    expect(accounts.view().accounts[0]?.atMost).toBe(null);
    await accounts.setBudget(id, 7);
    expect([limits.at(-1), accounts.view().accounts[0]?.atMost]).toEqual([7, 7]);
    const again = await openLimited();
    await again.accounts.unlock(id);
    expect([given?.atMost, again.accounts.view().accounts[0]?.atMost]).toEqual([7, 7]);
    await again.accounts.setBudget(id, null);
    expect(limits.at(-1)).toBe(null);
    const { accounts: last } = await openLimited();
    await last.unlock(id);
    expect([given?.atMost, last.view().accounts[0]?.atMost]).toEqual([undefined, null]);
  });

  test('what its API lacks is kept too', async () => {
    const { accounts, profiles } = await openLimited();
    const { id } = await accounts.signIn(input);
    given?.onLacks({ manyDetails: 1_000 });
    given?.onLacks({ manyDetails: 1_000, routeList: 2_000 });
    await profiles.choose(id);
    const again = await openLimited();
    await again.accounts.unlock(id);
    expect(given?.lacks).toEqual({ manyDetails: 1_000, routeList: 2_000 });
  });

  test('what was lacking with the former keys is looked for again with new ones', async () => {
    const { accounts } = await openLimited();
    const { id } = await accounts.signIn(input);
    await accounts.setBudget(id, 7);
    given?.onLacks({ manyDetails: 1_000, routeList: 2_000 });
    await accounts.replaceKeys({ id, accessKey: 'key', secretKey: 'new', remember: 'keychain' });
    expect([given?.atMost, given?.lacks]).toEqual([7, undefined]);
    const again = await openLimited();
    await again.accounts.unlock(id);
    expect([given?.atMost, given?.lacks]).toEqual([7, undefined]);
  });

  test('a limit is there again after somebody signed out and in, also with another API', async () => {
    const { accounts } = await openLimited();
    const { id } = await accounts.signIn({ ...input, api: 'v1' });
    await accounts.setBudget(id, 7);
    await accounts.signOut(id);
    const again = await openLimited();
    expect(await again.accounts.signIn({ ...input, api: 'v1' })).toMatchObject({ id, atMost: 7 });
    await again.accounts.signOut(id);
    expect(await again.accounts.signIn({ ...input, api: 'v2' })).toMatchObject({ atMost: 7 });
    await again.accounts.setBudget(again.accounts.current?.id ?? '', null);
    expect(again.accounts.view().accounts[0]?.atMost).toBe(null);
  });

  test('keys are checked within the limit of their account, with its other requests', async () => {
    const { accounts } = await openLimited();
    const { id } = await accounts.signIn({ ...input, api: 'v1' });
    await accounts.setBudget(id, 7);
    const budget = given?.budget;
    all = [];
    await accounts.signIn({ ...input, api: 'v1' });
    await accounts.replaceKeys({ id, accessKey: 'other', secretKey: 'new', remember: 'keychain' });
    // Each makes one carrier for the check and one to work with.
    expect(all.map((kept) => [kept?.atMost, kept?.budget === budget])).toEqual(
      Array.from({ length: 4 }, () => [7, true]),
    );
    await accounts.signOut(id);
    all = [];
    await accounts.signIn({ ...input, accessKey: 'other', api: 'v1' });
    expect(all.map((kept) => kept?.atMost)).toEqual([7, 7]);
    expect(all[0]?.budget).toBe(all[1]?.budget);
  });

  test('an impossible limit in the file is none, and the account stays', async () => {
    const { accounts } = await openLimited();
    await accounts.signIn(input);
    const file = path.join(folder, 'accounts.json');
    const list = JSON.parse(readFileSync(file, 'utf8')) as { accounts: object[]; checksum?: string };
    delete list.checksum;
    list.accounts = list.accounts.map((one) => ({ ...one, atMost: -4, lacks: 'all' }));
    writeFileSync(file, JSON.stringify(list));
    const { accounts: again } = await openLimited();
    expect(again.view().accounts).toMatchObject([{ label: 'West', atMost: null }]);
  });
});
