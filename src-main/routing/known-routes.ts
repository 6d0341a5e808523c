import type { Route } from '../contract/model.ts';
import { RouteNames } from '../contract/route-names.ts';

/** The listed routes: by their keys for what is stored and sent, and by their labels for what people write. */
export class KnownRoutes {
  readonly byKey: ReadonlyMap<string, Route>;
  readonly names: RouteNames;
  /** Null where several routes have the label: nobody can say which one is meant. */
  #keys = new Map<string, string | null>();

  constructor(routes: Iterable<Route> = []) {
    this.byKey = new Map(Array.from(routes, (route) => [route.key, route]));
    for (const { key, label } of this.byKey.values())
      this.#keys.set(label, this.#keys.has(label) ? null : key);
    this.names = new RouteNames(this.#keys.keys());
  }

  get all(): Route[] {
    return [...this.byKey.values()];
  }

  /** The key of the route that is meant by a label as somebody typed it; null for none, or one that may be several. */
  keyOf(typed: string): string | null {
    const label = this.names.find(typed);
    return label === null ? null : (this.#keys.get(label) ?? null);
  }

  /** What people call a route; its key for one that is not listed. */
  labelOf(key: string): string {
    return this.byKey.get(key)?.label ?? key;
  }
}
