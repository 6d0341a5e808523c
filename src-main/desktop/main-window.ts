import path from 'node:path';
import { BrowserWindow, nativeTheme, screen } from 'electron';
import { writeJsonFile } from '../platform/storage/json-file.ts';
import { appOrigin } from './origin.ts';
import { placeWindow, readWindowState, smallest, visibleBounds } from './window-state.ts';

const keepAfterMs = 400;

/** Opens the main window where it was last, sandboxed, and shows it when its first frame is ready. */
export function openMainWindow(options: {
  dataDir: string;
  preload: string;
  icon: string;
  log: (line: string) => void;
}): BrowserWindow {
  const stateFile = path.join(options.dataDir, 'window.json');
  const state = readWindowState(stateFile);
  const primary = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id);
  const displays = [primary, ...others].map(({ workArea }) => workArea);
  const bounds = visibleBounds(state.bounds, displays);
  const window = new BrowserWindow({
    ...bounds,
    minWidth: Math.min(smallest.width, bounds.width),
    minHeight: Math.min(smallest.height, bounds.height),
    show: false,
    title: 'Numberdesk',
    icon: options.icon,
    // The colours of the first frame, so that no white flash comes before it.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181d' : '#ffffff',
    autoHideMenuBar: true,
    webPreferences: {
      preload: options.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    },
  });
  const { x, y, width, height } = bounds;
  if (displays.length > 1 && x !== undefined && y !== undefined) placeWindow(window, { x, y, width, height });
  if (state.maximized) window.maximize();
  window.once('ready-to-show', () => {
    window.show();
  });
  window.webContents.on('render-process-gone', (_, details) => {
    options.log(`the window's process ended: ${details.reason}`);
    if (details.reason !== 'clean-exit' && !window.isDestroyed()) window.reload();
  });
  keepState(window, stateFile);
  void window.loadURL(`${appOrigin}/index.html`);
  return window;
}

function keepState(window: BrowserWindow, file: string): void {
  let timer: NodeJS.Timeout | null = null;
  const write = () => {
    timer = null;
    if (window.isDestroyed() || window.isMinimized()) return;
    const state = { bounds: window.getNormalBounds(), maximized: window.isMaximized() };
    writeJsonFile(file, state).catch(() => undefined);
  };
  const soon = () => {
    timer ??= setTimeout(write, keepAfterMs);
  };
  window.on('resize', soon);
  window.on('move', soon);
  window.on('close', () => {
    if (timer) clearTimeout(timer);
    write();
  });
}
