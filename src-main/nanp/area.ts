import data from './areas.json' with { type: 'json' };
import { regions } from '../contract/regions.ts';

/** What an area code tells about a number. `state` and `place` are '' when nothing is known. */
export type Area = {
  readonly npa: string;
  readonly country: 'US' | 'CA' | '';
  /** Two letters of a state or province. */
  readonly state: string;
  /** The place most of the area code's exchanges belong to, or 'Toll-free'. */
  readonly place: string;
};

const tollFree = new Set(['800', '833', '844', '855', '866', '877', '888']);
const entries = data.entries as unknown as Record<string, [state: string, place: string]>;

/** The area of an NPA, from the generated table (see generate.ts). Never throws. */
export function areaOf(npa: string): Area {
  if (tollFree.has(npa)) return { npa, country: '', state: '', place: 'Toll-free' };
  const [state, place] = Object.hasOwn(entries, npa) ? (entries[npa] ?? ['', '']) : ['', ''];
  return { npa, country: regions[state]?.country ?? '', state, place };
}
