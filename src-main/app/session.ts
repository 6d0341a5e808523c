import type { SessionContext, Waits } from './context.ts';
import type { Buying } from '../buying/buying.ts';
import type { Routing } from '../routing/routing.ts';
import type { JournalStores } from '../journal/file.ts';
import type { JobDesk } from '../jobs/desk.ts';
import { openJournal, type Journal } from '../journal/open.ts';
import type { FileClient } from '../platform/storage/client.ts';
import path from 'node:path';
import { accountFolder } from '../accounts/account-folders.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { isSameAccount } from '../accounts/same-account.ts';
import type { Profile } from '../accounts/profiles.ts';
import type { Carrier } from '../carrier/carrier.ts';
import type { Events } from '../contract/contract.ts';
import { failure, toAppError } from '../contract/errors.ts';
import type { EventName } from '../contract/contract.ts';
import type { NumbersWindow } from '../contract/numbers.ts';
import { cancelled } from '../platform/cancel.ts';
import { openInventory, type Inventory } from '../inventory/inventory.ts';
import type { PaceView } from '../contract/pace.ts';
import type { RouteReader } from '../inventory/sync/route-reader.ts';
import { SyncRecord } from '../inventory/sync/sync-record.ts';
import { createSync, type Sync } from '../inventory/sync/sync.ts';
import type { Tags } from '../inventory/tags.ts';
import type { Twins } from '../moving/twins.ts';
import { demoTags, removeOlderDemo } from './demo-data.ts';
import type { Notices } from './notices.ts';
import type { ActivityNote, NewActivity } from '../activity/activity-store.ts';
import type { SettingsFile } from './settings.ts';
import { toldOfRecovery } from './told-of-recovery.ts';

export type SessionOptions = {
  readonly dataDir: string;
  readonly workerUrl: URL;
  readonly accounts: Accounts;
  readonly settings: SettingsFile;
  readonly notices: Notices;
  readonly emit: <K extends EventName>(event: K, payload: Events[K]) => void;
  readonly log: (line: string) => void;
  readonly waits?: Waits;
  /** Accounts that may be one; without it, none are. */
  readonly twins?: Pick<Twins, 'look' | 'needFree'>;
};

/** What requests wait for is looked at so often. */
const paceEveryMs = 1_000;

/** The open account; throws `signed-out` when there is none. */
export type NeedSession = () => Session;

/**
 * The services of one account from its opening to its closing. What they tell and what they write down belongs to this
 * account, whichever one is on screen by then.
 */
export class Session {
  readonly profile: Profile;
  readonly inventory: Promise<Inventory>;
  readonly journal: Promise<Journal>;
  readonly sync: Promise<Sync>;
  readonly buying: Promise<Buying>;
  readonly routing: Promise<Routing>;
  readonly tags: Promise<Tags>;
  #options: SessionOptions;
  #journalFile: Promise<FileClient<JournalStores>>;
  #closing = false;
  #closed = false;
  #routesFailed = false;
  /** Reads the routes of numbers where the list does not tell them; null where it does, and until the list is open. */
  #reader: RouteReader | null = null;
  #paceTimer: NodeJS.Timeout;
  #toldPace = '';
  #listed = false;

