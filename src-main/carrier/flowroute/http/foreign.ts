import { failure, type Failure } from '../../../contract/errors.ts';
import type { HttpAnswer } from './send.ts';

const signIn = 'Open any web page in a browser, sign in to this network, then try again.';
const later =
  'Try again in a few minutes. If it stays, check this network and the API address of the account.';

/**
 * Says what answered in the place of the carrier, as a `foreign-answer`; null when the answer has the form of the API. What both
 * versions say is JSON: for a read 200 and a body; for a write an empty body or JSON; for a refusal a JSON content type with a
 * body that `isRefusal` knows. Everything else comes from a proxy, a gateway or the network, and tells nothing of what was asked
 * for. The shape of a read's JSON is judged by whoever reads it.
 */
export function foreignAnswer(
  answer: HttpAnswer,
  asked: 'read' | 'write',
  isRefusal: (body: string) => boolean,
): Failure | null {
  const { status } = answer;
  if (status === 407) {
    const ask = 'Check the proxy settings of this computer, or ask whoever runs this network.';
    return foreign('a proxy on this network wants a user name and a password (code 407)', ask);
  }
  if (status === 511) return foreign('this network wants a sign-in first (code 511)', signIn);
  if (status >= 300 && status < 400) {
    const what = `the request was redirected (code ${status}), as networks do that want a sign-in`;
    return foreign(what, `${signIn} If it stays, check the API address of the account.`);
  }
  const json = isJson(answer.contentType);
  const empty = answer.body.trim() === '';
  if (status < 300) return foreignSuccess(answer, json, empty, asked);
  if (json && isRefusal(answer.body)) return null;
  // For a read, being asked for patience is the same whoever asks; a write may have passed before.
  if (status === 429 && asked === 'read') return null;
  const what = status >= 500 ? 'failed' : 'answered instead of it';
  return foreign(`a gateway or filter on the way ${what} (code ${status})`, later);
}

/** The answer's `Content-Type` says JSON, in any of its media types. */
function isJson(contentType: string): boolean {
  return /^\s*application\/([\w.-]+\+)?json\b/i.test(contentType);
}

function foreignSuccess(
  { status, contentType, body }: HttpAnswer,
  json: boolean,
  empty: boolean,
  asked: 'read' | 'write',
): Failure | null {
  if (empty) {
    if (asked === 'write' && (json || contentType === '')) return null;
    return foreign(`an empty answer came (code ${status})`, later);
  }
  if (json) return null;
  if (/html/i.test(contentType) || body.trimStart().startsWith('<')) {
    return foreign(`a web page came instead of its answer, as networks send that want a sign-in`, signIn);
  }
  return foreign(`an answer came that is not the carrier's (code ${status})`, later);
}

/** `what` is a clause: what happened instead. */
export function foreign(what: string, action: string): Failure {
  return failure('foreign-answer', `The carrier could not be asked: ${what}.`, action, { retryable: true });
}
