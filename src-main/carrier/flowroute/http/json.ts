import { failure, type Failure } from '../../../contract/errors.ts';

/** An answer that is JSON and yet not what is documented; `where` names the place, never the content. */
export function malformed(where: string): Failure {
  return failure(
    'malformed-answer',
    `The carrier sent an answer Numberdesk cannot read (${where}).`,
    'Try again. If it stays, the carrier may have changed its API.',
    { retryable: true },
  );
}

/** The JSON object of an answer. Throws `malformed-answer` for anything else. */
export function parseObject(text: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw malformed('it is not JSON');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw malformed('it is no object');
  return json as Record<string, unknown>;
}
