import { createContext } from 'svelte';
import type { Client } from '#main/contract/client.ts';
import type { NumberFormat } from '#main/contract/phone.ts';
import { finishedPart, parseQuery } from '#main/contract/query.ts';
import type { Result } from '#main/contract/errors.ts';
import {
  mostClosedGroups,
  type GroupColumn,
  type NumberColumn,
  type NumberRow,
  type NumbersWindow,
  type Sort,
} from '#main/contract/numbers.ts';
import { GroupPlaces, groupedRows, type Group, type GroupHead } from '../../lib/groups.ts';
import type { TableRows } from '../../lib/table.ts';
import { allGroups } from './grouping.ts';
import { Selection, type Chosen, type SelectableList } from './selection.svelte.ts';
import { StagedChanges } from './staged.svelte.ts';
import { formatCount, numbersOf } from '#main/contract/words.ts';
import { copyNumbers, copyText } from '../../lib/copy.ts';
import { sortingAfter } from '../../lib/columns.ts';
import { TableState } from '../../lib/table-state.svelte.ts';
import { WindowSource, type WindowPlace } from '../../lib/window-source.svelte.ts';
import { saidOthers, withNumbers, type PastedNumbers } from '../../lib/pasted.ts';

/** A window of the numbers list: `matching` counts those in open groups, `found` all that the query finds. */
type NumbersView = Omit<NumbersWindow, 'listed'> & {
  readonly found: number;
  readonly groups?: readonly Group[];
  readonly closed?: readonly (string | null)[];
};
/** How often rows and groups are asked for until they are of the same list. */
const mostTries = 3;

/**
 * The numbers list as the window has it: a query, the rows it finds, a cursor and a selection. Until the answer to a
 * new query is here, and while a part of it is still being typed, the rows are `stale`: they may still be drawn
 * (`source.shownAt`), and nothing can be done to them (`rowAt`).
 */
