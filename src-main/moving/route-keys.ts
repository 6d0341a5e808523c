import { formerKey, formerLabel } from '../contract/former-routes.ts';
import type { Features } from '../contract/features.ts';
import { distinctLabels } from '../routing/distinct-labels.ts';
import { builtinType, noRoute, type Route } from '../contract/model.ts';

/** How an API names routes: its keys, and whether a number can have none at all. `billing`: its list tells terms of billing. */
export type RouteNaming = {
  readonly builtin: string;
  readonly none: boolean;
  readonly billing: boolean;
};

/** How the API of an account names routes. */
export function namingOf({ builtin, noneAsFailover, billingTerms }: Features): RouteNaming {
  return { builtin: builtin.key, none: noneAsFailover, billing: billingTerms };
}

/** What a key is in the other API. `type` is '' for none; `lost` where that API has no such route, or several of this name. */
export type OtherKey = { readonly key: string; readonly type: string; readonly lost: boolean };

export type Side = 'primary' | 'failover';

const knownTypes = ['HOST', 'PSTN', 'URI', builtinType];

/** True for two types of which one cannot be another word for the other: APIs may write types that we do not know in their own ways. */
export function differ(one: string, other: string): boolean {
  return one !== other && knownTypes.includes(one) && knownTypes.includes(other);
}

/**
 * Keys of routes of one API by those of another API of the same account: a route is the same where both have its name, once, and
 * not with different types. The built-in route is the same in both. Where one API has one word for it and for none, a primary is
 * the built-in route and a failover is none. What is not found keeps its name, in a key that is never sent.
 */
export class RouteKeys {
  /** True where the former API had one word for the built-in route and none, and this one has two. */
  readonly isOneWord: boolean;
  #from: RouteNaming & { readonly byKey: ReadonlyMap<string, Route> };
  #to: RouteNaming;
  /** By labels that tell them apart: a name that several routes have is none of these. */
  #byLabel: ReadonlyMap<string, Route>;

  constructor(
    from: RouteNaming & { readonly routes: readonly Route[] },
    to: RouteNaming & { readonly routes: readonly Route[] },
  ) {
    this.#from = { ...from, byKey: new Map(from.routes.map((route) => [route.key, route])) };
    this.#to = to;
    this.isOneWord = !from.none && to.none;
    const own = distinctLabels(to.routes).filter(({ builtin }) => !builtin);
    this.#byLabel = new Map(own.map((route) => [route.label, route]));
  }

  /** True for a key that says no real route: the built-in one, or none. */
  isUnreal(key: string): boolean {
    return key === noRoute || key === this.#from.builtin;
  }

  /** What the key of one side of a number is in the other API. */
  of(key: string, side: Side): OtherKey {
    const builtin = { key: this.#to.builtin, type: builtinType, lost: false };
    const none = { key: noRoute, type: '', lost: false };
    if (key === noRoute) return this.#to.none ? none : builtin;
    if (key === this.#from.builtin) return this.isOneWord && side === 'failover' ? none : builtin;
    const before = this.#from.byKey.get(key);
    const label = before?.label ?? formerLabel(key) ?? key;
    const route = this.#byLabel.get(label);
    if (!route || (before && differ(before.type, route.type)))
      return { key: formerKey(label), type: '', lost: true };
    return { key: route.key, type: route.type, lost: false };
  }
}
