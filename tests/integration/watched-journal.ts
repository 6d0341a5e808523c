import type { StoreClient } from '../../src-main/platform/storage/client.ts';

type Call = (method: string, ...args: unknown[]) => Promise<unknown>;
type Step = { readonly matches: (method: string, args: unknown[]) => boolean; readonly work: () => unknown };

/** A journal whose answers a test can hold back or spoil: for what happens between two writes. */
export class WatchedJournal {
  readonly client: StoreClient<'journal'>;
  #steps: Step[] = [];

  constructor(journal: StoreClient<'journal'>) {
    const call: Call = async (method, ...args) => {
      const value = (journal.call as Call).call(journal, method, ...args);
      const at = this.#steps.findIndex((step) => step.matches(method, args));
      const [step] = at < 0 ? [] : this.#steps.splice(at, 1);
      await value.catch(() => undefined);
      await step?.work();
      return value;
    };
    this.client = { call } as unknown as StoreClient<'journal'>;
  }

  /** The next call that matches is made; its answer waits until the returned function is called. */
  hold(method: string, ...args: unknown[]): { reached: Promise<void>; release: () => void } {
    const gate = Promise.withResolvers<undefined>();
    const reached = this.#next(method, args, () => gate.promise);
    return {
      reached,
      release: () => {
        gate.resolve(undefined);
      },
    };
  }

  /** The next call that matches is made, and its answer is lost. */
  spoil(method: string, ...args: unknown[]): Promise<void> {
    return this.#next(method, args, () => {
      throw new Error('the answer is lost');
    });
  }

  #next(method: string, given: unknown[], work: () => unknown): Promise<void> {
    return new Promise<void>((resolve) => {
      this.#steps.push({
        matches: (called, args) => called === method && given.every((arg, at) => args[at] === arg),
        work: () => {
          resolve();
          return work();
        },
      });
    });
  }
}
