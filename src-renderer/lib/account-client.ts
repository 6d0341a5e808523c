import type { Client } from '#main/contract/client.ts';
import type { AppError } from '#main/contract/errors.ts';

/** In the place of an answer that may be about another account. */
export const otherAccount: AppError = {
  code: 'cancelled',
  message: 'Another account was opened meanwhile.',
  action: 'Try again.',
  retryable: true,
};

/**
 * The client of one account's screens, which outlast a look at another account. Whatever is asked is asked of the account that
 * is open: nothing is sent for one that is not, and what is answered after another one was opened counts as not answered.
 * `visit` gives another number each time the account is opened, null while it is not.
 */
export function accountClient(client: Client, visit: () => number | null): Client {
  return {
    on: (event, listener) => client.on(event, listener),
    async call(method, input) {
      const asked = visit();
      if (asked === null) return { ok: false, error: otherAccount };
      const result = await client.call(method, input);
      return visit() === asked ? result : { ok: false, error: otherAccount };
    },
  };
}
