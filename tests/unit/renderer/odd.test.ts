import { expect, test } from 'vitest';
import { oddSentence } from '../../../src-renderer/lib/odd.ts';

const words = { one: 'offer', many: 'offers', effect: 'cannot be bought' };
const record = (name: string) => ({ what: 'offer', name, why: 'it has no monthly cost' }) as const;

test('odd records are counted and named, with the reason, in one sentence', () => {
  expect(oddSentence({ count: 0, some: [] }, words)).toBeNull();
  expect(oddSentence({ count: 1, some: [record('12065550143')] }, words)).toBe(
    '1 offer of the carrier cannot be bought: 12065550143 (it has no monthly cost).',
  );
  expect(oddSentence({ count: 1_234, some: [record('a'), record('b')] }, words)).toBe(
    '1,234 offers of the carrier cannot be bought: a (it has no monthly cost), b (it has no monthly cost) and 1,232 more.',
  );
});
