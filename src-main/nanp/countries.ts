import areas from './areas.json' with { type: 'json' };
import calling from './countries.json' with { type: 'json' };
import { regions } from '../contract/regions.ts';

/** The main country of each calling code, from the generated table (see generate.ts); code 1 is told apart by area codes. */
const codes = new Map(Object.entries(calling.entries as Readonly<Record<string, string>>));
const longestCode = 3;

/** What `country:` finds besides the countries: every number that is not North American. */
export const elsewhere = 'other';

/** What people call some of them besides their names and two letters. */
const aliases: Readonly<Record<string, string>> = {
  uk: 'GB',
  britain: 'GB',
  'great britain': 'GB',
  england: 'GB',
  usa: 'US',
  america: 'US',
  holland: 'NL',
  turkey: 'TR',
  'czech republic': 'CZ',
  'south korea': 'KR',
  'hong kong': 'HK',
  macau: 'MO',
};

let names: Intl.DisplayNames | null = null;
let byName: Map<string, string> | null = null;
let prefixes: Map<string, string[]> | null = null;

/** What a country is called in English, by its two letters. */
export function countryName(country: string): string {
  names ??= new Intl.DisplayNames('en', { type: 'region' });
  return names.of(country) ?? country;
}

/** The two letters of the country that a number of another country (digits) belongs to; '' where no country has its code. */
export function countryOfNumber(number: string): string {
  for (let length = longestCode; length > 0; length -= 1) {
    const country = codes.get(number.slice(0, length));
    if (country !== undefined) return country;
  }
  return '';
}

/** The two letters of a country, by themselves or by its name in any case; null for what is none. */
export function countryCode(text: string): string | null {
  if (byName === null) {
    byName = new Map(Object.entries(aliases));
    for (const country of prefixesByCountry().keys()) {
      byName.set(country.toLowerCase(), country);
      byName.set(folded(countryName(country)), country);
    }
  }
  return byName.get(folded(text)) ?? null;
}

/** True for the beginning of a country's name or letters. */
export function isCountryBegun(text: string): boolean {
  const begun = folded(text);
  countryCode(text);
  return elsewhere.startsWith(begun) || [...(byName?.keys() ?? [])].some((name) => name.startsWith(begun));
}

/** Every country that has numbers, by its two letters. */
export function countryCodes(): readonly string[] {
  return [...prefixesByCountry().keys()];
}

/** What the numbers of a country (two letters, or `elsewhere`) begin with, digits with the country's code; none for what is no country. */
export function prefixesOf(country: string): readonly string[] {
  if (country === elsewhere) return ['2', '3', '4', '5', '6', '7', '8', '9'];
  return prefixesByCountry().get(country.toUpperCase()) ?? [];
}

/** The digits that a number of a country (two letters) has before its national ones; null for what is no country. */
export function callingCode(country: string): string | null {
  const [prefix] = prefixesByCountry().get(country.toUpperCase()) ?? [];
  if (prefix === undefined) return null;
  // Countries that share 1 or 7 begin with some of the digits behind it.
  return prefix.startsWith('1') || prefix.startsWith('7') ? prefix.slice(0, 1) : prefix;
}

function prefixesByCountry(): Map<string, string[]> {
  if (prefixes !== null) return prefixes;
  prefixes = new Map();
  const add = (country: string, prefix: string) => {
    const known = prefixes?.get(country);
    if (known) known.push(prefix);
    else prefixes?.set(country, [prefix]);
  };
  for (const [prefix, country] of codes) {
    const shared = [...codes].filter(([longer, other]) => longer.startsWith(prefix) && other !== country);
    // A code of which a part is another country's is divided by the digit that follows.
    if (shared.length === 0) add(country, prefix);
    else
      for (let digit = 0; digit < 10; digit += 1)
        if (!shared.some(([longer]) => longer === `${prefix}${digit}`)) add(country, `${prefix}${digit}`);
  }
  for (const [npa, [state, , country]] of Object.entries(
    areas.entries as unknown as Record<string, string[]>,
  )) {
    const whose = country ?? regions[state ?? '']?.country;
    if (whose) add(whose, `1${npa}`);
  }
  return prefixes;
}

function folded(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f.]/g, '')
    .replace(/’/g, "'")
    .replace(/[\s-]+/g, ' ')
    .replace(/ & /g, ' and ')
    .trim()
    .toLowerCase();
}
