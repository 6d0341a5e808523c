import { detailsOf } from '../carrier/details.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { steadyNow } from '../platform/clock.ts';
import { toAppError, type AppError } from '../contract/errors.ts';
import { troubleOf, type OrderReason } from '../contract/job-words.ts';
import type { OwnedNumber, PhoneNumber } from '../contract/model.ts';
import type { StepContext } from '../jobs/kind.ts';
import { cancelled } from '../platform/cancel.ts';
import { toOffer } from './offers.ts';
import { stoppedBefore, type OrderJob, type RunItem } from './order-store.ts';

/** How a look-up found a number in the account; `odd` when the carrier's record of it cannot be used. */
export type Looked = OwnedNumber | 'odd';

/** How one attempt to buy a number ended. `clear`: the request that left has been answered with a no. */
export type Outcome =
  /** `owned` is how it was found in the account; null when the carrier said yes and was not asked further. */
  | { readonly kind: 'bought'; readonly owned: Looked | null }
  /** The account has it, and this order never asked for it. */
  | { readonly kind: 'had'; readonly owned: Looked }
  /** No for this number. `odd`: not because it is not for sale. */
  | {
      readonly kind: 'refused';
      readonly reason: OrderReason;
      readonly clear: boolean;
      readonly odd?: boolean;
    }
  /** Another attempt may succeed. */
  | { readonly kind: 'again'; readonly reason: OrderReason; readonly clear: boolean }
  /** Called off before it left: nothing was sent. `clear`: that was written down as about to leave. */
  | { readonly kind: 'off'; readonly clear: boolean }
  /** It failed too often for now: other numbers come first. */
  | { readonly kind: 'later'; readonly reason: OrderReason }
  /** It costs more than was agreed to. Cents. */
  | { readonly kind: 'dearer'; readonly setup: number; readonly monthly: number }
  /** It may have been bought: only the carrier can tell, and it could not be asked. */
  | { readonly kind: 'unknown'; readonly reason: OrderReason; readonly error: AppError }
  /** A no that is about the account or the network and not about this number: everything waits. */
  | { readonly kind: 'account'; readonly reason: OrderReason; readonly clear: boolean };

/** Tries of one number in a row, before others come first. */
const mostTries = 6;
/** Between a lost answer and the second look: the carrier may still be at work on what it was sent. */
const settleMs = 1_500;
/** 1.5 + 3 + 6 seconds. */
const looksAfterRefusal = 4;
const usualLooks = 2;
/** Before one more look at a number that the account does not show and that is not for sale: so many times `settleMs`, 2, 5 and 15 seconds. */
const looksAtSold = [4 / 3, 10 / 3, 10];
/** What was agreed to longer ago is asked for again before it is paid. */
export const freshPriceMs = 5 * 60_000;

export type PurchaseOptions = {
  /** Keeps the price the carrier tells, in cents. */
  readonly priced: (setup: number, monthly: number) => Promise<void>;
  /** Numbers that were refused for want of permission before. */
  readonly refusedBefore: Set<string>;
  readonly settleMs: number | undefined;
  readonly freshMs: number | undefined;
};
type Buying = StepContext<OrderJob> & PurchaseOptions;

const stoppedAbsent = { code: 'stopped-absent', detail: null } as const;
const notAsked = { code: 'not-asked', detail: null } as const;

/**
 * Buys one number, at most once. A number that may have been sent before is looked up first, and sent again only when
 * the carrier says, twice, that the account does not have it.
 */
export async function purchase(
  item: RunItem,
  context: StepContext<OrderJob>,
  options: PurchaseOptions,
): Promise<Outcome> {
  const number = item.number as PhoneNumber;
  const buying = { ...context, ...options };
  const { carrier, stopping, tries, writes } = context;
  if (item.doubt > 0) {
    const found = await lookUp(number, buying);
    if (found.kind === 'bought') return item.sent > 0 ? found : { kind: 'had', owned: found.owned };
    if (found.kind === 'unknown') return item.sent > 0 || stopping ? found : unasked(found.error);
    if (found.kind === 'gone' && !stopping) return gone;
    if (stopping) return { kind: 'refused', reason: stoppedAbsent, clear: false };
  } else if (item.sent > 0 && !stopping) {
    // Every request so far was answered with a no. It is asked for all the same, as a part of sending it again.
    const found = await lookUp(number, { ...buying, looks: () => writes, patience: writes });
    if (found.kind === 'bought') return found;
    if (found.kind === 'unknown') return unasked(found.error);
    if (found.kind === 'gone') return gone;
  }
  if (stopping) return { kind: 'refused', reason: stoppedBefore, clear: false };
  if (tries >= mostTries) {
    return { kind: 'later', reason: { code: 'attempts', detail: { tries, last: item.reason } } };
  }
  const changed = await askPrice(item, buying);
  if (changed) return changed;
  if (!(await context.sending({ number, status: 'sending', reason: null })))
    return { kind: 'off', clear: false };
  try {
    await carrier.purchase(number, item.billing, { signal: writes });
    return { kind: 'bought', owned: null };
  } catch (thrown) {
    return afterFailure(item, toAppError(thrown), buying);
  }
}

