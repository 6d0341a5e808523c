import { failure, type Failure } from '../../../contract/errors.ts';
import { carrierWords } from '../failures.ts';
import { foreign, foreignAnswer } from '../http/foreign.ts';
import type { HttpAnswer } from '../http/send.ts';

/** What was asked for, in words, for the sentence a person reads. */
export type Asked = { readonly what: string };

/** One entry of `{"errors": […]}`: any mix of these members is met. */
type WireError = {
  readonly status: unknown;
  readonly title: string;
  readonly detail: string;
  readonly id: string;
};

/** What is not in the form of v2: its refusals are `{"errors": […]}` and never empty. */
export const foreignToV2 = (answer: HttpAnswer, asked: 'read' | 'write'): Failure | null =>
  foreignAnswer(answer, asked, (body) => errorsOf(body).length > 0);

/** True for the 404 of a thing that is not there; the other 404 says that nothing is served under the path. */
export function isAbsent(answer: HttpAnswer): boolean {
  return answer.status === 404 && !isNotServed(answer);
}

/** The 404 of a path: its entry has a status that is a sentence, and nothing else. */
export function isNotServed({ status, body }: HttpAnswer): boolean {
  const [error] = errorsOf(body);
  return (
    status === 404 && error !== undefined && typeof error.status === 'string' && !/^\d+$/.test(error.status)
  );
}

/** A refusal in the form of v2 as a `Failure`, or null for an accepted answer. 403 is no word about keys: only 401 is. */
export function refuse(answer: HttpAnswer, asked: Asked): Failure | null {
  const { status } = answer;
  const [error] = errorsOf(answer.body);
  const text = textOf(error);
  const ask = askSupport(error);
  if (status >= 200 && status <= 207) {
    // A yes and a no in one answer.
    return error === undefined ? null : failure('rejected', text ?? 'The carrier reported an error.', ask);
  }
  if (status === 401) {
    return failure(
      'wrong-keys',
      'The carrier does not accept these keys.',
      'Check the access key and the secret key under Preferences → API Control at Flowroute: a key may have expired, or the two may be in each other’s place.',
    );
  }
  if (isNotServed(answer)) {
    return foreign(
      'what answers at the API address does not know this request of API v2 (code 404)',
      'Check the API address of the account.',
    );
  }
  if (status === 404) {
    const said = text === null || /could not find that resource/i.test(text) ? '' : text;
    return failure(
      'not-found',
      said || `${asked.what} was not found in this account.`,
      'Sync, then look again.',
    );
  }
  if (status === 429) {
    return failure('rate-limited', 'The carrier asks for fewer requests.', 'Wait a moment, then try again.', {
      retryable: true,
    });
  }
  if (status >= 500) {
    const said = text === null ? `is in trouble (error ${status}).` : `failed: ${text}`;
    return failure('carrier-down', `The carrier ${said}`, 'Try again in a few minutes.', { retryable: true });
  }
  if (status === 402 || status === 403) {
    return failure('forbidden', text ?? 'The carrier does not allow this account to do that.', ask);
  }
  if (status === 408 || status === 409) {
    // Neither says whether anything was done.
    return failure('outcome-unknown', text ?? `The carrier gave up (code ${status}).`, 'Try again.', {
      retryable: true,
    });
  }
  return failure('rejected', text ?? `The carrier refused it (code ${status}).`, ask);
}

/** Flowroute's support finds a refusal by its id. */
function askSupport(error: WireError | undefined): string {
  const id = error?.id ?? '';
  return id === '' ? 'Ask Flowroute about it.' : `Ask Flowroute about it: its support finds it by ${id}.`;
}

/** The carrier's own words: the detail, which may name fields, else the title; null when it said nothing. */
function textOf(error: WireError | undefined): string | null {
  return carrierWords(error?.detail ?? '') ?? carrierWords(error?.title ?? '');
}

function errorsOf(body: string): readonly WireError[] {
  // Most answers are no errors, and long.
  if (!body.includes('"errors"')) return [];
  try {
    const json = JSON.parse(body) as { errors?: unknown } | null;
    const list = Array.isArray(json?.errors) ? (json.errors as unknown[]) : [];
    return list.flatMap((one) => (typeof one === 'object' && one !== null ? [read(one)] : []));
  } catch {
    return [];
  }
}

function read(entry: object): WireError {
  const { status, title, detail, id } = entry as Record<string, unknown>;
  return {
    status,
    title: said(title),
    detail: said(detail),
    id: typeof id === 'string' ? id.slice(0, 64) : '',
  };
}

const mostDepth = 6;

/** A text, or what is said of fields: `{"data":{"attributes":{"zip":["…"]}}}` is "zip: …". */
function said(value: unknown, name = '', depth = 0): string {
  if (typeof value === 'string') {
    const text = value.trim();
    return text === '' || name === '' ? text : `${name}: ${text}`;
  }
  if (typeof value !== 'object' || value === null || depth > mostDepth) return '';
  const parts = Array.isArray(value)
    ? value.map((one) => said(one, name, depth + 1))
    : Object.entries(value).map(([key, one]) => said(one, isWrapping(key) ? name : key, depth + 1));
  return parts.filter((part) => part !== '').join(' ');
}

const isWrapping = (key: string) => key === 'data' || key === 'attributes';
