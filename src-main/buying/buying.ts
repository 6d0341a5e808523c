import type { SessionContext } from '../app/context.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { JobDesk } from '../jobs/desk.ts';
import type { Journal } from '../journal/open.ts';
import type { Routes } from '../routing/routes.ts';
import { Cart } from './cart.ts';
import { NumberSearch } from './number-search.ts';
import { Orders } from './orders.ts';

export type Buying = {
  readonly find: NumberSearch;
  readonly cart: Cart;
  readonly orders: Orders;
  /** The desks of its kinds of job. */
  readonly desks: readonly JobDesk[];
  /** Ends what is on its way. */
  close(): Promise<void>;
};

/** Opens what buys numbers for an account: the search, the cart and the orders, which wait for the person after a crash. */
export async function openBuying(
  context: SessionContext,
  { inventory, journal, routes }: { inventory: Inventory; journal: Journal; routes: () => Promise<Routes> },
): Promise<Buying> {
  const { carrier, features, tell, tellJob, record, log, settings, waits, needFree } = context;
  const shared = { journal, inventory, carrier, ...waits };
  const find = new NumberSearch({
    ...shared,
    onStatus: (status) => {
      tell('find', status);
    },
  });
  const cart = new Cart({
    ...shared,
    onCart: (view) => {
      tell('cart', view);
    },
  });
  const orders = new Orders({
    ...{ ...shared, cart, log, record, needFree },
    orderLimit: () => settings().orderLimit,
    noneAsFailover: features.noneAsFailover,
    listedRoutes: async (names) => (await routes()).keysOf(names),
    onOrder: (order) => {
      tell('orders', order);
      tellJob({ order });
    },
  });
  await orders.load();
  return {
    ...{ find, cart, orders, desks: [orders] },
    async close() {
      find.close();
      await cart.close();
      await orders.close();
    },
  };
}
