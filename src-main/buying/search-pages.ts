import type { Carrier } from '../carrier/carrier.ts';
import { Cursors, keysOf, PagingGuard } from '../carrier/paging.ts';
import type { OfferSearch } from '../contract/buying.ts';
import { sideBySide, type Found, type OfferSource } from './offer-source.ts';

/** Pages asked for side by side: the next ones are under way while the first is read. */
const pagesAtOnce = 4;
/** A million offers: more than any stock that can be searched. */
const mostPages = 5_000;

/** The pages of what the carrier has for a search, until it has no more. */
export class SearchPages implements OfferSource {
  readonly list = null;
  /** The same for searches that ask for the same. */
  readonly key: string;
  #search: Record<string, string>;
  #guard = new PagingGuard(mostPages);
  #cursors: Cursors | null = null;
  /** The first page that was never asked for, and the last one there is. */
  #next = 1;
  #last = Number.POSITIVE_INFINITY;
  /** Pages that were asked for and have no answer yet. */
  #open = new Set<number>();

  constructor(search: OfferSearch) {
    this.#search = present(search);
    this.key = JSON.stringify(Object.entries(this.#search).sort());
  }

  async run(carrier: Carrier, signal: AbortSignal, found: Found): Promise<void> {
    const limit = carrier.features.maxPage;
    const cursors = (this.#cursors ??= new Cursors(carrier, limit));
    // Those that an earlier run was cut off from come first.
    const cut = [...this.#open].filter((page) => page <= this.#last).sort((a, b) => a - b);
    const read = async (page: number, signal: AbortSignal) => {
      this.#open.add(page);
      const cursor = cursors.of(page) ?? null;
      const answer = await carrier.searchAvailable({ ...this.#search, cursor, limit, signal, soon: true });
      if (page <= this.#last) {
        cursors.told(page, answer.next);
        this.#guard.check(
          page,
          keysOf(answer, (offer) => offer.number),
          answer.next !== null,
        );
        if (answer.next === null) this.#last = Math.min(this.#last, page);
        found(answer.items, answer.odd);
      }
      this.#open.delete(page);
    };
    const work = async (signal: AbortSignal) => {
      while (!signal.aborted) {
        const page = cut.shift() ?? this.#next;
        if (page > this.#last) return;
        this.#next = Math.max(this.#next, page + 1);
        await read(page, signal);
      }
    };
    // The first page is asked for alone: most searches have no other, and one that the carrier refuses is refused once only.
    if (this.#next === 1 || cut[0] === 1) {
      cut.shift();
      this.#next = Math.max(this.#next, 2);
      await read(1, signal);
    }
    await sideBySide(cursors.anywhere ? pagesAtOnce : 1, signal, work);
  }
}

function present(search: OfferSearch): Record<string, string> {
  const given = Object.entries(search).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(given);
}
