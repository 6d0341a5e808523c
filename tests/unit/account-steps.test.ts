import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Accounts } from '../../src-main/accounts/accounts.ts';
import type { SecretStore } from '../../src-main/accounts/keychain.ts';
import { Profiles } from '../../src-main/accounts/profiles.ts';
import type { Carrier } from '../../src-main/carrier/carrier.ts';
import { failure, toAppError } from '../../src-main/contract/errors.ts';
import type * as jsonFile from '../../src-main/platform/storage/json-file.ts';

/** Writes of the list that fail from now on. */
const disk = vi.hoisted(() => ({ full: false }));
vi.mock('../../src-main/platform/storage/json-file.ts', async (original) => {
  const real = await original<typeof jsonFile>();
  const full = () => Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
  return {
    ...real,
    writeJsonFile: (...given: Parameters<typeof real.writeJsonFile>) =>
      disk.full ? Promise.reject(full()) : real.writeJsonFile(...given),
  };
});

type Step = 'get' | 'set' | 'delete';
let folder: string;
let kept: Map<string, string>;
/** Steps of the keychain that refuse: a count of calls that still succeed, by step. */
let allowed: Partial<Record<Step, number>>;
/** Resolves what the keychain is asked for; null answers at once. */
let gate: Promise<unknown> | null;

function step<T>(name: Step, work: () => T): Promise<T> {
  const left = allowed[name];
  if (left !== undefined) {
    if (left <= 0) return Promise.reject(failure('keychain', 'It is locked.', 'Unlock it.'));
    allowed[name] = left - 1;
  }
  const value = work();
  return gate && name === 'get' ? gate.then(() => value) : Promise.resolve(value);
}
const keychain: SecretStore = {
  check: () => Promise.resolve(null),
  get: (id) => step('get', () => kept.get(id) ?? null),
  set: (id, secret) => step('set', () => void kept.set(id, secret)),
  delete: (id) => step('delete', () => void kept.delete(id)),
};

/** Carriers by the keys they were made with, and which of them were closed. */
let made: { secretKey: string; closed: boolean; carrier: Carrier }[];
async function open() {
  const { profiles } = await Profiles.open(folder);
  const accounts = new Accounts({
    profiles,
    keychain,
    adapter: () =>
      Promise.resolve((_, { secretKey }) => {
        const entry = { secretKey, closed: false, carrier: null as unknown as Carrier };
        entry.carrier = {
          listRoutes: () => Promise.resolve([]),
          close: () => (entry.closed = true),
        } as unknown as Carrier;
        made.push(entry);
        return entry.carrier;
      }),
    defaultBaseUrl: 'https://api.example',
    startDemo: () => Promise.reject(new Error('no demo here')),
    stopDemo: () => Promise.resolve(),
    onChange: () => undefined,
  });
  const secretOf = (id: string) => made.find(({ carrier }) => carrier === accounts.carrier(id))?.secretKey;
  const stateOf = (id: string) => accounts.view().accounts.find((one) => one.id === id)?.keys;
  return { accounts, profiles, secretOf, stateOf };
}
const west = { label: 'West', accessKey: 'w', secretKey: 'w1', remember: 'keychain' } as const;
const east = { ...west, label: 'East', accessKey: 'e', secretKey: 'e1' } as const;
const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (thrown: unknown) => toAppError(thrown),
  );

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-'));
  kept = new Map();
  allowed = {};
  gate = null;
  made = [];
  disk.full = false;
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('a keychain that answers late', () => {
  async function locked() {
    const { id } = await (await open()).accounts.signIn(west);
    made = [];
    const parts = await open();
    const answer = Promise.withResolvers<undefined>();
    gate = answer.promise;
    const unlocked = parts.accounts.unlock(id);
    const late = async () => {
      answer.resolve(undefined);
      await unlocked;
    };
    gate = null;
    return { ...parts, id, late, fail: answer.reject, unlocked };
  }

  test('does not replace newer keys, and its carrier is never made', async () => {
    const { accounts, id, late, secretOf, stateOf } = await locked();
    const newer = { id, accessKey: 'w', secretKey: 'w2', remember: 'session' } as const;
    await accounts.replaceKeys(newer);
    await late();
    expect([secretOf(id), stateOf(id)]).toEqual(['w2', 'session']);
    expect(made.filter(({ secretKey, closed }) => secretKey === 'w1' && !closed)).toEqual([]);
  });

  test('with a refusal does not take newer keys away', async () => {
    const { accounts, id, fail, unlocked, secretOf, stateOf } = await locked();
    await accounts.signIn({ ...west, secretKey: 'w2' });
    fail(failure('keychain', 'It is locked.', 'Unlock it.'));
    await unlocked;
    expect([secretOf(id), stateOf(id)]).toEqual(['w2', 'keychain']);
    expect(accounts.view().keychain.available).toBe(false);
  });

  test('does not bring an account back that was signed out', async () => {
    const { accounts, id, late } = await locked();
    await accounts.signOut(id);
    await late();
    expect([accounts.carrier(id), accounts.view().accounts]).toEqual([null, []]);
  });

  test('is asked once by all who wait for it', async () => {
    const { accounts, id, late } = await locked();
    allowed.get = 0;
    const second = accounts.unlock(id);
    await late();
    await second;
    expect(made).toHaveLength(1);
  });
});

