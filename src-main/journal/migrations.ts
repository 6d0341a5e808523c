import { journal } from '../buying/migrations/0001-journal.ts';
import { doubts } from '../buying/migrations/0004-doubts.ts';
import { raised } from '../buying/migrations/0007-raised.ts';
import { orderOpen } from '../buying/migrations/0009-order-open.ts';
import { cartDoubts } from '../buying/migrations/0010-cart-doubts.ts';
import { planRevisions } from '../routing/migrations/0011-plan-revisions.ts';
import { tags } from '../inventory/migrations/journal-0003-tags.ts';
import { ordinals } from '../jobs/migrations/0006-ordinals.ts';
import type { Migration } from '../platform/storage/sqlite.ts';
import { routing } from '../routing/migrations/0002-routing.ts';
import { importRows } from '../routing/migrations/0005-import-rows.ts';
import { importColumns } from '../routing/migrations/0008-import-columns.ts';

/** Of journal.db: cart, orders, plans, what was learned, tags, activity. Nothing of this can be fetched again. */
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
