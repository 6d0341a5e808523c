import { steadyNow } from '../platform/clock.ts';
import type { CartItem, CartItemsWindow, OrderReview } from '../contract/buying.ts';
import { failure } from '../contract/errors.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Journal } from '../journal/open.ts';
import type { Tasks } from '../platform/tasks.ts';
import { lagMs, type Cart } from './cart.ts';
import { reviewOf } from './order-words.ts';

export type ReviewsOptions = {
  readonly cart: Cart;
  readonly journal: Journal;
  readonly inventory: Inventory;
  /** Cents that an order may cost at once without its count being typed. */
  readonly orderLimit: () => number;
  /** How old a review may be when it is bought, in milliseconds. */
  readonly freshMs: number;
  readonly tasks: Tasks;
};

/** `at` is when it was made, `pricedAt` when the price of each item was asked for, 0 where it was not (Unix milliseconds). */
export type Review = {
  readonly view: OrderReview;
  readonly items: readonly CartItem[];
  readonly at: number;
  readonly pricedAt: readonly number[];
};

/** One for each window, and some that were closed. */
const mostReviews = 8;

/** What windows look at before they buy, by token: each may buy, and the first one that does ends the others. */
export class Reviews {
  #kept = new Map<string, Review>();
  #options: ReviewsOptions;

  constructor(options: ReviewsOptions) {
    this.#options = options;
  }

  /** What the cart would cost, and a token that permits buying exactly this, once. */
  make(asker = ''): Promise<OrderReview> {
    return this.#options.tasks.run(async () => {
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
      for (const [oldest] of [...this.#kept].slice(0, -mostReviews + 1)) this.#kept.delete(oldest);
      this.#kept.set(view.token, { view, items, at: steadyNow(), pricedAt });
      return view;
    });
  }

  /** A window of what a review is about. */
  items(token: string, offset: number, limit: number): CartItemsWindow {
    const { items } = this.need(token);
    return { total: items.length, offset, items: items.slice(offset, offset + limit) };
  }

  /** One was bought, or other keys come: what was reviewed may be bought in another account by now. */
  clear(): void {
    this.#kept.clear();
  }

  /** The review of a token; throws `rejected` when it was used or is too old. */
  need(token: string): Review {
    const review = this.#kept.get(token);
    if (!review)
      throw failure(
        'rejected',
        'This review was used already, or another one was.',
        'Review the order again.',
      );
    if (steadyNow() - review.at > this.#options.freshMs)
      throw failure(
        'rejected',
        'This review is some minutes old, and prices may have changed.',
        'Review the order again.',
      );
    return review;
  }
}
