import type { AppError, ErrorCode } from './errors.ts';

/** Errors whose text may repeat what a carrier sent. Their kind is told instead, in words of our own. */
const phrases: Partial<Readonly<Record<ErrorCode, string>>> = {
  rejected: 'The carrier refused it.',
  forbidden: 'The carrier does not allow this account to do that.',
  'outcome-unknown': 'It is not known whether the change went through.',
  'not-found': 'The carrier does not have it.',
  'carrier-down': 'The carrier is in trouble.',
  'malformed-answer': 'The carrier sent something that cannot be read.',
  'invalid-input': 'It was not accepted as it was typed.',
  internal: 'Something went wrong inside Numberdesk.',
};

/** Why something failed, for the record of activity, which is kept for good: never in the words of a carrier or a person. */
export function plainReason(error: Pick<AppError, 'code' | 'message'>): string {
  return phrases[error.code] ?? error.message;
}
