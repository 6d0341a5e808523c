import type { WorkerCall } from './protocol.ts';

/**
 * Calls that wait. What a window asks goes before everything else, so that it is answered while a sync writes; all others
 * keep their order. Of questions for the same view only the newest waits.
 */
export class CallQueue {
  #queries: WorkerCall[] = [];
  #others: WorkerCall[] = [];

  /** Returns the call that nobody needs an answer to any more. */
  add(call: WorkerCall): WorkerCall | undefined {
    if (call.method !== 'query') {
      this.#others.push(call);
      return undefined;
    }
    const view = viewOf(call);
    const at = view === undefined ? -1 : this.#queries.findIndex((other) => viewOf(other) === view);
    const [superseded] = at < 0 ? [] : this.#queries.splice(at, 1);
    this.#queries.push(call);
    return superseded;
  }

  get queries(): number {
    return this.#queries.length;
  }

  get others(): number {
    return this.#others.length;
  }

  nextQuery(): WorkerCall | undefined {
    return this.#queries.shift();
  }

  nextOther(): WorkerCall | undefined {
    return this.#others.shift();
  }
}

function viewOf({ args: [input] }: WorkerCall): unknown {
  return (input as { view?: unknown } | undefined)?.view;
}
