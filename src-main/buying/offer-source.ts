import type { Carrier } from '../carrier/carrier.ts';
import type { AvailableNumber, OddRecord } from '../contract/model.ts';
import type { FindList } from '../contract/buying.ts';

/** What came of one request of a search. */
export type Found = (items: readonly AvailableNumber[], odd: readonly OddRecord[]) => void;

/** What a search has to ask the carrier. It keeps what was answered: a run after one that was cut off asks only for the rest. */
export type OfferSource = {
  /** Asks until nothing is left, or until `signal` says so. Rejects with what ended it. One run at a time. */
  run(carrier: Carrier, signal: AbortSignal, found: Found): Promise<void>;
  /** How far the numbers of a list are; null for a search that is not for a list. */
  readonly list: FindList | null;
};

/**
 * Does `work` so many times side by side. When one of them fails the others are cut off by their signal and waited for; this
 * rejects with what failed first.
 */
export async function sideBySide(
  count: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const reasons: unknown[] = [];
  const one = () =>
    work(either).catch((thrown: unknown) => {
      reasons.push(thrown);
      failed.abort();
    });
  await Promise.all(Array.from({ length: count }, one));
  if (reasons.length > 0) throw reasons[0];
}
