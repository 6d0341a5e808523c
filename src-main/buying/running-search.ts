import type { Carrier } from '../carrier/carrier.ts';
import { noOdd, OddList } from '../carrier/odd.ts';
import type { FindStatus } from '../contract/buying.ts';
import { toAppError } from '../contract/errors.ts';
import type { OfferSource } from './offer-source.ts';
import { Offers, toOffer } from './offers.ts';

const statusEveryMs = 150;

/** One search as it fills, answer after answer, until nothing is left to be asked or nobody wants it any more. */
export class Search {
  readonly offers = new Offers();
  /** When the last answer came; until then when it began (Unix milliseconds). */
  foundAt = Date.now();
  readonly source: OfferSource;
  #status: FindStatus;
  #onStatus: (status: FindStatus) => void;
  #odd = new OddList();
  #abort = new AbortController();
  /** Resolves when the run that began last has ended. */
  #run: Promise<void>;
  #timer: NodeJS.Timeout | null = null;

  constructor(id: number, source: OfferSource, carrier: Carrier, onStatus: (status: FindStatus) => void) {
    this.source = source;
    this.#onStatus = onStatus;
    this.#status = { id, phase: 'running', loaded: 0, odd: noOdd, list: source.list, error: null };
    this.#set({});
    this.#run = this.#fill(carrier, this.#abort.signal);
  }

  get status(): FindStatus {
    return this.#status;
  }

  /** Stops asking; what is loaded stays. */
  stop(): void {
    if (this.#status.phase !== 'running') return;
    this.#abort.abort();
    this.#set({ phase: 'stopped', ...this.#loaded() });
  }

  /** Goes on where it was stopped, or where it failed; what is loaded stays. Nothing happens to one that runs or is done. */
  resume(carrier: Carrier): void {
    if (this.#status.phase !== 'stopped') return;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.#set({ phase: 'running', error: null });
    // What the last run was cut off from is known when it has ended.
    this.#run = this.#run.then(() => (signal.aborted ? undefined : this.#fill(carrier, signal)));
  }

  async #fill(carrier: Carrier, signal: AbortSignal): Promise<void> {
    try {
      await this.source.run(carrier, signal, (items, odd) => {
        this.foundAt = Date.now();
        this.offers.add(items.map(toOffer));
        this.#odd.add(odd);
        if (!signal.aborted) this.#setSoon(this.#loaded());
      });
      if (!signal.aborted) this.#set({ phase: 'done', ...this.#loaded() });
    } catch (thrown) {
      const error = toAppError(thrown);
      if (!signal.aborted && error.code !== 'cancelled')
        this.#set({ phase: 'stopped', ...this.#loaded(), error });
    }
  }

  #loaded(): Pick<FindStatus, 'loaded' | 'odd' | 'list'> {
    return { loaded: this.offers.count, odd: this.#odd.records, list: this.source.list };
  }

  #set(change: Partial<FindStatus>): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#status = { ...this.#status, ...change };
    this.#onStatus(this.#status);
  }

  #setSoon(change: Partial<FindStatus>): void {
    this.#status = { ...this.#status, ...change };
    this.#timer ??= setTimeout(() => {
      this.#set({});
    }, statusEveryMs);
  }
}
