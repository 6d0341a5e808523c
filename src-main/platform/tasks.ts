import { cancelled } from './cancel.ts';

/**
 * Work that its owner waits for when it closes: from then on nothing begins any more, and what has begun ends before the files
 * it writes to are closed.
 */
export class Tasks {
  #running = new Set<Promise<unknown>>();
  #abort = new AbortController();

  /** Aborted when the owner is being closed: ends waits and reads, never a write that has left. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get closing(): boolean {
    return this.#abort.signal.aborted;
  }

  /** Does the work; rejects with `cancelled`, nothing done, when the owner is being closed. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.closing) throw cancelled();
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Lets nothing begin any more, and resolves when all that has begun has ended. */
  async close(): Promise<void> {
    this.#abort.abort();
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
