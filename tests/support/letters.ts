import fc from 'fast-check';

/**
 * Any character of Unicode but halves of one, as a unit of `fc.string`. fast-check's own unit "binary" is the same and makes a
 * table of all of them first, which takes seconds.
 */
export const anyLetter = fc
  .oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));
