import { columnOf } from '../../contract/number-columns.ts';
import { exactName } from '../../contract/query.ts';
import { regions } from '../../contract/regions.ts';
import { foldName } from '../../contract/route-names.ts';
import type { RouteKey, ValueColumn } from './column-values.ts';
import type { Interned } from './interned.ts';
import type { NumberIndex } from './number-index.ts';

/** A value of a column as somebody may look for it. */
export type Entry = {
  /** As people read it. */
  readonly name: string;
  /** As a query says it behind the key of its column. */
  readonly value: string;
  /** What it is found by, folded: its name, and for a state its two letters. */
  readonly folded: readonly string[];
};

/** The values of a column, folded once for each value, and which of them every id stands for. */
export type Dictionary = {
  readonly entries: readonly Entry[];
  readonly entriesOf: readonly (readonly number[])[];
};

const plainName = /^[a-z\d._@+-]+$/;
const reserved = ['none', 'unread'];

/** The dictionary of a column as it is now: made again only when the column has new values, or routes have other names. */
export class Dictionaries {
  #index: NumberIndex;
  #made = new Map<ValueColumn, { readonly version: string; readonly dictionary: Dictionary }>();

  constructor(index: NumberIndex) {
    this.#index = index;
  }

  of(column: ValueColumn): Dictionary {
    const version = `${this.#index.values[column].values.length} ${this.#index.versions.listed}`;
    const known = this.#made.get(column);
    if (known?.version === version) return known.dictionary;
    const dictionary = this.#make(column);
    this.#made.set(column, { version, dictionary });
    return dictionary;
  }

  #make(column: ValueColumn): Dictionary {
    const { type } = columnOf(column);
    const entries: Entry[] = [];
    const places = new Map<string, number>();
    const place = (told: string) => {
      const key = type === 'route' ? told : foldName(told);
      const known = places.get(key);
      if (known !== undefined) return known;
      places.set(key, entries.length);
      entries.push(entryOf(told, type === 'region', type === 'route'));
      return entries.length - 1;
    };
    const entriesOf = (this.#index.values[column] as Interned<unknown>).values.map((value) =>
      textsOf(value, (key) => this.#index.labelOf(key)).map(place),
    );
    return { entries: type === 'route' ? exact(entries) : entries, entriesOf };
  }
}

/** Routes that only the case of their letters tells apart are asked for by their very names. */
function exact(entries: readonly Entry[]): readonly Entry[] {
  const alike = new Map<string, number>();
  for (const { folded } of entries) alike.set(folded[0] ?? '', (alike.get(folded[0] ?? '') ?? 0) + 1);
  return entries.map((entry) =>
    (alike.get(entry.folded[0] ?? '') ?? 0) > 1 ? { ...entry, value: exactName(entry.name) } : entry,
  );
}

/** The texts of a value: several for tags, none for what is not known and for what cannot be said in a query. */
function textsOf(value: unknown, labelOf: (key: string) => string): string[] {
  if (Array.isArray(value)) return value.filter((tag: string) => !/[",]/.test(tag)) as string[];
  if (typeof value === 'string') return value === '' || /[",]/.test(value) ? [] : [value];
  const key = (value as RouteKey | null)?.key ?? '';
  return key === '' ? [] : [labelOf(key)];
}

function entryOf(told: string, isRegion: boolean, isRoute: boolean): Entry {
  if (isRegion) {
    const name = regions[told]?.name ?? told;
    return { name, value: told.toLowerCase(), folded: [foldName(told), foldName(name)] };
  }
  const plain = plainName.test(told) && !reserved.includes(told);
  const value = plain ? told : isRoute ? exactName(told) : /\s/.test(told) || !plain ? `"${told}"` : told;
  return { name: told, value, folded: [foldName(told)] };
}
