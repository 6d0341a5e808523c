import { setTimeout as sleep } from 'node:timers/promises';
import type { Carrier } from '../carrier/carrier.ts';
import type { OrderReview, OrderSummary, OrderView } from '../contract/buying.ts';
import { failure, toAppError } from '../contract/errors.ts';
import type { PhoneNumber } from '../contract/model.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { StoreClient } from '../storage/client.ts';
import type { Cart } from './cart.ts';
import { entryOf, reviewOf } from './entries.ts';
import { setItemRoutes } from './item-routes.ts';
import type { NewActivity, RunItem } from './journal-store.ts';
import { givenUp, isUnavailable, purchase, type Outcome } from './purchase.ts';

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
/** The same for a refusal that is not the documented one: it may be about the account. */
const mostUnknownRefusals = 2;
const interrupted = 'Numberdesk was closed while this order ran. Nothing is sent until you resume it.';

/** Orders of what is in the cart. One order runs at a time, one number at a time. */
export class Orders {
  #options: OrdersOptions;
  #review: OrderReview | null = null;
  #running: { id: number; done: Promise<void> } | null = null;
  /** Asked of the running order: end after the number on its way. */
  #wanted: 'paused' | 'stopping' | null = null;
  #closing = new AbortController();
  /** An order is being begun: taken before anything is awaited, so that another window finds it taken. */
  #starting = false;
  #recovery: Promise<void> | null = null;

  constructor(options: OrdersOptions) {
    this.#options = options;
  }

  /** Finds out what a crash left behind: every number that may have been sent is looked up. Once for a start. */
  recover(): Promise<void> {
    return (this.#recovery ??= this.#recover());
  }

  async #recover(): Promise<void> {
    const { journal } = this.#options;
    await this.#options.inventory.learn(await journal.call('learned'));
    for (const id of await journal.call('recover', interrupted)) await this.#reconcile(id);
  }

