import type { Journal } from '../journal/open.ts';
import type { Carrier } from '../carrier/carrier.ts';
import { noOdd, OddList } from '../carrier/odd.ts';
import { readAll } from '../carrier/paging.ts';
import type {
  AreaCodesView,
  ExchangesView,
  FindStatus,
  Offer,
  OfferBlock,
  OffersWindow,
  SavedSearch,
} from '../contract/buying.ts';
import type { Inputs } from '../contract/contract.ts';
import { failure } from '../contract/errors.ts';
import type { OddRecord, OddRecords } from '../contract/model.ts';
import { parseOfferQuery, type ParsedOfferQuery } from '../contract/offer-query.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { areaOf } from '../nanp/area.ts';
import { newId } from '../platform/ids.ts';
import type { OfferLine } from './offers.ts';
import { Search } from './running-search.ts';

export type FindOptions = {
  readonly journal: Journal;
  readonly inventory: Inventory;
  readonly carrier: () => Carrier | null;
  readonly onStatus: (status: FindStatus) => void;
};

/** There are 800 area codes and 800 exchanges in each: no list of them is longer, ten a page. */
const mostCodePages = 200;
/** Searches kept at once: one for each window, and some for windows that are gone. */
const mostSearches = 4;

/** Finds numbers for sale: what has stock, and searches that fill page after page, one for each window that asks. */
export class NumberSearch {
  #options: FindOptions;
  #searches: Search[] = [];
  /** What could not be read of the lists that are kept, by their name: told for as long as this runs. */
  #odd = new Map<string, OddRecords>();

  constructor(options: FindOptions) {
    this.#options = options;
  }

