import { columnOf, columnOfField } from '../../contract/number-columns.ts';
import type { Suggestion } from '../../contract/numbers.ts';
import {
  auditValues,
  finishedPart,
  parseQuery,
  queryField,
  queryKeys,
  type Clause,
  type ClauseField,
} from '../../contract/query.ts';
import { far, foldNeedle, rankOf, readTyping, type Rank, type Typing } from '../../contract/query-typing.ts';
import { regionCode } from '../../contract/regions.ts';
import { foldName } from '../../contract/route-names.ts';
import { areaOf } from '../../nanp/area.ts';
import { countryName, countryOfNumber, elsewhere, prefixesOf } from '../../nanp/countries.ts';
import { Bits, type Found } from './bits.ts';
import { valueColumnOf, wordColumns, type ValueColumn } from './column-values.ts';
import { Dictionaries } from './dictionary.ts';
import { findSlots } from './filter.ts';
import type { NumberIndex } from './number-index.ts';
import { isNorthAmericanKey, numberOfKey } from './number-key.ts';
import { eachSlot } from './tally.ts';

/** So many in all, and of one key where there are several. */
const most = 8;
const mostOfKey = 4;
/** So many rests of queries are kept: the whole list is one of them while its first words are typed. */
const mostCounted = 4;
const routeColumns: readonly ValueColumn[] = ['primary', 'failover'];
/** Numbers of North America begin with 1, and all numbers of an area code with the three digits behind it. */
const firstAmerican = 10_000_000_000;
const numbersOfArea = 10_000_000;

type Ranked = Suggestion & { readonly rank: Rank };

/** What the list can offer for the end of a query that is being typed, with the count of each value among what the rest finds. */
export class Suggester {
  #index: NumberIndex;
  #dictionaries: Dictionaries;
  /** The last rests of queries that were counted among, the oldest first. */
  #counted: Counted[] = [];

  constructor(index: NumberIndex) {
    this.#index = index;
    this.#dictionaries = new Dictionaries(index);
  }

  /**
   * At most eight suggestions, the nearest first. `text` is the query without what stands before the caret in the piece that is being
   * typed; `typed` what stands there. In steps.
   */
  *suggest(text: string, typed: string): Generator<void, Suggestion[]> {
    const found: Ranked[] = [];
    for (const reading of readTyping(typed)) {
      const rest = `${text} ${typed.slice(0, typed.length - reading.replaces)}`;
      const counted = this.#among(rest);
      for (const field of fieldsOf(reading)) {
        const some = yield* this.#ofField(field, reading, counted);
        const limit = reading.key === null ? mostOfKey : most;
        found.push(...some.toSorted(nearest).slice(0, limit));
      }
      if (reading.key === null) found.push(...this.#keys(reading));
      // What the longer reading finds is meant: "new jersey" is no "jersey".
      if (found.length > 0) break;
    }
    return found
      .toSorted(nearest)
      .slice(0, most)
      .map(({ rank: _, ...suggestion }) => suggestion);
  }

  /** What is counted among: kept until the list changes or the rest of the query does. */
  #among(rest: string): Counted {
    const index = this.#index;
    const parsed = parseQuery(finishedPart(rest));
    const clauses = parsed.problem ? [] : parsed.clauses;
    const key = `${index.revision} ${index.versions.members} ${JSON.stringify(clauses)}`;
    const known = this.#counted.find((one) => one.key === key);
    if (known) return known;
    const made = new Counted(key, index, clauses);
    this.#counted = [...this.#counted.slice(1 - mostCounted), made];
    return made;
  }

  *#ofField(field: ClauseField, reading: Typing, counted: Counted): Generator<void, Ranked[]> {
    if (field === 'npa') return yield* this.#areaCodes(reading, counted);
    if (field === 'country') return yield* this.#countries(reading, counted);
    if (field === 'audit') return yield* fixed(field, auditValues, reading, counted);
    const column = field === 'route' ? 'primary' : valueColumnOf(field);
    if (column === null || columnOf(column).many) return [];
    const { entries } = this.#dictionaries.of(column);
    const needle = foldNeedle(reading.needle);
    const near: (readonly [entry: number, rank: Rank])[] = [];
    entries.forEach(({ folded, name }, at) => {
      // An area that is called as its state is found by the state.
      if (field === 'area' && reading.key === null && regionCode(name) !== null) return;
      const rank = Math.min(...folded.map((one) => rankOf(one, needle)));
      if (rank < far) near.push([at, rank as Rank]);
    });
    const special =
      reading.key !== null && (field === 'failover' || field === 'tag')
        ? yield* fixed(field, ['none'], reading, counted)
        : [];
    if (near.length === 0) return special;
    const counts = yield* counted.ofColumn(field, column, this.#dictionaries);
    const type = columnOf(column).type;
    const values = near.map(([at, rank]): Ranked => {
      const { name, value, folded } = entries[at] ?? { name: '', value: '', folded: [''] };
      const part = folded[0] ?? '';
      // A text is found by any part of it: by the longer ones that have it inside as well.
      const count =
        type === 'text'
          ? entries.reduce((sum, one, i) => sum + (one.folded[0]?.includes(part) ? (counts[i] ?? 0) : 0), 0)
          : (counts[at] ?? 0);
      return { ...said(field, value, reading), value: name, count, rank };
    });
    return [...special, ...values.filter(({ count }) => count !== null && count > 0)];
  }