  /**
   * After a sync, or when keys or a network came back: numbers whose purchase was never made clear, and which the list has,
   * are bought, with what they cost, in orders that have ended too.
   */
  async settleDoubts(): Promise<void> {
    if (!this.#recovery) return;
    await this.#recovery;
    const { journal, inventory } = this.#options;
    const doubted = (await journal.call('doubted')).filter((item) => item.orderId !== this.#running?.id);
    const owned = new Set(await inventory.owned(doubted.map((item) => item.number)));
    const found = doubted.filter((item) => owned.has(item.number));
    for (const item of found)
      await inventory.learn([await journal.call('bought', item.orderId, item, Date.now())]);
    for (const id of new Set(found.map((item) => item.orderId))) {
      const numbers = found.filter((item) => item.orderId === id).map((item) => item.number);
      const text = `Order ${id}: ${numbers.length} of its numbers were bought after all, as the list shows`;
      await this.#options.record({ kind: 'order', text, outcome: 'info', numbers });
      await this.#told(id);
    }
  }

  /** What the cart would cost, and a token that permits buying exactly this, once. */
  async review(): Promise<OrderReview> {
    // What was put in some time ago may cost something else by now, or be gone.
    const { items: all } = await this.#options.cart.check();
    const numbers = all.map((item) => item.number);
    const owned = await this.#options.inventory.owned(numbers);
    const ordered = await this.#options.journal.call('ordered', numbers);
    const items = all.filter(
      (item) => !owned.includes(item.number) && !ordered.includes(item.number) && item.gone !== true,
    );
    if (items.length === 0) {
      throw failure(
        'invalid-input',
        'There is nothing in the cart that can be bought.',
        'Add numbers first.',
      );
    }
    const review = reviewOf(items, owned, this.#options.orderLimit());
    this.#review = review;
    return review;
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
    this.#carrier();
    return this.#alone(async () => {
      // Used up before anything is awaited: a second click or another window finds nothing.
      this.#review = null;
      await this.recover();
      const { journal } = this.#options;
      const id = await journal.call('createOrder', review.items, input.routes, Date.now());
      if (id === null)
        throw failure('rejected', 'The cart changed since the review.', 'Review the order again.');
      await this.#options.cart.tell();
      await this.#note(id, 'ordered');
      this.#start(id);
      return this.order(id);
    });
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
    this.#carrier();
    if (this.#running?.id === id) return this.order(id);
    return this.#alone(async () => {
      // What a crash left open is looked up first, and nothing marks the order as waiting afterwards.
      await this.recover();
      const order = await this.order(id);
      if (order.phase === 'done') return order;
      this.#start(id);
      return this.order(id);
    });
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
    return this.#alone(async () => {
      await this.recover();
      await this.#options.journal.call('giveUp', id, givenUp);
      if (await this.#options.journal.call('nextItem', id)) {
        this.#carrier();
        this.#start(id, 'stopping');
        return this.order(id);
      }
      await this.#phase(id, 'done', '');
      await this.#note(id, 'done');
      return this.order(id);
    });
  }

  /** One order at a time: the place is taken before anything is awaited. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running || this.#starting)
      throw failure('rejected', 'Another order is running.', 'Wait until it is done, or pause it.');
    this.#starting = true;
    try {
      return await work();
    } finally {
      this.#starting = false;
    }
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

  #start(id: number, wanted: 'stopping' | null = null): void {
    this.#wanted = wanted;
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
    await this.#phase(id, this.#wanted === 'stopping' ? 'stopping' : 'running', '');
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
      // Trouble in between says nothing about a refusal, and neither do the digits of the number in its text.
      if (outcome.kind === 'bought') same = 0;
      if (outcome.kind === 'refused') {
        const words = outcome.reason.replace(/\d/g, '');
        same = words === refusal ? same + 1 : 1;
        refusal = words;
      }
      const most = isUnavailable(refusal) ? mostSameRefusals : mostUnknownRefusals;
      if (this.#wanted !== 'stopping' && same >= most && (await journal.call('nextItem', id))) {
        await this.#phase(
          id,
          'paused',
          `${same} numbers in a row were refused: ${refusal.trim()} Resume to go on, or stop.`,
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
      onlySettle: this.#wanted === 'stopping',
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
        const askedAt = Date.now();
        const owned = outcome.owned ?? (await this.#fresh(item.number));
        if (owned) await inventory.applyFresh([owned], askedAt);
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

  /** An outage leaves the routes to be set, and the order waits, as with a purchase. */
  async #setRoutes(id: number, item: RunItem): Promise<void> {
    const { journal, inventory } = this.#options;
    const { primary, failover } = await this.order(id);
    const ended = await setItemRoutes(
      item.number as PhoneNumber,
      { primary, failover },
      {
        carrier: this.#carrier(),
        breathe: (attempt) => this.#breathe(attempt),
      },
    );
    if (ended.fresh) await inventory.applyFresh([ended.fresh], ended.askedAt);
    await journal.call('setItemRoutes', id, item.number, ended.routes, ended.reason);
    await this.#told(id);
  }

  /** Looks up every number of an order whose outcome a crash left open, and says what was found. */
  async #reconcile(id: number): Promise<void> {
    const carrier = this.#options.carrier();
    const { items } = await this.order(id);
    const open = (items as RunItem[]).filter((item) => item.status === 'unknown');
    const found: string[] = [];
    let absent = 0;
    for (const item of carrier ? open : []) {
      try {
        const owned = await carrier?.getOwned(item.number as PhoneNumber);
        if (!owned) continue;
        await this.#keep(id, item, { kind: 'bought', owned });
        found.push(item.number);
      } catch (thrown) {
        if (toAppError(thrown).code === 'not-found') absent += 1;
      }
    }
    if (open.length > 0) {
      const unasked = open.length - found.length - absent;
      const parts = [
        `${found.length} of ${open.length} on their way were bought`,
        absent > 0 ? `${absent} are not in the account so far` : '',
        unasked > 0 ? `${unasked} could not be asked for` : '',
      ];
      const said = `After the interruption: ${parts.filter(Boolean).join(', ')}`;
      const text =
        absent + unasked > 0 ? `${said}. They are looked up again before anything is sent.` : `${said}.`;
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
    await this.#options.record(entryOf(await this.order(id), what));
  }

  #carrier(): Carrier {
    const carrier = this.#options.carrier();
    if (carrier) return carrier;
    throw failure('signed-out', 'There are no keys to buy with.', 'Enter the keys of this account.');
  }
}
