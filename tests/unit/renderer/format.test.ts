import { expect, test } from 'vitest';
import {
  formatAge,
  formatDay,
  markDigits,
  numbersOf,
  formatTime,
  writeTimesIn,
} from '../../../src-renderer/lib/format.ts';

test('ages read as people say them', () => {
  const now = Date.UTC(2026, 0, 10, 12);
  const ago = (seconds: number) => formatAge(now - seconds * 1000, now);
  expect([0, 44, 60, 3_000, 7_200, 86_400, 864_000].map(ago)).toEqual([
    'just now',
    'just now',
    '1 min. ago',
    '50 min. ago',
    '2 hr. ago',
    'yesterday',
    '10 days ago',
  ]);
  expect([0, 1, 2480].map(numbersOf)).toEqual(['0 numbers', '1 number', '2,480 numbers']);
});

test('days are called today and yesterday, whatever the hour, and else by their date', () => {
  writeTimesIn('en-US');
  const now = new Date(2026, 0, 10, 0, 5).getTime();
  const at = (day: number, hour: number) => formatDay(new Date(2026, 0, day, hour).getTime(), now);
  expect([at(10, 0), at(9, 23), at(9, 0), at(8, 23)]).toEqual([
    ...['Today', 'Yesterday', 'Yesterday', 'Thursday, January 8, 2026'],
  ]);
});

test.each([
  ['national', ['206', '0142'], '([206]) 555-[0142]'],
  ['national', ['6555'], '(20[6) 555]-0142'],
  ['national', ['1206'], '([206]) 555-0142'],
  ['international', ['1206'], '+[1 206]-555-0142'],
  ['digits', ['55'], '1206[555]0142'],
  ['digits', ['999', ''], '12065550142'],
] as const)('%s with %o marked', (format, digits, shown) => {
  const pieces = markDigits('12065550142', format, digits);
  expect(pieces.map((piece) => (piece.marked ? `[${piece.text}]` : piece.text)).join('')).toBe(shown);
});

test('dates are written as the system writes them; a locale that nobody knows is none', () => {
  const at = new Date(2026, 10, 3, 14, 5).getTime();
  writeTimesIn('en-US');
  expect(formatTime(at)).toMatch(/^Nov 3, 2026, 2:05\sPM$/);
  writeTimesIn('de-DE');
  expect(formatTime(at)).toBe('03.11.2026, 14:05');
  writeTimesIn('en-GB');
  expect(formatTime(at)).toBe('3 Nov 2026, 14:05');
  writeTimesIn('not_a locale');
  expect(formatTime(at)).toContain('2026');
  writeTimesIn(null);
  expect(formatTime(at)).toContain('2026');
});
