import type { Clause } from '../../contract/query.ts';
import { prefixesOf } from '../../nanp/countries.ts';
import { addAudit } from './audit-scan.ts';
import { Bits } from './bits.ts';
import { lengthAt, stride } from './block.ts';
import { valueColumnOf, wordColumns, type ValueColumn } from './column-values.ts';
import type { Interned, Meaning } from './interned.ts';
import type { Ids } from './slots.ts';
import type { NumberIndex } from './number-index.ts';
import { addByBytes, addByEnd, addSame, addByTable } from './slot-scans.ts';
import type { Found } from './bits.ts';

/** A clause as a question about one slot. */
type Test = (slot: number) => boolean;

/**
 * Finds the slots that pass every clause. A clause that asks for three digits or more gives a short list, and the others
 * are asked about that list only; without one, whole columns are looked through. `within` is an ascending list that is
 * known to hold every match.
 */
export function findSlots(index: NumberIndex, clauses: readonly Clause[], within?: Uint32Array): Found {
  index.look();
  const found = findAny(index, clauses, within);
  if (index.size === index.count) return found;
  if (!(found instanceof Bits)) return found.filter((slot) => !index.gone.has(slot));
  found.drop(index.gone);
  return found;
}

/** Slots of numbers that are gone may be among them. */
function findAny(index: NumberIndex, clauses: readonly Clause[], within?: Uint32Array): Found {
  if (clauses.some((clause) => clause.field === 'nothing')) return new Uint32Array();
  if (clauses.length === 0) return Bits.all(index.count);
  const lists = clauses.map((clause) => (clause.negated ? null : candidates(index, clause)));
  const shortest = lists.reduce<Uint32Array | null>(
    (best, list) => (list !== null && (best === null || list.length < best.length) ? list : best),
    within ?? null,
  );
  if (shortest !== null && (clauses.length === 1 || shortest.length < index.count / few)) {
    return onlyMatching(index, clauses, shortest);
  }
  // What narrows to a stretch of the list goes first: whole columns are looked through inside it only.
  const found = Bits.all(index.count);
  const rank = (clause: Clause) =>
    isPrefix(clause) && !clause.negated ? 0 : clause.field === 'contains' ? 1 : 2;
  for (const clause of [...clauses].sort((a, b) => rank(a) - rank(b))) {
    const hits = keptHits(index, clause, found);
    if (clause.negated) found.drop(hits);
    else found.keep(hits);
  }
  return found;
}

type KeptHits = { readonly version: number; readonly bits: Bits };
const hitsOfIndex = new WeakMap<NumberIndex, Map<string, KeptHits>>();
const mostKept = 24;

const bothRoutes = ['primary', 'failover'] as const;

/** The columns that a clause asks. */
function columnsOf(field: Clause['field']): readonly ValueColumn[] {
  if (field === 'word') return wordColumns;
  // Whether there is a real failover depends on the primary route as well.
  if (field === 'route' || field === 'audit' || field === 'failover') return bothRoutes;
  if (field === 'routes') return ['primary'];
  const column = valueColumnOf(field);
  return column === null ? [] : [column];
}

/** Grows when something changed that the hits of a clause depend on. */
function versionFor({ versions }: NumberIndex, field: Clause['field']): number {
  let version = versions.members;
  for (const column of columnsOf(field)) version += versions.columns[column];
  if (field === 'numbers') version += versions.gone;
  // Which routes have one number only depends on which numbers there are.
  if (field === 'audit') version += versions.gone + versions.listed;
  return version;
}

/**
 * The hits of a clause, kept until what it asks about changes: while a query is typed, its other clauses stay the same.
 * Where little is left to look through they are made for that only, and not kept.
 */
