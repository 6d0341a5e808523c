import { failure } from '../contract/errors.ts';

/**
 * Throws `rejected` where something of an account is open that would go on with another API, or beside another account. `job` is what
 * people call it ("Order 12"), null for none.
 */
export function needNoJob({ label }: { readonly label: string }, job: string | null): void {
  if (job === null) return;
  throw failure(
    'rejected',
    `${job} of ${label} is not finished.`,
    'Finish it, or stop it, then try again. Nothing was changed.',
  );
}
