/** Updates: looked for where a feed was given at build time, fetched and installed only after a yes. */

/** What of electron-updater is used; a test brings its own. */
export type Updater = {
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
  checkForUpdates(): Promise<{
    readonly isUpdateAvailable: boolean;
    readonly updateInfo: { readonly version: string };
  } | null>;
  downloadUpdate(): Promise<unknown>;
  quitAndInstall(): void;
};

export type UpdatesOptions = {
  readonly load: () => Promise<Updater>;
  /** Two buttons; resolves true for the first one. Escape means the second. */
  readonly ask: (question: {
    readonly text: string;
    readonly detail: string;
    readonly yes: string;
  }) => Promise<boolean>;
  /** Says something that needs no answer. */
  readonly say: (text: string) => void;
  readonly log: (line: string) => void;
  /** Runs and plans that a restart would interrupt. */
  readonly busy: () => Promise<boolean>;
};

export class Updates {
  #options: UpdatesOptions;
  #updater: Promise<Updater> | null = null;
  #state: 'idle' | 'checking' | 'loading' | 'loaded' = 'idle';
  /** The version that was put off: not asked about again by itself. */
  #putOff = '';

  constructor(options: UpdatesOptions) {
    this.#options = options;
  }

  /** Looks once. `asked` by a person: everything is answered; otherwise only a new version says anything. */
  async check(asked: boolean): Promise<void> {
    // Once one is fetched nothing is looked for any more: two versions at once end in half of each.
    if (this.#state === 'loaded') {
      if (asked) await this.#offerRestart();
      return;
    }
    if (this.#state !== 'idle') return;
    this.#state = 'checking';
    try {
      await this.#look(asked);
    } catch {
      this.#options.log('updates could not be looked for');
      if (asked) this.#options.say('The server of updates could not be asked. Try again later.');
    }
    // Changed by what was awaited.
    if ((this.#state as string) !== 'loaded') this.#state = 'idle';
  }

  async #look(asked: boolean): Promise<void> {
    const { ask, say } = this.#options;
    const updater = await (this.#updater ??= this.#prepare());
    const found = await updater.checkForUpdates();
    if (!found?.isUpdateAvailable) {
      if (asked) say('This is the newest version.');
      return;
    }
    const { version } = found.updateInfo;
    if (!asked && version === this.#putOff) return;
    const detail = 'It is fetched in the background. You are asked again before it is installed.';
    if (!(await ask({ text: `Numberdesk ${version} is there. Fetch it?`, detail, yes: 'Fetch' }))) {
      this.#putOff = version;
      return;
    }
    this.#state = 'loading';
    await updater.downloadUpdate();
    this.#state = 'loaded';
    await this.#offerRestart();
  }

  async #offerRestart(): Promise<void> {
    const { ask, busy } = this.#options;
    const detail = (await busy())
      ? 'An order or a change of routes is running. It is paused, and waits for you afterwards.'
      : 'Numberdesk restarts. Nothing you have open is lost.';
    if (
      await ask({ text: 'The update is ready. Restart and install it?', detail, yes: 'Restart and Install' })
    ) {
      (await this.#updater)?.quitAndInstall();
    }
  }

  async #prepare(): Promise<Updater> {
    const updater = await this.#options.load();
    updater.autoDownload = false;
    updater.autoInstallOnAppQuit = false;
    return updater;
  }
}
