import { afterEach, beforeEach, expect, test } from 'vitest';
import { osKeychain } from '../../src-main/accounts/keychain.ts';
import { startSandbox, type Sandbox } from '../../src-main/sandbox/server.ts';
import { filesWith, startApplication, temporaryFolder } from '../integration/app-rig.ts';

/** Runs inside a session with a real, unlocked keychain that `run-all.ts` starts and throws away. */
const canary = 'canary2b91ce07f46d';
let sandbox: Sandbox;
let folder: ReturnType<typeof temporaryFolder>;

beforeEach(async () => {
  sandbox = await startSandbox({ owned: 60, secretKey: canary });
  folder = temporaryFolder();
});
afterEach(async () => {
  await sandbox.close();
  folder.remove();
});

test('the keychain of this session works', async () => {
  const keychain = osKeychain();
  expect(await keychain.check()).toBeNull();
  await keychain.set('a', 'Ünïcode 🔑 "quoted"');
  expect(await keychain.get('a')).toBe('Ünïcode 🔑 "quoted"');
  await keychain.delete('a');
  expect(await keychain.get('a')).toBeNull();
});

test('a key signed in with is there after a restart, nowhere else, and gone after signing out', async () => {
  const first = await startApplication(folder.path);
  const account = await first.call('accounts.signIn', {
    label: 'West',
    accessKey: sandbox.accessKey,
    secretKey: canary,
    baseUrl: sandbox.url,
    remember: 'keychain',
  });
  expect(account.keys).toBe('keychain');
  await first.application.close();
  expect(await osKeychain().get(account.id)).toBe(canary);

  const second = await startApplication(folder.path);
  // The application fetches the key by itself; the screen is told when it has it.
  await expect
    .poll(async () => (await second.call('accounts.get', {})).accounts[0]?.keys, { timeout: 20_000 })
    .toBe('keychain');
  // Where run-all.ts has put the keyring's own files; whoever runs this alone has them elsewhere.
  const keyringFiles = process.env['XDG_DATA_HOME'] ?? folder.path;
  for (const place of [folder.path, keyringFiles]) expect(filesWith(place, canary)).toEqual([]);
  expect([...first.told, ...second.told].filter((text) => text.includes(canary))).toEqual([]);

  await second.call('accounts.signOut', { id: account.id, deleteCache: true });
  await second.application.close();
  expect(await osKeychain().get(account.id)).toBeNull();
});
