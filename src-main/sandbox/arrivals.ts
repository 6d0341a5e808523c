import type { Operation } from './operations.ts';

type Awaited = { readonly operation: Operation; count: number; readonly resolve: () => void };

/** Requests that have come, before they are answered: what a test waits for that is about the time in between. */
export class Arrivals {
  /** How many wait for their answers. */
  waiting = 0;
  #awaited: Awaited[] = [];

  /** Resolves when so many requests of this operation have come from now on. */
  comes(operation: Operation, count = 1): Promise<void> {
    return new Promise((resolve) => {
      this.#awaited.push({ operation, count, resolve });
    });
  }

  /** Counts a request as waiting until `answer` has ended. */
  async answered(operation: Operation, answer: () => Promise<void>): Promise<void> {
    this.waiting += 1;
    for (const one of this.#awaited) if (one.operation === operation) one.count -= 1;
    for (const one of this.#awaited) if (one.count <= 0) one.resolve();
    this.#awaited = this.#awaited.filter(({ count }) => count > 0);
    try {
      await answer();
    } finally {
      this.waiting -= 1;
    }
  }
}
