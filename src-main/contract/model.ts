/**
 * The words the whole application uses for what a carrier sells: one model for every API version.
 * Wire shapes are translated into these by the adapters in src-main/carrier.
 */

import type { ToldTexts } from './number-columns.ts';

/** Eleven digits, `1NPANXXXXXX`, always text: SQLite and JSON must never see it as a number. */
export type PhoneNumber = string & { readonly __brand: 'PhoneNumber' };

/** An exact amount: integer cents, so that sums never drift. */
export type Money = { readonly cents: number; readonly currency: 'USD' };

/** A route as a number refers to it. `value` is absent where the carrier does not tell it. */
export type RouteRef = { readonly name: string; readonly type: string; readonly value?: string | null };

/** Where calls go: first `primary`, then `failover`. */
export type RoutePair = { readonly primary: RouteRef; readonly failover: RouteRef };

/** An inbound route of the account. `type` is kept as the carrier wrote it, known or not. */
export type Route = { readonly name: string; readonly type: string; readonly value: string | null };

export type CreatableRouteType = 'HOST' | 'PSTN' | 'URI';

/** A number of the account, with the texts of `column-table.ts` that the carrier told. */
export type OwnedNumber = ToldTexts & {
  readonly number: PhoneNumber;
  readonly routes: RoutePair;
};

export type AvailableNumber = {
  readonly number: PhoneNumber;
  readonly setupCost: Money;
  readonly monthlyCost: Money;
  readonly billingMethods: readonly string[];
  readonly rateCenter: string;
  readonly state: string;
};

/** An area code (NPA) that has numbers for sale. */
export type AreaCode = { readonly npa: string };

/** An exchange (NPA + NXX) that has numbers for sale. */
export type Exchange = { readonly npa: string; readonly nxx: string };

/** The name of the built-in route every account has: calls go to the registered SIP endpoint. */
export const SIP_REG = 'sip-reg';

/**
 * A record of the carrier that cannot be used, such as a number of another country or an offer without a price. It is kept
 * aside, counted and named, and the records beside it are used as if it were not there. `why` is a clause of our own words
 * ("it has no routes"); `name` is the carrier's.
 */
export type OddRecord = {
  readonly what: 'number' | 'offer' | 'route' | 'area code' | 'exchange';
  readonly name: string;
  readonly why: string;
};

/** How many odd records there are, and the first few of them, their names fit for a line. */
export type OddRecords = { readonly count: number; readonly some: readonly OddRecord[] };
