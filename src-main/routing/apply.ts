import { detailsOf } from '../carrier/details.ts';
import { toAppError, type AppError } from '../contract/errors.ts';
import { formerLabel } from '../contract/former-routes.ts';
import { noRoute, pairOf, routingOf, type OwnedNumber, type PhoneNumber } from '../contract/model.ts';
import { troubleOf, type PlanReason, type Trouble } from '../contract/job-words.ts';
import { trouble, type Step, type StepContext } from '../jobs/kind.ts';
import { type PlanJob, type RunPlanItem } from './plan-store.ts';
import { asShown, isHalf, samePair, targetOf, withClearSides, type Pair } from './pairs.ts';

/** Tries of one number in a row before others come first, and again when it comes last. */
const mostTries = 3;
/** Calls sent back with a 429 that end a number's turn. */
const mostSentBack = 6;
/** How old a read may be when the change that rests on it leaves, in milliseconds; longer for one that was late before. */
const freshMs = 2_000;
const mostDoublings = 4;

export type ApplyOptions = {
  /** What the carrier was seen to have; `at` (Unix milliseconds) is the earliest time it is known for. */
  readonly seen: (number: OwnedNumber, at: number) => Promise<void>;
  readonly typeOf: (route: string) => string;
};
type Applied = Step<PlanJob>;

/**
 * Gives one number its routes. Reads it first: a side to keep is what the carrier has now, and a number that is not
 * what the plan had shown is left alone. A lost answer is looked up; setting the same pair again changes nothing, so it
 * may be sent again when it did not arrive. A change that has to wait is called off and rests on a new read. Reports success only for a 204 or for a pair that was read back.
 */
export async function applyItem(
  item: RunPlanItem,
  context: StepContext<PlanJob>,
  options: ApplyOptions,
): Promise<Applied> {
  const { carrier, writes } = context;
  const number = item.number as PhoneNumber;
  let planned = item;
  let { sent, before } = item;
  let to: Pair | null = sent > 0 ? item.to : null;
  let isFirst = true;
  let last: Trouble | null = null;
  let [tries, late, sentBack] = [0, 0, 0];
  /** The routes it has after the last request, where that is known and is neither of both pairs. */
  let halfDone: Pair | null = null;
  const routeOf = (key: string) => (key === noRoute ? null : { key, type: options.typeOf(key) });
  const routesOf = ({ primary, failover }: Pair) => ({
    primary: routeOf(primary),
    failover: routeOf(failover),
  });
  for (;;) {
    const askedAt = Date.now();
    const read = await detailsOf(carrier, number, { signal: sent > 0 ? context.looks() : writes }).then(
      (fresh) => ({ fresh, error: null }),
      (thrown: unknown) => ({ fresh: null, error: toAppError(thrown) }),
    );
    if (read.fresh === null) {
      // What the last request came to is known: nothing has to be looked up.
      if (read.error.code === 'cancelled' && halfDone)
        return {
          mark: context.stopped() ? leftHalf(number, halfDone) : { number, status: 'planned', reason: null },
        };
      return unread(item, sent, read.error, context.last);
    }
    const { fresh } = read;
    const now = pairOf(fresh);
    if (isFirst) {
      isFirst = false;
      planned = withClearSides(item, now, carrier.features.builtin.key);
      before = planned.before;
      if (to) to = planned.to;
    }
    const target = to ?? targetOf(planned, now);
    if (samePair(now, target)) {
      await options.seen(fresh, askedAt);
      if (sent === 0) return { mark: { number, status: 'same', reason: null } };
      return { mark: { number, status: 'done', reason: null }, row: 'yes' };
    }
    // Where a change takes two requests, one of them may have been done: that is this plan's own doing.
    const ours = samePair(now, before) || (!carrier.features.atomicRouting && isHalf(now, before, target));
    const half = sent > 0 && ours && !samePair(now, before);
    if (half) await options.seen(fresh, askedAt);
    const touched = sent > 0 ? !ours : !asShown(planned, now);
    if (touched) {
      await options.seen(fresh, askedAt);
      return { mark: { number, status: 'changed', reason: { code: 'elsewhere', detail: now } } };
    }
    const gone = [target.primary, target.failover].find((key) => formerLabel(key) !== null);
    if (gone !== undefined) {
      await options.seen(fresh, askedAt);
      return { mark: { number, status: 'failed', reason: { code: 'route-gone', detail: { route: gone } } } };
    }
    const routing = routingOf(target);
    if (routing === null) {
      await options.seen(fresh, askedAt);
      return { mark: { number, status: 'failed', reason: { code: 'without-primary', detail: null } } };
    }
    if (tries === mostTries || sentBack === mostSentBack) {
      // What is only sent back with a 429 is no failure of this number.
      const status = context.last && tries === mostTries ? 'failed' : 'planned';
      const reason = { code: 'given-up', detail: { tries: tries + sentBack, last } } as const;
      return { mark: { number, status, reason }, next: 'later', row: 'unclear' };
    }
    if (writes.aborted) {
      if (!context.stopped()) return { mark: { number, status: 'planned', reason: null } };
      // Looked up, and nothing more is sent.
      if (half) return { mark: leftHalf(number, now) };
      const reason = sent > 0 ? ({ code: 'stopped-unchanged', detail: null } as const) : null;
      return { mark: { number, status: 'left', reason } };
    }
    if (sent === 0) before = now;
    to = target;
    const leaves = await context.sending({ number, status: 'sending', reason: null, before, to });
    if (!leaves) return { mark: { number, status: 'planned', reason: null } };
    sent += 1;
    const old = AbortSignal.timeout(freshMs * 2 ** Math.min(late, mostDoublings));
    const set = await carrier.setRouting(number, routing, { signal: AbortSignal.any([writes, old]) });
    const { error } = set;
    if (error === null) {
      await options.seen({ ...fresh, routes: routesOf(target) }, Date.now());
      return { mark: { number, status: 'done', reason: null }, row: 'yes' };
    }
    const clear = set.primary === 'kept' && set.failover === 'kept';
    const known = set.primary !== 'unknown' && set.failover !== 'unknown';
    const has = {
      primary: set.primary === 'set' ? target.primary : now.primary,
      failover: set.failover === 'set' ? target.failover : now.failover,
    };
    if (known && samePair(has, target)) {
      // The half that was not done had nothing to change.
      await options.seen({ ...fresh, routes: routesOf(target) }, Date.now());
      return { mark: { number, status: 'done', reason: null }, row: 'yes' };
    }
    halfDone = known && sent > 0 && !samePair(has, before) ? has : null;
    if (halfDone) await options.seen({ ...fresh, routes: routesOf(has) }, Date.now());
    if (known && (error.code === 'cancelled' || error.code === 'rate-limited')) {
      // Called back before its turn, or sent back: either way it was not done. Of two requests the first one may have been.
      const undone = { number, status: 'planned', reason: null, clear } as const;
      if (writes.aborted)
        return { mark: halfDone && context.stopped() ? leftHalf(number, halfDone) : undone };
      if (clear) {
        await context.mark(undone);
        sent -= 1;
        if (sent === 0) to = null;
      }
      if (error.code === 'cancelled') {
        late += 1;
        continue;
      }
      last = troubleOf(error);
      sentBack += 1;
      await context.breathe(sentBack);
      continue;
    }
    last = troubleOf(error);
    const refused = { number, reason: { code: 'error', detail: last }, clear } as const;
    if (error.code === 'rejected' || error.code === 'not-found') {
      const reason = halfDone
        ? ({ code: 'half-refused', detail: { ...halfDone, refusal: last } } as const)
        : refused.reason;
      return { mark: { ...refused, reason, status: 'failed' }, row: 'refused' };
    }
    if (isAboutAccount(error)) return { mark: { ...refused, status: 'planned' }, hold: trouble(error) };
    tries += 1;
    await context.breathe(tries);
  }
}

