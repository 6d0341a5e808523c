import { steadyNow } from '../platform/clock.ts';
import type { CartItemsWindow, OrderReview, OrderSummary, RaisedOrder } from '../contract/buying.ts';
import type { Inputs } from '../contract/contract.ts';
import { failure, toAppError } from '../contract/errors.ts';
import type { PhoneNumber } from '../contract/model.ts';
import { agree, formatCount, numbersOf } from '../contract/words.ts';
import { cancelled } from '../platform/cancel.ts';
import { withDeadline } from '../platform/deadline.ts';
import { Tasks } from '../platform/tasks.ts';
import { lagMs, type Cart } from './cart.ts';
import { reviewOf } from './order-words.ts';
import { keepBought, needCarrier, OrderRun, recordEnd, type OrderRunOptions } from './order-run.ts';
import { freshPriceMs, givenUp } from './purchase.ts';
import { Reviews } from './reviews.ts';

export type OrdersOptions = OrderRunOptions & {
  readonly cart: Cart;
  /** Cents that an order may cost at once without its count being typed. */
  readonly orderLimit: () => number;
  /** The listed route that each of these names means, byte for byte, or null; asked anew when one is missing. */
  readonly listedRoutes: (names: readonly string[]) => Promise<readonly (string | null)[]>;
};

type Pair = { readonly primary: string; readonly failover: string };

const interrupted = 'Numberdesk was closed while this order ran. Nothing is sent until you resume it.';
/** How long a question on its way may take before a pause or the end of the application breaks it off. */
const pauseGraceMs = 2_000;
const closeGraceMs = 500;
/** How long a start, and a check of routes, may take before somebody who waits for an answer gets one. */
const reconcileMs = 15_000;
const routesMs = 15_000;

/** Orders of what is in the cart. One order runs at a time, one number at a time. */
export class Orders {
  #options: OrdersOptions;
  /** What windows look at, by token: each may buy, and the first one that does ends the others. */
  #reviews: Reviews;
  #running: OrderRun | null = null;
  /** An order is being begun: taken before anything is awaited, so that another window finds it taken. */
  #starting = false;
  #recovery: Promise<void> | null = null;
  /** Orders that had not ended when the application was started. */
  #interrupted: readonly number[] = [];
  /** What a window asked for, and look-ups: waited for at the end. */
  #tasks = new Tasks();

  constructor(options: OrdersOptions) {
    this.#options = options;
    this.#reviews = new Reviews(options.freshMs ?? freshPriceMs);
  }

  /** Before anybody can ask for an order: what ran when the application ended waits from now on. */
  async load(): Promise<void> {
    const { journal, inventory } = this.#options;
    await inventory.learn(await journal.orders.learned());
    this.#interrupted = await journal.orders.recover(interrupted);
  }

