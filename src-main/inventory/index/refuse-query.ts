import { failure } from '../../contract/errors.ts';
import { parseQuery } from '../../contract/query.ts';

/**
 * Throws `invalid-input` for a query that is not understood, or not typed to its end: what would be changed by it is not
 * what was meant.
 */
export function refuseProblem(text: string): void {
  const { problem } = parseQuery(text);
  if (problem)
    throw failure(
      'invalid-input',
      `"${problem.token}" is not understood: ${problem.sentence}`,
      'Correct the query.',
    );
}
