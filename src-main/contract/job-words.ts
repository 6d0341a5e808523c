/**
 * Why an order or a plan waits, and what became of their numbers. It is kept and passed on as a code with its data; the sentences
 * that people read are made here, and nowhere else. An entry of a table is a code: what its function takes is the data.
 */
import type { AppError } from './app-error.ts';
import { amount, text, wordsBy, type Coded, type CodedBy } from './coded.ts';
import { leftOutWords } from './left-out.ts';
import { plainReason } from './plain-reason.ts';
import { agree, countOf, formatCount, formatMoney, numbersOf, routeWords } from './words.ts';

/** What is kept of an error. `message` may be the carrier's own words. */
export type Trouble = Pick<AppError, 'code' | 'message' | 'action'>;

const message = (trouble: Trouble) => text(trouble.message);
const said = (trouble: Trouble) => `${message(trouble)} ${text(trouble.action)}`;
/** "3 numbers". */
const numbers = (count: number) => numbersOf(amount(count));
const money = (cents: number) => formatMoney(amount(cents));
const route = (name: string) => routeWords(text(name));

const anyReason = {
  /** A sentence that an older version stored. */
  text: (sentence: string) => text(sentence),
  /** What the carrier answered, and the same with what to do about it. */
  error: message,
  trouble: said,
  'not-asked': () => 'Not known yet: the carrier could not be asked.',
};

const orderReasons = {
  ...anyReason,
  had: () => 'The account had it already: this order did not pay for it.',
  'bought-elsewhere': () => 'Another order of this account bought it.',
  stopped: () => 'Not bought: the order was stopped before it.',
  'stopped-absent': () => 'The order was stopped. It was sent before, and the account does not have it.',
  'not-for-sale': () => 'It is not for sale any more.',
  billing: (billing: string) => `It is not offered with ${text(billing)} any more.`,
  attempts: ({ tries, last }: { readonly tries: number; readonly last: Coded | null }) =>
    `No clear answer in ${countOf(amount(tries), 'attempt')}. ${reasonWords(last)}`.trim(),
  'routes-unreadable': () =>
    "Bought. The carrier's record of it cannot be used, so its routes were left alone.",
  'routes-elsewhere': () => 'Bought. Its routes were set elsewhere meanwhile and left alone.',
  'routes-refused': (refusal: Trouble) => `Bought, but its routes were not set: ${message(refusal)}`,
  /** One of two requests for its routes was done, the other one was refused. */
  'routes-half': (refusal: Trouble) =>
    `Bought, but at most a part of its routes was set: ${message(refusal)}`,
  'routes-unconfirmed': () => 'Bought, but its routes could not be confirmed.',
  'routes-late': () => 'Bought, as was found later: its routes were not set.',
  'routes-ended': () => 'Bought, but its routes were not set: the order was ended.',
  'routes-backup': () => 'Bought, but its routes were not set: the order comes from a backup.',
  /** An unfinished order of a backup had not asked the carrier for it. */
  backup: () =>
    'Not asked for before the backup was made. It was put into the cart: review it there to buy it.',
};

const planReasons = {
  ...anyReason,
  missing: () => 'The carrier says this account does not have the number.',
  'without-primary': () => leftOutWords({ code: 'without-primary', detail: null }),
  /** The account was moved to another version of its API since, which has no route of this name, or several. */
  'route-gone': ({ route: name }: { readonly route: string }) =>
    `The route "${text(name)}" is gone, or several have this name: choose another one.`,
  /** The routes it has instead of those that the plan had shown. */
  elsewhere: ({ primary, failover }: { readonly primary: string; readonly failover: string }) =>
    `It has ${route(primary)}, then ${route(failover)} now: left as it is.`,
  /** Of two requests for its routes only the first was sent; the routes it has now. */
  half: ({ primary, failover }: { readonly primary: string; readonly failover: string }) =>
    `Only its failover was set: it has ${route(primary)}, then ${route(failover)} now. Try again to set both, or undo.`,
  /** The same where the carrier refused the second request. */
  'half-refused': ({
    primary,
    failover,
    refusal,
  }: {
    readonly primary: string;
    readonly failover: string;
    readonly refusal: Trouble;
  }) =>
    `Only its failover was set: it has ${route(primary)}, then ${route(failover)} now. ${message(refusal)}`,
  /** It may have been sent before the plan was stopped. */
  'stopped-unchanged': () =>
    'The change was stopped. It may have been sent before, and the number has the routes that it had.',
  attempts: orderReasons.attempts,
  'given-up': ({ tries, last }: { readonly tries: number; readonly last: Trouble | null }) =>
    `Given up after ${countOf(amount(tries), 'attempt')}: ${last ? message(last) : ''}`,
};