/** Of a number that was stopped between its two requests: it has one of both routes, and nothing more is sent. */
function leftHalf(number: string, has: Pair): PlanJob['mark'] {
  return { number, status: 'failed', reason: { code: 'half', detail: has } };
}

/**
 * A number that could not be read. The carrier's own word settles it; an answer that cannot be read lets others come first; a
 * carrier that could not be asked (no network, a gateway, a portal) makes everything wait.
 */
function unread(item: RunPlanItem, sent: number, error: AppError, last: boolean): Applied {
  const { number } = item;
  const reason: PlanReason = { code: 'error', detail: troubleOf(error) };
  const status = sent > 0 ? 'unknown' : 'planned';
  // Sent just now, and unreadable since.
  const lost: Pick<Applied, 'row'> = item.sent === 0 ? { row: 'unclear' } : {};
  switch (error.code) {
    case 'not-found':
      return { mark: { number, status: 'failed', reason: { code: 'missing', detail: null } } };
    case 'cancelled':
      if (sent === 0) return { mark: { number, status, reason: null } };
      return { mark: { number, status, reason: { code: 'not-asked', detail: null } }, calledOff: true };
    case 'rejected':
    case 'odd-record':
      if (sent === 0) return { mark: { number, status: 'failed', reason } };
      return { mark: { number, status, reason }, ...lost };
    case 'malformed-answer':
      if (sent > 0) return { mark: { number, status, reason }, ...lost };
      return { mark: { number, status: last ? 'failed' : status, reason }, next: 'later', row: 'unclear' };
    default:
      return { mark: { number, status, reason }, hold: trouble(error) };
  }
}

function isAboutAccount(error: AppError): boolean {
  // A write is `offline` only when not a byte of it left.
  return ['wrong-keys', 'wrong-clock', 'signed-out', 'forbidden', 'offline'].includes(error.code);
}
