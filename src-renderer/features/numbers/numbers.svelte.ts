import { createContext } from 'svelte';
import type { Client } from '#main/contract/client.ts';
import type { NumberFormat } from '#main/contract/phone.ts';
import { finishedPart, parseQuery } from '#main/contract/query.ts';
import type { NumberColumn, NumberRow, NumbersWindow, RouteUse, Sort } from '#main/contract/numbers.ts';
import { Selection, type Chosen, type SelectableList } from './selection.svelte.ts';
import { StagedChanges } from './staged.svelte.ts';
import { formatCount, numbersOf } from '#main/contract/words.ts';
import { copyNumbers } from '../../lib/copy.ts';
import { alsoSortedBy, sortedBy, type SortBy } from '../../lib/columns.ts';
import { TableState } from '../../lib/table-state.svelte.ts';
import { WindowSource } from '../../lib/window-source.svelte.ts';
import { saidOthers, withNumbers, type PastedNumbers } from '../../lib/pasted.ts';

/**
 * The numbers list as the window has it: a query, the rows it finds, a cursor and a selection. Until the answer to a
 * new query is here, and while a part of it is still being typed, the rows are `stale`: they may still be drawn
 * (`source.shownAt`), and nothing can be done to them (`rowAt`).
 */
export class NumbersState implements SelectableList {
  text = $state('');
  sort = $state.raw<Sort>({ column: 'number', direction: 'asc' });
  readonly source: WindowSource<NumberRow, NumbersWindow>;
  readonly table = new TableState();
  routes = $state.raw<readonly RouteUse[]>([]);
  /** The number whose details are open. */
  opened = $state<string | null>(null);
  /** The dialog that writes a file of them is open. */
  exporting = $state(false);
  readonly parsed = $derived(parseQuery(this.text));
  readonly client: Client;
  /** What was changed in its cells and is not sent. */
  readonly staged: StagedChanges;
  #known = $state.raw<readonly NumberColumn[]>([]);
  /** Tells this list from those of other windows. */
  readonly #name = Math.random().toString(36).slice(2);
  readonly selection: Selection;