type Row = { readonly count: number; readonly last: Coded | null };

const anyWait = {
  text: (sentence: string) => text(sentence),
  paused: () => 'Paused. Nothing is sent until you resume it.',
  closed: () => 'Numberdesk was closed while this ran. Nothing is sent until you resume it.',
  trouble: said,
  'unclear-row': ({ count, last }: Row) =>
    `${numbers(count)} in a row had no clear answer. ${reasonWords(last)} Resume when it is better, or stop.`,
  'refused-row': ({ count, last }: Row) =>
    `${numbers(count)} in a row were refused, the last one with: ${reasonWords(last)} Resume to go on, or stop.`,
  mended: () =>
    'The record on this computer was damaged and put together again. Each number is looked up with the carrier before anything is sent. Resume when you have looked at it.',
};

/** Cents. */
type Price = { readonly setup: number; readonly monthly: number };
/** Of the numbers whose outcome a crash left open: how many were bought, are not there, and could not be asked for. */
type Found = {
  readonly open: number;
  readonly bought: number;
  readonly absent: number;
  readonly unasked: number;
};

const orderWaits = {
  ...anyWait,
  dearer: ({
    number,
    now,
    before,
  }: {
    readonly number: string;
    readonly now: Price;
    readonly before: Price;
  }) =>
    `${text(number)} costs ${money(now.setup)} set-up and ${money(now.monthly)} a month by now, not ${money(before.setup)} and ${money(before.monthly)}. Look at what is left and what it costs, then go on or stop.`,
  /** A refusal that is about the account, as the reason of the number that met it. */
  account: (refusal: Coded) =>
    `${reasonWords(refusal)} Nothing more was sent. Resume when it is settled, or stop.`,
  /** `trouble` is null when the question was called off by a pause. */
  'look-up': ({ number, trouble }: { readonly number: string; readonly trouble: Trouble | null }) =>
    `${trouble ? message(trouble) : anyWait.paused()} Whether ${text(number)} was bought is looked up when you resume.`,
  interrupted: (found: Found) => `${anyWait.closed()} ${foundWords(found)}`,
  'no-clear-answer': (count: number) =>
    `The carrier has no clear answer for ${numbers(count)}. Resume to try again, or stop.`,
  'bought-unknown': (count: number) =>
    `Whether ${formatCount(amount(count))} of its numbers ${agree(count, 'was', 'were')} bought is not known: each sync looks for ${agree(count, 'it', 'them')}.`,
  'lost-order': () =>
    'An order whose own entry was lost. Its numbers are listed as far as they could be read.',
  'backup-unclear': () =>
    'It comes from a backup: nothing of it is sent. Resume to look up what may have been bought, or set it aside.',
  'backup-cart': () => 'It was not finished when the backup was made. What was not bought is in the cart.',
};

const planWaits = {
  ...anyWait,
  'fewer-requests': () => 'The carrier asks for fewer requests. Resume after a while, or stop.',
  'not-looked-up': () => 'Some numbers could not be looked up.',
  'changed-unknown': (count: number) =>
    `Whether ${formatCount(amount(count))} of its numbers ${agree(count, 'was', 'were')} changed is not known: an undo looks at ${agree(count, 'it', 'them')}.`,
  retry: () => 'Resume to try again what failed.',
  /** Of a draft. */
  'not-compared': (trouble: Trouble) => `Not compared with the carrier: ${said(trouble)}`,
  'backup-left': () => 'It was not finished when the backup was made: the rest was left as it was.',
  'backup-unknown': () =>
    'It was not finished when the backup was made. What may have been changed is not known: an undo looks at it.',
  'backup-draft': () => 'It comes from a backup: compare it with the carrier again.',
  'account-changed': () => 'Its account was moved or joined since: compare it with the carrier again.',
};

/** Jobs of a kind in a backup that had not ended, how many of their numbers were not sent, and how many may have been. */
export type UnfinishedJobs = { readonly jobs: number; readonly unsent: number; readonly unclear: number };