function keptHits(index: NumberIndex, clause: Clause, within: Bits): Bits {
  let all = hitsOfIndex.get(index);
  if (!all) hitsOfIndex.set(index, (all = new Map()));
  const key = `${clause.negated ? '-' : ''}${clause.field}:${clause.values.join('\n')}`;
  const version = versionFor(index, clause.field);
  const known = all.get(key);
  if (known?.version === version) return known.bits;
  if (within.emptyWords() > (within.words.length * 7) / 8) return hitsOf(index, clause, within);
  const bits = hitsOf(index, clause, Bits.all(index.count));
  all.delete(key);
  const [oldest] = all.keys();
  if (all.size >= mostKept && oldest !== undefined) all.delete(oldest);
  all.set(key, { version, bits });
  return bits;
}

/** In a list that is so many times shorter than all, each slot is asked by itself. */
const few = 64;

function onlyMatching(index: NumberIndex, clauses: readonly Clause[], list: Uint32Array): Uint32Array {
  const [only] = clauses;
  if (clauses.length === 1 && only?.field === 'numbers') return list;
  if (clauses.length === 1 && only?.field === 'contains' && only.values.length === 1 && !only.negated) {
    return containing(index, only.values[0] ?? '', list);
  }
  const tests = clauses.map((clause) => testOf(index, clause));
  return list.filter((slot) => tests.every((test) => test(slot)));
}

/** The commonest question of all, in one plain loop. */
function containing(index: NumberIndex, value: string, list: Uint32Array): Uint32Array {
  const grams = index.grams;
  // Three digits: what the index has is exactly what is asked for.
  if (value.length === 3 && (list.at(-1) ?? 0) < grams.covered) return list;
  const { digits } = index;
  const needle = Uint8Array.from(Buffer.from(value, 'latin1'));
  const [first = 0, second = 0] = needle;
  const length = needle.length;
  const kept = new Uint32Array(list.length);
  let count = 0;
  for (const slot of list) {
    const base = slot * stride;
    const last = base + (digits[base + lengthAt] ?? 0) - length;
    for (let at = base; at <= last; at += 1) {
      if (digits[at] !== first || digits[at + 1] !== second) continue;
      let same = 2;
      while (same < length && digits[at + same] === needle[same]) same += 1;
      if (same < length) continue;
      kept[count] = slot;
      count += 1;
      break;
    }
  }
  return kept.slice(0, count);
}

const digitFields = ['contains', 'starts', 'ends', 'npa', 'nxx'];
const prefixFields = ['npa', 'starts', 'country'];
const isDigits = (clause: Clause) => digitFields.includes(clause.field) || clause.field === 'country';
const isPrefix = (clause: Clause) => prefixFields.includes(clause.field);

/** Slots, ascending, among which all matches of the clause are; null when it is no use for that. */
function candidates(index: NumberIndex, clause: Clause): Uint32Array | null {
  const [first, ...others] = clause.values;
  if (clause.field === 'numbers') {
    return others.length === 0 && first !== undefined ? index.sets.slotsOf(index, first) : null;
  }
  const value = first?.replace('+', '');
  if (!digitFields.includes(clause.field) || value === undefined || others.length > 0 || value.length < 3)
    return null;
  const grams = index.grams;
  const indexed = grams.candidates(value);
  const late = index.count - grams.covered;
  if (late === 0) return indexed;
  const list = new Uint32Array(indexed.length + late);
  list.set(indexed);
  for (let at = 0; at < late; at += 1) list[indexed.length + at] = grams.covered + at;
  return list;
}

function testOf(index: NumberIndex, clause: Clause): Test {
  const wanted = !clause.negated;
  if (isDigits(clause)) {
    const test = digitTest(index, clause);
    return (slot) => test(slot) === wanted;
  }
  // Few distinct values: one look at a table. Others (audits) are rare and looked up in a set made once.
  const tables = tablesOf(index, clause);
  if (tables) {
    return (slot) => tables.some(({ ids, table }) => table[ids[slot] ?? 0] === 1) === wanted;
  }
  const hits = keptHits(index, clause, Bits.all(index.count));
  return (slot) => hits.has(slot) === wanted;
}

