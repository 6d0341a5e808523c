import type { Migration } from '../../platform/storage/sqlite.ts';

/**
 * What people call a route is kept beside what the carrier keys it by: after a start a label must not be taken for the key of
 * another route. So far every route was keyed by its name.
 */
export const routeLabels: Migration = {
  version: 12,
  sql: `
    ALTER TABLE route ADD COLUMN label TEXT NOT NULL DEFAULT '';
    UPDATE route SET label = name;
  `,
};