  /** Area codes with stock; the kept list unless `refresh`, with its age. */
  async areaCodes(refresh: boolean): Promise<AreaCodesView> {
    const { at, codes, odd } = await this.#stock('npas', refresh, async (carrier) => {
      const list = (cursor: string | null) =>
        carrier.listAreaCodes({ cursor, limit: carrier.features.maxPage });
      const all = await readAll(list, (code) => code.npa, mostCodePages);
      return { codes: all.items.map((code) => code.npa), odd: all.odd };
    });
    const items = codes.map((npa) => {
      const { state, place } = areaOf(npa);
      return { npa, state, place };
    });
    return { at, items, odd };
  }

  async exchanges(npa: string, refresh: boolean): Promise<ExchangesView> {
    const { at, codes, odd } = await this.#stock(`npa ${npa}`, refresh, async (carrier) => {
      const list = (cursor: string | null) =>
        carrier.listExchanges({ npa, cursor, limit: carrier.features.maxPage });
      const all = await readAll(list, (one) => one.npa + one.nxx, mostCodePages);
      return { codes: all.items.map((exchange) => exchange.nxx), odd: all.odd };
    });
    return { at, npa, nxxs: codes, odd };
  }

  /**
   * Begins a search, in the place of another one if it `replaces` it. Throws `invalid-input` for a query that may not be
   * sent.
   */
  start(text: string, replaces: number | null): FindStatus {
    const { search } = refuseProblem(text);
    const carrier = this.#carrier();
    if (replaces !== null) this.#drop(replaces);
    const [oldest] = this.#searches;
    if (oldest && this.#searches.length >= mostSearches) this.#drop(oldest.status.id);
    const begun = new Search(newId(), search, carrier, this.#options.onStatus);
    this.#searches.push(begun);
    return begun.status;
  }

  /** Stops asking; what is loaded stays. Rejects with `not-found` for a search that is not kept any more. */
  stop(id: number): FindStatus {
    const search = this.#search(id);
    search.stop();
    return search.status;
  }

  async window(input: Inputs['find.window']): Promise<OffersWindow> {
    // Read in one go, since the list grows: the parts of an answer must fit together.
    const { status, offers } = this.#search(input.id);
    const grouped = input.grouped === true && input.pattern === 'block';
    const { lines, blocks } = grouped ? offers.grouped(input) : { lines: offers.ask(input), blocks: 0 };
    const shown: readonly OfferLine[] = lines.slice(input.offset, input.offset + input.limit);
    const numbers = shown.flatMap(({ offer, block }) => (block ?? [offer]).map(({ number }) => number));
    const [owned, chosen] = await Promise.all([
      this.#options.inventory.owned(numbers),
      this.#options.journal.cart.inCart(numbers),
    ]);
    const isOwned = new Set(owned);
    const inCart = new Set(chosen);
    return {
      status,
      matching: lines.length,
      blocks,
      offset: input.offset,
      rows: shown.map(({ offer, mark, block }) => ({
        ...offer,
        owned: isOwned.has(offer.number),
        inCart: inCart.has(offer.number),
        marks: mark ? [mark] : [],
        ...(block && { block: headOf(block, (number) => !isOwned.has(number) && !inCart.has(number)) }),
      })),
    };
  }

  /** Those of the numbers that a search has found and that show its pattern. */
  among({ id, pattern, blockSize, numbers }: Inputs['find.among']): string[] {
    const { offers } = this.#search(id);
    const shown = new Set(
      offers
        .ask({ sort: { column: 'number', direction: 'asc' }, pattern, blockSize })
        .map(({ offer }) => offer.number),
    );
    return numbers.filter((number) => shown.has(number));
  }

  /** Offers of the searches on screen by number, as they were told last; unknown ones are left out. */
  offers(numbers: readonly string[]): Offer[] {
    const newest = [...this.#searches].reverse();
    const find = (number: string) => newest.find(({ offers }) => offers.get(number))?.offers.get(number);
    return numbers.flatMap((number) => find(number) ?? []);
  }

  /** Keeps a query among the recent ones. Rejects with `invalid-input` for one that may not be sent. */
  async note(text: string): Promise<SavedSearch[]> {
    refuseProblem(text);
    return this.#options.journal.searches.useSearch(text, false, Date.now());
  }

  searches(): Promise<SavedSearch[]> {
    return this.#options.journal.searches.searches();
  }

  /** The same for one that is kept until it is forgotten. */
  async saveSearch(text: string): Promise<SavedSearch[]> {
    refuseProblem(text);
    if (await this.#options.journal.searches.savedEnough(text))
      throw failure('rejected', 'There are 200 saved searches already.', 'Forget one of them first.');
    return this.#options.journal.searches.useSearch(text, true, Date.now());
  }

  forgetSearch(text: string): Promise<SavedSearch[]> {
    return this.#options.journal.searches.forgetSearch(text);
  }

  close(): void {
    for (const search of this.#searches) search.stop();
  }

  #search(id: number): Search {
    const found = this.#searches.find((search) => search.status.id === id);
    if (found) return found;
    throw failure('not-found', 'What this search found is not kept any more.', 'Search again.');
  }

  #drop(id: number): void {
    this.#searches = this.#searches.filter((search) => {
      if (search.status.id !== id) return true;
      search.stop();
      return false;
    });
  }

  async #stock(
    name: string,
    refresh: boolean,
    ask: (carrier: Carrier) => Promise<{ codes: string[]; odd: readonly OddRecord[] }>,
  ): Promise<{ at: number; codes: string[]; odd: OddRecords }> {
    const { journal } = this.#options;
    const kept = await journal.searches.stock(name);
    if (kept && !refresh) return { ...kept, odd: this.#odd.get(name) ?? noOdd };
    const { codes, odd } = await ask(this.#carrier());
    const aside = new OddList();
    aside.add(odd);
    const at = Date.now();
    await journal.searches.putStock(name, at, codes);
    this.#odd.set(name, aside.records);
    return { at, codes, odd: aside.records };
  }

  #carrier(): Carrier {
    const carrier = this.#options.carrier();
    if (carrier) return carrier;
    throw failure('signed-out', 'There are no keys to search with.', 'Enter the keys of this account.');
  }
}

/** What the head of a block says; `isLeft` tells the numbers that can still be chosen. */
function headOf(block: readonly Offer[], isLeft: (number: string) => boolean): OfferBlock {
  return {
    last: block.at(-1)?.number ?? '',
    count: block.length,
    left: block.filter(({ number }) => isLeft(number)).length,
    setup: block.reduce((sum, { setup }) => sum + setup, 0),
    monthly: block.reduce((sum, { monthly }) => sum + monthly, 0),
  };
}

/** The query as it was understood; throws `invalid-input` for one that may not be sent. */
function refuseProblem(text: string): ParsedOfferQuery {
  const parsed = parseOfferQuery(text);
  if (parsed.problem) throw failure('invalid-input', parsed.problem, 'Correct the query.');
  return parsed;
}
