/** Shapes of finding and buying numbers. All money is integer cents in US dollars. */
import type { AppError } from './errors.ts';
import type { OddRecords } from './model.ts';
import type { PatternName } from './patterns.ts';

/** An area code with stock, with what it tells about its place. */
export type AreaCodeView = { readonly npa: string; readonly state: string; readonly place: string };
/** `at` is Unix milliseconds of the carrier's answer: both lists are cached. */
export type AreaCodesView = {
  readonly at: number;
  readonly items: readonly AreaCodeView[];
  /** Codes that could not be read, when the list was asked for just now. */
  readonly odd: OddRecords;
};
export type ExchangesView = {
  readonly at: number;
  readonly npa: string;
  readonly nxxs: readonly string[];
  readonly odd: OddRecords;
};

/** What the carrier is asked for. `nxx` needs `npa`, `rateCenter` needs `state` (rules of the wire). */
export type OfferSearch = {
  readonly npa?: string | undefined;
  readonly nxx?: string | undefined;
  readonly state?: string | undefined;
  readonly rateCenter?: string | undefined;
  /** Digits anywhere in the number. */
  readonly contains?: string | undefined;
};

export const offerColumns = ['number', 'rateCenter', 'setup', 'monthly'] as const;
export type OfferColumn = (typeof offerColumns)[number];

export type Offer = {
  readonly number: string;
  readonly rateCenter: string;
  readonly state: string;
  readonly setup: number;
  readonly monthly: number;
  readonly billingMethods: readonly string[];
};
export type OfferRow = Offer & {
  readonly owned: boolean;
  readonly inCart: boolean;
  /** Digits that make the pattern asked for: [first, end) inside the 11 digits. */
  readonly marks: readonly (readonly [number, number])[];
};

/** A search as it fills. `loaded` numbers are here; `done` when the carrier has no more. */
export type FindStatus = {
  readonly id: number;
  readonly phase: 'idle' | 'running' | 'stopped' | 'done';
  readonly loaded: number;
  /** Offers that cannot be used, such as one without a price: they are not among the loaded ones and cannot be bought. */
  readonly odd: OddRecords;
  readonly error: AppError | null;
};
export type OffersWindow = {
  readonly status: FindStatus;
  readonly matching: number;
  readonly offset: number;
  readonly rows: readonly OfferRow[];
};
export type SavedSearch = { readonly text: string; readonly saved: boolean; readonly usedAt: number };

export type { PatternName };

export type CartItem = Offer & {
  readonly billing: string;
  /** The carrier does not offer it any more; null when that was not asked yet. */
  readonly gone: boolean | null;
  /** What it cost when it was put in, if it costs something else by now. */
  readonly was: { readonly setup: number; readonly monthly: number } | null;
};
/** Sums are without what is gone. */
export type CartView = {
  readonly count: number;
  readonly gone: number;
  /** How many cost something else than when they were put in. */
  readonly repriced: number;
  readonly setup: number;
  readonly monthly: number;
  /** How far a check with the carrier is; null when none is on its way. */
  readonly checking: { readonly done: number; readonly total: number } | null;
};
export type CartItemsWindow = {
  readonly total: number;
  readonly offset: number;
  readonly items: readonly CartItem[];
};

/** What would be bought, and the one-time permission to do it. */
export type OrderReview = {
  readonly token: string;
  readonly count: number;
  /** Left out because the account owns them already. */
  readonly owned: number;
  /** Left out because they are not for sale any more, or in an order already. */
  readonly left: number;
  readonly repriced: number;
  readonly setup: number;
  readonly monthly: number;
  /** Set-up and twelve months of every number. */
  readonly firstYear: number;
  /** Set-up and the first month: what the limit is compared with. */
  readonly dueNow: number;
  readonly limit: number;
  readonly mustTypeCount: boolean;
};

export const itemStates = ['planned', 'sending', 'bought', 'refused', 'unknown'] as const;
export type ItemState = (typeof itemStates)[number];

export type OrderItem = {
  readonly number: string;
  readonly rateCenter: string;
  readonly state: string;
  readonly setup: number;
  readonly monthly: number;
  readonly billing: string;
  readonly status: ItemState;
  /** The carrier's own words for a refusal, or ours for what is not known. */
  readonly reason: string;
  readonly routes: 'none' | 'planned' | 'set' | 'failed';
};

/** A price went up: what is left of the order has to be agreed to again before anything more of it is bought. */
export type RaisedOrder = {
  /** How many numbers are left, and their cost today. */
  readonly count: number;
  readonly setup: number;
  readonly monthly: number;
  /** Set-up and the first month of what is left: what the limit is compared with. */
  readonly dueNow: number;
  /** The same as it was agreed to. */
  readonly before: number;
};

export type OrderPhase = 'running' | 'paused' | 'stopping' | 'done';
export type OrderSummary = {
  /** Random: no other account has an order of this id. */
  readonly id: number;
  /** What people call it: "Order 12". Counts from 1 in each account. */
  readonly ordinal: number;
  readonly createdAt: number;
  readonly phase: OrderPhase;
  /** Why it waits, and what to do: shown beside the order. */
  readonly waiting: string;
  /** Nothing of it is sent any more: resuming only looks up what may have been bought. */
  readonly stopped: boolean;
  /** Null while the prices are those that were agreed to. */
  readonly raised: RaisedOrder | null;
  readonly counts: Readonly<Record<ItemState, number>>;
  readonly total: number;
  /** Set-up cents of what was bought, and its cents a month. */
  readonly spent: number;
  readonly monthly: number;
  /** How many were bought whose routes could not be set. */
  readonly unset: number;
  /** Routes for what is bought; '' for none. */
  readonly primary: string;
  readonly failover: string;
};
/** Numbers of an order with the same words about them. */
export type OrderReason = { readonly status: ItemState; readonly reason: string; readonly count: number };
export type OrderItemsWindow = {
  readonly total: number;
  readonly offset: number;
  readonly items: readonly OrderItem[];
};

/** Numbers of an entry come in parts of so many; the first is told with the entry. */
export const activityPart = 200;

export const activityKinds = ['order', 'routes', 'sync', 'account', 'failure'] as const;
export type ActivityKind = (typeof activityKinds)[number];
export type ActivityEntry = {
  readonly id: number;
  readonly at: number;
  readonly kind: ActivityKind;
  readonly text: string;
  readonly outcome: 'ok' | 'failed' | 'info';
  /** At most the first 200; `count` is how many there were, `activity.numbers` has them all. */
  readonly numbers: readonly string[];
  readonly count: number;
};
export type ActivityWindow = { readonly total: number; readonly entries: readonly ActivityEntry[] };
