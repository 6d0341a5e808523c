import fc from 'fast-check';

/**
 * Numbers of other countries, 7 to 15 digits, such as are hard to tell apart: beginnings of each other, ends of zeros, digits of
 * North American numbers inside, and codes that are area codes elsewhere.
 */
export const anyForeign: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('206', '44', '49', '61', '99', '2000', '442062'),
    fc.constantFrom('', '0000', '1206200', '2062'),
    fc.array(fc.constantFrom('0', '0', '2', '7', '9'), { minLength: 4, maxLength: 12, size: 'max' }),
  )
  .map(([code, middle, rest]) => (code + middle + rest.join('')).slice(0, 15))
  .filter((number) => number.length >= 7);
