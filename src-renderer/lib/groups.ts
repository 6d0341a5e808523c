import type { TableRows } from './table.ts';

/** Rows with the same value; null for what was not read yet. */
export type Group = { readonly value: string | null; readonly count: number };
/** The head of a group, as a table draws it. */
export type GroupHead = Group & { readonly place: number; readonly closed: boolean };

/**
 * Where the heads and the rows of groups stand in a list: one head before the rows of each, and no rows of those that are closed. Worked
 * out from the counts alone, however many rows there are. Rows are counted in two ways: `all` of the list, and those `listed`, which
 * leave out closed groups.
 */
export class GroupPlaces {
  readonly count: number;
  readonly groups: readonly Group[];
  #closed: readonly boolean[];
  /** Of each group: the place of its head, its first row among all and among those listed. */
  #heads: number[] = [];
  #all: number[] = [];
  #listed: number[] = [];

  constructor(groups: readonly Group[], isClosed: (value: string | null) => boolean) {
    this.groups = groups;
    this.#closed = groups.map(({ value }) => isClosed(value));
    let [head, all, listed] = [0, 0, 0];
    groups.forEach(({ count }, place) => {
      this.#heads.push(head);
      this.#all.push(all);
      this.#listed.push(listed);
      const shown = this.#closed[place] === true ? 0 : count;
      head += 1 + shown;
      all += count;
      listed += shown;
    });
    this.count = head;
  }

  /** The head at a place; null where a row is. */
  headAt(index: number): GroupHead | null {
    const place = this.groupAt(index);
    const group = this.groups[place];
    if (!group || this.#heads[place] !== index) return null;
    return { ...group, place, closed: this.#closed[place] === true };
  }

  /** The place of the head of the group that a place is in. */
  headOf(index: number): number {
    return this.#heads[this.groupAt(index)] ?? 0;
  }

  /** The row at a place among those that are listed; of a head that of the first row after it. */
  listedAt(index: number): number {
    return this.#rowAt(index, this.#listed);
  }

  /** How many listed rows stand before a place. */
  listedEnd(index: number): number {
    const place = this.groupAt(index - 1);
    const shown = this.#closed[place] === true ? 0 : index - (this.#heads[place] ?? 0) - 1;
    return (this.#listed[place] ?? 0) + shown;
  }

  /** Where a listed row stands. */
  indexOf(listed: number): number {
    const place = this.#last(this.#listed, listed, (at) => this.#closed[at] !== true);
    return (this.#heads[place] ?? 0) + 1 + listed - (this.#listed[place] ?? 0);
  }

  /** The rows among all that the places [first, end) stand for, as [from, to): a head stands for its group where that is closed. */
  allBetween(first: number, end: number): readonly [from: number, to: number] {
    const last = end - 1;
    const place = this.groupAt(last);
    const head = this.#heads[place] === last;
    const [all, count] = [this.#all[place] ?? 0, this.groups[place]?.count ?? 0];
    const to = !head ? this.#rowAt(last, this.#all) + 1 : this.#closed[place] === true ? all + count : all;
    return [this.#rowAt(first, this.#all), to];
  }

  /** All rows of a group, as [from, to). */
  rowsOf(place: number): readonly [from: number, to: number] {
    const from = this.#all[place] ?? 0;
    return [from, from + (this.groups[place]?.count ?? 0)];
  }

  /** The listed rows of a group, as [from, to): none of one that is closed. */
  listedOf(place: number): readonly [from: number, to: number] {
    const from = this.#listed[place] ?? 0;
    return [from, from + (this.#closed[place] === true ? 0 : (this.groups[place]?.count ?? 0))];
  }

  /** The group that a place is in. */
  groupAt(index: number): number {
    return this.#last(this.#heads, index, () => true);
  }

  #rowAt(index: number, firsts: readonly number[]): number {
    const place = this.groupAt(index);
    return (firsts[place] ?? 0) + Math.max(0, index - (this.#heads[place] ?? 0) - 1);
  }

  /** The last group that begins at or before a place, of those that count. */
  #last(firsts: readonly number[], at: number, counts: (place: number) => boolean): number {
    let [low, high] = [0, firsts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((firsts[middle] ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    let place = Math.max(0, low - 1);
    // Closed groups share their first listed row with the one after them.
    while (place > 0 && !counts(place)) place -= 1;
    return place;
  }
}

/** A list whose rows are those in open groups, as a table draws it with the heads between them. */
export function groupedRows<Row>(rows: TableRows<Row>, places: GroupPlaces): TableRows<Row> {
  const { here } = rows;
  const shownHere = here && {
    first: here.first === 0 ? 0 : places.indexOf(here.first),
    end: here.end >= rows.count ? places.count : places.indexOf(Math.max(0, here.end - 1)) + 1,
  };
  return {
    ...{ count: places.count, pending: rows.pending },
    ...(shownHere === undefined ? {} : { here: shownHere }),
    headAt: (index) => places.headAt(index),
    headOf: (index) => places.headOf(index),
    shownAt: (index) => (places.headAt(index) ? undefined : rows.shownAt(places.listedAt(index))),
    show(first, end) {
      const from = places.listedAt(first);
      rows.show(from, Math.max(from, end > first ? places.listedEnd(end) : from));
    },
  };
}
