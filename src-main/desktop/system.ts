/** The parts of the desktop that differ by system, made for the one this is. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { app, dialog, nativeImage } from 'electron';
import { Badge } from './badge.ts';
import type { Closing } from './closing.ts';
import {
  linuxLoginItems,
  LoginItem,
  loginCommand,
  macLoginItems,
  windowsLoginItems,
  type LoginItemApp,
} from './login-item.ts';
import { Updates, type Updater } from './updates.ts';

/** `startArguments`: what the executable needs besides our options to start this app, when it is not packaged. */
export function makeLoginItem(dataDir: string, startArguments: readonly string[]): LoginItem {
  const { platform } = process;
  const system = app as unknown as LoginItemApp;
  const items =
    platform === 'win32'
      ? windowsLoginItems(system)
      : platform === 'darwin'
        ? macLoginItems(system)
        : linuxLoginItems();
  // An AppImage runs from a place that is gone afterwards; its own file is named here.
  const executable = process.env['APPIMAGE'] ?? process.execPath;
  return new LoginItem({
    items,
    command: loginCommand(platform, executable, startArguments),
    file: path.join(dataDir, 'login-item.json'),
  });
}

export function makeBadge(pictures: string): Badge<Electron.NativeImage> {
  return new Badge({
    platform: process.platform,
    app,
    overlay: (count) => nativeImage.createFromPath(path.join(pictures, `${Math.min(count, 9)}.png`)),
  });
}

export type UpdateParts = {
  readonly closing: Closing;
  readonly busy: () => Promise<boolean>;
  readonly log: (line: string) => void;
  readonly hideWindows: () => void;
};

/** Null where no feed was given when this app was built. */
export function makeUpdates({ closing, busy, log, hideWindows }: UpdateParts): Updates | null {
  // Written by electron-builder when a feed was given.
  if (!app.isPackaged || !existsSync(path.join(process.resourcesPath, 'app-update.yml'))) return null;
  return new Updates({
    async load() {
      const { autoUpdater } = await import('electron-updater');
      return autoUpdater as Updater;
    },
    ask: async ({ text, detail, yes }) => {
      const { response } = await dialog.showMessageBox({
        ...{ type: 'question', message: text, detail, buttons: [yes, 'Later'] },
        ...{ defaultId: 1, cancelId: 1 },
      });
      return response === 0;
    },
    say: (text) => void dialog.showMessageBox({ message: text, buttons: ['OK'] }),
    busy,
    log,
    closeEverything() {
      closing.begin();
      hideWindows();
      return closing.everything();
    },
    startAgain() {
      const appImage = process.env['APPIMAGE'];
      app.relaunch(appImage ? { execPath: appImage } : {});
      app.exit(0);
    },
  });
}

/** What a right click on the app's button in the task bar of Windows offers. */
export function setJumpList(startArguments: readonly string[], title: string): void {
  if (process.platform !== 'win32') return;
  const quoted = [...startArguments.map((word) => `"${word}"`), '--quick-search'];
  app.setUserTasks([
    {
      program: process.execPath,
      arguments: quoted.join(' '),
      title,
      description: 'Find one of your numbers and copy it',
      iconPath: process.execPath,
      iconIndex: 0,
    },
  ]);
}

export function setAbout(icon: string): void {
  app.setAboutPanelOptions({
    applicationName: 'Numberdesk',
    applicationVersion: app.getVersion(),
    copyright: 'The Numberdesk authors. MIT licence.',
    iconPath: icon,
  });
}
