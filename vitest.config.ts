import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { keepCompiled } from './tests/support/compiled.ts';

keepCompiled();

/** Ends a test that hangs, on a machine that has much else to do too. How fast something is, a test says itself. */
const mostMs = 60_000;
/** The same for what is looked at again and again. */
const expectations = { poll: { timeout: 30_000 } };

/** Tests of the inventory, plans and orders that hold for every adapter. */
const overBoth = [
  ...['cart', 'orders', 'order-doubts', 'order-edges', 'order-once', 'order-waits'],
  ...['plans', 'plan-edges', 'plan-runs', 'plan-waits', 'sync', 'sync-lacking'],
];

/** Those of them that are run over API v2 in each run: what they hold depends most on the adapter, and half a minute is enough for them. */
const overV2 = ['cart', 'order-doubts', 'plan-edges'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['tests/unit/**/*.test.ts'],
          exclude: ['tests/unit/renderer/**'],
          testTimeout: mostMs,
          expect: expectations,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          testTimeout: mostMs,
          expect: expectations,
          hookTimeout: mostMs,
          fileParallelism: true,
          maxWorkers: 2,
        },
      },
      {
        // The same tests over the second, test-only adapter: nothing of the application may depend on what only v1 does.
        test: {
          name: 'second adapter',
          include: overBoth.map((name) => `tests/integration/${name}.test.ts`),
          env: { NUMBERDESK_TEST_ADAPTER: 'second' },
          testTimeout: mostMs,
          expect: expectations,
          hookTimeout: mostMs,
          fileParallelism: true,
          maxWorkers: 2,
        },
      },
      {
        // And over API v2, against the simulated account.
        test: {
          name: 'API v2',
          include: overV2.map((name) => `tests/integration/${name}.test.ts`),
          env: { NUMBERDESK_TEST_ADAPTER: 'v2' },
          testTimeout: mostMs,
          expect: expectations,
          hookTimeout: mostMs,
          fileParallelism: true,
          maxWorkers: 2,
        },
      },
      {
        // That package names sources of its maps which it does not ship.
        logLevel: 'error',
        test: {
          name: 'package',
          include: ['tests/package/**/*.test.ts'],
          exclude: ['tests/package/packaged.test.ts'],
          // Imports JSON as a bundler would have it.
          server: { deps: { inline: [/@actions\//] } },
        },
      },
      { test: { name: 'packaged', include: ['tests/package/packaged.test.ts'] } },
      { test: { name: 'keyring', include: ['tests/keyring/**/*.test.ts'], testTimeout: mostMs } },
      {
        plugins: [svelte()],
        resolve: { conditions: ['browser'] },
        test: {
          name: 'renderer',
          environment: 'jsdom',
          include: ['tests/unit/renderer/**/*.test.ts'],
          testTimeout: mostMs,
          expect: expectations,
        },
      },
    ],
  },
});