  *#areaCodes(reading: Typing, counted: Counted): Generator<void, Ranked[]> {
    const digits = reading.needle.replace(/\D/g, '');
    if (!/^([2-9]\d{0,2})?$/.test(digits) || (digits === '' && reading.key === null)) return [];
    const counts = yield* counted.ofAreaCodes();
    const found: Ranked[] = [];
    counts.forEach((count, npa) => {
      const value = String(npa);
      if (count === 0 || !value.startsWith(digits)) return;
      const { place, state } = areaOf(value);
      const detail = [place, state].filter(Boolean).join(', ');
      found.push({ ...said('npa', value, reading), value, detail, count, rank: value === digits ? 0 : 1 });
    });
    return found;
  }

  *#countries(reading: Typing, counted: Counted): Generator<void, Ranked[]> {
    const needle = foldNeedle(reading.needle);
    const counts = yield* counted.ofCountries();
    const found: Ranked[] = [];
    counts.forEach((count, country) => {
      const name = country === elsewhere ? 'Outside North America' : countryName(country);
      const rank = needle.startsWith('+')
        ? rankOfCode(country, needle.slice(1))
        : Math.min(rankOf(country.toLowerCase(), needle), rankOf(foldName(name), needle));
      if (rank < far)
        found.push({
          ...said('country', country.toLowerCase(), reading),
          ...{ value: name, count, rank: rank as Rank },
        });
    });
    return found;
  }

  #keys({ needle, before, replaces }: Typing): Ranked[] {
    const wanted = foldNeedle(needle);
    if (wanted.length < 2) return [];
    const known = this.#index.known();
    return queryKeys
      .filter((key) => key.startsWith(wanted))
      .filter((key) => {
        const column = columnOfField(queryField(key) ?? '');
        return column === null || known.includes(column);
      })
      .map((key) => ({
        ...{ token: `${before}${key}:`, key, value: '', detail: '', count: null, replaces },
        // A key typed to its end is what was meant.
        rank: key === wanted ? 0 : 3,
      }));
  }
}

/** The numbers that the rest of a query finds, counted by value as far as that was asked. */
class Counted {
  readonly key: string;
  readonly clauses: readonly Clause[];
  #index: NumberIndex;
  #found: Found | null = null;
  #members = 0;
  #counts = new Map<string, { readonly entries: number; readonly counts: Uint32Array }>();
  #countries: ReadonlyMap<string, number> | null = null;

  constructor(key: string, index: NumberIndex, clauses: readonly Clause[]) {
    this.key = key;
    this.clauses = clauses;
    this.#index = index;
  }

