import { createContext } from 'svelte';
import { SvelteSet } from 'svelte/reactivity';
import type { Client } from '#main/contract/client.ts';
import type { Inputs } from '#main/contract/contract.ts';
import type { AppError, Result } from '#main/contract/errors.ts';
import { formatNumber, type NumberFormat } from '#main/contract/phone.ts';
import { numbersOf } from '#main/contract/words.ts';
import type {
  MatchingPage,
  NumberColumn,
  NumberRow,
  NumbersWindow,
  RouteUse,
  Sort,
} from '#main/contract/views.ts';

/** Rows of a window: at least so many, and as many as the contract allows where more are visible. */
const leastRows = 300;
const mostRows = 500;
/** Rows that are kept ready above and below. */
const margin = 100;
export const mostSelected = 100_000;
/** Numbers in one page of an answer. */
const pageSize = 10_000;

/**
 * The numbers list as the window has it: a query, one window of rows around what is on screen, a cursor and a
 * selection. An answer to an older query is dropped. Until the answer to a new one is here, the rows before it are
 * `stale`: they may still be drawn (`shownAt`), and nothing can be done to them (`rowAt`).
 */
export class NumbersState {
  text = $state('');
  sort = $state.raw<Sort>({ column: 'number', direction: 'asc' });
  view = $state.raw<NumbersWindow | null>(null);
  error = $state.raw<AppError | null>(null);
  routes = $state.raw<readonly RouteUse[]>([]);
  /** Row of the keyboard, -1 for none. */
  cursor = $state(-1);
  /** The number whose details are open. */
  opened = $state<string | null>(null);
  readonly selected = new SvelteSet<string>();
  anchor = -1;
  #client: Client;
  #wanted = { first: 0, end: 50 };
  /** Counts queries; `#answered` is the last one whose answer came. */
  #generation = $state(0);
  #answered = $state(0);
  /** The question on its way, and whether it has to be asked once more. */
  #loading: { readonly generation: number; again: boolean } | null = null;
  #answer: Promise<void> = Promise.resolve();
  /** Tells this list from those of other windows. */
  readonly #name = Math.random().toString(36).slice(2);
  #extending: Promise<void> = Promise.resolve();

  constructor(client: Client) {
    this.#client = client;
  }

  /** Forgets everything: another account. */
  reset(): void {
    this.text = '';
    this.view = null;
    this.error = null;
    this.opened = null;
    this.selected.clear();
    this.requery();
  }

  setText(text: string): void {
    this.text = text.slice(0, 1000);
    this.requery();
  }

  sortBy(column: NumberColumn): void {
    const same = this.sort.column === column;
    this.sort = { column, direction: same && this.sort.direction === 'asc' ? 'desc' : 'asc' };
    this.requery();
  }

  /** A new question: the cursor and the place in the list begin anew. */
  requery(): void {
    this.#generation += 1;
    this.#wanted = { first: 0, end: this.#wanted.end - this.#wanted.first };
    this.cursor = -1;
    this.anchor = -1;
    void this.#load();
  }

  /** The list changed underneath: ask again for what is on screen. */
  refresh(): void {
    void this.#load();
  }

