import type { JournalStores } from '../journal/file.ts';
import { openJournal, type Journal } from '../journal/open.ts';
import type { FileClient } from '../platform/storage/client.ts';
import path from 'node:path';
import { accountFolder } from '../accounts/account-folders.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { isSameAccount } from '../accounts/same-account.ts';
import type { Profile } from '../accounts/profiles.ts';
import type { Carrier } from '../carrier/carrier.ts';
import { plainReason } from '../contract/plain-reason.ts';
import type { Events } from '../contract/contract.ts';
import { failure, toAppError } from '../contract/errors.ts';
import type { OrderSummary } from '../contract/buying.ts';
import type { EventName } from '../contract/contract.ts';
import type { PlanSummary } from '../contract/routing.ts';
import type { SyncStatus } from '../contract/sync.ts';
import { RouteNames } from '../contract/route-names.ts';
import { agree, formatCount, numbersOf } from '../contract/words.ts';
import { Find } from '../buying/number-search.ts';
import { cancelled } from '../platform/cancel.ts';
import { openInventory, type Inventory } from '../inventory/inventory.ts';
import { createSync, type Sync } from '../inventory/sync/sync.ts';
import { Tags } from '../inventory/tags.ts';
import type { Notices } from './notices.ts';
import type { NewActivity } from '../activity/activity-store.ts';
import { Cart } from '../buying/cart.ts';
import { Orders } from '../buying/orders.ts';
import { Plans } from '../routing/plans.ts';
import { Routes } from '../routing/routes.ts';
import type { SettingsFile } from './settings.ts';
import { toldOfRecovery } from './told-of-recovery.ts';

/** Milliseconds between two tries of a read, two looks after a lost answer, and two tries of a write. The rest for tests. */
export type Waits = {
  readonly backoffMs: number;
  readonly settleMs: number;
  readonly againMs: number;
  /** How old a price may be when it is paid. */
  readonly freshMs?: number;
  /** How long an exchange may take. */
  readonly timeoutMs?: number;
  /** How long somebody who waits for an answer is kept waiting for a carrier that asks for peace. */
  readonly patienceMs?: number;
  /** Until a request carries another time stamp. */
  readonly nextStampMs?: number;
};

export type OpenAccountOptions = {
  readonly dataDir: string;
  readonly workerUrl: URL;
  readonly accounts: Accounts;
  readonly settings: SettingsFile;
  readonly notices: Notices;
  readonly emit: <K extends EventName>(event: K, payload: Events[K]) => void;
  readonly log: (line: string) => void;
  readonly waits?: Waits;
};

/** What needs the journal beside the list. */
type Buying = { readonly find: Find; readonly cart: Cart; readonly orders: Orders };
type Routing = { readonly routes: Routes; readonly plans: Plans };

/**
 * The services of one account from its opening to its closing. What they tell and what they write down belongs to this
 * account, whichever one is on screen by then.
 */
export class OpenAccount {
  readonly profile: Profile;
  readonly inventory: Promise<Inventory>;
  readonly journal: Promise<Journal>;
  readonly sync: Promise<Sync>;
  readonly buying: Promise<Buying>;
  readonly routing: Promise<Routing>;
  readonly tags: Promise<Tags>;
  #options: OpenAccountOptions;
  #journalFile: Promise<FileClient<JournalStores>>;
  #closing = false;
  #closed = false;
  #lastSync: { completedAt: number; error: string; missing: number } | null = null;
  #routesFailed = false;

