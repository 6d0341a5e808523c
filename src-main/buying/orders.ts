import type { ActivityNote } from '../activity/activity-store.ts';
import type { Carrier } from '../carrier/carrier.ts';
import type { OrdersWindow, OrderSummary, RaisedOrder } from '../contract/buying.ts';
import type { Inputs } from '../contract/contract.ts';
import { noRoute, type Pair } from '../contract/model.ts';
import { failure } from '../contract/errors.ts';
import { readListQuery } from '../contract/list-query.ts';
import type { Suggestion } from '../contract/numbers.ts';
import { orderQuery } from '../contract/order-query.ts';
import { agree, formatCount, numbersOf } from '../contract/words.ts';
import { Desk } from '../jobs/desk.ts';
import { sliceMs } from '../platform/storage/slices.ts';
import { cancelled } from '../platform/cancel.ts';
import { withDeadline } from '../platform/deadline.ts';
import type { Cart } from './cart.ts';
import { orderKind, type OrderKindOptions } from './order-kind.ts';
import { newestOrders, type OrderJob } from './order-store.ts';
import { freshPriceMs } from './purchase.ts';
import { Reviews } from './reviews.ts';

export type OrdersOptions = OrderKindOptions & {
  readonly cart: Cart;
  readonly carrier: () => Carrier | null;
  readonly onOrder: (order: OrderSummary) => void;
  readonly needFree?: () => Promise<void>;
  readonly record: (entry: ActivityNote) => Promise<void>;
  readonly log: (line: string) => void;
  /** Cents that an order may cost at once without its count being typed. */
  readonly orderLimit: () => number;
  /** The listed route that each of these names means, byte for byte, or null; asked anew when one is missing. */
  readonly listedRoutes: (names: readonly string[]) => Promise<readonly (string | null)[]>;
  /** A number can have no failover at all. */
  readonly noneAsFailover: boolean;
  /** Pauses in milliseconds, how long somebody waits for an answer, and numbers side by side; for tests. */
  readonly againMs?: number;
  readonly patienceMs?: number;
  readonly lanes?: number;
};

/** How long a check of routes may take before somebody who waits for an answer gets one. */
const routesMs = 15_000;

/** Orders of what is in the cart. One order runs at a time. */
export class Orders extends Desk<OrderJob> {
  readonly reviews: Reviews;
  #options: OrdersOptions;
  #doubts = Promise.resolve();

  constructor(options: OrdersOptions) {
    super({ ...options, journal: options.journal.orders, kind: orderKind(options), onJob: options.onOrder });
    this.#options = options;
    this.reviews = new Reviews({ ...options, freshMs: options.freshMs ?? freshPriceMs, tasks: this.tasks });
  }

  /** Before anybody can ask for an order: what ran when the application ended waits from now on. */
  override async load(): Promise<void> {
    const { journal, inventory } = this.#options;
    await inventory.learn(await journal.prices.learned());
    await super.load();
  }

  /**
   * After a sync or an order, or when keys or a network came back: numbers whose purchase was never made clear, and which the
   * list has, are bought, with what they cost, in orders that have ended too.
   */
  async settleDoubts(): Promise<void> {
    const { tasks, recovering } = this;
    if (!recovering || tasks.closing) return;
    await tasks.run(async () => {
      await recovering;
      // One after another: what a sync and the end of an order both find is written down once.
      const settling = this.#doubts.then(() => this.#settleDoubts());
      this.#doubts = settling.catch(() => undefined);
      await settling;
    });
  }

  /** A sync during the order may have listed what its own look-ups did not find. */
  protected override atRest(): void {
    void this.settleDoubts().catch(() => undefined);
  }

