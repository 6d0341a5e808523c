import { randomUUID } from 'node:crypto';
import type { CartItem, OrderReview, OrderView } from '../contract/buying.ts';
import type { NewActivity } from './journal-store.ts';

/** What the activity remembers of an order when it begins and when it ends. */
export function entryOf(order: OrderView, what: 'ordered' | 'done'): Omit<NewActivity, 'at'> {
  const { id, items, counts, total } = order;
  if (what === 'ordered') {
    const numbers = items.map((item) => item.number);
    return { kind: 'order', text: `Order ${id} of ${total} numbers began`, outcome: 'ok', numbers };
  }
  const unset = items.filter((item) => item.routes === 'failed').length;
  const money = `$${(order.spent / 100).toFixed(2)} set-up`;
  const parts = [
    `Order ${id} is done: ${counts.bought} bought (${money})`,
    `${counts.refused} refused`,
    ...(unset > 0 ? [`routes of ${unset} not set`] : []),
  ];
  return {
    kind: 'order',
    text: parts.join(', '),
    outcome: counts.refused + unset > 0 ? 'failed' : 'ok',
    numbers: items.filter((item) => item.status === 'bought').map((item) => item.number),
  };
}

/** What buying these would cost, in cents, with a token that permits it once. `limit` is what needs no typed count. */
export function reviewOf(items: readonly CartItem[], owned: readonly string[], limit: number): OrderReview {
  const setup = items.reduce((sum, item) => sum + item.setup, 0);
  const monthly = items.reduce((sum, item) => sum + item.monthly, 0);
  const dueNow = setup + monthly;
  const firstYear = setup + 12 * monthly;
  const mustTypeCount = dueNow > limit;
  return { token: randomUUID(), items, owned, setup, monthly, limit, dueNow, firstYear, mustTypeCount };
}
