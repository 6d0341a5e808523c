import { createContext } from 'svelte';
import { SvelteSet } from 'svelte/reactivity';
import type { Client } from '#main/contract/client.ts';
import type {
  CartRoutes,
  CartView,
  Cost,
  OfferColumn,
  OfferRow,
  OffersWindow,
  SavedSearch,
} from '#main/contract/buying.ts';
import type { AppError, Result } from '#main/contract/errors.ts';
import { parseOfferQuery } from '#main/contract/offer-query.ts';
import type { PatternName } from '#main/contract/patterns.ts';
import { sortingAfter, type Sorting } from '../../lib/columns.ts';
import type { PastedNumbers } from '../../lib/pasted.ts';
import type { Offer } from '../../lib/suggesting.svelte.ts';
import { TableState } from '../../lib/table-state.svelte.ts';
import { WindowSource, type WindowPlace } from '../../lib/window-source.svelte.ts';
import { without } from '../../lib/without.ts';
import { offersOf } from './find-words.ts';
import { OrdersState } from './orders.svelte.ts';

const noRoutes: CartRoutes = { primary: '', failover: '' };

export type BuyTab = 'find' | 'cart' | 'orders';
const typingPauseMs = 350;
/** A search somebody looked at for so long is worth remembering. */
const lookedAtMs = 4_000;
/** Numbers in one message. */
const mostAtOnce = 10_000;
/** Rows in one answer. */
const pageRows = 500;

/** Finding and buying as the window has it: a query and one window of what it found, and the order that is open. */
export class BuyState {
  tab = $state<BuyTab>('find');
  text = $state('');
  readonly source: WindowSource<OfferRow, OffersWindow>;
  readonly table = new TableState(0);
  /** Why the search could not be begun. */
  failed = $state.raw<AppError | null>(null);
  sort = $state.raw<Sorting<OfferColumn>>({ column: 'number', direction: 'asc' });
  pattern = $state<PatternName | null>(null);
  blockSize = $state(3);
  searches = $state.raw<readonly SavedSearch[]>([]);
  readonly orders: OrdersState;
  /** The routes that somebody chose for all of the cart: its review begins with them. '' for what is left as it is. */
  cartRoutes = $state.raw<CartRoutes>(noRoutes);
  /** The cart's review is open. */
  reviewing = $state(false);
  readonly selected = new SvelteSet<string>();
  /** What each number costs that was selected, as it was listed then. */
  #costs: Record<string, Cost> = {};
  /** What the selected numbers cost together. */
  readonly selectedCost: Cost = $derived.by(() => {
    let [setup, monthly] = [0, 0];
    for (const number of this.selected) {
      setup += this.#costs[number]?.setup ?? 0;
      monthly += this.#costs[number]?.monthly ?? 0;
    }
    return { setup, monthly };
  });
  /** Those of the selected numbers that the pattern hides; null while that is not known. */
  outside = $state.raw<readonly string[] | null>([]);
  /** The numbers that were pasted last, as the query names them, and what among them was none. */
  pasted = $state.raw<{
    readonly id: string;
    readonly count: number;
    readonly others: readonly string[];
  } | null>(null);
  /** The last selecting that failed: nothing of it was selected. */
  selectTrouble = $state<string | null>(null);
  readonly parsed = $derived(parseOfferQuery(this.text));
  /** The query that what is shown was found by. */
  searched = $state('');
  /** What is shown is of another query than the one that is typed: nothing acts on it. */
  readonly stale = $derived(this.text.trim() !== this.searched);
  #client: Client;
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** The search of this window; null before the first one. */
  #search: number | null = null;
  #asked = 0;
  #comparisons = 0;
  #noteTimer: ReturnType<typeof setTimeout> | null = null;
  /** What is typed for the routes of the cart is being kept, and was changed since. */
  #keeping = false;
  #changed = false;
  /** The search ran when the screen was left. */
  #interrupted = false;

  constructor(client: Client) {
    this.#client = client;
    this.orders = new OrdersState(client);
    this.source = new WindowSource((place) => this.page(place), {
      before: (answer, fresh) => {
        const before = (index: number) => (fresh ? undefined : this.rowAt(index));
        if (answer)
          this.table.follow(before, answer, ({ number, block }) => (block ? `block ${number}` : number));
      },
    });
  }

  get view(): OffersWindow | null {
    return this.source.view;
  }

