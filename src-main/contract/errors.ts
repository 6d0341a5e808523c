import type { AppError, ErrorCode } from './app-error.ts';
import { diskTrouble } from './disk-trouble.ts';

export { errorCodes, type AppError, type ErrorCode, type Refusal } from './app-error.ts';

export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: AppError };

/** An `AppError` on its way up the stack inside one process. Only its data crosses a boundary. */
export class Failure extends Error {
  readonly error: AppError;

  constructor(error: AppError, options?: ErrorOptions) {
    super(error.message, options);
    this.name = 'Failure';
    this.error = error;
  }

  get code(): ErrorCode {
    return this.error.code;
  }
}

/** Builds a `Failure`; `retryable` is false unless said. */
export function failure(
  code: ErrorCode,
  message: string,
  action: string,
  options: { retryable?: boolean; cause?: unknown } = {},
): Failure {
  return new Failure(
    { code, message, action, retryable: options.retryable ?? false },
    options.cause === undefined ? undefined : { cause: options.cause },
  );
}

/**
 * Turns anything thrown into an `AppError`. A disk that refuses is told in the same words wherever it does; other unknown
 * errors lose their text: it could hold a secret.
 */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof Failure) return thrown.error;
  const disk = diskTrouble(thrown);
  if (disk) return disk;
  return {
    code: 'internal',
    message: 'Something went wrong inside Numberdesk.',
    action: 'Try again. If it keeps happening, restart the app: nothing you own is changed by that.',
    retryable: true,
  };
}
