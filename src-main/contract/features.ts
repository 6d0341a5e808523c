import type { CreatableRouteType } from './model.ts';

/** What a search for numbers for sale may be ordered by. */
export type SearchOrder = 'number' | 'monthly' | 'state' | 'rateCenter' | 'kind' | 'country';

/**
 * What an account's API can do, as plain data: the program and the window ask for a feature and never which API it is. What an
 * account lacks is absent on screen.
 */
export type Features = {
  /** Numbers can be given back. */
  readonly release: boolean;
  /** A number has a name of its own at the carrier. */
  readonly alias: boolean;
  readonly editRoute: boolean;
  readonly deleteRoute: boolean;
  /** The types of routes that can be made. */
  readonly creatableTypes: readonly CreatableRouteType[];
  /** The built-in route that every account has. */
  readonly builtin: { readonly key: string; readonly label: string };
  /** A route can name the place whose servers send its calls. */
  readonly edgeStrategies: boolean;
  /** A number can have no failover at all, apart from the built-in route as its failover. */
  readonly noneAsFailover: boolean;
  /** Both routes of a number change together or not at all; where they do not, a change may be half done. */
  readonly atomicRouting: boolean;
  /** The list of owned numbers tells their routes; else they are read number by number, and not known until then. */
  readonly listTellsRoutes: boolean;
  /** How many numbers can be asked for by one request. */
  readonly detailsAtOnce: number;
  /** How many records of a list come with one request at most. */
  readonly maxPage: number;
  /**
   * Parts of the list of owned numbers that are next to each other have one record in common, so that it shows when the list
   * moved between them.
   */
  readonly partsOverlap: boolean;
  /** Numbers are sold on terms of billing that are chosen when they are bought. */
  readonly billingTerms: boolean;
  /**
   * A number that was bought is not for sale any more before the account shows it: after a lost answer, "not in the account" is
   * believed when the number is still for sale.
   */
  readonly soldLeavesStock: boolean;
  /** What a search can ask for besides area code, exchange, place and digits; and what it can be ordered by. */
  readonly searchFilters: readonly ('startsWith' | 'endsWith' | 'kind' | 'country')[];
  readonly searchOrders: readonly SearchOrder[];
  /** Numbers are sold in tiers of prices, which can be listed. */
  readonly priceTiers: boolean;
  /** Toll-free numbers are for sale. */
  readonly tollFree: boolean;
  readonly e911: boolean;
  readonly cnam: boolean;
  /** Whether a number of another carrier can be ported can be asked. */
  readonly portability: boolean;
  /** Calls of the past can be fetched. */
  readonly usage: boolean;
};
