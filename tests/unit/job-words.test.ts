import { expect, test } from 'vitest';
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

const unreadable = 'What is kept of this cannot be read.';

test('what cannot be read is said to be so: a damaged record, or one from elsewhere, may hold anything', () => {
  const nonsense = [
    null,
    7,
    '<b>bold</b>',
    true,
    [],
    {},
    { message: null, action: {}, tries: '6', last: 7, count: 'many', number: null, now: 1, before: null },
    { primary: 7, failover: null, open: null, bought: 'x', trouble: 'none', setup: Infinity },
  ];
  const codes = [
    ...['text', 'error', 'trouble', 'billing', 'attempts', 'routes-refused', 'elsewhere', 'half', 'given-up'],
    ...['unclear-row', 'refused-row', 'dearer', 'account', 'look-up', 'interrupted', 'no-clear-answer'],
    ...['bought-unknown', 'changed-unknown', 'not-compared', 'no-such-code', 'toString', ''],
  ];
  const wrong = /undefined|null|NaN|\[object|∞|true/;
  for (const code of some(codes))
    for (const detail of some(nonsense))
      for (const words of [waitWords({ code, detail }), reasonWords({ code, detail })]) {
        expect(words, JSON.stringify([code, detail])).not.toMatch(wrong);
        expect(words).not.toBe('');
      }
  expect(['look-up', 'no-such-code', 'toString'].map((code) => waitWords({ code, detail: null }))).toEqual([
    ...[unreadable, unreadable, unreadable],
  ]);
  expect([waitWords(null), reasonWords(null)]).toEqual(['', '']);
});

test('a text of any length is told, cut where it is longer than any real one', () => {
  const long = reasonWords({ code: 'error', detail: { ...trouble, message: 'x'.repeat(10_000) } });
  expect(long).toBe(`${'x'.repeat(999)}…`);
  expect(reasonWords({ code: 'error', detail: { ...trouble, message: '' } })).toBe('');
  expect(waitWords({ code: 'bought-unknown', detail: 1_234_567_890 })).toContain('1,234,567,890');
  const now = { setup: 0, monthly: 0 };
  expect(waitWords({ code: 'dearer', detail: { number: '1', now, before: now } })).toContain('$0.00');
});