  /** Why there are no rows, or old ones. */
  get error(): AppError | null {
    return this.failed ?? this.source.error;
  }

  /** Listens until the returned function is called. */
  start(): () => void {
    const ends = [
      this.#client.on('find', ({ id }) => {
        if (id === this.#search) void this.refresh();
      }),
      this.#client.on('cart', (cart) => {
        this.#takeRoutes(cart);
        void this.refresh();
      }),
      this.orders.start(),
    ];
    void this.#loadLists();
    if (this.text.trim() && !this.parsed.problem) void this.#comeBack();
    return () => {
      if (this.#timer) clearTimeout(this.#timer);
      if (this.#noteTimer) clearTimeout(this.#noteTimer);
      this.reviewing = false;
      for (const end of ends) end();
      this.#interrupted = this.view?.status.phase === 'running';
      void this.stop();
    };
  }

  /** What was found before is shown, and a search that was under way goes on; one that is not kept any more begins again. */
  async #comeBack(): Promise<void> {
    if (this.text.trim() !== this.searched) await this.search();
    else if (this.#interrupted) await this.goOn();
    else if (this.#search === null || !(await this.page({ offset: 0, limit: 0 })).ok) await this.search(true);
    else await this.source.refresh();
  }

  /**
   * Goes on where the search was stopped or failed; what it found stays on screen. One that is not kept any more, since the account
   * was closed meanwhile, begins again.
   */
  async goOn(): Promise<void> {
    const id = this.#search;
    if (id === null) return void (await this.search(true));
    const result = await this.#client.call('find.resume', { id });
    if (id !== this.#search) return;
    this.failed = result.ok || result.error.code === 'not-found' ? null : result.error;
    if (result.ok) await this.source.refresh();
    else if (result.error.code === 'not-found') await this.search(true);
  }

  /** Searches for pasted numbers, instead of what the query asked before. Resolves with why it cannot be; '' when it is fine. */
  async findNumbers({ numbers, others }: PastedNumbers): Promise<string> {
    const kept = await this.#client.call('numbers.keep', { numbers: [...numbers] });
    if (!kept.ok) return `${kept.error.message} ${kept.error.action}`;
    const { id, count } = kept.value;
    this.pasted = { id, count, others };
    this.setText(`numbers:${id}`, 'now');
    return '';
  }

  /** Of a search for pasted numbers: those that are not for sale. */
  async absent(): Promise<Result<readonly string[]>> {
    return this.#client.call('find.absent', { id: this.#search ?? 1 });
  }

  /** What may be meant by what is typed, with what is known of its stock. */
  async suggest(rest: string, typed: string): Promise<readonly Offer[]> {
    const found = await this.#client.call('find.suggest', { text: rest.trim(), typed });
    return found.ok ? offersOf(found.value, Date.now()) : [];
  }

  /** The query changed: searches after a pause in typing, or at once. */
  setText(text: string, at: 'soon' | 'now' = 'soon'): void {
    this.text = text;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#noteTimer) clearTimeout(this.#noteTimer);
    if (!this.text.trim()) {
      void this.stop();
      this.source.forget();
    } else if (!this.parsed.problem) {
      // Enter means this query, whatever is typed while it is answered.
      const asked = this.text;
      if (at === 'now') void this.search().then((fine) => (fine ? this.note(asked) : undefined));
      else this.#timer = setTimeout(() => void this.search(), typingPauseMs);
    }
  }

  /** Begins a search; true when the carrier is being asked. The selection may be kept when it is the same search again. */
  async search(again = false): Promise<boolean> {
    if (this.#timer) clearTimeout(this.#timer);
    const text = this.text.trim();
    const mine = ++this.#asked;
    if (!again) this.clearSelection();
    this.failed = null;
    const result = await this.#client.call('find.start', { text, replaces: this.#search });
    if (mine !== this.#asked) {
      // A newer search has begun meanwhile, which knows nothing of this one.
      if (result.ok) void this.#client.call('find.stop', { id: result.value.id });
      return false;
    }
    if (!result.ok) {
      this.failed = result.error;
      return false;
    }
    this.#search = result.value.id;
    this.searched = text;
    if (again) void this.source.refresh();
    else this.ask();
    this.#noteTimer = setTimeout(() => void this.note(), lookedAtMs);
    return true;
  }

  /** Keeps the query among the recent ones: it was used, and is not one of the pauses in typing it. */
  async note(text = this.text): Promise<void> {
    if (this.#noteTimer) clearTimeout(this.#noteTimer);
    const { problem, list } = parseOfferQuery(text);
    if (!text.trim() || this.error || problem !== null || list !== null) return;
    const searches = await this.#client.call('find.note', { text: text.trim() });
    if (searches.ok) this.searches = searches.value;
  }

  async stop(): Promise<void> {
    if (this.#search === null) return;
    await this.#client.call('find.stop', { id: this.#search });
    await this.refresh();
  }

  /** Another order or pattern: begins at the top. */
  ask(): void {
    this.table.reset();
    if (this.#search !== null) void this.source.begin();
  }

  /** Shows numbers of this pattern only; null for all. What is selected stays selected. */
  showPattern(pattern: PatternName | null, blockSize = this.blockSize): void {
    this.pattern = pattern;
    this.blockSize = blockSize;
    this.outside = this.selected.size > 0 ? null : [];
    void this.compareSelection();
    this.ask();
  }

  clearSelection(): void {
    this.selected.clear();
    this.#costs = {};
    this.outside = [];
    this.selectTrouble = null;
  }

  /** Takes those out of the selection that the pattern hides. */
  dropOutside(): void {
    for (const number of this.outside ?? []) this.selected.delete(number);
    this.outside = [];
  }

  /** Finds out which of the selected numbers the pattern hides. */
  async compareSelection(): Promise<void> {
    const id = this.#search;
    const numbers = [...this.selected];
    if (id === null || numbers.length === 0) return;
    const mine = ++this.#comparisons;
    const { pattern, blockSize } = this;
    const inside: string[] = [];
    for (let at = 0; at < numbers.length; at += mostAtOnce) {
      const some = numbers.slice(at, at + mostAtOnce);
      const result = await this.#client.call('find.among', { id, pattern, blockSize, numbers: some });
      if (mine !== this.#comparisons) return;
      if (!result.ok) {
        this.failed = result.error;
        return;
      }
      for (const number of result.value) inside.push(number);
    }
    this.outside = without(
      numbers.filter((number) => this.selected.has(number)),
      inside,
    );
  }

  /** A head was clicked; `also` with Shift. */
  sortBy(column: OfferColumn, also: boolean): void {
    this.sort = sortingAfter(this.sort, column, also);
    this.ask();
  }

  rowAt(index: number): OfferRow | undefined {
    return this.source.shownAt(index);
  }

  toggle(row: OfferRow | undefined): void {
    if (!row || row.block || row.owned || row.inCart || this.stale) return;
    if (!this.selected.delete(row.number)) this.#select(row);
    if (this.outside?.length) this.outside = without(this.outside, [row.number]);
  }

  #select({ number, setup, monthly }: OfferRow): void {
    this.#costs[number] = { setup, monthly };
    this.selected.add(number);
  }

  /** Rows of the search, in the order they are shown: with a head before each block where they are `grouped`. */
  async page(place: WindowPlace, grouped = true): Promise<Result<OffersWindow>> {
    const { sort, pattern, blockSize } = this;
    const id = this.#search ?? 1;
    return this.#client.call('find.window', { id, sort, pattern, blockSize, grouped, ...place });
  }

  /** How many numbers are listed, the heads of blocks not counted. */
  get listed(): number {
    return this.view ? this.view.matching - this.view.blocks : 0;
  }

  /** Numbers in a row only, `least` of them or more; null for every number. */
  showInARow(least: number | null): void {
    this.showPattern(least === null ? null : 'block', least ?? this.blockSize);
  }

  /** Puts a whole block into the cart; resolves with how many are new there. */
  async addBlock({ number, block }: OfferRow): Promise<Result<number>> {
    if (!block || this.stale) return { ok: true, value: 0 };
    const numbers = Array.from({ length: block.count }, (_, at) => String(Number(number) + at));
    const added = await this.#addAll(numbers);
    if (!added.ok) return added;
    void this.note();
    await this.compareSelection();
    await this.refresh();
    return added;
  }

  /** Selects everything that matches, at most 10,000; resolves with what to say about too many. */
  selectAll(): Promise<string> {
    return this.selectRange(0, Number.POSITIVE_INFINITY);
  }

  /** Adds the rows between the anchor and `index`, on screen or not. */
  extendTo(index: number): Promise<string> {
    const anchor = this.table.anchor < 0 ? index : this.table.anchor;
    return this.selectRange(Math.min(anchor, index), Math.max(anchor, index) + 1);
  }

  /**
   * Adds what can be bought of the rows [first, end), at most 10,000, all or nothing; resolves with what to say about too many.
   * What fails is `selectTrouble`.
   */
  async selectRange(first: number, end: number): Promise<string> {
    const id = this.#search;
    if (id === null || this.stale) return '';
    const { generation } = this.source;
    const last = Math.min(end, this.view?.matching ?? 0);
    const until = Math.min(last, first + mostAtOnce);
    const found: OfferRow[] = [];
    for (let offset = first; offset < until; offset += pageRows) {
      const result = await this.page({ offset, limit: Math.min(pageRows, until - offset) });
      const other = id !== this.#search || generation !== this.source.generation;
      if (!result.ok || other) {
        const why = result.ok ? 'The search was changed meanwhile.' : result.error.message;
        this.selectTrouble = `Nothing was selected: not all of the numbers could be read. ${why}`;
        return '';
      }
      for (const row of result.value.rows) if (!row.block && !row.owned && !row.inCart) found.push(row);
    }
    for (const row of found) this.#select(row);
    if (this.outside?.length)
      this.outside = without(
        this.outside,
        found.map(({ number }) => number),
      );
    this.selectTrouble = null;
    const left = last - until;
    return left > 0 ? `The first 10,000 were selected; ${left.toLocaleString('en-US')} more match.` : '';
  }

  /** Puts all that is listed into the cart, 10,000 at most; resolves with how many are new there, and what else is to be said. */
  async addAll(): Promise<{ readonly asked: number; readonly added: Result<number>; readonly said: string }> {
    const said = await this.selectAll();
    const asked = this.selected.size;
    return { asked, added: await this.addToCart(), said };
  }

  /** Puts the selection into the cart; resolves with how many are new there. Nothing of an older search is added. */
  async addToCart(): Promise<Result<number>> {
    const numbers = [...this.selected];
    if (this.stale) return { ok: true, value: 0 };
    const added = await this.#addAll(numbers);
    if (!added.ok || numbers.length === 0) return added;
    this.outside = [];
    void this.note();
    await this.refresh();
    return added;
  }

  /** Puts numbers into the cart, as many at once as one call takes; what is there is not selected any more. */
  async #addAll(numbers: readonly string[]): Promise<Result<number>> {
    let added = 0;
    for (let at = 0; at < numbers.length; at += mostAtOnce) {
      const some = numbers.slice(at, at + mostAtOnce);
      const result = await this.#client.call('cart.add', { numbers: some });
      if (!result.ok) return result;
      added += result.value.added;
      for (const number of some) this.selected.delete(number);
    }
    return { ok: true, value: added };
  }

  /** Changes the routes for all of the cart, and keeps them with it. Resolves with why they could not be kept. */
  async setCartRoutes(change: Partial<CartRoutes>): Promise<AppError | null> {
    this.cartRoutes = { ...this.cartRoutes, ...change };
    this.#changed = true;
    if (this.#keeping) return null;
    this.#keeping = true;
    let error: AppError | null = null;
    // Of what is typed while it is kept only the newest is kept afterwards.
    while (this.#changed && error === null) {
      this.#changed = false;
      const result = await this.#client.call('cart.setRoutes', { ...this.cartRoutes });
      if (!result.ok) error = result.error;
    }
    this.#keeping = false;
    return error;
  }

  /** The routes that the cart is kept with, unless somebody is typing other ones here. */
  #takeRoutes({ routes }: CartView): void {
    if (!this.#keeping) this.cartRoutes = routes;
  }

  async saveSearch(saved: boolean, text: string): Promise<void> {
    const result = await this.#client.call(saved ? 'find.saveSearch' : 'find.forgetSearch', { text });
    if (result.ok) this.searches = result.value;
  }

  /** What was found may be more by now, or in the cart. */
  async refresh(): Promise<void> {
    if (this.text.trim() && this.#search !== null) await this.source.refresh();
  }

  async #loadLists(): Promise<void> {
    // Its review may be opened at once: the routes wait for nothing else.
    void this.#client.call('cart.get', {}).then((cart) => {
      if (cart.ok) this.#takeRoutes(cart.value);
    });
    const searches = await this.#client.call('find.searches', {});
    if (searches.ok) this.searches = searches.value;
  }
}

export const [getBuy, setBuy] = createContext<BuyState>();