/** A price that was agreed to some time ago is asked for again. Null when it may be bought at it, or for less. */
async function askPrice(item: RunItem, options: Buying): Promise<Outcome | null> {
  const age = steadyNow() - item.pricedAt;
  // A time in the future comes from a wrong clock.
  if (age >= 0 && age <= (options.freshMs ?? freshPriceMs)) return null;
  const wanted = { contains: item.number, cursor: null, limit: 10, signal: options.writes };
  try {
    const { items } = await options.carrier.searchAvailable(wanted);
    const found = items.find((one) => one.number === item.number);
    if (!found) return { kind: 'refused', reason: { code: 'not-for-sale', detail: null }, clear: false };
    const { setup, monthly, billingMethods } = toOffer(found);
    if (billingMethods.length > 0 && !billingMethods.includes(item.billing)) {
      const reason = { code: 'billing', detail: item.billing } as const;
      return { kind: 'refused', reason, clear: false, odd: true };
    }
    const dearer = setup > item.setup || monthly > item.monthly;
    if (dearer) options.alarm();
    await options.priced(setup, monthly);
    return dearer ? { kind: 'dearer', setup, monthly } : null;
  } catch (thrown) {
    return unasked(toAppError(thrown));
  }
}

/** A question that comes before a request failed: nothing was sent. */
function unasked(error: AppError): Outcome {
  if (error.code === 'cancelled') return { kind: 'off', clear: false };
  return { kind: 'account', reason: { code: 'trouble', detail: troubleOf(error) }, clear: false };
}

async function afterFailure(item: RunItem, error: AppError, options: Buying): Promise<Outcome> {
  const number = item.number as PhoneNumber;
  const { code, refusal = 'other' } = error;
  const reason = { code: 'error', detail: troubleOf(error) } as const;
  // Words of money stop the order and ask. So do words of permission, the first time; said again of a number they are about it.
  const account = refusal === 'funds' || (refusal === 'permission' && !options.refusedBefore.has(number));
  if (refusal === 'permission') options.refusedBefore.add(number);
  switch (code) {
    case 'rejected':
    case 'not-found': {
      const odd = refusal !== 'unavailable';
      if (odd) options.alarm();
      // After an earlier attempt, "not available" may mean: it is ours already. The list of the account may lag behind the
      // purchase, so this no is believed later than any other. A 404 is no answer to a purchase: it is looked up as well.
      const again = item.sent > 0 || item.doubt > 0;
      if (again || code === 'not-found') {
        const found = await lookUp(number, options, again ? looksAfterRefusal : usualLooks);
        if (found.kind === 'gone') return { ...gone, odd };
        if (found.kind !== 'missing') return found;
      }
      // What the account has may be told late: after a 404 the doubt stays, for a sync and a later order to settle.
      const clear = code !== 'not-found';
      return account ? { kind: 'account', reason, clear } : { kind: 'refused', reason, clear, odd };
    }
    case 'rate-limited':
      return { kind: 'again', reason, clear: true };
    // Called back before its turn came.
    case 'cancelled':
      return { kind: 'off', clear: true };
    // A write is `offline` only when not a byte of it left.
    case 'offline':
    case 'forbidden':
    case 'wrong-keys':
    case 'wrong-clock':
      return { kind: 'account', reason: { ...reason, code: 'trouble' }, clear: true };
    default: {
      if (account) options.alarm();
      const found = await lookUp(number, options);
      if (found.kind === 'gone') return gone;
      if (found.kind !== 'missing') return found;
      return { kind: account ? 'account' : 'again', reason, clear: false };
    }
  }
}

type Found =
  | { readonly kind: 'bought'; readonly owned: Looked }
  | Extract<Outcome, { kind: 'unknown' }>
  /** `gone`: it is not for sale either. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'gone' };

/** Neither in the account nor for sale: somebody else has it. The doubt stays, for a sync and a later order to settle. */
const gone = { kind: 'refused', reason: { code: 'not-for-sale', detail: null }, clear: false } as const;

/**
 * Asks the carrier whether the account has the number. Only its own word counts: what a gateway or a network says leaves the
 * number unknown. "No" counts when it was said so often, longer and longer apart.
 */
async function lookUp(number: PhoneNumber, options: Buying, most = usualLooks): Promise<Found> {
  const { carrier, looks, patience } = options;
  for (let look = 1; ; look += 1) {
    try {
      return { kind: 'bought', owned: await detailsOf(carrier, number, { signal: looks() }) };
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code === 'odd-record') return { kind: 'bought', owned: 'odd' };
      if (error.code !== 'not-found') return { kind: 'unknown', reason: notAsked, error };
      if (look >= most) {
        // Where what is sold leaves the stock at once, and the account may show it later, the stock says which it is.
        if (!carrier.features.soldLeavesStock) return { kind: 'missing' };
        const sold = await isSold(number, options);
        if (typeof sold !== 'boolean') return { kind: 'unknown', reason: notAsked, error: sold };
        if (!sold) return { kind: 'missing' };
        if (look - most === looksAtSold.length) return { kind: 'gone' };
      }
    }
    const factor = looksAtSold[look - most] ?? 2 ** (look - 1);
    await sleep((options.settleMs ?? settleMs) * factor, undefined, { signal: patience }).catch(
      () => undefined,
    );
    if (patience.aborted) return { kind: 'unknown', reason: notAsked, error: toAppError(cancelled()) };
  }
}

/** Whether a number is not for sale any more, or why that could not be asked. */
async function isSold(number: PhoneNumber, { carrier, looks }: Buying): Promise<boolean | AppError> {
  try {
    const { items } = await carrier.searchAvailable({
      ...{ contains: number, cursor: null, limit: 10, signal: looks() },
    });
    return !items.some((one) => one.number === number);
  } catch (thrown) {
    return toAppError(thrown);
  }
}