  /** Finds out what a crash left behind: every number that may have been sent is looked up. Once for a start. */
  recover(): Promise<void> {
    this.#recovery ??= this.#tasks
      .run(() => this.#recover())
      .catch((thrown: unknown) => {
        this.#recovery = null;
        throw thrown;
      });
    return this.#recovery;
  }

  async #recover(): Promise<void> {
    for (const id of this.#interrupted) await this.#reconcile(id);
    this.#interrupted = [];
  }

  /**
   * After a sync, or when keys or a network came back: numbers whose purchase was never made clear, and which the list has,
   * are bought, with what they cost, in orders that have ended too.
   */
  async settleDoubts(): Promise<void> {
    if (!this.#recovery || this.#tasks.closing) return;
    await this.#tasks.run(() => this.#settleDoubts());
  }

  async #settleDoubts(): Promise<void> {
    await this.#recovery;
    const { journal, inventory } = this.#options;
    const doubted = (await journal.orders.doubted()).filter((item) => item.orderId !== this.#running?.id);
    const owned = new Set(await inventory.owned(doubted.map((item) => item.number)));
    const found = doubted.filter((item) => owned.has(item.number));
    for (const item of found) {
      const learned = await journal.orders.foundBought(item.orderId, item, Date.now());
      if (learned) await inventory.learn([learned]);
    }
    for (const id of new Set(found.map((item) => item.orderId))) {
      const numbers = found.filter((item) => item.orderId === id).map((item) => item.number);
      const { ordinal, unset } = await this.order(id);
      const besides = unset > 0 ? `; routes of ${numbersOf(unset)} are not set` : '';
      const text = `Order ${ordinal}: ${formatCount(numbers.length)} of its numbers ${agree(numbers.length, 'was', 'were')} bought after all, as the list shows${besides}`;
      await this.#options.record({ kind: 'order', text, outcome: 'info', numbers });
      await this.#told(id);
    }
  }

  /** What the cart would cost, and a token that permits buying exactly this, once. */
  review(view = ''): Promise<OrderReview> {
    return this.#tasks.run(() => this.#review(view));
  }

  async #review(asker: string): Promise<OrderReview> {
    const { cart, inventory, journal, orderLimit } = this.#options;
    // What was put in some time ago may cost something else by now, or be gone.
    await cart.check(asker);
    const all = await journal.cart.wholeCart();
    const numbers = all.map((item) => item.number);
    const owned = new Set(await inventory.owned(numbers));
    const ordered = new Set(await journal.orders.ordered(numbers, Date.now() - lagMs));
    const items = all.filter(({ number, gone }) => !owned.has(number) && !ordered.has(number) && !gone);
    if (items.length === 0) {
      throw failure(
        'invalid-input',
        'There is nothing in the cart that can be bought.',
        'Add numbers first.',
      );
    }
    const leftOut = { owned: owned.size, left: all.length - items.length - owned.size };
    const view = reviewOf(items, leftOut, orderLimit());
    const pricedAt = items.map(({ number }) => cart.askedAt(number));
    this.#reviews.keep({ view, items, at: steadyNow(), pricedAt });
    return view;
  }

  /** Other keys come: what was reviewed may be bought in another account by now. */
  forgetReviews(): void {
    this.#reviews.clear();
  }

  /** A window of what a review is about. */
  reviewItems(token: string, offset: number, limit: number): CartItemsWindow {
    const { items } = this.#reviews.need(token);
    return { total: items.length, offset, items: items.slice(offset, offset + limit) };
  }

  async buy(input: {
    token: string;
    typedCount: number | null;
    routes: { primary: string; failover: string } | null;
  }): Promise<OrderSummary> {
    const { view, items, pricedAt } = this.#reviews.need(input.token);
    if (view.mustTypeCount && input.typedCount !== view.count) {
      throw failure(
        'invalid-input',
        `This order costs more than your limit.`,
        `Type ${view.count} to confirm it.`,
      );
    }
    needCarrier(this.#options);
    return this.#alone(async () => {
      const routes = await this.#checkRoutes(input.routes);
      await this.recover();
      if (this.#tasks.closing) throw cancelled();
      // Another window may have reviewed meanwhile; from here on a second click finds nothing.
      this.#reviews.need(input.token);
      this.#reviews.clear();
      const { journal, record, inventory } = this.#options;
      // A list that was never complete cannot tell what is owned, and a cart may come from another computer.
      const listKnown = (await inventory.lastPass()) !== null;
      const id = await journal.orders.createOrder(items, routes, Date.now(), { pricedAt, listKnown });
      if (id === null)
        throw failure('rejected', 'The cart changed since the review.', 'Review the order again.');
      await this.#options.cart.tell();
      const numbers = items.map((item) => item.number);
      const { ordinal } = await this.order(id);
      const text = `Order ${ordinal} of ${numbersOf(view.count)} began`;
      await record({ kind: 'order', text, outcome: 'ok', numbers });
      await this.#start(id, false);
      return this.order(id);
    });
  }

  list(): Promise<OrderSummary[]> {
    return this.#options.journal.orders.orders();
  }

  /** A page of them, from a place on; empty past the last one. */
  page(offset: number): Promise<OrderSummary[]> {
    return this.#options.journal.orders.ordersFrom(offset);
  }

  async order(id: number): Promise<OrderSummary> {
    const order = await this.#options.journal.orders.summary(id);
    if (!order) throw failure('not-found', 'There is no such order.', 'Choose another one.');
    return order;
  }

  async pause(id: number): Promise<OrderSummary> {
    if (this.#running?.id === id) this.#running.pause(pauseGraceMs);
    return this.order(id);
  }

  /** The record was damaged while an order ran: it waits for the person. */
  interrupt(): void {
    this.#running?.pause(pauseGraceMs);
  }

  /** Goes on with an order that waits. One that was stopped only looks up what may have been bought. */
  async resume(id: number, agreed?: Inputs['orders.resume']['agreed']): Promise<OrderSummary> {
    needCarrier(this.#options);
    if (this.#running?.id === id && !this.#running.leaving) return this.order(id);
    return this.#alone(async () => {
      // What a crash left open is looked up first, and nothing marks the order as waiting afterwards.
      await this.recover();
      const order = await this.order(id);
      if (order.phase === 'done') return order;
      if (order.raised) await this.#agree(id, order.raised, agreed);
      await this.#options.record({
        ...{ kind: 'order', outcome: 'info', numbers: [] },
        text: `Order ${order.ordinal} was resumed`,
      });
      await this.#start(id, order.stopped);
      return this.order(id);
    });
  }

