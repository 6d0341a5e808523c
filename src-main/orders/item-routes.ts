import type { Carrier } from '../carrier/carrier.ts';
import { Failure, toAppError, type AppError } from '../contract/errors.ts';
import { cancelled } from '../http/pacing.ts';
import type { OwnedNumber, PhoneNumber } from '../contract/model.ts';

const attempts = 4;
/** A clear no: asking again would not change it. That a number just bought is not found passes. */
const final = ['rejected'];
const settled = ['rejected', 'not-found'];
const unreadable = "Bought. The carrier's record of it cannot be used, so its routes were left alone.";
const setElsewhere = 'Bought. Its routes were set elsewhere meanwhile and left alone.';

export type ItemRoutes = {
  readonly routes: 'set' | 'failed';
  readonly reason: string;
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
  wanted: { readonly primary: string; readonly failover: string },
  options: {
    readonly carrier: Carrier;
    readonly breathe: (attempt: number) => Promise<void>;
    readonly signal: AbortSignal;
    /** It was bought just now: nobody else can have set its routes. */
    readonly isNew: boolean;
  },
): Promise<ItemRoutes> {
  const { carrier, breathe, signal } = options;
  let error: AppError | null = null;
  if (!options.isNew) {
    const askedAt = Date.now();
    const has = await carrier.getOwned(number, { signal }).catch(oddRecord);
    if (has === null) return { routes: 'failed', reason: unreadable, fresh: null, askedAt: 0 };
    const { primary, failover } = has.routes;
    // A new number has the same route twice (sip-reg); another pair is somebody's choice since.
    if (primary.name !== failover.name && !isPair(has, wanted))
      return { routes: 'failed', reason: setElsewhere, fresh: has, askedAt };
  }
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    error = await carrier.setRoutes(number, wanted, { signal }).then(
      () => null,
      (thrown: unknown) => toAppError(thrown),
    );
    if (error && final.includes(error.code)) break;
    if (signal.aborted) throw cancelled();
    if (error) await breathe(attempt);
    const askedAt = Date.now();
    const fresh = await carrier.getOwned(number, { signal }).catch(() => null);
    if (fresh && isPair(fresh, wanted)) return { routes: 'set', reason: '', fresh, askedAt };
  }
  if (error && !settled.includes(error.code)) throw new Failure(error);
  const reason = error
    ? `Bought, but its routes were not set: ${error.message}`
    : 'Bought, but its routes could not be confirmed.';
  return { routes: 'failed', reason, fresh: null, askedAt: 0 };
}

/** Null for a number that the account has in a form that cannot be used. */
function oddRecord(thrown: unknown): null {
  if (toAppError(thrown).code === 'odd-record') return null;
  throw thrown;
}

function isPair(
  { routes }: OwnedNumber,
  wanted: { readonly primary: string; readonly failover: string },
): boolean {
  return routes.primary.name === wanted.primary && routes.failover.name === wanted.failover;
}
