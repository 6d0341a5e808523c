import uFuzzy from '@leeoniya/ufuzzy';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearNames } from '#main/contract/near-names.ts';

const found = (typed: string, ...names: string[]) => nearNames(typed, names).map((at) => names[at]);

test('letters in their order within a word, whatever their case', () => {
  expect(found('sbwe', 'sbc-west', 'SBC-West', 'sbc west', 'west-sbc')).toEqual(['sbc-west', 'SBC-West']);
  expect(found('ß', 'straße', 'strasse')).toEqual(['straße']);
});

test('pieces follow one another', () => {
  expect(found('sb we', 'sbc west', 'sbc-west', 'west sbc')).toEqual(['sbc west', 'sbc-west']);
  expect(found('aa aa', 'aaaa', 'aaa')).toEqual(['aaaa']);
});

test('signs alone are near to nothing', () => {
  expect(found('-', 'sbc-west')).toEqual([]);
  expect(found(' ', 'sbc west')).toEqual([]);
});

test('finds what a fuzzy finder finds that tries every way', () => {
  const plain = new uFuzzy({ intraIns: Number.POSITIVE_INFINITY, intraChars: "[a-z\\d'._-]" });
  const text = (signs: string, maxLength: number) =>
    fc.string({ unit: fc.constantFrom(...signs), minLength: 1, maxLength });
  fc.assert(
    fc.property(text('abAB1 -.', 6), fc.array(text('abAB1 -._/', 9), { maxLength: 8 }), (typed, names) => {
      expect(nearNames(typed, names)).toEqual(plain.filter(names, typed) ?? []);
    }),
    { numRuns: 2_000 },
  );
});

test('names of many equal letters take no longer than others', () => {
  const names = Array.from({ length: 2_000 }, () => 'a'.repeat(60));
  const before = performance.now();
  expect(nearNames(`${'a'.repeat(20)}b`, names)).toEqual([]);
  expect(nearNames(`${'a '.repeat(20)}b`, names)).toEqual([]);
  expect(performance.now() - before).toBeLessThan(2_000);
});
