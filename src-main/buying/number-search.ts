import type { Journal } from '../journal/open.ts';
import type { Carrier } from '../carrier/carrier.ts';
import { noOdd, OddList } from '../carrier/odd.ts';
import { readAll } from '../carrier/paging.ts';
import type {
  AreaCodesView,
  ExchangesView,
  FindStatus,
  KnownStock,
  Offer,
  OfferBlock,
  OfferSuggestion,
  OffersWindow,
  SavedSearch,
} from '../contract/buying.ts';
import type { Inputs } from '../contract/contract.ts';
import { failure } from '../contract/errors.ts';
import type { OddRecord, OddRecords } from '../contract/model.ts';
import type { Suggestion } from '../contract/numbers.ts';
import { parseOfferQuery, type ParsedOfferQuery } from '../contract/offer-query.ts';
import { offerSuggestions } from '../contract/offer-suggestions.ts';
import { formatCount, numbersOf } from '../contract/words.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { areaOf } from '../nanp/area.ts';
import { newId } from '../platform/ids.ts';
import type { OfferLine } from './offers.ts';
import { Search } from './running-search.ts';
import { SearchList } from './search-list.ts';
import { SearchPages } from './search-pages.ts';
import { isCounted, type Tally } from './tally.ts';

export type FindOptions = {
  readonly journal: Journal;
  readonly inventory: Inventory;
  readonly carrier: () => Carrier | null;
  readonly onStatus: (status: FindStatus) => void;
};

/** There are 800 area codes and 800 exchanges in each: no list of them is longer, ten a page. */
const mostCodePages = 200;
/** Numbers of one list that are searched for: as many can be chosen and put into the cart at once. */
const mostListed = 10_000;
/** Searches kept at once: one for each window, and some for windows that are gone. */
const mostSearches = 4;

/** What of earlier searches is remembered, to be said beside suggestions. */
const mostTallies = 20;

/** `at`: when the last of it was told (Unix milliseconds); `complete` when the search went through to its end. */
type KeptTally = { readonly tally: Tally; readonly complete: boolean; readonly at: number };
type Listed = { readonly at: number; readonly codes: readonly string[] };

/** Finds numbers for sale: what has stock, and searches that fill page after page, one for each window that asks. */
export class NumberSearch {
  #options: FindOptions;
  #searches: Search[] = [];
  /** What could not be read of the lists that are kept, by their name: told for as long as this runs. */
  #odd = new Map<string, OddRecords>();
  /** What searches that were replaced had found, by what they asked for; the oldest first. */
  #tallies = new Map<string, KeptTally>();

  constructor(options: FindOptions) {
    this.#options = options;
  }

