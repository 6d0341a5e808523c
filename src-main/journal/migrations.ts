import { journal } from '../buying/migrations/0001-journal.ts';
import { numbers } from '../inventory/migrations/0001-numbers.ts';
import { listState } from '../inventory/migrations/0002-list-state.ts';
import { routing } from '../routing/migrations/0002-routing.ts';
import { pageSums } from '../inventory/migrations/0003-page-sums.ts';
import { tags } from '../inventory/migrations/journal-0003-tags.ts';
import { aside } from '../inventory/migrations/0004-aside.ts';
import { doubts } from '../buying/migrations/0004-doubts.ts';
import { importRows } from '../routing/migrations/0005-import-rows.ts';
import { ordinals } from '../jobs/migrations/0006-ordinals.ts';
import { raised } from '../buying/migrations/0007-raised.ts';
import { importColumns } from '../routing/migrations/0008-import-columns.ts';
import { orderOpen } from '../buying/migrations/0009-order-open.ts';
import { cartDoubts } from '../buying/migrations/0010-cart-doubts.ts';
import { planRevisions } from '../routing/migrations/0011-plan-revisions.ts';

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
