import type { Carrier } from '../carrier/carrier.ts';
import { noOdd, OddList } from '../carrier/odd.ts';
import { Cursors, keysOf, PagingGuard } from '../carrier/paging.ts';
import type { FindStatus, OfferSearch } from '../contract/buying.ts';
import { toAppError } from '../contract/errors.ts';
import { Offers, toOffer } from './offers.ts';

/** Pages asked for side by side: the next ones are under way while the first is read. */
const pagesAtOnce = 4;
/** A million offers: more than any stock that can be searched. */
const mostPages = 5_000;
const statusEveryMs = 150;

/** One search as it fills, page after page, until the carrier has no more or nobody wants it any more. */
export class Search {
  readonly offers = new Offers();
  #status: FindStatus;
  #onStatus: (status: FindStatus) => void;
  #abort = new AbortController();
  #timer: NodeJS.Timeout | null = null;

  constructor(id: number, search: OfferSearch, carrier: Carrier, onStatus: (status: FindStatus) => void) {
    this.#onStatus = onStatus;
    this.#status = { id, phase: 'running', loaded: 0, odd: noOdd, error: null };
    this.#set({});
    void this.#fill(carrier, search);
  }

  get status(): FindStatus {
    return this.#status;
  }

  /** Stops asking; what is loaded stays. */
  stop(): void {
    if (this.#status.phase !== 'running') return;
    this.#abort.abort();
    this.#set({ phase: 'stopped' });
  }

  async #fill(carrier: Carrier, search: OfferSearch): Promise<void> {
    const { offers } = this;
    const { signal } = this.#abort;
    const limit = carrier.features.maxPage;
    const cursors = new Cursors(carrier, limit);
    let next = 1;
    let last = Number.POSITIVE_INFINITY;
    const guard = new PagingGuard(mostPages);
    const odd = new OddList();
    const read = async (page: number) => {
      const cursor = cursors.of(page) ?? null;
      const answer = await carrier.searchAvailable({ ...present(search), cursor, limit, signal });
      if (page > last) return;
      cursors.told(page, answer.next);
      guard.check(
        page,
        keysOf(answer, (offer) => offer.number),
        answer.next !== null,
      );
      offers.add(answer.items.map(toOffer));
      odd.add(answer.odd);
      if (answer.next === null) last = Math.min(last, page);
      if (!signal.aborted) this.#setSoon({ loaded: offers.count, odd: odd.records });
    };
    const work = async () => {
      while (next <= last && !signal.aborted) {
        const page = next;
        next += 1;
        await read(page);
      }
    };
    try {
      // The first page is asked for alone: most searches have no other, and one that the carrier refuses is refused once only.
      next = 2;
      await read(1);
      await Promise.all(Array.from({ length: cursors.anywhere ? pagesAtOnce : 1 }, work));
      if (!signal.aborted) this.#set({ phase: 'done', loaded: offers.count });
    } catch (thrown) {
      const error = toAppError(thrown);
      if (!signal.aborted && error.code !== 'cancelled')
        this.#set({ phase: 'stopped', loaded: offers.count, error });
      // The other pages that are on their way are no use any more.
      this.#abort.abort();
    }
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

function present(search: OfferSearch): Record<string, string> {
  const given = Object.entries(search).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(given);
}
