import type { GroupColumn } from '../../contract/numbers.ts';
import { otherCountries } from '../../contract/phone.ts';
import type { NumberIndex } from './number-index.ts';
import { isNorthAmericanKey } from './number-key.ts';
import { byRank, countRanks } from './sort.ts';
import type { Ids } from './slots.ts';

/** Numbers with the same value: what rows say of it, null for what was not read yet, and how many they are. */
export type CountedGroup = { readonly value: string | null; readonly count: number };

const areaCodes = 1_000;

/** Which group a slot is in: `ranks` of its id, in the order of the groups, each of which has a value. */
type Grouping = {
  readonly ids: Ids;
  readonly ranks: Uint32Array;
  readonly values: readonly (string | null)[];
};

/**
 * Slots by groups: those with the same value in a column together, in the order they come in. A window is picked out of them without
 * what is in groups that are closed.
 */
export class GroupedSlots {
  /** How many slots are in groups that are open. */
  readonly listed: number;
  #slots: Uint32Array;
  #grouping: Grouping;
  #counts: Uint32Array;
  #open: Uint32Array;

  constructor(
    index: NumberIndex,
    slots: Uint32Array,
    by: GroupColumn,
    closed: readonly (string | null)[] = [],
  ) {
    this.#slots = slots;
    this.#grouping =
      by === 'npa' ? byAreaCode(index) : by === 'state' ? byState(index) : byValueOf(index, by);
    const { ids, ranks, values } = this.#grouping;
    this.#counts = countRanks(slots, ids, ranks);
    this.#open = this.#counts.slice();
    const shut = new Set(closed);
    values.forEach((value, rank) => {
      if (shut.has(value)) this.#open[rank] = 0;
    });
    this.listed = this.#open.reduce((sum, count) => sum + count, 0);
  }

  /** Slots of open groups from `offset` on, at most `limit`. */
  window(offset: number, limit: number): Uint32Array {
    const end = Math.min(offset + limit, this.listed);
    if (offset >= end) return new Uint32Array();
    const { ids, ranks } = this.#grouping;
    return byRank(this.#slots, ids, ranks, this.#open, { offset, end, descending: false });
  }

  /** All groups that have any, open or closed. */
  groups(): CountedGroup[] {
    return this.#grouping.values
      .map((value, rank) => ({ value, count: this.#counts[rank] ?? 0 }))
      .filter(({ count }) => count > 0);
  }
}

/** Values that rows say alike are one group, as routes of two types with one name. */
function byValueOf(index: NumberIndex, by: Exclude<GroupColumn, 'npa'>): Grouping {
  const order = index.values[by].ranks();
  const told = index.values[by].told() as readonly (string | null)[];
  const sorted = Array.from(told, (_, id) => id).sort(
    (a, b) => (order[a] ?? 0) - (order[b] ?? 0) || compare(told[a] ?? null, told[b] ?? null) || a - b,
  );
  const ranks = new Uint32Array(told.length);
  const values: (string | null)[] = [];
  sorted.forEach((id, place) => {
    const value = told[id] ?? null;
    if (place === 0 || values.at(-1) !== value) values.push(value);
    ranks[id] = values.length - 1;
  });
  return { ids: index.ids[by], ranks, values };
}

function compare(one: string | null, other: string | null): number {
  if (one === other) return 0;
  if (one === null || other === null) return one === null ? -1 : 1;
  return one < other ? -1 : 1;
}

/** Area codes of the numbering plan; numbers of other countries, which have none, come last. */
function byAreaCode({ keys, count }: NumberIndex): Grouping {
  const ids = new Uint16Array(count);
  for (let slot = 0; slot < count; slot += 1) {
    const key = keys[slot] ?? 0;
    // 1, three digits, seven digits.
    ids[slot] = isNorthAmericanKey(key) ? Math.floor(key / 1e7) - 1_000 : areaCodes;
  }
  const values = Array.from({ length: areaCodes + 1 }, (_, id) =>
    id === areaCodes ? otherCountries : String(id).padStart(3, '0'),
  );
  return { ids, ranks: Uint32Array.from(values, (_, id) => id), values };
}

/** States, and a group of their own for numbers of other countries, which comes last: having no state is something else. */
function byState(index: NumberIndex): Grouping {
  const { ids, ranks, values } = byValueOf(index, 'state');
  const { keys, count } = index;
  const other = ranks.length;
  let states: Uint16Array | null = null;
  // Numbers that begin with 1 come first; after those that ascend there may be others of either kind.
  const [, others] = index.rangeOf('1');
  for (let slot = others; slot < count; slot += 1) {
    if (isNorthAmericanKey(keys[slot] ?? 0)) continue;
    states ??= Uint16Array.from(ids.subarray(0, count));
    states[slot] = other;
  }
  if (states === null) return { ids, ranks, values };
  return { ids: states, ranks: Uint32Array.of(...ranks, values.length), values: [...values, otherCountries] };
}
