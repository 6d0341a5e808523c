/** How counts, money, billing and keys are written, the same in every window, record and notification. */

const counts = new Intl.NumberFormat('en-US');
const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

/** "2,480". */
export const formatCount = (count: number): string => counts.format(count);

/** Cents as "$1,250.00". */
export const formatMoney = (cents: number): string => dollars.format(cents / 100);

/** "1 attempt", "2,480 attempts"; `many` where it is not made with an s. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** "1 number", "2,480 numbers". */
export const numbersOf = (count: number): string => countOf(count, 'number');

/** "is" or "are", and the like, after a count. */
export const agree = (count: number, one: string, many: string): string => (count === 1 ? one : many);

/** Ways of billing as people say them; the wire has capitals. Old ones, such as VPRI, are names and stay as they are. */
const billings: Readonly<Record<string, string>> = { METERED: 'Metered' };

export function billingName(wire: string): string {
  return billings[wire.toUpperCase()] ?? wire;
}

/** A route as a person reads it: null was not read yet, and '' is none. */
export function routeWords(route: string | null): string {
  return route === null ? 'not read yet' : route || 'none';
}
