import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Accounts } from './accounts/accounts.ts';
import type { Profile } from './accounts/profiles.ts';
import type { Carrier } from './carrier/carrier.ts';
import type { Events } from './contract/contract.ts';
import { failure } from './contract/errors.ts';
import type { EventName } from './contract/names.ts';
import type { SyncStatus } from './contract/views.ts';
import { openInventory, type Inventory } from './inventory/inventory.ts';
import { createSync, type Sync } from './inventory/sync.ts';
import type { Notices } from './notices.ts';
import type { SettingsFile } from './settings.ts';

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
  readonly sync: Promise<Sync>;
};

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
    if (!profile) {
      this.#options.emit('sync', idle);
      return;
    }
    const before = this.#closing;
    const inventory = before.then(() => this.#openInventory(profile));
    const sync = inventory.then((opened) => this.#startSync(profile, opened));
    const open: Open = { profile, inventory, sync };
    this.#open = open;
    // A list that cannot be opened is told to whoever asks for it.
    sync.catch(() => undefined);
    void this.#begin(open);
  }

  /** The open list; rejects with `signed-out` when there is none. */
  async inventory(): Promise<Inventory> {
    return this.#need().inventory;
  }

  async sync(): Promise<Sync> {
    return this.#need().sync;
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
    if (this.#open === open) void sync?.start('start');
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
    if (inventory.opened.state === 'moved-aside') {
      this.#options.notices.add(
        'warning',
        `The cached list was damaged. It was kept as ${inventory.opened.movedTo}, and the list is being fetched anew.`,
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
          if (status.error?.code === 'wrong-keys') this.#options.accounts.refused(profile.id);
          if (this.#open?.profile.id === profile.id) this.#options.emit('sync', status);
        },
        everyMinutes: () => this.#options.settings.value.syncMinutes,
        log: this.#options.log,
      }),
    );
  }

  async #closeOpen(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    await this.#closing;
    if (!open) return;
    const sync = await open.sync.catch(() => null);
    await sync?.close();
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
