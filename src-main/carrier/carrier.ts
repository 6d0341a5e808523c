import type {
  AreaCode,
  AvailableNumber,
  CreatableRouteType,
  Exchange,
  OddRecord,
  OwnedNumber,
  PhoneNumber,
  Route,
} from '../contract/model.ts';

/** A page of a list that the carrier never counts: `more` is all it tells. `odd` are records that cannot be used. */
export type Page<T> = {
  readonly items: readonly T[];
  readonly odd: readonly OddRecord[];
  readonly more: boolean;
};

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
 * inside; writes never are: their caller must find out what happened first (`outcome-unknown`). Only the carrier's own word
 * counts: what something else on the way answers is `foreign-answer` for a read and `outcome-unknown` for a write.
 */
export type Carrier = {
  readonly capabilities: CarrierCapabilities;
  listAreaCodes(request: PageRequest): Promise<Page<AreaCode>>;
  listExchanges(request: PageRequest & { readonly npa?: string }): Promise<Page<Exchange>>;
  searchAvailable(request: PageRequest & AvailableSearch): Promise<Page<AvailableNumber>>;
  purchase(number: PhoneNumber, billingMethod: string, options?: Options): Promise<void>;
  listOwned(request: PageRequest & { readonly pattern?: string }): Promise<Page<OwnedNumber>>;
  /**
   * One number of the account. `not-found` is a confirmed absence, fit to remove a number or to buy it again: another read
   * was answered in shape within a minute of it. `odd-record`: the account has it, in a form that cannot be used.
   */
  getOwned(number: PhoneNumber, options?: Options): Promise<OwnedNumber>;
  setRoutes(
    number: PhoneNumber,
    names: { readonly primary: string; readonly failover: string },
    options?: Options,
  ): Promise<void>;
  listRoutes(request: PageRequest): Promise<Page<Route>>;
  createRoute(name: string, type: CreatableRouteType, value: string, options?: Options): Promise<void>;
  /** How many different records of each kind could not be used since this carrier was made. */
  oddRecords(): Readonly<Partial<Record<OddRecord['what'], number>>>;
  /** Ends open connections. */
  close(): void;
};
