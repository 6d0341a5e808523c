import type { Migration } from '../../platform/storage/sqlite.ts';

/** Grows with every change of what a draft will do: what is applied is what was shown. */
export const planRevisions: Migration = {
  version: 11,
  sql: 'ALTER TABLE plan ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;',
};
