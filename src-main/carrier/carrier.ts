import type {
  AreaCode,
  AvailableNumber,
  CreatableRouteType,
  Exchange,
  OwnedNumber,
  PhoneNumber,
  Route,
} from '../contract/model.ts';

/** A page of a list that the carrier never counts: `more` is all it tells. */
export type Page<T> = { readonly items: readonly T[]; readonly more: boolean };

export type PageRequest = {
  /** 1-based. */
  readonly page: number;
  /** 1 to 200. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
};

export type AvailableSearch = {
  readonly npa?: string;
  /** Needs `npa`. */
  readonly nxx?: string;
  /** Needs `state`. */
  readonly rateCenter?: string;
  readonly state?: string;
  /** Digits anywhere in the number. */
  readonly contains?: string;
};

export type CarrierCapabilities = {
  readonly releaseNumber: boolean;
  readonly editRoute: boolean;
  readonly deleteRoute: boolean;
  readonly alias: boolean;
  readonly maxPageSize: number;
};

type Options = { readonly signal?: AbortSignal | undefined };

/**
 * The jobs every carrier adapter does. All of them reject with `Failure` (contract/errors.ts). Reads are retried
 * inside; writes never are: their caller must find out what happened first (`outcome-unknown`).
 */
export type Carrier = {
  readonly capabilities: CarrierCapabilities;
  listAreaCodes(request: PageRequest): Promise<Page<AreaCode>>;
  listExchanges(request: PageRequest & { readonly npa?: string }): Promise<Page<Exchange>>;
  searchAvailable(request: PageRequest & AvailableSearch): Promise<Page<AvailableNumber>>;
  purchase(number: PhoneNumber, billingMethod: string, options?: Options): Promise<void>;
  listOwned(request: PageRequest & { readonly pattern?: string }): Promise<Page<OwnedNumber>>;
  getOwned(number: PhoneNumber, options?: Options): Promise<OwnedNumber>;
  setRoutes(
    number: PhoneNumber,
    names: { readonly primary: string; readonly failover: string },
    options?: Options,
  ): Promise<void>;
  listRoutes(request: PageRequest): Promise<Page<Route>>;
  createRoute(name: string, type: CreatableRouteType, value: string, options?: Options): Promise<void>;
  /** Ends open connections. */
  close(): void;
};

/** Reads page after page until the carrier says there are no more. */
export async function readAll<T>(list: (page: number) => Promise<Page<T>>, maxPages = 10_000): Promise<T[]> {
  const all: T[] = [];
  for (let page = 1; page <= maxPages; page += 1) {
    const answer = await list(page);
    all.push(...answer.items);
    if (!answer.more) break;
  }
  return all;
}
