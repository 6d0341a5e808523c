/** What `system.ts` makes of Electron for each system, with an Electron that only takes notes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Closing } from '../../src-main/desktop/closing.ts';

const electron = vi.hoisted(() => ({
  app: {
    isPackaged: false,
    getVersion: () => '1.2.3',
    setUserTasks: vi.fn(),
    setAboutPanelOptions: vi.fn(),
    setBadgeCount: vi.fn(() => true),
    setLoginItemSettings: vi.fn(),
    getLoginItemSettings: vi.fn(() => ({ openAtLogin: false, launchItems: [] })),
    relaunch: vi.fn(),
    exit: vi.fn(),
  },
  dialog: { showMessageBox: vi.fn(() => Promise.resolve({ response: 0 })) },
  nativeImage: { createFromPath: vi.fn((file: string) => file) },
  updater: {
    checkForUpdates: () => Promise.resolve({ isUpdateAvailable: true, updateInfo: { version: '9' } }),
    downloadUpdate: () => Promise.resolve(),
    quitAndInstall: vi.fn(),
    on: vi.fn(),
  },
}));
vi.mock('electron', () => electron);
vi.mock('electron-updater', () => ({ autoUpdater: electron.updater }));
const { makeBadge, makeLoginItem, makeUpdates, setAbout, setJumpList } =
  await import('../../src-main/desktop/system.ts');

const platform = Object.getOwnPropertyDescriptor(process, 'platform') as PropertyDescriptor;
const as = (value: NodeJS.Platform) => Object.defineProperty(process, 'platform', { ...platform, value });
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-made-'));
  vi.clearAllMocks();
});
afterEach(() => {
  Object.defineProperty(process, 'platform', platform);
  rmSync(folder, { recursive: true });
});

test('a right click in the task bar of Windows offers quick search, and only there', () => {
  as('linux');
  setJumpList([], 'Quick Search');
  expect(electron.app.setUserTasks).not.toHaveBeenCalled();
  as('win32');
  setJumpList(['C:\\the app'], 'Quick Search');
  expect(electron.app.setUserTasks.mock.calls).toEqual([
    [
      [
        expect.objectContaining({
          program: process.execPath,
          arguments: '"C:\\the app" --quick-search',
          title: 'Quick Search',
        }),
      ],
    ],
  ]);
});

test('About tells the name and the version', () => {
  setAbout('icon.png');
  expect(electron.app.setAboutPanelOptions).toHaveBeenCalledWith(
    expect.objectContaining({
      applicationName: 'Numberdesk',
      applicationVersion: '1.2.3',
      iconPath: 'icon.png',
    }),
  );
});

test('the badge has a picture for one to nine', () => {
  as('win32');
  const window = { setOverlayIcon: vi.fn() };
  const badge = makeBadge('pictures');
  badge.show(window, 2);
  badge.show(window, 12);
  expect(electron.nativeImage.createFromPath.mock.calls.flat()).toEqual([
    path.join('pictures', '2.png'),
    path.join('pictures', '9.png'),
  ]);
});

test('the start at login is written for Windows with its path in quotes', async () => {
  as('win32');
  await makeLoginItem(folder, []).set(true);
  expect(electron.app.setLoginItemSettings).toHaveBeenCalledWith({
    ...{ openAtLogin: true, path: `"${process.execPath}"`, args: ['--hidden'], enabled: true },
  });
});

test('there are updates only in a packaged app with a feed, and their installer begins when all is closed', async () => {
  const order: string[] = [];
  const closing = {
    begin: () => order.push('no questions'),
    everything: () => Promise.resolve(void order.push('closed')),
  } as unknown as Closing;
  const parts = {
    ...{ closing, log: () => undefined, busy: () => Promise.resolve(false) },
    hideWindows: () => void order.push('hidden'),
  };
  expect(makeUpdates(parts)).toBeNull();
  electron.app.isPackaged = true;
  const resources = Object.getOwnPropertyDescriptor(process, 'resourcesPath');
  Object.defineProperty(process, 'resourcesPath', { value: folder, configurable: true });
  expect(makeUpdates(parts)).toBeNull();
  writeFileSync(path.join(folder, 'app-update.yml'), '');
  electron.updater.quitAndInstall.mockImplementation(() => {
    order.push('install');
  });
  await makeUpdates(parts)?.check(true);
  expect(order).toEqual(['no questions', 'hidden', 'closed', 'install']);
  // The installer that says later that it could not begin brings the app back.
  const [, failed] = electron.updater.on.mock.calls[0] as [string, () => void];
  failed();
  expect([electron.app.relaunch.mock.calls.length, electron.app.exit.mock.calls]).toEqual([1, [[0]]]);
  electron.app.isPackaged = false;
  if (resources) Object.defineProperty(process, 'resourcesPath', resources);
  else Reflect.deleteProperty(process, 'resourcesPath');
});
