import { rm } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type InlineConfig } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));
const out = `${root}dist/main`;

/** The window: one small site of files. */
export async function buildRenderer(): Promise<void> {
  await build({ configFile: `${root}vite.renderer.config.ts`, logLevel: 'warn' });
}

/** The desktop's main process, its storage worker and its preload. Native modules stay outside the bundle. */
export async function buildMain(): Promise<void> {
  await rm(out, { recursive: true, force: true });
  await build(
    bundle({
      ssr: true,
      rolldownOptions: {
        input: {
          main: `${root}src-main/desktop/main.ts`,
          'storage-worker': `${root}src-main/storage/worker.ts`,
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunk-[hash].js' },
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
}

function bundle(options: NonNullable<InlineConfig['build']>): InlineConfig {
  return {
    root,
    configFile: false,
    logLevel: 'warn',
    ssr: { noExternal: true, external: ['electron', 'keytar', '@photostructure/sqlite'] },
    build: { outDir: out, emptyOutDir: false, target: 'node20', sourcemap: false, minify: true, ...options },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await buildRenderer();
  await buildMain();
}
