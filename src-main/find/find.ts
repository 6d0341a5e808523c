import { readAll, type Carrier } from '../carrier/carrier.ts';
import type {
  AreaCodesView,
  ExchangesView,
  FindStatus,
  Offer,
  OfferSearch,
  OffersWindow,
  SavedSearch,
} from '../contract/buying.ts';
import type { Inputs } from '../contract/contract.ts';
import { failure, toAppError } from '../contract/errors.ts';
import { parseOfferQuery } from '../contract/offer-query.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { areaOf } from '../nanp/area.ts';
import type { StoreClient } from '../storage/client.ts';
import { Offers, toOffer } from './offers.ts';

export type FindOptions = {
  readonly journal: StoreClient<'journal'>;
  readonly inventory: Inventory;
  readonly carrier: () => Carrier | null;
  readonly onStatus: (status: FindStatus) => void;
};

/** Pages asked for side by side: the next ones are under way while the first is read. */
const pagesAtOnce = 4;
const pageSize = 200;
const statusEveryMs = 150;

/** Finds numbers for sale: what has stock, and one search at a time that fills page after page. */
export class Find {
  #options: FindOptions;
  #offers = new Offers();
  #status: FindStatus = { id: 0, phase: 'idle', loaded: 0, error: null };
  #abort: AbortController | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: FindOptions) {
    this.#options = options;
  }

  /** Area codes with stock; the kept list unless `refresh`, with its age. */
  async areaCodes(refresh: boolean): Promise<AreaCodesView> {
    const { at, codes } = await this.#stock('npas', refresh, async (carrier) => {
      const all = await readAll((page) => carrier.listAreaCodes({ page, limit: pageSize }));
      return all.map((code) => code.npa);
    });
    const items = codes.map((npa) => {
      const { state, place } = areaOf(npa);
      return { npa, state, place };
    });
    return { at, items };
  }

  async exchanges(npa: string, refresh: boolean): Promise<ExchangesView> {
    const { at, codes } = await this.#stock(`npa ${npa}`, refresh, async (carrier) => {
      const all = await readAll((page) => carrier.listExchanges({ npa, page, limit: pageSize }));
      return all.map((exchange) => exchange.nxx);
    });
    return { at, npa, nxxs: codes };
  }

  /** Begins a search and forgets the one before. Rejects with `invalid-input` for a query that may not be sent. */
  start(text: string): FindStatus {
    const { search, problem } = parseOfferQuery(text);
    if (problem) throw failure('invalid-input', problem, 'Correct the query.');
    const carrier = this.#carrier();
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#offers = new Offers();
    this.#set({ id: this.#status.id + 1, phase: 'running', loaded: 0, error: null });
    void this.#fill(carrier, search, this.#offers, abort);
    return this.#status;
  }

  /** Stops asking; what is loaded stays. */
  stop(): FindStatus {
    if (this.#status.phase === 'running') {
      this.#abort?.abort();
      this.#set({ phase: 'stopped' });
    }
    return this.#status;
  }

  async window(input: Inputs['find.window']): Promise<OffersWindow> {
    // Taken together: the answer must not mix two moments of a list that grows.
    const status = this.#status;
    const found = this.#offers.ask(input);
    const shown = found.slice(input.offset, input.offset + input.limit);
    const numbers = shown.map(({ offer }) => offer.number);
    const [owned, chosen] = await Promise.all([
      this.#options.inventory.owned(numbers),
      this.#options.journal.call('inCart', numbers),
    ]);
    const isOwned = new Set(owned);
    const inCart = new Set(chosen);
    return {
      status,
      matching: found.length,
      offset: input.offset,
      rows: shown.map(({ offer, mark }) => ({
        ...offer,
        owned: isOwned.has(offer.number),
        inCart: inCart.has(offer.number),
        marks: mark ? [mark] : [],
      })),
    };
  }

  /** Offers of the search on screen by number; those it does not have are left out. */
  offers(numbers: readonly string[]): Offer[] {
    return numbers.flatMap((number) => this.#offers.get(number) ?? []);
  }

  /** Keeps a query among the recent ones. */
  note(text: string): Promise<SavedSearch[]> {
    return this.#options.journal.call('useSearch', text, false, Date.now());
  }

  searches(): Promise<SavedSearch[]> {
    return this.#options.journal.call('searches');
  }

  saveSearch(text: string): Promise<SavedSearch[]> {
    return this.#options.journal.call('useSearch', text, true, Date.now());
  }

  forgetSearch(text: string): Promise<SavedSearch[]> {
    return this.#options.journal.call('forgetSearch', text);
  }

  close(): void {
    this.#abort?.abort();
    if (this.#timer) clearTimeout(this.#timer);
  }

  async #fill(carrier: Carrier, search: OfferSearch, offers: Offers, abort: AbortController): Promise<void> {
    const { signal } = abort;
    let next = 1;
    let last = Number.POSITIVE_INFINITY;
    const work = async () => {
      while (next <= last && !signal.aborted) {
        const page = next;
        next += 1;
        const answer = await carrier.searchAvailable({ ...present(search), page, limit: pageSize, signal });
        offers.add(answer.items.map(toOffer));
        if (!answer.more) last = Math.min(last, page);
        if (!signal.aborted) this.#setSoon(offers.count);
      }
    };
    try {
      // The first page alone: most searches have one, and a wrong one is not asked four times.
      await firstPage();
      await Promise.all(Array.from({ length: pagesAtOnce }, work));
      if (!signal.aborted) this.#set({ phase: 'done', loaded: offers.count });
    } catch (thrown) {
      const error = toAppError(thrown);
      if (!signal.aborted && error.code !== 'cancelled')
        this.#set({ phase: 'stopped', loaded: offers.count, error });
      // The other pages that are on their way are no use any more.
      abort.abort();
    }

    async function firstPage(): Promise<void> {
      next = 2;
      const answer = await carrier.searchAvailable({ ...present(search), page: 1, limit: pageSize, signal });
      offers.add(answer.items.map(toOffer));
      if (!answer.more) last = 1;
    }
  }

  async #stock(
    name: string,
    refresh: boolean,
    ask: (carrier: Carrier) => Promise<string[]>,
  ): Promise<{ at: number; codes: string[] }> {
    const { journal } = this.#options;
    const kept = await journal.call('stock', name);
    if (kept && !refresh) return kept;
    const codes = await ask(this.#carrier());
    const at = Date.now();
    await journal.call('putStock', name, at, codes);
    return { at, codes };
  }

  #carrier(): Carrier {
    const carrier = this.#options.carrier();
    if (carrier) return carrier;
    throw failure('signed-out', 'There are no keys to search with.', 'Enter the keys of this account.');
  }

  #set(change: Partial<FindStatus>): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#status = { ...this.#status, ...change };
    this.#options.onStatus(this.#status);
  }

  #setSoon(loaded: number): void {
    this.#status = { ...this.#status, loaded };
    this.#timer ??= setTimeout(() => {
      this.#set({});
    }, statusEveryMs);
  }
}

function present(search: OfferSearch): Record<string, string> {
  const given = Object.entries(search).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(given);
}