/** A kind of job in words: what one, several and "a" of them are called, and what becomes of the unfinished ones of a backup. */
type JobNames = {
  readonly one: string;
  readonly many: string;
  readonly a: string;
  /** What stands before the ordinal of one ("Order 12"), and the key that asks for it in a query. */
  readonly title: string;
  readonly key: string;
  /** What the record of activity calls one whose own entry was lost with a damaged record. */
  readonly lost: string;
  readonly unfinished: (found: UnfinishedJobs) => string;
};

/** Every kind of job, by the word that the record of activity knows it by. */
export const jobNames = {
  order: {
    ...{ one: 'order', many: 'orders', a: 'an order' },
    ...({ title: 'Order', key: 'order', lost: 'An order whose own entry was lost' } as const),
    unfinished({ jobs, unsent, unclear }) {
      const parts = [
        unsent > 0 ? `${countOf(unsent, 'number goes', 'numbers go')} into the cart, to be reviewed` : '',
        unclear > 0 ? `${countOf(unclear, 'number is', 'numbers are')} looked up first` : '',
      ].filter(Boolean);
      const then = parts.length > 0 ? `: ${parts.join(', ')}` : '';
      return `${countOf(jobs, 'order was', 'orders were')} not finished when the backup was made. Nothing of ${agree(jobs, 'it', 'them')} is sent from here${then}.`;
    },
  },
  plan: {
    ...{ one: 'change of routes', many: 'changes of routes', a: 'a change of routes' },
    ...({ title: 'Change', key: 'change', lost: 'A change of routes whose own entry was lost' } as const),
    unfinished: ({ jobs }) =>
      `${countOf(jobs, 'change of routes was', 'changes of routes were')} not finished. The rest can be planned anew, and is compared first.`,
  },
} satisfies Readonly<Record<string, JobNames>>;

export type JobSubject = keyof typeof jobNames;
export const jobSubjects = Object.keys(jobNames) as [JobSubject, ...JobSubject[]];
/** Something for each kind of job. */
export function forEachJob<T>(of: (subject: JobSubject) => T): Readonly<Record<JobSubject, T>> {
  return Object.fromEntries(jobSubjects.map((subject) => [subject, of(subject)])) as Record<JobSubject, T>;
}

export type OrderReason = CodedBy<typeof orderReasons>;
export type PlanReason = CodedBy<typeof planReasons>;
export type JobReason = OrderReason | PlanReason;
export type OrderWait = CodedBy<typeof orderWaits>;
export type PlanWait = CodedBy<typeof planWaits>;
export type JobWait = OrderWait | PlanWait;

/** What became of a number, in a sentence; '' when there is nothing to say. */
export function reasonWords(reason: Coded | null): string {
  return wordsBy({ ...orderReasons, ...planReasons }, reason);
}

/** Why a job waits, or ended as it did, and what to do; '' when there is nothing to say. */
export function waitWords(wait: Coded | null): string {
  return wordsBy({ ...orderWaits, ...planWaits }, wait);
}

/** Why an order waits, for the record of activity: no words of a carrier go there. */
export function recordedWait({ code, detail }: JobWait): string {
  switch (code) {
    case 'paused':
    case 'closed':
      return 'was paused';
    case 'trouble':
      return `waits: ${plainReason(detail)}`;
    case 'look-up':
      return detail.trouble ? `waits: ${plainReason(detail.trouble)}` : 'was paused';
    case 'dearer':
      return 'waits: a price went up';
    case 'account':
      return 'waits: the carrier did not take it, for a reason that is not about one number';
    case 'unclear-row':
      return `waits: no clear answer for ${numbersOf(detail.count)} in a row`;
    case 'refused-row':
      return `waits: ${numbersOf(detail.count)} in a row were refused`;
    default:
      return 'waits: no clear answer';
  }
}

/** What a look-up after a crash found. */
export function foundWords({ open, bought, absent, unasked }: Found): string {
  const parts = [
    `${formatCount(amount(bought))} of ${formatCount(amount(open))} on their way ${agree(bought, 'was', 'were')} bought`,
    absent > 0 ? `${formatCount(absent)} ${agree(absent, 'is', 'are')} not in the account so far` : '',
    unasked > 0 ? `${formatCount(unasked)} could not be asked for` : '',
  ];
  const again = ' What is not known is looked up again before anything is sent.';
  return `After the interruption: ${parts.filter(Boolean).join(', ')}.${absent + unasked > 0 ? again : ''}`;
}

/** An error as it is kept in a record. */
export function troubleOf({ code, message, action }: AppError): Trouble {
  return { code, message, action };
}
