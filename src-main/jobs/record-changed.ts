import { failure } from '../contract/errors.ts';
import type { Database } from '../platform/storage/sqlite.ts';

const tables = {
  order: { parent: 'purchase_order', item: 'order_item', key: 'order_id' },
  plan: { parent: 'plan', item: 'plan_item', key: 'plan_id' },
} as const;

/**
 * Throws `storage` unless this number is here, in an order or a plan that runs. The record may have been put together again while
 * something ran that rests on it: what is about to be sent would not be written down, or nobody would know that it runs.
 */
export function needRunning(database: Database, kind: keyof typeof tables, id: number, number: string): void {
  const { parent, item, key } = tables[kind];
  const found = database
    .prepare(
      `SELECT 1 FROM ${item} JOIN ${parent} AS own ON own.id = ${key}
       WHERE ${key} = ? AND number = ? AND phase IN ('running', 'stopping')`,
    )
    .get(id, number);
  if (found !== undefined) return;
  throw failure(
    'storage',
    'The record on this computer changed while this ran: nothing more was sent.',
    'Look at what it says now, then resume.',
  );
}
