import { formatNumber, type NumberFormat } from '#main/contract/phone.ts';

export { billingName, countOf, formatCount, formatMoney, numbersOf } from '#main/contract/words.ts';

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });
let absolute = inLocale(undefined, { dateStyle: 'medium', timeStyle: 'short' });
let day = inLocale(undefined, { dateStyle: 'full' });
let clock = inLocale(undefined, { timeStyle: 'short' });

/** Dates and times as this system writes them; without a locale, as the browser does. */
export function writeTimesIn(locale: string | null): void {
  absolute = inLocale(locale ?? undefined, { dateStyle: 'medium', timeStyle: 'short' });
  day = inLocale(locale ?? undefined, { dateStyle: 'full' });
  clock = inLocale(locale ?? undefined, { timeStyle: 'short' });
}

function inLocale(locale: string | undefined, styles: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(locale, styles);
  } catch {
    // Systems name locales that no standard knows, such as "C".
    return new Intl.DateTimeFormat(undefined, styles);
  }
}

export const formatTime = (at: number): string => absolute.format(at);
/** The time of day. */
export const formatClock = (at: number): string => clock.format(at);

/** "Today", "Yesterday", or the day with its date. */
export function formatDay(at: number, now: number): string {
  const written = day.format(at);
  if (written === day.format(now)) return 'Today';
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  return written === day.format(yesterday) ? 'Yesterday' : written;
}

/** Cents as "1.25", for a file. */
export const plainMoney = (cents: number): string => (cents / 100).toFixed(2);

/** "just now", "3 min. ago", "yesterday". */
export function formatAge(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1000);
  if (seconds > -45) return 'just now';
  if (seconds > -3_570) return relative.format(Math.round(seconds / 60), 'minute');
  if (seconds > -84_600) return relative.format(Math.round(seconds / 3_600), 'hour');
  return relative.format(Math.round(seconds / 86_400), 'day');
}

export type Piece = { readonly text: string; readonly marked: boolean };

/** Places inside the digits of a number: [first, end). */
export type Range = readonly [number, number];

/** A number as it is shown, cut where the digits a query looked for begin and end, wherever they occur. */
export function markDigits(number: string, format: NumberFormat, wanted: readonly string[]): Piece[] {
  const ranges: Range[] = [];
  for (const digits of wanted) {
    for (let at = number.indexOf(digits); digits && at >= 0; at = number.indexOf(digits, at + 1))
      ranges.push([at, at + digits.length]);
  }
  return markRanges(number, format, ranges);
}

/** A number as it is shown, with these places marked; in the first of them `letters`, if any, stand for the digits. */
export function markRanges(
  number: string,
  format: NumberFormat,
  ranges: readonly Range[],
  letters = '',
): Piece[] {
  const shown = formatNumber(number, format);
  // The country's code is not shown in the national form of a North American number.
  const from = shown.startsWith('(') ? 1 : 0;
  const marks = new Array<boolean>(number.length).fill(false);
  for (const [first, end] of ranges) marks.fill(true, first, end);
  const lettersAt = ranges[0]?.[0] ?? 0;
  const pieces: { text: string; marked: boolean }[] = [];
  let digit = from;
  for (const character of shown) {
    const isDigit = character >= '0' && character <= '9';
    // Punctuation inside a match is marked with it.
    const marked = isDigit ? (marks[digit] ?? false) : digit > from && !!marks[digit - 1] && !!marks[digit];
    const text = isDigit ? (letters[digit - lettersAt] ?? character) : character;
    if (isDigit) digit += 1;
    const last = pieces.at(-1);
    if (last?.marked === marked) last.text += text;
    else pieces.push({ text, marked });
  }
  return pieces;
}
