import data from './areas.json' with { type: 'json' };
import { regions } from '../contract/regions.ts';
import { countryName, countryOfNumber } from './countries.ts';

/** What an area code tells about a number. */
export type Area = {
  readonly npa: string;
  /** Two letters of the country, '' for a code that belongs to none alone. */
  readonly country: string;
  /** Two letters of a state or province, '' for a code that belongs to none. */
  readonly state: string;
  /** The place most of its exchanges belong to, a country, what it is for ('Toll-free'), or that it is unknown. */
  readonly place: string;
};

const unknownPlace = 'Unknown area code';

type Entry = readonly [state: string, place: string, country?: string];
const entries = data.entries as unknown as Record<string, Entry>;

/** The area of an NPA, from the generated table (see generate.ts). Never throws. */
export function areaOf(npa: string): Area {
  const [state, place, country] = (Object.hasOwn(entries, npa) ? entries[npa] : undefined) ?? [
    '',
    unknownPlace,
  ];
  return { npa, country: country ?? regions[state]?.country ?? '', state, place };
}

/** State and place of a whole number, digits with the country's code. Of another country's number its country is all that is known. */
export function areaOfNumber(number: string): Pick<Area, 'state' | 'place'> {
  if (number.startsWith('1')) return areaOf(number.slice(1, 4));
  const country = countryOfNumber(number);
  return { state: '', place: country === '' ? 'Another country' : countryName(country) };
}

const placesOf = new Map<string, Set<string>>();
for (const [state, place, country] of Object.values(entries)) {
  if (!state || country !== undefined || place === regions[state]?.name) continue;
  const key = place.toLowerCase();
  placesOf.set(key, (placesOf.get(key) ?? new Set()).add(state));
}

/** The states that have an area code whose largest place is called so, in any case of letters; [] for no such place. */
export function statesOfPlace(place: string): readonly string[] {
  return [...(placesOf.get(place.toLowerCase()) ?? [])].sort();
}

/** Every place that `statesOfPlace` knows, as people write it, with its states. */
export function placesWithStates(): readonly {
  readonly place: string;
  readonly states: readonly string[];
}[] {
  const names = new Map(Object.values(entries).map(([, place]) => [place.toLowerCase(), place]));
  return [...placesOf.keys()].map((key) => ({ place: names.get(key) ?? key, states: statesOfPlace(key) }));
}

/** The area codes that begin so, ascending. */
export function areaCodesFrom(digits: string): readonly string[] {
  return Object.keys(entries)
    .filter((npa) => npa.startsWith(digits))
    .sort();
}
