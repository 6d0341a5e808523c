import { expect, test } from 'vitest';
import type { Coded } from '../../src-main/contract/coded.ts';
import {
  reasonWords,
  recordedWait,
  waitWords,
  type JobReason,
  type JobWait,
} from '../../src-main/contract/job-words.ts';
import { some } from '../support/some.ts';

const trouble = {
  code: 'forbidden',
  message: 'The carrier said: not you.',
  action: 'Ask the carrier.',
} as const;
const refusal = { code: 'error', detail: trouble } as const;
const plain = { detail: null } as const;

test.each<[JobReason, string]>([
  [{ code: 'text', detail: 'As it was said once.' }, 'As it was said once.'],
  [refusal, 'The carrier said: not you.'],
  [{ code: 'trouble', detail: trouble }, 'The carrier said: not you. Ask the carrier.'],
  [{ code: 'billing', detail: 'METERED' }, 'It is not offered with METERED any more.'],
  [
    { code: 'attempts', detail: { tries: 6, last: refusal } },
    'No clear answer in 6 attempts. The carrier said: not you.',
  ],
  [{ code: 'attempts', detail: { tries: 1, last: null } }, 'No clear answer in 1 attempt.'],
  [
    { code: 'given-up', detail: { tries: 3, last: trouble } },
    'Given up after 3 attempts: The carrier said: not you.',
  ],
  [
    { code: 'elsewhere', detail: { primary: 'fax', failover: 'pbx' } },
    'It has fax, then pbx now: left as it is.',
  ],
  [{ code: 'stopped', ...plain }, 'Not bought: the order was stopped before it.'],
])('what became of a number is said in a sentence: %j', (reason, sentence) => {
  expect(reasonWords(reason)).toBe(sentence);
});

test.each<[JobWait, told: string, recorded: string]>([
  [{ code: 'paused', ...plain }, 'Paused. Nothing is sent until you resume it.', 'was paused'],
  [
    { code: 'trouble', detail: trouble },
    'The carrier said: not you. Ask the carrier.',
    'waits: The carrier does not allow this account to do that.',
  ],
  [
    {
      code: 'dearer',
      detail: {
        number: '12065550142',
        now: { setup: 5_000, monthly: 2_000 },
        before: { setup: 100, monthly: 125 },
      },
    },
    '12065550142 costs $50.00 set-up and $20.00 a month by now, not $1.00 and $1.25. Look at what is left and what it costs, then go on or stop.',
    'waits: a price went up',
  ],
  [
    { code: 'account', detail: refusal },
    'The carrier said: not you. Nothing more was sent. Resume when it is settled, or stop.',
    'waits: the carrier did not take it, for a reason that is not about one number',
  ],
  [
    { code: 'look-up', detail: { number: '12065550142', trouble: null } },
    'Paused. Nothing is sent until you resume it. Whether 12065550142 was bought is looked up when you resume.',
    'was paused',
  ],
  [
    { code: 'unclear-row', detail: { count: 5, last: refusal } },
    '5 numbers in a row had no clear answer. The carrier said: not you. Resume when it is better, or stop.',
    'waits: no clear answer for 5 numbers in a row',
  ],
  [
    { code: 'refused-row', detail: { count: 10, last: refusal } },
    '10 numbers in a row were refused, the last one with: The carrier said: not you. Resume to go on, or stop.',
    'waits: 10 numbers in a row were refused',
  ],
  [
    { code: 'interrupted', detail: { open: 3, bought: 1, absent: 1, unasked: 1 } },
    'Numberdesk was closed while this ran. Nothing is sent until you resume it. After the interruption: 1 of 3 on their way was bought, 1 is not in the account so far, 1 could not be asked for. What is not known is looked up again before anything is sent.',
    'waits: no clear answer',
  ],
  [
    { code: 'bought-unknown', detail: 1 },
    'Whether 1 of its numbers was bought is not known: each sync looks for it.',
    'waits: no clear answer',
  ],
  [
    { code: 'changed-unknown', detail: 1_200 },
    'Whether 1,200 of its numbers were changed is not known: an undo looks at them.',
    'waits: no clear answer',
  ],
])('why a job waits is told, and recorded without words of the carrier: %j', (wait, told, recorded) => {
  expect([waitWords(wait), recordedWait(wait)]).toEqual([told, recorded]);
});

test('nothing is said of what makes no sense, as a damaged record may hold it', () => {
  const odd: (Coded | null)[] = [
    null,
    { code: 'no-such-code', detail: null },
    { code: 'toString', detail: null },
    { code: 'look-up', detail: null },
    { code: 'given-up', detail: 7 },
    { code: 'text', detail: { not: 'a sentence' } },
  ];
  for (const coded of some(odd)) {
    expect(typeof waitWords(coded)).toBe('string');
    expect(typeof reasonWords(coded)).toBe('string');
  }
  expect([waitWords(null), waitWords({ code: 'toString', detail: null })]).toEqual(['', '']);
});
