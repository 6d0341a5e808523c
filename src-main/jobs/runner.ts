import { setTimeout as sleep } from 'node:timers/promises';
import type { ActivityNote } from '../activity/activity-store.ts';
import type { Carrier } from '../carrier/carrier.ts';
import { toAppError } from '../contract/errors.ts';
import type { JobWait } from '../contract/job-words.ts';
import { GroupCommit } from './group-commit.ts';
import type { JobJournal } from './job-store.ts';
import {
  paused,
  trouble,
  type Hold,
  type JobKind,
  type JobTypes,
  type Step,
  type StepContext,
} from './kind.ts';

/** Of all jobs of a kind in an account. */
export type JobOptions<J extends JobTypes> = {
  readonly kind: JobKind<J>;
  readonly journal: JobJournal<J>;
  readonly record: (entry: ActivityNote) => Promise<void>;
  readonly log: (line: string) => void;
  /** The first of the pauses between attempts in milliseconds, and numbers side by side; the kind's own unless given. */
  readonly againMs?: number | undefined;
  readonly lanes?: number | undefined;
};
/** How a job begins. */
export type Begin = {
  /** Written down when the job is taken, before it counts as running. */
  readonly prepare?: () => Promise<unknown>;
  /** Only looks up what may have been sent, and leaves the rest. */
  readonly stopping?: boolean;
};
type RunnerOptions<J extends JobTypes> = JobOptions<J> &
  Begin & {
    readonly id: number;
    /** Rejects when there are no keys. */
    readonly carrier: () => Carrier;
    readonly tell: () => Promise<void>;
  };

const tellEveryMs = 200;
/** Numbers that cross threads in one message: the main thread is never busy for long. */
const slice = 500;
/** How long a question on its way may take before a pause or a stop breaks it off. */
const pauseGraceMs = 2_000;
const mostDoublings = 5;

/** One job at work: every step is in the journal before and after its request. Ends when it is done, or waits for the person. */
export class Runner<J extends JobTypes> {
  readonly id: number;
  /** Never rejects: how it ended is in the journal. */
  readonly done: Promise<void>;
  /** Resolves when the job is marked as running; rejects when that could not be written down: then nothing was sent. */
  readonly begun: Promise<void>;
  #begun = Promise.withResolvers<void>();
  #options: RunnerOptions<J>;
  #marks: GroupCommit<J['mark'], J['written']>;
  /** Ends what has not left yet. */
  #writes = new AbortController();
  /** Ends questions that were asked before somebody paused or stopped it. */
  #looks = new AbortController();
  /** Ends what only a pause ends. */
  #patience = new AbortController();
  /** Ends what is asked for the sake of the person who has to answer a hold. */
  #asked = new AbortController();
  /** Milliseconds for a question that begins after somebody paused or stopped it; null before. */
  #grace: number | null = null;
  /** Nothing is asked any more: it was paused, there is trouble, or a question was called off. */
  #deaf = false;
  #wanted: 'paused' | 'stopping' | null;
  /** Somebody stopped it: a pause that comes later, as when the application is closed, takes nothing of that back. */
  #stopped: boolean;
  #waiting: JobWait = paused;
  #trouble: Hold | null = null;
  /** The last phase of the run is decided: nothing that comes now changes it. */
  #over = false;
  #row = { refused: 0, odd: 0, unclear: 0 };
  /** How many numbers were put off to the end. */
  #later = 0;
  /** Of a careful kind: whether the last answers were a yes, and how many of them are being found out about. */
  #trusted = false;
  #alarms = 0;
  #flying = 0;
  #freed = Promise.withResolvers<void>();
  #caution = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #settled = 0;
  #begunAt = performance.now();

