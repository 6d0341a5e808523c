import { defineConfig } from '@playwright/test';
import { keepCompiled } from './tests/support/compiled.ts';

keepCompiled();

/** The same specs on both hosts. The desktop project needs an Electron executable: tests/run-all.ts finds out. */
export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results/e2e',
  timeout: 45_000,
  expect: { timeout: 10_000 },
  workers: 1,
  forbidOnly: true,
  reporter: [['list']],
  projects: [
    { name: 'browser', metadata: { host: 'browser' } },
    { name: 'desktop', metadata: { host: 'desktop' } },
    { name: 'packaged', metadata: { host: 'packaged' }, testMatch: 'smoke.spec.ts' },
  ],
});