  /** Area codes with stock; the kept list unless `refresh`, with its age. */
  async areaCodes(refresh: boolean): Promise<AreaCodesView> {
    const { at, codes, odd } = await this.#stock('npas', refresh, async (carrier) => {
      const list = (cursor: string | null) =>
        carrier.listAreaCodes({ cursor, limit: carrier.features.maxPage, soon: true });
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
        carrier.listExchanges({ npa, cursor, limit: carrier.features.maxPage, soon: true });
      const all = await readAll(list, (one) => one.npa + one.nxx, mostCodePages);
      return { codes: all.items.map((exchange) => exchange.nxx), odd: all.odd };
    });
    return { at, npa, nxxs: codes, odd };
  }

  /**
   * Begins a search, in the place of another one if it `replaces` it. Rejects with `invalid-input` for a query that may not be
   * sent, with `not-found` for pasted numbers that are not kept any more.
   */
  async start(text: string, replaces: number | null): Promise<FindStatus> {
    const { search, list } = refuseProblem(text);
    const source = list === null ? new SearchPages(search) : await this.#listed(list);
    const carrier = this.#carrier();
    if (replaces !== null) this.#drop(replaces);
    const [oldest] = this.#searches;
    if (oldest && this.#searches.length >= mostSearches) this.#drop(oldest.status.id);
    const begun = new Search(newId(), source, carrier, this.#options.onStatus);
    this.#searches.push(begun);
    return begun.status;
  }

  /** Stops asking; what is loaded stays. Rejects with `not-found` for a search that is not kept any more. */
  stop(id: number): FindStatus {
    const search = this.#search(id);
    search.stop();
    return search.status;
  }

  /** Goes on where a search was stopped or failed; what is loaded stays. Rejects as `stop` does, and without keys. */
  resume(id: number): FindStatus {
    const search = this.#search(id);
    search.resume(this.#carrier());
    return search.status;
  }

  /** Of a search for pasted numbers: those that are not for sale, as far as the carrier was asked. */
  absent(id: number): readonly string[] {
    const { source } = this.#search(id);
    return source instanceof SearchList ? source.absent : [];
  }

  /**
   * What the end of a query that is being typed may be meant to become, with what is known of its stock: by this search or an
   * earlier one, else by the kept lists. Nothing is asked of the carrier.
   */
  async suggest(text: string, typed: string): Promise<readonly OfferSuggestion[]> {
    const found = offerSuggestions(typed);
    const areaCodes = found.length > 0 ? await this.#options.journal.searches.stock('npas') : null;
    return Promise.all(
      found.map(async (one) => {
        const rest = `${text} ${typed.slice(0, typed.length - one.replaces)}`.trim();
        return {
          ...one,
          stock: this.#stockFound(one, rest) ?? (await this.#stockListed(one, rest, areaCodes)),
        };
      }),
    );
  }

  /** What a search for the whole query has found, else how many of those of the rest of it have the value. */
  #stockFound({ token, key, value }: Suggestion, rest: string): KnownStock | null {
    const whole = this.#tallyOf(`${rest} ${token}`);
    if (whole) {
      const { tally, complete, at } = whole;
      const rateCenters = key === 'state' || key === 'npa' ? tally.rateCenters : null;
      return { of: 'number', count: tally.total, rateCenters, complete, at };
    }
    const among = rest === '' ? null : this.#tallyOf(rest);
    if (!among || !isCounted(key) || value === '') return null;
    const count = among.tally.count(key, parseOfferQuery(token).search);
    // Only a search that went through to its end can say that there are none.
    if (count === 0 && !among.complete) return null;
    return { of: 'number', count, rateCenters: null, complete: among.complete, at: among.at };
  }

  /** What the kept lists say: area codes of a state, exchanges of an area code. They know nothing of the rest of a query. */
  async #stockListed(
    { key, token, value }: Suggestion,
    rest: string,
    areaCodes: Listed | null,
  ): Promise<KnownStock | null> {
    if (rest !== '' || value === '' || areaCodes === null) return null;
    const shared = { rateCenters: null, complete: true } as const;
    const { state } = parseOfferQuery(token).search;
    if (key === 'state') {
      const count = areaCodes.codes.filter((npa) => areaOf(npa).state === state).length;
      return { of: 'area code', count, at: areaCodes.at, ...shared };
    }
    if (key !== 'npa') return null;
    if (!areaCodes.codes.includes(value)) return { of: 'exchange', count: 0, at: areaCodes.at, ...shared };
    const exchanges = await this.#options.journal.searches.stock(`npa ${value}`);
    return exchanges && { of: 'exchange', count: exchanges.codes.length, at: exchanges.at, ...shared };
  }

  /** What is known of the offers that a query finds, by a search that is kept or that was replaced. */
  #tallyOf(text: string): KeptTally | null {
    const { search, list, problem } = parseOfferQuery(text);
    if (problem !== null || list !== null) return null;
    const key = new SearchPages(search).key;
    const kept = this.#searches.findLast(({ source }) => source instanceof SearchPages && source.key === key);
    return kept ? tallyOf(kept) : (this.#tallies.get(key) ?? null);
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
      cost: offers.costOf(lines),
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

  /**
   * Keeps a query among the recent ones. Rejects with `invalid-input` for one that may not be sent. Pasted numbers are not kept: they
   * are known only as long as the application runs.
   */
  async note(text: string): Promise<SavedSearch[]> {
    if (refuseProblem(text).list !== null) return this.searches();
    return this.#options.journal.searches.useSearch(text, false, Date.now());
  }

  searches(): Promise<SavedSearch[]> {
    return this.#options.journal.searches.searches();
  }

  /** The same for one that is kept until it is forgotten. */
  async saveSearch(text: string): Promise<SavedSearch[]> {
    if (refuseProblem(text).list !== null)
      throw failure('invalid-input', 'Pasted numbers cannot be saved.', 'Keep them in a file of yours.');
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
      this.#keepTally(search);
      return false;
    });
  }

  #keepTally(search: Search): void {
    const { source, offers } = search;
    if (!(source instanceof SearchPages) || offers.count === 0) return;
    this.#tallies.delete(source.key);
    this.#tallies.set(source.key, tallyOf(search));
    const [oldest] = this.#tallies.keys();
    if (oldest !== undefined && this.#tallies.size > mostTallies) this.#tallies.delete(oldest);
  }

  async #listed(id: string): Promise<SearchList> {
    const { inventory } = this.#options;
    const numbers = await inventory.keptNumbers(id);
    if (numbers.length > mostListed) {
      throw failure(
        'invalid-input',
        `These are ${numbersOf(numbers.length)}: at most ${formatCount(mostListed)} can be searched for at once.`,
        'Paste them in parts.',
      );
    }
    return new SearchList(numbers, new Set(await inventory.owned(numbers)));
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

function tallyOf({ offers, status, foundAt }: Search): KeptTally {
  return { tally: offers.tally, complete: status.phase === 'done', at: foundAt };
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