  /** Opens when `before` has resolved: two accounts never have their files open at once. */
  constructor(profile: Profile, before: Promise<void>, options: OpenAccountOptions) {
    this.profile = profile;
    this.#options = options;
    // One that is left again before its turn comes opens nothing: whoever goes through the accounts waits for the last one only.
    const turn = before.then(() => {
      if (this.#closing) throw cancelled();
    });
    this.inventory = turn.then(() => this.#openInventory());
    this.#journalFile = turn.then(() => this.#openJournal());
    this.journal = this.#journalFile.then((file) => file.stores);
    this.sync = this.inventory.then((list) => this.#startSync(list));
    this.buying = Promise.all([this.inventory, this.journal]).then(([list, journal]) =>
      this.#startBuying(list, journal),
    );
    this.routing = Promise.all([this.inventory, this.journal, this.sync]).then((parts) =>
      this.#startRouting(...parts),
    );
    this.tags = Promise.all([this.inventory, this.journal]).then(async ([list, journal]) => {
      const tags = new Tags(journal, list);
      await tags.load();
      return tags;
    });
    // What cannot be opened is told to whoever asks for it.
    for (const part of [this.inventory, this.journal, this.sync, this.buying, this.routing, this.tags]) {
      part.catch(() => undefined);
    }
  }

  /** Fetches the keys, then begins what needs the network. */
  async begin(): Promise<void> {
    await this.#options.accounts.unlock(this.profile.id);
    if (this.#closing) return;
    const sync = await this.sync.catch(() => null);
    void sync?.start('start');
    const buying = await this.buying.catch(() => null);
    await buying?.orders.recover().catch(() => undefined);
    await this.catchUp();
  }

  /** What failed for want of keys or a network is tried again. */
  async catchUp(): Promise<void> {
    if (this.#closing) return;
    const buying = await this.buying.catch(() => null);
    await buying?.orders.settleDoubts().catch(() => undefined);
    const routing = await this.routing.catch(() => null);
    if (!routing || this.#closing) return;
    const { error } = await routing.routes.refresh();
    this.#routesFailed = error !== null;
  }

  /** Writes down what happened. The words are ours: nothing a carrier or a person sent goes in unread. */
  async record(entry: NewActivity): Promise<void> {
    const journal = await this.journal.catch(() => null);
    if (journal) await this.#write(journal, entry);
  }

  /** True while an order or a plan sends requests. What cannot be opened sends nothing. */
  async busy(): Promise<boolean> {
    const buying = await this.buying.catch(() => null);
    const routing = await this.routing.catch(() => null);
    if (routing?.plans.busy) return true;
    const orders = (await buying?.orders.list()) ?? [];
    return orders.some(({ phase }) => phase === 'running' || phase === 'stopping');
  }

  /**
   * Rejects with `rejected` when an order or a change of routes is open that would go on in another account: with its keys, "not
   * ours" is true of numbers that were bought here.
   */
  async needSameAccount(carrier: Carrier): Promise<void> {
    const [inventory, journal, { orders }] = await Promise.all([this.inventory, this.journal, this.buying]);
    orders.forgetReviews();
    const order = (await journal.orders.orders()).find(({ phase }) => phase !== 'done');
    const [plan] = await journal.plans.openPlans();
    if (!order && plan === undefined) return;
    const sort = { column: 'number', direction: 'asc' } as const;
    const { total } = await inventory.matching({ text: '', sort, limit: 0 });
    const owned = (numbers: readonly string[]) => inventory.owned(numbers);
    if (await isSameAccount(carrier, { total, owned, routes: await journal.plans.routes() })) return;
    const what = order ? `Order ${order.ordinal}` : `Change ${plan}`;
    throw failure(
      'rejected',
      `These keys do not show the numbers and routes of ${this.profile.label}: they may be of another account, and ${what} would go on there. The keys were not changed.`,
      `Enter keys of this account, or end ${what} first. Another account is added in the list of accounts.`,
    );
  }

  /** Ends what is on its way, then closes the files. Nothing is told to a window from here on. */
  async close(): Promise<void> {
    this.#closing = true;
    const ended = [
      this.buying.then(async ({ find, cart, orders }) => {
        find.close();
        await cart.close();
        await orders.close();
      }),
      this.sync.then((sync) => sync.close()),
      this.routing.then(({ routes, plans }) => Promise.all([plans.close(), routes.close()])),
    ];
    await Promise.allSettled(ended);
    // What comes from here on finds no carrier to ask: nothing is sent of which nothing could be written down.
    this.#closed = true;
    const file = await this.#journalFile.catch(() => null);
    await file?.close();
    const inventory = await this.inventory.catch(() => null);
    await inventory?.close();
    this.#tellJobs({ closed: true });
  }

  #tell<K extends EventName>(event: K, payload: Events[K]): void {
    if (!this.#closing) this.#options.emit(event, payload);
  }

  /** What runs is told to the desktop for as long as it runs, whichever account is on screen by then. */
  #tellJobs(job: { order?: OrderSummary; plan?: PlanSummary; closed?: true }): void {
    const { order = null, plan = null, closed = false } = job;
    const { emit } = this.#options;
    emit('jobs', { accountId: this.profile.id, left: this.#closing, order, plan, closed });
  }

  /** A record that cannot be written must not end what it is about. */
  async #write(journal: Journal, entry: NewActivity): Promise<void> {
    try {
      this.#tell('activity', { total: await journal.activity.record(entry) });
    } catch (thrown) {
      this.#options.log(`activity could not be written: ${toAppError(thrown).code}`);
    }
  }

  async #openJournal(): Promise<FileClient<JournalStores>> {
    const { dataDir, workerUrl, log, notices } = this.#options;
    const file = path.join(accountFolder(dataDir, this.profile.id), 'journal.db');
    return openJournal({
      ...{ file, workerUrl, log },
      onRecovered: (recovered) => {
        notices.add('warning', toldOfRecovery(recovered));
        this.#options.log(`the journal was put together again${recovered.whole ? ', whole' : ''}`);
        // What runs by now waits for the person, as everything that was open does.
        this.buying.then(
          ({ orders }) => orders.interrupt(),
          () => undefined,
        );
        this.routing.then(
          ({ plans }) => plans.interrupt(),
          () => undefined,
        );
      },
    });
  }

  async #openInventory(): Promise<Inventory> {
    const { dataDir, workerUrl, log, notices } = this.#options;
    return openInventory({
      file: path.join(accountFolder(dataDir, this.profile.id), 'numbers.db'),
      ...{ workerUrl, log },
      onChange: (change) => {
        this.#tell('inventory', change);
      },
      onMoved: (movedTo) => {
        notices.add(
          'warning',
          `The cached list was damaged. It was kept as ${movedTo}, and the list is being fetched anew.`,
        );
        this.sync
          .then((sync) => {
            sync.begunAnew();
          })
          .catch(() => undefined);
      },
    });
  }

  async #startBuying(inventory: Inventory, journal: Journal): Promise<Buying> {
    const { settings, log } = this.#options;
    const shared = { ...{ journal, inventory }, carrier: () => this.#carrier(), ...this.#options.waits };
    const find = new Find({
      ...shared,
      onStatus: (status) => {
        this.#tell('find', status);
      },
    });
    const cart = new Cart({
      ...shared,
      onCart: (view) => {
        this.#tell('cart', view);
      },
    });
    const orders = new Orders({
      ...{ ...shared, cart, log },
      orderLimit: () => settings.value.orderLimit,
      listedRoutes: async (names) => {
        const known = await (await this.routing).routes.known(names);
        const listed = new RouteNames(known.keys());
        return names.map((name) => listed.find(name));
      },
      onOrder: (order) => {
        this.#tell('orders', order);
        this.#tellJobs({ order });
      },
      record: (entry) => this.#write(journal, { ...entry, at: Date.now() }),
    });
    await orders.load();
    for (const order of await orders.list()) if (order.phase !== 'done') this.#tellJobs({ order });
    return { find, cart, orders };
  }

  async #startRouting(inventory: Inventory, journal: Journal, sync: Sync): Promise<Routing> {
    const shared = {
      ...{ journal, inventory, log: this.#options.log },
      ...this.#options.waits,
      carrier: () => this.#carrier(),
      record: (entry: Omit<NewActivity, 'at'>) => this.#write(journal, { ...entry, at: Date.now() }),
    };
    const routes = new Routes({
      ...shared,
      onRoutes: (count) => {
        this.#tell('routes', { count });
      },
    });
    await routes.load();
    const plans = new Plans({
      ...shared,
      routes,
      syncNow: (signal) => sync.fresh(signal),
      onGone: (id) => {
        this.#tell('planGone', { id });
      },
      onPlan: (plan) => {
        this.#tell('plans', plan);
        this.#tellJobs({ plan });
      },
    });
    // Before anybody can resume one: afterwards it could not be told from one that a crash left behind.
    await plans.recover();
    const newest = await plans.list({ offset: 0, limit: 50 });
    for (const plan of newest.plans) if (plan.phase !== 'done') this.#tellJobs({ plan });
    return { routes, plans };
  }

  #startSync(inventory: Inventory): Promise<Sync> {
    const { settings, log } = this.#options;
    return createSync({
      inventory,
      carrier: () => this.#carrier(),
      onStatus: (status) => {
        this.#noteSync(status);
        this.#tell('sync', status);
      },
      everyMinutes: () => settings.value.syncMinutes,
      log,
    });
  }

  #carrier() {
    return this.#closed ? null : this.#options.accounts.carrier(this.profile.id);
  }

  async #recordPass(pass: NonNullable<SyncStatus['last']>, at: number): Promise<void> {
    const list = await this.inventory;
    const numbers = await list.changedNumbers().catch(() => []);
    const text = `Sync: ${formatCount(pass.added)} added, ${formatCount(pass.changed)} changed, ${formatCount(pass.removed)} removed`;
    await this.record({ at, kind: 'sync', text, outcome: 'ok', numbers });
  }

  /** A pass that changed something, and trouble when it begins: not every quarter of an hour of nothing. */
  #noteSync(status: SyncStatus): void {
    const error = status.error?.code ?? '';
    const { completedAt, last, missing } = status;
    const before = this.#lastSync;
    this.#lastSync = { completedAt: completedAt ?? 0, error, missing };
    // The first status tells of passes that were written down by an earlier start.
    if (!before) return;
    const at = Date.now();
    if (status.error && error !== before.error) {
      const text = `Sync: ${plainReason(status.error)}`;
      void this.record({ at, kind: 'failure', text, outcome: 'failed', numbers: [] });
    }
    if (missing > before.missing) {
      const more = missing - before.missing;
      const text = `Sync: ${numbersOf(more)} ${agree(more, 'is', 'are')} missing from the carrier's list, and kept until a second look`;
      void this.record({ at, kind: 'sync', text, outcome: 'info', numbers: [] });
    }
    if (!completedAt || completedAt <= before.completedAt) return;
    if (last && last.added + last.changed + last.removed > 0) void this.#recordPass(last, at);
    // The network is there and the list is new: what was waiting for either goes on.
    if (this.#routesFailed) void this.catchUp();
    else void this.buying.then(({ orders }) => orders.settleDoubts()).catch(() => undefined);
  }
}
