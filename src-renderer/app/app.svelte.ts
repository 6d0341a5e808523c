import { createContext } from 'svelte';
import type { Client } from '#main/contract/client.ts';
import type { Events } from '#main/contract/contract.ts';
import type { CartView } from '#main/contract/buying.ts';
import { isDesktopCommand, type CommandId } from '#main/contract/commands.ts';
import type { AppError } from '#main/contract/errors.ts';
import type { Features } from '#main/contract/features.ts';
import type { AccountsView } from '#main/contract/accounts.ts';
import type { AppInfo, Notice } from '#main/contract/app.ts';
import { usualSettings, type Settings } from '#main/contract/settings.ts';
import type { SyncStatus } from '#main/contract/sync.ts';
import { copyText } from '../lib/copy.ts';
import { writeTimesIn } from '../lib/format.ts';
import { accountClient } from '../lib/account-client.ts';
import { Keyboard } from '../lib/keyboard.ts';
import { Steps } from '../lib/steps.svelte.ts';
import { LastApplied } from '../features/routes/last-applied.svelte.ts';
import { Layouts } from './layouts.svelte.ts';
import { Navigation } from './navigation.svelte.ts';
import { Screens } from './screens.svelte.ts';
import { Toasts, type ToastAction } from './toasts.svelte.ts';
import { Undos } from './undos.ts';
import { UndoableChanges } from './undoable-changes.ts';

/** What a change of routes is about: numbers that were chosen, or all that a query matches. */
export type Subject =
  | {
      readonly kind: 'numbers';
      readonly numbers: readonly string[];
      /** How many of them the filter hides. */
      readonly outside?: number;
    }
  | {
      readonly kind: 'query';
      readonly text: string;
      readonly count: number;
      /** The side that is to be mended: the other one is not filled in. */
      readonly side?: 'primary' | 'failover';
    };
/** A route for each primary route of a subject: the side of its numbers that gets one. */
export type Spreading = { readonly subject: Subject; readonly side: 'primary' | 'failover' };
type SettingsChange = { [K in keyof Settings]?: NonNullable<Settings[K]> };
export type DialogName =
  | ('palette' | 'settings' | 'shortcuts' | 'diagnostics' | 'restore')
  | ('rename' | 'keys' | 'move' | 'one-account' | 'sign-out');

/** What every part of the window shares: accounts, sync, settings, and what is said to the person. */
export class AppState {
  readonly client: Client;
  info = $state.raw<AppInfo | null>(null);
  accounts = $state.raw<AccountsView | null>(null);
  sync = $state.raw<SyncStatus | null>(null);
  /** What keeps requests back, and the reading of routes. */
  pace = $state.raw<Events['pace']>({ waiting: null, reading: null });
  settings = $state.raw<Settings>(usualSettings);
  /** The screens of the account that is open. */
  here: Screens;
  readonly nav = new Navigation(() => this.here);
  cart = $state.raw<CartView | null>(null);
  /** Why the cart cannot be shown. */
  cartError = $state.raw<AppError | null>(null);
  /** The routes of these are being set; null while that is not asked. */
  assigning = $state.raw<Subject | null>(null);
  /** Routes for each primary route of these are being set; null while that is not asked. */
  spreading = $state.raw<Spreading | null>(null);
  /** The tags of these are being changed; null while that is not asked. */
  tagging = $state.raw<Subject | null>(null);
  readonly keyboard = new Keyboard(() => {
    this.show('shortcuts');
  });
  /** What "Same as last" offers. */
  readonly last = new LastApplied();
  /** What Ctrl/⌘ Z takes back. */
  readonly undos = new Undos();
  readonly #undoable = new UndoableChanges(this.undos, (plan) => void this.undoPlan(plan));
  /** The account a dialog is about; null for the one that is open. */
  asked = $state<string | null>(null);
  total = $state(0);
  now = $state(Date.now());
  addingAccount = $state(false);
  dialog = $state<DialogName | null>(null);
  readonly toasts = new Toasts();
  readonly layouts = new Layouts(
    () => this.settings.tables,
    (tables) => void this.set({ tables }),
  );
  /** Accounts that seem to be another one, and of which somebody wants to say later what they are. */
  saidLater = $state.raw<readonly string[]>([]);
  notices = $state.raw<readonly Notice[]>([]);
  failed = $state.raw<AppError | null>(null);
  /** The screens of each account that was looked at, by the id of the account. */
  #screens: Readonly<Record<string, Screens>> = {};
  /** Grows each time another account is opened. */
  #visit = 0;
  /** Changes whose reverse is being made. */
  #undoing = new Steps();

  constructor(client: Client) {
    this.client = client;
    this.here = new Screens(client);
  }

  get current() {
    const { accounts } = this;
    return accounts?.accounts.find((account) => account.id === accounts.currentId) ?? null;
  }

