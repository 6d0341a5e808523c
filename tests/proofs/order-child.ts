/**
 * The application in a process that may be killed while an order runs. The first start searches, fills the cart and
 * buys; every later one resumes. Prints a line of JSON for each change of the order.
 */
import { createApplication } from '../../src-main/application.ts';
import type {
  CartView,
  OffersWindow,
  OrderReview,
  OrderSummary,
  OrderView,
} from '../../src-main/contract/buying.ts';

const [dataDir = '', wanted = '0'] = process.argv.slice(2);
const count = Number(wanted);
const secret = process.env['PROOF_SECRET'] ?? '';
const say = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);

const application = await createApplication({
  dataDir,
  host: 'browser',
  version: '0.0.0-proof',
  workerUrl: new URL('../../src-main/storage/worker.ts', import.meta.url),
  demo: false,
  log: () => undefined,
  keychain: {
    check: () => Promise.resolve(null),
    get: () => Promise.resolve(secret),
    set: () => Promise.resolve(),
    delete: () => Promise.resolve(),
  },
});
application.subscribe((event, payload) => {
  if (event === 'orders') say({ order: payload });
});

async function call<T>(method: string, input: object): Promise<T> {
  const result = await application.dispatch(method, input);
  if (!result.ok) throw new Error(`${method}: ${result.error.message}`);
  return result.value as T;
}
async function until<T>(ask: () => Promise<T | null>): Promise<T> {
  for (;;) {
    const value = await ask().catch(() => null);
    if (value !== null) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The whole number of numbers goes into the cart, then into one order. */
async function begin(): Promise<void> {
  await until(() => call('find.start', { text: '' }));
  const sort = { column: 'number', direction: 'asc' };
  const question = { sort, pattern: null, blockSize: 2, offset: 0, limit: count };
  const { rows } = await until(async () => {
    const window = await call<OffersWindow>('find.window', question);
    return window.rows.length === count ? window : null;
  });
  await call<CartView>('cart.add', { numbers: rows.map((row) => row.number) });
  const review = await call<OrderReview>('orders.review', {});
  const typedCount = review.mustTypeCount ? review.items.length : null;
  await call<OrderView>('orders.buy', { token: review.token, typedCount, routes: null });
}

// The key has come when the account says so: before, nothing can be resumed.
await until(async () => {
  const { accounts } = await call<{ accounts: { keys: string }[] }>('accounts.get', {});
  return accounts[0]?.keys === 'keychain' ? true : null;
});
const [order] = await call<OrderSummary[]>('orders.list', {});
if (order === undefined) await begin();
const resume = async () => {
  for (;;) {
    const [now] = await call<OrderSummary[]>('orders.list', {});
    if (now?.phase === 'done') break;
    // Whatever it waits for has passed by now: a person would press Resume.
    if (now?.phase === 'paused') await call('orders.resume', { id: now.id });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
await resume();
const view = await call<OrderView>('orders.get', { id: 1 });
say({ done: view });
await application.close();
