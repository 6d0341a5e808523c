import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type InlineConfig } from 'vite';
import { files } from '../platform/files.ts';
import { byPath, plainPath } from './plain-path.ts';

const root = plainPath(fileURLToPath(new URL('../..', import.meta.url)));
const out = `${root}dist/main`;

/** The window: one small site of files. */
export async function buildRenderer(): Promise<void> {
  await build({
    configFile: `${root}vite.renderer.config.ts`,
    root: `${root}src-renderer`,
    build: { outDir: `${root}dist/renderer` },
    logLevel: 'warn',
    resolve: byPath,
  });
}

/**
 * The desktop's main process, its storage worker and its preload. Native modules stay outside the bundle. CommonJS,
 * because Electron loads it before `ready`, when sandbox and scheme must be set up, and faster than modules.
 */
export async function buildMain(): Promise<void> {
  await files.remove(out);
  await build(
    bundle({
      ssr: true,
      rolldownOptions: {
        input: {
          main: `${root}src-main/desktop/main.ts`,
          'storage-worker': `${root}src-main/app/storage-worker.ts`,
        },
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunk-[hash].cjs' },
      },
    }),
  );
  // A sandboxed preload can be neither a module nor in pieces.
  await build(
    bundle({
      lib: { entry: `${root}src-main/desktop/preload.ts`, formats: ['cjs'], fileName: () => 'preload.cjs' },
      rolldownOptions: { external: ['electron'] },
    }),
  );
  await writeManifest();
}

/** The built app's own manifest: what `electron dist/main` reads its name and version from. */
async function writeManifest(): Promise<void> {
  const { name, productName, version, desktopName } = JSON.parse(
    await readFile(`${root}package.json`, 'utf8'),
  ) as Record<string, string>;
  const manifest = { name, productName, version, desktopName, main: 'main.cjs' };
  await writeFile(`${out}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
}

function bundle(options: NonNullable<InlineConfig['build']>): InlineConfig {
  return {
    root,
    configFile: false,
    resolve: byPath,
    logLevel: 'warn',
    ssr: { noExternal: true, external: ['electron', 'keytar', '@photostructure/sqlite'] },
    build: { outDir: out, emptyOutDir: false, target: 'node20', sourcemap: false, minify: true, ...options },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await buildRenderer();
  await buildMain();
}
