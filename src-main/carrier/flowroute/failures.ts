import { asOneLine } from '../../contract/clean.ts';
import type { ErrorCode } from '../../contract/errors.ts';

/** After these nothing was changed by a write: the carrier said no, or nothing left. */
export const unchanged: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...(['rejected', 'not-found', 'rate-limited', 'cancelled', 'offline'] as const),
  ...(['forbidden', 'wrong-keys', 'wrong-clock', 'invalid-input'] as const),
]);

/** What is said of a number and of none beside it. */
export const aboutOne: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['not-found', 'odd-record']);

/** The carrier's own words as a person reads them: one line of at most 300 characters; null for none that can be seen. */
export function carrierWords(text: string): string | null {
  return asOneLine(text).slice(0, 300) || null;
}
