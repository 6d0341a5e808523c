import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Accounts } from './accounts/accounts.ts';
import type { Profile } from './accounts/profiles.ts';
import type { Carrier } from './carrier/carrier.ts';
import type { Events } from './contract/contract.ts';
import { failure } from './contract/errors.ts';
import type { EventName } from './contract/names.ts';
import type { SyncStatus } from './contract/views.ts';
import { Find } from './find/find.ts';
import { openInventory, type Inventory } from './inventory/inventory.ts';
import { createSync, type Sync } from './inventory/sync.ts';
import type { Notices } from './notices.ts';
import type { NewActivity } from './orders/journal-store.ts';
import { Cart } from './orders/cart.ts';
import { Orders } from './orders/orders.ts';
import type { SettingsFile } from './settings.ts';
import { openStore, type StoreClient } from './storage/client.ts';

export type WorkspaceOptions = {
  readonly dataDir: string;
  readonly workerUrl: URL;
  readonly accounts: Accounts;
  readonly settings: SettingsFile;
  readonly notices: Notices;
  readonly emit: <K extends EventName>(event: K, payload: Events[K]) => void;
  readonly log: (line: string) => void;
};

type Open = {
  readonly profile: Profile;
  readonly inventory: Promise<Inventory>;
  readonly journal: Promise<StoreClient<'journal'>>;
  readonly sync: Promise<Sync>;
  readonly buying: Promise<Buying>;
};

/** What needs the journal beside the list. */
export type Buying = { readonly find: Find; readonly cart: Cart; readonly orders: Orders };

const idle: SyncStatus = {
  phase: 'idle',
  received: 0,
  perSecond: 0,
  startedAt: null,
  completedAt: null,
  last: null,
  partial: false,
  error: null,
  nextAt: null,
};

/** The services of the account on screen: its cached list and its sync. One account is open at a time. */
export class Workspace {
  #options: WorkspaceOptions;
  #open: Open | null = null;
  #closing: Promise<void> = Promise.resolve();

  constructor(options: WorkspaceOptions) {
    this.#options = options;
  }

