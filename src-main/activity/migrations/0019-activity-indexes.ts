import type { Migration } from '../../platform/storage/sqlite.ts';

/** The record is filtered by kind, outcome and time: without looking at the numbers of every entry. */
export const activityIndexes: Migration = {
  version: 19,
  sql: `
    CREATE INDEX activity_kind ON activity (kind, outcome);
    CREATE INDEX activity_outcome ON activity (outcome);
    CREATE INDEX activity_at ON activity (at);
  `,
};
