/** Formatting and reading of North American numbers. Pure, used by every process. */
import { readTyped } from './clean.ts';
import type { PhoneNumber } from './model.ts';

const shape = /^1[2-9]\d{2}[2-9]\d{6}$/;

/** True for 11 digits `1NPANXXXXXX` with NPA and NXX starting 2 to 9 (the NANP's own rule). */
export function isPhoneNumber(text: string): text is PhoneNumber {
  return shape.test(text);
}

/**
 * Reads a number in any common form (`+1 206-555-0142`, `(206) 555 0142`, `2065550142`, `tel:+12065550142`) into 11 digits;
 * null when it is not a North American number, or one with an extension, which no route can be set for.
 */
export function readPhoneNumber(text: string): PhoneNumber | null {
  if (shape.test(text)) return text as PhoneNumber;
  const typed = readTyped(text);
  if (!typed || typed.extension !== null) return null;
  return phoneNumberOf(typed);
}

/** The 11 digits of what was typed, whatever extension stood behind it. After a plus sign the country's 1 must stand. */
export function phoneNumberOf({
  digits,
  international,
}: {
  readonly digits: string;
  readonly international: boolean;
}): PhoneNumber | null {
  const full = digits.length === 10 && !international ? `1${digits}` : digits;
  return isPhoneNumber(full) ? full : null;
}

export type NumberFormat = 'national' | 'international' | 'digits' | 'e164';

/**
 * `national` (206) 555-0142 · `international` +1 206-555-0142 · `digits` 12065550142 · `e164` +12065550142. A number of
 * another country keeps its digits, behind a plus sign; what is no number stays as it is.
 */
export function formatNumber(number: string, format: NumberFormat): string {
  if (format === 'digits') return number;
  if (!/^1\d{10}$/.test(number)) return /^[2-9]\d{10,14}$/.test(number) ? `+${number}` : number;
  const npa = number.slice(1, 4);
  const nxx = number.slice(4, 7);
  const line = number.slice(7);
  switch (format) {
    case 'national':
      return `(${npa}) ${nxx}-${line}`;
    case 'international':
      return `+1 ${npa}-${nxx}-${line}`;
    case 'e164':
      return `+${number}`;
  }
}
