/** Formatting and reading of telephone numbers, North American ones and those of other countries. Pure, used by every process. */
import { plainText, readTyped, type TypedNumber } from './clean.ts';
import type { PhoneNumber } from './model.ts';

/** The NANP's own rule: `1NPANXXXXXX` with NPA and NXX starting 2 to 9. */
const northAmerican = /^1[2-9]\d{2}[2-9]\d{6}$/;
/** No number of any country has fewer. */
const fewestDigits = 7;
/** E.164: 7 to 15 digits with the country's code. Code 1, North America's, always has eleven. */
export const numberShape = /^(?:1\d{10}|[2-9]\d{6,14})$/;

/** True for the digits of a number of any country as a carrier lists it: with the country's code, without a plus sign. */
export function isPhoneNumber(text: string): text is PhoneNumber {
  return numberShape.test(text);
}

/** The group of numbers that have no area code and no state, since they are of other countries; no area code or state is called so. */
export const otherCountries = '+';

/** True for a number (digits with the country's code) of the North American Numbering Plan, toll-free ones included. */
export function isNorthAmerican(number: string): boolean {
  return number.startsWith('1');
}

/** True for a North American number as its numbering plan has them: area code and exchange begin with 2 to 9. */
export function isInNumberingPlan(number: string): boolean {
  return northAmerican.test(number);
}

/**
 * Reads a whole number in any common form (`+1 206-555-0142`, `(206) 555 0142`, `2065550142`, `tel:+12065550142`, `+44 20 7946
 * 0958`, `0044…`, `011 44…`) into its digits with the country's code. Ten digits are North American. Without a plus sign, 00 or 011,
 * digits of another country are read from eleven on. Null for what is no number, or one with an extension, which no route can be set for.
 */
export function readPhoneNumber(text: string): PhoneNumber | null {
  if (northAmerican.test(text)) return text as PhoneNumber;
  const typed = readTyped(text);
  if (!typed || typed.extension !== null) return null;
  const number = phoneNumberOf(typed);
  if (number === null || isNorthAmerican(number)) return number;
  return isSeveral(text) || (!typed.international && !isOneNumber(text)) ? null : number;
}

/** The same for North American numbers only: null for those of other countries. */
export function readNorthAmerican(text: string): PhoneNumber | null {
  const number = readPhoneNumber(text);
  return number !== null && isNorthAmerican(number) ? number : null;
}

/** The digits with the country's code of what was typed, whatever extension stood behind it. */
export function phoneNumberOf({
  digits,
  international,
}: Pick<TypedNumber, 'digits' | 'international'>): PhoneNumber | null {
  if (international) return !isNorthAmerican(digits) && isPhoneNumber(digits) ? digits : american(digits);
  if (digits.length === 10) return american(`1${digits}`);
  // Fewer digits without a plus sign may be a North American number that lacks some.
  return digits.length > 10 && !isNorthAmerican(digits) && isPhoneNumber(digits) ? digits : american(digits);
}

function american(digits: string): PhoneNumber | null {
  return northAmerican.test(digits) ? (digits as PhoneNumber) : null;
}

/** True for what is written as two numbers or more: a plus sign between digits, or words that are long enough to be numbers each. */
export function isSeveral(text: string): boolean {
  const plain = plainText(text);
  if (/\d.*\+/.test(plain)) return true;
  const words = plain.split(' ').map((word) => word.replace(/\D/g, '').length);
  return words.filter((digits) => digits >= fewestDigits).length > 1;
}

/** Two local numbers with spaces for dashes: "555 0142 555 0143". */
const twoLocal = /^\D*\d{3}\D\d{4}\D+\d{3}\D\d{4}\D*$/;
/** A day as people write it, the year first or last. */
const day =
  /(?<!\d)(?:(?:19|20)\d\d([-/])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])|\d{1,2}([-/])\d{1,2}\2(?:19|20)\d\d)(?!\d)/;

/**
 * False for digits that may be something else than one number of another country: an IP address, "2. 206-555-0142" and "2) …" in
 * a list that counts, "206-555-0142 17", which begins with a North American number, two local numbers, and a day with a time.
 */
function isOneNumber(text: string): boolean {
  const written = text.replace(/@.*$/s, '');
  if (written.includes('.') || /^[^(]*\)/.test(written)) return false;
  const plain = plainText(written);
  if (twoLocal.test(plain) || day.test(plain)) return false;
  const groups = written.match(/\d+/g) ?? [];
  return groups.every((_, at) => {
    const begun = groups.slice(0, at).join('');
    return american(begun.length === 10 ? `1${begun}` : begun) === null;
  });
}

export type NumberFormat = 'national' | 'international' | 'digits' | 'e164';

/**
 * `national` (206) 555-0142 · `international` +1 206-555-0142 · `digits` 12065550142 · `e164` +12065550142. A number of
 * another country is its digits behind a plus sign in all of them: without it, it could be taken for a North American one. What is
 * no number stays as it is.
 */
export function formatNumber(number: string, format: NumberFormat): string {
  if (!isPhoneNumber(number)) return number;
  if (!isNorthAmerican(number)) return `+${number}`;
  const npa = number.slice(1, 4);
  const nxx = number.slice(4, 7);
  const line = number.slice(7);
  switch (format) {
    case 'national':
      return `(${npa}) ${nxx}-${line}`;
    case 'international':
      return `+1 ${npa}-${nxx}-${line}`;
    case 'digits':
      return number;
    case 'e164':
      return `+${number}`;
  }
}

/** A number as it is copied: as it is shown, but that `digits` are digits only, of every country. */
export function copiedNumber(number: string, format: NumberFormat): string {
  return format === 'digits' ? number : formatNumber(number, format);
}

/** A number in a column of a file that programs read: digits, and those of another country behind a plus sign (E.164). */
export function exportedNumber(number: string): string {
  return formatNumber(number, 'digits');
}
