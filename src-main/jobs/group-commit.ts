/**
 * Gathers what is added while a write is on its way into the next one: many lanes share one transaction, and each waits
 * until its own part is written.
 */
export class GroupCommit<T> {
  #write: (items: T[]) => Promise<void>;
  #next: T[] = [];
  #running: Promise<void> | null = null;
  #queued: Promise<void> | null = null;

  constructor(write: (items: T[]) => Promise<void>) {
    this.#write = write;
  }

  /** Resolves when the item is written; rejects when its write failed. */
  add(item: T): Promise<void> {
    this.#next.push(item);
    this.#queued ??= this.#after();
    return this.#queued;
  }

  async #after(): Promise<void> {
    await this.#running?.catch(() => undefined);
    const items = this.#next;
    this.#next = [];
    this.#queued = null;
    this.#running = this.#write(items);
    await this.#running;
  }
}
