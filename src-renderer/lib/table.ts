import type { GroupHead } from './groups.ts';

/** What a table needs from the list it shows, and from the screen it is on. `WindowSource` is such a list. */
export type TableRows<Row> = {
  readonly count: number;
  /** True while what is shown belongs to another question: how many rows there will be is not known. */
  readonly pending: boolean;
  /** The row to draw; undefined where it is not here yet. */
  shownAt(index: number): Row | undefined;
  /** The rows [first, end) that are here; absent where all are. */
  readonly here?: { readonly first: number; readonly end: number } | null;
  /** The head of a group that is drawn at a place; absent where rows are not grouped, null where a row is. */
  headAt?(index: number): GroupHead | null;
  /** The place of the head of the group that a place is in. */
  headOf?(index: number): number;
  /** The rows [first, end) are on screen. */
  show(first: number, end: number): void;
};

/** What rows do that can be chosen: with it, a table is a grid with a cursor, which has the focus as a whole. */
export type TableChoice<Row> = {
  /** False for a list whose rows are looked at and not selected: it has a cursor, and no boxes. */
  readonly boxes?: false;
  selected(row: Row): boolean;
  /** Whether it is the one that is open beside the list; none is where this is absent. */
  current?(row: Row): boolean;
  /** Whether it can be selected; all can where this is absent. */
  selectable?(row: Row): boolean;
  /** What the heads of groups say and do, where rows are grouped. */
  readonly groups?: {
    title(head: GroupHead): string;
    /** What its tooltip says, where that is more than the title. */
    tip?(head: GroupHead): string;
    /** How much of the group is selected, as far as that is known. */
    state(head: GroupHead): 'none' | 'some' | 'all';
    select(head: GroupHead): void;
    /** Opens or closes it. */
    turn(head: GroupHead): void;
  };
  /** Ctrl/⌘ A. */
  selectAll(): void;
  /** The box in the head: how much is selected, and what a click on it does with the rows [first, end) on screen. */
  readonly head?: {
    readonly state: 'none' | 'some' | 'all';
    press(first: number, end: number): void;
  };
  /** Ctrl/⌘ C, with Shift or Alt: copies in this format, null for the usual one. */
  copy?(format: 'e164' | 'digits' | null): void;
  /** Somebody drew the pointer over the rows [from, to]. */
  dragged?(from: number, to: number): void;
  /** The cursor came to this row by a key, with Shift where `extend`. */
  moved(index: number, extend: boolean): void;
  clicked(event: MouseEvent, index: number): void;
  /** A cell of the row is about to be changed, by F2 or a double click: what its first click opened is closed again. */
  editing?(index: number): void;
  /** Handles any other key; tells whether it did. */
  key(event: KeyboardEvent): boolean;
};

/**
 * How the changing of a cell ends: `stay` with the focus back on the table, `left` when the focus is elsewhere already, else with
 * the cell `below`, or the `next` or `before` one that can be changed.
 */
export type EditEnd = 'stay' | 'left' | 'below' | 'next' | 'before';

/** The cell to change after one at `row` and `key`: the next in `keys` or the one before, in other rows at their ends. */
export function cellAfter(
  { row, key }: { readonly row: number; readonly key: string },
  keys: readonly string[],
  end: 'below' | 'next' | 'before',
): { readonly row: number; readonly key: string } {
  if (end === 'below') return { row: row + 1, key };
  const at = keys.indexOf(key) + (end === 'next' ? 1 : -1);
  if (at >= keys.length) return { row: row + 1, key: keys[0] ?? key };
  if (at < 0) return { row: row - 1, key: keys.at(-1) ?? key };
  return { row, key: keys[at] ?? key };
}

/** What can be done with a row: an entry of its menu, with the keys that do the same. */
export type RowAction = {
  readonly label: string;
  readonly keys?: string;
  readonly disabled?: boolean;
  readonly run: () => void;
};
/** The menu of a row, in groups. */
export type RowMenu = { readonly title: string; readonly groups: readonly (readonly RowAction[])[] };

/** A list of which all rows are here. */
export function allOf<Row>(rows: readonly Row[]): TableRows<Row> {
  return { count: rows.length, pending: false, shownAt: (index) => rows[index], show: () => undefined };
}

/** How many rows a key moves the cursor by; null for one that does not. A page is a row less than what is visible. */
export function stepOf(key: string, visible: number, count: number): number | null {
  const page = Math.max(1, Math.floor(visible) - 1);
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    j: 1,
    ArrowUp: -1,
    k: -1,
    PageDown: page,
    PageUp: -page,
    Home: -count,
    End: count,
  };
  return steps[key] ?? null;
}
