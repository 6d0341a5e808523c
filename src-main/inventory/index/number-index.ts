import type { NumberRow } from '../../contract/numbers.ts';
import { Bits, type Found } from './bits.ts';
import { stride } from './block.ts';
import { Columns, lowerBound } from './slots.ts';
import { DigitIndex } from './digit-index.ts';
import { Interned } from './interned.ts';
import { NumberSets } from './number-sets.ts';
import { inNumberOrder, mergeByNumber } from './number-order.ts';
import { Places } from './places.ts';
import type { IndexedNumber, Learned, Tagged } from './indexed-number.ts';

type RowKind = { readonly primary: number; readonly failover: number; readonly billing: number };

/** Among the costs: nothing is known. */
const unknownCost = -1;
/** So many slots may be out of place while the list changes, and when it has come to rest. */
const untidy = 20_000;
const untidyAtRest = 2_000;
/** So many slots are moved between two pauses. */
const slice = 50_000;
/** What changed while slots were moved is caught up with in parts, until no more than this is left. */
const fewTouched = 1_000;

const lower = (text: string) => text.toLowerCase();

/**
 * The owned numbers as columns: one contiguous buffer of digits and typed arrays of interned texts. The first `sorted`
 * slots ascend by number; those that came later follow as they came, and those that went are marked `gone`, until
 * `tidy` has put everything in place. `revision` grows when anything a window shows changes.
 */
export class NumberIndex extends Columns {
  /** Slots in use, those of numbers that are gone included. */
  count = 0;
  revision = 1;
  /** Each grows when that part of any row changes; `members` when slots get numbers or move. */
  readonly versions = { members: 1, routes: 1, billing: 1, places: 1, tags: 1, listed: 1, seen: 1 };
  readonly routes = new Interned<{ name: string; type: string }>(
    (route) => `${route.name}\n${route.type}`,
    (route) => lower(route.name),
  );
  readonly billings = new Interned<string>((text) => text, lower);
  readonly states = new Interned<string>((text) => text, lower);
  readonly areas = new Interned<string>((text) => text, lower);
  /** Which tags stand together on a number. The first is none at all. */
  readonly tagSets = new Interned<readonly string[]>(
    (tags) => tags.join('\n'),
    (tags) => lower(tags.join(', ')),
  );
  /** Cents a month. The first is that nothing is known. */
  readonly costs = new Interned<number>(String, (cents) => cents);
  /** No number was seen before the first or after the second. */
  seenBetween: readonly [number, number] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  gone = new Bits(this.capacity);
  /** Numbers that the carrier's list lacks, and since when. */
  missing: ReadonlyMap<string, number> = new Map();
  #goneCount = 0;
  #listedRoutes: ReadonlySet<string> | null = null;
  #sorted = 0;
  #tail = new Map<number, number>();
  #late: Uint32Array = new Uint32Array();
  #latest: number[] = [];
  #grams = DigitIndex.empty();
  #learned = new Map<string, Learned>();
  #tagged = new Map<string, number>();
  #untagged = this.tagSets.id([]);
  #unknown = this.costs.id(unknownCost);
  #costly: number[] = [];
  #places = new Places(this.states, this.areas);
  /** Numbers that somebody pasted. */
  sets = new NumberSets();
  #strained = false;
  /** Slots that changed while `tidy` is moving them. */
  #touched: Set<number> | null = null;

  /** How many numbers there are. */
  get size(): number {
    return this.count - this.#goneCount;
  }

  /** How many slots ascend by number: those that came late follow them. */
  get sorted(): number {
    return this.#sorted;
  }

  /** Where digits stand, for the first slots; the others have to be looked at one by one. */
  get grams(): DigitIndex {
    return this.#grams;
  }

  /** Names of the routes that exist; null when that is not known. */
  get listedRoutes(): ReadonlySet<string> | null {
    return this.#listedRoutes;
  }

  set listedRoutes(names: ReadonlySet<string> | null) {
    this.#listedRoutes = names;
    this.versions.listed += 1;
  }

  slotOf(number: string): number | undefined {
    return this.slotOfKey(Number(number));
  }

