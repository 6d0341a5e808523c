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
  /** Starts the installer and quits. On Windows and Linux the installer runs from this moment on. */
  quitAndInstall(): void;
  on(event: 'error', listener: () => void): unknown;
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
  /** True while an order or a plan sends requests, or is about to. */
  readonly busy: () => Promise<boolean>;
  /** Ends what is on its way and writes everything out; windows go without a question from then on. */
  readonly closeEverything: () => Promise<void>;
  /** Starts the app anew: everything is closed, and the installer did not begin. */
  readonly startAgain: () => void;
};

export class Updates {
  #options: UpdatesOptions;
  #updater: Promise<Updater> | null = null;
  #state: 'idle' | 'checking' | 'loading' | 'loaded' | 'installing' = 'idle';
  /** The version that was put off: not asked about again by itself. */
  #putOff = '';
  /** It is fetched, and was not offered because of what ran. */
  #waitsForJobs = false;
  #asking = false;

  constructor(options: UpdatesOptions) {
    this.#options = options;
  }

  /** Looks once. `asked` by a person: everything is answered; otherwise only a new version says anything. */
  async check(asked: boolean): Promise<void> {
    // Once a version is fetched none is looked for any more: two downloads at once would mix their files.
    if (this.#state === 'loaded') {
      if (asked) await this.#offerRestart(true);
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
    // These may have changed while the answer was awaited.
    if (['checking', 'loading'].includes(this.#state)) this.#state = 'idle';
  }

  /** An order or a plan has come to a halt: what waited for it is offered now. */
  async jobsEnded(): Promise<void> {
    if (this.#waitsForJobs && this.#state === 'loaded') await this.#offerRestart(false);
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
    await this.#offerRestart(false);
  }

  async #offerRestart(asked: boolean): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      await this.#offer(asked);
    } finally {
      this.#asking = false;
    }
  }

  async #offer(asked: boolean): Promise<void> {
    const { ask, log } = this.#options;
    if (await this.#mustWait(asked)) return;
    const detail = 'Numberdesk closes, and starts again with the new version. Nothing you have open is lost.';
    if (
      !(await ask({
        text: 'The update is ready. Restart and install it?',
        detail,
        yes: 'Restart and Install',
      }))
    )
      return;
    // The question may have been open for hours.
    if (await this.#mustWait(true)) return;
    const updater = await this.#updater;
    if (!updater) return;
    this.#state = 'installing';
    // The installer replaces the files of the app and ends it when it is in the way: a purchase whose answer is on its way
    // would be lost. So everything is closed before it begins.
    await this.#options.closeEverything();
    updater.on('error', () => {
      log('the update could not be installed');
      this.#options.startAgain();
    });
    try {
      updater.quitAndInstall();
    } catch {
      log('the installer of the update could not be started');
      this.#options.startAgain();
    }
  }

  /** Never while a job runs, whoever asks. */
  async #mustWait(say: boolean): Promise<boolean> {
    this.#waitsForJobs = await this.#options.busy();
    if (this.#waitsForJobs && say) {
      this.#options.say(
        'An order or a change of routes is running. The update is fetched, and is offered again when that has ended.',
      );
    }
    return this.#waitsForJobs;
  }

  async #prepare(): Promise<Updater> {
    const updater = await this.#options.load();
    updater.autoDownload = false;
    updater.autoInstallOnAppQuit = false;
    return updater;
  }
}
