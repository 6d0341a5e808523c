import { activityIndexes } from '../activity/migrations/0019-activity-indexes.ts';
import { activitySubjects } from '../activity/migrations/0016-subjects.ts';
import { ActivityStore } from '../activity/activity-store.ts';
import { CartStore } from '../buying/cart-store.ts';
import { OrderStore } from '../buying/order-store.ts';
import { PriceStore } from '../buying/price-store.ts';
import { orderRecord } from '../buying/order-record.ts';
import { SearchStore } from '../buying/search-store.ts';
import { TagStore } from '../inventory/tag-store.ts';
import { CheckStore } from '../routing/check-store.ts';
import { DraftStore } from '../routing/draft-store.ts';
import { RowStore } from '../routing/import/row-store.ts';
import { planRecord } from '../routing/plan-record.ts';
import { PlanStore } from '../routing/plan-store.ts';
import { RouteStore } from '../routing/route-store.ts';
import { journal } from '../buying/migrations/0001-journal.ts';
import { doubts } from '../buying/migrations/0004-doubts.ts';
import { raised } from '../buying/migrations/0007-raised.ts';
import { orderOpen } from '../buying/migrations/0009-order-open.ts';
import { routesSent } from '../buying/migrations/0014-routes-sent.ts';
import { cartDoubts } from '../buying/migrations/0010-cart-doubts.ts';
import { cartRoutes } from '../buying/migrations/0017-cart-routes.ts';
import { planRevisions } from '../routing/migrations/0011-plan-revisions.ts';
import { routeLabels } from '../routing/migrations/0012-route-labels.ts';
import { tags } from '../inventory/migrations/journal-0003-tags.ts';
import { ordinals } from '../jobs/migrations/0006-ordinals.ts';
import { codes } from '../jobs/migrations/0015-codes.ts';
import { forEachJob, type JobSubject } from '../contract/job-words.ts';
import type { JobRecord } from './job-record.ts';
import { OpenJobs, type JobsByKind } from './open-jobs.ts';
import type { Database, Migration } from '../platform/storage/sqlite.ts';
import { routing } from '../routing/migrations/0002-routing.ts';
import { importRows } from '../routing/migrations/0005-import-rows.ts';
import { problemCodes } from '../routing/migrations/0013-problem-codes.ts';
import { planNumbers } from '../routing/migrations/0018-plan-numbers.ts';
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
  routeLabels,
  problemCodes,
  routesSent,
  codes,
  activitySubjects,
  cartRoutes,
  planNumbers,
  activityIndexes,
];

/** The kinds of job, as backups and the mending of a damaged record see them. */
export const jobRecords: readonly JobRecord[] = Object.values({
  order: orderRecord,
  plan: planRecord,
} satisfies Readonly<Record<JobSubject, JobRecord>>);

/** The stores of journal.db, each of the feature that its name says. */
export function journalStores(database: Database) {
  const orders = new OrderStore(database);
  const plans = new PlanStore(database);
  const routes = new RouteStore(database);
  const jobs: JobsByKind = { order: orders, plan: plans };
  return {
    jobs: new OpenJobs(jobs),
    activity: new ActivityStore(
      database,
      forEachJob((subject) => ({
        ...jobs[subject].list.byRoute,
        called: (id) => jobs[subject].called(id),
      })),
      () => new Map(routes.routes().map(({ key, label }) => [key, label])),
    ),
    cart: new CartStore(database),
    orders,
    orderList: orders.list,
    prices: new PriceStore(database),
    searches: new SearchStore(database),
    routes,
    plans,
    planList: plans.list,
    drafts: new DraftStore(database),
    checks: new CheckStore(database),
    fileRows: new RowStore(database),
    tags: new TagStore(database),
  };
}
export type JournalStores = ReturnType<typeof journalStores>;
