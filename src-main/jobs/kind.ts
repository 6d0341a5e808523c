import type { ActivityNote } from '../activity/activity-store.ts';
import type { Carrier } from '../carrier/carrier.ts';
import type { AppError } from '../contract/errors.ts';
import { troubleOf, type JobReason, type JobWait } from '../contract/job-words.ts';

export type JobPhase = 'draft' | 'running' | 'stopping' | 'paused' | 'done';

/** `sent` counts requests that may have reached the carrier: such a number is looked up even when the job is stopped. */
export type JobItem = { readonly number: string; readonly status: string; readonly sent: number };

/** What became of a number. `clear`: the carrier refused the last request, so that it has changed nothing. */
export type Mark = {
  readonly number: string;
  readonly status: string;
  readonly reason: JobReason | null;
  readonly clear?: boolean;
};

export type JobView = {
  readonly id: number;
  readonly ordinal: number;
  readonly phase: JobPhase;
  /** Nothing of it is sent any more: resuming only looks up what may have been sent. */
  readonly stopped: boolean;
  readonly counts: Readonly<Record<string, number>>;
};

/** The types of one kind of job: its numbers, what is written of them, what is told of it, what a write answers. */
export type JobTypes = {
  readonly item: JobItem;
  readonly mark: Mark;
  readonly view: JobView;
  readonly written: unknown;
};

/** Everything waits, and why. */
export type Hold = {
  readonly wait: JobWait;
  /** Done once nothing is on its way any more, and before it is told; `signal` ends when somebody pauses or stops. */
  readonly first?: (signal: AbortSignal) => Promise<void>;
};

/** What one attempt at a number came to. */
export type Step<J extends JobTypes> = {
  /** Null when what is written down of the number is true already. */
  readonly mark: J['mark'] | null;
  /** After the mark is written: what the list learns. */
  readonly after?: (written: J['written']) => Promise<void>;
  /** Another attempt: after a pause that grows, or at once. `later`: others come first. Without it the number is settled for now. */
  readonly next?: 'again' | 'at once' | 'later';
  /** What it says of the carrier: so many in a row of a bad kind and the job waits. `odd` refusals are not documented ones. */
  readonly row?: 'yes' | 'refused' | 'odd' | 'unclear';
  readonly hold?: Hold;
  /** A question about the number was called off, so that the run asks nothing more. */
  readonly calledOff?: boolean;
};

/** What a step may use. */
export type StepContext<J extends JobTypes> = {
  /** The job. */
  readonly id: number;
  readonly carrier: Carrier;
  /** Attempts so far that ended with `again`, in this run. */
  readonly tries: number;
  /** It had its turn before and came last. */
  readonly last: boolean;
  /** The job is being stopped: what may have been sent is looked up, and nothing is sent any more. */
  readonly stopping: boolean;
  /** Whether somebody has stopped the job by now. */
  readonly stopped: () => boolean;
  /** Ends the wait for a turn to send, and what comes before it. Never a request that left. */
  readonly writes: AbortSignal;
  /** Gives the signal for one question about what may have been sent. */
  readonly looks: () => AbortSignal;
  /** Ends waits, and what goes on while a job is stopped, some time after somebody paused it. */
  readonly patience: AbortSignal;
  /** A pause that grows with each attempt; over at once when nothing is to be sent any more. */
  readonly breathe: (attempt: number) => Promise<void>;
  /**
   * Writes down that a request leaves, which is awaited before it does. False when it must not leave any more, and then nothing
   * is written: the request has to follow in the same tick.
   */
  readonly sending: (mark: J['mark']) => Promise<boolean>;
  readonly mark: (mark: J['mark']) => Promise<J['written']>;
  /** Said in the tick of an answer that is no yes: nothing new leaves before this number is settled. */
  readonly alarm: () => void;
};

/** Everything that is a kind's own: the engine does the rest. A kind is one file in its feature. */
export type JobKind<J extends JobTypes> = {
  /** The word for one of them, and what needs keys. */
  readonly name: string;
  readonly purpose: string;
  /** Numbers at work side by side, at most. */
  readonly lanes: number;
  /** It costs money: side by side only after a yes, and after a refusal that is not understood one by one again. */
  readonly careful: boolean;
  /** How many numbers in a row make it wait. */
  readonly breaker: { readonly refused: number; readonly odd: number; readonly unclear: number };
  /** Stages of `JobShape.stages`: the last one is what was not sent yet. */
  readonly stages: number;
  /** The first of the pauses between attempts, in milliseconds. */
  readonly againMs: number;
  /** Numbers that were put off to the end get a second turn in the same run. */
  readonly twoTurns: boolean;
  /** A run begins: what only the run before it could know is forgotten. */
  begins?(): void;
  step(item: J['item'], context: StepContext<J>): Promise<Step<J>>;
  /** Why it waits when numbers are left and nothing else says why. */
  remains(view: J['view']): JobWait;
  /** Said of a job that was set aside while numbers are not known. */
  aside(unknown: number): JobWait;
  /** What the activity remembers of its end, and of a wait; null for nothing. */
  ended(view: J['view']): Promise<ActivityNote>;
  waits?(view: J['view'], wait: JobWait): ActivityNote;
  /** Once after a start, when there are keys: finds out what a crash left open of a job. */
  reconcile?(id: number, carrier: Carrier | null, signal: AbortSignal): Promise<void>;
};

export const paused = { code: 'paused', detail: null } as const;
export const closed = { code: 'closed', detail: null } as const;

/** Trouble with the carrier or inside: everything waits until it is over. */
export function trouble(error: AppError): Hold {
  return { wait: { code: 'trouble', detail: troubleOf(error) } };
}
