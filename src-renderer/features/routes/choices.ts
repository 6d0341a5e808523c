import type { RouteView, SideChange } from '#main/contract/routing.ts';
import type { RouteChoice } from '../../lib/route-choices.ts';

/** A route as a field offers it. */
export function choiceOf({ label, type, value, primaryCount }: RouteView): RouteChoice {
  return { label, type, value, count: primaryCount };
}

/** The route that a change names; null where it names none. */
export function routeOf(change: SideChange | undefined): string | null {
  return typeof change === 'object' ? change.route : null;
}
