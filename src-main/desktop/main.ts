import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, BrowserWindow, powerMonitor, session } from 'electron';
import { createApplication } from '../application.ts';
import { openLog } from '../log-file.ts';
import { readStartOptions } from '../options.ts';
import { guardEverything, guardPermissions } from './guards.ts';
import { connectIpc } from './ipc.ts';
import { openMainWindow } from './main-window.ts';
import { installMenu } from './menu.ts';
import { closeNetwork, registerScheme, serveRenderer } from './protocol.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

// Every renderer in a sandbox, whatever a window's options say. Who runs tests as root has to give Chromium's own
// switch against it, and both together start no process at all.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
const options = readStartOptions(ownArguments(process.argv));
mkdirSync(options.dataDir, { recursive: true });
app.setPath('userData', options.dataDir);
app.setPath('sessionData', path.join(options.dataDir, 'browser'));
app.setAppUserModelId('app.numberdesk');

// The lock is per data folder: before anything opens the list, the keychain or a port.
if (app.requestSingleInstanceLock()) run();
else app.quit();

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
  });
  application.catch((thrown: unknown) => {
    log(`the application could not start: ${thrown instanceof Error ? thrown.message : 'unknown'}`);
    app.exit(1);
  });

  const open = () => {
    const window = openMainWindow({
      dataDir: options.dataDir,
      preload: path.join(here, 'preload.cjs'),
      icon: path.join(here, '../../assets/icons/256x256.png'),
      log,
    });
    const { id } = window.webContents;
    windows.add(id);
    window.webContents.once('destroyed', () => windows.delete(id));
  };

  app.on('second-instance', () => {
    const [window] = BrowserWindow.getAllWindows();
    if (!window) {
      open();
      return;
    }
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) open();
  });
  closeInOrder(application);

  void app.whenReady().then(() => {
    installMenu();
    guardPermissions(session.defaultSession);
    closeNetwork(session.defaultSession);
    serveRenderer(session.defaultSession, path.join(here, '../renderer'));
    connectIpc({ application, windows, allWindows: () => BrowserWindow.getAllWindows(), log });
    open();
    powerMonitor.on('resume', () => {
      void application.then((started) => {
        started.wake();
      });
    });
  });
}

/** Quitting waits until the list is written out. */
function closeInOrder(application: Promise<{ close(): Promise<void> }>): void {
  let closed = false;
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    void application
      .then((started) => started.close())
      .catch(() => undefined)
      .then(() => {
        closed = true;
        app.quit();
      });
  });
}

/** Our options out of Electron's command line: Chromium's switches and the app's own path are not for us. */
function ownArguments(argv: readonly string[]): string[] {
  const own: string[] = [];
  for (let i = 1; i < argv.length; i += 1) {
    const word = argv[i] ?? '';
    if (/^--(data-dir|port)$/.test(word)) own.push(word, argv[(i += 1)] ?? '');
    else if (/^--(demo|browser|no-open|data-dir=.*|port=.*)$/.test(word)) own.push(word);
  }
  return own;
}
