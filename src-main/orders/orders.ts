import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Carrier } from '../carrier/carrier.ts';
import type { CartItem, OrderReview, OrderSummary, OrderView } from '../contract/buying.ts';
import { failure, toAppError } from '../contract/errors.ts';
import type { PhoneNumber } from '../contract/model.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { StoreClient } from '../storage/client.ts';
import type { Cart } from './cart.ts';
import type { NewActivity, RunItem } from './journal-store.ts';
import { purchase, type Outcome } from './purchase.ts';

export type OrdersOptions = {
  readonly journal: StoreClient<'journal'>;
  readonly cart: Cart;
  readonly inventory: Inventory;
  readonly carrier: () => Carrier | null;
  /** Cents that an order may cost at once without its count being typed. */
  readonly orderLimit: () => number;
  readonly onOrder: (order: OrderSummary) => void;
  readonly record: (entry: Omit<NewActivity, 'at'>) => Promise<void>;
  readonly log: (line: string) => void;
  /** Pauses of the runner in milliseconds; for tests. */
  readonly settleMs?: number;
  readonly againMs?: number;
};

/** Refusals one after another, all in the same words, that stop an order and ask. */
const mostSameRefusals = 10;
const interrupted = 'Numberdesk was closed while this order ran. Nothing is sent until you resume it.';
const givenUp = 'Not sent: the order was stopped.';

/** Orders of what is in the cart. One order runs at a time, one number at a time. */
export class Orders {
  #options: OrdersOptions;
  #review: { token: string; items: readonly CartItem[]; mustTypeCount: boolean } | null = null;
  #running: { id: number; done: Promise<void> } | null = null;
  /** Asked of the running order: end after the number on its way. */
  #wanted: 'paused' | 'stopping' | null = null;
  #closing = new AbortController();

  constructor(options: OrdersOptions) {
    this.#options = options;
  }

  /** Finds out what a crash left behind: every number that may have been sent is looked up. */
  async recover(): Promise<void> {
    const { journal } = this.#options;
    await this.#options.inventory.learn(await journal.call('learned'));
    for (const id of await journal.call('recover', interrupted)) await this.#reconcile(id);
  }

