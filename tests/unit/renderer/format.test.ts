import { expect, test } from 'vitest';
import { formatAge, markDigits, numbersOf } from '../../../src-renderer/lib/format.ts';

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
