import { Failure } from '../contract/errors.ts';
import type { OwnedNumber, PhoneNumber } from '../contract/model.ts';
import { cancelled } from '../platform/cancel.ts';
import type { Carrier, Detailed, DetailsOptions } from './carrier.ts';

/**
 * One number of the account. Rejects with `not-found` for a confirmed absence and with `odd-record` for one that the account has
 * in a form that cannot be used.
 */
export async function detailsOf(
  carrier: Carrier,
  number: PhoneNumber,
  options: DetailsOptions = {},
): Promise<OwnedNumber> {
  const [found] = await carrier.details([number], options);
  if (found === undefined) throw new Error('no answer for a number that was asked for');
  if (found instanceof Failure) throw found;
  return found;
}

/**
 * Asks for many numbers, as many with one request as the carrier allows and so many requests side by side. `each` is awaited for
 * every answer; `askedAt` (Unix milliseconds) is the moment before its request. Rejects with the first failure that is about more
 * than one number, and with what `signal` says.
 */
export async function askForMany(
  carrier: Carrier,
  numbers: readonly string[],
  options: {
    readonly lanes: number;
    readonly signal: AbortSignal;
    readonly each: (number: string, found: Detailed, askedAt: number) => Promise<void>;
    readonly now?: () => number;
  },
): Promise<void> {
  const { lanes, signal, each, now = Date.now } = options;
  const queue = [...numbers];
  const lane = async () => {
    while (queue.length > 0) {
      if (signal.aborted) throw cancelled();
      const some = queue.splice(-carrier.features.detailsAtOnce) as PhoneNumber[];
      const askedAt = now();
      const found = await carrier.details(some, { signal });
      // Without this check a number that got no answer would look as if it had been asked for.
      if (found.length !== some.length) throw new Error('not every number that was asked for has an answer');
      for (const [at, one] of found.entries()) await each(some[at] ?? '', one, askedAt);
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, numbers.length) }, lane));
}
