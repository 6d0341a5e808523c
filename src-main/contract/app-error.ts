/** Every way a request can fail, as data. Screens choose what to do by `code`, never by text. */
export const errorCodes = [
  'invalid-input',
  'forbidden',
  'signed-out',
  'wrong-keys',
  'wrong-clock',
  'offline',
  'timeout',
  'rate-limited',
  'carrier-down',
  'rejected',
  'not-found',
  'malformed-answer',
  // Something on the way answered, and not the carrier: nothing is known of what was asked.
  'foreign-answer',
  // The carrier has it, in a form that cannot be used.
  'odd-record',
  'outcome-unknown',
  'cancelled',
  'keychain',
  'storage',
  // The disk has no room: whatever else is written now fails too.
  'storage-full',
  'storage-newer',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/**
 * Why a carrier refused a purchase, as its adapter understands it: the number is not for sale; the account lacks money or was shut;
 * something is not allowed; anything else.
 */
export type Refusal = 'unavailable' | 'funds' | 'permission' | 'other';

/** What happened (`message`), what to do about it (`action`), and whether trying again can help. */
export type AppError = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly action: string;
  readonly retryable: boolean;
  /** Of a purchase only. */
  readonly refusal?: Refusal;
};
