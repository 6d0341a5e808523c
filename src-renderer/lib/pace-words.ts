import type { ErrorCode } from '#main/contract/errors.ts';
import type { Pace, PaceView, ReadingPause, RequestClass } from '#main/contract/pace.ts';
import { countOf, formatCount } from '#main/contract/words.ts';
import { formatClock } from './format.ts';

/** What each class of requests is for. */
const classNames: Readonly<Record<RequestClass, string>> = {
  list: 'Lists of numbers and routes',
  details: 'Details of numbers',
  search: 'Search for numbers to buy',
  change: 'Purchases and changes',
  all: 'All requests',
};

/** Why nothing is read for a while, as the end of a sentence. */
const reasons: Partial<Readonly<Record<ErrorCode, string>>> = {
  'rate-limited': 'the carrier asks for fewer requests',
  'carrier-down': 'the carrier is in trouble',
  'wrong-keys': 'the carrier does not accept the keys',
  'wrong-clock': 'the clock of this computer is wrong',
  offline: 'there is no connection to the carrier',
  timeout: 'the carrier did not answer in time',
  'foreign-answer': 'something else answers in the place of the carrier',
};

const requestsASecond = (count: number) => `${countOf(count, 'request')} a second`;

/** What requests wait for, in one sentence; null when nothing keeps them back. */
export function waitingWords(waiting: Pace['waiting']): string | null {
  if (waiting === null) return null;
  return waiting.why === 'carrier'
    ? `Waiting until ${formatClock(waiting.until)}: the carrier asked for a pause.`
    : `Waiting because of your limit of ${requestsASecond(waiting.atMost)}.`;
}

/** Why routes are not read now, in one sentence; null when they may be. */
export function readingWords(reading: ReadingPause | null): string | null {
  if (reading === null) return null;
  const why = reasons[reading.code] ?? 'the carrier could not be asked';
  const goesOn =
    reading.until === null
      ? 'It goes on when other keys are entered or a sync succeeds.'
      : `It goes on at ${formatClock(reading.until)}.`;
  return `Reading routes pauses: ${why}. ${goesOn}`;
}

/** One line a class of requests: what it is, how fast it goes, and up to where. */
export function classWords({ classes }: Pick<PaceView, 'classes'>) {
  return classes.map(({ name, perSecond, ceiling }) => ({
    name: classNames[name],
    now: `${formatCount(perSecond)}/s`,
    ceiling: ceiling === null ? 'none met' : `${formatCount(ceiling)}/s`,
  }));
}
