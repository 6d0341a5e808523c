import { setTimeout as sleep } from 'node:timers/promises';
import type { Carrier } from '../carrier/carrier.ts';
import { toAppError, type AppError } from '../contract/errors.ts';
import type { OwnedNumber, PhoneNumber } from '../contract/model.ts';
import type { RunItem } from './order-store.ts';

/** How one attempt to buy a number ended. `clear`: the request that left has been answered with a no. */
export type Outcome =
  | { readonly kind: 'bought'; readonly owned: OwnedNumber | null }
  /** No for this number. */
  | { readonly kind: 'refused'; readonly reason: string; readonly clear: boolean }
  /** Another attempt may succeed. */
  | { readonly kind: 'again'; readonly reason: string; readonly clear: boolean }
  /** It may have been bought: only the carrier can tell, and it could not be asked. */
  | { readonly kind: 'unknown'; readonly reason: string; readonly error: AppError }
  /** A no that is about the account or the network and not about this number: everything waits. */
  | { readonly kind: 'account'; readonly reason: string; readonly clear: boolean };

/** A number that failed this often since the order was last resumed is given up, so that an order always ends. */
const mostTries = 6;
/** Between a lost answer and the second look: the carrier may still be at work on what it was sent. */
const settleMs = 1_500;
/** 1.5 + 3 + 6 seconds. */
const looksAfterRefusal = 4;

export type PurchaseOptions = {
  readonly carrier: Carrier;
  /** Called and awaited just before the request leaves: the journal must say so first. */
  readonly sending: () => Promise<void>;
  /** How often this number was tried since the order was last resumed. */
  readonly tries: number;
  /** The order is being stopped: what may have been sent is looked up, and nothing is sent any more. */
  readonly onlySettle: boolean;
  /** Ends the wait for a turn to send. Never a request that left. */
  readonly writes: AbortSignal;
  /** Ends questions to the carrier, and the pauses between them. */
  readonly looks: AbortSignal;
  readonly settleMs?: number;
};

/** Said of a number that an order was stopped before. */
export const givenUp = 'Not bought: the order was stopped before it.';
const settledAbsent = 'The order was stopped. It was sent before, and the account does not have it.';
const notKnown = 'Not known yet: the carrier could not be asked.';

/**
 * Buys one number, at most once. A number that may have been sent before is looked up first, and sent again only when
 * the carrier says, twice, that the account does not have it.
 */
export async function purchase(item: RunItem, options: PurchaseOptions): Promise<Outcome> {
  const number = item.number as PhoneNumber;
  if (item.doubt > 0) {
    const found = await lookUp(number, options);
    if (found.kind !== 'missing') return found;
    if (options.onlySettle) return { kind: 'refused', reason: settledAbsent, clear: false };
  } else if (item.sent > 0 && !options.onlySettle) {
    // Every request so far was answered with a no. It is asked for all the same, as a part of sending it again.
    const found = await lookUp(number, { ...options, looks: options.writes });
    if (found.kind === 'bought') return found;
    if (found.kind === 'unknown') return notAsked(found.error);
  }
  if (options.tries >= mostTries && !options.onlySettle) {
    const reason = `Given up after ${options.tries} attempts: ${item.reason || 'no clear answer'}`;
    return { kind: 'refused', reason, clear: false };
  }
  if (options.onlySettle) return { kind: 'refused', reason: givenUp, clear: false };
  await options.sending();
  try {
    await options.carrier.purchase(number, item.billing, { signal: options.writes });
    return { kind: 'bought', owned: null };
  } catch (thrown) {
    return afterFailure(item, toAppError(thrown), options);
  }
}

/** The question before another request failed: nothing is in doubt, and nothing was sent. */
function notAsked(error: AppError): Outcome {
  if (error.code === 'cancelled') return { kind: 'again', reason: '', clear: false };
  return { kind: 'account', reason: `${error.message} ${error.action}`, clear: false };
}

async function afterFailure(item: RunItem, error: AppError, options: PurchaseOptions): Promise<Outcome> {
  const number = item.number as PhoneNumber;
  switch (error.code) {
    case 'rejected':
    case 'not-found': {
      // After an earlier attempt, "not available" may mean: it is ours already. The list of the account may lag behind the
      // purchase, so this no is believed later than any other.
      if (item.sent > 0 || item.doubt > 0) {
        const found = await lookUp(number, options, looksAfterRefusal);
        if (found.kind !== 'missing') return found;
      }
      const kind = isAboutAccount(error.message) ? 'account' : 'refused';
      return { kind, reason: error.message, clear: true };
    }
    case 'rate-limited':
      return { kind: 'again', reason: error.message, clear: true };
    // Called back before its turn came.
    case 'cancelled':
      return { kind: 'again', reason: '', clear: true };
    // A write is `offline` only when not a byte of it left.
    case 'offline':
    case 'forbidden':
    case 'wrong-keys':
    case 'wrong-clock':
      return { kind: 'account', reason: `${error.message} ${error.action}`, clear: true };
    default: {
      const found = await lookUp(number, options);
      if (found.kind !== 'missing') return found;
      const kind = isAboutAccount(error.message) ? 'account' : 'again';
      return { kind, reason: error.message, clear: false };
    }
  }
}

/** Asks the carrier whether the account has the number; "no" counts when it was said so often, longer and longer apart. */
async function lookUp(
  number: PhoneNumber,
  options: PurchaseOptions,
  looks = 2,
): Promise<Extract<Outcome, { kind: 'bought' | 'unknown' }> | { kind: 'missing' }> {
  const { carrier, looks: signal } = options;
  for (let look = 1; ; look += 1) {
    try {
      return { kind: 'bought', owned: await carrier.getOwned(number, { signal }) };
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code !== 'not-found') return { kind: 'unknown', reason: notKnown, error };
      if (look === looks) return { kind: 'missing' };
    }
    // Called off in the pause: the question after it says so.
    await sleep((options.settleMs ?? settleMs) * 2 ** (look - 1), undefined, { signal }).catch(() => null);
  }
}

/** The carrier's texts are not documented: words that speak of money or permission stop the order and ask. */
function isAboutAccount(text: string): boolean {
  return /insufficient|funds?\b|balance|credit|payment|suspend|disabled|permission|not allowed|limit/i.test(
    text,
  );
}

/** The one refusal of a number that is documented (JS1-README): sold to somebody else, or never for sale. */
export function isUnavailable(reason: string): boolean {
  return /not available for purchase/i.test(reason);
}
