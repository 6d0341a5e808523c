import { journal } from './0001-journal.ts';
import { numbers } from './0001-numbers.ts';
import { listState } from './0002-list-state.ts';
import { routing } from './0002-routing.ts';
import { pageSums } from './0003-page-sums.ts';
import { tags } from './0003-tags.ts';
import { aside } from './0004-aside.ts';
import { doubts } from './0004-doubts.ts';
import { importRows } from './0005-import-rows.ts';
import { ordinals } from './0006-ordinals.ts';
import { raised } from './0007-raised.ts';
import { importColumns } from './0008-import-columns.ts';
import { orderOpen } from './0009-order-open.ts';
import { cartDoubts } from './0010-cart-doubts.ts';
import { planRevisions } from './0011-plan-revisions.ts';

/** One step of a schema. Never edited once released: a change is a new step with the next number. */
export type Migration = { readonly version: number; readonly sql: string };

/** The cached list. */
export const numberMigrations: readonly Migration[] = [numbers, listState, pageSums, aside];
/** Cart, orders, plans, what was learned, tags, activity: nothing of this can be fetched again. */
export const journalMigrations: readonly Migration[] = [
  journal,
  routing,
  tags,
  doubts,
  importRows,
  ordinals,
  raised,
  importColumns,
  orderOpen,
  cartDoubts,
  planRevisions,
];