  async #settleDoubts(): Promise<void> {
    const { journal, inventory } = this.#options;
    const { running } = this;
    const doubted = (await journal.orders.doubted()).filter((item) => item.orderId !== running?.id);
    const owned = new Set(await inventory.owned(doubted.map((item) => item.number)));
    const found = doubted.filter((item) => owned.has(item.number));
    for (const item of found) {
      const paid = { item, at: Date.now(), found: true };
      const mark = { number: item.number, status: 'bought', reason: null, paid } as const;
      const [learned] = await journal.orders.mark(item.orderId, [mark]);
      if (learned) await inventory.learn([learned]);
    }
    for (const id of new Set(found.map((item) => item.orderId))) {
      const numbers = found.filter((item) => item.orderId === id).map((item) => item.number);
      const { unset } = await this.get(id);
      const besides = unset > 0 ? `; routes of ${numbersOf(unset)} are not set` : '';
      const text = `: ${formatCount(numbers.length)} of its numbers ${agree(numbers.length, 'was', 'were')} bought after all, as the list shows${besides}`;
      await this.#note(id, { text, outcome: 'info', numbers });
      await this.tell(id);
    }
  }

  /** Begins the order a review permitted, once. */
  async buy({ token, typedCount, routes: named }: Inputs['orders.buy']): Promise<OrderSummary> {
    const { view, items, pricedAt } = this.reviews.need(token);
    if (view.mustTypeCount && typedCount !== view.count) {
      throw failure(
        'invalid-input',
        `This order costs more than your limit.`,
        `Type ${view.count} to confirm it.`,
      );
    }
    this.needCarrier();
    return this.alone(async () => {
      await this.needFree();
      const routes = await this.#checkRoutes(named);
      await this.recover();
      if (this.tasks.closing) throw cancelled();
      // Another window may have reviewed meanwhile; from here on a second click finds nothing.
      this.reviews.need(token);
      this.reviews.clear();
      const { journal, inventory } = this.#options;
      // A list that was never complete cannot tell what is owned, and a cart may come from another computer.
      const listKnown = (await inventory.lastPass()) !== null;
      const id = await journal.orders.createOrder(items, routes, Date.now(), { pricedAt, listKnown });
      if (id === null)
        throw failure('rejected', 'The cart changed since the review.', 'Review the order again.');
      await this.#options.cart.tell();
      const numbers = items.map((item) => item.number);
      await this.#note(id, { text: ` of ${numbersOf(view.count)} began`, outcome: 'ok', numbers });
      await this.start(id);
      return this.get(id);
    });
  }

  /** A window of the orders that a query finds; one that is not understood finds none. */
  async list({ text = '', sort = newestOrders, ...place }: Inputs['orders.list']): Promise<OrdersWindow> {
    const { orders, orderList } = this.#options.journal;
    const { clauses, problem } = readListQuery(orderQuery, text, Date.now());
    while (!(await orderList.prepare({ clauses, sort }, sliceMs)));
    return orders.orders({ clauses: problem ? null : clauses, sort, ...place });
  }

  /** What the end of a query of that list may be meant to become, with counts. */
  suggest(input: Inputs['orders.suggest']): Promise<Suggestion[]> {
    return this.#options.journal.orderList.suggest(input, Date.now());
  }

  /** Goes on with an order that waits. One that was stopped only looks up what may have been bought. */
  resume(id: number, agreed?: Inputs['orders.resume']['agreed']): Promise<OrderSummary> {
    return this.begin(id, async ({ phase, raised }) => {
      if (phase !== 'paused') return null;
      if (raised) await this.#agree(id, raised, agreed);
      await this.#note(id, { text: ' was resumed', outcome: 'info', numbers: [] });
      return {};
    });
  }

  /** Writes down what happened to an order; `text` follows its name. */
  #note(id: number, entry: Omit<ActivityNote, 'kind' | 'about'>): Promise<void> {
    return this.#options.record({ kind: 'order', about: { kind: 'order', id }, ...entry });
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
    await this.tell(id);
    throw failure(
      'rejected',
      'A price of this order went up since you agreed to it.',
      'Look at what is left and what it costs, then go on or stop.',
    );
  }

  /** The keys of the routes that were named. Rejects where one of them is not listed. */
  async #checkRoutes(routes: Inputs['orders.buy']['routes']): Promise<Pair | null> {
    if (!routes) return null;
    if (routes.failover === 'none' && !this.#options.noneAsFailover) {
      throw failure(
        'invalid-input',
        "This account's API has no way to leave a number without a failover.",
        'Choose a failover route. Nothing was bought.',
      );
    }
    const sides = [routes.primary, routes.failover].filter((side) => side !== 'none');
    const [primary, failover = noRoute] = await withDeadline(
      this.#options.listedRoutes(sides.map(({ route }) => route)),
      this.#options.patienceMs ?? routesMs,
      () => failure('timeout', 'The routes could not be checked.', 'Nothing was bought. Try again.'),
      this.tasks.signal,
    );
    if (primary && failover !== null) return { primary, failover };
    const missing = primary ? sides.at(-1) : routes.primary;
    throw failure(
      'invalid-input',
      `There is no route "${missing?.route ?? ''}" in this account.`,
      'Choose another one, or create it first. Nothing was bought.',
    );
  }
}
