import { setTimeout as sleep } from 'node:timers/promises';
import type { Carrier } from '../carrier/carrier.ts';
import { Failure, toAppError, type AppError } from '../contract/errors.ts';
import type { OwnedNumber, PhoneNumber } from '../contract/model.ts';
import type { RunItem } from './journal-store.ts';

/** How one attempt to buy a number ended. */
export type Outcome =
  | { readonly kind: 'bought'; readonly owned: OwnedNumber | null }
  /** A clear no for this number. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Nothing was bought, and another attempt may succeed. */
  | { readonly kind: 'again'; readonly reason: string }
  /** It may have been bought: only the carrier can tell, and it could not be asked. */
  | { readonly kind: 'unknown'; readonly reason: string; readonly error: AppError }
  /** A clear no that is about the account and not about this number: everything waits. */
  | { readonly kind: 'account'; readonly reason: string };

/** A number that failed this often is given up, so that an order always ends. */
export const mostSent = 6;
/** Between a lost answer and the second look: the carrier may still be at work on what it was sent. */
const settleMs = 1_500;
/** 1.5 + 3 + 6 seconds. */
const looksAfterRefusal = 4;

export type PurchaseOptions = {
  readonly carrier: Carrier;
  /** Called and awaited just before the request leaves: the journal must say so first. */
  readonly sending: () => Promise<void>;
  /** The order is being stopped: what may have been sent is looked up, and nothing is sent any more. */
  readonly onlySettle?: boolean;
  readonly settleMs?: number;
};

/** Said of a number that an order was stopped before. */
export const givenUp = 'Not sent: the order was stopped.';
const settledAbsent = 'The order was stopped. It was sent before, and the account does not have it.';

/**
 * Buys one number, at most once. A number that may have been sent before is looked up first, and sent again only when
 * the carrier says, twice, that the account does not have it.
 */
export async function purchase(item: RunItem, options: PurchaseOptions): Promise<Outcome> {
  const number = item.number as PhoneNumber;
  if (item.sent > 0) {
    const found = await lookUp(number, options);
    if (found.kind !== 'missing') return found;
    if (options.onlySettle) return { kind: 'refused', reason: settledAbsent };
    if (item.sent >= mostSent) {
      return {
        kind: 'refused',
        reason: `Given up after ${item.sent} attempts: ${item.reason || 'no clear answer'}`,
      };
    }
  }
  if (options.onlySettle) return { kind: 'refused', reason: givenUp };
  await options.sending();
  try {
    await options.carrier.purchase(number, item.billing);
    return { kind: 'bought', owned: null };
  } catch (thrown) {
    return afterFailure(item, toAppError(thrown), options);
  }
}

async function afterFailure(item: RunItem, error: AppError, options: PurchaseOptions): Promise<Outcome> {
  const number = item.number as PhoneNumber;
  switch (error.code) {
    case 'rejected':
    case 'not-found': {
      // After an earlier attempt, "not available" may mean: it is ours already. The list of the account may lag behind the
      // purchase, so this no is believed later than any other.
      if (item.sent > 0) {
        const found = await lookUp(number, options, looksAfterRefusal);
        if (found.kind !== 'missing') return found;
      }
      if (isAboutAccount(error.message)) return { kind: 'account', reason: error.message };
      return { kind: 'refused', reason: error.message };
    }
    case 'rate-limited':
      return { kind: 'again', reason: error.message };
    case 'forbidden':
    case 'wrong-keys':
    case 'wrong-clock':
      return { kind: 'account', reason: `${error.message} ${error.action}` };
    default: {
      const found = await lookUp(number, options);
      return found.kind === 'missing' ? { kind: 'again', reason: error.message } : found;
    }
  }
}

/** Asks the carrier whether the account has the number; "no" counts when it was said so often, longer and longer apart. */
async function lookUp(
  number: PhoneNumber,
  options: PurchaseOptions,
  looks = 2,
): Promise<Extract<Outcome, { kind: 'bought' | 'unknown' }> | { kind: 'missing' }> {
  for (let look = 1; ; look += 1) {
    try {
      return { kind: 'bought', owned: await options.carrier.getOwned(number) };
    } catch (thrown) {
      const error = toAppError(thrown);
      const missing = thrown instanceof Failure && thrown.code === 'not-found';
      if (!missing) {
        return { kind: 'unknown', reason: 'Not known yet: the carrier could not be asked.', error };
      }
      if (look === looks) return { kind: 'missing' };
    }
    await sleep((options.settleMs ?? settleMs) * 2 ** (look - 1));
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
