import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import {
  closeLarge,
  electronArguments,
  electronExecutable,
  expect,
  expectAccessible,
  signInSynced,
  test,
  windowShown,
} from './app.ts';
import { holdAnswers } from './main-process.ts';

test.skip(({ host }) => host !== 'desktop', 'of the desktop only');
test.use({ tray: true });

/** What the main process has drawn since this was called: the tray's menu and notifications, without a system to show them. */
async function watchSystem(electron: ElectronApplication): Promise<void> {
  await electron.evaluate(({ Tray, Notification }) => {
    const seen = { menu: null as unknown, notes: [] as unknown[] };
    Object.assign(globalThis, { seen });
    const draw = Tray.prototype.setContextMenu;
    Tray.prototype.setContextMenu = function (menu) {
      seen.menu = menu;
      draw.call(this, menu);
    };
    Notification.prototype.show = function () {
      seen.notes.push(this);
    };
  });
}

type Item = { id: string; label: string; enabled: boolean; click(): void; submenu?: { items: Item[] } };
type Seen = { menu: { items: Item[] } | null; notes: { title: string; emit(event: string): void }[] };
const trayItems = (electron: ElectronApplication) =>
  electron.evaluate(() =>
    ((globalThis as unknown as { seen: Seen }).seen.menu?.items ?? []).map(({ id, label }) => [id, label]),
  );
const clickTray = (electron: ElectronApplication, id: string) =>
  electron.evaluate((_, wanted) => {
    (globalThis as unknown as { seen: Seen }).seen.menu?.items.find((item) => item.id === wanted)?.click();
  }, id);
const notes = (electron: ElectronApplication) =>
  electron.evaluate(() => (globalThis as unknown as { seen: Seen }).seen.notes.map((note) => note.title));

/** Hides the large window as the system may, once it is shown: the tray then draws a menu that differs from the last one. */
async function hideLarge(electron: ElectronApplication): Promise<void> {
  await expect.poll(() => windowShown(electron, 'large')).toBe(true);
  await electron.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()
      .find((window) => window.isResizable())
      ?.hide();
  });
}

const counts = (page: Page) => page.getByTestId('counts');

test('the tray menu hides and shows the window, searches, syncs, switches accounts, leads to what runs', async ({
  launch,
  sandbox,
}) => {
  const { page, electron } = await launch(['--demo']);
  if (!electron) throw new Error('this is not the desktop');
  await expect(counts(page)).toHaveText('2,480 numbers');
  await watchSystem(electron);
  await hideLarge(electron);
  await expect.poll(async () => (await trayItems(electron)).flat()).toContain('Show Numberdesk');
  await clickTray(electron, 'toggle');
  await expect.poll(() => windowShown(electron, 'large')).toBe(true);
  await page.keyboard.press('Control+r');
  await expect.poll(async () => (await trayItems(electron)).flat()).toContain('Sync Now (just now)');
  await clickTray(electron, 'toggle');
  await expect.poll(() => windowShown(electron, 'large')).toBe(false);
  await expect.poll(async () => (await trayItems(electron)).flat()).toContain('Show Numberdesk');
  await clickTray(electron, 'toggle');
  await expect.poll(() => windowShown(electron, 'large')).toBe(true);
  await clickTray(electron, 'quick');
  await expect.poll(() => windowShown(electron, 'small')).toBe(true);
  await clickTray(electron, 'settings');
  await expect(page.getByRole('dialog', { name: 'Settings' })).toBeVisible();
  await page.keyboard.press('Escape');

  // A second account brings the list of accounts; a plan that waits brings its line.
  await page.locator('aside [aria-haspopup="menu"]').click();
  await page.getByRole('menuitem', { name: 'Add account…' }).click();
  await signInSynced(page, sandbox);
  await expect.poll(async () => (await trayItems(electron)).flat()).toContain('Accounts');
  // Slow enough not to be done before somebody has looked at the tray.
  await sandbox.setFaults(['setRoutes:latency:1:2000']);
  await page.getByRole('button', { name: 'Set the routes of all 1,200 numbers shown' }).click();
  await page.getByRole('dialog').getByLabel('Primary route').fill('sbc-east');
  await page.getByRole('button', { name: 'Plan the change' }).click();
  await page.getByTestId('apply').click();
  await expect(page.getByTestId('plan-phase')).toHaveText('Applying');
  await expect.poll(async () => (await trayItems(electron)).flat().join()).toMatch(/Change \d+: [\d,]+ of/);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect.poll(async () => (await trayItems(electron)).flat().join()).toMatch(/, paused/);
  await page.keyboard.press('Control+1');
  await expect(counts(page)).toBeVisible();
  await clickTray(electron, 'plan');
  await expect(page.getByRole('main', { name: 'Routes' })).toBeVisible();

  await electron.evaluate(() => {
    const { menu } = (globalThis as unknown as { seen: Seen }).seen;
    const accounts = menu?.items.find((item) => item.id === 'accounts')?.submenu?.items ?? [];
    accounts.find((item) => item.label === 'Demo account')?.click();
  });
  await page.keyboard.press('Control+1');
  await expect(counts(page)).toHaveText('2,480 numbers');
  // What waits in the account that was left is told there again.
  await expect.poll(async () => (await trayItems(electron)).flat().join()).not.toMatch(/Change \d+:/);
});

