import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startSandbox, type Sandbox } from '../../src-main/sandbox/server.ts';
import {
  filesWith,
  memoryKeychain,
  startApplication,
  temporaryFolder,
  type RunningApplication,
} from './app-rig.ts';

const canary = 'canary7d1f83b2e5a94c06';
const byNumber = { column: 'number', direction: 'asc' } as const;
const nothing = { text: '', sort: byNumber, offset: 0, limit: 5 };
let sandbox: Sandbox;
let folder: ReturnType<typeof temporaryFolder>;
let running: RunningApplication | null;

beforeEach(async () => {
  sandbox = await startSandbox({ owned: 700, routes: 6, seed: 3, secretKey: canary });
  folder = temporaryFolder();
  running = null;
});
afterEach(async () => {
  await running?.application.close();
  await sandbox.close();
  folder.remove();
});

const keys = () => ({ label: 'West', accessKey: sandbox.accessKey, secretKey: canary, baseUrl: sandbox.url });
const restart = async (keychain = memoryKeychain()) => {
  await running?.application.close();
  running = await startApplication(folder.path, keychain);
  return running;
};

test('the secret appears nowhere: not on disk, not in the log, not in anything the window is told', async () => {
  const keychain = memoryKeychain();
  let app = await restart(keychain);
  const told: string[] = [];
  const wrong = { ...keys(), secretKey: `${canary}-wrong`, remember: 'keychain' } as const;
  await expect(app.call('accounts.signIn', wrong)).rejects.toMatchObject({ code: 'wrong-keys' });
  const { id } = await app.call('accounts.signIn', { ...keys(), remember: 'keychain' });
  await app.status((status) => status.completedAt !== null);
  sandbox.setFaults(['*:truncate:0.5', '*:cut-before:0.5']);
  await app.call('sync.start', {});
  await app.status((status) => status.error !== null);
  sandbox.setFaults(['*:401:1']);
  await app.call('sync.start', {});
  await app.status((status) => status.error?.code === 'wrong-keys');
  sandbox.setFaults([]);
  await app.call('accounts.replaceKeys', { id, ...pick(keys()), remember: 'keychain' });
  await app.status((status) => status.error === null && status.completedAt !== null);
  // As bad input it is refused, and the refusal must not repeat it.
  await app.application.dispatch('accounts.signIn', { secretKey: canary, [canary]: 1 });
  told.push(...app.told);
  app = await restart(keychain);
  await app.status((status) => status.completedAt !== null);
  told.push(...app.told);
  expect(keychain.kept.get(id)).toBe(canary);
  expect(told.length).toBeGreaterThan(20);
  expect(told.filter((text) => text.includes(canary))).toEqual([]);
  await app.application.close();
  running = null;
  expect(existsSync(path.join(folder.path, 'logs/main.log'))).toBe(true);
  expect(filesWith(folder.path, canary)).toEqual([]);
});
const pick = ({ accessKey, secretKey }: ReturnType<typeof keys>) => ({ accessKey, secretKey });

test('a cached list answers while keychain and network say nothing at all', async () => {
  const keychain = memoryKeychain();
  const first = await restart(keychain);
  await first.call('accounts.signIn', { ...keys(), remember: 'keychain' });
  await first.status((status) => status.completedAt !== null);
  const silent = {
    ...keychain,
    get: () => new Promise<string>(() => undefined),
    check: () => new Promise<null>(() => undefined),
  };
  await running?.application.close();
  running = await startApplication(folder.path, silent);
  const { total, rows } = await running.call('numbers.query', nothing);
  expect([total, rows.length]).toEqual([700, 5]);
  const { accounts } = await running.call('accounts.get', {});
  expect(accounts[0]?.keys).toBe('unlocking');
  const details = await running.call('numbers.details', { number: rows[0]?.number ?? '' });
  expect(details.error?.code).toBe('signed-out');
});

test('accounts do not see each other, and signing out deletes the cache only when asked to', async () => {
  const app = await restart();
  const west = await app.call('accounts.signIn', { ...keys(), remember: 'session' });
  await app.status((status) => status.completedAt !== null);
  const other = await startSandbox({ owned: 30, seed: 9, accessKey: '90009', secretKey: 'x' });
  const east = await app.call('accounts.signIn', {
    label: 'East',
    accessKey: '90009',
    secretKey: 'x',
    baseUrl: other.url,
    remember: 'session',
  });
  await app.status((status) => status.completedAt !== null);
  expect((await app.call('numbers.query', nothing)).total).toBe(30);
  await app.call('accounts.switch', { id: west.id });
  expect((await app.call('numbers.query', nothing)).total).toBe(700);
  const cache = (id: string) => path.join(folder.path, 'accounts', id, 'numbers.db');
  await app.call('accounts.signOut', { id: east.id, deleteCache: false });
  expect(existsSync(cache(east.id))).toBe(true);
  const after = await app.call('accounts.signOut', { id: west.id, deleteCache: true });
  expect([existsSync(cache(west.id)), after.accounts, after.currentId]).toEqual([false, [], null]);
  await expect(app.call('numbers.query', nothing)).rejects.toMatchObject({ code: 'signed-out' });
  await other.close();
});

test('details are fetched fresh and correct the list', async () => {
  const app = await restart();
  await app.call('accounts.signIn', { ...keys(), remember: 'session' });
  await app.status((status) => status.completedAt !== null);
  const number = sandbox.account.ownedAt(0);
  sandbox.account.setPair(0, 'fax', 'sip-reg');
  const fresh = await app.call('numbers.details', { number });
  expect(fresh).toMatchObject({
    row: { primary: 'fax', failover: 'sip-reg' },
    error: null,
    failoverValue: null,
  });
  expect((await app.call('numbers.query', { ...nothing, text: number })).rows[0]?.primary).toBe('fax');
  sandbox.setFaults(['details:503:1']);
  expect(await app.call('numbers.details', { number })).toMatchObject({
    fetchedAt: null,
    error: { code: 'foreign-answer' },
  });
});

test('settings outlive the application and reach the sync', async () => {
  const app = await restart();
  await app.call('accounts.signIn', { ...keys(), remember: 'session' });
  await app.status((status) => status.nextAt !== null);
  await app.call('settings.set', { syncMinutes: 0, numberFormat: 'digits' });
  await app.status((status) => status.nextAt === null);
  const again = await restart();
  expect(await again.call('settings.get', {})).toMatchObject({
    numberFormat: 'digits',
    syncMinutes: 0,
    orderLimit: 5000,
  });
  expect(readFileSync(path.join(folder.path, 'settings.json'), 'utf8')).toContain('"version": 1');
});
