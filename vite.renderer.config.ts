import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** The window: plain files with relative addresses, nothing inlined, so that the strict policy holds. */
export default defineConfig({
  root: fileURLToPath(new URL('./src-renderer', import.meta.url)),
  base: './',
  plugins: [svelte()],
  build: {
    outDir: fileURLToPath(new URL('./dist/renderer', import.meta.url)),
    emptyOutDir: true,
    target: 'chrome130',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    rolldownOptions: {
      treeshake: {
        // Schemas are the main process's: the window takes types, names and words from the contract, and no zod.
        moduleSideEffects: (id) => !/src-main\/contract\/|node_modules\/zod\//.test(id),
      },
    },
  },
});