test('the menu of the tray is not replaced while it is open', async ({ launch }) => {
  const { page, electron } = await launch(['--demo']);
  if (!electron) throw new Error('this is not the desktop');
  await expect(counts(page)).toHaveText('2,480 numbers');
  await watchSystem(electron);
  await hideLarge(electron);
  await expect.poll(async () => (await trayItems(electron)).flat()).toContain('Show Numberdesk');
  await clickTray(electron, 'toggle');
  await expect.poll(async () => (await trayItems(electron)).flat()).toContain('Hide Numberdesk');
  // What is drawn begins with the bar of the window: counted, it tells that everything was drawn again.
  await electron.evaluate(({ BrowserWindow }) => {
    const drawn = { times: 0 };
    Object.assign(globalThis, { drawn });
    const draw = BrowserWindow.prototype.setProgressBar;
    BrowserWindow.prototype.setProgressBar = function (...args) {
      drawn.times += 1;
      draw.apply(this, args);
    };
  });
  const drawnTimes = () =>
    electron.evaluate(() => (globalThis as unknown as { drawn: { times: number } }).drawn.times);
  const tellMenu = (event: string) =>
    electron.evaluate((_, name) => {
      const { menu } = (globalThis as unknown as { seen: { menu: { emit(event: string): void } } }).seen;
      menu.emit(name);
    }, event);
  await tellMenu('menu-will-show');
  await clickTray(electron, 'toggle');
  await expect.poll(() => windowShown(electron, 'large')).toBe(false);
  for (let round = 0; round < 2; round += 1) {
    const before = await drawnTimes();
    await electron.evaluate(({ app }) => app.emit('browser-window-focus'));
    await expect.poll(drawnTimes).toBeGreaterThan(before);
    expect((await trayItems(electron)).flat()).toContain('Hide Numberdesk');
  }
  await tellMenu('menu-will-close');
  await expect.poll(async () => (await trayItems(electron)).flat()).toContain('Show Numberdesk');
});

test('a sync that fails behind the window is told once, and a click leads to the list', async ({
  launch,
  sandbox,
}) => {
  const { page, electron } = await launch();
  if (!electron) throw new Error('this is not the desktop');
  await signInSynced(page, sandbox);
  await watchSystem(electron);
  await page.getByRole('link', { name: /^Activity/ }).click();
  await electron.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()
      .find((window) => window.isResizable())
      ?.hide();
  });
  await sandbox.setFaults(['*:401:1']);
  await page.evaluate(() => {
    const { numberdesk } = window as unknown as {
      numberdesk: { invoke(method: string, input: object): void };
    };
    numberdesk.invoke('sync.start', {});
  });
  await expect.poll(() => notes(electron)).toEqual(['The list could not be synced']);
  await electron.evaluate(() => {
    (globalThis as unknown as { seen: Seen }).seen.notes[0]?.emit('click');
  });
  await expect(counts(page)).toHaveText('1,200 numbers');
  await expect.poll(() => windowShown(electron, 'large')).toBe(true);
});

test('after a sleep the list is synced by itself', async ({ launch, sandbox }) => {
  const { page, electron } = await launch();
  await signInSynced(page, sandbox);
  const listed = await (await fetch(sandbox.ledgerUrl.replace('ledger', 'owned'))).text();
  await sandbox.mutate({ remove: [listed.split(' ')[0] ?? ''] });
  await electron?.evaluate(({ powerMonitor }) => powerMonitor.emit('resume'));
  // It waits some seconds first: the network of a computer that wakes is not there at once.
  await expect(counts(page)).toHaveText('1,199 numbers', { timeout: 20_000 });
});

