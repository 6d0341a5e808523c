import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Configuration } from 'electron-builder';
import { releaseConfig } from '../../src-main/tools/release.ts';

/** What this machine cannot build is configured all the same: electron-builder's own schema and these rules hold it. */
const root = path.resolve(import.meta.dirname, '../..');
const load = createRequire(import.meta.url);
type Builder = {
  getConfig(projectDir: string, file: string | null, options: Configuration | null): Promise<Configuration>;
  validateConfiguration(config: Configuration, logger: object): Promise<void>;
};
const { getConfig, validateConfiguration } = load('app-builder-lib/out/util/config/config.js') as Builder;
const logger = { add: () => undefined, isEnabled: false };
const read = (env: Record<string, string>) => getConfig(root, null, releaseConfig(env));
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Record<string, string>;

const signing = {
  CSC_LINK: 'certificate.p12',
  ...{ APPLE_API_KEY: 'key.p8', APPLE_API_KEY_ID: 'id', APPLE_API_ISSUER: 'issuer' },
  ...{ AZURE_SIGN_ENDPOINT: 'https://eus.example', AZURE_SIGN_ACCOUNT: 'a', AZURE_SIGN_PROFILE: 'p' },
  AZURE_SIGN_PUBLISHER: 'The Numberdesk authors',
  NUMBERDESK_UPDATE_URL: 'https://updates.example/numberdesk',
};

test.each([
  ['nothing given', {}],
  ['everything given', signing],
])('with %s the configuration is one that electron-builder takes', async (_, env) => {
  await validateConfiguration(await read(env), logger);
});

test('a wrong key or value would be refused: the schema is really asked', async () => {
  const config = { ...(await read({})), asarUnpak: ['x'] } as Configuration;
  await expect(validateConfiguration(config, logger)).rejects.toThrow(/asarUnpak/);
});

test('every system has its installers', async () => {
  const { linux, win, mac, nsis } = await read({});
  expect(linux?.target).toEqual(['deb', 'rpm', 'AppImage']);
  expect(win?.target).toEqual(['nsis']);
  expect([nsis?.perMachine, nsis?.oneClick, nsis?.deleteAppDataOnUninstall]).toEqual([false, true, false]);
  expect(mac?.target).toEqual([
    { target: 'dmg', arch: 'universal' },
    { target: 'zip', arch: 'universal' },
  ]);
});

test('nothing is signed, notarised or updated unless it was asked for', async () => {
  const plain = await read({});
  expect([plain.publish, plain.mac?.identity, plain.mac?.notarize]).toEqual([null, null, false]);
  expect(plain.win?.azureSignOptions).toBeUndefined();
  const full = await read(signing);
  expect(full.publish).toEqual({ provider: 'generic', url: signing.NUMBERDESK_UPDATE_URL });
  expect(full.mac).toMatchObject({ notarize: true, hardenedRuntime: true });
  expect(full.mac).not.toHaveProperty('identity');
  expect(full.win?.azureSignOptions).toMatchObject({ certificateProfileName: 'p' });
  expect((await read({ CSC_LINK: 'x' })).mac?.notarize).toBe(false);
  expect(() => releaseConfig({ NUMBERDESK_UPDATE_URL: 'http://updates.example' })).toThrow(/https/);
  expect(() => releaseConfig({ AZURE_SIGN_ENDPOINT: 'https://e' })).toThrow(/AZURE_SIGN_ACCOUNT/);
});

test('every fuse is written out, and only the packed app is loaded', async () => {
  const { electronFuses, asar } = await read({});
  const schema = load('app-builder-lib/scheme.json') as {
    definitions: { FuseOptionsV1: { properties: Record<string, unknown> } };
  };
  // Of macOS only, and about a signature made here: not a property of the app.
  const decided = new Set(Object.keys(electronFuses ?? {})).add('resetAdHocDarwinSignature');
  expect(decided).toEqual(new Set(Object.keys(schema.definitions.FuseOptionsV1.properties)));
  expect(asar).toEqual({ smartUnpack: false });
  const { onlyLoadAppFromAsar, enableEmbeddedAsarIntegrityValidation } = electronFuses ?? {};
  expect([onlyLoadAppFromAsar, enableEmbeddedAsarIntegrityValidation]).toEqual([true, true]);
});

test('names that systems compare are the same everywhere', async () => {
  const { appId, linux, deb } = await read({});
  const main = readFileSync(path.join(root, 'src-main/desktop/main.ts'), 'utf8');
  expect(main).toContain(`setAppUserModelId('${appId}')`);
  expect(manifest['desktopName']).toBe(`${linux?.executableName}.desktop`);
  expect(linux?.syncDesktopName).toBe(true);
  expect(deb?.depends).toContain('libsecret-1-0');
});

test('every file the configuration names is there', async () => {
  const { mac, win, linux } = await read({});
  const named = [mac?.icon, mac?.entitlements, mac?.entitlementsInherit, win?.icon, linux?.icon];
  const files = [
    ...named,
    'assets/tray/tray.png',
    'assets/tray/trayTemplate.png',
    'assets/tray/trayTemplate@2x.png',
  ];
  for (const file of files) expect(existsSync(path.join(root, String(file))), String(file)).toBe(true);
});
