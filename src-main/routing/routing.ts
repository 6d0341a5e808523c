import type { SessionContext } from '../app/context.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Sync } from '../inventory/sync/sync.ts';
import type { JobDesk } from '../jobs/desk.ts';
import type { Journal } from '../journal/open.ts';
import { Plans } from './plans.ts';
import { Routes } from './routes.ts';

export type Routing = {
  readonly routes: Routes;
  readonly plans: Plans;
  /** The desks of its kinds of job. */
  readonly desks: readonly JobDesk[];
  /** Ends what is on its way. */
  close(): Promise<void>;
};

/** Opens the routes of an account and the changes of where its numbers point, which wait for the person after a crash. */
export async function openRouting(
  context: SessionContext,
  { inventory, journal, sync }: { inventory: Inventory; journal: Journal; sync: Sync },
): Promise<Routing> {
  const { carrier, features, tell, tellJob, record, log, waits, needFree } = context;
  const shared = { ...{ journal, inventory, carrier, features, record, log }, ...waits };
  const routes = new Routes({
    ...shared,
    onRoutes: (count) => {
      tell('routes', { count });
    },
  });
  await routes.load();
  const plans = new Plans({
    ...{ ...shared, routes, needFree },
    syncNow: (signal) => sync.fresh(signal),
    onGone: (id) => {
      tell('planGone', { id });
    },
    onPlan: (plan) => {
      tell('plans', plan);
      tellJob({ plan });
    },
  });
  // This comes before anybody can resume a plan: afterwards a running plan could not be told from one that a crash left behind.
  await plans.load();
  return {
    ...{ routes, plans, desks: [plans] },
    async close() {
      await Promise.all([plans.close(), routes.close()]);
    },
  };
}
