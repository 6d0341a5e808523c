import { expect, test } from 'vitest';
import { classWords, readingWords, waitingWords } from '../../../src-renderer/lib/pace-words.ts';
import { formatClock } from '../../../src-renderer/lib/format.ts';

const at = Date.UTC(2026, 10, 27, 12, 30);

test('what requests wait for is one sentence', () => {
  expect(waitingWords(null)).toBe(null);
  expect(waitingWords({ why: 'budget', atMost: 1 })).toBe(
    'Waiting because of your limit of 1 request a second.',
  );
  expect(waitingWords({ why: 'budget', atMost: 1_000 })).toBe(
    'Waiting because of your limit of 1,000 requests a second.',
  );
  expect(waitingWords({ why: 'carrier', until: at })).toBe(
    `Waiting until ${formatClock(at)}: the carrier asked for a pause.`,
  );
});

test('why routes are not read says when it goes on', () => {
  expect(readingWords(null)).toBe(null);
  expect(readingWords({ code: 'rate-limited', until: at })).toBe(
    `Reading routes pauses: the carrier asks for fewer requests. It goes on at ${formatClock(at)}.`,
  );
  expect(readingWords({ code: 'wrong-keys', until: null })).toBe(
    'Reading routes pauses: the carrier does not accept the keys. It goes on when other keys are entered or a sync succeeds.',
  );
  expect(readingWords({ code: 'malformed-answer', until: at })).toContain('the carrier could not be asked');
});

test('each class says how fast it goes and what was met', () => {
  expect(
    classWords({
      classes: [
        { name: 'list', perSecond: 0, ceiling: null },
        { name: 'details', perSecond: 1_200, ceiling: 2_400 },
      ],
    }),
  ).toEqual([
    { name: 'Lists of numbers and routes', now: '0/s', ceiling: 'none met' },
    { name: 'Details of numbers', now: '1,200/s', ceiling: '2,400/s' },
  ]);
});