  /** What the API of the open account can do. */
  get features(): Features | undefined {
    return this.current?.features;
  }

  /** The account that rename, keys, a move and sign-out are about. */
  get subject() {
    return this.accounts?.accounts.find((account) => account.id === this.asked) ?? this.current;
  }

  /** Height of a row of a list in px: hit targets stay 24 px and more. */
  get rowHeight(): number {
    return this.settings.density === 'compact' ? 26 : 32;
  }

  get offline(): boolean {
    return this.sync?.error?.code === 'offline';
  }

  /** Does what the table of commands names. */
  run(id: CommandId): void {
    if (isDesktopCommand(id)) {
      void this.client.call('shell.run', { id });
      return;
    }
    switch (id) {
      case 'numbers':
      case 'buy':
      case 'routes':
      case 'activity':
        this.nav.go({ screen: id });
        return;
      case 'undo':
        this.undo();
        return;
      case 'sync':
        void this.syncNow();
        return;
      case 'add-account':
        this.addingAccount = true;
        return;
      case 'export-numbers':
        this.dialog = null;
        this.nav.go({ screen: 'numbers' });
        this.exportNumbers();
        return;
      case 'cart':
        this.dialog = null;
        this.nav.go({ screen: 'buy', tab: 'cart' });
        return;
      case 'keys':
        if (this.current?.kind === 'demo') this.say('The demo account has no keys to replace.');
        else this.show(id);
        return;
      case 'new-route':
        this.dialog = null;
        this.nav.go({ screen: 'routes', tab: 'routes' });
        this.here.routes.creating = (this.features?.creatableTypes.length ?? 0) > 0;
        return;
      case 'import-routes':
        this.dialog = null;
        this.nav.go({ screen: 'routes', tab: 'changes' });
        this.here.routes.arriving = 'import';
        return;
      default:
        this.show(id);
    }
  }

  /** Opens a dialog; those about an account are about the one that is open, unless another is named. */
  show(dialog: DialogName, account: string | null = null): void {
    this.asked = account;
    this.dialog = dialog;
  }

  /** Goes to the numbers that match, with the details of one of them open where it is named. */
  showNumbers(text: string, opened: string | null = null): void {
    this.nav.go({ screen: 'numbers', text, opened });
  }

  /** Goes to the entries of the activity that a query finds. */
  showActivity(text: string): void {
    this.nav.go({ screen: 'activity', text });
  }

  /** Goes to an order, which has the focus then. */
  openOrder(order: number): void {
    this.here.buy.orders.arriving = true;
    this.nav.go({ screen: 'buy', tab: 'orders', order });
  }

  /** Goes to a plan, which has the focus then. */
  openPlan(plan: number): void {
    this.nav.go({ screen: 'routes', tab: 'changes', plan });
    this.here.routes.arriving = 'plan';
  }

  /** Takes the last change back that was made from this window. */
  undo(): void {
    const last = this.undos.take();
    if (last) last.run();
    else this.say('Nothing was changed since this window was opened. Older changes are in Activity.');
  }

