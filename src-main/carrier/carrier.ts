import type { AppError, Failure } from '../contract/errors.ts';
import type { Features, SearchOrder } from '../contract/features.ts';
import type { Pace } from '../contract/pace.ts';
import type {
  AreaCode,
  AvailableNumber,
  CreatableRouteType,
  Exchange,
  ListedNumber,
  OddRecord,
  OwnedNumber,
  PhoneNumber,
  PriceTier,
  Route,
  RouteRef,
} from '../contract/model.ts';

/** A part of a list that the carrier never counts. `odd` are records that cannot be used. */
export type Slice<T> = {
  readonly items: readonly T[];
  readonly odd: readonly OddRecord[];
  /** Where the next part begins, as the adapter writes it; null when this was the last. */
  readonly next: string | null;
};

/**
 * True where somebody waits for the answer at a screen. If the carrier asks for a pause of more than 15 seconds, the call rejects with
 * `rate-limited` and says until when, instead of waiting in silence.
 */
type Soon = boolean | undefined;

export type SliceRequest = {
  /** Where it begins: null for the beginning of the list, else what the part before told, or `cursorAt`. */
  readonly cursor: string | null;
  /** 1 to `features.maxPage`. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
  /** Nobody waits for the answer: it takes less than half of the rate and yields to all others. */
  readonly background?: boolean | undefined;
  readonly soon?: Soon;
};

/** One side of a number as a `RouteList` has it; `unclear` is the built-in route or none: the list has one word for both. */
export type ToldSide = RouteRef | 'unclear';
export type ToldRoutes = {
  readonly number: PhoneNumber;
  readonly primary: ToldSide;
  readonly failover: ToldSide;
};

/**
 * A list beside the list of numbers that tells the routes of all of them, many with each request. Nobody promises that it is
 * there, or that it tells the same: it is believed after some of its numbers were asked for alone.
 */
export type RouteList = {
  readonly maxPage: number;
  /** False after it was found not to be there or not to agree, for some days. */
  readonly worthAsking: boolean;
  cursorAt(place: number): string;
  /** Numbers with a route that cannot be told are left out. */
  page(request: SliceRequest): Promise<Slice<ToldRoutes>>;
  /** It is not there, or tells something else (`'untrue'`); else it could only not be asked now, and is left alone for an hour. */
  deny(why: 'absent' | 'untrue' | 'trouble'): void;
};

/** What numbers for sale are searched by. What is not in `features.searchFilters` and `searchOrders` is rejected with `invalid-input`. */
export type AvailableSearch = {
  readonly npa?: string;
  /** Needs `npa`. */
  readonly nxx?: string;
  /** Needs `state`. */
  readonly rateCenter?: string;
  readonly state?: string;
  /** Digits anywhere in the number. */
  readonly contains?: string;
  /** The first digits, with the country's code; not together with `npa`. */
  readonly startsWith?: string;
  /** The last digits. */
  readonly endsWith?: string;
  readonly kind?: 'local' | 'toll-free';
  /** Two letters (ISO 3166). */
  readonly country?: string;
  readonly order?: { readonly by: SearchOrder; readonly direction: 'asc' | 'desc' };
};

/** What the carrier has of a number, or why that cannot be told. */
export type Detailed = OwnedNumber | Failure;

/** What is known to have become of one side: it is as was wanted, as it was before, or one of them. */
type SideState = 'set' | 'kept' | 'unknown';

/** What is known to have happened to the routes of a number; `error` says why not both are set. */
export type Applied = {
  readonly primary: SideState;
  readonly failover: SideState;
  readonly error: AppError | null;
};

type Options = { readonly signal?: AbortSignal | undefined };

/** How numbers are asked for. */
export type DetailsOptions = Options & {
  readonly soon?: Soon;
  /** Nobody waits for the answer: it takes less than half of the rate and yields to all others. Only what the carrier had too much to do for is asked again by the adapter. */
  readonly background?: boolean | undefined;
};

/**
 * The jobs every carrier adapter does. All of them reject with `Failure` (contract/errors.ts). Reads are retried
 * inside; writes never are: their caller must find out what happened first (`outcome-unknown`). Only the carrier's own word
 * counts: what something else on the way answers is `foreign-answer` for a read and `outcome-unknown` for a write.
 */
export type Carrier = {
  readonly features: Features;
  /**
   * Where the part number `place` (from 0) of a list begins when all have `limit` records. Only where a list can be entered
   * anywhere: several parts are then asked for at once. Else they are read one after another.
   */
  cursorAt?(place: number, limit: number): string;
  listAreaCodes(request: SliceRequest): Promise<Slice<AreaCode>>;
  listExchanges(request: SliceRequest & { readonly npa?: string }): Promise<Slice<Exchange>>;
  /** Where `features.priceTiers`. */
  listTiers?(request: SliceRequest): Promise<Slice<PriceTier>>;
  searchAvailable(request: SliceRequest & AvailableSearch): Promise<Slice<AvailableNumber>>;
  /** A refusal says why: `AppError.refusal`. */
  purchase(number: PhoneNumber, billingMethod: string, options?: Options): Promise<void>;
  listOwned(request: SliceRequest & { readonly pattern?: string }): Promise<Slice<ListedNumber>>;
  /**
   * What the account has of each of these numbers, at most `features.detailsAtOnce`, in their order, or why that cannot be told of
   * one of them. `not-found` is a confirmed absence, fit to remove a number or to buy it again: another read was answered in shape
   * within a minute of it. `odd-record`: the account has it, in a form that cannot be used. Rejects with what is about all of them.
   */
  details(numbers: readonly PhoneNumber[], options?: DetailsOptions): Promise<readonly Detailed[]>;
  /**
   * Finds out whether many numbers can be asked for with one request, by asking so for one that was just read alone; from then on
   * `features.detailsAtOnce` says how many. Only where that is not known beforehand. Never changes anything.
   */
  tryMany?(known: OwnedNumber, options?: DetailsOptions): Promise<boolean>;
  /** Where the list of numbers does not tell their routes, and another one may. */
  readonly routeList?: RouteList;
  /** Resolves when details that nobody waits for would be asked for at once. Only where requests are paced. */
  detailsFree?(options?: Options): Promise<void>;
  /**
   * Sets both routes of a number, by their keys; null is no failover (only where `features.noneAsFailover`). Where that takes two
   * requests the failover goes first and the primary, which moves live calls, last. Never rejects.
   */
  setRouting(
    number: PhoneNumber,
    routing: { readonly primary: string; readonly failover: string | null },
    options?: Options,
  ): Promise<Applied>;
  listRoutes(request: SliceRequest): Promise<Slice<Route>>;
  createRoute(
    name: string,
    type: CreatableRouteType,
    value: string,
    options?: Options & { readonly soon?: Soon },
  ): Promise<void>;
  /** At most so many requests a second from now on; null for as many as the carrier takes. Only where requests are paced. */
  limit?(perSecond: number | null): void;
  /** How fast the carrier is asked now. Only where requests are paced. */
  pace?(): Pace;
  /** How many different records of each kind could not be used since this carrier was made. */
  oddRecords(): Readonly<Partial<Record<OddRecord['what'], number>>>;
  /** Ends open connections. */
  close(): void;
};
