import { readdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import type { CartItem, OffersWindow, OrderItem, OrderSummary } from '../../src-main/contract/buying.ts';
import type { AccountView } from '../../src-main/contract/accounts.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src-main/sandbox/server.ts';
import type { Inputs } from '../../src-main/contract/contract.ts';
import type { Waits } from '../../src-main/app/context.ts';
import { notOverV1, overV2 } from '../support/second-carrier.ts';
import { memoryKeychain, startApplication, temporaryFolder, type RunningApplication } from './app-rig.ts';

const sort = { column: 'number', direction: 'asc' } as const;
const everything = { sort, pattern: null, blockSize: 3, offset: 0, limit: 500 } as const;
type Question = Partial<Omit<Inputs['find.window'], 'id'>>;
export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** An order with all its numbers, as a test looks at it. */
export type WholeOrder = OrderSummary & { readonly items: readonly OrderItem[] };
type RoutePair = { primary: string; failover: string };

/** A sandbox account that is signed in and synced, and what a person does with it to buy. */
export class BuyRig {
  readonly sandbox: Sandbox;
  readonly folder = temporaryFolder();
  readonly keychain = memoryKeychain();
  app!: RunningApplication;
  account!: AccountView;
  /** The version of the API that it is signed in with. */
  api: 'v1' | 'v2' = 'v1';
  #open = false;
  #search = 0;

  private constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
  }

  static async start(options: SandboxOptions = {}, api: 'v1' | 'v2' = overV2 ? 'v2' : 'v1'): Promise<BuyRig> {
    const usual = { owned: 40, available: 4000, routes: 6, seed: 21, secretKey: 's' };
    const rig = new BuyRig(await startSandbox({ ...usual, ...options }));
    rig.api = api;
    await rig.launch();
    rig.account = await rig.signIn();
    await rig.app.call('settings.set', { orderLimit: 10_000_000 });
    return rig;
  }

  /** Starts the application on the same folder again, as after a restart. */
  async launch(waits: Partial<Waits> = {}): Promise<void> {
    this.app = await startApplication(this.folder.path, this.keychain, false, waits);
    this.#open = true;
  }

  async quit(): Promise<void> {
    if (this.#open) await this.app.application.close();
    this.#open = false;
  }

  async close(): Promise<void> {
    await this.quit();
    await this.sandbox.close();
    this.folder.remove();
  }

  /** Signs in to a sandbox, the rig's own unless another is given, and waits for the first sync. */
  async signIn(sandbox = this.sandbox, label = 'A'): Promise<AccountView> {
    const { accessKey, secretKey, url: baseUrl } = sandbox;
    const keys = { label, accessKey, secretKey, baseUrl, api: this.api, remember: 'keychain' } as const;
    const account = await this.app.call('accounts.signIn', keys);
    await this.app.status((status) => status.completedAt !== null);
    await this.app.readRoutes();
    return account;
  }

  async switchTo(id: string): Promise<void> {
    await this.app.call('accounts.switch', { id });
    await this.app.status((status) => status.completedAt !== null);
  }

  /** The search on screen, once it is done. */
  async search(text = 'npa:206'): Promise<OffersWindow> {
    this.#search = (await this.app.call('find.start', { text, replaces: null })).id;
    return until(
      () => this.window(),
      (window) => window.status.phase === 'done',
    );
  }

  /** A window of the last search. */
  window(question: Question = {}): Promise<OffersWindow> {
    return this.app.call('find.window', { ...everything, ...question, id: this.#search });
  }

  async fillCart(count: number, from = 0): Promise<string[]> {
    const { rows } = await this.search();
    const numbers = rows.slice(from, from + count).map((row) => row.number);
    await this.app.call('cart.add', { numbers });
    return numbers;
  }

  async buy(routes: RoutePair | null = null): Promise<OrderSummary> {
    const { token } = await this.app.call('orders.review', {});
    return this.app.call('orders.buy', { token, typedCount: null, routes: routes && toSet(routes) });
  }

  /** Fills the cart with so many numbers and buys them. */
  async begin(count: number, routes: RoutePair | null = null): Promise<{ id: number; numbers: string[] }> {
    const numbers = await this.fillCart(count);
    return { id: (await this.buy(routes)).id, numbers };
  }

  async cartItems(): Promise<readonly CartItem[]> {
    return (await this.app.call('cart.items', { offset: 0, limit: 500 })).items;
  }

  /** The counts are read first: an order that rests by them has items that rest too. */
  async order(id: number): Promise<WholeOrder> {
    const order = await this.app.call('orders.get', { id });
    const { items } = await this.app.call('orders.items', { id, status: null, offset: 0, limit: 500 });
    return { ...order, items };
  }

  /** The order once it is at rest. */
  async ended(id: number, phases = ['done', 'paused']): Promise<WholeOrder> {
    await until(
      () => this.app.call('orders.get', { id }),
      (order) => phases.includes(order.phase),
    );
    return this.order(id);
  }

  /** Syncs, and resolves when that pass is complete. */
  async sync(): Promise<void> {
    const before = (await this.app.status(() => true)).completedAt ?? 0;
    await this.app.call('sync.start', {});
    await this.app.status((status) => (status.completedAt ?? 0) > before);
  }

  /** What the carrier was asked about a number, in order. */
  asked(number: string): string[] {
    return this.sandbox
      .calls()
      .filter(({ subject, operation }) => subject === number && operation !== 'setRoutes')
      .map(({ operation, outcome }) => `${operation} ${outcome}`);
  }

  /** What the ledger says was bought, ascending. */
  bought(): string[] {
    return this.sandbox
      .ledger()
      .purchases.map((one) => one.number)
      .sort();
  }

  /** As if the prices of all orders had been asked for so much later, by a clock that was wrong. The application is closed. */
  shiftPrices(ms: number): void {
    const { path: file } = this.folder;
    const name = readdirSync(file, { recursive: true, encoding: 'utf8' }).find((one) =>
      one.endsWith('journal.db'),
    );
    const database = new DatabaseSync(path.join(file, name ?? ''));
    database.exec(`UPDATE order_item SET priced_at = priced_at + ${ms}`);
    database.close();
  }

  /** What the entries say that a query finds. */
  async activity(query = ''): Promise<string[]> {
    const { entries } = await this.app.call('activity.list', { text: query, offset: 0, limit: 100 });
    return entries.map((entry) => entry.text);
  }

  /** The carrier does not tell of this number while it is hidden, whatever it did with it. */
  hide(number: string): () => void {
    const { account } = this.sandbox;
    const find = account.find.bind(account);
    let hidden = true;
    account.find = (asked) => (hidden && asked === number ? -1 : find(asked));
    return () => (hidden = false);
  }
}

/** The input of `orders.buy` for two routes. Other adapters say no failover where v1 has the built-in route. */
export function toSet({ primary, failover }: RoutePair) {
  const none = notOverV1 && failover === 'sip-reg';
  return { primary: { route: primary }, failover: none ? ('none' as const) : { route: failover } };
}

/** Asks until the answer is as wanted. */
export async function until<T>(ask: () => Promise<T>, wanted: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await ask();
    if (wanted(value)) return value;
    await pause(10);
  }
}
