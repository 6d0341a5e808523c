import { builtinType } from '../../contract/model.ts';
import {
  numberColumns,
  storedColumns,
  type NumberColumn,
  type StoredColumn,
  type ToldTexts,
} from '../../contract/number-columns.ts';
import type { NumberRow } from '../../contract/numbers.ts';
import { Bits, type Found } from './bits.ts';
import { lengthAt, stride, zero } from './block.ts';
import { noValues, toldColumns, valueColumns, type RouteKey, type ValueColumn } from './column-values.ts';
import { Columns, lowerBound } from './slots.ts';
import { DigitIndex } from './digit-index.ts';
import type { Interned } from './interned.ts';
import { NumberSets } from './number-sets.ts';
import { inNumberOrder, mergeByNumber } from './by-number.ts';
import { keyOf, keysFrom, numberOfKey } from './number-key.ts';
import { Places } from './places.ts';
import type { IndexedNumber, ListedRoutes, Overlay } from './indexed-number.ts';

/** The ids of what the carrier tells of a number, in the order of `toldColumns`; -1 for what it did not tell. */
export type TellingIds = readonly number[];
const notTold = -1;

/** So many slots may be out of place while the list changes, and when it has come to rest. */
const untidy = 20_000;
const untidyAtRest = 2_000;
/** So many slots are moved between two pauses. */
const slice = 50_000;
/** What changed while slots were moved is caught up with in parts, until no more than this is left. */
const fewTouched = 1_000;

/** The two routes come first in `toldColumns`. */
const routeColumns = 2;

/** The id of what stands where nothing is known. */
const nothing = 0;

/** Letters of JSON that a row takes besides its values, at most: the number, three times, and the names and marks of all. */
const lettersAround = 200 + valueColumns.reduce((sum, column) => sum + column.length + 4, 0);

/** Every column that `rowsAt` fills. */
const emptyRow = Object.fromEntries(valueColumns.map((column) => [column, null]));

function firstVersions(): Record<ValueColumn, number> {
  return Object.fromEntries(valueColumns.map((column) => [column, 1])) as Record<ValueColumn, number>;
}

/**
 * The owned numbers as columns: one contiguous buffer of digits and typed arrays of interned texts. The first `sorted`
 * slots ascend by number; those that came later follow as they came, and those that went are marked `gone`, until
 * `tidy` has put everything in place. `revision` grows when anything a window shows changes.
 */
export class NumberIndex extends Columns {
  /** Slots in use, those of numbers that are gone included. */
  count = 0;
  revision = 1;
  /**
   * Each grows when that part of any row changes; `members` when slots get numbers or move, `gone` when numbers go, `columns`
   * when a number gets another value there.
   */
  readonly versions = { members: 1, gone: 1, listed: 1, seen: 1, columns: firstVersions() };
  readonly values = noValues(
    (key) => this.labelOf(key),
    (key) => this.sharedNameOf(key),
  );
  /** No number was seen before the first or after the second. */
  seenBetween: readonly [number, number] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  gone = new Bits(this.capacity);
  /** Numbers that the carrier's list lacks, and since when. */
  missing: ReadonlyMap<string, number> = new Map();
  #goneCount = 0;
  #unread = 0;
  #listedRoutes: ListedRoutes | null = null;
  #labels: ReadonlyMap<string, string> = new Map();
  #sorted = 0;
  #tail = new Map<number, number>();
  #late: Uint32Array = new Uint32Array();
  #latest: number[] = [];
  #grams = DigitIndex.empty();
  /** Ids of what is known beside the list, by number. Few columns have any. */
  #overlaid = new Map<ValueColumn, Map<string, number>>();
  /** Slots whose cost is known. */
  #costly: number[] = [];
  #places = new Places(this.values.state, this.values.area);
  /** Numbers that somebody pasted. */
  sets = new NumberSets();
  #strained = false;
  /** Slots that changed while `tidy` is moving them. */
  #touched: Set<number> | null = null;

  /** How many numbers there are. */
  get size(): number {
    return this.count - this.#goneCount;
  }

  /** How many numbers have routes that were never read. Counted as they come: a million rows are not asked after each change. */
  get unread(): number {
    return this.#unread;
  }

  /** How many slots ascend by number: those that came late follow them. */
  get sorted(): number {
    return this.#sorted;
  }

  /** Where digits stand, for the first slots; the others have to be looked at one by one. */
  get grams(): DigitIndex {
    return this.#grams;
  }

