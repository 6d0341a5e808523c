/** The order of a list: by one column, and by others where it leaves rows equal. */

export type SortBy<Name extends string> = { readonly column: Name; readonly direction: 'asc' | 'desc' };

/** What decides first, and what where that leaves two rows equal; at last the list itself does. */
export type Sorting<Name extends string> = SortBy<Name> & { readonly also?: SortBy<Name>[] | undefined };

/** The columns of an order, the one that decides first. */
export function sortsOf<Name extends string>({
  column,
  direction,
  also = [],
}: Sorting<Name>): readonly SortBy<Name>[] {
  return [{ column, direction }, ...also];
}

/** Compares two rows by the columns of an order; 0 where all of them leave the rows equal. */
export function comparesBy<Name extends string, Row>(
  sorting: Sorting<Name>,
  valueOf: (row: Row, column: Name) => string | number,
): (a: Row, b: Row) => number {
  const sorts = sortsOf(sorting);
  return (a, b) => {
    for (const { column, direction } of sorts) {
      const [first, second] = [valueOf(a, column), valueOf(b, column)];
      if (first !== second) return first < second === (direction === 'asc') ? -1 : 1;
    }
    return 0;
  };
}