  /** Makes the reverse of a change of routes, compared with the carrier, and leaves it to be applied. */
  undoPlan(plan: number): Promise<void> {
    // A second click makes no second draft.
    return this.#undoing.run(`${plan}`, async () => {
      const account = this.accounts?.currentId;
      const drafted = await this.client.call('plans.draft', { source: { kind: 'undo', plan } });
      if (account !== this.accounts?.currentId) return;
      if (!drafted.ok) {
        this.say(`${drafted.error.message} ${drafted.error.action}`);
        return;
      }
      this.nav.go({ screen: 'routes', tab: 'changes', plan: drafted.value.id });
      this.here.routes.arriving = 'apply';
    });
  }

  /** Exports the selected numbers, or all that are shown; says why where that cannot be done. */
  exportNumbers(): void {
    const { numbers } = this.here;
    const reason = numbers.selected.size === 0 ? numbers.refusal : null;
    if (reason) this.say(`Nothing can be exported. ${reason}`);
    else numbers.exporting = true;
  }

  /** Loads everything and listens; returns the function that ends listening. */
  start(): () => void {
    const ends = [
      this.client.on('accounts', (view) => {
        this.#see(view);
      }),
      this.client.on('sync', (status) => (this.sync = status)),
      this.client.on('pace', (pace) => (this.pace = pace)),
      this.client.on('settings', (settings) => (this.settings = settings)),
      this.client.on('inventory', ({ total }) => (this.total = total)),
      this.client.on('cart', (cart) => (this.cart = cart)),
      this.client.on('plans', (plan) => {
        this.last.hear(plan);
        this.here.numbers.staged.hear(plan);
        this.#undoable.saw(plan);
      }),
      this.client.on('planGone', ({ id }) => {
        this.last.gone(id);
        this.here.numbers.staged.forgotten(id);
      }),
      // Everything on screen is of before.
      this.client.on('restored', () => {
        location.reload();
      }),
      this.client.on('notice', () => void this.#takeNotices()),
      this.client.on('command', () => void this.#takeCommands()),
      this.client.on('reveal', () => void this.#takeReveal()),
    ];
    const clock = setInterval(() => (this.now = Date.now()), 10_000);
    void this.load();
    return () => {
      clearInterval(clock);
      for (const end of ends) end();
    };
  }

  async load(): Promise<void> {
    const [info, accounts, settings, sync, pace] = await Promise.all([
      this.client.call('app.info', {}),
      this.client.call('accounts.get', {}),
      this.client.call('settings.get', {}),
      this.client.call('sync.status', {}),
      this.client.call('pace.now', {}),
    ]);
    this.failed = null;
    if (info.ok) {
      this.info = info.value;
      writeTimesIn(info.value.locale);
    }
    if (settings.ok) this.settings = settings.value;
    if (sync.ok) this.sync = sync.value;
    if (pace.ok && pace.value) this.pace = pace.value;
    if (accounts.ok) this.#see(accounts.value);
    else this.failed = accounts.error;
    await this.#takeNotices();
    await this.#takeReveal();
    await this.#takeCommands();
  }

  /** The cart of the account that is open now. */
  async loadCart(): Promise<void> {
    const of = this.accounts?.currentId;
    this.cart = null;
    this.cartError = null;
    const result = await this.client.call('cart.get', {});
    if (of !== this.accounts?.currentId) return;
    if (result.ok) this.cart = result.value;
    else this.cartError = result.error;
  }

  async syncNow(): Promise<void> {
    const result = await this.client.call('sync.start', {});
    if (result.ok) this.sync = result.value;
    else this.say(result.error.message);
  }

  async cancelSync(): Promise<void> {
    await this.client.call('sync.cancel', {});
  }

  async switchTo(id: string): Promise<void> {
    const left = id !== this.accounts?.currentId ? await this.client.call('app.busy', {}) : null;
    const result = await this.client.call('accounts.switch', { id });
    if (!result.ok) this.say(result.error.message);
    else if (left?.ok && left.value)
      this.say('What the other account was doing is paused. Switch back to resume it.');
  }

  /** Changes settings; what cannot be set is said, and stays as it was. */
  async set(change: SettingsChange): Promise<void> {
    const result = await this.client.call('settings.set', change);
    if (result.ok) this.settings = result.value;
    else this.say(result.error.message);
  }

  /** Says something that needs no answer; one that offers an action stays long enough to reach it. */
  say(text: string, action: ToastAction | null = null): void {
    this.toasts.say(text, action);
  }

  /** Puts a text on the clipboard, and says so. */
  async copy(text: string): Promise<void> {
    this.say(await copyText(text, `Copied ${text}`));
  }

  dismiss(id: string): void {
    this.notices = this.notices.filter((notice) => notice.id !== id);
  }

  /** Takes the accounts as they are told. What was asked for one account is not asked of the next one. */
  #see(view: AccountsView): void {
    const other = this.accounts !== null && this.accounts.currentId !== view.currentId;
    this.accounts = view;
    if (other) this.#visit += 1;
    this.#openScreens(view);
    if (!other) return;
    this.assigning = null;
    this.spreading = null;
    this.tagging = null;
    this.nav.forget();
    this.last.reset();
    this.undos.reset();
    this.toasts.dropActions();
  }

  /** The screens of the account that is open: as they were left, or new ones. Those of accounts that are gone go too. */
  #openScreens({ accounts, currentId }: AccountsView): void {
    const kept = Object.entries(this.#screens).filter(([id]) =>
      accounts.some((account) => account.id === id),
    );
    this.#screens = Object.fromEntries(kept);
    if (currentId === null) return;
    const visit = () => (this.accounts?.currentId === currentId ? this.#visit : null);
    this.here = this.#screens[currentId] ?? new Screens(accountClient(this.client, visit));
    this.#screens = { ...this.#screens, [currentId]: this.here };
  }

  /** The small window asked for a number to be shown here. */
  async #takeReveal(): Promise<void> {
    const taken = await this.client.call('shell.take', {});
    const number = taken.ok ? taken.value?.number : null;
    if (!taken.ok || !taken.value || !number) return;
    this.showNumbers(number, number);
    if (taken.value.what === 'routes') this.assigning = { kind: 'numbers', numbers: [number] };
  }

  /** The menu or a notification asked for something, perhaps before this page was there. */
  async #takeCommands(): Promise<void> {
    const taken = await this.client.call('shell.commands', {});
    if (taken.ok) for (const id of taken.value) this.run(id);
  }

  async #takeNotices(): Promise<void> {
    const taken = await this.client.call('app.notices', {});
    if (taken.ok) this.notices = [...this.notices, ...taken.value];
  }
}

export const [getApp, setApp] = createContext<AppState>();
