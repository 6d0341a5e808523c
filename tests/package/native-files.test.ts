/** Which files of node_modules go into an app, asked of electron-builder's own matchers over the modules as they are installed. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Configuration } from 'electron-builder';
import { releaseConfig } from '../../src-main/tools/release.ts';

const root = path.resolve(import.meta.dirname, '../..');
const load = createRequire(import.meta.url);
type Expander = (pattern: string) => string;
type Matcher = { readonly patterns: string[] };
type Matchers = {
  FileMatcher: new (...args: [from: string, to: string, Expander, patterns: string[]]) => Matcher;
  getNodeModuleFileMatcher(...args: [app: string, to: string, Expander, options: unknown, object]): Matcher;
  excludedExts: string;
};
/** What electron-builder copies the modules with, past what is asked here: which modules an app needs at all. */
type Copier = {
  NodeModuleCopyHelper: new (
    matcher: Matcher,
    packager: object,
  ) => {
    collectNodeModules(
      ...args: [module: { name: string; dir: string }, exts: string[], destination: string]
    ): Promise<string[]>;
  };
};
const { FileMatcher, getNodeModuleFileMatcher, excludedExts } = load(
  'app-builder-lib/out/fileMatcher.js',
) as Matchers;
const { NodeModuleCopyHelper } = load('app-builder-lib/out/util/NodeModuleCopyHelper.js') as Copier;
const { expandMacro } = load('app-builder-lib/out/util/macroExpander.js') as {
  expandMacro(pattern: string, arch: string, appInfo: object, extra: object): string;
};
const { getConfig } = load('app-builder-lib/out/util/config/config.js') as {
  getConfig(projectDir: string, file: string | null, options: Configuration | null): Promise<Configuration>;
};

let config: Configuration;
beforeAll(async () => {
  config = await getConfig(root, null, releaseConfig({}));
});

const ownPlatform = Object.getOwnPropertyDescriptor(process, 'platform') as PropertyDescriptor;
afterEach(() => {
  Object.defineProperty(process, 'platform', ownPlatform);
});

const targets = { linux: 'linux', win: 'win32', mac: 'darwin' } as const;
/** The native ones, what loads one of them, and two that are bundled and stay out. */
const modules = ['keytar', '@photostructure/sqlite', 'node-gyp-build', 'electron-updater', 'zod'];

/** What an app for this target and processor would have of node_modules, built on this host. */
async function packed(
  host: NodeJS.Platform,
  target: keyof typeof targets,
  arch: string,
  given: Configuration = config,
): Promise<string[]> {
  Object.defineProperty(process, 'platform', { ...ownPlatform, value: host });
  const expander: Expander = (pattern) => expandMacro(pattern, arch, {}, { '/*': '{,/**/*}' });
  const packager = {
    ...{ config: given, projectDir: root, appInfo: {}, debugLogger: { isEnabled: false } },
    getWorkspaceRoot: () => Promise.resolve(root),
  };
  const to = path.join(root, 'release/app');
  const { patterns } = getNodeModuleFileMatcher(root, to, expander, given[target], packager);
  const endings = ['.o', '.obj', '.pdb', '.dll', '.exe', ...excludedExts.split(',').map((one) => `.${one}`)];
  const found = modules.map((name) => {
    const dir = path.join(root, 'node_modules', name);
    const place = path.join('node_modules', name);
    const matcher = new FileMatcher(dir, path.join(to, place), expander, patterns);
    return new NodeModuleCopyHelper(matcher, packager).collectNodeModules({ name, dir }, endings, place);
  });
  return (await Promise.all(found))
    .flat()
    .map((file) => path.relative(path.join(root, 'node_modules'), file).replaceAll('\\', '/'));
}

const hosts = ['linux', 'darwin', 'win32'] as const;
const cases = hosts.flatMap((host) =>
  (['linux', 'win', 'mac'] as const).flatMap((target) =>
    (['x64', 'arm64'] as const).map((arch) => [host, target, arch] as const),
  ),
);

describe.each(cases)('built on %s for %s %s', (host, target, arch) => {
  test('the app has the native binaries of that target, and no others', async () => {
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
    const files = await packed(host, target, arch);
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

test('a macro for the platform would take the binaries of the system that builds', async () => {
  const filter = ['!node_modules/**', 'node_modules/keytar/prebuilds/${platform}-${arch}/**'];
  const files = await packed('linux', 'win', 'x64', { ...config, files: [{ filter }], win: {} });
  expect(files).toEqual(['keytar/prebuilds/linux-x64/keytar.node']);
});

test('plain lines of one system would not be looked at for modules', async () => {
  const files = ['node_modules/keytar/prebuilds/win32-${arch}/**'];
  expect(
    (await packed('win32', 'win', 'x64', { ...config, win: { files } })).filter((file) =>
      file.endsWith('.node'),
    ),
  ).toEqual([]);
});
