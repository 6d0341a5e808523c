import { defineConfig } from '@playwright/test';
import { keepCompiled } from './tests/support/compiled.ts';

keepCompiled();

/** The same specs on both hosts. The desktop project needs an Electron executable: tests/run-all.ts finds out. */
export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results/e2e',
  // These end what hangs, on a machine that has much else to do too. How fast something is, a spec says itself.
  timeout: 150_000,
  expect: { timeout: 30_000 },
  workers: 1,
  forbidOnly: true,
  reporter: [['list']],
  projects: [
    // Accounts of the sandbox are of API v1 on one host and of v2 on the other; `npm run test:matrix` has both on both.
    { name: 'browser', metadata: { host: 'browser', api: 'v1' } },
    { name: 'desktop', metadata: { host: 'desktop', api: 'v2' } },
    // Keys and clicks of daily work: `npm run journeys`.
    { name: 'journeys', testDir: 'tests/journeys' },
    // Every screen at 200 %: `npm run test:zoom`; some of them are in the specs of both hosts.
    { name: 'zoom', testDir: 'tests/zoom', timeout: 300_000 },
    { name: 'packaged', metadata: { host: 'packaged' }, testMatch: 'smoke.spec.ts' },
  ],
});
