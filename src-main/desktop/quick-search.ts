import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import { eventChannel } from './channels.ts';
import { appOrigin } from './origin.ts';
import { placeWindow } from './window-state.ts';

const size = { width: 560, height: 420 };

/**
 * The small window that answers at once. Made hidden, and kept: showing it is all that a shortcut has to wait for. On
 * Linux it hides on Escape and when another window of ours is shown: losing the focus is told wrongly there.
 */
export class QuickSearch {
  #preload: string;
  #onMade: (window: BrowserWindow) => void;
  #quitting: () => boolean;
  #window: BrowserWindow | null = null;

  constructor(options: {
    preload: string;
    onMade: (window: BrowserWindow) => void;
    /** Only then is the window closed; otherwise it is hidden, whichever key or menu asks it to close. */
    quitting: () => boolean;
  }) {
    this.#preload = options.preload;
    this.#onMade = options.onMade;
    this.#quitting = options.quitting;
  }

  get window(): BrowserWindow | null {
    return this.#window && !this.#window.isDestroyed() ? this.#window : null;
  }

  /** Makes the window without showing it. */
  prepare(): BrowserWindow {
    const ready = this.window;
    if (ready) return ready;
    const window = new BrowserWindow({
      ...size,
      show: false,
      frame: false,
      resizable: false,
      maximizable: false,
      minimizable: false,
      fullscreenable: false,
      skipTaskbar: true,
      alwaysOnTop: true,
      // macOS: over full-screen apps too, and without bringing the large window along.
      ...(process.platform === 'darwin' ? { type: 'panel' } : {}),
      title: 'Quick search',
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#22262c' : '#ffffff',
      webPreferences: {
        preload: this.#preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        webviewTag: false,
        spellcheck: false,
        // A hidden window answers with its last frame; it must not fall asleep.
        backgroundThrottling: false,
      },
    });
    this.#window = window;
    if (process.platform !== 'linux') {
      window.on('blur', () => {
        this.hide();
      });
    }
    window.on('close', (event) => {
      if (this.#quitting()) return;
      event.preventDefault();
      this.hide();
    });
    window.webContents.on('render-process-gone', (_, { reason }) => {
      if (reason !== 'clean-exit' && !window.isDestroyed()) window.reload();
    });
    this.#onMade(window);
    void window.loadURL(`${appOrigin}/index.html#quick`);
    return window;
  }

  /** Shows it on the display the pointer is on, where the system lets windows be placed. */
  show(): void {
    const window = this.prepare();
    const { workArea } = screen.getDisplayNearestPoint(screen.getCursorScreenPoint());
    const x = Math.round(workArea.x + (workArea.width - size.width) / 2);
    const y = Math.round(workArea.y + workArea.height / 5);
    placeWindow(window, { x, y, ...size });
    window.show();
    window.focus();
  }

  hide(): void {
    const { window } = this;
    if (!window?.isVisible()) return;
    window.hide();
    // What was typed was given up: the next time it begins empty.
    window.webContents.send(eventChannel, 'quickHidden', null);
    // macOS gives the focus back to the app it was taken from only when this one hides as a whole.
    const others = BrowserWindow.getAllWindows().some((other) => other !== window && other.isVisible());
    if (process.platform === 'darwin' && !others) app.hide();
  }

  toggle(): void {
    if (this.window?.isVisible()) this.hide();
    else this.show();
  }
}
