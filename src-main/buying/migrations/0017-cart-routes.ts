import type { Migration } from '../../platform/storage/sqlite.ts';

/** The routes that somebody chose for all of the cart, as they were typed; '' for none. One row, or none. */
export const cartRoutes: Migration = {
  version: 17,
  sql: `
    CREATE TABLE cart_routes (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      primary_label TEXT NOT NULL,
      failover_label TEXT NOT NULL
    ) STRICT;
  `,
};
