/**
 * The words the whole application uses for what a carrier sells: one model for every API version.
 * Wire shapes are translated into these by the adapters in src-main/carrier.
 */

import type { ToldTexts } from './number-columns.ts';

/**
 * E.164 without its plus sign: 7 to 15 digits with the country's code, `1NPANXXXXXX` for North America. Always text: SQLite and
 * JSON must never see it as a number.
 */
export type PhoneNumber = string & { readonly __brand: 'PhoneNumber' };

/** An exact amount: integer cents, so that sums never drift. */
export type Money = { readonly cents: number; readonly currency: 'USD' };

/**
 * A route as a number refers to it: by its key, which is what the carrier keys routes by. `value` is absent where the carrier
 * does not tell it.
 */
export type RouteRef = { readonly key: string; readonly type: string; readonly value?: string | null };

/** Where calls go: first `primary`, then `failover`. Null is no route at all. */
type RoutePair = { readonly primary: RouteRef | null; readonly failover: RouteRef | null };

/**
 * An inbound route of the account. What is stored and sent is its `key`; people see, search, type, import and export its `label`.
 * In some APIs both are its name. `type` is HOST, PSTN, URI or SIP-REG, or what the carrier wrote where it is none of these.
 */
export type Route = {
  readonly key: string;
  readonly label: string;
  readonly type: string;
  readonly value: string | null;
  /** Every account has it, and nobody can change it: calls go to the registered SIP endpoint. */
  readonly builtin: boolean;
};

/** Both routes of a number by their keys, `noRoute` where it has none. */
export type Pair = { readonly primary: string; readonly failover: string };

/** In the place of a key, and in what is stored: no route. What is not known is null instead. */
export const noRoute = '';

export type CreatableRouteType = 'HOST' | 'PSTN' | 'URI';

/**
 * What a list of owned numbers tells of one, with the texts of `column-table.ts` that came with it: its billing is '' where
 * numbers have no terms of billing.
 */
export type ListedNumber = ToldTexts & {
  readonly number: PhoneNumber;
  /** Null where the list does not tell them. */
  readonly routes: RoutePair | null;
};

/** What the carrier tells of a number that it is asked for alone. */
export type OwnedNumber = ListedNumber & { readonly routes: RoutePair };

/**
 * A pair as a carrier is told to set it, null for no failover. Null for a pair without a primary route: no API takes that, and what
 * has none can be given routes only when somebody chooses one.
 */
export function routingOf({ primary, failover }: Pair): { primary: string; failover: string | null } | null {
  return primary === noRoute ? null : { primary, failover: failover === noRoute ? null : failover };
}

/** The keys of a number's routes. */
export function pairOf({ routes }: OwnedNumber): Pair {
  return { primary: routes.primary?.key ?? noRoute, failover: routes.failover?.key ?? noRoute };
}

export type AvailableNumber = {
  readonly number: PhoneNumber;
  readonly setupCost: Money;
  readonly monthlyCost: Money;
  /** Empty where numbers are sold on no particular terms. */
  readonly billingMethods: readonly string[];
  readonly rateCenter: string;
  readonly state: string;
};

/** An area code (NPA) that has numbers for sale. */
export type AreaCode = { readonly npa: string };

/** An exchange (NPA + NXX) that has numbers for sale. */
export type Exchange = { readonly npa: string; readonly nxx: string };

/** A tier of prices that numbers are sold in, by what the carrier calls it. */
export type PriceTier = { readonly name: string };

/** The type of the built-in route every account has, in every API: calls go to the registered SIP endpoint. */
export const builtinType = 'SIP-REG';

/**
 * A record of the carrier that cannot be used, such as a number without routes or an offer without a price. It is kept
 * aside, counted and named, and the records beside it are used as if it were not there. `why` is a clause of our own words
 * ("it has no routes"); `name` is the carrier's.
 */
export type OddRecord = {
  readonly what: 'number' | 'offer' | 'route' | 'area code' | 'exchange' | 'price tier';
  readonly name: string;
  readonly why: string;
};

/** How many odd records there are, and the first few of them, their names fit for a line. */
export type OddRecords = { readonly count: number; readonly some: readonly OddRecord[] };
