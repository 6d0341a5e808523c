import { once } from '../../lib/without.ts';
import { routeOf } from './choices.ts';
import type { PlanSummary, RouteChange } from '#main/contract/routing.ts';

const mostRecent = 5;

/**
 * The change of routes that was applied last from this window. It is offered when routes are set, to be picked; it never
 * fills a field by itself. A change that was only drafted, discarded or taken back is not offered.
 */
export class LastApplied {
  change = $state.raw<RouteChange | null>(null);
  /** Routes that were set from this window, the newest first. */
  recent = $state.raw<readonly string[]>([]);
  /** What the drafts that were made here would change, until each is applied or gone. */
  #drafts: readonly { readonly plan: PlanSummary['id']; readonly change: RouteChange }[] = [];

  /** A plan with this change was drafted here. */
  drafted(plan: PlanSummary['id'], change: RouteChange): void {
    this.#drafts = [...this.#drafts, { plan, change }];
  }

  /** A plan tells how it is. */
  hear(plan: Pick<PlanSummary, 'id' | 'kind' | 'phase' | 'counts'>): void {
    if (plan.phase === 'draft') return;
    // What is being taken back is not what somebody wants once more.
    if (plan.kind === 'undo') this.change = null;
    const drafted = this.#drafts.find((one) => one.plan === plan.id);
    if (!drafted || plan.counts.done + plan.counts.same === 0) return;
    this.gone(plan.id);
    this.change = drafted.change;
    const routes = [drafted.change.primary, drafted.change.failover].flatMap((side) => routeOf(side) ?? []);
    this.recent = once([...routes, ...this.recent]).slice(0, mostRecent);
  }

  /** A plan was discarded. */
  gone(plan: PlanSummary['id']): void {
    this.#drafts = this.#drafts.filter((one) => one.plan !== plan);
  }

  /** Another account was opened. */
  reset(): void {
    this.change = null;
    this.recent = [];
    this.#drafts = [];
  }
}
