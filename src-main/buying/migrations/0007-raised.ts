import type { Migration } from '../../platform/storage/sqlite.ts';

/**
 * What the numbers that are left of an order cost (cents, set-up and first month) as it was agreed to: kept from the moment a
 * price went up until somebody agrees to the new one. NULL where there is nothing to agree to.
 */
export const raised: Migration = {
  version: 7,
  sql: 'ALTER TABLE purchase_order ADD COLUMN raised INTEGER;',
};