test('a second start hands over what it was asked for: quick search, an account', async ({
  launch,
  sandbox,
  dataDir,
}) => {
  const { page, electron } = await launch(['--demo']);
  if (!electron) throw new Error('this is not the desktop');
  await expect(counts(page)).toHaveText('2,480 numbers');
  await page.locator('aside [aria-haspopup="menu"]').click();
  await page.getByRole('menuitem', { name: 'Add account…' }).click();
  await signInSynced(page, sandbox);
  const start = async (...args: string[]) => {
    const second = spawn(electronExecutable(), electronArguments(dataDir, args), { stdio: 'ignore' });
    expect(await new Promise((resolve) => second.once('exit', resolve))).toBe(0);
  };
  await start('--account', 'demo ACCOUNT');
  await expect(counts(page)).toHaveText('2,480 numbers');
  expect(await windowShown(electron, 'small')).toBe(false);
  await start('--quick-search', '--account=Test account');
  await expect.poll(() => windowShown(electron, 'small')).toBe(true);
  await expect(counts(page)).toHaveText('1,200 numbers');
});

test('keys of the window: a screen, and quick search', async ({ launch }) => {
  const { page, electron } = await launch(['--demo']);
  if (!electron) throw new Error('this is not the desktop');
  await expect(counts(page)).toHaveText('2,480 numbers');
  await page.keyboard.press('Control+4');
  await expect(page.getByRole('main', { name: 'Activity' })).toBeVisible();
  await page.keyboard.press('Control+Shift+F');
  await expect.poll(() => windowShown(electron, 'small')).toBe(true);
  const accelerators = await electron.evaluate(({ Menu }) =>
    ['numbers', 'quick-search', 'export-numbers', 'updates'].map(
      (id) => Menu.getApplicationMenu()?.getMenuItemById(id)?.accelerator ?? null,
    ),
  );
  // No feed was built in: there is no command to look for updates.
  expect(accelerators).toEqual([
    'CommandOrControl+1',
    'CommandOrControl+Shift+F',
    'CommandOrControl+E',
    null,
  ]);
});

test('a start at login begins in the tray when the app stays there, and quick search brings it out', async ({
  launch,
  dataDir,
  environment,
}) => {
  const first = await launch(['--demo']);
  await expect(counts(first.page)).toHaveText('2,480 numbers');
  await first.page.getByRole('button', { name: 'Settings' }).click();
  await first.page.getByRole('button', { name: 'Desktop' }).click();
  await first.page.getByLabel('Closing the window keeps Numberdesk in the tray').check();
  await first.page.getByLabel(/Start Numberdesk when you log in/).check();
  await expectAccessible(first.page);
  const entry = path.join(environment['XDG_CONFIG_HOME'] ?? '', 'autostart/numberdesk.desktop');
  await expect.poll(() => existsSync(entry)).toBe(true);
  expect(readFileSync(entry, 'utf8')).toMatch(/^Exec=.* --hidden$/m);
  await first.page.getByLabel(/Start Numberdesk when you log in/).uncheck();
  await expect.poll(() => existsSync(entry)).toBe(false);
  await first.close();

  const hidden = await _electron.launch({
    executablePath: electronExecutable(),
    args: electronArguments(dataDir, ['--hidden']),
    env: { ...(process.env as Record<string, string>), ...environment },
  });
  holdAnswers(hidden);
  // The small window is there, ready and hidden; there is no large one.
  await expect.poll(() => hidden.windows().map((page) => page.url().endsWith('#quick'))).toEqual([true]);
  expect(await windowShown(hidden, 'large')).toBe(false);
  await hidden.evaluate(({ Menu }) => {
    Menu.getApplicationMenu()?.getMenuItemById('quick-search')?.click();
  });
  await expect.poll(() => windowShown(hidden, 'small')).toBe(true);
  await hidden.close();
});

test('all that is kept here is deleted only after the word, and nothing of it is left', async ({
  launch,
  dataDir,
}) => {
  const { page } = await launch(['--demo']);
  await expect(counts(page)).toHaveText('2,480 numbers');
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Data' }).click();
  await expectAccessible(page);
  const button = page.getByRole('button', { name: 'Delete all local data' });
  await expect(button).toBeDisabled();
  await page.getByLabel('Type delete to confirm').fill('delete');
  await button.click();
  await expect(page.getByRole('button', { name: 'Try the demo account' })).toBeVisible();
  await expect.poll(() => existsSync(path.join(dataDir, 'accounts'))).toBe(false);
  expect(readFileSync(path.join(dataDir, 'accounts.json'), 'utf8')).not.toContain('demo');
});

test.describe('where no tray is shown', () => {
  test.use({ tray: false });
  test('closing the window quits, and settings say why', async ({ launch }) => {
    const { page, electron } = await launch(['--demo']);
    if (!electron) throw new Error('this is not the desktop');
    await expect(counts(page)).toHaveText('2,480 numbers');
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Desktop' }).click();
    await expect(page.getByTestId('no-tray')).toContainText('closing the window quits');
    await expectAccessible(page);
    const gone = electron.waitForEvent('close');
    await closeLarge(electron);
    await gone;
  });
});
