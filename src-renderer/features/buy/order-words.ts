import type { ItemStatus } from '#main/contract/order-statuses.ts';

/** What became of a number of an order, in words. */
export const orderItemWords: Readonly<Record<ItemStatus, string>> = {
  planned: 'waiting',
  sending: 'on its way',
  bought: 'bought',
  refused: 'not bought',
  unknown: 'to check',
};