  constructor(options: RunnerOptions<J>) {
    this.id = options.id;
    this.#options = options;
    this.#marks = new GroupCommit((marks) => options.journal.mark(options.id, marks));
    this.#wanted = options.stopping ? 'stopping' : null;
    this.#stopped = options.stopping ?? false;
    options.kind.begins?.();
    // A job that was stopped runs only to look up: only a pause ends that.
    if (options.stopping) this.#writes.abort();
    this.begun = this.#begun.promise;
    // Whoever awaits it gets the rejection; without anybody it must not count as unhandled.
    this.begun.catch(() => undefined);
    this.done = this.#run()
      .catch((thrown: unknown) => this.#failed(thrown))
      .finally(() => {
        if (this.#timer) clearTimeout(this.#timer);
        this.#begun.resolve();
      });
  }

  /** True once nothing is heard any more: it is being paused, or its last phase is being written. */
  get leaving(): boolean {
    return this.#over || this.#wanted === 'paused';
  }

  get perSecond(): number {
    const seconds = (performance.now() - this.#begunAt) / 1000;
    return this.#settled > 0 ? Math.round(this.#settled / Math.max(seconds, 0.1)) : 0;
  }

  /** Ends after the requests that left; questions about them get `graceMs` milliseconds. */
  pause(waiting: JobWait = paused, graceMs = pauseGraceMs): void {
    if (this.#over) return;
    this.#waiting = waiting;
    this.#wanted = 'paused';
    this.#deaf = true;
    this.#halt(graceMs, this.#patience);
  }

  /** Sends nothing more, and leaves the rest; what may have been sent is still looked up. False when it is too late to be heard. */
  stop(): boolean {
    if (this.leaving) return false;
    this.#wanted = 'stopping';
    this.#stopped = true;
    // Stopping it answers already what a wait would ask the person.
    this.#trouble = null;
    this.#deaf = false;
    this.#halt(pauseGraceMs);
    return true;
  }

  #halt(graceMs: number, ...besides: AbortController[]): void {
    this.#grace = graceMs;
    this.#asked.abort();
    this.#sendNothing();
    setTimeout(() => {
      for (const ended of [this.#looks, ...besides]) ended.abort();
    }, graceMs).unref();
  }

  #sendNothing(): void {
    this.#writes.abort();
    this.#free();
  }

  #hold(hold: Hold): void {
    this.#trouble ??= hold;
    this.#deaf = true;
    this.#sendNothing();
  }

  get #stopping(): boolean {
    return this.#wanted === 'stopping';
  }

  async #run(): Promise<void> {
    const { id, journal, kind, prepare } = this.#options;
    await prepare?.();
    // One that was halted before it began is never shown as running.
    await this.#phase(this.#stopping ? 'stopping' : 'running', null);
    this.#begun.resolve();
    this.#begunAt = performance.now();
    let left = this.#stopping;
    if (left) await journal.leave(id);
    const stages = Array.from({ length: kind.stages }, (_, stage) => stage);
    await this.#work(stages, false);
    if (kind.twoTurns && this.#later > 0 && !this.#writes.signal.aborted) {
      this.#row.unclear = 0;
      await this.#work(stages.slice(-1), true);
    }
    await this.#trouble?.first?.(this.#asked.signal);
    while (this.#stopping && !left && !this.#deaf) {
      left = true;
      await journal.leave(id);
      await this.#work(stages, false);
    }
    this.#over = true;
    if (this.#stopped) await journal.leave(id);
    if (await journal.hasOpen(id)) return this.#wait();
    await this.#phase('done', null);
    await this.#note((view) => kind.ended(view));
  }

  /** Works through what is open, many numbers side by side. */
  async #work(stages: number[], last: boolean): Promise<void> {
    const { kind, lanes = kind.lanes } = this.#options;
    const next = this.#feed(stages);
    const lane = async () => {
      for (let item = await next(); item !== undefined; item = await next()) await this.#attempt(item, last);
    };
    const careful = () =>
      lane().catch((thrown: unknown) => {
        this.#deaf = true;
        this.#sendNothing();
        throw thrown;
      });
    const ended = await Promise.allSettled(Array.from({ length: lanes }, careful));
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
  }

  /** Attempts at one number, until it is settled or comes later. */
  async #attempt(first: J['item'], last: boolean): Promise<void> {
    const { id, journal, kind } = this.#options;
    let item = first;
    for (let tries = 0; ;) {
      const isUnsent = item.sent === 0 && item.status === 'planned';
      if (this.#writes.signal.aborted && (isUnsent || this.#deaf)) return;
      const turn = new Turn();
      const context = this.#context(turn, tries, last);
      if (kind.careful && !this.#writes.signal.aborted && !(await this.#place(turn, context.writes)))
        continue;
      const step = await kind.step(item, context);
      const tripped = this.#judge(step, turn.stopping);
      this.#flying -= turn.flies ? 1 : 0;
      this.#alarms -= turn.alarmed ? 1 : 0;
      this.#free();
      if (step.mark) {
        // Where an outage makes the job wait, its last number has not failed: it is tried again after that.
        const mark = tripped && step.next === 'later' ? { ...step.mark, status: 'planned' } : step.mark;
        const written = await this.#marks.add(mark);
        if (step.next === 'later' && mark.status === 'planned') this.#later += 1;
        this.#settled += 1;
        this.#tellSoon();
        await step.after?.(written);
      }
      if (step.next === 'again') await this.#breathe((tries += 1));
      else if (step.next !== 'at once') return;
      const now = await journal.item(id, item.number);
      if (!now) return;
      item = now;
    }
  }

  #context(turn: Turn, tries: number, last: boolean): StepContext<J> {
    const { id, kind, carrier } = this.#options;
    const own = this.#writes.signal;
    const writes = kind.careful ? AbortSignal.any([own, this.#caution.signal]) : own;
    turn.stopping = this.#stopping;
    return {
      ...{ id, carrier: carrier(), tries, last, stopping: turn.stopping, writes },
      stopped: () => this.#stopped,
      looks: () => (this.#grace === null ? this.#looks.signal : AbortSignal.timeout(this.#grace)),
      patience: this.#patience.signal,
      breathe: (attempt) => this.#breathe(attempt),
      mark: (mark) => this.#marks.add(mark),
      sending: (mark) => this.#sending(mark, writes),
      alarm: () => {
        if (turn.alarmed) return;
        turn.alarmed = true;
        this.#alarms += 1;
        this.#caution.abort();
        this.#caution = new AbortController();
      },
    };
  }

  /** Waits until one more number may be at work; false when everything was called off meanwhile. */
  async #place(turn: Turn, writes: AbortSignal): Promise<boolean> {
    while (!writes.aborted && this.#flying >= this.#most()) await this.#freed.promise;
    if (writes.aborted) return false;
    this.#flying += 1;
    turn.flies = true;
    return true;
  }

  /**
   * Waits for the mark to be on disk, and looks again in the tick in which the request leaves: an answer that came meanwhile may
   * forbid it. Then the mark is taken back.
   */
  async #sending(mark: J['mark'], writes: AbortSignal): Promise<boolean> {
    if (writes.aborted) return false;
    await this.#marks.add(mark);
    this.#tellSoon();
    if (!writes.aborted) return true;
    await this.#marks.add({ ...mark, status: 'planned', clear: true });
    return false;
  }

  /** How many numbers may be on their way at once. */
  #most(): number {
    const sure = this.#trusted && this.#alarms === 0 && this.#row.odd === 0;
    return sure || !this.#options.kind.careful ? Number.POSITIVE_INFINITY : 1;
  }

  #free(): void {
    const freed = this.#freed;
    this.#freed = Promise.withResolvers<void>();
    freed.resolve();
  }

  /**
   * Takes in what an answer says of the carrier, in the tick in which it is known: trouble one number after another is about more
   * than numbers. True for a number that is given up for now and shares that with the others.
   */
  #judge({ mark, row, hold, calledOff }: Step<J>, wasStopping: boolean): boolean {
    const { breaker } = this.#options.kind;
    if (calledOff) this.#deaf = true;
    if (row === 'yes') {
      this.#trusted = true;
      this.#row = { refused: 0, odd: 0, unclear: 0 };
    }
    if (hold && (wasStopping || !this.#stopping)) this.#hold(hold);
    if (!row || row === 'yes' || this.#stopping) return false;
    this.#row[row] += 1;
    if (row === 'odd') this.#row.refused += 1;
    const { refused, odd, unclear } = this.#row;
    const last = mark?.reason ?? null;
    if (unclear >= breaker.unclear) {
      this.#hold({ wait: { code: 'unclear-row', detail: { count: unclear, last } } });
      return row === 'unclear';
    }
    if (odd >= breaker.odd || refused >= breaker.refused)
      this.#hold({ wait: { code: 'refused-row', detail: { count: refused, last } } });
    return false;
  }

  /**
   * Returns the function that gives the next number to work on, read from the journal in slices. What may have been sent comes
   * first and is looked up, stopping or not. One that was found in an earlier stage is not found again in a later one: a lane
   * may still be at it.
   */
  #feed(stages: number[]): () => Promise<J['item'] | undefined> {
    const { id, journal, kind } = this.#options;
    const left = [...stages];
    const found = new Set<string>();
    let items: J['item'][] = [];
    let after = '';
    let reading: Promise<void> | null = null;
    const read = async () => {
      // Once nothing more is to be sent, what was not sent stays where it is.
      if (left[0] === kind.stages - 1 && this.#writes.signal.aborted) left.shift();
      const [stage] = left;
      if (stage === undefined) return;
      const claimed = await journal.claim(id, stage, after, slice);
      after = claimed.at(-1)?.number ?? '';
      if (claimed.length === 0) left.shift();
      items = claimed.filter(({ number }) => !found.has(number)).reverse();
      if (stage < kind.stages - 1) for (const { number } of items) found.add(number);
    };
    return async () => {
      while (items.length === 0 && left.length > 0) {
        reading ??= read().finally(() => (reading = null));
        await reading;
      }
      return items.pop();
    };
  }

  async #failed(thrown: unknown): Promise<void> {
    const { id, journal, kind, log } = this.#options;
    const error = toAppError(thrown);
    log(`${kind.name} ended: ${error.code}`);
    this.#trouble = trouble(error);
    // What was on its way when something broke may have gone through.
    await journal.settleSending(id).catch(() => undefined);
    this.#over = true;
    // What cannot be written down is told to whoever began it. One that was stopped leaves the rest before it waits.
    const left = this.#stopped ? journal.leave(id) : Promise.resolve();
    await left
      .then(() => this.#wait())
      .catch(() => {
        this.#begun.reject(thrown);
      });
  }

  async #wait(): Promise<void> {
    this.#over = true;
    const { id, journal, kind } = this.#options;
    const asked = this.#wanted === 'paused' ? this.#waiting : null;
    const view = await journal.summary(id);
    const wait = this.#trouble?.wait ?? asked ?? (view && kind.remains(view));
    await this.#phase('paused', wait);
    await this.#note((now) => wait && kind.waits?.(now, wait));
  }

  /** Writes into the activity. Never rejects: a job has ended whether or not that can be noted. */
  async #note(
    entry: (view: J['view']) => Promise<ActivityNote> | ActivityNote | null | undefined,
  ): Promise<void> {
    const { id, journal, record, log, kind } = this.#options;
    try {
      // Its record may be lost, when that was put together again meanwhile.
      const view = await journal.summary(id);
      const noted = view && (await entry(view));
      if (noted) await record(noted);
    } catch (thrown) {
      log(`end of a ${kind.name} could not be noted: ${toAppError(thrown).code}`);
    }
  }

  async #phase(phase: 'running' | 'paused' | 'stopping' | 'done', waiting: JobWait | null): Promise<void> {
    await this.#options.journal.setPhase(this.id, phase, waiting);
    await this.#options.tell();
  }

  #breathe(attempt: number): Promise<void> {
    const wait =
      (this.#options.againMs ?? this.#options.kind.againMs) * 2 ** Math.min(attempt, mostDoublings);
    return sleep(wait, undefined, { signal: this.#writes.signal }).catch(() => undefined);
  }

  #tellSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.#options.tell().catch(() => undefined);
    }, tellEveryMs);
  }
}

/** One attempt at a number, as the runner counts it. */
class Turn {
  stopping = false;
  flies = false;
  alarmed = false;
}