  /** The slots to count: looked for when the first value is, and again when they got other places between two steps. */
  #slots(): Found {
    const { members } = this.#index.versions;
    if (this.#found === null || members !== this.#members) {
      this.#members = members;
      this.#counts.clear();
      this.#countries = null;
      this.#found = findSlots(this.#index, this.clauses);
    }
    return this.#found;
  }

  /** By entry of the dictionary. A number whose two routes are the same one counts once for `route`. */
  *ofColumn(field: string, column: ValueColumn, dictionaries: Dictionaries): Generator<void, Uint32Array> {
    const { entries, entriesOf } = dictionaries.of(column);
    const found = this.#slots();
    const known = this.#counts.get(field);
    if (known?.entries === entries.length) return known.counts;
    const counts = new Uint32Array(entries.length);
    const add = (at: number) => (counts[at] = (counts[at] ?? 0) + 1);
    if (field === 'route') {
      const first = Int32Array.from(entriesOf, (places) => places[0] ?? -1);
      const { primary, failover } = this.#index.ids;
      yield* eachSlot(found, (slot) => {
        const [a, b] = [first[primary[slot] ?? 0] ?? -1, first[failover[slot] ?? 0] ?? -1];
        if (a >= 0) add(a);
        if (b >= 0 && b !== a) add(b);
      });
    } else {
      const ids = this.#index.ids[column];
      const byId = new Uint32Array(entriesOf.length);
      yield* eachSlot(found, (slot) => {
        const id = ids[slot] ?? 0;
        byId[id] = (byId[id] ?? 0) + 1;
      });
      entriesOf.forEach((places, id) => {
        for (const at of places) counts[at] = (counts[at] ?? 0) + (byId[id] ?? 0);
      });
    }
    this.#counts.set(field, { entries: entries.length, counts });
    return counts;
  }

  /** By area code, as its number. */
  *ofAreaCodes(): Generator<void, Uint32Array> {
    const found = this.#slots();
    const known = this.#counts.get('npa');
    if (known) return known.counts;
    const counts = new Uint32Array(1000);
    const { keys } = this.#index;
    yield* eachSlot(found, (slot) => {
      const key = keys[slot] ?? 0;
      if (!isNorthAmericanKey(key)) return;
      const npa = Math.floor((key - firstAmerican) / numbersOfArea);
      counts[npa] = (counts[npa] ?? 0) + 1;
    });
    this.#counts.set('npa', { entries: 0, counts });
    return counts;
  }

  /** By the two letters of a country, and `elsewhere` for all outside North America. */
  *ofCountries(): Generator<void, ReadonlyMap<string, number>> {
    const found = this.#slots();
    if (this.#countries !== null) return this.#countries;
    const counts = new Map<string, number>();
    const add = (country: string, count: number) => {
      if (country !== '' && count > 0) counts.set(country, (counts.get(country) ?? 0) + count);
    };
    const { keys } = this.#index;
    yield* eachSlot(found, (slot) => {
      const key = keys[slot] ?? 0;
      if (isNorthAmericanKey(key)) return;
      add(countryOfNumber(numberOfKey(key)), 1);
      add(elsewhere, 1);
    });
    const areas = yield* this.ofAreaCodes();
    areas.forEach((count, npa) => {
      if (count > 0) add(areaOf(String(npa)).country, count);
    });
    this.#countries = counts;
    return counts;
  }

  /** How many of them pass one clause more. */
  countWith(clause: Clause): number {
    const found = findSlots(this.#index, [...this.clauses, clause]);
    return found instanceof Bits ? found.count() : found.length;
  }
}

/** The fields whose values a reading looks through. */
function fieldsOf({ key, needle }: Typing): ClauseField[] {
  if (key !== null) {
    const field = queryField(key);
    return field === null ? [] : [field];
  }
  // Behind a plus sign a country's code is typed.
  if (/^\+\d*$/.test(needle.trim())) return ['country'];
  if (/^[\d()+.\s-]+$/.test(needle)) return ['npa'];
  const columns = wordColumns.filter((column) => !routeColumns.includes(column));
  return ['route', ...columns.flatMap((column) => (columnOf(column).query?.key ?? []) as ClauseField | [])];
}

/** Values that a field has besides those of numbers, with the count of each. */
function* fixed(
  field: ClauseField,
  values: readonly string[],
  reading: Typing,
  counted: Counted,
): Generator<void, Ranked[]> {
  const found: Ranked[] = [];
  for (const value of values.filter((one) => one.startsWith(reading.needle.toLowerCase().trim()))) {
    const count = counted.countWith({ field, values: [value], negated: false });
    found.push({ ...said(field, value, reading), value, count, rank: 1 });
    yield;
  }
  return found;
}

function said(field: ClauseField, value: string, { key, before, replaces }: Typing) {
  return {
    token: key === null ? `${before}${field}:${value}` : `${before}${value}`,
    key: field,
    detail: '',
    replaces,
  };
}

/** How near a country is to the beginning of a number with its code; all numbers outside North America are none. */
function rankOfCode(country: string, digits: string): Rank | typeof far {
  if (country === elsewhere || digits === '') return far;
  return prefixesOf(country).some((prefix) => prefix.startsWith(digits) || digits.startsWith(prefix))
    ? 1
    : far;
}

function nearest(a: Ranked, b: Ranked): number {
  return a.rank - b.rank || (b.count ?? 0) - (a.count ?? 0) || (a.token < b.token ? -1 : 1);
}
