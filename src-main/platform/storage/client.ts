import { Worker } from 'node:worker_threads';
import { Failure, failure } from '../../contract/errors.ts';
import type { Recovered } from './recovery.ts';
import type { StoreKind, StoreMethod, Stores, WorkerAnswer } from './protocol.ts';

type Pending = { resolve(value: unknown): void; reject(error: Failure): void; method: string; at: number };
type Size = { readonly revision: number; readonly total: number };
/** A method that works in steps answers with what it returns at its end. */
type Calls<T, K extends keyof T> = T[K] extends (...args: infer A) => infer R
  ? { args: A; result: R extends Generator<void, infer V> ? V : R }
  : never;

/** A call slower than this is logged by name, once in so long for each name. */
const slowMs = 40;
const noteEveryMs = 60_000;
/** A thread that has closed its file and does not end is ended after this many milliseconds. */
const stuckMs = 5_000;

export type StoreClientOptions = {
  readonly file: string;
  readonly workerUrl: URL;
  readonly log: (line: string) => void;
  readonly onChange?: (size: Size) => void;
  /** The file was damaged; it is kept at this path and a new one was begun. */
  readonly onMoved?: (movedTo: string) => void;
  /** The file was damaged, or gone; it was put together again. */
  readonly onRecovered?: (recovered: Recovered) => void;
};

/** Opens one store in its worker thread. Rejects with `storage-newer` or `storage` when that cannot be done. */
export async function openStore<K extends StoreKind>(
  kind: K,
  options: StoreClientOptions,
): Promise<StoreClient<K>> {
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
  return new StoreClient<K>(worker, options);
}

/** The store as the rest of the application sees it. Every call rejects with `storage` once the worker died. */
export class StoreClient<K extends StoreKind> {
  #worker: Worker;
  #options: StoreClientOptions;
  #pending = new Map<number, Pending>();
  #slow = new Map<string, { toldAt: number; untold: number }>();
  #nextId = 1;
  #dead = false;

  constructor(worker: Worker, options: StoreClientOptions) {
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

  call<M extends StoreMethod<K>>(
    method: M,
    ...args: Calls<Stores[K], M>['args']
  ): Promise<Calls<Stores[K], M>['result']> {
    if (this.#dead) return Promise.reject(stopped());
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      const at = performance.now();
      const settle = resolve as (value: unknown) => void;
      this.#pending.set(id, { resolve: settle, reject, method: String(method), at });
      this.#worker.postMessage({ id, method, args });
    });
  }

  /** Writes everything out and ends the worker. */
  async close(): Promise<void> {
    if (this.#dead) return;
    const exited = new Promise((resolve) => this.#worker.once('exit', resolve));
    await this.call('close' as StoreMethod<K>, ...([] as never)).catch(() => undefined);
    // The thread ends by itself. Terminated while SQLite's binding still frees what it holds, it takes the whole process with it.
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
    if (took > slowMs) this.#noteSlow(pending.method, took);
    if (answer.error) pending.reject(new Failure(answer.error));
    else pending.resolve(answer.value);
  }

  /** Writes wait behind questions: while a sync runs, thousands of them would fill the log with the same line. */
  #noteSlow(method: string, took: number): void {
    const now = performance.now();
    const note = this.#slow.get(method) ?? { toldAt: -noteEveryMs, untold: 0 };
    this.#slow.set(method, note);
    if (now - note.toldAt < noteEveryMs) {
      note.untold += 1;
      return;
    }
    const more = note.untold > 0 ? `, ${note.untold} more since the last note` : '';
    this.#options.log(`slow storage call: ${method} ${Math.round(took)} ms${more}`);
    Object.assign(note, { toldAt: now, untold: 0 });
  }
}

function stopped(): Failure {
  return failure('storage', 'The part of Numberdesk that keeps its data has stopped.', 'Restart Numberdesk.');
}
