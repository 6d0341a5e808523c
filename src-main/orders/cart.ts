import type { Carrier } from '../carrier/carrier.ts';
import type { CartView, Offer } from '../contract/buying.ts';
import { failure } from '../contract/errors.ts';
import { toOffer } from '../find/offers.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { StoreClient } from '../storage/client.ts';

/** The pacing decides how many of these are really on their way. */
const askedAtOnce = 8;

export type CartOptions = {
  readonly journal: StoreClient<'journal'>;
  readonly inventory: Inventory;
  readonly carrier: () => Carrier | null;
  readonly onCart: (cart: CartView) => void;
};

/** Numbers chosen to be bought. Survives a restart; says nothing about whether they are still for sale unless asked. */
export class Cart {
  #options: CartOptions;

  constructor(options: CartOptions) {
    this.#options = options;
  }

  get(): Promise<CartView> {
    return this.#options.journal.call('cart');
  }

  async add(offers: readonly Offer[]): Promise<CartView> {
    const numbers = offers.map((offer) => offer.number);
    const owned = new Set([
      ...(await this.#options.inventory.owned(numbers)),
      // On its way in an order: bought twice would be paid twice.
      ...(await this.#options.journal.call('ordered', numbers)),
    ]);
    return this.#told(
      await this.#options.journal.call(
        'addToCart',
        offers.filter((one) => !owned.has(one.number)),
      ),
    );
  }

  async remove(numbers: readonly string[]): Promise<CartView> {
    return this.#told(await this.#options.journal.call('removeFromCart', numbers));
  }

  async setBilling(number: string, billing: string): Promise<CartView> {
    const item = (await this.get()).items.find((one) => one.number === number);
    if (!item?.billingMethods.includes(billing)) {
      throw failure(
        'invalid-input',
        'This number is not offered with that billing method.',
        'Choose another one.',
      );
    }
    return this.#told(await this.#options.journal.call('setBilling', number, billing));
  }

  /** Asks for each number of the cart whether it is still for sale, and at what price. */
  async check(): Promise<CartView> {
    const carrier = this.#options.carrier();
    if (!carrier)
      throw failure('signed-out', 'There are no keys to ask with.', 'Enter the keys of this account.');
    const queue = [...(await this.get()).items];
    const ask = async () => {
      for (let item = queue.pop(); item; item = queue.pop()) {
        const { number } = item;
        const found = await carrier.searchAvailable({ contains: number, page: 1, limit: 10 });
        const offered = found.items.find((offer) => offer.number === number);
        await this.#options.journal.call('checkedInCart', number, offered ? toOffer(offered) : null);
      }
    };
    await Promise.all(Array.from({ length: askedAtOnce }, ask));
    return this.#told(await this.get());
  }

  /** Tells every window what the cart holds now. */
  async tell(): Promise<void> {
    this.#told(await this.get());
  }

  #told(cart: CartView): CartView {
    this.#options.onCart(cart);
    return cart;
  }
}
