import { steadyNow } from '../platform/clock.ts';
import type { CartItem, OrderReview } from '../contract/buying.ts';
import { failure } from '../contract/errors.ts';

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
  #freshMs: number;

  /** `freshMs`: how old a review may be when it is bought, in milliseconds. */
  constructor(freshMs: number) {
    this.#freshMs = freshMs;
  }

  keep(review: Review): void {
    for (const [oldest] of [...this.#kept].slice(0, -mostReviews + 1)) this.#kept.delete(oldest);
    this.#kept.set(review.view.token, review);
  }

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
    if (steadyNow() - review.at > this.#freshMs)
      throw failure(
        'rejected',
        'This review is some minutes old, and prices may have changed.',
        'Review the order again.',
      );
    return review;
  }
}
