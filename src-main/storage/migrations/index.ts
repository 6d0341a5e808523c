import { journal } from './0001-journal.ts';
import { numbers } from './0001-numbers.ts';

/** One step of a schema. Never edited once released: a change is a new step with the next number. */
export type Migration = { readonly version: number; readonly sql: string };

/** The cached list. */
export const numberMigrations: readonly Migration[] = [numbers];
/** Cart, orders, what was learned, activity: nothing of this can be fetched again. */
export const journalMigrations: readonly Migration[] = [journal];
