import type { Snippet } from 'svelte';
import { sortsOf, type SortBy, type Sorting } from '#main/contract/sorting.ts';

export { sortsOf, type SortBy, type Sorting };

/** The order after a click on a head: by that column, and the other way round when it is that already. */
export function sortedBy<Name extends string>(now: SortBy<Name>, column: Name): SortBy<Name> {
  const turned = now.column === column && now.direction === 'asc';
  return { column, direction: turned ? 'desc' : 'asc' };
}

/** Columns that a list may be sorted by at once. */
const mostSorts = 3;

/**
 * The order after a click on a head with Shift: that column decides where the others leave two rows equal. A second click turns it
 * round, a third takes it out again.
 */
export function alsoSortedBy<Name extends string>(
  now: readonly SortBy<Name>[],
  column: Name,
): readonly SortBy<Name>[] {
  const at = now.findIndex((sort) => sort.column === column);
  if (at < 0) return [...now.slice(0, mostSorts - 1), { column, direction: 'asc' }];
  if (now[at]?.direction === 'asc') return now.with(at, { column, direction: 'desc' });
  return now.length > 1 ? now.toSpliced(at, 1) : [{ column, direction: 'asc' }];
}

/** The order after a click on a head; `also` with Shift. */
export function sortingAfter<Name extends string>(
  now: Sorting<Name>,
  column: Name,
  also: boolean,
): Sorting<Name> {
  const sorts = also ? alsoSortedBy(sortsOf(now), column) : [sortedBy(now, column)];
  const [{ column: first, direction } = now, ...others] = sorts;
  return { column: first, direction, ...(others.length > 0 ? { also: others } : {}) };
}

/** A column of a table, as data. */
export type Column<Row, Name extends string = string> = {
  /** Names it, and its cells in the styles. */
  readonly key: string;
  readonly title: string;
  /** The title is for screen readers only. */
  readonly untitled?: true;
  /** In px; a column that does not grow is exactly so wide. */
  readonly minWidth: number;
  /** Its share of the room that is left; 0 or absent for a column that keeps its width. */
  readonly grow?: number;
  /** Where there is no room for all, columns of a higher one are hidden first; those of 0 or none only after all others. */
  readonly priority?: number;
  /** What the list is called to be sorted by it; absent where it cannot be. */
  readonly sort?: Name;
  readonly tone?: 'strong' | 'muted';
  /** Amounts and counts stand at the right. */
  readonly align?: 'end';
  /** Always shown, before all others. */
  readonly pinned?: true;
  /** Whether it is shown before anybody chose; it is where this is absent. */
  readonly usual?: boolean;
  readonly text: (row: Row) => string;
  /** What is shown beside the pointer: more than the cell has room for. */
  readonly tip?: (row: Row) => string | undefined;
  /** It can be changed where it stands: a table with an `editor` opens that on its cells. */
  readonly editable?: true;
  /** A class of the cell of a row, such as for one that was changed. */
  readonly mark?: (row: Row) => string | undefined;
  /** The cell, where it is more than its text. */
  readonly cell?: Snippet<[Row]>;
};

type Sized = Pick<Column<never>, 'minWidth' | 'grow' | 'priority' | 'pinned'>;

/**
 * The columns that there is room for in `room` px, in their order: those of a priority are hidden first, then others from the right.
 * The first one stays, and those that are pinned.
 */
export function fitting<One extends Sized>(columns: readonly One[], room: number): One[] {
  const order = (column: One) => column.priority ?? 0;
  let kept = [...columns];
  const wide = () => kept.reduce((sum, { minWidth }) => sum + minWidth, 0);
  const hideable = columns.filter((column) => order(column) > 0).sort((a, b) => order(b) - order(a));
  for (const column of hideable) {
    if (wide() <= room) break;
    kept = kept.filter((one) => one !== column);
  }
  for (const column of kept.slice(1).reverse()) {
    // Before it is on screen, a table has no width yet.
    if (room <= 0 || wide() <= room) break;
    if (!column.pinned) kept = kept.filter((one) => one !== column);
  }
  return kept;
}

/** The widths of columns as a grid of the styles has them. */
export function templateOf(columns: readonly Sized[]): string {
  return columns
    .map(({ minWidth, grow }) => (grow ? `minmax(${minWidth}px, ${grow}fr)` : `${minWidth}px`))
    .join(' ');
}
