import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, autoUpdater, BrowserWindow, dialog, powerMonitor, session } from 'electron';
import { createApplication } from '../app/application.ts';
import { bringFormerData } from '../app/data-folder.ts';
import { Network } from '../carrier/flowroute/http/network.ts';
import { systemProxies } from '../carrier/flowroute/http/proxies.ts';
import { openLog } from '../app/log-file.ts';
import { ownArguments, readStartOptions, type StartOptions } from '../app/options.ts';
import { makeDataFolder, startTrouble } from '../app/start-trouble.ts';
import { Closing } from './closing.ts';
import { guardEverything, guardPermissions } from './guards.ts';
import { connectIpc } from './ipc.ts';
import { openedAtLogin, type LoginItemApp } from './login-item.ts';
import { openMainWindow } from './main-window.ts';
import { installMenu } from './menu.ts';
import { QuickSearch } from './quick-search.ts';
import { Shell } from './shell.ts';
import { closeNetwork, registerScheme, serveRenderer } from './protocol.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

// Every renderer in a sandbox, whatever a window's options say. Who runs tests as root has to give Chromium's own
// switch against it, and both together start no process at all.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
const argv = ownArguments(process.argv);
const options = orSay(() => {
  const read = readStartOptions(argv);
  // Before anything makes or locks the folder. Data that cannot be brought is left where it is, and nothing is begun beside it.
  if (read.formerDataDir !== null) bringFormerData({ from: read.formerDataDir, to: read.dataDir });
  makeDataFolder(read.dataDir);
  return read;
});
app.setPath('userData', options.dataDir);
app.setPath('sessionData', path.join(options.dataDir, 'browser'));
app.setAppUserModelId('app.numberdesk');

// The lock is per data folder: before anything opens the list, the keychain or a port. A second start hands its options
// over with it: the command line that Electron passes on is in Chromium's order.
if (app.requestSingleInstanceLock({ argv })) run();
else app.quit();

/** What a start cannot do without; where it fails, a sentence is shown and nothing is begun. */
function orSay<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    const { message, action } = startTrouble(thrown);
    dialog.showErrorBox('Numberdesk cannot start', `${message}\n\n${action}`);
    process.exit(1);
  }
}

function run(): void {
  const log = openLog(options.dataDir);
  registerScheme();
  guardEverything(log);
  const windows = new Set<number>();
  const application = createApplication({
    dataDir: options.dataDir,
    host: 'desktop',
    version: app.getVersion(),
    workerUrl: new URL('./storage-worker.cjs', import.meta.url),
    demo: options.demo,
    log,
    locale: () => (app.isReady() ? app.getSystemLocale() : null),
    network: new Network({
      proxies: systemProxies(async (origin) => {
        await app.whenReady();
        return session.defaultSession.resolveProxy(origin);
      }),
    }),
  });
  application.catch((thrown: unknown) => {
    const { message, action } = startTrouble(thrown);
    log(`the application could not start: ${message}`);
    dialog.showErrorBox('Numberdesk cannot start', `${message}\n\n${action}`);
    app.exit(1);
  });

  const preload = path.join(here, 'preload.cjs');
  const assets = path.join(here, '../../assets');
  const icon = path.join(assets, 'icons/256x256.png');
  const trust = (window: BrowserWindow) => {
    const { id } = window.webContents;
    windows.add(id);
    window.webContents.once('destroyed', () => windows.delete(id));
  };
  let main: BrowserWindow | null = null;
  const open = () => {
    main = openMainWindow({ dataDir: options.dataDir, preload, icon, log });
    trust(main);
    const opened = main;
    opened.on('close', (event) => {
      if (!shell.mayClose(opened)) event.preventDefault();
    });
    main.once('closed', () => {
      main = null;
      // The small window is hidden, and alone it would keep the app running for nobody.
      if (!shell.staysWithoutWindow) app.quit();
    });
    return main;
  };
  const showMain = () => {
    const window = main ?? open();
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
    return window;
  };
  const closing = new Closing({ app, autoUpdater, application });
  const quickSearch = new QuickSearch({ preload, onMade: trust, quitting: () => closing.quitting });
  const shell = new Shell({
    ...{ application, quickSearch, closing, showMain, log, assets },
    dataDir: options.dataDir,
    mainWindow: () => main,
    startArguments: app.isPackaged ? [] : [here],
  });
  const show = (wanted: StartOptions) => {
    if (wanted.account !== null) void shell.openAccount(wanted.account);
    if (wanted.quickSearch) quickSearch.show();
    else showMain();
  };

  app.on('second-instance', (_event, _argv, _folder, handed) => {
    const given = (handed as { argv?: unknown } | null)?.argv;
    try {
      show(readStartOptions(Array.isArray(given) ? given.map(String) : []));
    } catch {
      showMain();
    }
  });
  app.on('window-all-closed', () => {
    if (!shell.staysWithoutWindow) app.quit();
  });
  app.on('activate', () => {
    showMain();
  });

  void app.whenReady().then(() => {
    installMenu({
      run: (id) => {
        shell.run(id);
      },
      updates: shell.updates,
    });
    guardPermissions(session.defaultSession);
    closeNetwork(session.defaultSession);
    serveRenderer(session.defaultSession, path.join(here, '../renderer'));
    connectIpc({ application, windows, allWindows: () => BrowserWindow.getAllWindows(), log });
    const hidden = options.hidden || openedAtLogin(app as unknown as LoginItemApp, process.platform);
    if (!hidden) show(options);
    const ready = shell.start();
    // A start at login waits in the tray, where there is one and it was chosen, or in the Dock; otherwise nobody could
    // find the app.
    if (hidden) {
      void ready.then(() => {
        if (!shell.staysWithoutWindow) show(options);
      });
    }
    powerMonitor.on('resume', () => {
      void application.then((started) => {
        started.wake();
      });
    });
  });
}
