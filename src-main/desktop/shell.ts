import {
  app,
  BrowserWindow,
  dialog,
  globalShortcut,
  Menu,
  nativeTheme,
  Notification,
  type NativeImage,
  type Tray,
} from 'electron';
import type { Application } from '../app/application.ts';
import { commands, isDesktopCommand, type CommandId, type DesktopCommandId } from '../contract/commands.ts';
import type { Events } from '../contract/contract.ts';
import type { EventName } from '../contract/contract.ts';
import type { DesktopInfo } from '../contract/app.ts';
import type { Badge } from './badge.ts';
import { asksAboutTray, staysWithoutWindow, type Closing } from './closing.ts';
import { Jobs } from './jobs.ts';
import type { LoginItem } from './login-item.ts';
import { NewsDesk, progressOf, type News } from './news.ts';
import { Notifier } from './notifier.ts';
import type { QuickSearch } from './quick-search.ts';
import { makeBadge, makeLoginItem, makeUpdates, setAbout, setJumpList } from './system.ts';
import { trayHost } from './tray-host.ts';
import { TrayMenu } from './tray-menu.ts';
import { openTray, trayTemplate, type TrayState } from './tray.ts';
import type { Updates } from './updates.ts';

export type ShellOptions = {
  readonly application: Promise<Application>;
  readonly quickSearch: QuickSearch;
  readonly closing: Closing;
  readonly dataDir: string;
  /** Shows the main window, making it when there is none. */
  readonly showMain: () => BrowserWindow;
  readonly mainWindow: () => BrowserWindow | null;
  /** Folder of the pictures: of the tray, of the badge, of the app. */
  readonly assets: string;
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
  #trayMenu: TrayMenu<Menu> | null = null;
  #badge: Badge<NativeImage>;
  #loginItem: LoginItem;
  #notifier = new Notifier(({ title, body }) => new Notification({ title, body }));
  #state: TrayState = { visible: false, accounts: null, sync: null, order: null, plan: null };
  #timer: NodeJS.Timeout | null = null;
  #closeToTray: boolean | null = null;
  #news = new NewsDesk();
  #jobs = new Jobs();
  #desktop: DesktopInfo;
  #startsAtLogin: boolean | null = null;
  #checkUpdates = true;
  #updates: Updates | null;
  #updateTimer: NodeJS.Timeout | null = null;

  constructor(options: ShellOptions) {
    this.#options = options;
    const { application, assets, closing, dataDir, log, startArguments } = options;
    this.#badge = makeBadge(`${assets}/badge`);
    this.#loginItem = makeLoginItem(dataDir, startArguments);
    this.#updates = makeUpdates({
      ...{ closing, log },
      busy: async () => this.#jobs.running || (await application).busy(),
      hideWindows: () => {
        for (const window of BrowserWindow.getAllWindows()) window.hide();
      },
    });
    this.#desktop = { tray: 'unknown', shortcut: false, updates: this.#updates !== null, login: 'off' };
  }

  /** A feed of updates was given when this app was built. */
  get updates(): boolean {
    return this.#updates !== null;
  }

  /** The app goes on when no window is there any more. From there only Quit ends it. */
  get staysWithoutWindow(): boolean {
    return staysWithoutWindow(this.#situation());
  }

  #situation() {
    const { platform } = process;
    const tray = this.#tray === null ? 'missing' : this.#desktop.tray;
    return { platform, tray, closeToTray: this.#closeToTray, quitting: this.#options.closing.quitting };
  }

  /** The first time a window is closed where there is a tray, it is asked what closing means from now on. */
  mayClose(window: BrowserWindow): boolean {
    if (!asksAboutTray(this.#situation())) return true;
    void this.#askAboutTray(window);
    return false;
  }

  /** Resolves when it is known where this desktop can show the app: before that, a start without a window must wait. */
  async start(): Promise<void> {
    const { application, assets, log, startArguments } = this.#options;
    setJumpList(startArguments, commands['quick-search'].title);
    setAbout(`${assets}/icons/256x256.png`);
    this.#tray = openTray(`${assets}/tray`, () => {
      this.#toggleWindow();
    });
    if (this.#tray)
      this.#trayMenu = new TrayMenu<Menu>(this.#tray, (template) => Menu.buildFromTemplate(template));
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
    // A window is also hidden by its cross and by the system: the menu says "Show" or "Hide" by what is seen now.
    const watch = (window: BrowserWindow) => {
      const drawSoon = () => {
        this.#drawSoon();
      };
      window.on('show', drawSoon).on('hide', drawSoon).on('minimize', drawSoon).on('restore', drawSoon);
    };
    BrowserWindow.getAllWindows().forEach(watch);
    app.on('browser-window-created', (_, window) => {
      watch(window);
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
        if (!this.#options.closing.quitting) this.#options.quickSearch.prepare();
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
        void this.#updates?.jobsEnded();
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
    this.#notifier.show(news, () => {
      this.run(news.command);
    });
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
    if (settings.startAtLogin !== this.#startsAtLogin) void this.#startAtLogin(settings.startAtLogin);
  }

  /** At the first settings the system is asked; after that, a change of them is the person's own. */
  async #startAtLogin(enabled: boolean): Promise<void> {
    const first = this.#startsAtLogin === null;
    this.#startsAtLogin = enabled;
    try {
      const login = await (first ? this.#loginItem.check(enabled) : this.#loginItem.set(enabled));
      if (login !== 'removed') {
        this.#tellDesktop({ login });
        return;
      }
      // It was switched off in the system's own settings: then it is off here too.
      this.#startsAtLogin = false;
      const application = await this.#options.application;
      await application.dispatch('settings.set', { startAtLogin: false });
    } catch {
      this.#options.log('the start at login could not be changed');
    }
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
    // In this order: without another window macOS hides the whole app, and gives the focus to somebody else.
    if (number !== null) this.#options.showMain();
    this.#options.quickSearch.hide();
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
    this.#badge.show(this.#options.mainWindow(), this.#jobs.waiting);
    if (!this.#trayMenu) return;
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
    this.#trayMenu.draw(template);
  }
}
