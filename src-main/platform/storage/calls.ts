import type { WorkerCall } from './protocol.ts';

/**
 * Calls that wait. What a window asks goes before everything else, so that it is answered while a sync writes; all others
 * keep their order. Of questions for the same view only the newest waits.
 */
export class CallQueue {
  #first: string | undefined;
  #questions: WorkerCall[] = [];
  #others: WorkerCall[] = [];

  /** `first`: the name of the call that goes before all others. */
  constructor(first?: string) {
    this.#first = first;
  }

  /** Returns the call that nobody needs an answer to any more. */
  add(call: WorkerCall): WorkerCall | undefined {
    if (call.name !== this.#first) {
      this.#others.push(call);
      return undefined;
    }
    const view = viewOf(call);
    const at = view === undefined ? -1 : this.#questions.findIndex((other) => viewOf(other) === view);
    const [superseded] = at < 0 ? [] : this.#questions.splice(at, 1);
    this.#questions.push(call);
    return superseded;
  }

  get others(): number {
    return this.#others.length;
  }

  nextQuestion(): WorkerCall | undefined {
    return this.#questions.shift();
  }

  nextOther(): WorkerCall | undefined {
    return this.#others.shift();
  }
}

function viewOf({ args: [input] }: WorkerCall): unknown {
  return (input as { view?: unknown } | undefined)?.view;
}
