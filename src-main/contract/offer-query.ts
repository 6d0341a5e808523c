/** The query language of the search for numbers to buy. The form beside the field only writes into its text. */
import type { OfferSearch } from './buying.ts';
import { placesWithStates, statesOfPlace } from '../nanp/area.ts';
import { plainText, readTyped, withoutInvisible } from './clean.ts';
import { keypadDigits } from './patterns.ts';
import { isDigits, joinNumbers, joinPlaces, splitQuery } from './query-pieces.ts';
import { problemOf } from './query.ts';
import { regionCode, regions } from './regions.ts';
import type { QueryToken } from './numbers.ts';

/** The keys of the query of Buy. */
export const offerKeys = ['npa', 'nxx', 'state', 'ratecenter', 'contains', 'word'] as const;
export type OfferKey = (typeof offerKeys)[number];
/** `numbers:` stands for a set of numbers that was pasted; nobody types it. */
type ReadKey = OfferKey | 'numbers';

export type ParsedOfferQuery = {
  readonly tokens: readonly QueryToken[];
  readonly search: OfferSearch;
  /** The set of pasted numbers that is searched for instead; null for none. */
  readonly list: string | null;
  /** The vanity word, to show its digits as letters; '' for none. */
  readonly word: string;
  /** Nothing is sent while there is one. */
  readonly problem: string | null;
  /** The problem is only that something is still to be typed. */
  readonly unfinished: boolean;
};

/** Reads a query. What the carrier would refuse is told here, before anything is sent. */
export function parseOfferQuery(text: string): ParsedOfferQuery {
  const values = new Map<ReadKey, string>();
  const tokens: QueryToken[] = [];
  for (const piece of joinPlaces(joinNumbers(splitQuery(text)), isPlace)) {
    const token = readToken(piece.text, piece.start);
    const key = token.key as ReadKey | null;
    if (key && !token.problem && values.has(key))
      tokens.push({ ...token, problem: `Only one ${key}: is possible.` });
    else {
      tokens.push(token);
      if (key && !token.problem) values.set(key, token.value);
    }
  }
  // A city alone says its state, where there is one of that name only.
  const states = statesOfPlace(values.get('ratecenter') ?? '');
  const named = tokens.some((token) => token.key === 'ratecenter' && !token.text.includes(':'));
  if (named && states.length === 1 && !values.has('state')) values.set('state', states[0] ?? '');
  const told = tokens.map((token) => ({ ...token, problem: token.problem ?? missing(token.key, values) }));
  const word = values.get('word') ?? '';
  const contains = values.get('contains');
  const problem = problemOf(told);
  const list = values.get('numbers') ?? null;
  const both =
    list !== null && tokens.length > 1
      ? 'Pasted numbers are searched for by themselves: remove them, or everything else.'
      : word && contains
        ? 'Search for digits or for a word, not for both at once.'
        : null;
  return {
    tokens: told,
    search: {
      npa: values.get('npa'),
      nxx: values.get('nxx'),
      state: stateOf(values.get('state')),
      rateCenter: values.get('ratecenter')?.toUpperCase(),
      contains: word ? (keypadDigits(word) ?? undefined) : contains,
    },
    list,
    word: word.toUpperCase(),
    problem: problem?.sentence ?? both,
    unfinished: problem?.unfinished ?? false,
  };
}

