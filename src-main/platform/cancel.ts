import { failure } from '../contract/errors.ts';

/** What cancelled work rejects with. */
export function cancelled(): Error {
  return failure('cancelled', 'It was cancelled.', 'Start it again when you like.');
}
