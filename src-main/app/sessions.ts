import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { accountFolder } from '../accounts/account-folders.ts';
import type { Profile } from '../accounts/profiles.ts';
import type { Carrier } from '../carrier/carrier.ts';
import { noOdd } from '../carrier/odd.ts';
import { failure } from '../contract/errors.ts';
import { files } from '../platform/files.ts';
import type { SyncStatus } from '../contract/sync.ts';
import type { PaceView } from '../contract/pace.ts';
import { Session, type SessionOptions } from './session.ts';
import type { ActivityNote, NewActivity } from '../activity/activity-store.ts';

const idle: SyncStatus = {
  phase: 'idle',
  received: 0,
  perSecond: 0,
  startedAt: null,
  completedAt: null,
  last: null,
  partial: false,
  missing: 0,
  odd: noOdd,
  error: null,
  nextAt: null,
};

/** Most entries that wait for an account to open. Only somebody who tries many keys has more. */
const mostPending = 50;

/** The account on screen. One is open at a time: the next one opens when the one before is closed. */
export class Sessions {
  #options: SessionOptions;
  #open: Session | null = null;
  #closing: Promise<void> = Promise.resolve();
  /** What happened while no account was open, for the next one that is. */
  #pending: NewActivity[] = [];

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Opens an account's list at once; its keys are fetched and its sync begun behind it. */
  open(profile: Profile | null): void {
    this.#closing = this.#closeOpen();
    if (!profile) {
      this.#options.emit('sync', idle);
      return;
    }
    const open = new Session(profile, this.#closing, this.#options);
    this.#open = open;
    for (const entry of this.#pending.splice(0)) void open.record(entry);
    void open.begin();
  }

  isOpen(id: string): boolean {
    return this.#open?.profile.id === id;
  }

  /** The open account; throws `signed-out` when there is none. */
  need(): Session {
    if (this.#open) return this.#open;
    throw failure('signed-out', 'No account is open.', 'Sign in, or try the demo account.');
  }

  /** Writes down what happened to accounts: in the open one, or in the next one that opens. */
  async record(entry: ActivityNote): Promise<void> {
    const made = { ...entry, at: Date.now() };
    if (this.#open) await this.#open.record(made);
    else this.#pending = [...this.#pending, made].slice(-mostPending);
  }

  async syncStatus(): Promise<SyncStatus> {
    return this.#open ? (await this.#open.sync).status() : idle;
  }

  /** How many numbers the open list has; null when none is open. */
  async size(): Promise<number | null> {
    if (!this.#open) return null;
    const sort = { column: 'number', direction: 'asc' } as const;
    return (await (await this.#open.inventory).query({ text: '', sort, offset: 0, limit: 0 })).total;
  }

  /** How fast the carrier of the open account is asked now; null without one, or without keys. */
  pace(): PaceView | null {
    return this.#open?.pace() ?? null;
  }

  /** The carrier of the open account, or null while it has no usable keys. */
  carrier(): Carrier | null {
    return this.#open?.carrier() ?? null;
  }

  /** True while an order or a plan sends requests. */
  async busy(): Promise<boolean> {
    return this.#open ? this.#open.busy() : false;
  }

  /**
   * Other keys of an account, and what they show. Rejects with `rejected` when something waits or runs there and these may be the
   * keys of another account, and when the account is not open, so that nobody can say.
   */
  async needSameAccount(id: string, carrier: Carrier): Promise<void> {
    const open = this.#open;
    if (open?.profile.id !== id) {
      throw failure(
        'rejected',
        'Other keys are entered for the account on screen only.',
        'Switch to this account, then enter them.',
      );
    }
    await open.needSameAccount(carrier);
  }

  /** Keys arrived or changed: sync with them now, and go on with what waited for them. */
  async keysChanged(): Promise<void> {
    const open = this.need();
    void (await open.sync).start('manual');
    void open.catchUp();
  }

  wake(): void {
    this.#open?.sync.then(
      (sync) => {
        sync.wake();
      },
      () => undefined,
    );
  }

  /**
   * Closes the open account and keeps every account closed until `work` has ended: one that is opened meanwhile waits for it.
   * Then `next` opens, unless another one was chosen.
   */
  async apart<T>(work: () => Promise<T>, next: (failed: unknown) => Profile | null): Promise<T> {
    const done = this.#closeOpen().then(work);
    this.#closing = done.then(
      () => undefined,
      () => undefined,
    );
    let failed: unknown = null;
    try {
      return await done;
    } catch (thrown) {
      failed = thrown;
      throw thrown;
    } finally {
      if (!this.#open) this.open(next(failed));
    }
  }

  async close(): Promise<void> {
    this.#closing = this.#closeOpen();
    await this.#closing;
  }

  /**
   * Removes an account's cached list from the disk. Its journal stays: orders, costs and outcomes that are not known yet can
   * be fetched from nowhere. The account must not be open.
   */
  async deleteCache(id: string): Promise<void> {
    await this.#closing;
    const folder = accountFolder(this.#options.dataDir, id);
    const names = await readdir(folder).catch(() => []);
    for (const name of names) {
      if (name.startsWith('numbers.db')) await files.remove(path.join(folder, name));
    }
  }

  async #closeOpen(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    // Closing begins before it is waited for: from now on the account tells nothing and sends nothing new.
    const closed = open?.close();
    await this.#closing;
    await closed;
  }
}