/** The query with one token set, replaced or (for '') removed. */
export function withToken(text: string, key: OfferKey, value: string): string {
  const kept = parseOfferQuery(text).tokens.filter((token) => token.key !== key);
  const rest = kept.map((token) => text.slice(token.start, token.end));
  const clean = value.trim();
  if (clean) rest.push(`${key}:${/\s/.test(clean) ? `"${clean.replaceAll('"', '')}"` : clean}`);
  return rest.join(' ');
}

/** True for a place whose name may go on with the next word: `ratecenter:san` may be on its way to San Jose. */
export function offerGoesOn({ key, value, text }: QueryToken): boolean {
  if ((key !== 'state' && key !== 'ratecenter') || text.includes('"')) return false;
  const begun = `${value.trim().toLowerCase()} `;
  return placesWithStates().some(({ place }) => place.toLowerCase().startsWith(begun));
}

function readToken(whole: string, start: number): QueryToken {
  const seen = withoutInvisible(whole);
  const typed = readTyped(seen);
  const colon = typed ? null : /^([a-z]+):(.*)$/is.exec(plainText(seen));
  const named = (colon?.[1] ?? '').toLowerCase();
  const value = (colon?.[2] ?? seen).replace(/^"|"$/g, '').trim();
  const key: ReadKey | null = typed ? 'contains' : colon ? keyOf(named) : bareKey(value);
  const token = {
    ...{ text: whole, start, end: start + whole.length, key, value, negated: false },
    unfinished: key !== null && isBegun(key, value),
  };
  if (key === null)
    return {
      ...token,
      problem: `There is no "${named || whole.trim()}" here. Try npa, state, contains or word.`,
    };
  const number = key === 'contains' ? (typed ?? readTyped(value)) : null;
  if (number?.international && !number.digits.startsWith('1')) {
    return { ...token, problem: 'Only North American numbers are for sale here.' };
  }
  const clean = number?.digits ?? (key === 'word' ? value : plainText(value));
  const note = noteOf(key, value, colon !== null, number?.extension ?? null);
  return { ...token, value: clean, problem: check(key, clean), ...(note ? { note } : {}) };
}

/** A place that could as well be a word for the keypad says how to ask for the word; an extension is said. */
function noteOf(key: ReadKey, value: string, keyed: boolean, extension: string | null): string | null {
  if (extension !== null) return `Extension ${extension} is no part of the number.`;
  if (keyed || (key !== 'state' && key !== 'ratecenter') || value.length <= 2) return null;
  const word = value.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase();
  return `The place. For the keypad: word:${word}.`;
}

/** A state or province by name, or a city. */
function isPlace(name: string): boolean {
  return name.trim().length > 2 && (regionCode(name) !== null || statesOfPlace(name.trim()).length > 0);
}

function stateOf(value: string | undefined): string | undefined {
  return value === undefined ? undefined : (regionCode(value) ?? undefined);
}

/** True for a value that lacks only what is still to be typed. */
function isBegun(key: ReadKey, value: string): boolean {
  switch (key) {
    case 'npa':
    case 'nxx':
      return /^([2-9]\d?)?$/.test(value);
    case 'state':
      return Object.keys(regions).some(
        (code) => code !== value.toUpperCase() && code.startsWith(value.toUpperCase()),
      );
    default:
      return value === '';
  }
}

function keyOf(named: string): ReadKey | null {
  if (named === 'rc') return 'ratecenter';
  if (named === 'numbers') return 'numbers';
  return offerKeys.find((key) => key === named) ?? null;
}

/** Digits are looked for in the number; two letters or a name are a state, then a city; other letters a word for the keypad. */
function bareKey(value: string): OfferKey | null {
  if (isDigits(value)) return 'contains';
  if (value.toUpperCase() in regions && value.length === 2) return 'state';
  if (isPlace(value)) return regionCode(value) !== null ? 'state' : 'ratecenter';
  return keypadDigits(plainText(value)) === null ? null : 'word';
}

function check(key: ReadKey, value: string): string | null {
  if (!value) return `Type a value after "${key}:".`;
  switch (key) {
    case 'npa':
      return /^[2-9]\d\d$/.test(value) ? null : 'An area code is three digits, such as 206.';
    case 'nxx':
      return /^[2-9]\d\d$/.test(value) ? null : 'An exchange is three digits, such as 555.';
    case 'state':
      return regionCode(value) !== null
        ? null
        : `"${value}" is not a state or province. Use its name or two letters, such as WA.`;
    case 'contains':
      return /^\d{1,11}$/.test(value) ? null : 'Use 1 to 11 digits.';
    case 'word':
      return keypadDigits(value) !== null && value.length <= 10
        ? null
        : 'A word is 1 to 10 letters and digits.';
    case 'ratecenter':
      return value.length <= 40 ? null : 'A rate center is shorter than that.';
    case 'numbers':
      return /^[a-z0-9]{1,24}$/.test(value) ? null : 'Paste the numbers into the field.';
  }
}

function missing(key: string | null, values: ReadonlyMap<ReadKey, string>): string | null {
  if (key === 'nxx' && !values.has('npa')) return 'An exchange needs its area code: add npa:.';
  if (key === 'ratecenter' && !values.has('state')) {
    const states = statesOfPlace(values.get('ratecenter') ?? '');
    if (states.length < 2) return 'A rate center needs its state: add state:.';
    return `There is one in ${states.join(' and in ')}: add ${states.map((one) => `state:${one.toLowerCase()}`).join(' or ')}.`;
  }
  return null;
}
