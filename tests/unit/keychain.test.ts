import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Accounts, type AccountsOptions } from '../../src-main/accounts/accounts.ts';
import { osKeychain, type SecretStore } from '../../src-main/accounts/keychain.ts';
import { Profiles } from '../../src-main/accounts/profiles.ts';
import type { Carrier } from '../../src-main/carrier/carrier.ts';
import type { Failure } from '../../src-main/contract/errors.ts';

const secret = 'canary-81d0b3';
const input = { label: 'West', accessKey: 'key', secretKey: secret, remember: 'keychain' } as const;
let folder: string;
let kept: Map<string, string>;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-keychain-'));
  kept = new Map();
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const keychain: SecretStore = {
  check: () => Promise.resolve(null),
  get: (account) => Promise.resolve(kept.get(account) ?? null),
  set: (account, value) => Promise.resolve(void kept.set(account, value)),
  delete: (account) => Promise.resolve(void kept.delete(account)),
};
const options = (profiles: Profiles): AccountsOptions => ({
  profiles,
  keychain,
  adapter: () =>
    Promise.resolve(
      () => ({ listRoutes: () => Promise.resolve([]), close: () => undefined }) as unknown as Carrier,
    ),
  defaultBaseUrl: 'https://api.flowroute.com/v1',
  startDemo: () => Promise.resolve({ url: 'http://127.0.0.1:1', keys: { accessKey: 'a', secretKey: 'b' } }),
  stopDemo: () => Promise.resolve(),
  onChange: () => undefined,
});
async function open() {
  const { profiles } = await Profiles.open(folder);
  return { profiles, accounts: new Accounts(options(profiles)) };
}

describe('a list of accounts that cannot be written', () => {
  /** A folder in the place of the list: it can be read by nobody and replaced by no file. */
  const hold = () => {
    rmSync(path.join(folder, 'accounts.json'), { force: true });
    mkdirSync(path.join(folder, 'accounts.json', 'held'), { recursive: true });
  };
  test('leaves no key without an account, and no account without its key', async () => {
    const { accounts, profiles } = await open();
    hold();
    await expect(accounts.signIn(input)).rejects.toThrow();
    expect([kept.size, profiles.all, accounts.view().accounts]).toEqual([0, [], []]);
  });
  test('leaves the former keys together', async () => {
    const { accounts, profiles } = await open();
    const { id } = await accounts.signIn(input);
    hold();
    const other = { id, accessKey: 'other', secretKey: 'other-secret' };
    await expect(accounts.replaceKeys({ ...other, remember: 'keychain' })).rejects.toThrow();
    await expect(accounts.replaceKeys({ ...other, remember: 'session' })).rejects.toThrow();
    expect([kept.get(id), profiles.need(id).accessKey, profiles.need(id).keptIn]).toEqual([
      ...[secret, 'key', 'keychain'],
    ]);
  });
});

describe('a keychain that asks the person', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  /** Every call waits until `answer` is called. */
  function asking(platform: NodeJS.Platform) {
    const waiting: (() => void)[] = [];
    const wait = <T>(work: () => T) =>
      new Promise<T>((resolve) =>
        waiting.push(() => {
          resolve(work());
        }),
      );
    const store = osKeychain(
      () =>
        Promise.resolve({
          getPassword: (_, id) => wait(() => kept.get(id) ?? null),
          setPassword: (_, id, value) => wait(() => void kept.set(id, value)),
          deletePassword: (_, id) => wait(() => kept.delete(id)),
        }),
      platform,
    );
    const answer = async () => {
      await vi.advanceTimersByTimeAsync(0);
      for (const each of waiting.splice(0)) each();
      await vi.advanceTimersByTimeAsync(0);
    };
    return { store, answer };
  }

  test('has three minutes on macOS, where it opens a window, and 15 seconds elsewhere', async () => {
    for (const [platform, ms] of [
      ['darwin', 180_000],
      ['linux', 15_000],
      ['win32', 15_000],
    ] as const) {
      const failed = vi.fn();
      asking(platform).store.get('a').catch(failed);
      await vi.advanceTimersByTimeAsync(ms - 1);
      expect(failed, platform).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(1);
      expect(failed, platform).toHaveBeenCalledOnce();
    }
  });

  test('and an answer after that opens the account all the same', async () => {
    const { profiles, accounts: first } = await open();
    const { id } = await first.signIn(input);
    const { store, answer } = asking('linux');
    const late = vi.fn();
    const accounts = new Accounts({ ...options(profiles), keychain: store, onLateKeys: late });
    const unlocked = accounts.unlock(id);
    await vi.advanceTimersByTimeAsync(15_000);
    await unlocked;
    expect([accounts.carrier(id), accounts.view().accounts[0]?.keys]).toEqual([null, 'missing']);
    expect(accounts.view().keychain.available).toBe(false);
    await answer();
    expect(accounts.carrier(id)).not.toBeNull();
    expect([accounts.view().accounts[0]?.keys, accounts.view().keychain.available]).toEqual([
      'keychain',
      true,
    ]);
    expect(late).toHaveBeenCalledWith(id);
  });

  test('a check that was given up counts when it is answered', async () => {
    const { store, answer } = asking('linux');
    const { profiles } = await open();
    const accounts = new Accounts({ ...options(profiles), keychain: store });
    const checked = accounts.checkKeychain();
    await vi.advanceTimersByTimeAsync(15_000);
    await checked;
    expect(accounts.view().keychain.available).toBe(false);
    for (let i = 0; i < 4; i += 1) await answer();
    expect(accounts.view().keychain.available).toBe(true);
  });

  test('a secret that arrives after the sign-in was given up is taken back', async () => {
    const { store, answer } = asking('linux');
    const { profiles } = await open();
    const accounts = new Accounts({ ...options(profiles), keychain: store });
    const signedIn = accounts.signIn(input).catch((thrown: unknown) => (thrown as Failure).code);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await signedIn).toBe('keychain');
    await answer();
    expect(kept.size).toBe(1);
    await answer();
    expect([kept.size, profiles.all]).toEqual([0, []]);
  });

  test('is called as its system calls it', async () => {
    for (const [platform, name] of [
      ['win32', 'Windows Credential Manager'],
      ['darwin', 'The macOS keychain'],
    ] as const) {
      const store = osKeychain(() => Promise.reject(new Error('no module .node')), platform);
      expect(await store.check()).toContain(name.slice(4));
      const error = (await store.get('a').catch((thrown: unknown) => thrown)) as Failure;
      expect(error.error.action).toContain(name.slice(4));
    }
  });
});