  /** The routes that exist; null when that is not known. */
  get listedRoutes(): ListedRoutes | null {
    return this.#listedRoutes;
  }

  set listedRoutes(listed: ListedRoutes | null) {
    this.#listedRoutes = listed;
    this.#labels = listed?.labels ?? this.#labels;
    this.values.primary.reorder();
    this.versions.listed += 1;
    // What a query means by a label, too.
    this.versions.columns.primary += 1;
    this.versions.columns.failover += 1;
  }

  /** What people call a route; its key while no other name is known. */
  labelOf(key: string): string {
    return this.#labels.get(key) ?? key;
  }

  /** The name that a route has in common with others; null for all that have one of their own. */
  sharedNameOf(key: string): string | null {
    return this.#listedRoutes?.shared?.get(key) ?? null;
  }

  /** True for a route that means "none" as a failover. */
  isNoFailover({ key, type }: RouteKey): boolean {
    return key === '' || (type === builtinType && (this.#listedRoutes?.builtinIsNone ?? true));
  }

  slotOf(number: string): number | undefined {
    return this.slotOfKey(keyOf(number));
  }

  /** `key`: see `number-key.ts`. */
  slotOfKey(key: number): number | undefined {
    const slot = lowerBound(this.keys, this.#sorted, key);
    return slot < this.#sorted && this.keys[slot] === key && !this.gone.has(slot)
      ? slot
      : this.#tail.get(key);
  }

  numberAt(slot: number): string {
    return numberOfKey(this.keys[slot] ?? 0);
  }

  rowAt(slot: number): NumberRow {
    return this.rowsAt([slot])[0] as NumberRow;
  }

  /**
   * The rows of these slots. Made with all their fields at once and then filled column by column: a row that gets one field after
   * another takes twice as long, and a window has hundreds.
   */
  rowsAt(slots: Iterable<number>): NumberRow[] {
    const { values, ids } = this;
    const places = [...slots];
    const rows = places.map((slot): Record<string, unknown> => ({
      ...emptyRow,
      number: this.numberAt(slot),
      primaryType: values.primary.at(ids.primary[slot] ?? nothing).type,
      failoverType: values.failover.at(ids.failover[slot] ?? nothing).type,
      seenAt: this.seenAt[slot] ?? 0,
      routesAt: this.#routesAt(slot),
    }));
    for (const column of valueColumns) {
      const told = values[column].told();
      const idsHere = ids[column];
      rows.forEach((row, at) => {
        row[column] = told[idsHere[places[at] ?? 0] ?? nothing];
      });
    }
    return rows as unknown as NumberRow[];
  }

  /** Letters of JSON that no row of `rowsAt` takes more of. */
  mostLetters(): number {
    return valueColumns.reduce((sum, column) => sum + this.values[column].longest(), lettersAround);
  }

  /** Columns of which any number has, or had since the list was opened, a value. */
  known(): NumberColumn[] {
    const empty = valueColumns.filter((column) => this.values[column].values.length === 1);
    return numberColumns.filter((column) => !empty.some((one) => one === column));
  }

  /** What the carrier told of a number, its routes by their keys. */
  toldAt(slot: number): IndexedNumber {
    const primary = this.values.primary.at(this.ids.primary[slot] ?? nothing);
    const failover = this.values.failover.at(this.ids.failover[slot] ?? nothing);
    const texts = storedColumns.map((column) => {
      const interned = this.values[column] as Interned<unknown>;
      return [column, interned.at(this.ids[column][slot] ?? nothing)] as const;
    });
    return {
      ...(Object.fromEntries(texts) as ToldTexts),
      ...{ primary: primary.key, primaryType: primary.type },
      ...{ failover: failover.key, failoverType: failover.type },
      ...{ number: this.numberAt(slot), seenAt: this.seenAt[slot] ?? 0, routesAt: this.#routesAt(slot) },
    };
  }

  /** The routes of these numbers that are known from `at` (Unix milliseconds) are a guess, until they are read. */
  guess(numbers: readonly string[], at: number): void {
    for (const number of numbers) {
      const slot = this.slotOf(number);
      if (slot === undefined || this.routesAt[slot] !== at) continue;
      this.guessed[slot] = 1;
      this.#touched?.add(slot);
    }
  }

  isGuess(number: string): boolean {
    const slot = this.slotOf(number);
    return slot !== undefined && this.guessed[slot] === 1;
  }

  /** The first number whose routes are a guess, which then counts as read; null when there is none. */
  takeGuess(): string | null {
    for (let slot = -1; ;) {
      slot = this.guessed.indexOf(1, slot + 1);
      if (slot === -1) return null;
      this.guessed[slot] = 0;
      this.#touched?.add(slot);
      if (!this.gone.has(slot)) return this.numberAt(slot);
    }
  }

  #routesAt(slot: number): number | null {
    return this.ids.primary[slot] === nothing ? null : (this.routesAt[slot] ?? 0);
  }

  /** Adds or changes a number; tells which it was. When it was seen alone is no change. */
  put(row: IndexedNumber): 'added' | 'changed' | 'same' {
    const told = this.idsOf(row);
    const key = keyOf(row.number);
    const known = this.slotOfKey(key);
    const slot = known ?? this.#add(key);
    const { versions } = this;
    let changed = false;
    for (let at = 0; at < told.length; at += 1) {
      const column = toldColumns[at];
      if (column === undefined || this.#says(slot, at, told)) continue;
      versions.columns[column] += 1;
      changed = true;
    }
    if (this.seenAt[slot] !== row.seenAt) versions.seen += 1;
    // Routes that were not told stay as they are known, and as old.
    const routesAt = row.primary === null ? this.routesAt[slot] : row.routesAt;
    this.#set(slot, told, row.seenAt, routesAt ?? 0);
    if (known === undefined) return 'added';
    this.#touched?.add(slot);
    return changed ? 'changed' : 'same';
  }

  /** True when the row tells anything that is not there already, but for a time. That routes are read for the first time is no difference. */
  differs(slot: number, row: IndexedNumber): boolean {
    const told = this.idsOf(row);
    const first = this.ids.primary[slot] === nothing ? routeColumns : 0;
    return told.some((_, at) => at >= first && !this.#says(slot, at, told));
  }

  #says(slot: number, at: number, told: TellingIds): boolean {
    const id = told[at] ?? notTold;
    return id === notTold || this.told[at]?.[slot] === id;
  }

  /** The ids of what a row tells: for adding many rows that tell the same. */
  idsOf(row: Omit<IndexedNumber, 'number' | 'seenAt' | 'routesAt'>): TellingIds {
    const { values } = this;
    const ids = [
      row.primary === null ? notTold : values.primary.id({ key: row.primary, type: row.primaryType }),
      row.failover === null ? notTold : values.failover.id({ key: row.failover, type: row.failoverType }),
    ];
    for (const column of storedColumns) {
      const text: string | null | undefined = row[column];
      ids.push(text === undefined || text === null ? notTold : values[column].id(text));
    }
    return ids;
  }

  /** Adds a number, given by its key, that is larger than all that are here. Returns its slot. */
  append(key: number, told: TellingIds, seenAt: number, routesAt: number): number {
    const slot = this.#add(key);
    this.#set(slot, told, seenAt, routesAt);
    return slot;
  }

  /** Puts a text that few other rows share into a slot that was just added. */
  putText(slot: number, column: StoredColumn, text: string): void {
    // A copy: a part of a long text would keep all of it in memory.
    this.ids[column][slot] = this.values[column].id(text, () => Buffer.from(text).toString());
  }

  /** The sorted slots whose digits begin so, as [first, end). */
  rangeOf(digits: string): readonly [number, number] {
    const [first, end] = keysFrom(digits);
    return [lowerBound(this.keys, this.#sorted, first), lowerBound(this.keys, this.#sorted, end)];
  }

  /** Makes room at once for so many numbers. */
  reserve(count: number): void {
    if (count > this.capacity) this.#enlarge(count + (count >>> 4));
  }

  /**
   * Keeps what is known of numbers beside the list, those that come later included. It counts more than what is in its place:
   * the rate center a number was sold in is nearer the truth than its area code's largest place.
   */
  overlay(rows: readonly Overlay[]): void {
    for (const row of rows) {
      const slot = this.slotOf(row.number);
      for (const column of valueColumns) {
        const value = row[column];
        if (value !== undefined) this.#overlayOne(column, row.number, slot, value);
      }
    }
    if (rows.length > 0) this.revision += 1;
  }

  #overlayOne(column: ValueColumn, number: string, slot: number | undefined, value: unknown): void {
    const id = (this.values[column] as Interned<unknown>).id(value);
    let overlaid = this.#overlaid.get(column);
    if (!overlaid) this.#overlaid.set(column, (overlaid = new Map()));
    if (id === nothing) overlaid.delete(number);
    else overlaid.set(number, id);
    if (slot === undefined) return;
    this.#putOverlaid(column, slot, id);
    this.versions.columns[column] += 1;
    this.#touched?.add(slot);
  }

  #putOverlaid(column: ValueColumn, slot: number, id: number): void {
    if (column === 'monthly' && this.ids.monthly[slot] === nothing) this.#costly.push(slot);
    this.ids[column][slot] = id;
  }

  /** Takes over what is known of numbers beside the list, and the listed routes, from an index whose file is gone. */
  adopt(former: NumberIndex): void {
    this.listedRoutes = former.listedRoutes;
    this.sets = former.sets;
    for (const [column, overlaid] of former.#overlaid) {
      const values = former.values[column] as Interned<unknown>;
      for (const [number, id] of overlaid)
        this.#overlayOne(column, number, this.slotOf(number), values.at(id));
    }
    this.revision = Math.max(this.revision, former.revision) + 1;
  }

  /** Takes numbers out; returns how many were here. Their slots stay, marked, until `tidy`. */
  remove(numbers: readonly string[]): number {
    const before = this.#goneCount;
    for (const number of numbers) {
      const slot = this.slotOf(number);
      if (slot === undefined) continue;
      this.gone.add(slot);
      this.#goneCount += 1;
      if (this.ids.primary[slot] === nothing) this.#unread -= 1;
      if (slot >= this.#sorted) this.#tail.delete(keyOf(number));
      this.#touched?.add(slot);
    }
    this.versions.gone += 1;
    return this.#goneCount - before;
  }

  /** Those that came late, by number; some may be gone again. */
  late(): Uint32Array {
    if (this.#latest.length > 0) {
      const { keys } = this;
      const fresh = Uint32Array.from(this.#latest);
      fresh.sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
      this.#late = mergeByNumber(keys, this.#late, fresh);
      this.#latest = [];
    }
    return this.#late;
  }

  /** Called at each look at the list: decides whether so much is out of place that looking is slow. At rest, little is enough to tidy. */
  look(atRest = false): void {
    const limit = atRest ? untidyAtRest : Math.max(untidy, this.#grams.covered / 4);
    this.#strained ||= this.count - this.#grams.covered > limit || this.#goneCount > limit;
  }

  /** Work that puts every slot in its place, with pauses; null when there is no need. One at a time. */
  tidying(): Generator<void> | null {
    return this.#strained && this.#touched === null ? this.tidy() : null;
  }

  /**
   * Moves all slots to their places beside the ones in use, which answer all the while, then catches up with what was
   * changed meanwhile and takes over. A few milliseconds between two pauses.
   */
  *tidy(): Generator<void> {
    this.#touched = new Set();
    try {
      yield* this.#tidy();
    } finally {
      this.#touched = null;
      this.#strained = false;
    }
  }

  *#tidy(): Generator<void> {
    const begun = this.count;
    if (this.#sorted === begun && this.#goneCount === 0) {
      // Everything is in its place, as after loading: only where digits stand is not known yet.
      this.#use(yield* DigitIndex.make(() => this.digits, begun));
      return;
    }
    const here = Bits.all(begun);
    here.drop(this.gone);
    const from = inNumberOrder(this, here, this.size);
    const placed = from.length;
    const moved = new Columns(placed + Math.max(1024, placed >>> 4));
    for (let first = 0; first < placed; first += slice) {
      yield;
      moved.copy(this, from, first, Math.min(first + slice, placed));
    }
    yield;
    const grams = yield* DigitIndex.make(() => moved.digits, placed);
    const gone: number[] = [];
    const catchUp = () => {
      const touched = this.#touched ?? [];
      this.#touched = new Set();
      for (const slot of touched) {
        const to = slot < begun ? lowerBound(moved.keys, placed, this.keys[slot] ?? 0) : placed;
        if (to >= placed || moved.keys[to] !== this.keys[slot]) continue;
        if (this.gone.has(slot)) gone.push(to);
        else moved.copySlot(this, slot, to);
      }
    };
    while ((this.#touched?.size ?? 0) > fewTouched) {
      catchUp();
      yield;
    }
    catchUp();
    const late: number[] = [];
    for (let slot = begun; slot < this.count; slot += 1) if (!this.gone.has(slot)) late.push(slot);
    if (placed + late.length > moved.capacity) moved.grow(placed + late.length + 1024);
    late.forEach((slot, at) => {
      moved.copySlot(this, slot, placed + at);
    });
    this.take(moved);
    this.count = placed + late.length;
    this.#sorted = placed;
    this.#use(grams);
    this.gone = Bits.of(Uint32Array.from(gone), this.capacity);
    this.#goneCount = gone.length;
    this.#late = new Uint32Array();
    this.#latest = late.map((_, at) => placed + at);
    this.#tail = new Map(this.#latest.map((slot) => [this.keys[slot] ?? 0, slot]));
    this.#costly = [];
    for (let slot = 0; slot < this.count; slot += 1)
      if (this.ids.monthly[slot] !== nothing) this.#costly.push(slot);
  }

  /** Whoever kept a list of slots of the index before must ask again. */
  #use(grams: DigitIndex): void {
    this.#grams.release();
    this.#grams = grams;
    this.versions.members += 1;
  }

  /** Cents a month of those slots whose cost is known, and how many those are. */
  costOf(found: Found): { monthly: number; known: number } {
    const cost = { monthly: 0, known: 0 };
    const cents = this.values.monthly.values;
    const ids = this.ids.monthly;
    const among = found instanceof Bits || this.#costly.length === 0 ? this.#costly : found;
    for (const slot of among) {
      const id = ids[slot] ?? nothing;
      if (id === nothing || (found instanceof Bits && !found.has(slot))) continue;
      cost.monthly += cents[id] ?? 0;
      cost.known += 1;
    }
    return cost;
  }

  #set(slot: number, told: TellingIds, seenAt: number, routesAt: number): void {
    const wasUnread = this.ids.primary[slot] === nothing;
    for (let at = 0; at < told.length; at += 1) {
      const ids = this.told[at];
      const id = told[at] ?? notTold;
      if (ids !== undefined && id !== notTold) ids[slot] = id;
    }
    if (wasUnread && this.ids.primary[slot] !== nothing) this.#unread -= 1;
    this.seenAt[slot] = seenAt;
    if (this.routesAt[slot] !== routesAt) this.guessed[slot] = 0;
    this.routesAt[slot] = routesAt;
    const [least, most] = this.seenBetween;
    if (seenAt < least || seenAt > most) this.seenBetween = [Math.min(least, seenAt), Math.max(most, seenAt)];
  }

  #add(key: number): number {
    const slot = this.count;
    if (slot >= this.capacity) this.#enlarge(this.capacity * 2);
    this.keys[slot] = key;
    this.#unread += 1;
    writeNumber(this.digits, slot * stride, key);
    // All other columns stay at zero, the id of nothing: a slot that was never used has zeros.
    const place = this.#places.of(key);
    this.ids.state[slot] = place.state;
    this.ids.area[slot] = place.area;
    if (this.#overlaid.size > 0) this.#overlay(slot);
    // As the list is read in order, nothing comes late.
    if (slot === this.#sorted && (slot === 0 || (this.keys[slot - 1] ?? 0) < key)) this.#sorted = slot + 1;
    else {
      this.#tail.set(key, slot);
      this.#latest.push(slot);
    }
    this.count = slot + 1;
    this.versions.members += 1;
    return slot;
  }

  /** Puts what is known of a number beside the list into the slot that it has just got. */
  #overlay(slot: number): void {
    const number = this.numberAt(slot);
    for (const [column, overlaid] of this.#overlaid) {
      const id = overlaid.get(number);
      if (id !== undefined) this.#putOverlaid(column, slot, id);
    }
  }

  #enlarge(capacity: number): void {
    this.grow(capacity);
    this.gone = this.gone.grown(this.capacity);
  }
}

/** The digits of a number, and how many they are. */
function writeNumber(digits: Uint8Array, first: number, key: number): void {
  if (Number.isInteger(key)) {
    writeEleven(digits, first, key);
    digits[first + lengthAt] = 11;
    return;
  }
  const number = numberOfKey(key);
  for (let at = 0; at < number.length; at += 1) digits[first + at] = number.charCodeAt(at);
  digits[first + lengthAt] = number.length;
}

/** Half of the eleven digits at a time, since a whole number of 32 bits is divided much faster. */
function writeEleven(digits: Uint8Array, first: number, key: number): void {
  const high = Math.floor(key / 1e6);
  let left = key - high * 1e6;
  for (let at = first + 10; at > first + 4; at -= 1) {
    const rest = (left / 10) | 0;
    digits[at] = zero + left - rest * 10;
    left = rest;
  }
  left = high;
  for (let at = first + 4; at >= first; at -= 1) {
    const rest = (left / 10) | 0;
    digits[at] = zero + left - rest * 10;
    left = rest;
  }
}
