/** Pieces that input schemas share: lengths and ranges are limited once, for every host. */
import { z } from 'zod';
import { numberShape } from './phone.ts';
import { mostRouteName } from './route-names.ts';

// A CSP without `unsafe-eval` forbids generated code in the renderer, and one behaviour is easier to test.
z.config({ jitless: true });

export const phoneNumber = z
  .string()
  .regex(numberShape, 'A number is 7 to 15 digits with the code of its country, such as 12065550142.');
export const queryText = z.string().max(1000, 'The query is too long: 1,000 characters at most.');
export const numbers = z.array(phoneNumber).min(1).max(10_000);
/** Numbers that something is done with: these, or all that a query matches. */
export const chosenNumbers = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('numbers'), numbers: z.array(phoneNumber).min(1).max(100_000) }),
  z.strictObject({ kind: z.literal('query'), text: queryText }),
]);
export const offset = z.int().min(0).max(10_000_000);
export const limit = z.int().min(0).max(500);
export const routeName = z.string().min(1).max(mostRouteName);
/** A route to set, by its label. */
export const setRoute = z.strictObject({ route: routeName });
export const direction = z.enum(['asc', 'desc']);
/** An order by one of these columns, and by two more where it leaves rows equal. */
export function sortedBy<const Columns extends readonly [string, ...string[]]>(columns: Columns) {
  const by = { column: z.enum(columns), direction };
  return z.strictObject({ ...by, also: z.array(z.strictObject(by)).max(2).optional() });
}
/** Numbers in one answer: a message stays below 256 kB. */
export const mostAtOnce = 10_000;

/** An id that is never shown to a person: of an account, a transfer or a token. */
export const id = z.string().min(1).max(64);
/** An id of an order, a change, a search or what can be undone. */
export const recordId = z.int().min(1);
/** Whoever asks, so that its later question ends its earlier one and nobody else's. */
export const view = z.string().max(36);
