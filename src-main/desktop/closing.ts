/** How the app ends: everything is closed first, in order, whoever asks it to quit. */

export type ClosingOptions = {
  readonly app: {
    on(event: 'before-quit' | 'will-quit', listener: (event: { preventDefault(): void }) => void): unknown;
    quit(): void;
  };
  /** Electron's own updater: it tells that windows are closed for an update, before `before-quit` does. */
  readonly autoUpdater: { on(event: 'before-quit-for-update', listener: () => void): unknown };
  readonly application: Promise<{ close(): Promise<void> }>;
};

export class Closing {
  #options: ClosingOptions;
  #quitting = false;
  #closed: Promise<void> | null = null;
  #done = false;

  constructor(options: ClosingOptions) {
    this.#options = options;
    const { app, autoUpdater } = options;
    const quits = () => {
      this.#quitting = true;
    };
    app.on('before-quit', quits);
    autoUpdater.on('before-quit-for-update', quits);
    app.on('will-quit', (event) => {
      if (this.#done) return;
      event.preventDefault();
      void this.everything().then(() => {
        // Not from inside the event: if nothing had to be closed, Electron is still in the middle of its own call to quit.
        setImmediate(() => {
          app.quit();
        });
      });
    });
  }

  /** The app is on its way out: windows close without a question, and nothing hides instead of closing. */
  get quitting(): boolean {
    return this.#quitting;
  }

  /** From now on every window closes: an update has been agreed to. */
  begin(): void {
    this.#quitting = true;
  }

  /** Ends what is on its way and writes everything out. Once, however often it is asked for; never rejects. */
  everything(): Promise<void> {
    this.#closed ??= this.#options.application
      .then((started) => started.close())
      .catch(() => undefined)
      .then(() => {
        this.#done = true;
      });
    return this.#closed;
  }
}

export type CloseSituation = {
  readonly platform: NodeJS.Platform;
  readonly quitting: boolean;
  /** What the person chose; null before the first question. */
  readonly closeToTray: boolean | null;
  readonly tray: 'shown' | 'missing' | 'unknown';
};

/** Whether closing the large window asks first what that means. macOS has its own answer: the app stays in the Dock. */
export function asksAboutTray({ platform, quitting, closeToTray, tray }: CloseSituation): boolean {
  return platform !== 'darwin' && !quitting && closeToTray === null && tray === 'shown';
}

/** Whether the app goes on without a window: in the Dock of macOS, or in a tray that is there and was chosen. */
export function staysWithoutWindow(situation: Omit<CloseSituation, 'quitting'>): boolean {
  return situation.platform === 'darwin' || (situation.tray !== 'missing' && situation.closeToTray === true);
}
