/** Formatting and reading of North American numbers. Pure, used by every process. */
import type { PhoneNumber } from './model.ts';

const shape = /^1[2-9]\d{2}[2-9]\d{6}$/;

/** True for 11 digits `1NPANXXXXXX` with NPA and NXX starting 2 to 9 (the NANP's own rule). */
export function isPhoneNumber(text: string): text is PhoneNumber {
  return shape.test(text);
}

/**
 * Reads a number in any common form (`+1 206-555-0142`, `(206) 555 0142`, `2065550142`) into 11 digits;
 * null when it is not a North American number.
 */
export function readPhoneNumber(text: string): PhoneNumber | null {
  if (!/^[\s+\d().\-/\u00a0\u2010-\u2015]*$/.test(text)) return null;
  const digits = text.replace(/\D/g, '');
  const full = digits.length === 10 ? `1${digits}` : digits;
  return isPhoneNumber(full) ? full : null;
}

export type NumberFormat = 'national' | 'international' | 'digits' | 'e164';

/** `national` (206) 555-0142 · `international` +1 206-555-0142 · `digits` 12065550142 · `e164` +12065550142 */
export function formatNumber(number: string, format: NumberFormat): string {
  if (number.length !== 11) return number;
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
    case 'digits':
      return number;
  }
}
