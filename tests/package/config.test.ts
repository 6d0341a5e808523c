import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Configuration } from 'electron-builder';
import { releaseConfig } from '../../src-main/tools/release.ts';
import { some } from '../support/some.ts';

/** What this machine cannot build is configured all the same: electron-builder's own schema and these rules hold it. */
const root = path.resolve(import.meta.dirname, '../..');
const load = createRequire(import.meta.url);
type Builder = {
  getConfig(projectDir: string, file: string | null, options: Configuration | null): Promise<Configuration>;
  validateConfiguration(config: Configuration, logger: object): Promise<void>;
};
const { getConfig, validateConfiguration } = load('app-builder-lib/out/util/config/config.js') as Builder;
const logger = { add: () => undefined, isEnabled: false };
const read = (env: Record<string, string>, platform?: NodeJS.Platform) =>
  getConfig(root, null, releaseConfig(env, platform));
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
  // Both processors, written out: a build takes the one it runs on otherwise.
  const both = ['x64', 'arm64'];
  expect(linux?.target).toEqual(['deb', 'rpm', 'AppImage'].map((target) => ({ target, arch: both })));
  expect(win?.target).toEqual([{ target: 'nsis', arch: both }]);
  expect([nsis?.perMachine, nsis?.oneClick, nsis?.deleteAppDataOnUninstall]).toEqual([false, true, false]);
  expect(mac?.target).toEqual([
    { target: 'dmg', arch: 'universal' },
    { target: 'zip', arch: 'universal' },
  ]);
});

test('nothing is signed, notarised or updated unless it was asked for', async () => {
  const plain = await read({});
  expect([plain.publish, plain.mac?.notarize]).toEqual([null, false]);
  expect(plain.win?.azureSignOptions).toBeUndefined();
  const full = await read(signing);
  expect(full.publish).toEqual({ provider: 'generic', url: signing.NUMBERDESK_UPDATE_URL });
  expect(full.mac).toMatchObject({ notarize: true, hardenedRuntime: true });
  expect(full.mac).not.toHaveProperty('identity');
  expect(full.win?.azureSignOptions).toMatchObject({ certificateProfileName: 'p' });
  expect((await read({ CSC_LINK: 'x' })).mac?.notarize).toBe(false);
  // What a workflow gives for a secret that is not set.
  expect((await read({ CSC_LINK: '', APPLE_API_KEY: '' })).mac?.identity).toBe('-');
  expect(() => releaseConfig({ NUMBERDESK_UPDATE_URL: 'http://updates.example' })).toThrow(/https/);
  expect(() => releaseConfig({ AZURE_SIGN_ENDPOINT: 'https://e' })).toThrow(/AZURE_SIGN_ACCOUNT/);
});

test('without a certificate a macOS app is signed ad hoc: unsigned, Apple silicon ends it', async () => {
  const { mac } = await read({}, 'darwin');
  // null would leave it unsigned after the fuses have changed it; the hardened runtime refuses frameworks signed so.
  expect([mac?.identity, mac?.hardenedRuntime, mac?.notarize]).toEqual(['-', false, false]);
  expect((await read({ CSC_NAME: 'x' }, 'darwin')).mac?.hardenedRuntime).toBe(true);
});

test('updates without a signature, and half of what notarising needs, are mistakes', () => {
  const feed = { NUMBERDESK_UPDATE_URL: 'https://updates.example' };
  for (const platform of ['darwin', 'win32'] as const) {
    expect(() => releaseConfig(feed, platform), platform).toThrow(/certificate/);
    expect(() => releaseConfig({ ...feed, CSC_LINK: 'x' }, platform)).not.toThrow();
  }
  // A certificate of the other system does not help.
  expect(() => releaseConfig({ ...feed, WIN_CSC_LINK: 'x' }, 'darwin')).toThrow(/certificate/);
  expect(() => releaseConfig({ ...feed, WIN_CSC_LINK: 'x' }, 'win32')).not.toThrow();
  expect(() => releaseConfig(feed, 'linux')).not.toThrow();
  const half = { CSC_LINK: 'x', APPLE_API_KEY: 'k', APPLE_API_ISSUER: 'i' };
  expect(() => releaseConfig(half, 'darwin')).toThrow('APPLE_API_KEY_ID is missing');
  expect(() => releaseConfig({ CSC_LINK: 'x', APPLE_API_KEY: 'k' }, 'darwin')).toThrow(
    'APPLE_API_KEY_ID and APPLE_API_ISSUER are missing',
  );
  const { APPLE_API_KEY, APPLE_API_KEY_ID, APPLE_API_ISSUER } = signing;
  expect(() => releaseConfig({ APPLE_API_KEY, APPLE_API_KEY_ID, APPLE_API_ISSUER }, 'darwin')).toThrow(
    /Only a signed app/,
  );
});

