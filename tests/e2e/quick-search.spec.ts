import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { closeLarge, expect, expectAccessible, test, windowShown, type RunningApp } from './app.ts';

test.skip(({ host }) => host !== 'desktop', 'of the desktop only');
test.use({ tray: true });

/** The small window, which is made hidden once the application has started. */
async function smallWindow(electron: ElectronApplication): Promise<Page> {
  await expect.poll(() => electron.windows().some((page) => page.url().endsWith('#quick'))).toBe(true);
  const page = electron.windows().find((one) => one.url().endsWith('#quick'));
  if (!page) throw new Error('there is no quick search');
  return page;
}
const choose = (electron: ElectronApplication) =>
  electron.evaluate(({ Menu }) => {
    Menu.getApplicationMenu()?.getMenuItemById('quick-search')?.click();
  });
async function start(launch: () => Promise<RunningApp>) {
  const app = await launch();
  await expect(app.page.getByTestId('counts')).toHaveText('2,480 numbers');
  if (!app.electron) throw new Error('this is not the desktop');
  return { ...app, electron: app.electron, quick: await smallWindow(app.electron) };
}

test('quick search answers at every key, copies in several formats, and hides', async ({ launch }) => {
  const { electron, quick, clipboard } = await start(() => launch(['--demo']));
  expect(await windowShown(electron, 'small')).toBe(false);
  await choose(electron);
  await expect.poll(() => windowShown(electron, 'small')).toBe(true);
  await expect(quick.getByTestId('quick-count')).toHaveText('50 of 2,480 numbers');
  await expectAccessible(quick);
  const field = quick.getByRole('combobox', { name: 'Search your numbers' });
  await field.fill('206');
  await expect(quick.getByTestId('quick-count')).not.toHaveText('50 of 2,480 numbers');
  await expect(quick.locator('mark').first()).toHaveText(/206/);
  const number = ((await quick.getByRole('option').nth(1).locator('b').textContent()) ?? '').replace(
    /\D/g,
    '',
  );
  await field.press('ArrowDown');
  await field.press('Shift+Enter');
  await expect.poll(clipboard).toBe(`+1${number}`);
  await expect.poll(() => windowShown(electron, 'small')).toBe(false);
  await choose(electron);
  await expect(field).toHaveValue('');
  // What is not understood finds nothing, says why, and copies nothing.
  await field.fill('npa:2o6');
  await expect(quick.getByTestId('quick-problem')).toContainText('An area code is three digits');
  await expect(quick.getByRole('option')).toHaveCount(0);
  await field.press('Shift+Enter');
  await expect(quick.getByTestId('quick-count')).toContainText('Nothing was done');
  expect(await clipboard()).toBe(`+1${number}`);
  await expectAccessible(quick);
  // Hidden without Escape: what was typed was given up.
  await choose(electron);
  await expect.poll(() => windowShown(electron, 'small')).toBe(false);
  await expect(field).toHaveValue('');
  await choose(electron);
  await field.press('Escape');
  await expect.poll(() => windowShown(electron, 'small')).toBe(false);
});

test('what is found opens in the main window, and its routes can be set', async ({ launch }) => {
  const { electron, page, quick } = await start(() => launch(['--demo']));
  await choose(electron);
  const field = quick.getByRole('combobox', { name: 'Search your numbers' });
  await field.fill('state:wa');
  await expect(quick.getByRole('option').first()).toContainText('WA');
  const number = ((await quick.getByRole('option').first().locator('b').textContent()) ?? '').replace(
    /\D/g,
    '',
  );
  await field.press('Control+Enter');
  await expect(page.getByTestId('counts')).toHaveText('1 of 2,480 numbers');
  await expect(page.getByRole('heading', { level: 2 })).toHaveText(
    `(${number.slice(0, 3)}) ${number.slice(3, 6)}-${number.slice(6)}`,
  );
  await expect.poll(() => windowShown(electron, 'small')).toBe(false);
  await choose(electron);
  await field.fill(number);
  await expect(quick.getByTestId('quick-count')).toHaveText('1 number');
  await field.press('Control+r');
  await expect(page.getByRole('dialog')).toContainText('Primary route');
  // A page whose process has ended is filled anew: the next shortcut would show an empty window.
  const filled = () =>
    electron.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows().find((one) => !one.isResizable())?.webContents;
      if (!contents || contents.isCrashed() || contents.isLoading()) return false;
      return contents.executeJavaScript("document.querySelector('input') !== null") as Promise<boolean>;
    });
  expect(await filled()).toBe(true);
  await electron.evaluate(
    ({ BrowserWindow }) =>
      new Promise<void>((resolve) => {
        const contents = BrowserWindow.getAllWindows().find((one) => !one.isResizable())?.webContents;
        contents?.once('render-process-gone', () => {
          resolve();
        });
        contents?.forcefullyCrashRenderer();
      }),
  );
  await expect.poll(filled).toBe(true);
});

