/** Cuts a query into pieces, and puts together what belongs together: a number that was pasted with spaces, a place's name. */
import { plainText } from './clean.ts';
import { columnTable } from './column-table.ts';

export type Piece = { readonly text: string; readonly start: number };

const pieces = /-?[a-z]+:(?:"[^"]*"?|[^\s"])*|-?"[^"]*"?|\S+/gi;
const digitsOnly = /^[+().\-/]*\d[\d+().\-/]*$/;
const betweenDigits = /^[+().\-/]+$/;
/** A plus sign behind digits: another number begins. */
const beginsAnother = /^\(?\+\(?\d/;
const extension = /^(?:x|ext(?:ension|n)?\.?|#):?\d{1,10}$/i;
const extensionWord = /^(?:x|ext(?:ension|n)?\.?|#):?$/i;
/** What is negated or has a key is no part of a number, nor its extension. Links begin with what looks like a key. */
const standsAlone = /^-.|^(?!(?:tel|sips?|callto|sms|fax|x|ext|extn|extension):)[a-z]+:/i;
const { state, area } = columnTable;
const placeKeys = [state.query.key, area.query.key, ...area.query.also, 'country'].join('|');
/** What may stand before the name of a place: a minus, and a key. */
const beforePlace = new RegExp(`^-?(?:(?:${placeKeys}):)?`, 'i');
/** No place has a longer name: "Newfoundland and Labrador" has three words. */
const mostWords = 5;
/** No number has more digits, its prefix of dialling abroad included. */
const mostDigits = 18;
/** Each digit by itself, with a mark before it. */
const mostParts = 2 * mostDigits;
/** Digits of a North American number with the country's code, and the most of another country's. */
const americanDigits = 11;
const foreignDigits = 15;

/** The pieces of a query, each where it stands: by white space, quotes and keys. */
export function splitQuery(text: string): Piece[] {
  return [...text.matchAll(pieces)].map((match) => ({ text: match[0], start: match.index }));
}

/** True for digits with anything that stands between the digits of a number. */
export function isDigits(text: string): boolean {
  return digitsOnly.test(plainText(text).replaceAll(' ', ''));
}

/**
 * A pasted "(206) 555 0142" is one number, not three filters: digits side by side that make a whole number are joined, with
 * the extension behind it.
 */
export function joinNumbers(parts: readonly Piece[]): Piece[] {
  const plain = parts.map(({ text }) => (standsAlone.test(text) ? '' : plainText(text).trim()));
  const joined: Piece[] = [];
  for (let i = 0; i < parts.length; i += 1) {
    let end = i;
    let whole = '';
    let digits = 0;
    for (let j = i; j < Math.min(i + mostParts, parts.length); j += 1) {
      const part = plain[j] ?? '';
      if (!digitsOnly.test(part) && !betweenDigits.test(part)) break;
      if (digits > 0 && beginsAnother.test(part)) break;
      digits += part.replace(/\D/g, '').length;
      if (digits > mostDigits) break;
      whole += part;
      if (digitsOnly.test(part) && isWhole(whole)) end = j;
    }
    if (isWhole(plain.slice(i, end + 1).join(''))) end = withExtension(plain, end);
    joined.push(join(parts.slice(i, end + 1)));
    i = end;
  }
  return joined;
}

/** Words side by side, the first of them perhaps behind a minus or a key of a place, that together are the name of one. */
export function joinPlaces(parts: readonly Piece[], isPlace: (name: string) => boolean): Piece[] {
  const joined: Piece[] = [];
  for (let i = 0; i < parts.length; i += 1) {
    let end = i;
    const first = (parts[i]?.text ?? '').replace(beforePlace, '');
    let name = first;
    for (let j = i + 1; j < Math.min(i + mostWords, parts.length) && isWord(first); j += 1) {
      const word = parts[j]?.text ?? '';
      if (!isWord(word)) break;
      name += ` ${word}`;
      if (isPlace(name)) end = j;
    }
    joined.push(join(parts.slice(i, end + 1)));
    i = end;
  }
  return joined;
}

function isWord(text: string): boolean {
  return /^[\p{L}\p{M}.'’]+(?:-[\p{L}\p{M}.'’]+)*$/u.test(text);
}

/** Digits of a North American number, or of another country's when it begins with +, 00 or 011. */
function isWhole(text: string): boolean {
  const digits = text.replace(/\D/g, '');
  if (/^\D*(?:\+|00|011)/.test(text)) {
    const prefix = /^\D*\+/.test(text) ? 0 : (/^(?:00|011)/.exec(digits)?.[0].length ?? 0);
    const most = digits.startsWith('1', prefix) ? americanDigits : foreignDigits;
    return digits.length >= 7 && digits.length - prefix <= most;
  }
  return digits.length === 10 || (digits.length === 11 && digits.startsWith('1'));
}

function withExtension(plain: readonly string[], end: number): number {
  if (extension.test(plain[end + 1] ?? '')) return end + 1;
  return extensionWord.test(plain[end + 1] ?? '') && /^\d{1,10}$/.test(plain[end + 2] ?? '') ? end + 2 : end;
}

/** One piece of several, as long as they are with what stands between them. */
function join(parts: readonly Piece[]): Piece {
  const [first, last] = [parts[0], parts.at(-1)];
  if (!first || !last) return { text: '', start: 0 };
  const whole = last.start + last.text.length - first.start;
  return {
    text: parts
      .map(({ text }) => text)
      .join(' ')
      .padEnd(whole),
    start: first.start,
  };
}
