import { expect, test } from 'vitest';
import { carrierWords } from '../../src-main/carrier/flowroute/failures.ts';
import { refuse } from '../../src-main/carrier/flowroute/v2/answers.ts';
import type { HttpAnswer } from '../../src-main/carrier/flowroute/http/send.ts';

const refused = (error: object): HttpAnswer =>
  ({
    ...{ status: 422, contentType: 'application/vnd.api+json' },
    body: JSON.stringify({ errors: [{ status: 422, ...error }] }),
  }) as HttpAnswer;

test("the carrier's words are one line of at most 300 characters, without marks that nobody sees", () => {
  expect(carrierWords('Not\u202e for\u200b sale.\r\n\u0000\tSorry\u2066')).toBe('Not for sale. Sorry');
  expect(carrierWords('x'.repeat(400))).toHaveLength(300);
  expect(carrierWords(' \u200b\n')).toBeNull();
});

test('a refusal of v2 has them so, and its title where its detail says nothing', () => {
  const words = (error: object) => refuse(refused(error), { what: 'It' })?.error.message;
  expect(words({ detail: 'Not\u202e for\nsale.' })).toBe('Not for sale.');
  expect(words({ detail: '\u200b', title: 'Taken' })).toBe('Taken');
});
