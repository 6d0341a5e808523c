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
  await expect(quick.getByTestId('quick-count')).toHaveText('2,480 numbers');
  await expectAccessible(quick);
  const field = quick.getByRole('combobox', { name: 'Search your numbers' });
  await field.fill('206');
  await expect(quick.getByTestId('quick-count')).not.toHaveText('2,480 numbers');
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
});

test('with the main window closed to the tray, quick search still answers and brings it back', async ({
  launch,
}) => {
  const { electron, page, quick } = await start(() => launch(['--demo']));
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Desktop' }).click();
  await page.getByLabel('Closing the window keeps Numberdesk in the tray').check();
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
  await page.getByRole('button', { name: 'Desktop' }).click();
  for (const theme of ['dark', 'light']) {
    await page.getByLabel('Appearance').selectOption(theme);
    await expect.poll(() => electron.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe(theme);
  }
});