export class NumbersState implements SelectableList {
  text = $state('');
  sort = $state.raw<Sort>({ column: 'number', direction: 'asc' });
  readonly source: WindowSource<NumberRow, NumbersView>;
  /** By what the numbers are grouped; null for not at all. */
  grouped = $state.raw<GroupColumn | null>(null);
  /** Groups that are closed, by their values. */
  #closed = $state.raw<readonly (string | null)[]>([]);
  /** The numbers of groups that were selected as a whole. */
  #chosenGroups = $state.raw<Readonly<Record<string, readonly string[]>>>({});
  /** The groups that were read last, of which query and of which revision of the list. */
  #groups: { readonly of: string; readonly revision: number; readonly groups: readonly Group[] } | null =
    null;
  readonly #places = $derived.by(() => placesOf(this.source.view));
  /** The rows as they are drawn, with the heads of groups between them. */
  readonly rows: TableRows<NumberRow> = $derived.by(() =>
    this.#places ? groupedRows(this.source, this.#places) : this.source,
  );
  readonly table = new TableState();
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
    this.source = new WindowSource((place) => this.#read(place), {
      before: (answer, fresh) => {
        if (answer && answer.known.join() !== this.#known.join()) this.#known = answer.known;
        if (answer) this.#follow(answer);
        if (fresh && this.selected.size > 0) void this.selection.compare();
      },
    });
  }

  /** Listens, while its screen is there, until the returned function is called. What was shown before stays until the answer. */
  start(): () => void {
    if (this.view) this.refresh();
    else this.requery();
    void this.staged.check();
    const end = this.client.on('inventory', () => {
      this.refresh();
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
    return copyText(
      numbers.map((number) => `+${number}`).join('\n'),
      `Copied ${numbersOf(numbers.length)} that ${numbers.length === 1 ? 'is' : 'are'} not yours`,
    );
  }

  /** Sorts by a column; with `also` by that one where the order so far leaves two numbers equal. */
  sortBy(column: NumberColumn, also = false): void {
    this.sort = sortingAfter(this.sort, column, also);
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

  get view(): NumbersView | null {
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
    const { grouped: group } = this;
    return { text: finishedPart(this.text), sort: group === null ? this.sort : { ...this.sort, group } };
  }

  get selected(): ReadonlySet<string> {
    return this.selection.numbers;
  }

  /** The row to act on; undefined while the rows are stale. */
  rowAt(index: number): NumberRow | undefined {
    return this.stale ? undefined : this.rows.shownAt(index);
  }

  /** How many numbers the query finds, in closed groups too. */
  get matching(): number {
    return this.view?.found ?? 0;
  }

  /** Groups the numbers by something, or not at all. */
  groupBy(by: GroupColumn | null): void {
    if (by === this.grouped) return;
    this.grouped = by;
    this.#closed = [];
    this.#chosenGroups = {};
    if (this.view || this.source.pending) this.requery();
  }

  /** Closes a group that is open, or opens it; tells why it cannot be closed, or ''. */
  turnGroup(value: string | null): string {
    const { length } = this.#closed;
    const others = this.#closed.filter((one) => one !== value);
    if (others.length === length && length >= mostClosedGroups)
      return `No more than ${formatCount(mostClosedGroups)} groups can be closed. Open another one first.`;
    this.#closed = others.length < length ? others : [...this.#closed, value];
    void this.source.refresh();
    return '';
  }

  /** Selects all numbers of a group, or takes them out where all of them are selected; resolves with what to say. */
  async toggleGroup({ value, place, count }: GroupHead): Promise<string> {
    const key = groupKey(value);
    const chosen = this.#chosenGroups[key] ?? [];
    if (chosen.length === count && chosen.every((number) => this.selected.has(number))) {
      this.selection.drop(chosen);
      return '';
    }
    return this.selection.select(
      () => this.#places?.rowsOf(place) ?? [0, 0],
      (numbers) => (this.#chosenGroups = { ...this.#chosenGroups, [key]: numbers }),
    );
  }

  /** How much of a group is selected, by what was selected as a group and by its rows that are here. */
  groupState({ value, count, place }: GroupHead): 'none' | 'some' | 'all' {
    if (this.selected.size === 0) return 'none';
    const chosen = this.#chosenGroups[groupKey(value)] ?? [];
    if (chosen.length === count && chosen.every((number) => this.selected.has(number))) return 'all';
    const { view } = this;
    const [from, to] = this.#places?.listedOf(place) ?? [0, 0];
    const here = view?.rows.slice(Math.max(0, from - view.offset), Math.max(0, to - view.offset)) ?? [];
    const selected = here.filter(({ number }) => this.selected.has(number)).length;
    if (selected === count) return 'all';
    return selected > 0 || chosen.some((number) => this.selected.has(number)) ? 'some' : 'none';
  }

  /** A window of the numbers in open groups, with the groups as they were when it was read. */
  async #read(place: WindowPlace): Promise<Result<NumbersView>> {
    const { grouped: by } = this;
    const input = { ...this.query, ...place, view: this.#name };
    if (by === null) {
      const result = await this.client.call('numbers.query', input);
      return result.ok ? { ok: true, value: { ...result.value, found: result.value.matching } } : result;
    }
    const closed = [...this.#closed];
    const of = JSON.stringify([input.text, by]);
    for (let tries = 1; ; tries += 1) {
      const window = await this.client.call('numbers.query', { ...input, closed });
      if (!window.ok) return window;
      const { matching: found, listed: matching = found, ...others } = window.value;
      if (this.#groups?.of !== of || this.#groups.revision !== others.revision) {
        const groups = await allGroups(this.client, input.text, by);
        if (!groups.ok) return groups;
        this.#groups = { of, ...groups.value };
        // The list changed between both. While it goes on changing, the next event asks again.
        if (groups.value.revision !== others.revision && tries < mostTries) continue;
      }
      return { ok: true, value: { ...others, matching, found, groups: this.#groups.groups, closed } };
    }
  }

  /** Keeps the cursor on its row. */
  #follow(answer: NumbersView): void {
    const places = placesOf(answer);
    this.table.follow(
      (index) => this.rowAt(index),
      answer,
      ({ number }) => number,
      places ? { placeOf: (row) => places.indexOf(row), count: places.count } : {},
    );
  }

  /** Columns of which any number has a value. The same list as long as they are the same: the table is not arranged anew at each answer. */
  get known(): readonly NumberColumn[] {
    return this.#known;
  }

  /** "302 of 12,321 numbers"; '' before the list is here. */
  get counts(): string {
    const { view } = this;
    if (!view) return '';
    if (view.found === view.total) return numbersOf(view.total);
    return `${formatCount(view.found)} of ${numbersOf(view.total)}`;
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
      return this.#between(Math.max(0, Math.min(anchor, index)), Math.max(anchor, index) + 1);
    });
  }

  /** Adds the rows [first, end), on screen or not; resolves with what to say. */
  selectRange(first: number, end: number): Promise<string> {
    return this.selection.select(() => this.#between(first, end));
  }

  /** The numbers that places of the list stand for. */
  #between(first: number, end: number): readonly [from: number, end: number] {
    return this.#places?.allBetween(first, end) ?? [first, end];
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

function placesOf(view: NumbersView | null): GroupPlaces | null {
  if (!view?.groups) return null;
  const closed = new Set(view.closed);
  return new GroupPlaces(view.groups, (value) => closed.has(value));
}

/** Null is another group than ''. */
const groupKey = (value: string | null) => JSON.stringify(value);

/** A sentence about how many of the selected numbers the filter hides. */
export function outsideWords(outside: number): string {
  return `${outside.toLocaleString('en-US')} of them not shown`;
}

export const [getNumbers, setNumbers] = createContext<NumbersState>();
