import { createContext } from 'svelte';
import type { Client } from '#main/contract/client.ts';
import type { Inputs } from '#main/contract/contract.ts';
import type { AppError, Result } from '#main/contract/errors.ts';
import { formatNumber, type NumberFormat } from '#main/contract/phone.ts';
import { finishedPart, parseQuery } from '#main/contract/query.ts';
import type { NumberColumn, NumberRow, NumbersWindow, RouteUse, Sort } from '#main/contract/numbers.ts';
import { Selection, type Chosen, type SelectableList } from './selection.svelte.ts';
import { numbersOf } from '#main/contract/words.ts';
import { saidOthers, withNumbers, type PastedNumbers } from '../../lib/pasted.ts';

/** Rows of a window: at least so many, and as many as the contract allows where more are visible. */
const leastRows = 300;
const mostRows = 500;
/** Rows that are kept ready above and below. */
const margin = 100;

/**
 * The numbers list as the window has it: a query, one window of rows around what is on screen, a cursor and a
 * selection. An answer to an older query is dropped. Until the answer to a new one is here, and while a part of the query
 * is still being typed, the rows are `stale`: they may still be drawn (`shownAt`), and nothing can be done to them
 * (`rowAt`).
 */
export class NumbersState implements SelectableList {
  text = $state('');
  sort = $state.raw<Sort>({ column: 'number', direction: 'asc' });
  view = $state.raw<NumbersWindow | null>(null);
  error = $state.raw<AppError | null>(null);
  routes = $state.raw<readonly RouteUse[]>([]);
  /** Row of the keyboard, -1 for none. */
  cursor = $state(-1);
  /** The number whose details are open. */
  opened = $state<string | null>(null);
  readonly parsed = $derived(parseQuery(this.text));
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
  readonly selection: Selection;

  constructor(client: Client) {
    this.#client = client;
    this.selection = new Selection(client, this);
  }

  /** Forgets everything: another account. */
  reset(): void {
    this.text = '';
    this.view = null;
    this.error = null;
    this.opened = null;
    this.selection.clear();
    this.requery();
  }

  setText(text: string): void {
    this.text = text;
    this.requery();
  }

  /**
   * Makes one filter of pasted numbers, in the place of what was marked in the query. Resolves with what there is to say of it:
   * lines that were none, or why it cannot be.
   */
  async filterBy({ numbers, others }: PastedNumbers, from: number, to: number): Promise<string> {
    const kept = await this.#client.call('numbers.keep', { numbers: [...numbers] });
    if (!kept.ok) return `${kept.error.message} ${kept.error.action}`;
    this.setText(withNumbers(this.text, kept.value.id, from, to));
    return saidOthers(others);
  }

