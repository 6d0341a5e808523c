/**
 * Numbers as the index compares them: one amount for each number, which ascends as the digits do when they are compared one by
 * one, from the first. Numbers of eleven digits, which nearly all are, are themselves. Of the others the first eleven digits count
 * (shorter ones are filled up with zeros), and a fraction says the rest: less than nothing for those that are shorter, more for each
 * digit that follows. It is a whole number of steps, so that nothing is rounded: eleven digits take 37 bits of the 53 that there are.
 */

/** Digits of a number that is its own key. */
const whole = 11;
/** The longest number of E.164. */
const longest = 15;
/** The shortest number lacks so many digits. */
const mostLacking = 4;
const step = 2 ** -14;
/** How many rests begin with one that has one, two, three or four digits, itself included. */
const restsFrom = [1111, 111, 11, 1] as const;

/** `number`: 7 to 15 digits that do not begin with 0. No key of any number for what has more. */
export function keyOf(number: string): number {
  if (number.length === whole) return Number(number);
  if (number.length > longest) return Number.NaN;
  if (number.length < whole) return Number(number.padEnd(whole, '0')) - (whole - number.length) * step;
  return Number(number.slice(0, whole)) + placeOf(number.slice(whole)) * step;
}

export function numberOfKey(key: number): string {
  if (Number.isInteger(key)) return String(key);
  const first = Math.floor(key);
  const steps = (key - first) / step;
  const lacking = 1 / step - steps;
  if (lacking <= mostLacking) return String(first + 1).slice(0, whole - lacking);
  let number = String(first);
  let left = steps;
  for (const rests of restsFrom) {
    if (left === 0) break;
    left -= 1;
    number += String(Math.floor(left / rests));
    left %= rests;
  }
  return number;
}

/** True for the key of a number of North America. */
export function isNorthAmericanKey(key: number): boolean {
  return key <= 19_999_999_999;
}

/** The keys of all numbers that begin with these digits, as [first, end). */
export function keysFrom(digits: string): readonly [number, number] {
  if (digits.length > longest) return [0, 0];
  if (digits.length <= whole) {
    const first = Number(digits.padEnd(whole, '0'));
    const shorter = Math.min(whole - digits.length, mostLacking);
    return [first - shorter * step, Number(digits.padEnd(whole, '9')) + 1 - mostLacking * step];
  }
  const first = keyOf(digits);
  return [first, first + (restsFrom[digits.length - whole - 1] ?? 0) * step];
}

/** The place of what follows the eleventh digit, when all that can follow is put in order: '', 0, 00, 000, 0000, 0001 … 9999. */
function placeOf(rest: string): number {
  let place = 0;
  for (let at = 0; at < rest.length; at += 1) place += 1 + Number(rest[at]) * (restsFrom[at] ?? 0);
  return place;
}
