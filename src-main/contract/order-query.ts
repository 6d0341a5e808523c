/** The query language of the list of orders. */
import type { ListLanguage } from './list-query.ts';
import type { OrderPhase } from './order-statuses.ts';

/** How far an order is, in words. */
export const orderPhases: Readonly<Record<OrderPhase, string>> = {
  running: 'Buying',
  paused: 'Paused',
  stopping: 'Stopping',
  done: 'Done',
};

/** `number` asks for orders of that number, `route` for those that set that route on what they buy. */
export const orderQuery = {
  state: { title: 'State', asks: 'choice', words: orderPhases },
  number: { title: 'Number', asks: 'number' },
  route: { title: 'Route', asks: 'route' },
  since: { title: 'Since', asks: 'since' },
  before: { title: 'Before', asks: 'before' },
  order: { title: 'Order', asks: 'ordinal' },
} as const satisfies ListLanguage;

/** What the list of orders can be sorted by. */
export const orderColumns = [
  'order',
  'state',
  'numbers',
  'bought',
  'spent',
  'monthly',
  'primary',
  'when',
] as const;
export type OrderColumn = (typeof orderColumns)[number];
