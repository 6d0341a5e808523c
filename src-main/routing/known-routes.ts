import { formerLabel } from '../contract/former-routes.ts';
import type { Route } from '../contract/model.ts';
import { failure, type Failure } from '../contract/errors.ts';
import { leftOutWords, sharedName } from '../contract/left-out.ts';
import { RouteNames } from '../contract/route-names.ts';
import { plainLabel } from './distinct-labels.ts';

/** The listed routes: by their keys for what is stored and sent, and by their labels for what people write. */
export class KnownRoutes {
  readonly byKey: ReadonlyMap<string, Route>;
  readonly names: RouteNames;
  /** Null where several routes have the label: nobody can say which one is meant. */
  #keys = new Map<string, string | null>();
  /** The labels of the routes that share a name, by that name. */
  #shared = new Map<string, readonly string[]>();
  #sharedNames: RouteNames;

  constructor(routes: Iterable<Route> = []) {
    this.byKey = new Map(Array.from(routes, (route) => [route.key, route]));
    for (const { key, label } of this.byKey.values())
      this.#keys.set(label, this.#keys.has(label) ? null : key);
    this.names = new RouteNames(this.#keys.keys());
    for (const [name, group] of Map.groupBy(this.byKey.values(), plainLabel)) {
      if (group.length > 1 && !this.#keys.has(name))
        this.#shared.set(
          name,
          group.map(({ label }) => label),
        );
    }
    this.#sharedNames = new RouteNames(this.#shared.keys());
  }

  get all(): Route[] {
    return [...this.byKey.values()];
  }

  /** The key of the route that is meant by a label as somebody typed it; null for none, or one that may be several. */
  keyOf(typed: string): string | null {
    const label = this.names.find(typed);
    return label === null ? null : (this.#keys.get(label) ?? null);
  }

  /** The labels of the routes that share a name, when that is what somebody typed: it names none of them. */
  several(typed: string): readonly string[] {
    const name = this.names.has(typed) ? null : this.#sharedNames.find(typed);
    return name === null ? [] : (this.#shared.get(name) ?? []);
  }

  /** Every name that is in use, those that several routes share among them. */
  get takenNames(): string[] {
    return [...this.#keys.keys(), ...this.#shared.keys()];
  }

  /** Of each key whose name is shared, that name. */
  sharedNames(): Map<string, string> {
    const routes = this.all.filter((route) => this.#shared.has(plainLabel(route)));
    return new Map(routes.map((route) => [route.key, plainLabel(route)]));
  }

  /** What people call a route, or called one of before; its key for one that is not listed. */
  labelOf(key: string): string {
    return this.byKey.get(key)?.label ?? formerLabel(key) ?? key;
  }
}

/** Why a name that several routes have cannot be used for one of them. */
export function nameIsShared(typed: string, labels: readonly string[]): Failure {
  return failure('invalid-input', leftOutWords(sharedName(typed, labels)), 'Choose one of them.');
}
