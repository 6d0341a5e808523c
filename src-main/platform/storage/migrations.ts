import type { Database } from './sqlite.ts';

/**
 * One step of a schema, in one transaction: first `sql`, then `run`. Never edited once released: a change is a new step with the
 * next number. It lies with the feature whose tables it changes; each file has one ordered list of them.
 */
export type Migration = {
  readonly version: number;
  readonly sql?: string;
  /** What SQL cannot say. */
  readonly run?: (database: Database) => void;
};