  /** Opens when `before` has resolved: two accounts never have their files open at once. */
  constructor(profile: Profile, before: Promise<void>, options: SessionOptions) {
    this.profile = profile;
    this.#options = options;
    const context = this.#context();
    // An account that was left again before its turn opens nothing: somebody who clicks through the accounts waits for the last one only.
    const turn = before.then(async () => {
      if (this.#closing) throw cancelled();
      if (profile.kind === 'demo') await removeOlderDemo(accountFolder(options.dataDir, profile.id));
    });
    this.inventory = turn.then(() => this.#openInventory());
    this.#journalFile = turn.then(() => this.#openJournal());
    this.journal = this.#journalFile.then((file) => file.stores);
    this.sync = this.inventory.then((list) => this.#startSync(list));
    // Their code is loaded once their files are open: neither the first answer of a start nor its first rows wait for it.
    this.buying = Promise.all([this.inventory, this.journal]).then(async ([inventory, journal]) => {
      const { openBuying } = await import('../buying/buying.ts');
      return openBuying(context, { inventory, journal, routes: async () => (await this.routing).routes });
    });
    this.routing = Promise.all([this.inventory, this.journal, this.sync]).then(
      async ([inventory, journal, sync]) => {
        const { openRouting } = await import('../routing/routing.ts');
        return openRouting(context, { inventory, journal, sync });
      },
    );
    this.tags = Promise.all([this.inventory, this.journal]).then(async ([list, journal]) => {
      const { Tags } = await import('../inventory/tags.ts');
      const tags = new Tags(journal, list);
      await tags.load();
      return tags;
    });
    this.#paceTimer = setInterval(() => {
      this.#tellPace();
    }, paceEveryMs);
    this.#paceTimer.unref();
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
    this.#reader?.resume();
    const buying = await this.buying.catch(() => null);
    await buying?.orders.settleDoubts().catch(() => undefined);
    const routing = await this.routing.catch(() => null);
    if (!routing || this.#closing) return;
    const { error } = await routing.routes.refresh();
    this.#routesFailed = error !== null;
  }

  /** How fast the carrier is asked now, and what keeps requests back; null without keys. */
  pace(): PaceView | null {
    const pace = this.carrier()?.pace?.();
    return pace ? { ...pace, reading: this.#reader?.paused ?? null } : null;
  }

  /** Tells what requests wait for, when that is something else than before. */
  #tellPace(): void {
    const { waiting = null, reading = null } = this.pace() ?? {};
    const told = JSON.stringify([waiting, reading]);
    if (told === this.#toldPace) return;
    this.#toldPace = told;
    this.#tell('pace', { waiting, reading });
  }

  /** What a window shows now: where routes were not read there, they are read next. */
  look(window: NumbersWindow): void {
    this.#reader?.look(window);
  }

  /** Writes down what happened, in our own words: text of a carrier or a person is not copied into the record. */
  async record(entry: NewActivity): Promise<void> {
    const journal = await this.journal.catch(() => null);
    if (journal) await this.#write(journal, entry);
  }

  /** Where the jobs of every kind are begun and ended, by their feature. */
  #desks(): readonly Promise<readonly JobDesk[]>[] {
    return [this.buying, this.routing].map(async (feature) => (await feature).desks);
  }

  /** True while an order or a plan sends requests. What cannot be opened sends nothing. */
  async busy(): Promise<boolean> {
    const desks = await Promise.all(this.#desks().map((opened) => opened.catch(() => [])));
    return desks.flat().some(({ running }) => running !== null);
  }

  /** "Order 12": the first job that was begun and has not ended, also one that only waits; null when there is none. */
  async openJob(): Promise<string | null> {
    return (await this.journal).jobs.first();
  }

  /**
   * Rejects with `rejected` when an order or a change of routes is open that would go on in another account: with its keys, "not
   * ours" is true of numbers that were bought here.
   */
  async needSameAccount(carrier: Carrier): Promise<void> {
    const [inventory, journal, { orders }] = await Promise.all([this.inventory, this.journal, this.buying]);
    orders.reviews.clear();
    const what = await this.openJob();
    if (what === null) return;
    const sort = { column: 'number', direction: 'asc' } as const;
    const { total } = await inventory.matching({ text: '', sort, limit: 0 });
    const owned = (numbers: readonly string[]) => inventory.owned(numbers);
    if (await isSameAccount(carrier, { total, owned, routes: await journal.routes.routes() })) return;
    throw failure(
      'rejected',
      `These keys do not show the numbers and routes of ${this.profile.label}: they may be of another account, and ${what} would go on there. The keys were not changed.`,
      `Enter keys of this account, or end ${what} first. Another account is added in the list of accounts.`,
    );
  }

  /** Ends what is on its way, then closes the files. Nothing is told to a window from here on. */
  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#paceTimer);
    const ended = [
      this.buying.then((buying) => buying.close()),
      this.sync.then((sync) => sync.close()),
      this.routing.then((routing) => routing.close()),
      this.inventory.then(() => this.#reader?.close()),
    ];
    await Promise.allSettled(ended);
    // From here on there is no carrier to ask: nothing may be sent that could not be written down.
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
  #tellJobs(job: Partial<Pick<Events['jobs'], 'order' | 'plan' | 'closed'>>): void {
    const { order = null, plan = null, closed = false } = job;
    const { emit } = this.#options;
    emit('jobs', { accountId: this.profile.id, left: this.#closing, order, plan, closed });
  }

  /** Never rejects: what happened goes on even if it cannot be recorded. */
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
        for (const opened of this.#desks())
          opened.then(
            (desks) => {
              for (const desk of desks) desk.interrupt();
            },
            () => undefined,
          );
      },
    });
  }

  async #openInventory(): Promise<Inventory> {
    const { dataDir, workerUrl, log, notices } = this.#options;
    const { listTellsRoutes } = this.#context().features;
    const reader = listTellsRoutes ? null : import('../inventory/sync/route-reader.ts');
    const inventory = await openInventory({
      file: path.join(accountFolder(dataDir, this.profile.id), 'numbers.db'),
      ...{ workerUrl, log },
      onChange: (change) => {
        this.#tell('inventory', change);
        this.#reader?.wake();
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
    if (reader) this.#reader = this.#startReader((await reader).RouteReader, inventory);
    return inventory;
  }

  #startReader(Reader: typeof RouteReader, inventory: Inventory): RouteReader {
    const { settings, log } = this.#options;
    return new Reader({
      ...{ inventory, log },
      carrier: () => this.carrier(),
      listed: () => this.#listed,
      refreshes: () => settings.value.syncMinutes > 0,
    });
  }

  async #startSync(inventory: Inventory): Promise<Sync> {
    const { settings, log } = this.#options;
    let isNewDemo = false;
    const record = new SyncRecord({
      record: (entry) => this.#note(entry),
      changed: () => inventory.changedNumbers(),
      onComplete: () => {
        // There is a network and a fresh list: what was waiting for one of them goes on.
        this.#reader?.resume();
        if (isNewDemo) void this.#tagDemo().catch(() => undefined);
        isNewDemo = false;
        if (this.#routesFailed) void this.catchUp();
        else void this.buying.then(({ orders }) => orders.settleDoubts()).catch(() => undefined);
        void this.#lookForTwin();
      },
    });
    const sync = await createSync({
      inventory,
      carrier: () => this.carrier(),
      onStatus: (status) => {
        this.#listed = status.completedAt !== null;
        record.note(status);
        this.#tell('sync', status);
      },
      everyMinutes: () => settings.value.syncMinutes,
      log,
    });
    this.#listed = sync.status().completedAt !== null;
    isNewDemo = this.profile.kind === 'demo' && !this.#listed;
    return sync;
  }

  /** The list is whole: with the routes, it says whether another account of this computer is this one. */
  async #lookForTwin(): Promise<void> {
    const { twins } = this.#options;
    const routing = await this.routing.catch(() => null);
    const listed = await routing?.routes.known().catch(() => null);
    if (listed && !this.#closing) await twins?.look(this.profile.id);
  }

  /** Puts tags on some numbers of a demo that nobody has tagged. */
  async #tagDemo(): Promise<void> {
    const tags = await this.tags;
    if ((await tags.names()).length > 0) return;
    for (const { text, tag } of demoTags)
      await tags.change({ source: { kind: 'query', text }, add: [tag], remove: [] });
  }

  #context(): SessionContext {
    const { settings, log, waits = {} } = this.#options;
    return {
      carrier: () => this.carrier(),
      features: this.#options.accounts.featuresOf(this.profile),
      settings: () => settings.value,
      tell: (event, payload) => {
        this.#tell(event, payload);
      },
      tellJob: (job) => {
        this.#tellJobs(job);
      },
      needFree: async () => {
        await this.#options.twins?.needFree(this.profile.id);
      },
      record: (entry) => this.#note(entry),
      ...{ log, waits },
    };
  }

  #note(entry: ActivityNote): Promise<void> {
    return this.record({ ...entry, at: Date.now() });
  }

  /** The carrier of this account; null while it has no usable keys, and once it is closed. */
  carrier(): Carrier | null {
    return this.#closed ? null : this.#options.accounts.carrier(this.profile.id);
  }
}
