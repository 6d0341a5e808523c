import type { Journal } from '../../src-main/journal/open.ts';

type Call = (...args: unknown[]) => Promise<unknown>;
type Step = { readonly matches: (name: string, args: unknown[]) => boolean; readonly work: () => unknown };

/** A journal whose answers a test can hold back or spoil: for what happens between two writes. Calls are named `store.method`. */
export class WatchedJournal {
  readonly stores: Journal;
  #steps: Step[] = [];
  #refused = new Map<string, Error>();

  constructor(journal: Journal) {
    const all = journal as unknown as Record<string, Record<string, Call>>;
    const watched = (name: string, call: Call): Call => {
      return async (...args) => {
        const refused = this.#refused.get(name);
        if (refused) throw refused;
        const value = call(...args);
        const at = this.#steps.findIndex((step) => step.matches(name, args));
        const [step] = at < 0 ? [] : this.#steps.splice(at, 1);
        await value.catch(() => undefined);
        await step?.work();
        return value;
      };
    };
    const storeOf = (store: string) =>
      new Proxy(
        {},
        { get: (_, method: string) => watched(`${store}.${method}`, all[store]?.[method] as Call) },
      );
    this.stores = new Proxy({}, { get: (_, store: string) => storeOf(store) }) as Journal;
  }

  /** The next call that matches is made; its answer waits until the returned function is called. */
  hold(name: string, ...args: unknown[]): { reached: Promise<void>; release: () => void } {
    const gate = Promise.withResolvers<undefined>();
    const reached = this.#next(name, args, () => gate.promise);
    return {
      reached,
      release: () => {
        gate.resolve(undefined);
      },
    };
  }

  /** Every call of this name is refused, and not made, until the returned function is called. */
  refuse(name: string, error: Error): () => void {
    this.#refused.set(name, error);
    return () => this.#refused.delete(name);
  }

  /** The next call that matches is made, and its answer is lost. */
  spoil(name: string, ...args: unknown[]): Promise<void> {
    return this.#next(name, args, () => {
      throw new Error('the answer is lost');
    });
  }

  #next(name: string, given: unknown[], work: () => unknown): Promise<void> {
    return new Promise<void>((resolve) => {
      this.#steps.push({
        matches: (called, args) => called === name && given.every((arg, at) => args[at] === arg),
        work: () => {
          resolve();
          return work();
        },
      });
    });
  }
}