describe('steps over keychain and list', () => {
  test('signing in on a full disk leaves no key behind; one that cannot be removed again is named, and used next time', async () => {
    const { accounts, profiles } = await open();
    disk.full = true;
    expect(await errorOf(accounts.signIn(west))).toMatchObject({ code: 'storage-full' });
    expect([kept.size, profiles.all.length]).toEqual([0, 0]);
    allowed.delete = 0;
    const error = await errorOf(accounts.signIn(west));
    const [id = ''] = kept.keys();
    expect(error).toMatchObject({
      code: 'storage-full',
      message: expect.stringContaining(`an entry "${id}"`),
    });
    expect(error?.action).toContain('enter the keys again');
    disk.full = false;
    expect((await accounts.signIn(west)).id).toBe(id);
    expect([...kept]).toEqual([[id, 'w1']]);
  });

  test('new keys that cannot be written leave the old ones where they were', async () => {
    const { accounts, profiles, secretOf } = await open();
    const { id } = await accounts.signIn(west);
    disk.full = true;
    for (const remember of ['keychain', 'session'] as const) {
      const newer = { id, accessKey: 'w2', secretKey: 'w2', remember };
      expect(await errorOf(accounts.replaceKeys(newer))).toMatchObject({ code: 'storage-full' });
      expect([kept.get(id), profiles.need(id).accessKey, secretOf(id)]).toEqual(['w1', 'w', 'w1']);
    }
  });

  test('two windows that replace keys at once end with one pair, whole', async () => {
    const { accounts, profiles, secretOf } = await open();
    const { id } = await accounts.signIn(west);
    const replace = (name: string) =>
      accounts.replaceKeys({ id, accessKey: name, secretKey: name, remember: 'keychain' });
    await Promise.all([replace('a'), replace('b'), accounts.rename(id, 'Renamed'), replace('c')]);
    expect([profiles.need(id).accessKey, kept.get(id), secretOf(id), profiles.need(id).label]).toEqual([
      ...['c', 'c', 'c', 'Renamed'],
    ]);
    expect(made.filter(({ closed }) => !closed)).toHaveLength(1);
  });

  test('signing out: a refusal changes nothing; what fails afterwards is said, and finished by doing it again', async () => {
    const { accounts, profiles, stateOf } = await open();
    const { id } = await accounts.signIn(west);
    allowed.delete = 0;
    expect(await errorOf(accounts.signOut(id))).toMatchObject({ code: 'keychain' });
    expect([kept.size, profiles.all.length, stateOf(id)]).toEqual([1, 1, 'keychain']);
    allowed = {};
    const closing = () => Promise.reject(Object.assign(new Error('EACCES'), { code: 'EACCES' }));
    const error = await errorOf(accounts.signOut(id, closing));
    expect(error).toMatchObject({
      code: 'storage',
      message: expect.stringContaining('West is still listed. Its key was removed from the keychain.'),
      action: expect.stringContaining('sign out again'),
    });
    expect([kept.size, profiles.need(id).keptIn, stateOf(id)]).toEqual([0, 'session', 'missing']);
    // The keychain is not asked again for what it does not have.
    allowed.delete = 0;
    await accounts.signOut(id);
    expect(profiles.all).toEqual([]);
  });

  test('removing every key: the keychain refuses the second one', async () => {
    const { accounts, profiles, stateOf } = await open();
    const a = await accounts.signIn(west);
    const b = await accounts.signIn(east);
    allowed.delete = 1;
    const error = await errorOf(accounts.removeKeys());
    expect(error).toMatchObject({ code: 'keychain' });
    expect(error?.message).toContain('Still in the keychain: the keys of East. Removed already: West.');
    expect([...kept.keys()]).toEqual([b.id]);
    // It works until the end of the session, and says so; the next start asks for the key.
    expect([stateOf(a.id), stateOf(b.id), profiles.need(a.id).keptIn]).toEqual([
      ...['session', 'keychain', 'session'],
    ]);
    allowed = {};
    await accounts.removeKeys();
    expect(kept.size).toBe(0);
    await accounts.forgetAll();
    expect([profiles.all, made.every(({ closed }) => closed)]).toEqual([[], true]);
  });
});
