/** Which rows a scrolled table shows. Pure: the same numbers for a test and for the screen. */

/** Browsers cap the height of an element (Chromium: 33,554,428 px); beyond this the scroll bar is scaled. */
export const tallest = 30_000_000;

export type Viewport = {
  readonly rowHeight: number;
  readonly rowCount: number;
  /** Height of the part that shows rows. */
  readonly height: number;
  readonly scrollTop: number;
};

export type Slice = {
  /** Height of the element that makes the scroll bar. */
  readonly contentHeight: number;
  /** The row at the top edge, with its hidden fraction. */
  readonly top: number;
  readonly first: number;
  /** One past the last row to draw. */
  readonly end: number;
};

const overscan = 4;

export function sliceOf(view: Viewport): Slice {
  const full = view.rowCount * view.rowHeight;
  const contentHeight = Math.min(full, tallest);
  const visible = view.height / view.rowHeight;
  const scrollable = Math.max(contentHeight - view.height, 0);
  const lastTop = Math.max(view.rowCount - visible, 0);
  const scrollTop = Math.min(Math.max(view.scrollTop, 0), scrollable);
  const top = scrollable === 0 ? 0 : (scrollTop / scrollable) * lastTop;
  const first = Math.max(0, Math.floor(top) - overscan);
  const end = Math.min(view.rowCount, Math.ceil(top + visible) + overscan);
  return { contentHeight, top, first, end };
}

/** The rows to draw when the row at the top edge is this one, wherever the scroll bar is. */
export function sliceAt(top: number, view: Viewport): Slice {
  const { contentHeight } = sliceOf(view);
  const visible = view.height / view.rowHeight;
  const first = Math.max(0, Math.floor(top) - overscan);
  const end = Math.min(view.rowCount, Math.ceil(top + visible) + overscan);
  return { contentHeight, top, first, end };
}

/**
 * The row to show at the top edge: `top` where all the rows in view from there on are here, else the nearest one for which they
 * are. `top` as well where nothing is here, or too little to fill the view.
 */
export function topHere(
  top: number,
  visible: number,
  count: number,
  here: { readonly first: number; readonly end: number } | null,
): number {
  if (!here) return top;
  const { first, end } = here;
  const last = Math.min(top + visible, count);
  if (first <= top && last <= end) return top;
  if (end - first < Math.min(visible, count)) return top;
  return Math.min(Math.max(top, first), Math.max(first, end - visible));
}

/** The scroll position that brings a row fully into view; the present one when it already is. */
export function scrollTopFor(row: number, view: Viewport): number {
  const slice = sliceOf(view);
  const visible = view.height / view.rowHeight;
  const lastTop = Math.max(view.rowCount - visible, 0);
  const scrollable = Math.max(slice.contentHeight - view.height, 0);
  if (lastTop === 0) return 0;
  let top = slice.top;
  if (row < top) top = row;
  else if (row + 1 > top + visible) top = row + 1 - visible;
  else return view.scrollTop;
  return Math.min(scrollable, Math.max(0, (top / lastTop) * scrollable));
}
