/** Days and stretches of time as people type them in a query. */

const units = { h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const words = ['today', 'yesterday'] as const;
const longAgo = /^(\d{1,4})([hdw])$/;
const day = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;

/** What is said of a time that is not understood. */
export const timeHint = 'Use a day such as 2026-11-27 or today, or how long ago, such as 7d, 12h or 2w.';

/**
 * The moment that is meant, in Unix milliseconds; null where none is. A day is its first moment on this computer's clock; "7d" is seven
 * times 24 hours before `now`.
 */
export function momentOf(typed: string, now: number): number | null {
  const text = typed.trim().toLowerCase();
  const ago = longAgo.exec(text);
  if (ago) return now - Number(ago[1]) * units[ago[2] as keyof typeof units];
  const word = words.findIndex((one) => one === text);
  if (word >= 0) {
    const date = new Date(now);
    return new Date(date.getFullYear(), date.getMonth(), date.getDate() - word).getTime();
  }
  const [, year = 0, month = 0, dayOfMonth = 0] = day.exec(text)?.map(Number) ?? [];
  const date = new Date(year, month - 1, dayOfMonth);
  // The calendar goes on where a month has no such day.
  const isThere = date.getFullYear() === year && date.getMonth() === month - 1 && year > 1970;
  return isThere && date.getDate() === dayOfMonth ? date.getTime() : null;
}

/** True for a text that may become a moment when more is typed. */
export function beginsMoment(typed: string): boolean {
  const text = typed.trim().toLowerCase();
  return /^\d{0,4}(-(\d{1,2}(-\d?)?)?)?$/.test(text) || words.some((word) => word.startsWith(text));
}

/** Times that are offered while one is typed, with what each is called. */
export const usualTimes: readonly { readonly value: string; readonly name: string }[] = [
  { value: 'today', name: 'Today' },
  { value: 'yesterday', name: 'Yesterday' },
  { value: '7d', name: '7 days ago' },
  { value: '30d', name: '30 days ago' },
  { value: '365d', name: 'A year ago' },
];