  /** Opens an account's list at once; its keys are fetched and its sync begun behind it. */
  open(profile: Profile | null): void {
    this.#closing = this.#closeOpen();
    this.#lastSync = null;
    if (!profile) {
      this.#options.emit('sync', idle);
      return;
    }
    const before = this.#closing;
    const inventory = before.then(() => this.#openInventory(profile));
    const journal = before.then(() => this.#openJournal(profile));
    const sync = inventory.then((opened) => this.#startSync(profile, opened));
    const buying = Promise.all([inventory, journal]).then(([list, kept]) =>
      this.#startBuying(profile, list, kept),
    );
    const open: Open = { profile, inventory, journal, sync, buying };
    this.#open = open;
    // What cannot be opened is told to whoever asks for it.
    for (const part of [journal, sync, buying]) part.catch(() => undefined);
    void this.#begin(open);
  }

  /** The open list; rejects with `signed-out` when there is none. */
  async inventory(): Promise<Inventory> {
    return this.#need().inventory;
  }

  async sync(): Promise<Sync> {
    return this.#need().sync;
  }

  async find(): Promise<Find> {
    return (await this.#need().buying).find;
  }

  async orders(): Promise<Orders> {
    return (await this.#need().buying).orders;
  }

  async cart(): Promise<Cart> {
    return (await this.#need().buying).cart;
  }

  async journal(): Promise<StoreClient<'journal'>> {
    return this.#need().journal;
  }

  /** Writes down what happened. The words are ours: nothing a carrier or a person sent goes in unread. */
  async record(entry: Omit<NewActivity, 'at'>): Promise<void> {
    const journal = await this.#open?.journal.catch(() => null);
    if (!journal) return;
    const total = await journal.call('record', { ...entry, at: Date.now() });
    this.#options.emit('activity', { total });
  }

  async syncStatus(): Promise<SyncStatus> {
    return this.#open ? (await this.#open.sync).status() : idle;
  }

  /** The carrier of the open account, or null while it has no usable keys. */
  carrier(): Carrier | null {
    return this.#open ? this.#options.accounts.carrier(this.#open.profile.id) : null;
  }

  /** Keys arrived or changed: sync with them now. */
  async keysChanged(): Promise<void> {
    const sync = await this.sync();
    void sync.start('start');
  }

  wake(): void {
    this.#open?.sync.then(
      (sync) => {
        sync.wake();
      },
      () => undefined,
    );
  }

  async close(): Promise<void> {
    this.#closing = this.#closeOpen();
    await this.#closing;
  }

  /** Removes an account's cached list from the disk. The account must not be open. */
  async deleteCache(id: string): Promise<void> {
    await this.#closing;
    await rm(this.#folder(id), { recursive: true, force: true });
  }

  async #begin(open: Open): Promise<void> {
    await this.#options.accounts.unlock(open.profile.id);
    const sync = await open.sync.catch(() => null);
    if (this.#open !== open) return;
    void sync?.start('start');
    const buying = await open.buying.catch(() => null);
    await buying?.orders.recover().catch(() => undefined);
  }

  async #openJournal(profile: Profile): Promise<StoreClient<'journal'>> {
    const { workerUrl, log } = this.#options;
    const file = path.join(this.#folder(profile.id), 'journal.db');
    const journal = await openStore('journal', { file, workerUrl, log });
    if (journal.movedTo !== null) {
      this.#options.notices.add(
        'warning',
        `The record of orders was damaged. It was kept as ${journal.movedTo}. Check recent orders with the carrier.`,
      );
    }
    return journal;
  }

  async #startBuying(
    profile: Profile,
    inventory: Inventory,
    journal: StoreClient<'journal'>,
  ): Promise<Buying> {
    const { accounts, settings, emit, log } = this.#options;
    const carrier = () => accounts.carrier(profile.id);
    await inventory.learn(await journal.call('learned'));
    const find = new Find({
      journal,
      inventory,
      carrier,
      onStatus: (status) => {
        emit('find', status);
      },
    });
    const cart = new Cart({
      journal,
      inventory,
      carrier,
      onCart: (view) => {
        emit('cart', view);
      },
    });
    const orders = new Orders({
      journal,
      inventory,
      carrier,
      orderLimit: () => settings.value.orderLimit,
      cart,
      onOrder: (order) => {
        emit('orders', order);
      },
      record: (entry) => this.record(entry),
      log,
    });
    return { find, cart, orders };
  }

  async #openInventory(profile: Profile): Promise<Inventory> {
    const inventory = await openInventory({
      file: path.join(this.#folder(profile.id), 'numbers.db'),
      workerUrl: this.#options.workerUrl,
      log: this.#options.log,
      onChange: (change) => {
        if (this.#open?.profile.id === profile.id) this.#options.emit('inventory', change);
      },
    });
    if (inventory.movedTo !== null) {
      this.#options.notices.add(
        'warning',
        `The cached list was damaged. It was kept as ${inventory.movedTo}, and the list is being fetched anew.`,
      );
    }
    return inventory;
  }

  #startSync(profile: Profile, inventory: Inventory): Promise<Sync> {
    return Promise.resolve(
      createSync({
        carrier: () => this.#options.accounts.carrier(profile.id),
        inventory,
        onStatus: (status) => {
          this.#noteSync(status);
          if (status.error?.code === 'wrong-keys') this.#options.accounts.refused(profile.id);
          if (this.#open?.profile.id === profile.id) this.#options.emit('sync', status);
        },
        everyMinutes: () => this.#options.settings.value.syncMinutes,
        log: this.#options.log,
      }),
    );
  }

  #lastSync: { completedAt: number; error: string } | null = null;

  /** A pass that changed something, and trouble when it begins: not every quarter of an hour of nothing. */
  #noteSync(status: SyncStatus): void {
    const error = status.error?.code ?? '';
    const { completedAt, last } = status;
    const before = this.#lastSync;
    this.#lastSync = { completedAt: completedAt ?? 0, error };
    // The first status tells of passes that were written down by an earlier start.
    if (!before) return;
    if (status.error && error !== before.error) {
      void this.record({
        kind: 'failure',
        text: `Sync: ${status.error.message}`,
        outcome: 'failed',
        numbers: [],
      });
    }
    if (completedAt && last && completedAt > before.completedAt) {
      const { added, changed, removed } = last;
      const text = `Sync: ${added} added, ${changed} changed, ${removed} removed`;
      if (added + changed + removed > 0) void this.record({ kind: 'sync', text, outcome: 'ok', numbers: [] });
    }
  }

  async #closeOpen(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    await this.#closing;
    if (!open) return;
    const buying = await open.buying.catch(() => null);
    buying?.find.close();
    await buying?.orders.close();
    const sync = await open.sync.catch(() => null);
    await sync?.close();
    const journal = await open.journal.catch(() => null);
    await journal?.close();
    const inventory = await open.inventory.catch(() => null);
    await inventory?.close();
  }

  #need(): Open {
    if (this.#open) return this.#open;
    throw failure('signed-out', 'No account is open.', 'Sign in, or try the demo account.');
  }

  #folder(id: string): string {
    return path.join(this.#options.dataDir, 'accounts', id);
  }
}
