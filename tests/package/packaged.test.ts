import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { getRawHeader, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { beforeAll, expect, test } from 'vitest';
import { packagedApp } from '../support/packaged-app.ts';

/** Reads the app that `npm run package -- --dir --output NUMBERDESK_PACKAGED` made. */
const { folder, fused, locales, resources } = packagedApp(process.env['NUMBERDESK_PACKAGED'] ?? '');
const asar = path.join(resources, 'app.asar');
const unpacked = `${asar}.unpacked`;
/** A macOS app has the binaries of both processors: the universal one is put together from two that have the same files. */
const here =
  process.platform === 'darwin' ? '/prebuilds/darwin-' : `/prebuilds/${process.platform}-${process.arch}/`;
const megabytes = (bytes: number) => Math.round((bytes / 1e6) * 10) / 10;
/** What is ours. Electron itself is another 250 to 300 MB, the same for every app made with it. */
const budget = { ours: 8.5, all: 330 };

let packed: string[] = [];
let loose: string[] = [];
beforeAll(() => {
  if (!existsSync(asar)) throw new Error(`There is no packaged app in "${folder}": npm run package -- --dir`);
  packed = listPackage(asar, { isPack: false }).map((file) => file.replaceAll('\\', '/'));
  loose = existsSync(unpacked) ? filesOf(unpacked) : [];
});

test('the fuses are those that were decided', async () => {
  const wire = await getCurrentFuseWire(fused);
  // The wire has characters: '0' and '1' for off and on.
  const on = (fuse: FuseV1Options) => String.fromCharCode(Number(wire[fuse])) === '1';
  expect({
    runAsNode: on(FuseV1Options.RunAsNode),
    cookies: on(FuseV1Options.EnableCookieEncryption),
    nodeOptions: on(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
    inspect: on(FuseV1Options.EnableNodeCliInspectArguments),
    integrity: on(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
    onlyAsar: on(FuseV1Options.OnlyLoadAppFromAsar),
    snapshot: on(FuseV1Options.LoadBrowserProcessSpecificV8Snapshot),
    file: on(FuseV1Options.GrantFileProtocolExtraPrivileges),
  }).toEqual({
    ...{ runAsNode: false, cookies: false, nodeOptions: false, inspect: false },
    ...{ integrity: true, onlyAsar: true, snapshot: false, file: false },
  });
});

test('every packed file carries its hash', () => {
  type Node = { files?: Record<string, Node>; integrity?: { algorithm: string }; unpacked?: boolean };
  const without: string[] = [];
  const look = (node: Node, at: string) => {
    for (const [name, child] of Object.entries(node.files ?? {})) {
      if (child.files) look(child, `${at}/${name}`);
      else if (child.integrity?.algorithm !== 'SHA256') without.push(`${at}/${name}`);
    }
  };
  look(getRawHeader(asar).header as unknown as Node, '');
  expect(without).toEqual([]);
});

test('only what the app runs is in it: no sources, tests, maps, pictures of README or binaries of other systems', () => {
  const files = packed.filter((file) => path.extname(file) !== '');
  const foreign = files.filter((file) =>
    /\.(ts|svelte|map|md|yml)$|\/(tests?|src-main|src-renderer|coverage|screenshots)\//.test(file),
  );
  expect(foreign).toEqual([]);
  const binaries = packed.filter((file) => file.endsWith('.node'));
  expect(binaries.length).toBeGreaterThanOrEqual(2);
  expect(binaries.filter((file) => !file.includes(here))).toEqual([]);
  expect(new Set(loose.map((file) => path.extname(file)))).toEqual(new Set(['.node']));
  const modules = packed.flatMap((file) => /^\/node_modules\/((?:@[^/]+\/)?[^/@]+)$/.exec(file)?.[1] ?? []);
  expect(modules.sort()).toEqual(['@photostructure/sqlite', 'keytar', 'node-gyp-build'].sort());
  for (const needed of ['/dist/main/main.cjs', '/dist/main/storage-worker.cjs', '/dist/main/preload.cjs'])
    expect(packed).toContain(needed);
});

test('one language of Chromium, and a size that is kept an eye on', () => {
  const languages = readdirSync(locales).filter((name) => /\.(pak|lproj)$/.test(name));
  expect(languages.filter((name) => !/^(resources\.pak|en\.lproj)$/.test(name))).toEqual(
    process.platform === 'darwin' ? [] : ['en-US.pak'],
  );
  const ours = statSync(asar).size + sizeOf(unpacked);
  const all = sizeOf(folder);
  console.log(
    `packaged: ${megabytes(all)} MB, of which ours ${megabytes(ours)} MB in ${packed.length} entries`,
  );
  console.log(packed.filter((file) => !file.startsWith('/dist/renderer/assets/')).join('\n'));
  expect(megabytes(ours)).toBeLessThan(budget.ours);
  // Electron's own size is another one on each system; only that of Linux has been seen.
  expect(megabytes(all)).toBeLessThan(process.platform === 'linux' ? budget.all : Infinity);
});

function filesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

function sizeOf(directory: string): number {
  return existsSync(directory) ? filesOf(directory).reduce((sum, file) => sum + statSync(file).size, 0) : 0;
}
