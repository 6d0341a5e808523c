/** Which files of node_modules go into an app, asked of electron-builder's own matchers over the modules as they are installed. */
import { readdirSync, statSync, type Stats } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Configuration } from 'electron-builder';
import { releaseConfig } from '../../src-main/tools/release.ts';

const root = path.resolve(import.meta.dirname, '../..');
const load = createRequire(import.meta.url);
type Filter = (file: string, stats: Stats) => boolean;
type Matcher = { createFilter(): Filter };
type Expander = (pattern: string) => string;
type Options = { readonly files?: unknown } | null | undefined;
type Matchers = {
  getMainFileMatchers(
    ...args: [app: string, to: string, Expander, Options, packager: object, out: string, compiled: boolean]
  ): Matcher[];
  getNodeModuleFileMatcher(...args: [app: string, to: string, Expander, Options, info: object]): Matcher;
};
const { getMainFileMatchers, getNodeModuleFileMatcher } = load(
  'app-builder-lib/out/fileMatcher.js',
) as Matchers;
const { expandMacro } = load('app-builder-lib/out/util/macroExpander.js') as {
  expandMacro(pattern: string, arch: string, appInfo: object, extra: object): string;
};
const { getConfig } = load('app-builder-lib/out/util/config/config.js') as {
  getConfig(projectDir: string, file: string | null, options: Configuration | null): Promise<Configuration>;
};

let config: Configuration;
/** Every file of the modules that the app loads at run time, and of one that only tests load. */
let installed: { readonly file: string; readonly stats: Stats }[];
beforeAll(async () => {
  config = await getConfig(root, null, releaseConfig({}));
  const modules = ['keytar', '@photostructure/sqlite', 'node-gyp-build', 'electron-updater', 'ws'];
  installed = modules.flatMap((name) => {
    const folder = path.join(root, 'node_modules', name);
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => ({ file, stats: statSync(file) }));
  });
});

const ownPlatform = Object.getOwnPropertyDescriptor(process, 'platform') as PropertyDescriptor;
afterEach(() => {
  Object.defineProperty(process, 'platform', ownPlatform);
});

const targets = { linux: 'linux', win: 'win32', mac: 'darwin' } as const;

/** What an app for this target and processor would have of node_modules, built on this host. */
function packed(host: NodeJS.Platform, target: keyof typeof targets, arch: string): string[] {
  Object.defineProperty(process, 'platform', { ...ownPlatform, value: host });
  const expander: Expander = (pattern) => expandMacro(pattern, arch, {}, { '/*': '{,/**/*}' });
  const info = {
    ...{ config, projectDir: root, buildResourcesDir: path.join(root, 'assets') },
    ...{ isPrepackedAppAsar: false, debugLogger: { isEnabled: false } },
  };
  const options = config[target] as Options;
  const out = path.join(root, 'release');
  const to = path.join(out, 'app');
  const main = getMainFileMatchers(root, to, expander, options, { info }, out, false);
  const filters = [...main, getNodeModuleFileMatcher(root, to, expander, options, info)].map((one) =>
    one.createFilter(),
  );
  return installed
    .filter(({ file, stats }) => filters.some((filter) => filter(file, stats)))
    .map(({ file }) => path.relative(path.join(root, 'node_modules'), file).replaceAll('\\', '/'));
}

const hosts = ['linux', 'darwin', 'win32'] as const;
const cases = hosts.flatMap((host) =>
  (['linux', 'win', 'mac'] as const).flatMap((target) =>
    (['x64', 'arm64'] as const).map((arch) => [host, target, arch] as const),
  ),
);

describe.each(cases)('built on %s for %s %s', (host, target, arch) => {
  test('the app has the native binaries of that target, and no others', () => {
    const platform = targets[target];
    // The halves of the universal app of macOS have the same files: both processors' binaries.
    const kinds = target === 'mac' ? ['arm64', 'x64'] : [arch];
    const libc = target === 'linux' ? ['glibc', 'musl'] : ['glibc'];
    const wanted = kinds.flatMap((kind) => [
      `keytar/prebuilds/${platform}-${kind}/keytar.node`,
      ...libc.map(
        (c) => `@photostructure/sqlite/prebuilds/${platform}-${kind}/@photostructure+sqlite.${c}.node`,
      ),
    ]);
    const files = packed(host, target, arch);
    expect(files.filter((file) => file.endsWith('.node')).sort()).toEqual(wanted.sort());
    // What loads them is the same everywhere, and nothing else of node_modules goes along.
    expect(files.filter((file) => !file.endsWith('.node')).sort()).toEqual(loaders);
  });
});

const loaders = [
  ...['@photostructure/sqlite/dist/index.cjs', '@photostructure/sqlite/package.json'],
  ...['keytar/lib/keytar.js', 'keytar/package.json'],
  ...['bin.js', 'build-test.js', 'index.js', 'node-gyp-build.js', 'optional.js', 'package.json'].map(
    (name) => `node-gyp-build/${name}`,
  ),
].sort();

test('a macro for the platform would take the binaries of the system that builds', () => {
  const plain = config;
  config = {
    ...plain,
    files: [...((plain.files ?? []) as string[]), 'node_modules/keytar/prebuilds/${platform}-${arch}/**'],
  };
  expect(packed('linux', 'win', 'x64')).toContain('keytar/prebuilds/linux-x64/keytar.node');
  config = plain;
});