  /** A price went up: what is left is bought only at a cost that was shown, above the limit only with its count typed. */
  async #agree(
    id: number,
    { dueNow, count }: RaisedOrder,
    agreed: Inputs['orders.resume']['agreed'],
  ): Promise<void> {
    if (agreed && dueNow > this.#options.orderLimit() && agreed.typedCount !== count) {
      throw failure(
        'invalid-input',
        'What is left of this order costs more than your limit.',
        `Type ${count} to confirm it.`,
      );
    }
    if (agreed?.dueNow === dueNow && (await this.#options.journal.prices.agree(id, dueNow))) return;
    await this.#told(id);
    throw failure(
      'rejected',
      'A price of this order went up since you agreed to it.',
      'Look at what is left and what it costs, then go on or stop.',
    );
  }

  /** Gives up what was not sent. Numbers whose outcome is not known are looked up before the order is done. */
  async stop(id: number): Promise<OrderSummary> {
    const order = await this.order(id);
    if (order.phase === 'done') return order;
    const { journal } = this.#options;
    if (this.#running?.id === id && this.#running.stop()) {
      return this.#tasks.run(async () => {
        // Whatever happens to the process from here on, nothing of it is sent again.
        await journal.orders.stopOrder(id);
        await this.#told(id);
        return this.order(id);
      });
    }
    return this.#alone(async () => {
      await this.recover();
      await journal.orders.stopOrder(id);
      await journal.orders.giveUp(id, givenUp);
      if (await journal.orders.nextItem(id)) {
        await this.#told(id);
        needCarrier(this.#options);
        await this.#start(id, true);
        return this.order(id);
      }
      await journal.orders.setPhase(id, 'done', '');
      return this.#ended(id);
    });
  }

  /** Ends an order that waits because numbers cannot be looked up: they stay unknown, and each sync looks for them. */
  async setAside(id: number): Promise<OrderSummary> {
    return this.#alone(async () => {
      await this.recover();
      const order = await this.order(id);
      if (order.phase === 'done') return order;
      const { journal } = this.#options;
      await journal.orders.giveUp(id, givenUp);
      const { counts } = await this.order(id);
      const open =
        counts.unknown > 0
          ? `Whether ${formatCount(counts.unknown)} of its numbers ${agree(counts.unknown, 'was', 'were')} bought is not known: each sync looks for ${agree(counts.unknown, 'it', 'them')}.`
          : '';
      await journal.orders.setAside(id, open, 'Bought, but its routes were not set: the order was ended.');
      return this.#ended(id);
    });
  }

  /** Resolves when nothing runs: for tests, and before the files are closed. */
  async settled(): Promise<void> {
    await this.#running?.done;
  }

  async close(): Promise<void> {
    const begun = this.#tasks.close();
    this.#running?.pause(closeGraceMs);
    await begun;
    await this.settled();
  }

  /** One order at a time: the place is taken before anything is awaited. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#tasks.run(() => this.#inPlace(work));
  }

  async #inPlace<T>(work: () => Promise<T>): Promise<T> {
    if ((this.#running && !this.#running.leaving) || this.#starting)
      throw failure('rejected', 'Another order is running.', 'Wait until it is done, or pause it.');
    this.#starting = true;
    try {
      // What is only writing down its end is waited for.
      await this.settled();
      return await work();
    } finally {
      this.#starting = false;
    }
  }

  /** Begins to send. Once the account is being closed nothing begins any more: the order waits for the next start. */
  async #start(id: number, stopped: boolean): Promise<void> {
    if (this.#tasks.closing) {
      await this.#options.journal.orders.setPhase(id, 'paused', interrupted);
      return;
    }
    const run = new OrderRun(id, stopped, this.#options);
    this.#running = run;
    void run.done.finally(() => {
      if (this.#running === run) this.#running = null;
    });
    await run.begun;
  }

  /** The routes by the names that are listed. */
  async #checkRoutes(routes: Pair | null): Promise<Pair | null> {
    if (!routes) return null;
    const names = [routes.primary, routes.failover];
    const [primary, failover] = await withDeadline(
      this.#options.listedRoutes(names),
      this.#options.patienceMs ?? routesMs,
      () => failure('timeout', 'The routes could not be checked.', 'Nothing was bought. Try again.'),
      this.#tasks.signal,
    );
    if (primary && failover) return { primary, failover };
    const missing = primary ? routes.failover : routes.primary;
    throw failure(
      'invalid-input',
      `There is no route "${missing}" in this account.`,
      'Choose another one, or create it first. Nothing was bought.',
    );
  }

  /** Looks up every number of an order whose outcome a crash left open, and says what was found. */
  async #reconcile(id: number): Promise<void> {
    const { journal, record } = this.#options;
    const carrier = this.#options.carrier();
    const open = await journal.orders.itemsThatAre(id, 'unknown');
    const found: string[] = [];
    let absent = 0;
    // What cannot be asked for by then is asked for when the order is resumed.
    const patience = AbortSignal.timeout(this.#options.patienceMs ?? reconcileMs);
    const signal = AbortSignal.any([this.#tasks.signal, patience]);
    for (const item of carrier ? open : []) {
      try {
        const owned = await carrier?.getOwned(item.number as PhoneNumber, { signal });
        if (!owned) continue;
        await keepBought(id, item, owned, this.#options, signal);
        found.push(item.number);
      } catch (thrown) {
        const { code } = toAppError(thrown);
        if (code === 'not-found') absent += 1;
        if (code !== 'odd-record') continue;
        await keepBought(id, item, 'odd', this.#options, signal);
        found.push(item.number);
      }
    }
    if (open.length > 0) {
      const unasked = open.length - found.length - absent;
      const parts = [
        `${formatCount(found.length)} of ${formatCount(open.length)} on their way ${agree(found.length, 'was', 'were')} bought`,
        absent > 0 ? `${formatCount(absent)} ${agree(absent, 'is', 'are')} not in the account so far` : '',
        unasked > 0 ? `${formatCount(unasked)} could not be asked for` : '',
      ];
      const said = `After the interruption: ${parts.filter(Boolean).join(', ')}`;
      const text =
        absent + unasked > 0
          ? `${said}. What is not known is looked up again before anything is sent.`
          : `${said}.`;
      await journal.orders.setPhase(id, 'paused', `${interrupted} ${text}`);
      const { ordinal } = await this.order(id);
      await record({ kind: 'order', text: `Order ${ordinal}: ${text}`, outcome: 'info', numbers: found });
    }
    await this.#told(id);
  }

  async #ended(id: number): Promise<OrderSummary> {
    await this.#told(id);
    await recordEnd(id, this.#options);
    return this.order(id);
  }

  async #told(id: number): Promise<void> {
    const summary = await this.#options.journal.orders.summary(id);
    if (summary) this.#options.onOrder(summary);
  }
}
