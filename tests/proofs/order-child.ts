/**
 * The application in a process that may be killed while an order runs. The first start searches, fills the cart and
 * buys; every later one resumes. Prints a line of JSON for each change of the order.
 */
import type {
  FindStatus,
  OffersWindow,
  OrderItemsWindow,
  OrderReview,
  OrdersWindow,
} from '../../src-main/contract/buying.ts';
import { application, call, say, unlocked, until } from './proof-app.ts';

const count = Number(process.argv[3] ?? '0');
application.subscribe((event, payload) => {
  if (event === 'orders') say({ order: payload });
});

/** The whole number of numbers goes into the cart, then into one order. */
async function begin(): Promise<void> {
  const { id } = await until(() => call<FindStatus>('find.start', { text: '', replaces: null }));
  const sort = { column: 'number', direction: 'asc' };
  const question = { id, sort, pattern: null, blockSize: 2, offset: 0, limit: count };
  const { rows } = await until(async () => {
    const window = await call<OffersWindow>('find.window', question);
    return window.rows.length === count ? window : null;
  });
  await call('cart.add', { numbers: rows.map((row) => row.number) });
  const review = await call<OrderReview>('orders.review', {});
  const typedCount = review.mustTypeCount ? review.count : null;
  await call('orders.buy', { token: review.token, typedCount, routes: null });
}

await unlocked();
const [order] = (await call<OrdersWindow>('orders.list', { offset: 0, limit: 99 })).orders;
if (order === undefined) await begin();
const resume = async () => {
  for (;;) {
    const [now] = (await call<OrdersWindow>('orders.list', { offset: 0, limit: 99 })).orders;
    if (now?.phase === 'done') break;
    // Whatever it waits for has passed by now: a person would press Resume.
    if (now?.phase === 'paused') await call('orders.resume', { id: now.id });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
await resume();
const [done] = (await call<OrdersWindow>('orders.list', { offset: 0, limit: 99 })).orders;
const { items } = await call<OrderItemsWindow>('orders.items', {
  id: done?.id,
  status: 'bought',
  offset: 0,
  limit: 500,
});
say({ done, bought: items.map((item) => item.number) });
await application.close();
