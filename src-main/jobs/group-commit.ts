/**
 * Gathers what is added while a write is on its way into the next one: many lanes share one transaction, and each waits
 * until its own part is written.
 */
export class GroupCommit<T, R = undefined> {
  #write: (items: T[]) => Promise<unknown>;
  #next: T[] = [];
  #running: Promise<unknown> | null = null;
  #queued: Promise<unknown> | null = null;

  /** `write` answers with an `R` for each item, in their order, or with nothing. */
  constructor(write: (items: T[]) => Promise<R[] | void>) {
    this.#write = write;
  }

  /** Resolves with the answer for the item when it is written; rejects when its write failed. */
  async add(item: T): Promise<R> {
    const place = this.#next.push(item) - 1;
    this.#queued ??= this.#after();
    const answers = (await this.#queued) as R[] | undefined;
    return answers?.[place] as R;
  }

  async #after(): Promise<unknown> {
    await this.#running?.catch(() => undefined);
    const items = this.#next;
    this.#next = [];
    this.#queued = null;
    this.#running = this.#write(items);
    return this.#running;
  }
}
