/**
 * The words the whole application uses for what a carrier sells: one model for every API version.
 * Wire shapes are translated into these by the adapters in src-main/carrier.
 */

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

export type OwnedNumber = {
  readonly number: PhoneNumber;
  readonly billing: string;
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