/** Chooses in the settings that the window closes to the tray, and waits until the desktop knows it: before, it would ask. */
async function keepInTray(page: Page, dataDir: string): Promise<void> {
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Desktop' }).click();
  await page.getByLabel('Closing the window keeps Numberdesk in the tray').check();
  // Written last, just before the desktop is told.
  const written = path.join(dataDir, 'settings.json.copy');
  await expect
    .poll(() => (existsSync(written) ? readFileSync(written, 'utf8') : ''))
    .toMatch(/"closeToTray": ?true/);
}

test('with the main window closed to the tray, quick search still answers and brings it back', async ({
  launch,
  dataDir,
}) => {
  const { electron, page, quick } = await start(() => launch(['--demo']));
  await keepInTray(page, dataDir);
  await expectAccessible(page);
  await closeLarge(electron);
  await expect.poll(() => electron.windows().length).toBe(1);
  await choose(electron);
  const field = quick.getByRole('combobox', { name: 'Search your numbers' });
  await field.fill('212');
  await expect(quick.getByRole('option').first()).toContainText('212');
  await field.press('Control+Enter');
  await expect.poll(() => electron.windows().length).toBe(2);
  const main = electron.windows().find((one) => !one.url().endsWith('#quick'));
  if (!main) throw new Error('the main window did not come back');
  await expect(main.getByTestId('counts')).toHaveText('1 of 2,480 numbers');
});

test('closing quick search hides it: with it as the last window the app stays, and only Quit ends it', async ({
  launch,
  dataDir,
}) => {
  const { electron, page, quick } = await start(() => launch(['--demo']));
  await keepInTray(page, dataDir);
  await closeLarge(electron);
  await expect.poll(() => electron.windows().length).toBe(1);
  // Ctrl W, Alt F4 and the menu's Close all end in this call.
  const closeQuick = () =>
    electron.evaluate(({ BrowserWindow }) => {
      for (const window of BrowserWindow.getAllWindows()) window.close();
    });
  for (let round = 0; round < 2; round += 1) {
    await choose(electron);
    await expect.poll(() => windowShown(electron, 'small')).toBe(true);
    await closeQuick();
    await expect.poll(() => windowShown(electron, 'small')).toBe(false);
  }
  // It still answers: the window was hidden, not made again.
  await choose(electron);
  await quick.getByRole('combobox', { name: 'Search your numbers' }).fill('212');
  await expect(quick.getByRole('option').first()).toContainText('212');
  const gone = electron.waitForEvent('close');
  await electron.evaluate(({ app }) => {
    app.quit();
  });
  await gone;
});

test('a window closes without a question when an update has told that it quits', async ({ launch }) => {
  const { electron } = await start(() => launch(['--demo']));
  const asked = await electron.evaluate(({ autoUpdater, dialog, BrowserWindow }) => {
    let questions = 0;
    dialog.showMessageBox = () => {
      questions += 1;
      return Promise.resolve({ response: 0, checkboxChecked: false });
    };
    autoUpdater.emit('before-quit-for-update');
    const windows = BrowserWindow.getAllWindows();
    for (const window of windows) window.close();
    return questions;
  });
  expect(asked).toBe(0);
  await electron.waitForEvent('close');
});

test('closing the window asks once what that means, and the answer is kept', async ({ launch }) => {
  const { electron, page } = await start(() => launch(['--demo']));
  await electron.evaluate(({ dialog }) => {
    const asked = globalThis as unknown as { asked: number };
    asked.asked = 0;
    dialog.showMessageBox = () => {
      asked.asked += 1;
      return Promise.resolve({ response: 0, checkboxChecked: false });
    };
  });
  await closeLarge(electron);
  await expect.poll(() => page.isClosed()).toBe(true);
  await electron.evaluate(({ app }) => app.emit('activate'));
  await expect.poll(() => electron.windows().length).toBe(2);
  await closeLarge(electron);
  await expect.poll(() => electron.windows().length).toBe(1);
  expect(await electron.evaluate(() => (globalThis as unknown as { asked: number }).asked)).toBe(1);
});

test('the appearance chosen in settings holds whatever the system says', async ({ launch }) => {
  const { electron, page } = await start(() => launch(['--demo']));
  await page.getByRole('button', { name: 'Settings' }).click();
  for (const theme of ['dark', 'light']) {
    await page.getByLabel('Appearance').selectOption(theme);
    await expect.poll(() => electron.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe(theme);
  }
});
