import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  app,
  dialog,
  globalShortcut,
  nativeTheme,
  Notification,
  type BrowserWindow,
  type Tray,
} from 'electron';
import type { Application } from '../application.ts';
import { isDesktopCommand, type CommandId, type DesktopCommandId } from '../contract/commands.ts';
import type { Events } from '../contract/contract.ts';
import type { EventName } from '../contract/names.ts';
import type { DesktopInfo } from '../contract/views.ts';
import { setAutostart } from './login-item.ts';
import { Jobs } from './jobs.ts';
import { NewsDesk, progressOf, type News } from './news.ts';
import type { QuickSearch } from './quick-search.ts';
import { trayHost } from './tray-host.ts';
import { openTray, showMenu, trayTemplate, type TrayState } from './tray.ts';
import { Updates, type Updater } from './updates.ts';

export type ShellOptions = {
  readonly application: Promise<Application>;
  readonly quickSearch: QuickSearch;
  /** Shows the main window, making it when there is none. */
  readonly showMain: () => BrowserWindow;
  readonly mainWindow: () => BrowserWindow | null;
  /** Folder of the tray's pictures. */
  readonly trayIcons: string;
  /** What the executable needs besides our options to start this app: its folder, unless it is packaged. */
  readonly startArguments: readonly string[];
  readonly log: (line: string) => void;
};

/** After the start, and then so often. */
const firstUpdateMs = 30_000;
const updateEveryMs = 6 * 3_600_000;

/** What is outside the windows: tray, global shortcut, and what the small window asks of the large one. */
export class Shell {
  #options: ShellOptions;
  #tray: Tray | null = null;
  #state: TrayState = { visible: false, accounts: null, sync: null, order: null, plan: null };
  #timer: NodeJS.Timeout | null = null;
  #closeToTray: boolean | null = null;
  #quitting = false;
  #news = new NewsDesk();
  #jobs = new Jobs();
  #desktop: DesktopInfo;
  #startsAtLogin: boolean | null = null;
  #checkUpdates = true;
  #updates: Updates | null;
  #updateTimer: NodeJS.Timeout | null = null;

  constructor(options: ShellOptions) {
    this.#options = options;
    // Written by electron-builder when a feed was given.
    const updates = app.isPackaged && existsSync(path.join(process.resourcesPath, 'app-update.yml'));
    this.#updates = updates ? this.#makeUpdates() : null;
    this.#desktop = { tray: 'unknown', shortcut: false, updates };
  }

  /** A feed of updates was given when this app was built. */
  get updates(): boolean {
    return this.#updates !== null;
  }

  /** Closing the last window leaves the app in the tray: only where there may be one, and only when it was chosen. */
  get staysInTray(): boolean {
    return this.#tray !== null && this.#desktop.tray !== 'missing' && this.#closeToTray === true;
  }

