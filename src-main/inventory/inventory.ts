import { Worker } from 'node:worker_threads';
import type { Inputs } from '../contract/contract.ts';
import { Failure, failure } from '../contract/errors.ts';
import type { OwnedNumber } from '../contract/model.ts';
import type { NumberRow, NumbersWindow, RouteUse } from '../contract/views.ts';
import type { StoreMethod, WorkerAnswer } from '../storage/protocol.ts';
import type { NumberStore, PassResult, PassState } from './store.ts';

export type InventoryOptions = {
  readonly file: string;
  readonly workerUrl: URL;
  readonly log: (line: string) => void;
  /** At most four times a second. */
  readonly onChange: (change: { revision: number; total: number }) => void;
};

const changeEveryMs = 250;
/** A call slower than this is logged by name. */
const slowMs = 40;

type Pending = { resolve(value: unknown): void; reject(error: Failure): void; method: string; at: number };

/** Opens the cached list in its worker. Rejects with `storage-newer` or `storage` when that cannot be done. */
export async function openInventory(options: InventoryOptions): Promise<Inventory> {
  const worker = new Worker(options.workerUrl, { workerData: { file: options.file } });
  const opened = await new Promise<Extract<WorkerAnswer, { kind: 'opened' }>>((resolve, reject) => {
    worker.once('message', (answer: WorkerAnswer) => {
      if (answer.kind === 'opened') resolve(answer);
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
  return new Inventory(worker, options, opened.movedTo);
}

/** The cached list as the rest of the application sees it. Every method rejects with `storage` once the worker died. */
export class Inventory {
  readonly opened: { readonly state: 'ready' } | { readonly state: 'moved-aside'; readonly movedTo: string };
  #worker: Worker;
  #options: InventoryOptions;
  #pending = new Map<number, Pending>();
  #nextId = 1;
  #dead = false;
  #changeTimer: NodeJS.Timeout | null = null;
  #change: { revision: number; total: number } | null = null;

  constructor(worker: Worker, options: InventoryOptions, movedTo: string | null) {
    this.#worker = worker;
    this.#options = options;
    this.opened = movedTo === null ? { state: 'ready' } : { state: 'moved-aside', movedTo };
    worker.on('message', (answer: WorkerAnswer) => {
      this.#receive(answer);
    });
    worker.on('error', (error) => {
      options.log(`storage worker failed: ${error.name}`);
    });
    worker.on('exit', () => {
      this.#die();
    });
  }

  query(input: Inputs['numbers.query']): Promise<NumbersWindow> {
    return this.#call('query', input);
  }

  matching(input: Inputs['numbers.matching']): Promise<{ total: number; numbers: string[] }> {
    return this.#call('matching', input);
  }

  row(number: string): Promise<NumberRow | null> {
    return this.#call('row', number);
  }

  routeUse(): Promise<RouteUse[]> {
    return this.#call('routeUse');
  }

  applyFresh(number: OwnedNumber, seenAt: number, pass: number | null = null): Promise<void> {
    return this.#call('applyFresh', number, seenAt, pass);
  }

  unfinishedPass(notBefore: number): Promise<PassState | null> {
    return this.#call('unfinishedPass', notBefore);
  }

  beginPass(startedAt: number): Promise<PassState> {
    return this.#call('beginPass', startedAt);
  }

  putPage(
    pass: number,
    page: number,
    items: readonly OwnedNumber[],
    isLast: boolean,
    seenAt: number,
  ): Promise<void> {
    return this.#call('putPage', pass, page, items, isLast, seenAt);
  }

  missed(pass: number): Promise<string[]> {
    return this.#call('missed', pass);
  }

  reopenPass(pass: number): Promise<void> {
    return this.#call('reopenPass', pass);
  }

  remove(pass: number, numbers: readonly string[]): Promise<void> {
    return this.#call('remove', pass, numbers);
  }

  finishPass(pass: number, endedAt: number): Promise<PassResult> {
    return this.#call('finishPass', pass, endedAt);
  }

  lastPass(): Promise<PassResult | null> {
    return this.#call('lastPass');
  }

  /** Writes everything out and ends the worker. */
  async close(): Promise<void> {
    if (this.#changeTimer) clearTimeout(this.#changeTimer);
    await this.#call('close').catch(() => undefined);
    await this.#worker.terminate();
  }

  #call<K extends StoreMethod>(
    method: K,
    ...args: Parameters<NumberStore[K]>
  ): Promise<ReturnType<NumberStore[K]>> {
    if (this.#dead) return Promise.reject(stopped());
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      const pending = { resolve: resolve as (value: unknown) => void, reject, method, at: performance.now() };
      this.#pending.set(id, pending);
      this.#worker.postMessage({ id, method, args });
    });
  }

  #receive(answer: WorkerAnswer): void {
    if (answer.kind === 'changed') {
      this.#change = answer.size;
      this.#changeTimer ??= setTimeout(() => {
        this.#changeTimer = null;
        if (this.#change) this.#options.onChange(this.#change);
      }, changeEveryMs);
      return;
    }
    if (answer.kind !== 'answer') return;
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if (!pending) return;
    const took = performance.now() - pending.at;
    if (took > slowMs) this.#options.log(`slow storage call: ${pending.method} ${Math.round(took)} ms`);
    if (answer.error) pending.reject(new Failure(answer.error));
    else pending.resolve(answer.value);
  }

  #die(): void {
    this.#dead = true;
    for (const pending of this.#pending.values()) pending.reject(stopped());
    this.#pending.clear();
  }
}

function stopped(): Failure {
  return failure('storage', 'The part of Numberdesk that keeps the list has stopped.', 'Restart Numberdesk.');
}
