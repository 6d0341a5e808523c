import type { Migration } from '../../platform/storage/sqlite.ts';

/** Finds the changes that touch a number, by the digits it begins with; numbers that were right already are none of these. */
export const planNumbers: Migration = {
  version: 18,
  sql: 'CREATE INDEX plan_item_number ON plan_item (number) WHERE already = 0;',
};
