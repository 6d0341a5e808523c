import { randomUUID } from 'node:crypto';
import type { CartItem, OrderReview, OrderSummary } from '../contract/buying.ts';
import { formatCount, formatMoney, numbersOf } from '../contract/words.ts';
import type { ActivityNote } from '../activity/activity-store.ts';

/** What the activity remembers of an order's end. `numbers` were bought. */
export function doneEntry(order: OrderSummary, numbers: readonly string[]): ActivityNote {
  const { id, counts, unset } = order;
  const money = `${formatMoney(order.spent)} set-up`;
  const parts = [
    ` is done: ${formatCount(counts.bought)} bought (${money})`,
    `${formatCount(counts.refused)} not bought`,
    ...(unset > 0 ? [`routes of ${numbersOf(unset)} not set`] : []),
    ...(counts.unknown > 0 ? [`${formatCount(counts.unknown)} not known`] : []),
  ];
  const outcome = counts.refused + counts.unknown + unset > 0 ? 'failed' : 'ok';
  return { kind: 'order', about: { kind: 'order', id }, text: parts.join(', '), outcome, numbers };
}

/** What buying these would cost, in cents, with a token that permits it once. `limit` is what needs no typed count. */
export function reviewOf(
  items: readonly CartItem[],
  leftOut: { readonly owned: number; readonly left: number },
  limit: number,
): OrderReview {
  const setup = items.reduce((sum, item) => sum + item.setup, 0);
  const monthly = items.reduce((sum, item) => sum + item.monthly, 0);
  const dueNow = setup + monthly;
  return {
    ...leftOut,
    token: randomUUID(),
    count: items.length,
    repriced: items.filter((item) => item.was !== null).length,
    setup,
    monthly,
    limit,
    dueNow,
    firstYear: setup + 12 * monthly,
    mustTypeCount: dueNow > limit,
  };
}