  /** What the cart would cost, and a token that permits buying exactly this, once. */
  async review(): Promise<OrderReview> {
    const { items: all } = await this.#options.cart.get();
    const owned = await this.#options.inventory.owned(all.map((item) => item.number));
    const items = all.filter((item) => !owned.includes(item.number) && item.gone !== true);
    if (items.length === 0) {
      throw failure(
        'invalid-input',
        'There is nothing in the cart that can be bought.',
        'Add numbers first.',
      );
    }
    const setup = items.reduce((sum, item) => sum + item.setup, 0);
    const monthly = items.reduce((sum, item) => sum + item.monthly, 0);
    const limit = this.#options.orderLimit();
    const mustTypeCount = setup + monthly > limit;
    this.#review = { token: randomUUID(), items, mustTypeCount };
    return {
      ...{ token: this.#review.token, items, owned, setup, monthly, limit, mustTypeCount },
      firstYear: setup + 12 * monthly,
      dueNow: setup + monthly,
    };
  }

  async buy(input: {
    token: string;
    typedCount: number | null;
    routes: { primary: string; failover: string } | null;
  }): Promise<OrderView> {
    const review = this.#review;
    if (review?.token !== input.token) {
      throw failure(
        'rejected',
        'This review was used already or is not the newest.',
        'Review the order again.',
      );
    }
    if (review.mustTypeCount && input.typedCount !== review.items.length) {
      throw failure(
        'invalid-input',
        `This order costs more than your limit.`,
        `Type ${review.items.length} to confirm it.`,
      );
    }
    if (this.#running) {
      throw failure('rejected', 'Another order is running.', 'Wait until it is done, or pause it.');
    }
    this.#carrier();
    // Used up before anything is awaited: a second click or another window finds nothing.
    this.#review = null;
    const { journal } = this.#options;
    const id = await journal.call('createOrder', review.items, input.routes, Date.now());
    if (id === null)
      throw failure('rejected', 'The cart changed since the review.', 'Review the order again.');
    await this.#options.cart.tell();
    await this.#note(id, 'ordered');
    this.#start(id);
    return this.order(id);
  }

  list(): Promise<OrderSummary[]> {
    return this.#options.journal.call('orders');
  }

  async order(id: number): Promise<OrderView> {
    const order = await this.#options.journal.call('order', id);
    if (!order) throw failure('not-found', 'There is no such order.', 'Choose another one.');
    return order;
  }

  async pause(id: number): Promise<OrderView> {
    if (this.#running?.id === id) this.#wanted ??= 'paused';
    return this.order(id);
  }

  async resume(id: number): Promise<OrderView> {
    const order = await this.order(id);
    if (order.phase === 'done' || this.#running?.id === id) return order;
    if (this.#running)
      throw failure('rejected', 'Another order is running.', 'Wait until it is done, or pause it.');
    this.#carrier();
    this.#start(id);
    return this.order(id);
  }

  /** Gives up what was not sent. Numbers whose outcome is not known are looked up before the order is done. */
  async stop(id: number): Promise<OrderView> {
    const order = await this.order(id);
    if (order.phase === 'done') return order;
    if (this.#running?.id === id) {
      this.#wanted = 'stopping';
      await this.#phase(id, 'stopping', '');
      return this.order(id);
    }
    await this.#options.journal.call('giveUp', id, givenUp);
    if (await this.#options.journal.call('nextItem', id)) return this.resume(id);
    await this.#phase(id, 'done', '');
    await this.#note(id, 'done');
    return this.order(id);
  }

  /** Resolves when nothing runs: for tests, and before the files are closed. */
  async settled(): Promise<void> {
    await this.#running?.done;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#wanted ??= 'paused';
    await this.settled();
  }

  #start(id: number): void {
    this.#wanted = null;
    const done = this.#run(id)
      .catch(async (thrown: unknown) => {
        const error = toAppError(thrown);
        this.#options.log(`order ended: ${error.code}`);
        await this.#phase(id, 'paused', `${error.message} ${error.action}`).catch(() => undefined);
      })
      .finally(() => {
        this.#running = null;
        this.#wanted = null;
      });
    this.#running = { id, done };
  }

  async #run(id: number): Promise<void> {
    const { journal } = this.#options;
    await this.#phase(id, 'running', '');
    let [refusal, same] = ['', 0];
    for (;;) {
      if (this.#wanted === 'stopping') await journal.call('giveUp', id, givenUp);
      if (this.#wanted === 'paused' || this.#closing.signal.aborted) {
        await this.#phase(id, 'paused', 'Paused. Nothing is sent until you resume it.');
        return;
      }
      const item = await journal.call('nextItem', id);
      if (!item) break;
      if (item.status === 'bought') {
        await this.#setRoutes(id, item);
        continue;
      }
      const outcome = await this.#attempt(id, item);
      const wait = await this.#keep(id, item, outcome);
      await this.#told(id);
      if (wait !== null) {
        await this.#phase(id, 'paused', wait);
        return;
      }
      if (outcome.kind === 'again') await this.#breathe(item.sent);
      same = outcome.kind !== 'refused' ? 0 : outcome.reason === refusal ? same + 1 : 1;
      if (outcome.kind === 'refused') refusal = outcome.reason;
      if (same >= mostSameRefusals && (await journal.call('nextItem', id))) {
        await this.#phase(
          id,
          'paused',
          `${same} numbers in a row were refused: ${refusal} Resume to go on, or stop.`,
        );
        return;
      }
    }
    await this.#phase(id, 'done', '');
    await this.#note(id, 'done');
  }

  #attempt(id: number, item: RunItem): Promise<Outcome> {
    const { journal, settleMs } = this.#options;
    return purchase(item, {
      carrier: this.#carrier(),
      sending: async () => {
        await journal.call('setItem', id, item.number, 'sending', '');
        await this.#told(id);
      },
      ...(settleMs === undefined ? {} : { settleMs }),
    });
  }

  /** Writes an outcome down. Returns why the order has to wait, or null. */
  async #keep(id: number, item: RunItem, outcome: Outcome): Promise<string | null> {
    const { journal, inventory } = this.#options;
    switch (outcome.kind) {
      case 'bought': {
        const learned = await journal.call('bought', id, item, Date.now());
        await inventory.learn([learned]);
        const owned = outcome.owned ?? (await this.#fresh(item.number));
        if (owned) await inventory.applyFresh(owned, Date.now());
        return null;
      }
      case 'refused':
        await journal.call('setItem', id, item.number, 'refused', outcome.reason);
        return null;
      case 'again':
        await journal.call('setItem', id, item.number, 'planned', outcome.reason);
        return null;
      case 'account':
        await journal.call('setItem', id, item.number, 'planned', outcome.reason);
        return `${outcome.reason} Nothing more was sent. Resume when it is settled, or stop.`;
      case 'unknown':
        await journal.call('setItem', id, item.number, 'unknown', outcome.reason);
        return `${outcome.error.message} Whether ${item.number} was bought is looked up when you resume.`;
    }
  }

  /** Setting the same routes twice changes nothing: it is tried again, and a lost answer is looked up. */
  async #setRoutes(id: number, item: RunItem): Promise<void> {
    const { journal, inventory } = this.#options;
    const { primary, failover } = await this.order(id);
    const number = item.number as PhoneNumber;
    let reason = '';
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      try {
        await this.#carrier().setRoutes(number, { primary, failover });
      } catch (thrown) {
        const error = toAppError(thrown);
        reason = `Bought, but its routes were not set: ${error.message}`;
        if (['rejected', 'not-found', 'wrong-keys', 'wrong-clock'].includes(error.code)) break;
        await this.#breathe(attempt);
      }
      const fresh = await this.#fresh(number);
      if (fresh?.routes.primary.name !== primary || fresh.routes.failover.name !== failover) continue;
      await inventory.applyFresh(fresh, Date.now());
      await journal.call('setItemRoutes', id, number, 'set', '');
      await this.#told(id);
      return;
    }
    await journal.call(
      'setItemRoutes',
      id,
      number,
      'failed',
      reason || 'Bought, but its routes could not be confirmed.',
    );
    await this.#told(id);
  }