  /** The table shows these rows now. */
  show(first: number, end: number): void {
    this.#wanted = { first, end };
    if (!this.#covers(this.view)) void this.#load();
  }

  /** True while what is on screen belongs to another query or order than the one that was asked for. */
  get stale(): boolean {
    return this.#answered !== this.#generation;
  }

  /** The row to draw. */
  shownAt(index: number): NumberRow | undefined {
    return this.view?.rows[index - this.view.offset];
  }

  /** The row to act on; undefined while the rows are stale. */
  rowAt(index: number): NumberRow | undefined {
    return this.stale ? undefined : this.shownAt(index);
  }

  get matching(): number {
    return this.view?.matching ?? 0;
  }

  async loadRoutes(): Promise<void> {
    const routes = await allRouteUse(this.#client);
    if (routes) this.routes = routes;
  }

  toggle(index: number): void {
    const row = this.rowAt(index);
    if (!row) return;
    if (!this.selected.delete(row.number)) this.selected.add(row.number);
    this.anchor = index;
  }

  /** Opens the row of the cursor, or takes it into the selection: of the query that was typed last, once its answer is here. */
  async atCursor(what: 'open' | 'toggle'): Promise<void> {
    await this.#answer;
    const row = this.rowAt(this.cursor);
    if (row && what === 'open') this.opened = row.number;
    if (row && what === 'toggle') this.toggle(this.cursor);
  }

  /** Adds every number between the anchor and `index`, on screen or not. */
  extendTo(index: number): Promise<void> {
    this.#extending = this.#extendTo(index);
    return this.#extending;
  }

  async #extendTo(index: number): Promise<void> {
    await this.#answer;
    const from = Math.max(0, Math.min(this.anchor < 0 ? index : this.anchor, index));
    const end = Math.min(Math.max(this.anchor, index) + 1, from + mostSelected);
    await this.#select(from, end);
  }

  /** Selects all that match; resolves with how many could not be taken. */
  async selectAll(): Promise<number> {
    await this.#answer;
    const total = await this.#select(0, mostSelected);
    return Math.max(0, total - mostSelected);
  }

  /** Selects the numbers in these places, as the list is now; resolves with how many match. */
  async #select(from: number, end: number): Promise<number> {
    const query = { text: this.text, sort: this.sort };
    let total = 0;
    for await (const page of matchingPages(this.#client, query, from, end)) {
      if (!page.ok) return 0;
      for (const number of page.value.numbers) this.selected.add(number);
      total = page.value.total;
    }
    return total;
  }

  /** The numbers an action is about: the selection, once what was just added to it is there, else the row of the cursor. */
  async subject(): Promise<string[]> {
    await Promise.all([this.#extending, this.#answer]);
    if (this.selected.size > 0) return [...this.selected];
    const row = this.rowAt(this.cursor);
    return row ? [row.number] : [];
  }

  /** Copies them, one per line; resolves with what to say. */
  async copy(format: NumberFormat, chosen?: readonly string[]): Promise<string> {
    const numbers = chosen ?? (await this.subject());
    if (numbers.length === 0) return 'Nothing to copy: choose a number first.';
    try {
      await navigator.clipboard.writeText(numbers.map((number) => formatNumber(number, format)).join('\n'));
    } catch {
      return 'The clipboard refused the text. Click into the window and try again.';
    }
    const [first = ''] = numbers;
    if (numbers.length === 1) return `Copied ${formatNumber(first, format)}`;
    return `Copied ${numbersOf(numbers.length)} as ${formatNames[format]}`;
  }

  /** Asks for the window around what is on screen. A question of an older query on its way is left to itself. */
  #load(): Promise<void> {
    if (this.#loading?.generation === this.#generation) this.#loading.again = true;
    else this.#answer = this.#ask();
    return this.#answer;
  }

  async #ask(): Promise<void> {
    const mine = { generation: this.#generation, again: false };
    this.#loading = mine;
    do {
      mine.again = false;
      const place = this.#place();
      const input = { text: this.text, sort: this.sort, ...place, view: this.#name };
      const result = await this.#client.call('numbers.query', input);
      // A newer query is asked by now: whoever waits for rows waits for that one.
      if (mine !== this.#loading) return this.#answer;
      if (result.ok) this.#take(result.value);
      else {
        this.error = result.error;
        // Rows of another query must not pass for an answer to this one.
        if (this.stale) this.view = null;
      }
      this.#answered = mine.generation;
      const next = this.#place();
      const moved = next.offset !== place.offset || next.limit !== place.limit;
      if (result.ok && moved && !this.#covers(result.value)) mine.again = true;
    } while (mine.again);
    this.#loading = null;
  }

  /** Shows an answer. When the list changed underneath, cursor and anchor stay on their numbers. */
  #take(view: NumbersWindow): void {
    const follow = (index: number) => {
      const number = this.rowAt(index)?.number;
      const at = number === undefined ? -1 : view.rows.findIndex((row) => row.number === number);
      return at < 0 ? Math.min(index, view.matching - 1) : view.offset + at;
    };
    const [cursor, anchor] = [follow(this.cursor), follow(this.anchor)];
    this.view = view;
    this.error = null;
    this.cursor = cursor;
    this.anchor = anchor;
  }

  /** The window to ask for: what is visible, with a margin on both sides. */
  #place(): { offset: number; limit: number } {
    const { first, end } = this.#wanted;
    const visible = Math.min(end - first, mostRows);
    const limit = Math.min(mostRows, Math.max(leastRows, visible + 2 * margin));
    const above = Math.min(margin, Math.floor((limit - visible) / 2));
    return { offset: Math.max(0, first - above), limit };
  }

  #covers(view: NumbersWindow | null): boolean {
    if (!view) return false;
    const { first, end } = this.#wanted;
    const last = Math.min(end, first + mostRows, view.matching);
    return first >= view.matching || (view.offset <= first && view.offset + view.rows.length >= last);
  }
}

/** The numbers of a query in the places [from, end), page by page from one snapshot: none is missed, none comes twice. */
export async function* matchingPages(
  client: Client,
  query: Pick<Inputs['numbers.matching'], 'text' | 'sort'>,
  from: number,
  end: number,
): AsyncGenerator<Result<MatchingPage>> {
  let snapshot: number | 'new' = 'new';
  for (let offset = from; offset < end;) {
    const limit = Math.min(pageSize, end - offset);
    const single: boolean = snapshot === 'new' && offset + limit >= end;
    const input: Inputs['numbers.matching'] = { ...query, offset, limit, ...(single ? {} : { snapshot }) };
    const page: Result<MatchingPage> = await client.call('numbers.matching', input);
    yield page;
    if (!page.ok || page.value.snapshot === null) return;
    snapshot = page.value.snapshot;
    offset += limit;
  }
}

/** All routes in use, by name; null when they cannot be had. */
export async function allRouteUse(client: Client): Promise<RouteUse[] | null> {
  const uses: RouteUse[] = [];
  for (let after = ''; ;) {
    const result = await client.call('numbers.routeUse', { after });
    if (!result.ok) return null;
    uses.push(...result.value);
    const last = result.value.at(-1);
    if (!last || result.value.length < 500) return uses;
    after = `${last.name}\n${last.type}`;
  }
}

export const formatNames: Readonly<Record<NumberFormat, string>> = {
  e164: 'E.164',
  national: 'national',
  international: 'international',
  digits: 'digits',
};

export const [getNumbers, setNumbers] = createContext<NumbersState>();
