import { Worker } from 'node:worker_threads';
import { Failure, failure } from '../../contract/errors.ts';
import type { WorkerAnswer } from './protocol.ts';
import type { Recovered } from './recovery.ts';
import type { Size, Stores } from './served-file.ts';

type Pending = { resolve(value: unknown): void; reject(error: Failure): void; name: string; at: number };

/** A call slower than this is logged by name, once in so long for each name. */
const slowMs = 40;
const noteEveryMs = 60_000;
/** A thread that has closed its file and does not end is ended after this many milliseconds. */
const stuckMs = 5_000;

export type FileOptions = {
  readonly file: string;
  readonly workerUrl: URL;
  readonly log: (line: string) => void;
  readonly onChange?: (size: Size) => void;
  /** The file was damaged; it is kept at this path and a new one was begun. */
  readonly onMoved?: (movedTo: string) => void;
  /** The file was damaged, or gone; it was put together again. */
  readonly onRecovered?: (recovered: Recovered) => void;
};

/**
 * Opens one file in a thread of its own. `kind` is one that the thread knows (`serve`), and `S` its stores. Rejects with
 * `storage-newer` or `storage` when that cannot be done.
 */
export async function openFile<S>(kind: string, options: FileOptions): Promise<FileClient<S>> {
  // What lasts lives in typed arrays; a small nursery keeps what passes through from growing the thread.
  const worker = new Worker(options.workerUrl, {
    workerData: { kind, file: options.file },
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
  });
  await new Promise<void>((resolve, reject) => {
    worker.once('message', (answer: WorkerAnswer) => {
      if (answer.kind === 'opened') resolve();
      else reject(answer.kind === 'failed' ? new Failure(answer.error) : stopped());
    });
    worker.once('error', (error) => {
      options.log(`storage worker failed to start: ${error.name}`);
      reject(stopped());
    });
  }).catch(async (error: unknown) => {
    await worker.terminate();
    throw error;
  });
  return new FileClient<S>(worker, options);
}

/** A file as the rest of the application sees it. Every call rejects with `storage` once the thread died. */
export class FileClient<S> {
  /** Its stores by name: a call crosses to the thread and answers later. */
  readonly stores: Stores<S>;
  #worker: Worker;
  #options: FileOptions;
  #pending = new Map<number, Pending>();
  #slow = new Map<string, { toldAt: number; untold: number }>();
  #nextId = 1;
  #dead = false;

  constructor(worker: Worker, options: FileOptions) {
    this.stores = remote((store) =>
      remote(
        (method) =>
          (...args: unknown[]) =>
            this.#call(`${store}.${method}`, args),
      ),
    ) as Stores<S>;
    this.#worker = worker;
    this.#options = options;
    worker.on('message', (answer: WorkerAnswer) => {
      this.#receive(answer);
    });
    worker.on('error', (error) => {
      options.log(`storage worker failed: ${error.name}`);
    });
    worker.on('exit', () => {
      this.#dead = true;
      for (const pending of this.#pending.values()) pending.reject(stopped());
      this.#pending.clear();
    });
  }

  #call(name: string, args: unknown[]): Promise<unknown> {
    if (this.#dead) return Promise.reject(stopped());
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      const at = performance.now();
      this.#pending.set(id, { resolve, reject, name, at });
      this.#worker.postMessage({ id, name, args });
    });
  }

  /** Writes everything out and ends the worker. */
  async close(): Promise<void> {
    if (this.#dead) return;
    const exited = new Promise((resolve) => this.#worker.once('exit', resolve));
    await this.#call('close', []).catch(() => undefined);
    // The thread ends by itself. Terminating it while SQLite's binding still frees memory would crash the whole process.
    const stuck = setTimeout(() => void this.#worker.terminate(), stuckMs);
    await exited;
    clearTimeout(stuck);
  }

  #receive(answer: WorkerAnswer): void {
    if (answer.kind === 'log') this.#options.log(answer.line);
    if (answer.kind === 'recovered') this.#options.onRecovered?.(answer.recovered);
    if (answer.kind === 'moved') this.#options.onMoved?.(answer.movedTo);
    if (answer.kind === 'changed') this.#options.onChange?.(answer.size);
    if (answer.kind !== 'answer') return;
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if (!pending) return;
    const took = performance.now() - pending.at;
    if (took > slowMs) this.#noteSlow(pending.name, took);
    if (answer.error) pending.reject(new Failure(answer.error));
    else pending.resolve(answer.value);
  }

  /** Writes wait behind questions: while a sync runs, thousands of them would fill the log with the same line. */
  #noteSlow(name: string, took: number): void {
    const now = performance.now();
    const note = this.#slow.get(name) ?? { toldAt: -noteEveryMs, untold: 0 };
    this.#slow.set(name, note);
    if (now - note.toldAt < noteEveryMs) {
      note.untold += 1;
      return;
    }
    const more = note.untold > 0 ? `, ${note.untold} more since the last note` : '';
    this.#options.log(`slow storage call: ${name} ${Math.round(took)} ms${more}`);
    Object.assign(note, { toldAt: now, untold: 0 });
  }
}

/** An object whose properties are made when they are asked for. It has no `then`, so that `await` does not take it for a promise. */
function remote<T>(make: (name: string) => T): Record<string, T> {
  const made = new Map<string, T>();
  return new Proxy<Record<string, T>>(
    {},
    {
      get(_, name) {
        if (typeof name === 'symbol' || name === 'then') return undefined;
        const known = made.get(name) ?? make(name);
        made.set(name, known);
        return known;
      },
    },
  );
}

function stopped(): Failure {
  return failure('storage', 'The part of Numberdesk that keeps its data has stopped.', 'Restart Numberdesk.');
}