function digitTest(index: NumberIndex, clause: Clause): Test {
  const { digits } = index;
  const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));
  const standsAt = (needle: Uint8Array, at: number) => {
    for (let i = 0; i < needle.length; i += 1) if (digits[at + i] !== needle[i]) return false;
    return true;
  };
  const endOf = (base: number) => base + (digits[base + lengthAt] ?? 0);
  if (clause.field === 'ends') {
    const needles = clause.values.map(bytesOf);
    return (slot) => {
      const base = slot * stride;
      const end = endOf(base);
      return needles.some((needle) => end - needle.length >= base && standsAt(needle, end - needle.length));
    };
  }
  if (clause.field !== 'contains') {
    const standing = clause.values
      .flatMap((value) => positionsOf(clause.field, value))
      .map(([offset, text]) => ({
        needle: bytesOf(text),
        offset,
      }));
    // Only North American numbers have an exchange.
    const northAmerican = clause.field !== 'nxx' ? null : bytesOf('1');
    return (slot) =>
      (northAmerican === null || standsAt(northAmerican, slot * stride)) &&
      standing.some(({ needle, offset }) => standsAt(needle, slot * stride + offset));
  }
  const needles = clause.values.map(bytesOf);
  return (slot) => {
    const base = slot * stride;
    for (const needle of needles) {
      const last = endOf(base) - needle.length;
      for (let at = base; at <= last; at += 1) if (standsAt(needle, at)) return true;
    }
    return false;
  };
}

/** Where the digits of a clause have to stand: at one of these places. */
function positionsOf(field: Clause['field'], value: string): (readonly [offset: number, digits: string])[] {
  switch (field) {
    case 'starts':
      if (value.startsWith('+')) return [[0, value.slice(1)]];
      // "206" begins +1 206…, and "61" begins +61… just as well.
      return value.startsWith('1')
        ? [[0, value]]
        : [
            [0, `1${value}`],
            [0, value],
          ];
    case 'country':
      return prefixesOf(value).map((prefix) => [0, prefix]);
    case 'nxx':
      return [[4, value]];
    default:
      return [[0, `1${value}`]];
  }
}

type Table = { readonly ids: Ids; readonly table: Uint8Array };

/**
 * The columns a clause asks and which of their values pass: any one of them is enough. Null for other clauses. What a negated clause
 * leaves out passes: that is also what was not read yet, of which nobody can say that it is not so.
 */
function tablesOf(index: NumberIndex, { field, values, negated }: Clause): readonly Table[] | null {
  if (field === 'failover' && values.includes('none')) return null;
  // Both routes of a number are read at once.
  if (field === 'routes')
    return tablesFor(
      index,
      ['primary'],
      ({ nothing }) =>
        (route) =>
          route === nothing,
    );
  if (field === 'word') return tablesFor(index, wordColumns, (meaning) => meaning.has(values));
  const column = valueColumnOf(field);
  const columns = field === 'route' ? bothRoutes : column === null ? [] : [column];
  if (columns.length === 0) return null;
  return tablesFor(index, columns, ({ is, unread }) => {
    const passes = is(values);
    return negated && unread ? (value) => unread(value) || passes(value) : passes;
  });
}

/** Columns that share their values, such as the two routes, share a table. */
function tablesFor(
  index: NumberIndex,
  columns: readonly ValueColumn[],
  test: (meaning: Meaning<unknown>) => (value: unknown) => boolean,
): Table[] {
  const made = new Map<unknown, Uint8Array>();
  return columns.map((column) => {
    const interned = index.values[column] as Interned<unknown>;
    const table = made.get(interned) ?? interned.table(test(interned.meaning));
    made.set(interned, table);
    return { ids: index.ids[column], table };
  });
}

