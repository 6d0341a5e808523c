import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  isNorthAmericanKey,
  keyOf,
  keysFrom,
  numberOfKey,
} from '../../src-main/inventory/index/number-key.ts';
import { anyForeign } from '../support/any-number.ts';

const anyDigits = fc
  .tuple(
    fc.integer({ min: 2, max: 9 }),
    fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 6, maxLength: 14 }),
  )
  .map(([first, rest]) => `${first}${rest}`);
const american = fc.integer({ min: 10_000_000_000, max: 19_999_999_999 }).map(String);
const anyNumber = fc.oneof(american, anyForeign, anyDigits);

test('a key is the key of one number, and keys are in the order of the digits', () => {
  fc.assert(
    fc.property(anyNumber, anyNumber, (one, other) => {
      expect(numberOfKey(keyOf(one))).toBe(one);
      expect(Math.sign(keyOf(one) - keyOf(other))).toBe(one === other ? 0 : one < other ? -1 : 1);
      expect(isNorthAmericanKey(keyOf(one))).toBe(one.startsWith('1'));
    }),
    { numRuns: 2_000 },
  );
});

test('neighbours are apart: what is shorter, what is longer, and what follows', () => {
  const some = ['2000000', '20000000', '20000000000', '200000000000', '200000000000000', '20000000001'];
  const last = ['9999999', '99999999999', '999999999999999'];
  const keys = [...some, ...last].sort().map(keyOf);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys).toEqual(keys.toSorted((a, b) => a - b));
  expect(isNorthAmericanKey(keyOf('2000000'))).toBe(false);
  expect(keyOf('2000000000000000')).toBeNaN();
});

test('the numbers that begin so are those between two keys', () => {
  fc.assert(
    fc.property(anyNumber, anyNumber, fc.integer({ min: 1, max: 15 }), (one, other, length) => {
      const begin = one.slice(0, length);
      const [first, end] = keysFrom(begin);
      const isBetween = (number: string) => keyOf(number) >= first && keyOf(number) < end;
      expect(isBetween(one)).toBe(true);
      expect(isBetween(other)).toBe(other.startsWith(begin));
    }),
    { numRuns: 2_000 },
  );
  expect(keysFrom('1206555014212345')).toEqual([0, 0]);
});