  /** The first time a window is closed where there is a tray, it is asked what closing means from now on. */
  mayClose(window: BrowserWindow): boolean {
    if (this.#quitting || this.#closeToTray !== null) return true;
    if (this.#tray === null || this.#desktop.tray !== 'shown') return true;
    void this.#askAboutTray(window);
    return false;
  }

  /** Resolves when it is known where this desktop can show the app: before that, a start without a window must wait. */
  async start(): Promise<void> {
    const { application, log } = this.#options;
    this.#tray = openTray(this.#options.trayIcons, () => {
      this.#toggleWindow();
    });
    const filled = application
      .then(async (started) => {
        started.subscribe((event, payload) => {
          this.#told(event, payload);
        });
        const { value: settings } = (await started.dispatch('settings.get', {})) as {
          value: Events['settings'];
        };
        this.#take(settings);
        this.#tellDesktop({ tray: this.#tray === null ? 'missing' : await trayHost() });
        for (const [method, event] of [
          ['accounts.get', 'accounts'],
          ['sync.status', 'sync'],
        ] as const) {
          const result = await started.dispatch(method, {});
          if (result.ok) this.#told(event, result.value);
        }
        this.#prepareLater();
      })
      .catch(() => {
        log('the tray could not be filled');
      });
    app.on('browser-window-focus', () => {
      this.#drawSoon();
    });
    app.on('before-quit', () => {
      this.#quitting = true;
    });
    app.on('will-quit', () => {
      globalShortcut.unregisterAll();
      for (const timer of [this.#timer, this.#updateTimer]) if (timer) clearTimeout(timer);
    });
    this.#lookForUpdates(firstUpdateMs);
    this.#draw();
    await filled;
  }

  /** Opens the account of this name or id; a name nobody has is told in the log and changes nothing. */
  async openAccount(name: string): Promise<void> {
    const application = await this.#options.application;
    const result = await application.dispatch('accounts.get', {});
    if (!result.ok) return;
    const { accounts, currentId } = result.value as Events['accounts'];
    const wanted = name.trim().toLowerCase();
    const found = accounts.find((one) => one.id === name || one.label.toLowerCase() === wanted);
    if (!found) this.#options.log('the account asked for on the command line is not here');
    else if (found.id !== currentId) await application.dispatch('accounts.switch', { id: found.id });
  }

  /** The small window is made when the large one is there: two pages loading at once only slow each other. */
  #prepareLater(): void {
    const prepare = () => {
      setTimeout(() => {
        if (!this.#quitting) this.#options.quickSearch.prepare();
      }, 300);
    };
    const main = this.#options.mainWindow();
    if (main?.webContents.isLoading()) main.webContents.once('did-finish-load', prepare);
    else prepare();
  }

  #told(event: EventName, payload: unknown): void {
    switch (event) {
      case 'accounts':
        this.#state = { ...this.#state, accounts: payload as Events['accounts'] };
        break;
      case 'sync':
        this.#state = { ...this.#state, sync: payload as Events['sync'] };
        this.#tell(this.#news.sync(payload as Events['sync']));
        break;
      case 'jobs':
        this.#toldJobs(payload as Events['jobs']);
        break;
      case 'settings':
        this.#take(payload as Events['settings']);
        break;
      case 'reveal':
        this.#reveal(payload as Events['reveal']);
        break;
      case 'shell':
        this.#runHere((payload as Events['shell']).id);
        break;
      default:
        return;
    }
    this.#drawSoon();
  }

  /** What happens in an account that is being left is followed and not announced: a click would lead to another one. */
  #toldJobs(jobs: Events['jobs']): void {
    this.#jobs.told(jobs);
    const { order, plan } = this.#jobs;
    this.#state = { ...this.#state, order, plan };
    const news = [jobs.order && this.#news.order(jobs.order), jobs.plan && this.#news.plan(jobs.plan)];
    for (const one of news) if (!jobs.left) this.#tell(one);
  }

  /** Shows the main window and has it run a command: a page that is slow to come takes it when it is there. */
  run(id: CommandId): void {
    if (isDesktopCommand(id)) {
      this.#runHere(id);
      return;
    }
    this.#options.showMain();
    void this.#options.application.then((application) => {
      application.command(id);
    });
  }

  /** Never while the window is in front: it shows the same. */
  #tell(news: News | null): void {
    if (!news || this.#inFront() || !Notification.isSupported()) return;
    const notification = new Notification({ title: news.title, body: news.body });
    notification.on('click', () => {
      this.run(news.command);
    });
    notification.show();
  }

  #inFront(): boolean {
    const window = this.#options.mainWindow();
    return window !== null && window.isVisible() && !window.isMinimized() && window.isFocused();
  }

  #runHere(id: DesktopCommandId): void {
    if (id === 'quick-search') this.#options.quickSearch.toggle();
    else void this.#updates?.check(true);
  }

  #take(settings: Events['settings']): void {
    this.#closeToTray = settings.closeToTray;
    this.#checkUpdates = settings.checkUpdates;
    nativeTheme.themeSource = settings.theme;
    this.#registerShortcut(settings.quickShortcut);
    if (settings.startAtLogin !== this.#startsAtLogin) this.#startAtLogin(settings.startAtLogin);
  }

  /** Written anew at every start where it is on: the app may have moved. Where it was never on, nothing is touched. */
  #startAtLogin(enabled: boolean): void {
    const known = this.#startsAtLogin !== null;
    this.#startsAtLogin = enabled;
    if (!known && !enabled) return;
    const args = [...this.#options.startArguments];
    try {
      if (process.platform === 'linux') {
        // An AppImage runs from a place that is gone afterwards; its own file is named here.
        const executable = process.env['APPIMAGE'] ?? process.execPath;
        setAutostart({ enabled, executable, args });
      } else {
        app.setLoginItemSettings({ openAtLogin: enabled, args: [...args, '--hidden'] });
      }
    } catch {
      this.#options.log('the start at login could not be changed');
    }
  }

  #makeUpdates(): Updates {
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
      busy: () => Promise.resolve(progressOf(this.#state.order, this.#state.plan) >= 0),
      log: this.#options.log,
    });
  }

  #lookForUpdates(inMs: number): void {
    if (!this.#updates) return;
    this.#updateTimer = setTimeout(() => {
      if (this.#checkUpdates) void this.#updates?.check(false);
      this.#lookForUpdates(updateEveryMs);
    }, inMs);
  }

  #tellDesktop(change: Partial<DesktopInfo>): void {
    this.#desktop = { ...this.#desktop, ...change };
    void this.#options.application.then((application) => {
      application.setDesktop(this.#desktop);
    });
  }

  /** The small window hides; the large one shows what was asked for. A window made just now asks again by itself. */
  #reveal({ number }: Events['reveal']): void {
    this.#options.quickSearch.hide();
    if (number !== null) this.#options.showMain();
  }

  #registerShortcut(shortcut: string): void {
    globalShortcut.unregisterAll();
    const registered = shortcut !== '' && this.#tryShortcut(shortcut);
    if (shortcut && !registered) this.#options.log('the quick search shortcut could not be registered');
    this.#tellDesktop({ shortcut: registered });
  }

  #tryShortcut(shortcut: string): boolean {
    try {
      return globalShortcut.register(shortcut, () => {
        this.#options.quickSearch.toggle();
      });
    } catch {
      // Some keys are no shortcut on some systems; Electron throws then.
      return false;
    }
  }

  async #askAboutTray(window: BrowserWindow): Promise<void> {
    const { response } = await dialog.showMessageBox(window, {
      type: 'question',
      message: 'Keep Numberdesk in the tray when its window is closed?',
      detail: 'Quick search and notifications then go on. Settings can change this.',
      buttons: ['Keep in Tray', 'Quit'],
      defaultId: 0,
      cancelId: 1,
    });
    this.#closeToTray = response === 0;
    const application = await this.#options.application;
    await application.dispatch('settings.set', { closeToTray: this.#closeToTray });
    if (!window.isDestroyed()) window.close();
  }

  /** What the menu says it does: hides what can be seen, shows it otherwise. */
  #toggleWindow(): void {
    const window = this.#options.mainWindow();
    if (window?.isVisible() && !window.isMinimized()) window.hide();
    else this.#options.showMain();
    this.#drawSoon();
  }

  #drawSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#draw();
    }, 500);
  }

  #draw(): void {
    const { order, plan, sync } = this.#state;
    this.#options.mainWindow()?.setProgressBar(progressOf(order, plan, sync));
    app.setBadgeCount(this.#jobs.waiting);
    if (!this.#tray || this.#tray.isDestroyed()) return;
    const call = (method: string, input: object) => {
      void this.#options.application.then((application) => application.dispatch(method, input));
    };
    const state = { ...this.#state, visible: this.#options.mainWindow()?.isVisible() ?? false };
    const template = trayTemplate(
      state,
      {
        toggleWindow: () => {
          this.#toggleWindow();
        },
        quickSearch: () => {
          this.#options.quickSearch.show();
        },
        syncNow: () => {
          call('sync.start', {});
        },
        switchTo: (id) => {
          call('accounts.switch', { id });
        },
        run: (id) => {
          this.run(id);
        },
        quit: () => {
          app.quit();
        },
      },
      Date.now(),
    );
    showMenu(this.#tray, template);
  }
}
