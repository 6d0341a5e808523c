import { Failure, failure, toAppError, type ErrorCode } from '../contract/errors.ts';
import { apiName, type AccountKind, type ApiVersion } from '../contract/accounts.ts';

export const kindOf = (api: ApiVersion) => `flowroute-${api}` as const;

/** What worked, and why the kind that was tried before it did not. */
export type Found<T> = {
  readonly kind: T;
  readonly before: { readonly kind: T; readonly error: Failure } | null;
};

/** After these the network or the person is asked first: another version of the API would get no further. */
const noUseTrying = new Set<ErrorCode>([
  'offline',
  'timeout',
  'cancelled',
  'rate-limited',
  'invalid-input',
  'internal',
]);

/** Tries kinds of accounts in this order until one works. Rejects with why none did: in one sentence where that is one reason. */
export async function firstThatWorks<T extends AccountKind>(
  kinds: readonly T[],
  verify: (kind: T) => Promise<void>,
): Promise<Found<T>> {
  const failed: { readonly kind: T; readonly error: Failure }[] = [];
  for (const kind of kinds) {
    try {
      await verify(kind);
      return { kind, before: failed[0] ?? null };
    } catch (thrown) {
      const error = thrown instanceof Failure ? thrown : new Failure(toAppError(thrown), { cause: thrown });
      failed.push({ kind, error });
      if (noUseTrying.has(error.code)) break;
    }
  }
  throw together(failed);
}

function together(failed: readonly { readonly kind: AccountKind; readonly error: Failure }[]): Failure {
  const [first, second] = failed;
  if (first === undefined) throw new Error('no kind of account was tried');
  if (second === undefined || second.error.code === first.error.code) return first.error;
  // What keeps somebody from signing in is said first: keys that one version refuses may be good for the other.
  const told = failed.map(({ kind, error }) => `${apiName(kind)}: ${error.error.message}`).join(' ');
  const { code, action, retryable } = second.error.error;
  return failure(code, told, action, { retryable, cause: second.error });
}

/** Said once after a sign-in for which one version was tried in vain. */
export function halfWorked<T extends AccountKind>({ kind, before }: Found<T>): string | null {
  if (before === null) return null;
  return `Signed in with ${apiName(kind)}, because ${apiName(before.kind)} did not work: ${before.error.error.message}`;
}
