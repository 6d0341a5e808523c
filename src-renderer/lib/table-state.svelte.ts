import type { RowsWindow } from './window-source.svelte.ts';

/** Where somebody is in a list. It belongs to the list and not to the table that draws it, so that it outlasts the table. */
export class TableState {
  /** Row of the keyboard, -1 for none. */
  cursor = $state(-1);
  /** Where a range of rows begins, -1 for nowhere. */
  anchor = -1;
  /** Of the scroll bar, in px. */
  scrollTop = $state(0);
  #start: number;

  /** `start` is the row that has the cursor before anybody moved it. */
  constructor(start = -1) {
    this.#start = start;
    this.cursor = start;
  }

  /** Back to the top: other rows, or another order. */
  reset(): void {
    this.cursor = this.#start;
    this.anchor = -1;
    this.scrollTop = 0;
  }

  /** Keeps cursor and anchor on their rows when the list changed underneath: `rowAt` has the rows of before. */
  follow<Row>(
    rowAt: (index: number) => Row | undefined,
    view: RowsWindow<Row>,
    idOf: (row: Row) => string,
    /** Where a row of the view stands, and how many places there are: other ones where there are heads between the rows. */
    { placeOf = (row: number) => row, count = view.matching } = {},
  ): void {
    const moved = (index: number, start: number) => {
      const row = rowAt(index);
      const id = row === undefined ? null : idOf(row);
      const at = id === null ? -1 : view.rows.findIndex((one) => idOf(one) === id);
      return at < 0 ? Math.max(start, Math.min(index, count - 1)) : placeOf(view.offset + at);
    };
    [this.cursor, this.anchor] = [moved(this.cursor, this.#start), moved(this.anchor, -1)];
  }
}
