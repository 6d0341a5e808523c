import type { NeedSession } from '../app/session.ts';
import type { HandlersOf } from '../contract/contract.ts';

/** What is for sale, the cart, and orders. */
export function buyingHandlers(session: NeedSession): HandlersOf<'find' | 'cart' | 'orders'> {
  return {
    'find.areaCodes': async ({ refresh }) => (await session().buying).find.areaCodes(refresh),
    'find.exchanges': async ({ npa, refresh }) => (await session().buying).find.exchanges(npa, refresh),
    'find.start': async ({ text, replaces }) => (await session().buying).find.start(text, replaces),
    'find.note': async ({ text }) => (await session().buying).find.note(text),
    'find.stop': async ({ id }) => (await session().buying).find.stop(id),
    'find.resume': async ({ id }) => (await session().buying).find.resume(id),
    'find.absent': async ({ id }) => (await session().buying).find.absent(id),
    'find.window': async (input) => (await session().buying).find.window(input),
    'find.among': async (input) => (await session().buying).find.among(input),
    'find.suggest': async ({ text, typed }) => (await session().buying).find.suggest(text, typed),
    'find.searches': async () => (await session().buying).find.searches(),
    'find.saveSearch': async ({ text }) => (await session().buying).find.saveSearch(text),
    'find.forgetSearch': async ({ text }) => (await session().buying).find.forgetSearch(text),
    'cart.get': async () => (await session().buying).cart.get(),
    'cart.items': async ({ offset, limit }) => (await session().buying).cart.items(offset, limit),
    async 'cart.add'({ numbers }) {
      const offers = (await session().buying).find.offers(numbers);
      return (await session().buying).cart.add(offers);
    },
    'cart.remove': async ({ numbers }) => (await session().buying).cart.remove(numbers),
    'cart.setBilling': async ({ number, billing }) =>
      (await session().buying).cart.setBilling(number, billing),
    'cart.setRoutes': async (routes) => (await session().buying).cart.setRoutes(routes),
    'cart.check': async ({ view }) => (await session().buying).cart.check(view),
    'cart.stopCheck': async ({ view }) => (await session().buying).cart.stopCheck(view),
    'cart.removeGone': async () => (await session().buying).cart.removeGone(),
    'orders.review': async ({ view }) => (await session().buying).orders.reviews.make(view),
    'orders.reviewItems': async ({ token, offset, limit }) =>
      (await session().buying).orders.reviews.items(token, offset, limit),
    'orders.buy': async (input) => (await session().buying).orders.buy(input),
    'orders.list': async (input) => (await session().buying).orders.list(input),
    'orders.suggest': async (input) => (await session().buying).orders.suggest(input),
    'orders.get': async ({ id }) => (await session().buying).orders.get(id),
    'orders.items': async (input) => (await session().journal).orders.orderItems(input),
    'orders.reasons': async ({ id }) => (await session().journal).orders.orderReasons(id),
    'orders.pause': async ({ id }) => (await session().buying).orders.pause(id),
    'orders.resume': async ({ id, agreed }) => (await session().buying).orders.resume(id, agreed),
    'orders.stop': async ({ id }) => (await session().buying).orders.stop(id),
    'orders.setAside': async ({ id }) => (await session().buying).orders.setAside(id),
  };
}