/** Slots that pass the clause, or that it leaves out when it is negated; those outside `within` may be left out, or not. */
function hitsOf(index: NumberIndex, clause: Clause, within: Bits): Bits {
  const hits = new Bits(index.count);
  const tables = tablesOf(index, clause);
  if (tables) {
    for (const { ids, table } of tables) addByTable(ids, table, hits, within);
  } else if (clause.field === 'contains') {
    for (const value of clause.values) addContaining(index, value, hits);
  } else if (clause.field === 'failover') {
    const named = clause.values.filter((value) => value !== 'none');
    const isOne = index.values.failover.meaning.is(named);
    const table = index.values.failover.table(
      (route) => index.isNoFailover(route) || (Boolean(route.key) && isOne(route)),
    );
    addByTable(index.ids.failover, table, hits, within);
    // No real failover: there is none, the second route is the built-in default, or it is the same as the first.
    addSame(index.ids.primary, index.ids.failover, hits, within);
    // Of what was not read yet nothing is said.
    if (clause.negated) hits.join(unreadRoutes(index, within));
    else hits.drop(unreadRoutes(index, hits));
  } else if (clause.field === 'numbers') {
    for (const id of clause.values) for (const slot of index.sets.slotsOf(index, id)) hits.add(slot);
  } else if (clause.field === 'audit') {
    for (const value of clause.values) addAudit(index, value, hits, within);
    if (clause.negated && clause.values.some((value) => value !== 'missing'))
      hits.join(unreadRoutes(index, within));
  } else {
    for (const value of clause.values) addAt(index, clause, value, hits, within);
  }
  return hits;
}

/** Numbers whose routes were not read yet: both are read at once. Those outside `within` may be left out. */
function unreadRoutes(index: NumberIndex, within: Bits): Bits {
  const unread = new Bits(index.count);
  const table = index.values.failover.table(({ key }) => key === null);
  addByTable(index.ids.failover, table, unread, within);
  return unread;
}

function addContaining(index: NumberIndex, value: string, hits: Bits): void {
  const grams = index.grams;
  const test = digitTest(index, { field: 'contains', values: [value], negated: false });
  if (value.length < 3) hits.join(grams.short(value));
  else for (const slot of containing(index, value, grams.candidates(value))) hits.add(slot);
  for (let slot = grams.covered; slot < index.count; slot += 1) if (test(slot)) hits.add(slot);
}

function addAt(index: NumberIndex, clause: Clause, value: string, hits: Bits, within: Bits): void {
  const test = digitTest(index, { ...clause, values: [value], negated: false });
  if (isPrefix(clause)) {
    for (const [, digits] of positionsOf(clause.field, value)) hits.addRange(...index.rangeOf(digits));
    for (let slot = index.sorted; slot < index.count; slot += 1) if (test(slot)) hits.add(slot);
    return;
  }
  // Where the digits stand anywhere, it is asked whether they stand in that place.
  const somewhere = new Bits(index.count);
  addContaining(index, value, somewhere);
  somewhere.keep(within);
  const needle = Uint8Array.from(Buffer.from(value, 'latin1'));
  if (clause.field === 'ends') {
    addByEnd(index.digits, needle, hits, somewhere);
    return;
  }
  const [[offset] = [0]] = positionsOf(clause.field, value);
  if (clause.field === 'nxx') somewhere.keep(northAmerican(index));
  addByBytes(index.digits, offset, needle, hits, somewhere);
}

function northAmerican(index: NumberIndex): Bits {
  const bits = new Bits(index.count);
  bits.addRange(...index.rangeOf('1'));
  for (let slot = index.sorted; slot < index.count; slot += 1)
    if (index.numberAt(slot).startsWith('1')) bits.add(slot);
  return bits;
}

/** True when every match of `next` is a match of `last`: one bare run of digits got longer. */
export function narrows(last: readonly Clause[], next: readonly Clause[]): boolean {
  return (
    last.length === next.length &&
    last.every((clause, at) => {
      const other = next[at];
      if (!other || other.field !== clause.field || other.negated !== clause.negated) return false;
      if (other.values.join() === clause.values.join()) return true;
      const [before, after] = [clause.values[0] ?? '', other.values[0] ?? ''];
      return (
        clause.field === 'contains' &&
        !clause.negated &&
        clause.values.length === 1 &&
        other.values.length === 1 &&
        after.includes(before)
      );
    })
  );
}
