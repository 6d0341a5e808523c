import { failure, type Failure } from '../../../contract/errors.ts';
import { carrierWords } from '../failures.ts';
import type { HttpAnswer } from '../http/send.ts';
import { isWrongClock, sayClock } from '../../clock.ts';
import { foreign, foreignAnswer } from '../http/foreign.ts';

/** What was asked for, in words, for the sentence a person reads; `list` when it is a list, which every account has. */
export type Asked = { readonly what: string; readonly list?: true };

/** What is not in the form of v1: its refusals are `{"error": …}`, `{}` or nothing (the carrier's own SDKs agree). */
export const foreignToV1 = (answer: HttpAnswer, asked: 'read' | 'write'): Failure | null =>
  foreignAnswer(answer, asked, isRefusal);

function isRefusal(body: string): boolean {
  if (body.trim() === '') return true;
  try {
    const json: unknown = JSON.parse(body);
    if (typeof json !== 'object' || json === null || Array.isArray(json)) return false;
    return Object.hasOwn(json, 'error') || Object.keys(json).length === 0;
  } catch {
    return false;
  }
}

/**
 * A refusal in the form of v1 as a `Failure`, or null for an accepted answer. Codes: flowroute v1's error catalogue. Answers
 * that are not in that form never come here (foreign.ts).
 */
export function refuse(answer: HttpAnswer, asked: Asked, now: number): Failure | null {
  const text = errorText(answer);
  if (answer.status >= 200 && answer.status <= 206) {
    // Old clients had to look for `error` even on success codes.
    return text === null ? null : failure('rejected', text, 'Correct it and try again.');
  }
  if (answer.status === 401) return refusedKeys(answer, now);
  if (answer.status === 404) return absent(asked, text);
  if (answer.status === 429) {
    return failure('rate-limited', 'The carrier asks for fewer requests.', 'Wait a moment, then try again.', {
      retryable: true,
    });
  }
  if (answer.status === 500 && text !== null) {
    return failure('carrier-down', `The carrier failed: ${text}`, 'Try again in a moment.', {
      retryable: true,
    });
  }
  if (answer.status >= 500) {
    return failure(
      'carrier-down',
      `The carrier is in trouble (error ${answer.status}).`,
      'Try again in a few minutes.',
      { retryable: true },
    );
  }
  if (answer.status === 402 || answer.status === 403) {
    // About the account and not about what was asked for: the next number would get the same answer.
    return failure(
      'forbidden',
      text ?? 'The carrier does not allow this account to do that.',
      'Ask Flowroute about this account.',
    );
  }
  if (answer.status === 408 || answer.status === 409) {
    // Neither says whether anything was done.
    return failure('outcome-unknown', text ?? `The carrier gave up (code ${answer.status}).`, 'Try again.', {
      retryable: true,
    });
  }
  return failure(
    'rejected',
    text ?? `The carrier refused it (code ${answer.status}).`,
    'Correct it and try again.',
  );
}

/** Every account has all the lists: a list that is "not found" was asked for in the wrong place. */
function absent(asked: Asked, text: string | null): Failure {
  if (asked.list) {
    const what = 'what answers at the API address knows none of its lists (code 404)';
    return foreign(what, 'Check the API address of the account.');
  }
  const said = text === null || /^not found\.?$/i.test(text) ? '' : text;
  return failure(
    'not-found',
    said || `${asked.what} was not found in this account.`,
    'Sync, then look again.',
  );
}

function refusedKeys(answer: HttpAnswer, now: number): Failure {
  const skew = answer.date === null ? 0 : now - answer.date;
  // A signature carries the time it was made. How much the carrier allows is not documented, so a few minutes may be too much.
  if (isWrongClock(skew)) {
    return failure(
      'wrong-clock',
      `The carrier refuses the requests of this computer, whose clock is ${sayClock(skew)}.`,
      'Set the clock to update by itself, then try again. Your keys may be right.',
      { retryable: true },
    );
  }
  return failure(
    'wrong-keys',
    'The carrier does not accept these keys.',
    'Check the access key and the secret key under Preferences → API Control at Flowroute.',
  );
}

/** The carrier's own words from `{"error": "…"}`, one line of at most 300 characters; null when it said nothing. */
function errorText(answer: HttpAnswer): string | null {
  if (!answer.body.includes('"error"')) return null;
  try {
    const { error } = (JSON.parse(answer.body) ?? {}) as { error?: unknown };
    if (error === undefined || error === null || error === '') return null;
    if (typeof error !== 'string') return 'The carrier reported an error.';
    return carrierWords(error);
  } catch {
    return null;
  }
}
