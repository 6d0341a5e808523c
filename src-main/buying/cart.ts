import type { Journal } from '../journal/open.ts';
import type { Carrier } from '../carrier/carrier.ts';
import { steadyNow } from '../platform/clock.ts';
import type { CartItemsWindow, CartRoutes, CartView, Offer } from '../contract/buying.ts';
import { failure } from '../contract/errors.ts';
import { cancelled } from '../platform/cancel.ts';
import { toOffer } from './offers.ts';
import type { Inventory } from '../inventory/inventory.ts';

/** The pacing decides how many of these are really on their way. */
const askedAtOnce = 8;
const tellEveryMs = 250;
/** Lists of what is owned and for sale may lag behind a purchase; more than this is not believed. */
export const lagMs = 24 * 3_600_000;

/** A view that waits for a check. */
type Asker = { readonly view: string; readonly leave: PromiseWithResolvers<never> };

export type CartOptions = {
  readonly journal: Journal;
  readonly inventory: Inventory;
  readonly carrier: () => Carrier | null;
  readonly onCart: (cart: CartView) => void;
};

/** Numbers chosen to be bought. Survives a restart; says nothing about whether they are still for sale unless asked. */
export class Cart {
  #options: CartOptions;
  #checking: Promise<CartView> | null = null;
  #progress: CartView['checking'] = null;
  #abort = new AbortController();
  #askers = new Set<Asker>();
  /** When the price of a number was asked for, in Unix milliseconds. */
  #askedAt = new Map<string, number>();
  #closed = false;

  constructor(options: CartOptions) {
    this.#options = options;
  }

  async get(): Promise<CartView> {
    return { ...(await this.#options.journal.cart.cart()), checking: this.#progress };
  }

  items(offset: number, limit: number): Promise<CartItemsWindow> {
    return this.#options.journal.cart.cartItems(offset, limit);
  }

  /** Leaves out what is owned, or on its way in an order: bought twice would be paid twice. */
  async add(offers: readonly Offer[]): Promise<{ added: number; cart: CartView }> {
    const { journal, inventory } = this.#options;
    const numbers = offers.map((offer) => offer.number);
    const taken = new Set([
      ...(await inventory.owned(numbers)),
      ...(await journal.orders.ordered(numbers, Date.now() - lagMs)),
    ]);
    const free = offers.filter((one) => !taken.has(one.number));
    const added = await journal.cart.addToCart(free);
    // What a search found may be as old as the search.
    for (const { number } of free) this.#askedAt.delete(number);
    return { added, cart: await this.tell() };
  }

  async remove(numbers: readonly string[]): Promise<CartView> {
    await this.#options.journal.cart.removeFromCart(numbers);
    return this.tell();
  }

  async removeGone(): Promise<CartView> {
    await this.#options.journal.cart.removeGone();
    return this.tell();
  }

  async setBilling(number: string, billing: string): Promise<CartView> {
    if (!(await this.#options.journal.cart.setBilling(number, billing))) {
      throw failure(
        'invalid-input',
        'This number is not offered with that billing method.',
        'Choose another one.',
      );
    }
    return this.tell();
  }

  /** Keeps the routes that are chosen for all of the cart, as they are typed: the review says whether they exist. */
  async setRoutes(routes: CartRoutes): Promise<CartView> {
    await this.#options.journal.cart.setRoutes(routes);
    return this.tell();
  }

  /** When the price that the cart has of a number was asked for (Unix milliseconds); 0 when not since the application began. */
  askedAt(number: string): number {
    return this.#askedAt.get(number) ?? 0;
  }

  /**
   * Asks for each number of the cart whether it is still for sale, and at what price. What was learned before an end stays.
   * One check at a time: who asks meanwhile waits for the same one. `view` is whoever asks, for `stopCheck`.
   */
  async check(view = ''): Promise<CartView> {
    if (this.#closed) throw cancelled();
    const asker = { view, leave: Promise.withResolvers<never>() };
    // `stopCheck` may reject it before anybody waits for it, below: that is no unhandled rejection.
    asker.leave.promise.catch(() => undefined);
    this.#askers.add(asker);
    // A check that was ended because nobody waited for it any more: this view needs a new one.
    if (this.#abort.signal.aborted) await this.#checking?.catch(() => undefined);
    this.#checking ??= this.#check().finally(() => (this.#checking = null));
    try {
      return await Promise.race([this.#checking, asker.leave.promise]);
    } finally {
      this.#askers.delete(asker);
    }
  }

  /**
   * Ends what `view` waits for: that rejects with `cancelled`. The check goes on while somebody else waits for it, and ends
   * with the last one.
   */
  stopCheck(view = ''): Promise<CartView> {
    for (const asker of this.#askers) {
      if (asker.view !== view) continue;
      this.#askers.delete(asker);
      asker.leave.reject(cancelled());
    }
    if (this.#askers.size === 0) this.#abort.abort();
    return this.get();
  }

  /** Ends a check that is on its way, whoever waits for it, and lets none begin. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#abort.abort();
    await this.#checking?.catch(() => undefined);
  }

  async #check(): Promise<CartView> {
    const { journal } = this.#options;
    const carrier = this.#options.carrier();
    if (!carrier)
      throw failure('signed-out', 'There are no keys to ask with.', 'Enter the keys of this account.');
    const queue = (await journal.cart.wholeCart()).map((item) => item.number);
    const total = queue.length;
    this.#askedAt.clear();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    let done = 0;
    let toldAt = Date.now();
    const ask = async () => {
      for (let number = queue.pop(); number !== undefined; number = queue.pop()) {
        const askedAt = steadyNow();
        const question = { contains: number, cursor: null, limit: 10, signal, soon: true };
        const found = await carrier.searchAvailable(question);
        const offered = found.items.find((offer) => offer.number === number);
        await journal.cart.checkedInCart(number, offered ? toOffer(offered) : null);
        this.#askedAt.set(number, askedAt);
        done += 1;
        this.#progress = { done, total };
        if (Date.now() - toldAt < tellEveryMs) continue;
        toldAt = Date.now();
        await this.tell();
      }
    };
    try {
      await Promise.all(Array.from({ length: askedAtOnce }, ask));
    } finally {
      // When one question failed, the others are no use any more.
      this.#abort.abort();
      this.#progress = null;
      await this.tell();
    }
    return this.get();
  }

  /** Tells every window what the cart holds now. */
  async tell(): Promise<CartView> {
    const cart = await this.get();
    this.#options.onCart(cart);
    return cart;
  }
}
