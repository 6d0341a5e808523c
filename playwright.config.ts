import { defineConfig } from '@playwright/test';

/**
 * The same specs on both hosts. The desktop project needs an Electron executable: tests/run-all.ts finds out. `npm test` runs
 * `desktop-reduced`: what only the desktop has, and of the rest one journey through each part of the app, tagged `@both`;
 * what is packaged runs the smoke spec. `npm run test:e2e` runs every spec on both.
 */
const ofTheDesktop = /(desktop|quick-search|shell|security|commands)\.spec\.ts|desktop:|@both/;

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
    { name: 'desktop-reduced', metadata: { host: 'desktop' }, grep: ofTheDesktop },
    { name: 'packaged', metadata: { host: 'packaged' }, testMatch: 'smoke.spec.ts' },
  ],
});
