import type { Carrier } from '../carrier/carrier.ts';
import { Failure, toAppError, type AppError } from '../contract/errors.ts';
import type { OwnedNumber, PhoneNumber } from '../contract/model.ts';

const attempts = 4;
/** A clear no: asking again would not change it. */
const final = ['rejected', 'not-found'];

export type ItemRoutes = {
  readonly routes: 'set' | 'failed';
  readonly reason: string;
  /** What was read back, and when it was asked for (Unix milliseconds). */
  readonly fresh: OwnedNumber | null;
  readonly askedAt: number;
};

/**
 * Sets the routes of a number that was just bought. Setting the same routes twice changes nothing: it is tried again, and
 * counts when it was read back. Rejects when the carrier cannot be reached or refuses the account: the order waits.
 */
export async function setItemRoutes(
  number: PhoneNumber,
  wanted: { readonly primary: string; readonly failover: string },
  options: { readonly carrier: Carrier; readonly breathe: (attempt: number) => Promise<void> },
): Promise<ItemRoutes> {
  const { carrier, breathe } = options;
  let error: AppError | null = null;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    error = await carrier.setRoutes(number, wanted).then(
      () => null,
      (thrown: unknown) => toAppError(thrown),
    );
    if (error && final.includes(error.code)) break;
    if (error) await breathe(attempt);
    const askedAt = Date.now();
    const fresh = await carrier.getOwned(number).catch(() => null);
    if (fresh?.routes.primary.name === wanted.primary && fresh.routes.failover.name === wanted.failover)
      return { routes: 'set', reason: '', fresh, askedAt };
  }
  if (error && !final.includes(error.code)) throw new Failure(error);
  const reason = error
    ? `Bought, but its routes were not set: ${error.message}`
    : 'Bought, but its routes could not be confirmed.';
  return { routes: 'failed', reason, fresh: null, askedAt: 0 };
}