  constructor(client: Client) {
    this.client = client;
    this.selection = new Selection(client, this);
    this.staged = new StagedChanges(client);
    this.source = new WindowSource(
      (place) => client.call('numbers.query', { ...this.query, ...place, view: this.#name }),
      {
        before: (answer, fresh) => {
          if (answer && answer.known.join() !== this.#known.join()) this.#known = answer.known;
          if (answer)
            this.table.follow(
              (index) => this.rowAt(index),
              answer,
              ({ number }) => number,
            );
          if (fresh && this.selected.size > 0) void this.selection.compare();
        },
      },
    );
  }

  /** Listens, while its screen is there, until the returned function is called. What was shown before stays until the answer. */
  start(): () => void {
    if (this.view) this.refresh();
    else this.requery();
    void this.loadRoutes();
    void this.staged.check();
    const end = this.client.on('inventory', () => {
      this.refresh();
      void this.loadRoutes();
      void this.staged.check();
    });
    return () => {
      // A dialog does not come back by itself.
      this.exporting = false;
      end();
    };
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
    const kept = await this.client.call('numbers.keep', { numbers: [...numbers] });
    if (!kept.ok) return `${kept.error.message} ${kept.error.action}`;
    this.setText(withNumbers(this.text, kept.value.id, from, to));
    return saidOthers(others);
  }

  /** Copies those of pasted numbers that the list does not have. Resolves with what there is to say of it. */
  async copyMissing(id: string): Promise<string> {
    const missing = await this.client.call('numbers.keptMissing', { id });
    if (!missing.ok) return `${missing.error.message} ${missing.error.action}`;
    const { numbers } = missing.value;
    try {
      await navigator.clipboard.writeText(numbers.map((number) => `+${number}`).join('\n'));
    } catch {
      return 'The clipboard refused the text. Click into the window and try again.';
    }
    return `Copied ${numbersOf(numbers.length)} that ${numbers.length === 1 ? 'is' : 'are'} not yours`;
  }

  /** Sorts by a column; with `also` by that one where the order so far leaves two numbers equal. */
  sortBy(column: NumberColumn, also = false): void {
    const sorts = also ? alsoSortedBy(sortsOf(this.sort), column) : [sortedBy(this.sort, column)];
    const [first = this.sort, ...others] = sorts;
    this.sort = others.length > 0 ? { ...first, also: others } : first;
    this.requery();
  }

  /** A new question: the cursor and the place in the list begin anew. */
  requery(): void {
    this.table.reset();
    this.selection.forgetOutside();
    void this.source.begin();
  }

  /** The list changed underneath: ask again for what is on screen. */
  refresh(): void {
    void this.source.refresh();
  }

  get view(): NumbersWindow | null {
    return this.source.view;
  }

  /** Another number for each query or order. */
  get generation(): number {
    return this.source.generation;
  }

  /** Resolves once the answer to what was asked last is here. */
  answered(): Promise<void> {
    return this.source.answered();
  }

  /** True while nothing can be done to what is on screen. */
  get stale(): boolean {
    return this.source.pending || this.parsed.problem?.unfinished === true;
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

  /** The row to act on; undefined while the rows are stale. */
  rowAt(index: number): NumberRow | undefined {
    return this.stale ? undefined : this.source.shownAt(index);
  }

  get matching(): number {
    return this.source.count;
  }

  /** Columns of which any number has a value. The same list as long as they are the same: the table is not arranged anew at each answer. */
  get known(): readonly NumberColumn[] {
    return this.#known;
  }

  /** "302 of 12,321 numbers"; '' before the list is here. */
  get counts(): string {
    const { view } = this;
    if (!view) return '';
    if (view.matching === view.total) return numbersOf(view.total);
    return `${formatCount(view.matching)} of ${numbersOf(view.total)}`;
  }

  async loadRoutes(): Promise<void> {
    const routes = await allRouteUse(this.client);
    if (routes) this.routes = routes;
  }

  toggle(index: number): void {
    const row = this.rowAt(index);
    if (!row) return;
    this.selection.toggle(row.number);
    this.table.anchor = index;
  }

  /**
   * Opens the row of the cursor, or takes it into the selection: of the query that was typed last, once its answer is
   * here. Resolves with why it cannot, or ''.
   */
  async atCursor(what: 'open' | 'toggle'): Promise<string> {
    await this.answered();
    const row = this.rowAt(this.table.cursor);
    if (!row) return this.refusal ?? '';
    if (what === 'open') this.opened = row.number;
    else this.toggle(this.table.cursor);
    return '';
  }

  /** Adds every number between the anchor and `index`, on screen or not; resolves with what to say. */
  extendTo(index: number): Promise<string> {
    return this.selection.select(() => {
      const anchor = this.table.anchor < 0 ? index : this.table.anchor;
      return [Math.max(0, Math.min(anchor, index)), Math.max(anchor, index) + 1];
    });
  }

  /** Adds the rows [first, end), on screen or not; resolves with what to say. */
  selectRange(first: number, end: number): Promise<string> {
    return this.selection.select(() => [first, end]);
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
    await this.answered();
    if (this.parsed.problem?.unfinished) return { refused: this.refusal ?? '' };
    const number = this.rowAt(this.table.cursor)?.number ?? this.opened;
    return number === null ? { refused: 'Choose a number first.' } : { numbers: [number], outside: 0 };
  }

  /** Copies them, one per line; resolves with what to say. */
  async copy(format: NumberFormat, only?: readonly string[]): Promise<string> {
    const chosen = only ? { numbers: only, outside: 0 } : await this.subject();
    if ('refused' in chosen) return `Nothing was copied. ${chosen.refused}`;
    const { numbers, outside } = chosen;
    const said = await copyNumbers(numbers, format);
    return outside > 0 ? `${said}, ${outsideWords(outside)}` : said;
  }
}

/** The columns of an order, the one that decides first. */
export function sortsOf({ column, direction, also = [] }: Sort): readonly SortBy<NumberColumn>[] {
  return [{ column, direction }, ...also];
}

/** All routes in use, by name; null when they cannot be had. */
async function allRouteUse(client: Client): Promise<RouteUse[] | null> {
  const uses: RouteUse[] = [];
  for (let after = ''; ;) {
    const result = await client.call('numbers.routeUse', { after });
    if (!result.ok) return null;
    uses.push(...result.value);
    const last = result.value.at(-1);
    if (!last) return uses;
    after = `${last.key}\n${last.type}`;
  }
}

/** A sentence about how many of the selected numbers the filter hides. */
export function outsideWords(outside: number): string {
  return `${outside.toLocaleString('en-US')} of them not shown`;
}

export const [getNumbers, setNumbers] = createContext<NumbersState>();