  /** `key`: the number as a number. */
  slotOfKey(key: number): number | undefined {
    const slot = lowerBound(this.keys, this.#sorted, key);
    return slot < this.#sorted && this.keys[slot] === key && !this.gone.has(slot)
      ? slot
      : this.#tail.get(key);
  }

  numberAt(slot: number): string {
    return String(this.keys[slot] ?? 0);
  }

  rowAt(slot: number): NumberRow {
    const primary = this.routes.at(this.primary[slot] ?? 0);
    const failover = this.routes.at(this.failover[slot] ?? 0);
    const cents = this.costs.at(this.monthly[slot] ?? 0);
    return {
      number: this.numberAt(slot),
      primary: primary.name,
      primaryType: primary.type,
      failover: failover.name,
      failoverType: failover.type,
      billing: this.billings.at(this.billing[slot] ?? 0),
      state: this.states.at(this.state[slot] ?? 0),
      area: this.areas.at(this.area[slot] ?? 0),
      seenAt: this.seenAt[slot] ?? 0,
      monthly: cents === unknownCost ? null : cents,
      tags: this.tagSets.at(this.tags[slot] ?? 0).join(', '),
    };
  }

  pairOf(number: string): { primary: string; failover: string } | null {
    const slot = this.slotOf(number);
    if (slot === undefined) return null;
    const name = (ids: Uint32Array) => this.routes.at(ids[slot] ?? 0).name;
    return { primary: name(this.primary), failover: name(this.failover) };
  }

  /** Adds or changes a number; tells which it was. When it was seen alone is no change. */
  put(row: IndexedNumber): 'added' | 'changed' | 'same' {
    const kind = this.kindOf(row);
    const known = this.slotOf(row.number);
    const slot = known ?? this.#add(row.number);
    const { versions } = this;
    const rerouted = this.primary[slot] !== kind.primary || this.failover[slot] !== kind.failover;
    const rebilled = this.billing[slot] !== kind.billing;
    if (rerouted) versions.routes += 1;
    if (rebilled) versions.billing += 1;
    if (this.seenAt[slot] !== row.seenAt) versions.seen += 1;
    this.#set(slot, kind, row.seenAt);
    if (known === undefined) return 'added';
    this.#touched?.add(slot);
    return rerouted || rebilled ? 'changed' : 'same';
  }

  /** The ids of what a row says besides its number: for adding many rows that say the same. */
  kindOf(row: Omit<IndexedNumber, 'number' | 'seenAt'>): RowKind {
    return {
      primary: this.routes.id({ name: row.primary, type: row.primaryType }),
      failover: this.routes.id({ name: row.failover, type: row.failoverType }),
      billing: this.billings.id(row.billing),
    };
  }

  /** Adds a number that is larger than all that are here. */
  append(number: string, kind: RowKind, seenAt: number): void {
    this.#set(this.#add(number), kind, seenAt);
  }

  /** The sorted slots whose digits begin so, as [first, end). */
  rangeOf(digits: string): readonly [number, number] {
    return [
      lowerBound(this.keys, this.#sorted, Number(digits.padEnd(11, '0'))),
      lowerBound(this.keys, this.#sorted, Number(digits.padEnd(11, '9')) + 1),
    ];
  }

  /** Makes room at once for so many numbers. */
  reserve(count: number): void {
    if (count > this.capacity) this.#enlarge(count + (count >>> 4));
  }

  /** Keeps what was learned of numbers, those that come later included. */
  learn(rows: readonly Learned[]): void {
    for (const row of rows) {
      this.#learned.set(row.number, row);
      const slot = this.slotOf(row.number);
      if (slot !== undefined) this.#apply(slot, row);
    }
    if (rows.length > 0) this.revision += 1;
  }

  /** Keeps the tags of numbers, those that come later included. */
  tag(rows: readonly Tagged[]): void {
    for (const { number, tags } of rows) {
      const id = this.tagSets.id(tags);
      if (id === this.#untagged) this.#tagged.delete(number);
      else this.#tagged.set(number, id);
      const slot = this.slotOf(number);
      if (slot === undefined) continue;
      this.tags[slot] = id;
      this.#touched?.add(slot);
    }
    if (rows.length === 0) return;
    this.versions.tags += 1;
    this.revision += 1;
  }

  /** Takes over what was learned of numbers, their tags and the listed routes from an index whose file is gone. */
  adopt(former: NumberIndex): void {
    this.listedRoutes = former.listedRoutes;
    this.sets = former.sets;
    this.learn([...former.#learned.values()]);
    this.tag(Array.from(former.#tagged, ([number, id]) => ({ number, tags: former.tagSets.at(id) })));
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
      if (slot >= this.#sorted) this.#tail.delete(Number(number));
      this.#touched?.add(slot);
    }
    // Which routes have one number only depends on who is here.
    this.versions.routes += 1;
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

  /** Someone looks: notices when too much is out of place for that to be quick. At rest, little is enough to tidy. */
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
      if (this.monthly[slot] !== this.#unknown) this.#costly.push(slot);
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
    const cents = this.costs.values;
    const among = found instanceof Bits || this.#costly.length === 0 ? this.#costly : found;
    for (const slot of among) {
      const id = this.monthly[slot] ?? 0;
      if (id === this.#unknown || (found instanceof Bits && !found.has(slot))) continue;
      cost.monthly += cents[id] ?? 0;
      cost.known += 1;
    }
    return cost;
  }

  #set(slot: number, kind: RowKind, seenAt: number): void {
    this.primary[slot] = kind.primary;
    this.failover[slot] = kind.failover;
    this.billing[slot] = kind.billing;
    this.seenAt[slot] = seenAt;
    const [least, most] = this.seenBetween;
    if (seenAt < least || seenAt > most) this.seenBetween = [Math.min(least, seenAt), Math.max(most, seenAt)];
  }

  #add(number: string): number {
    const slot = this.count;
    if (slot >= this.capacity) this.#enlarge(this.capacity * 2);
    const key = Number(number);
    this.keys[slot] = key;
    this.digits.write(number, slot * stride, 11, 'latin1');
    const place = this.#places.of(number);
    this.state[slot] = place.state;
    this.area[slot] = place.area;
    this.monthly[slot] = this.#unknown;
    this.tags[slot] = (this.#tagged.size > 0 ? this.#tagged.get(number) : undefined) ?? this.#untagged;
    const learned = this.#learned.size > 0 ? this.#learned.get(number) : undefined;
    if (learned) this.#apply(slot, learned);
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

  /** The rate center a number was sold in is nearer the truth than its area code's largest place. */
  #apply(slot: number, learned: Learned): void {
    if (this.monthly[slot] === this.#unknown) this.#costly.push(slot);
    this.monthly[slot] = this.costs.id(learned.monthly);
    if (learned.state) this.state[slot] = this.states.id(learned.state);
    if (learned.rateCenter) this.area[slot] = this.areas.id(learned.rateCenter);
    this.versions.places += 1;
    this.#touched?.add(slot);
  }

  #enlarge(capacity: number): void {
    this.grow(capacity);
    this.gone = this.gone.grown(this.capacity);
  }
}
