import type { Carrier } from '../carrier/carrier.ts';
import { detailsOf } from '../carrier/details.ts';
import { Failure, toAppError, type AppError } from '../contract/errors.ts';
import { troubleOf, type OrderReason } from '../contract/job-words.ts';
import { cancelled } from '../platform/cancel.ts';
import {
  builtinType,
  pairOf,
  routingOf,
  type OwnedNumber,
  type Pair,
  type PhoneNumber,
} from '../contract/model.ts';

const attempts = 4;
/** Calls sent back with a 429 before everything waits. */
const mostSentBack = 6;
/** How old a read may be when the change that rests on it leaves, in milliseconds; longer for one that was late before. */
const freshMs = 2_000;
const mostDoublings = 4;
/** A clear no: asking again would not change it. `not-found` is none: a number just bought may not be found yet. */
const final = ['rejected'];
const settled = ['rejected', 'not-found'];
const failed = (reason: OrderReason, has: OwnedNumber | null = null, askedAt = 0): ItemRoutes => ({
  ...{ routes: 'failed', reason, fresh: has, askedAt },
});

export type ItemRoutes = {
  readonly routes: 'set' | 'failed';
  readonly reason: OrderReason | null;
  /** What was read back, and when it was asked for (Unix milliseconds). */
  readonly fresh: OwnedNumber | null;
  readonly askedAt: number;
};

/**
 * Sets the routes of a number that was just bought. Setting the same routes twice changes nothing: it is tried again, and
 * counts when it was read back. Rejects when the carrier cannot be reached or refuses the account, and with `cancelled` when
 * `signal` ends it: the order waits.
 */
export async function setItemRoutes(
  number: PhoneNumber,
  wanted: Pair,
  options: {
    readonly carrier: Carrier;
    readonly breathe: (attempt: number) => Promise<void>;
    readonly signal: AbortSignal;
    /** It was bought just now: nobody else can have set its routes. */
    readonly isNew: boolean;
    /** A run before this one may have sent a request for its routes. */
    readonly mayHaveSent: boolean;
    /** Awaited before a request leaves that may leave only one of both routes set. */
    readonly sending: () => Promise<void>;
  },
): Promise<ItemRoutes> {
  const { carrier, breathe, signal } = options;
  const inHalves = !carrier.features.atomicRouting;
  const routing = routingOf(wanted);
  if (routing === null) throw new Error('an order sets no routes without a primary one');
  let error: AppError | null = null;
  let [tries, unread, late, sentBack] = [0, 0, 0, 0];
  // Where it takes two requests, one of them may have been done by this order.
  let half = inHalves && options.mayHaveSent;
  // Bought this moment, it has what the carrier gives to a new number: nobody can have chosen anything else.
  let known = options.isNew;
  for (;;) {
    if (error && final.includes(error.code)) break;
    if (!known) {
      const askedAt = Date.now();
      const has = await detailsOf(carrier, number, { signal }).catch((thrown: unknown) => {
        // Before the first change the number is read: nothing is set that was not looked at.
        if (tries === 0 && toAppError(thrown).code !== 'odd-record') throw thrown;
        return null;
      });
      if (has === null && tries === 0) return failed({ code: 'routes-unreadable', detail: null });
      if (has && isPair(has, wanted)) return { routes: 'set', reason: null, fresh: has, askedAt };
      if (has && !isUntouched(has) && !(half && isHalfSet(has, wanted)))
        return failed({ code: 'routes-elsewhere', detail: null }, has, askedAt);
      if (signal.aborted) throw cancelled();
      if (has === null) {
        unread += 1;
        if (unread === attempts) break;
        await breathe(unread);
        continue;
      }
    }
    if (tries === attempts || sentBack === mostSentBack) break;
    known = false;
    if (inHalves) {
      await options.sending();
      if (signal.aborted) throw cancelled();
    }
    // A change that had to wait for its turn is based on a new read.
    const old = AbortSignal.timeout(freshMs * 2 ** Math.min(late, mostDoublings));
    const set = await carrier.setRouting(number, routing, { signal: AbortSignal.any([signal, old]) });
    error = set.error;
    half ||= inHalves && (set.primary !== 'kept' || set.failover !== 'kept');
    if (signal.aborted) throw cancelled();
    if (error?.code === 'cancelled') {
      late += 1;
      continue;
    }
    if (error?.code === 'rate-limited') {
      sentBack += 1;
      await breathe(sentBack);
      continue;
    }
    tries += 1;
    if (error && !final.includes(error.code)) await breathe(tries);
  }
  if (error && !settled.includes(error.code)) throw new Failure(error);
  return failed(
    error
      ? { code: half ? 'routes-half' : 'routes-refused', detail: troubleOf(error) }
      : { code: 'routes-unconfirmed', detail: null },
  );
}

/** True for the routes that the carrier gives to a new number. Any other pair was set by somebody, even the same route twice. */
function isUntouched({ routes }: OwnedNumber): boolean {
  const { primary, failover } = routes;
  return primary?.type === builtinType && (failover === null || failover.type === builtinType);
}

/** Each side is as it was when the number was bought, or as it was wanted. */
function isHalfSet({ routes }: OwnedNumber, wanted: Pair): boolean {
  const { primary, failover } = routes;
  const first = primary?.type === builtinType || primary?.key === wanted.primary;
  return first && (failover === null || failover.type === builtinType || failover.key === wanted.failover);
}

function isPair(has: OwnedNumber, wanted: Pair): boolean {
  const { primary, failover } = pairOf(has);
  return primary === wanted.primary && failover === wanted.failover;
}
