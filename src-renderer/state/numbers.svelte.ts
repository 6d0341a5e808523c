import { createContext } from 'svelte';
import { SvelteSet } from 'svelte/reactivity';
import type { Client } from '#main/contract/client.ts';
import type { AppError } from '#main/contract/errors.ts';
import { formatNumber, type NumberFormat } from '#main/contract/phone.ts';
import type { NumberColumn, NumberRow, NumbersWindow, RouteUse, Sort } from '#main/contract/views.ts';

const windowSize = 300;
const margin = 100;
export const mostSelected = 100_000;

/**
 * The numbers list as the window has it: a query, one window of rows around what is on screen, a cursor and a
 * selection. An answer to an older query is dropped; rows on screen stay until newer ones are here.
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
  #generation = 0;
  #loading = false;
  #again = false;
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

  rowAt(index: number): NumberRow | undefined {
    return this.view?.rows[index - this.view.offset];
  }

  get matching(): number {
    return this.view?.matching ?? 0;
  }

  async loadRoutes(): Promise<void> {
    const result = await this.#client.call('numbers.routeUse', {});
    if (result.ok) this.routes = result.value;
  }

  toggle(index: number): void {
    const row = this.rowAt(index);
    if (!row) return;
    if (!this.selected.delete(row.number)) this.selected.add(row.number);
    this.anchor = index;
  }

  /** Adds every number between the anchor and `index`, on screen or not. */
  extendTo(index: number): Promise<void> {
    this.#extending = this.#extendTo(index);
    return this.#extending;
  }

  async #extendTo(index: number): Promise<void> {
    const from = Math.max(0, Math.min(this.anchor < 0 ? index : this.anchor, index));
    const end = Math.min(Math.max(this.anchor, index) + 1, from + mostSelected);
    for (let offset = from; offset < end; offset += 500) {
      const limit = Math.min(500, end - offset);
      const input = { text: this.text, sort: this.sort, offset, limit };
      const result = await this.#client.call('numbers.query', input);
      if (!result.ok) return;
      for (const row of result.value.rows) this.selected.add(row.number);
    }
  }

  /** Selects all that match; resolves with how many could not be taken. */
  async selectAll(): Promise<number> {
    const input = { text: this.text, sort: this.sort, limit: mostSelected };
    const result = await this.#client.call('numbers.matching', input);
    if (!result.ok) return 0;
    for (const number of result.value.numbers) this.selected.add(number);
    return result.value.total - result.value.numbers.length;
  }

  /** The numbers an action is about: the selection, once what was just added to it is there, else the row of the cursor. */
  async subject(): Promise<string[]> {
    await this.#extending;
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
    return `Copied ${numbers.length.toLocaleString('en-US')} numbers as ${formatNames[format]}`;
  }

  async #load(): Promise<void> {
    if (this.#loading) {
      this.#again = true;
      return;
    }
    this.#loading = true;
    do {
      this.#again = false;
      const generation = this.#generation;
      const offset = Math.max(0, this.#wanted.first - margin);
      const input = { text: this.text, sort: this.sort, offset, limit: windowSize };
      const result = await this.#client.call('numbers.query', input);
      if (generation !== this.#generation) {
        this.#again = true;
      } else if (result.ok) {
        this.view = result.value;
        this.error = null;
        if (!this.#covers(result.value)) this.#again = true;
      } else {
        this.error = result.error;
      }
    } while (this.#again);
    this.#loading = false;
  }

  #covers(view: NumbersWindow | null): boolean {
    if (!view) return false;
    const end = Math.min(this.#wanted.end, view.matching);
    return (
      this.#wanted.first >= view.matching ||
      (view.offset <= this.#wanted.first && view.offset + view.rows.length >= end)
    );
  }
}

export const formatNames: Readonly<Record<NumberFormat, string>> = {
  e164: 'E.164',
  national: 'national',
  international: 'international',
  digits: 'digits',
};

export const [getNumbers, setNumbers] = createContext<NumbersState>();
