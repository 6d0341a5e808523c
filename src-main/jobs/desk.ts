import type { Carrier } from '../carrier/carrier.ts';
import { failure, type Failure } from '../contract/errors.ts';
import { cancelled } from '../platform/cancel.ts';
import { Tasks } from '../platform/tasks.ts';
import { closed, paused, type JobTypes } from './kind.ts';
import { Runner, type Begin, type JobOptions } from './runner.ts';

export type DeskOptions<J extends JobTypes> = JobOptions<J> & {
  readonly carrier: () => Carrier | null;
  readonly onJob: (job: J['view']) => void;
  /** Rejects while nothing may be sent here, because another account that may be the same one has something open. */
  readonly needFree?: () => Promise<void>;
  /** How long finding out after a start may take before somebody who waits for it gets an answer; for tests. */
  readonly patienceMs?: number;
};

/** A desk as whoever does not know its kind of job sees it. */
export type JobDesk = {
  /** Not null while one of its jobs sends requests. */
  readonly running: object | null;
  interrupt(): void;
};

const closeGraceMs = 500;
const reconcileMs = 15_000;

/** The jobs of one kind of an account: one of them runs at a time. `V` is what whoever asks for one gets. */
export class Desk<J extends JobTypes, V extends J['view'] = J['view']> {
  /** What a window asked for, and look-ups: waited for at the end. */
  readonly tasks = new Tasks();
  #options: DeskOptions<J>;
  #run: Runner<J> | null = null;
  #ended: Promise<void> = Promise.resolve();
  /** A job is being begun or ended: taken before anything is awaited, so that another window finds it taken. */
  #place: { readonly id: number | null; readonly left: Promise<void> } | null = null;
  /** Jobs that had not ended when the application was started. */
  #unfinished: readonly number[] = [];
  #recovery: Promise<void> | null = null;

  constructor(options: DeskOptions<J>) {
    this.#options = options;
  }

  /** Before anybody can ask for a job: what ran when the application ended waits from now on, and is told of. */
  async load(): Promise<void> {
    this.#unfinished = await this.#options.journal.recover();
    for (const id of this.#unfinished) await this.tell(id);
  }

  /** Finds out what a crash left behind, once for a start. Until then nothing is begun or ended. */
  recover(): Promise<void> {
    this.#recovery ??= this.tasks
      .run(() => this.#recover())
      .catch((thrown: unknown) => {
        this.#recovery = null;
        throw thrown;
      });
    return this.#recovery;
  }

  async #recover(): Promise<void> {
    const { kind, carrier, patienceMs = reconcileMs } = this.#options;
    if (kind.reconcile) {
      // What cannot be asked for by then is asked for when the job is resumed.
      const signal = AbortSignal.any([this.tasks.signal, AbortSignal.timeout(patienceMs)]);
      for (const id of this.#unfinished) {
        await kind.reconcile(id, carrier(), signal);
        await this.tell(id);
      }
    }
    this.#unfinished = [];
  }

  /** What `recover` does; null before it was asked for. */
  get recovering(): Promise<void> | null {
    return this.#recovery;
  }

  async get(id: number): Promise<V> {
    const job = await this.#options.journal.summary(id);
    if (job) return job as V;
    throw failure('not-found', `There is no such ${this.#options.kind.name}.`, 'Choose another one.');
  }

  /** The carrier to ask; throws `signed-out` when there are no keys. */
  needCarrier(): Carrier {
    const found = this.#options.carrier();
    if (found) return found;
    const message = `There are no keys to ${this.#options.kind.purpose} with.`;
    throw failure('signed-out', message, 'Enter the keys of this account.');
  }

  /** See `DeskOptions.needFree`. */
  async needFree(): Promise<void> {
    await this.#options.needFree?.();
  }

  /** The job that sends requests, or null. */
  get running(): Runner<J> | null {
    return this.#run;
  }

  async pause(id: number): Promise<V> {
    if (this.#run?.id === id) this.#run.pause();
    const job = await this.get(id);
    if (this.#run || this.#place || !isRunning(job)) return job;
    return this.#then(id, () => this.#alone(id, () => Promise.resolve()));
  }

  /** The record was damaged while a job ran: it waits for the person. */
  interrupt(): void {
    this.#run?.pause();
  }

  /**
   * Runs a job. `allow` looks at it once it is known that nothing else runs: it rejects when that is not to be, gives null when
   * there is nothing to do, or what the run needs besides. Who finds it being begun or running joins.
   */
  begin(id: number, allow: (job: V) => Promise<Begin | null> | Begin | null): Promise<V> {
    return this.#then(id, async () => {
      this.needCarrier();
      while (this.#place?.id === id) await this.#place.left;
      const run = this.#run;
      if (run?.id === id && !run.leaving) {
        await run.begun;
        const job = await this.get(id);
        // One that came to its end meanwhile is begun again.
        if (!run.leaving) {
          await allow(job);
          return;
        }
      }
      await this.#alone(id, async () => {
        await this.needFree();
        await this.recover();
        const job = await this.get(id);
        const allowed = await allow(job);
        if (allowed) await this.start(id, { stopping: job.stopped, ...allowed });
      });
    });
  }

