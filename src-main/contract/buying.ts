import { z } from 'zod';
import type { AppError } from './errors.ts';
import type { OddRecords } from './model.ts';
import type { OrderReason, OrderWait } from './job-words.ts';
import type { Suggestion } from './numbers.ts';
import { orderColumns } from './order-query.ts';
import { itemStatuses, type ItemStatus, type OrderPhase } from './order-statuses.ts';
import { patternNames } from './patterns.ts';
import { takes } from './method.ts';
import {
  recordId,
  view,
  phoneNumber,
  queryText,
  numbers,
  offset,
  limit,
  setRoute,
  sortedBy,
} from './schemas.ts';
import { mostRouteName } from './route-names.ts';

/** An area code with stock, with what it tells about its place. */
type AreaCodeView = { readonly npa: string; readonly state: string; readonly place: string };

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

export type { OrderPhase };

const offerColumns = ['number', 'rateCenter', 'setup', 'monthly'] as const;

export type OfferColumn = (typeof offerColumns)[number];

export type Offer = {
  readonly number: string;
  readonly rateCenter: string;
  readonly state: string;
  readonly setup: number;
  readonly monthly: number;
  readonly billingMethods: readonly string[];
};

/** Numbers for sale that stand in a row. */
export type OfferBlock = {
  readonly last: string;
  readonly count: number;
  /** How many of them are neither owned nor in the cart. */
  readonly left: number;
  /** Cents of all of them together. */
  readonly setup: number;
  readonly monthly: number;
};

export type OfferRow = Offer & {
  /** The row is no number but the head of a block, which begins with its number; absent for all others. */
  readonly block?: OfferBlock;
  readonly owned: boolean;
  readonly inCart: boolean;
  /** Digits that make the pattern asked for: [first, end) inside the 11 digits. */
  readonly marks: readonly (readonly [number, number])[];
};

/** How far a search for numbers that were pasted is. What is none of these was found: it is among the loaded ones. */
export type FindList = {
  readonly total: number;
  /** Those the account has already: they are not asked about. */
  readonly owned: number;
  /** Those of other countries, and what is no number of North America: nothing is for sale under them. */
  readonly foreign: number;
  /** Those the carrier has not answered about yet. */
  readonly open: number;
  /** Those that are not for sale. */
  readonly absent: number;
  /** Those with an offer that cannot be read: whether they can be bought is not known. */
  readonly unclear: number;
};

/** A search as it fills. `loaded` numbers are here; `done` when the carrier has no more. */
export type FindStatus = {
  readonly id: number;
  readonly phase: 'idle' | 'running' | 'stopped' | 'done';
  readonly loaded: number;
  /** Offers that cannot be used, such as one without a price: they are not among the loaded ones and cannot be bought. */
  readonly odd: OddRecords;
  /** Null for a search that is not for pasted numbers. */
  readonly list: FindList | null;
  readonly error: AppError | null;
};

/** What numbers cost together, in cents: to be set up, and a month. */
export type Cost = { readonly setup: number; readonly monthly: number };

export type OffersWindow = {
  readonly status: FindStatus;
  /** Rows, the heads of blocks among them. */
  readonly matching: number;
  /** How many of the rows are heads. */
  readonly blocks: number;
  /** Of all numbers that match. */
  readonly cost: Cost;
  readonly offset: number;
  readonly rows: readonly OfferRow[];
};

/**
 * What is known of the stock of a suggestion without a question to the carrier: `count` numbers, area codes or exchanges that have
 * stock, as of `at` (Unix milliseconds).
 */
export type KnownStock = {
  readonly of: 'number' | 'area code' | 'exchange';
  readonly count: number;
  /** In how many rate centers the numbers are; null where that is not told. */
  readonly rateCenters: number | null;
  /** False when there may be more: the search was not through. */
  readonly complete: boolean;
  readonly at: number;
};

export type OfferSuggestion = Suggestion & { readonly stock: KnownStock | null };

export type SavedSearch = { readonly text: string; readonly saved: boolean; readonly usedAt: number };

