import type { Migration } from '../../platform/storage/sqlite.ts';

/**
 * Whether a request for the routes of a bought number may have left. Where a pair takes two requests, a number that has one of both
 * routes after a restart is finished by its order only then: else somebody set it.
 */
export const routesSent: Migration = {
  version: 14,
  sql: 'ALTER TABLE order_item ADD COLUMN routes_sent INTEGER NOT NULL DEFAULT 0;',
};
