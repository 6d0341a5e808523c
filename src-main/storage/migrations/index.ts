import { numbers } from './0001-numbers.ts';

/** One step of the schema. Never edited once released: a change is a new step with the next number. */
export type Migration = { readonly version: number; readonly sql: string };

export const migrations: readonly Migration[] = [numbers];
