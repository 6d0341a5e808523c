import { untrack } from 'svelte';
import type { AppError, Result } from '#main/contract/errors.ts';
import { otherAccount } from './account-client.ts';

/** Some rows of a list, the first of them at `offset`, and how many rows the list has in all. */
export type RowsWindow<Row> = {
  readonly offset: number;
  readonly rows: readonly Row[];
  readonly matching: number;
};
export type WindowPlace = { readonly offset: number; readonly limit: number };

/** How many rows are kept: `least` at least, `margin` above and below what is visible, and never more than `most`. */
export type Keep = { readonly least: number; readonly margin: number; readonly most: number };
/** For a list that is scrolled: a window around what is on screen. */
const aroundScreen: Keep = { least: 300, margin: 100, most: 500 };
/** For a list that shows what it was told to: these rows and no others. */
export const asShown: Keep = { least: 0, margin: 0, most: Number.POSITIVE_INFINITY };
/** Rows that one question may ask for. */
const mostAtOnce = 500;

type Options<Row, View extends RowsWindow<Row>> = {
  readonly keep?: Keep;
  /**
   * Told just before an answer is shown, null for one that failed; `fresh` for the first one to a question that `begin` asked.
   * The rows of before are still there.
   */
  readonly before?: (answer: View | null, fresh: boolean) => void;
};

/**
 * The rows of a long list, a window at a time: asks for what is on screen, drops answers to older questions, and keeps what was
 * shown until the next answer is here. A new question is asked at once; of one question there is one request at a time, and
 * what is wanted meanwhile is asked afterwards. An answer that fails leaves the rows that are shown, unless they are of another
 * question: those must not pass for an answer to this one.
 */
export class WindowSource<Row, View extends RowsWindow<Row> = RowsWindow<Row>> {
  view = $state.raw<View | null>(null);
  error = $state.raw<AppError | null>(null);
  #read: (place: WindowPlace) => Promise<Result<View>>;
  #options: Options<Row, View>;
  #keep: Keep;
  #wanted = { first: 0, end: 50 };
  /** Counts questions; `#answered` is the last one whose answer came. */
  #generation = $state(0);
  #answered = $state(0);
  /** The request on its way, and whether it has to be made once more. */
  #loading: { readonly generation: number; again: boolean } | null = null;
  #answer: Promise<void> = Promise.resolve();

  /** `read` asks for at most 500 rows from `offset` on. An answer may have fewer, where more would be too long. */
  constructor(read: (place: WindowPlace) => Promise<Result<View>>, options: Options<Row, View> = {}) {
    this.#read = read;
    this.#options = options;
    this.#keep = options.keep ?? aroundScreen;
  }

  /** Asks a new question, from the top or from where it is told: what is shown is of the one before until its answer is here. */
  begin(rows = this.#top()): Promise<void> {
    this.#generation += 1;
    this.#wanted = rows;
    return this.#load();
  }

  /** Asks the same once more: the list changed underneath. */
  refresh(): Promise<void> {
    return this.#load();
  }

  /** These rows, [first, end), are on screen now. Asks only when they are not here. */
  show(first: number, end: number): void {
    this.#wanted = { first, end };
    // While it is being asked for, the answer that comes is looked at again.
    const asked = this.#loading?.generation === this.#generation;
    if (!asked && !this.#covers(this.view)) void this.#load();
  }

  /** Asks nothing, and drops what is here and on its way. */
  forget(): void {
    this.#generation += 1;
    this.#answered = this.#generation;
    this.#loading = null;
    this.#answer = Promise.resolve();
    this.#wanted = this.#top();
    this.view = null;
    this.error = null;
  }

  /** Another number for each question. */
  get generation(): number {
    return this.#generation;
  }

  /** True while what is on screen belongs to another question. */
  get pending(): boolean {
    return this.#answered !== this.#generation;
  }

  /** Resolves once the answer to what was asked last is here. */
  answered(): Promise<void> {
    return this.#answer;
  }

  /** How many rows the list has. */
  get count(): number {
    return this.view?.matching ?? 0;
  }

  /** The row to draw; undefined where it is not here yet. */
  shownAt(index: number): Row | undefined {
    return this.view?.rows[index - this.view.offset];
  }

  /** The rows [first, end) that are here. */
  get here(): { readonly first: number; readonly end: number } | null {
    const { view } = this;
    return view && { first: view.offset, end: view.offset + view.rows.length };
  }

  #top(): { first: number; end: number } {
    return { first: 0, end: this.#wanted.end - this.#wanted.first };
  }

  /** A request of an older question on its way is left to itself. */
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
      const result = await this.#whole(place, () => mine === this.#loading);
      // A newer question is asked by now: whoever waits for rows waits for that one.
      if (mine !== this.#loading) return this.#answer;
      // It is asked once more when its account is looked at again.
      if (!result.ok && result.error === otherAccount) break;
      this.#options.before?.(result.ok ? result.value : null, this.pending);
      this.error = result.ok ? null : result.error;
      if (result.ok) this.view = result.value;
      else if (this.pending) this.view = null;
      this.#answered = mine.generation;
      const next = this.#place();
      const moved = next.offset !== place.offset || next.limit !== place.limit;
      if (result.ok && moved && !this.#covers(result.value)) mine.again = true;
    } while (mine.again);
    this.#loading = null;
  }

  /** A window of rows; where they are so long, or so many, that one answer does not hold them all, of several answers. */
  async #whole({ offset, limit }: WindowPlace, wanted: () => boolean): Promise<Result<View>> {
    let result = await this.#read({ offset, limit: Math.min(limit, mostAtOnce) });
    while (result.ok && wanted()) {
      const { rows, matching } = result.value;
      const lacking = Math.min(limit, matching - offset) - rows.length;
      if (rows.length === 0 || lacking <= 0) break;
      const more = await this.#read({ offset: offset + rows.length, limit: Math.min(lacking, mostAtOnce) });
      if (!more.ok) return more;
      if (more.value.rows.length === 0) break;
      result = { ok: true, value: { ...more.value, offset, rows: [...rows, ...more.value.rows] } };
    }
    return result;
  }

  /** The window to ask for: what is visible, with a margin on both sides. */
  #place(): WindowPlace {
    const { first, end } = this.#wanted;
    const { least, margin, most } = this.#keep;
    const visible = Math.min(end - first, most);
    const limit = Math.min(most, Math.max(least, visible + 2 * margin));
    const above = Math.min(margin, Math.floor((limit - visible) / 2));
    return { offset: Math.max(0, first - above), limit };
  }

  #covers(view: View | null): boolean {
    if (!view) return false;
    const { first, end } = this.#wanted;
    const last = Math.min(end, first + this.#keep.most, view.matching);
    return first >= view.matching || (view.offset <= first && view.offset + view.rows.length >= last);
  }
}

/** Asks anew whenever what `version` reads has changed, while the component lives that calls this. A table asks at first. */
export function refreshWhen(
  source: () => { readonly refresh: () => Promise<void> },
  version: () => unknown,
): void {
  let before: unknown = null;
  $effect(() => {
    void version();
    const now = source();
    // One that was just made is asked by its table.
    if (now === before) untrack(() => void now.refresh());
    before = now;
  });
}

/** An answer that names its rows `items` and their number `total`. */
export function asWindow<Row>(
  result: Result<{ readonly offset: number; readonly items: readonly Row[]; readonly total: number }>,
): Result<RowsWindow<Row>> {
  if (!result.ok) return result;
  const { offset, items, total } = result.value;
  return { ok: true, value: { offset, rows: items, matching: total } };
}
