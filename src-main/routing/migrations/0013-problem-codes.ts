import type { Migration } from '../../platform/storage/sqlite.ts';

/** Why a number is left out of a plan is a code with its details, no sentence any more. Sentences of before are kept as they are. */
export const problemCodes: Migration = {
  version: 13,
  sql: `
    ALTER TABLE plan_problem ADD COLUMN code TEXT NOT NULL DEFAULT 'text';
    ALTER TABLE plan_problem ADD COLUMN detail TEXT NOT NULL DEFAULT 'null';
    UPDATE plan_problem SET detail = json_quote(text);
    ALTER TABLE plan_problem DROP COLUMN text;
  `,
};