export type CartItem = Offer & {
  readonly billing: string;
  /** The carrier does not offer it any more; null when that was not asked yet. */
  readonly gone: boolean | null;
  /** What it cost when it was put in, if it costs something else by now. */
  readonly was: { readonly setup: number; readonly monthly: number } | null;
};

/** Routes for all of the cart by their labels, as they were typed; '' for what is left as the carrier sets it. */
export type CartRoutes = { readonly primary: string; readonly failover: string };

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
  readonly routes: CartRoutes;
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

export type OrderItem = {
  readonly number: string;
  readonly rateCenter: string;
  readonly state: string;
  readonly setup: number;
  readonly monthly: number;
  readonly billing: string;
  readonly status: ItemStatus;
  /** Why it was refused, or what is not known of it. */
  readonly reason: OrderReason | null;
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

export type OrderSummary = {
  /** Random: no other account has an order of this id. */
  readonly id: number;
  /** What people call it: "Order 12". Counts from 1 in each account. */
  readonly ordinal: number;
  readonly createdAt: number;
  readonly phase: OrderPhase;
  /** Why it waits, and what to do: shown beside the order. */
  readonly waiting: OrderWait | null;
  /** Nothing of it is sent any more: resuming only looks up what may have been bought. */
  readonly stopped: boolean;
  /** Null while the prices are those that were agreed to. */
  readonly raised: RaisedOrder | null;
  readonly counts: Readonly<Record<ItemStatus, number>>;
  readonly total: number;
  /** Set-up cents of what was bought, and its cents a month. */
  readonly spent: number;
  readonly monthly: number;
  /** How many were bought whose routes could not be set. */
  readonly unset: number;
  /** What people call the routes for what is bought. Without a primary one none are set; a failover of '' is none at all. */
  readonly primary: string;
  readonly failover: string;
};

export type OrdersWindow = {
  /** Of all orders, whatever was asked for. */
  readonly total: number;
  /** How many the query finds; none where it is not understood. */
  readonly matching: number;
  readonly offset: number;
  readonly orders: readonly OrderSummary[];
};

/** Numbers of an order of which the same is said. */
export type OrderReasonCount = {
  readonly status: ItemStatus;
  readonly reason: OrderReason;
  readonly count: number;
};

export type OrderItemsWindow = {
  readonly total: number;
  readonly offset: number;
  readonly items: readonly OrderItem[];
};

/** What windows may ask about this. */
export const buyingMethods = () => {
  const npa = z.string().regex(/^[2-9]\d{2}$/, 'An area code is three digits, such as 206.');
  return {
    'find.areaCodes': takes({ refresh: z.boolean() }).gives<AreaCodesView>(),
    'find.exchanges': takes({ npa, refresh: z.boolean() }).gives<ExchangesView>(),
    'find.start': takes({ text: queryText, replaces: recordId.nullable() }).gives<FindStatus>(),
    /** Keeps a query among the recent searches: somebody used what it found. */
    'find.note': takes({ text: queryText.min(1) }).gives<readonly SavedSearch[]>(),
    'find.stop': takes({ id: recordId }).gives<FindStatus>(),
    /** Goes on where a search was stopped or failed: what was answered is not asked for again. */
    'find.resume': takes({ id: recordId }).gives<FindStatus>(),
    /** Of a search for pasted numbers: those that are not for sale, as far as the carrier was asked. */
    'find.absent': takes({ id: recordId }).gives<readonly string[]>(),
    'find.window': takes({
      id: recordId,
      sort: sortedBy(offerColumns),
      pattern: z.enum(patternNames).nullable(),
      /** Least numbers in a row, for the pattern `block`. */
      blockSize: z.int().min(2).max(1000),
      /** With a head before each block, for the pattern `block`. */
      grouped: z.boolean().optional(),
      offset,
      limit,
    }).gives<OffersWindow>(),
    /** Those of the numbers that the search has found and that show the pattern. */
    'find.among': takes({
      id: recordId,
      pattern: z.enum(patternNames).nullable(),
      blockSize: z.int().min(2).max(1000),
      numbers,
    }).gives<readonly string[]>(),
    /** What the end of `typed`, the text before the caret, may be meant to become; `text` is the rest of the query. */
    'find.suggest': takes({ text: queryText, typed: queryText }).gives<readonly OfferSuggestion[]>(),
    'find.searches': takes({}).gives<readonly SavedSearch[]>(),
    'find.saveSearch': takes({ text: queryText.min(1) }).gives<readonly SavedSearch[]>(),
    'find.forgetSearch': takes({ text: queryText }).gives<readonly SavedSearch[]>(),
    'cart.get': takes({}).gives<CartView>(),
    /** What needs a look comes first: gone, or at another price. */
    'cart.items': takes({ offset, limit }).gives<CartItemsWindow>(),
    /** Offers of the search on screen, by number; unknown and owned ones are left out. */
    'cart.add': takes({ numbers }).gives<{ readonly added: number; readonly cart: CartView }>(),
    'cart.remove': takes({ numbers }).gives<CartView>(),
    'cart.setBilling': takes({ number: phoneNumber, billing: z.string().min(1).max(32) }).gives<CartView>(),
    'cart.setRoutes': takes({
      primary: z.string().max(mostRouteName),
      failover: z.string().max(mostRouteName),
    }).gives<CartView>(),
    /**
     * Asks the carrier for each number of the cart whether it is still for sale, and at what price. `view`: whoever
     * asks, so that its `cart.stopCheck` ends nobody else's question.
     */
    'cart.check': takes({ view: view.optional() }).gives<CartView>(),
    /** Ends the check that this view waits for; what was learned stays, and another view's goes on. */
    'cart.stopCheck': takes({ view: view.optional() }).gives<CartView>(),
    'cart.removeGone': takes({}).gives<CartView>(),
    'orders.review': takes({ view: view.optional() }).gives<OrderReview>(),
    /** A window of what a review is about. */
    'orders.reviewItems': takes({ token: z.string().min(1).max(64), offset, limit }).gives<CartItemsWindow>(),
    /** Begins the order a review permitted. A token works once: a second call is refused. */
    'orders.buy': takes({
      token: z.string().min(1).max(64),
      typedCount: z.int().min(0).nullable(),
      /** Null leaves what the carrier gives to a new number. `none` only where `Features.noneAsFailover`. */
      routes: z
        .strictObject({ primary: setRoute, failover: z.union([z.literal('none'), setRoute]) })
        .nullable(),
    }).gives<OrderSummary>(),
    /** A window of the orders that a query finds (`order-query.ts`), in an order; all of them, the newest first, where these are left out. */
    'orders.list': takes({
      text: queryText.optional(),
      sort: sortedBy(orderColumns).optional(),
      offset,
      limit,
    }).gives<OrdersWindow>(),
    /** What the end of `typed`, the text before the caret, may be meant to become; `text` is the rest of the query. */
    'orders.suggest': takes({ text: queryText, typed: queryText }).gives<readonly Suggestion[]>(),
    'orders.get': takes({ id: recordId }).gives<OrderSummary>(),
    'orders.items': takes({
      id: recordId,
      status: z.enum(itemStatuses).nullable(),
      offset,
      limit,
    }).gives<OrderItemsWindow>(),
    /** What is said most often of its numbers, six at most. */
    'orders.reasons': takes({ id: recordId }).gives<readonly OrderReasonCount[]>(),
    'orders.pause': takes({ id: recordId }).gives<OrderSummary>(),
    /** Refused while a price has gone up and what is left was not agreed to at its new cost. */
    'orders.resume': takes({
      id: recordId,
      /** What was agreed to of a raised price: the sum that was shown, and the count where it is above the limit. */
      agreed: z.strictObject({ dueNow: z.int().min(0), typedCount: z.int().min(0).nullable() }).optional(),
    }).gives<OrderSummary>(),
    /** Ends the order after the number that is on its way; the rest stays unbought. */
    'orders.stop': takes({ id: recordId }).gives<OrderSummary>(),
    /** Ends an order that waits because numbers cannot be looked up: they stay unknown, and each sync looks for them. */
    'orders.setAside': takes({ id: recordId }).gives<OrderSummary>(),
  };
};

/** What windows are told about this. */
export type BuyingEvents = {
  find: FindStatus;
  cart: CartView;
  orders: OrderSummary;
};