test('the uninstaller of Windows takes the start at login along, and an update does not', async () => {
  const { appId, nsis } = await read({});
  const script = readFileSync(path.join(root, String(nsis?.include)), 'utf8');
  const [, body = ''] = /!macro customUnInstall\n([^]*?)!macroend/.exec(script) ?? [];
  const [, guarded = ''] = /\$\{ifNot\} \$\{isUpdated\}\n([^]*?)\$\{endIf\}/.exec(body) ?? [];
  for (const key of ['CurrentVersion\\Run', 'Explorer\\StartupApproved\\Run'])
    expect(guarded).toMatch(
      new RegExp(`DeleteRegValue HKCU "[^"]*${key.replaceAll('\\', '\\\\')}" "\\$\\{APP_ID\\}"`),
    );
  // Electron writes the value under the id of the app, which electron-builder hands on as APP_ID.
  expect(appId).toBe('app.numberdesk');
  expect(body.replace(guarded, '')).not.toContain('DeleteRegValue');
});

test('files come out of a checkout as they are in it', () => {
  const attributes = readFileSync(path.join(root, '.gitattributes'), 'utf8');
  // Windows would change the ends of lines otherwise, and Prettier, hashes and quoted files with them.
  expect(attributes).toMatch(/^\* text=auto eol=lf$/m);
  expect(attributes).toMatch(/^tests\/fixtures\/\*\* -text$/m);
});

test('every dependency has its exact version, and its line in ARCHITECTURE.md', () => {
  const text = readFileSync(path.join(root, 'ARCHITECTURE.md'), 'utf8');
  const table = text.slice(text.indexOf('## Dependencies'));
  const { dependencies, devDependencies } = load('../../package.json') as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >;
  for (const [name, version] of some(Object.entries({ ...dependencies, ...devDependencies }))) {
    expect(version, name).toMatch(/^(npm:@[a-z]+\/[a-z]+@)?\d+\.\d+\.\d+$/);
    expect(table, name).toContain(`\`${name}\``);
  }
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
  // No cookies are kept; encrypting none of them would ask macOS for a second item in its keychain.
  expect(electronFuses?.enableCookieEncryption).toBe(false);
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
    ...['tray.png', 'tray.ico', 'trayTemplate.png', 'trayTemplate@2x.png'].map(
      (name) => `assets/tray/${name}`,
    ),
    ...[1, 2, 9].map((count) => `assets/badge/${count}.png`),
    'assets/installer.nsh',
  ];
  for (const file of some(files)) expect(existsSync(path.join(root, String(file))), String(file)).toBe(true);
});

test('of the pictures only those of the app itself are packed, and none of README', async () => {
  const { files } = await read({});
  const patterns = [files].flat().flatMap((one) => (typeof one === 'object' ? one?.filter : one) ?? []);
  const named = patterns.filter((one) => one.includes('assets'));
  expect(named).toEqual(['assets/icons/256x256.png', 'assets/tray/**', 'assets/badge/**']);
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  const shown = [...readme.matchAll(/!\[[^\]]+\]\((?<file>[^)]+)\)/g)].map(({ groups }) => groups?.['file']);
  for (const file of some(shown)) {
    expect(file).toMatch(/^assets\/screenshots\//);
    expect(statSync(path.join(root, String(file))).size, String(file)).toBeLessThan(150_000);
  }
});
