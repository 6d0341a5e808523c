/** What may be meant by what is typed into the query of Buy: places before words for the keypad. Nothing is asked of anybody. */
import { areaCodesFrom, areaOf, placesWithStates } from '../nanp/area.ts';
import type { Suggestion } from './numbers.ts';
import { offerKeys, type OfferKey } from './offer-query.ts';
import { keypadDigits } from './patterns.ts';
import { readTyping, type Typing } from './query-typing.ts';
import { regions } from './regions.ts';

const most = 8;
const states = Object.entries(regions).map(([code, { name }]) => ({ code: code.toLowerCase(), name }));
const places = placesWithStates();
/** Suggestions for the end of what was typed, the nearest first; eight at most. They have no counts: the carrier is not asked. */
export function offerSuggestions(typed: string): readonly Suggestion[] {
  for (const reading of readTyping(typed)) {
    const { key, before } = reading;
    if (before.startsWith('-') || before.includes(',')) return [];
    const offers =
      key === null
        ? bare(reading)
        : key === 'state'
          ? statesFor(reading, before)
          : key === 'npa'
            ? areaCodesFor(reading, before)
            : [];
    if (offers.length > 0) return offers.slice(0, most);
  }
  return [];
}

function bare(reading: Typing): Suggestion[] {
  const needle = reading.needle.trim();
  if (/^\d+$/.test(needle)) return needle.length > 3 ? [] : areaCodesFor(reading, 'npa:').slice(0, most);
  const cities = places
    .filter(({ place }) => begins(place, reading.needle))
    .map(({ place, states: of }) => offer(reading, 'ratecenter', `"${place}"`, place, of.join(', ')));
  return [...statesFor(reading, 'state:'), ...cities.slice(0, 4), ...wordFor(reading), ...keysFor(reading)];
}

function statesFor(reading: Typing, before: string): Suggestion[] {
  const needle = reading.needle.trim().toLowerCase();
  return states
    .filter(({ code, name }) => needle === '' || code === needle || begins(name, reading.needle))
    .toSorted((a, b) => Number(b.code === needle) - Number(a.code === needle))
    .map(({ code, name }) => offer(reading, 'state', `${before}${code}`, name, code.toUpperCase()));
}

function areaCodesFor(reading: Typing, before: string): Suggestion[] {
  return areaCodesFrom(reading.needle.trim()).map((npa) => {
    const { place, state } = areaOf(npa);
    return offer(reading, 'npa', `${before}${npa}`, npa, [place, state].filter(Boolean).join(', '));
  });
}

/** A word as digits of the keypad; one letter is no word, and a name of several is none. */
function wordFor(reading: Typing): Suggestion[] {
  const word = reading.needle.trim().toLowerCase();
  const digits = /^[a-z][a-z\d]{1,9}$/.test(word) ? keypadDigits(word) : null;
  return digits === null ? [] : [offer(reading, 'word', `word:${word}`, word.toUpperCase(), digits)];
}

function keysFor(reading: Typing): Suggestion[] {
  const needle = reading.needle.trim().toLowerCase();
  return offerKeys
    .filter((key) => needle.length > 1 && key.startsWith(needle))
    .map((key) => offer(reading, key, `${key}:`, '', ''));
}

function offer(
  { replaces }: Typing,
  key: OfferKey,
  token: string,
  value: string,
  detail: string,
): Suggestion {
  return { token, key, value, detail, count: null, replaces };
}

/** A name, or a word of it, begins so; one letter is asked of its beginning only. */
function begins(name: string, needle: string): boolean {
  const [folded, wanted] = [name.toLowerCase(), needle.toLowerCase().trimStart()];
  return folded.startsWith(wanted) || (wanted.length > 1 && folded.includes(` ${wanted}`));
}
