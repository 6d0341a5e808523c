import { finishedList, readListQuery, type ListLanguage, type ListQuery } from '#main/contract/list-query.ts';
import type { Result } from '#main/contract/errors.ts';
import { sortingAfter, type Sorting } from './columns.ts';
import { TableState } from './table-state.svelte.ts';
import { WindowSource, type RowsWindow, type WindowPlace } from './window-source.svelte.ts';

/** What is asked of such a list. */
export type ListQuestion<Name extends string> = WindowPlace & {
  readonly text: string;
  readonly sort: Sorting<Name>;
};
/** A row of these lists is the sum of all its numbers: fewer are kept ready than of a plain list. */
const aroundRows = { least: 120, margin: 40, most: 500 };
/** How often news of a list are followed at most, in milliseconds. */
const followMs = 500;

/**
 * A list that is asked by a query and an order, a window at a time, in the language of its field. Rows tell how they are by
 * themselves: those on screen are shown so at once, and the list is asked again where that may change which rows it has.
 */
export class QueriedList<
  Row extends { readonly id: number },
  Name extends string,
  View extends RowsWindow<Row> = RowsWindow<Row>,
> {
  text = $state('');
  sort: Sorting<Name>;
  readonly source: WindowSource<Row, View>;
  readonly table = new TableState();
  readonly language: ListLanguage;
  readonly parsed: ListQuery = $derived.by(() => readListQuery(this.language, this.text, Date.now()));
  /** A part of the query is still being typed: what is shown is found by the rest of it. */
  readonly stale = $derived(this.parsed.problem?.unfinished ?? false);
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** The row that gets the cursor as soon as it is here. */
  #awaited: number | null = null;

  /** `sort` is the order before anybody chose one. */
  constructor(
    language: ListLanguage,
    sort: Sorting<Name>,
    read: (question: ListQuestion<Name>) => Promise<Result<View>>,
  ) {
    this.language = language;
    this.sort = $state.raw(sort);
    this.source = new WindowSource<Row, View>((place) => read({ ...this.#question(), ...place }), {
      keep: aroundRows,
      before: (answer, fresh) => {
        if (!answer) return;
        const rowAt = (index: number) => (fresh ? undefined : this.rowAt(index));
        this.table.follow(rowAt, answer, ({ id }) => String(id));
        if (this.#awaited !== null) this.#pointIn(answer, this.#awaited);
        this.#awaited = null;
      },
    });
  }

  setText(text: string): void {
    const before = finishedList(this.language, this.text);
    this.text = text;
    if (finishedList(this.language, text) !== before) this.#begin();
  }

  /** A head was clicked; `also` with Shift. */
  sortBy(column: Name, also: boolean): void {
    this.sort = sortingAfter(this.sort, column, also);
    this.#begin();
  }

  rowAt(index: number): Row | undefined {
    return this.source.shownAt(index);
  }

  /** The row of this id as it is shown; undefined for one that is not here. */
  find(id: number): Row | undefined {
    return this.source.view?.rows.find((row) => row.id === id);
  }

  /** Puts the cursor on the row of this id, or does so with the next answer: a row that is new may not be here yet. */
  point(id: number): void {
    const { view } = this.source;
    this.#awaited = view && this.#pointIn(view, id) ? null : id;
  }

  /** Tells whether the row is in this view. */
  #pointIn(view: View, id: number): boolean {
    const at = view.rows.findIndex((row) => row.id === id);
    if (at >= 0) this.table.cursor = this.table.anchor = view.offset + at;
    return at >= 0;
  }

  /** Takes a row as it is told, where it is one of those that are here. */
  put(row: Row): void {
    const { view } = this.source;
    if (!view?.rows.some(({ id }) => id === row.id)) return;
    this.source.view = { ...view, rows: view.rows.map((one) => (one.id === row.id ? row : one)) };
  }

  /** True once somebody looked at the list: it is kept up to date from then on. */
  get looked(): boolean {
    return this.source.view !== null || this.source.error !== null;
  }

  /** Asks again, where the list was asked before. */
  async refresh(): Promise<void> {
    this.stop();
    if (this.looked) await this.source.refresh();
  }

  refreshSoon(): void {
    this.#timer ??= setTimeout(() => void this.refresh(), followMs);
  }

  /** Nobody looks any more. */
  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #question() {
    const text = finishedList(this.language, this.text);
    return { text, sort: this.sort };
  }

  #begin(): void {
    this.table.reset();
    void this.source.begin();
  }
}