  /** Looks up every number of an order whose outcome a crash left open, and says what was found. */
  async #reconcile(id: number): Promise<void> {
    const carrier = this.#options.carrier();
    const { items } = await this.order(id);
    const open = (items as RunItem[]).filter((item) => item.status === 'unknown');
    const found: string[] = [];
    for (const item of carrier ? open : []) {
      const owned = await carrier?.getOwned(item.number as PhoneNumber).catch(() => null);
      if (!owned) continue;
      await this.#keep(id, item, { kind: 'bought', owned });
      found.push(item.number);
    }
    if (open.length > 0) {
      const left = open.length - found.length;
      const said = `After the interruption: ${found.length} of ${open.length} on their way were bought`;
      const text =
        left > 0 ? `${said}, ${left} will be looked up again before anything is sent.` : `${said}.`;
      await this.#phase(id, 'paused', `${interrupted} ${text}`);
      await this.#options.record({
        kind: 'order',
        text: `Order ${id}: ${text}`,
        outcome: 'info',
        numbers: found,
      });
    }
    await this.#told(id);
  }

  async #fresh(number: string) {
    return this.#carrier()
      .getOwned(number as PhoneNumber)
      .catch(() => null);
  }

  #breathe(attempt: number): Promise<void> {
    const wait = (this.#options.againMs ?? 1_000) * 2 ** Math.min(attempt, 5);
    return sleep(wait, undefined, { signal: this.#closing.signal }).catch(() => undefined);
  }

  async #phase(id: number, phase: OrderSummary['phase'], waiting: string): Promise<void> {
    await this.#options.journal.call('setPhase', id, phase, waiting);
    await this.#told(id);
  }

  async #told(id: number): Promise<void> {
    const summary = await this.#options.journal.call('summary', id);
    if (summary) this.#options.onOrder(summary);
  }

  async #note(id: number, what: 'ordered' | 'done'): Promise<void> {
    const order = await this.order(id);
    const numbers = order.items.filter((item) => what === 'ordered' || item.status === 'bought');
    const money = `$${(order.spent / 100).toFixed(2)} set-up`;
    await this.#options.record({
      kind: 'order',
      text:
        what === 'ordered'
          ? `Order ${id} of ${order.total} numbers began`
          : `Order ${id} is done: ${order.counts.bought} bought (${money}), ${order.counts.refused} refused`,
      outcome: what === 'done' && order.counts.refused > 0 ? 'failed' : 'ok',
      numbers: numbers.map((item) => item.number),
    });
  }

  #carrier(): Carrier {
    const carrier = this.#options.carrier();
    if (carrier) return carrier;
    throw failure('signed-out', 'There are no keys to buy with.', 'Enter the keys of this account.');
  }
}
