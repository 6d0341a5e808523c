import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { electronExecutable, electronArguments, expect, test } from './app.ts';

test('the window has its title, fits 900×600 without scrolling sideways, and follows dark mode', async ({
  launch,
}) => {
  const { page } = await launch(['--demo']);
  await expect(page).toHaveTitle('Numberdesk');
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  for (const [width, height] of [
    [900, 600],
    [1280, 800],
  ] as const) {
    await page.setViewportSize({ width, height });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  }
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await background();
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await background()).not.toBe(light);
});

test('desktop: the window comes back with the size it was left with', async ({ host, launch, dataDir }) => {
  test.skip(host !== 'desktop', 'of the desktop only');
  const first = await launch(['--demo']);
  await expect(first.page.getByTestId('counts')).toHaveText('2,480 numbers');
  await first.electron?.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()
      .find((window) => window.isResizable())
      ?.setSize(1010, 690);
  });
  const file = path.join(dataDir, 'window.json');
  await expect.poll(() => (existsSync(file) ? readFileSync(file, 'utf8') : '')).toContain('1010');
  await first.close();
  const { electron, page } = await launch();
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  const size = await electron?.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()
      .find((window) => window.isResizable())
      ?.getSize(),
  );
  expect(size).toEqual([1010, 690]);
});

test('desktop: a second start shows the window that is there and ends', async ({ host, launch, dataDir }) => {
  test.skip(host !== 'desktop', 'of the desktop only');
  const { page, electron } = await launch(['--demo']);
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  await electron?.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()
      .find((window) => window.isResizable())
      ?.minimize();
  });
  const second = spawn(electronExecutable(), electronArguments(dataDir, []), { stdio: 'ignore' });
  expect(await new Promise((resolve) => second.once('exit', resolve))).toBe(0);
  const state = () =>
    electron?.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()
        .filter((window) => window.isResizable())
        .map((window) => window.isMinimized()),
    );
  await expect.poll(state).toEqual([false]);
});