  /** Leaves what was not sent. What may have been sent is looked up before the job is done. */
  stop(id: number): Promise<V> {
    return this.#then(id, async () => {
      const { journal } = this.#options;
      if (!isBegun(await this.get(id))) return;
      while (this.#place?.id === id) await this.#place.left;
      if (this.#run?.id === id && this.#run.stop()) {
        // From here on nothing of it is sent again, even if the process is killed.
        await journal.stop(id);
        return this.tell(id);
      }
      await this.#alone(id, async () => {
        await this.recover();
        if (!isBegun(await this.get(id))) return;
        await journal.stop(id);
        await journal.leave(id);
        if (await journal.hasOpen(id)) {
          await this.tell(id);
          this.needCarrier();
          return this.start(id, { stopping: true });
        }
        await journal.setPhase(id, 'done', null);
        await this.#noteEnd(id);
      });
    });
  }

  /** Ends a job that waits because numbers cannot be looked up: they stay unknown. */
  setAside(id: number): Promise<V> {
    return this.#then(id, () =>
      this.#alone(id, async () => {
        const { journal, kind } = this.#options;
        await this.recover();
        if (!isBegun(await this.get(id))) return;
        await journal.leave(id);
        const { unknown = 0 } = (await this.get(id)).counts;
        await journal.setAside(id, unknown > 0 ? kind.aside(unknown) : null);
        await this.#noteEnd(id);
      }),
    );
  }

  /** Does what makes a job and begins it, as the only one. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.tasks.run(() => this.#alone(null, work));
  }

  async #alone<T>(id: number | null, work: () => Promise<T>): Promise<T> {
    if (this.#place || (this.#run && !this.#run.leaving)) throw this.#taken(id);
    const left = Promise.withResolvers<void>();
    this.#place = { id, left: left.promise };
    try {
      // A job that is only writing down its end is waited for.
      await this.#ended;
      if (id !== null) await this.#rest(id);
      return await work();
    } finally {
      this.#place = null;
      left.resolve();
    }
  }

  /** What runs by the record and not here could not write down its end, on a full disk: it waits for the person. */
  async #rest(id: number): Promise<void> {
    const { journal } = this.#options;
    const job = await journal.summary(id);
    if (!job || !isRunning(job)) return;
    await journal.settleSending(id);
    if (job.stopped) await journal.leave(id);
    await journal.setPhase(id, 'paused', paused);
    await this.tell(id);
  }

  #taken(id: number | null): Failure {
    const { name } = this.#options.kind;
    if (id !== null && this.#run?.id === id)
      return failure('rejected', `The ${name} is running.`, 'Pause it first.');
    return failure('rejected', `Another ${name} is running.`, 'Wait until it is done, or pause it.');
  }

  /** Begins to send, in the place of `alone`. Once the account is being closed nothing begins: the job waits for the next start. */
  async start(id: number, begin: Begin = {}): Promise<void> {
    if (this.tasks.closing) {
      if (!isBegun(await this.get(id))) throw cancelled();
      return this.#options.journal.setPhase(id, 'paused', closed);
    }
    const run = new Runner({
      ...{ ...this.#options, ...begin, id },
      carrier: () => this.needCarrier(),
      tell: () => this.tell(id),
    });
    this.#run = run;
    this.#ended = run.done.then(() => {
      if (this.#run === run) this.#run = null;
      this.atRest();
      return this.tell(id).catch(() => undefined);
    });
    await run.begun;
  }

  async tell(id: number): Promise<void> {
    const job = await this.#options.journal.summary(id);
    if (job) this.#options.onJob(this.live(job));
  }

  /** Adds what only this process knows of a job. */
  protected live<T extends J['view']>(job: T): T {
    return job;
  }

  /** A run has ended, whatever became of its job. */
  protected atRest(): void {
    return;
  }

  /** Does the work as one that closing waits for, then gives the job as it is by then. */
  #then(id: number, work: () => Promise<void>): Promise<V> {
    return this.tasks.run(async () => {
      await work();
      return this.get(id);
    });
  }

  async #noteEnd(id: number): Promise<void> {
    await this.tell(id);
    await this.#options.record(await this.#options.kind.ended(await this.get(id)));
  }

  /** Resolves when nothing runs: for tests, and before the files are closed. */
  async settled(): Promise<void> {
    await this.#ended;
  }

  async close(): Promise<void> {
    const begun = this.tasks.close();
    this.#run?.pause(closed, closeGraceMs);
    await begun;
    await this.settled();
  }
}

const isRunning = ({ phase }: { readonly phase: string }) => phase === 'running' || phase === 'stopping';
const isBegun = ({ phase }: { readonly phase: string }) => phase !== 'done' && phase !== 'draft';
