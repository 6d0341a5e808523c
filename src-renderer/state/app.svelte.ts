import { createContext } from 'svelte';
import type { Client } from '#main/contract/client.ts';
import type { CartView } from '#main/contract/buying.ts';
import type { AppError } from '#main/contract/errors.ts';
import type { AccountsView, AppInfo, Notice, Settings, SyncStatus } from '#main/contract/views.ts';

export type Toast = { readonly id: number; readonly text: string };
export type ScreenName = 'numbers' | 'buy' | 'activity';
export type DialogName = 'settings' | 'shortcuts' | 'rename' | 'keys' | 'sign-out';

/** What every part of the window shares: accounts, sync, settings, and what is said to the person. */
export class AppState {
  readonly client: Client;
  info = $state.raw<AppInfo | null>(null);
  accounts = $state.raw<AccountsView | null>(null);
  sync = $state.raw<SyncStatus | null>(null);
  settings = $state.raw<Settings>({ numberFormat: 'national', syncMinutes: 15, orderLimit: 5000 });
  screen = $state<ScreenName>('numbers');
  cart = $state.raw<CartView | null>(null);
  total = $state(0);
  now = $state(Date.now());
  addingAccount = $state(false);
  dialog = $state<DialogName | null>(null);
  toasts = $state.raw<readonly Toast[]>([]);
  notices = $state.raw<readonly Notice[]>([]);
  failed = $state.raw<AppError | null>(null);
  #toastCount = 0;

  constructor(client: Client) {
    this.client = client;
  }

  get current() {
    const { accounts } = this;
    return accounts?.accounts.find((account) => account.id === accounts.currentId) ?? null;
  }

  /** Loads everything and listens; returns the function that ends listening. */
  start(): () => void {
    const ends = [
      this.client.on('accounts', (view) => (this.accounts = view)),
      this.client.on('sync', (status) => (this.sync = status)),
      this.client.on('settings', (settings) => (this.settings = settings)),
      this.client.on('inventory', ({ total }) => (this.total = total)),
      this.client.on('cart', (cart) => (this.cart = cart)),
      this.client.on('notice', () => void this.#takeNotices()),
    ];
    const clock = setInterval(() => (this.now = Date.now()), 10_000);
    void this.load();
    return () => {
      clearInterval(clock);
      for (const end of ends) end();
    };
  }

  async load(): Promise<void> {
    const [info, accounts, settings, sync] = await Promise.all([
      this.client.call('app.info', {}),
      this.client.call('accounts.get', {}),
      this.client.call('settings.get', {}),
      this.client.call('sync.status', {}),
    ]);
    this.failed = null;
    if (info.ok) this.info = info.value;
    if (settings.ok) this.settings = settings.value;
    if (sync.ok) this.sync = sync.value;
    if (accounts.ok) this.accounts = accounts.value;
    else this.failed = accounts.error;
    await this.#takeNotices();
  }

  /** The cart of the account that is open now. */
  async loadCart(): Promise<void> {
    this.cart = null;
    const result = await this.client.call('cart.get', {});
    if (result.ok) this.cart = result.value;
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
    const result = await this.client.call('accounts.switch', { id });
    if (!result.ok) this.say(result.error.message);
  }

  /** Says something that needs no answer. */
  say(text: string): void {
    this.#toastCount += 1;
    const toast = { id: this.#toastCount, text };
    this.toasts = [...this.toasts.slice(-2), toast];
    setTimeout(() => {
      this.toasts = this.toasts.filter((other) => other.id !== toast.id);
    }, 4000);
  }

  dismiss(id: string): void {
    this.notices = this.notices.filter((notice) => notice.id !== id);
  }

  async #takeNotices(): Promise<void> {
    const taken = await this.client.call('app.notices', {});
    if (taken.ok) this.notices = [...this.notices, ...taken.value];
  }
}

export const [getApp, setApp] = createContext<AppState>();
