import { setTimeout as sleep } from 'node:timers/promises';
import type { Carrier } from '../carrier/carrier.ts';
import { toAppError, type AppError } from '../contract/errors.ts';
import { noRoute, pairOf, type OwnedNumber, type PhoneNumber } from '../contract/model.ts';
import { countOf } from '../contract/words.ts';
import { asShown, samePair, targetOf, type ItemUpdate, type Pair, type RunPlanItem } from './plan-store.ts';

/** Tries of one number in a row before others come first, and again when it comes last. */
const mostTries = 3;
/** Calls sent back with a 429 that end a number's turn. */
const mostSentBack = 6;
/** How old a read may be when the change that rests on it leaves, in milliseconds; longer for one that was late before. */
const freshMs = 2_000;
const mostDoublings = 4;

/** Said of a number that may have been sent when the question about it was called off. */
export const notAsked = 'Not known yet: the carrier could not be asked.';

/** Everything waits: the carrier cannot be asked, or refuses the account. The number goes back to where it was. */
export class MustWait extends Error {
  readonly error: AppError;
  readonly update: ItemUpdate;

  constructor(error: AppError, update: ItemUpdate) {
    super(error.message);
    this.error = error;
    this.update = update;
  }
}

/** `givenUp`: no clear answer for now. */
export type Applied = ItemUpdate & { readonly givenUp?: true };

export type ApplyOptions = {
  readonly carrier: Carrier;
  /** Ends the wait for a turn to send, reads that come before it and pauses. Never a request that left. */
  readonly writes: AbortSignal;
  /** Gives the signal that ends a question about a number that may have been sent. */
  readonly looks: () => AbortSignal;
  /** Written down and awaited just before a request leaves: the journal must have the former pair first. */
  readonly mark: (update: ItemUpdate) => Promise<void>;
  /** What the carrier was seen to have; `at` (Unix milliseconds) is the earliest time it is known for. */
  readonly seen: (number: OwnedNumber, at: number) => Promise<void>;
  readonly typeOf: (route: string) => string;
  /** It had its turn before and came last: without a clear answer it has failed now. */
  readonly last: boolean;
  readonly againMs?: number;
};

/**
 * Gives one number its routes. Reads it first: a side to keep is what the carrier has now, and a number that is not
 * what the plan had shown is left alone. A lost answer is looked up; setting the same pair again changes nothing, so it
 * may be sent again when it did not arrive. A change that has to wait is called off and rests on a new read. Reports success only for a 204 or for a pair that was read back.
 */
export async function applyItem(item: RunPlanItem, options: ApplyOptions): Promise<Applied> {
  const { carrier, writes } = options;
  const number = item.number as PhoneNumber;
  let { sent, before } = item;
  let to: Pair | null = sent > 0 ? item.to : null;
  let reason = '';
  let [tries, late, sentBack] = [0, 0, 0];
  for (;;) {
    const askedAt = Date.now();
    const read = await carrier.getOwned(number, { signal: sent > 0 ? options.looks() : writes }).then(
      (fresh) => ({ fresh, error: null }),
      (thrown: unknown) => ({ fresh: null, error: toAppError(thrown) }),
    );
    if (read.fresh === null) return unread(item.number, sent, read.error, options.last);
    const { fresh } = read;
    const now = pairOf(fresh);
    const target = to ?? targetOf(item, now);
    if (samePair(now, target)) {
      await options.seen(fresh, askedAt);
      return { number, status: sent > 0 ? 'done' : 'same', reason: '' };
    }
    const touched = sent > 0 ? !samePair(now, before) : !asShown(item, now);
    if (touched) {
      await options.seen(fresh, askedAt);
      return {
        number,
        status: 'changed',
        reason: `It has ${now.primary}, then ${now.failover} now: left as it is.`,
      };
    }
    if (tries === mostTries || sentBack === mostSentBack) {
      // What is only sent back with a 429 is no failure of this number.
      const status = options.last && tries === mostTries ? 'failed' : 'planned';
      const attempts = `Given up after ${countOf(tries + sentBack, 'attempt')}: ${reason}`;
      return { number, status, reason: attempts, givenUp: true };
    }
    if (writes.aborted) return { number, status: 'planned', reason: '' };
    before = now;
    to = target;
    await options.mark({ number, status: 'sending', reason: '', before, to });
    sent += 1;
    const old = AbortSignal.timeout(freshMs * 2 ** Math.min(late, mostDoublings));
    const error = await carrier.setRoutes(number, target, { signal: AbortSignal.any([writes, old]) }).then(
      () => null,
      (thrown: unknown) => toAppError(thrown),
    );
    if (error === null) {
      const named = (key: string) => (key === noRoute ? null : { key, type: options.typeOf(key) });
      const routes = { primary: named(target.primary), failover: named(target.failover) };
      await options.seen({ ...fresh, routes }, Date.now());
      return { number, status: 'done', reason: '' };
    }
    if (error.code === 'cancelled' || error.code === 'rate-limited') {
      // Called back before its turn, or sent back: either way it was not done.
      const undone = { number, status: 'planned', reason: '', refused: true } as const;
      if (writes.aborted) return undone;
      await options.mark(undone);
      sent -= 1;
      if (sent === 0) to = null;
      if (error.code === 'cancelled') {
        late += 1;
        continue;
      }
      reason = error.message;
      sentBack += 1;
      await breathe(options, sentBack);
      continue;
    }
    reason = error.message;
    const refused = { number, reason, refused: true };
    if (error.code === 'rejected' || error.code === 'not-found') return { ...refused, status: 'failed' };
    if (isAboutAccount(error)) throw new MustWait(error, { ...refused, status: 'planned' });
    tries += 1;
    await breathe(options, tries);
  }
}

/**
 * A number that could not be read. The carrier's own word settles it; an answer that cannot be read lets others come first; a
 * carrier that could not be asked (no network, a gateway, a portal) makes everything wait.
 */
function unread(number: string, sent: number, error: AppError, last: boolean): Applied {
  if (error.code === 'not-found') {
    return { number, status: 'failed', reason: 'The carrier says this account does not have the number.' };
  }
  if (error.code === 'cancelled') {
    return sent > 0
      ? { number, status: 'unknown', reason: notAsked }
      : { number, status: 'planned', reason: '' };
  }
  if (error.code === 'rejected' || error.code === 'odd-record') {
    return { number, status: sent > 0 ? 'unknown' : 'failed', reason: error.message };
  }
  if (error.code === 'malformed-answer') {
    if (sent > 0) return { number, status: 'unknown', reason: error.message };
    return { number, status: last ? 'failed' : 'planned', reason: error.message, givenUp: true };
  }
  throw new MustWait(error, { number, status: sent > 0 ? 'unknown' : 'planned', reason: error.message });
}

function isAboutAccount(error: AppError): boolean {
  // A write is `offline` only when not a byte of it left.
  return ['wrong-keys', 'wrong-clock', 'signed-out', 'forbidden', 'offline'].includes(error.code);
}

function breathe({ againMs, writes: signal }: ApplyOptions, attempt: number): Promise<void> {
  const wait = (againMs ?? 500) * 2 ** Math.min(attempt, 5);
  return sleep(wait, undefined, { signal }).catch(() => undefined);
}