  /** Copies those of pasted numbers that the list does not have. Resolves with what there is to say of it. */
  async copyMissing(id: string): Promise<string> {
    const missing = await this.#client.call('numbers.keptMissing', { id });
    if (!missing.ok) return `${missing.error.message} ${missing.error.action}`;
    const { numbers } = missing.value;
    try {
      await navigator.clipboard.writeText(numbers.map((number) => `+${number}`).join('\n'));
    } catch {
      return 'The clipboard refused the text. Click into the window and try again.';
    }
    return `Copied ${numbersOf(numbers.length)} that ${numbers.length === 1 ? 'is' : 'are'} not yours`;
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
    this.selection.forgetOutside();
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

  /** Another number for each query or order. */
  get generation(): number {
    return this.#generation;
  }

  /** Resolves once the answer to what was asked last is here. */
  answered(): Promise<void> {
    return this.#answer;
  }

  /** True while the answer to what was asked for is on its way: what is on screen belongs to another query or order. */
  get pending(): boolean {
    return this.#answered !== this.#generation;
  }

  /** True while nothing can be done to what is on screen. */
  get stale(): boolean {
    return this.pending || this.parsed.problem?.unfinished === true;
  }

  /** Why nothing can be done by the query, as a sentence for whoever tries; null for one that is understood. */
  get refusal(): string | null {
    const { problem } = this.parsed;
    if (!problem) return null;
    const what = problem.unfinished ? 'The filter is not typed to its end' : 'The filter is not understood';
    return `${what}: "${problem.token}". ${problem.sentence}`;
  }

  /** The query of what is shown: what is still being typed is left out. */
  get query(): { readonly text: string; readonly sort: Sort } {
    return { text: finishedPart(this.text), sort: this.sort };
  }

  get selected(): ReadonlySet<string> {
    return this.selection.numbers;
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
    this.selection.toggle(row.number);
    this.anchor = index;
  }

  /**
   * Opens the row of the cursor, or takes it into the selection: of the query that was typed last, once its answer is
   * here. Resolves with why it cannot, or ''.
   */
  async atCursor(what: 'open' | 'toggle'): Promise<string> {
    await this.#answer;
    const row = this.rowAt(this.cursor);
    if (!row) return this.refusal ?? '';
    if (what === 'open') this.opened = row.number;
    else this.toggle(this.cursor);
    return '';
  }

  /** Adds every number between the anchor and `index`, on screen or not; resolves with what to say. */
  extendTo(index: number): Promise<string> {
    return this.selection.select(() => {
      const anchor = this.anchor < 0 ? index : this.anchor;
      return [Math.max(0, Math.min(anchor, index)), Math.max(anchor, index) + 1];
    });
  }

  /** Selects all that match, at most `mostSelected`; resolves with what to say. */
  selectAll(): Promise<string> {
    return this.selection.select(() => [0, Number.POSITIVE_INFINITY]);
  }

  /**
   * What a verb acts on, by key or by button: the selection, once what was just added to it is there, else the row of the
   * cursor, else the number whose details are open.
   */
  async subject(): Promise<Chosen> {
    const chosen = await this.selection.chosen();
    if (chosen) return chosen;
    await this.#answer;
    if (this.parsed.problem?.unfinished) return { refused: this.refusal ?? '' };
    const number = this.rowAt(this.cursor)?.number ?? this.opened;
    return number === null ? { refused: 'Choose a number first.' } : { numbers: [number], outside: 0 };
  }

  /** Copies them, one per line; resolves with what to say. */
  async copy(format: NumberFormat, only?: readonly string[]): Promise<string> {
    const chosen = only ? { numbers: only, outside: 0 } : await this.subject();
    if ('refused' in chosen) return `Nothing was copied. ${chosen.refused}`;
    const { numbers, outside } = chosen;
    try {
      await navigator.clipboard.writeText(numbers.map((number) => formatNumber(number, format)).join('\n'));
    } catch {
      return 'The clipboard refused the text. Click into the window and try again.';
    }
    const [first = ''] = numbers;
    const hidden = outside > 0 ? `, ${outsideWords(outside)}` : '';
    if (numbers.length === 1) return `Copied ${formatNumber(first, format)}${hidden}`;
    return `Copied ${numbersOf(numbers.length)} as ${formatNames[format]}${hidden}`;
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
      const input = { ...this.query, ...place, view: this.#name };
      const result = await this.#whole(input);
      // A newer query is asked by now: whoever waits for rows waits for that one.
      if (mine !== this.#loading) return this.#answer;
      if (result.ok) this.#take(result.value);
      else {
        this.error = result.error;
        // Rows of another query must not pass for an answer to this one.
        if (this.pending) this.view = null;
      }
      if (this.pending && this.selected.size > 0) void this.selection.compare();
      this.#answered = mine.generation;
      const next = this.#place();
      const moved = next.offset !== place.offset || next.limit !== place.limit;
      if (result.ok && moved && !this.#covers(result.value)) mine.again = true;
    } while (mine.again);
    this.#loading = null;
  }

  /** A window of rows; where their names are so long that one answer does not hold them all, of several answers. */
  async #whole(input: Inputs['numbers.query']): Promise<Result<NumbersWindow>> {
    let result = await this.#client.call('numbers.query', input);
    while (result.ok) {
      const { rows, matching } = result.value;
      const lacking = Math.min(input.limit, matching - input.offset) - rows.length;
      if (rows.length === 0 || lacking <= 0) break;
      const rest = { ...input, offset: input.offset + rows.length, limit: lacking };
      const more = await this.#client.call('numbers.query', rest);
      if (!more.ok) return more;
      if (more.value.rows.length === 0) break;
      result = {
        ok: true,
        value: { ...more.value, offset: input.offset, rows: [...rows, ...more.value.rows] },
      };
    }
    return result;
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

/** All routes in use, by name; null when they cannot be had. */
export async function allRouteUse(client: Client): Promise<RouteUse[] | null> {
  const uses: RouteUse[] = [];
  for (let after = ''; ;) {
    const result = await client.call('numbers.routeUse', { after });
    if (!result.ok) return null;
    uses.push(...result.value);
    const last = result.value.at(-1);
    if (!last) return uses;
    after = `${last.name}\n${last.type}`;
  }
}

/** Says of a selection how many of it are hidden. */
export function outsideWords(outside: number): string {
  return `${outside.toLocaleString('en-US')} of them not shown`;
}

export const formatNames: Readonly<Record<NumberFormat, string>> = {
  e164: 'E.164',
  national: 'national',
  international: 'international',
  digits: 'digits',
};

export const [getNumbers, setNumbers] = createContext<NumbersState>();
