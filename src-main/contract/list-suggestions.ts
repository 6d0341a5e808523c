/** What may be meant by the end of a query of a small language, with how many rows of the list have it. */
import { finishedList, type ListKey, type ListLanguage } from './list-query.ts';
import type { Suggestion } from './numbers.ts';
import { far, foldNeedle, rankOf, readTyping, type Typing } from './query-typing.ts';
import { usualTimes } from './query-times.ts';
import { foldName } from './route-names.ts';

/** A value that a key may have. */
export type ListOffer = {
  /** As it is written into the query. */
  readonly value: string;
  /** As people read it. */
  readonly name: string;
  /** How many rows have it, of those that the rest of the query finds; null where that is not counted. */
  readonly count: number | null;
};
/** The query as far as it is typed, and the text before the caret in the piece that is being typed. */
export type Asked = { readonly text: string; readonly typed: string };

const most = 8;
type Ranked = Suggestion & { readonly rank: number };

/**
 * At most eight suggestions, the nearest first. `offersOf` tells the values that a key may have among what `rest` finds, the part of the
 * query that is not being typed.
 */
export function listSuggestions<Key extends string>(
  language: ListLanguage<Key>,
  { text, typed }: Asked,
  offersOf: (key: Key, rest: string) => readonly ListOffer[],
): Suggestion[] {
  for (const reading of readTyping(typed)) {
    const rest = finishedList(
      language as ListLanguage,
      `${text} ${typed.slice(0, typed.length - reading.replaces)}`.trim(),
    );
    const offers = keysOf(language)
      .filter((key) => isOffered(language[key], key, reading))
      .flatMap((key) => ranked(offersOf(key, rest), key, reading));
    const found = reading.key === null ? [...offers, ...keysFor(language, reading)] : offers;
    // What the longer reading finds is meant.
    if (found.length > 0)
      return found
        .toSorted((a, b) => a.rank - b.rank || (b.count ?? 0) - (a.count ?? 0))
        .slice(0, most)
        .map(({ rank: _, ...suggestion }) => suggestion);
  }
  return [];
}

/** The values of a key that is a choice or a time, with the count of each. */
export function fixedOffers(key: ListKey, countOf: (value: string) => number | null): ListOffer[] {
  if (key.asks === 'since' || key.asks === 'before')
    return usualTimes.map((time) => ({ ...time, count: countOf(time.value) }));
  if (key.asks !== 'choice') return [];
  return Object.entries(key.words).map(([value, name]) => ({ value, name, count: countOf(value) }));
}

function keysOf<Key extends string>(language: ListLanguage<Key>): Key[] {
  return Object.keys(language) as Key[];
}

/** A time is offered once somebody asks for one; of digits nothing can be said before they are there. */
function isOffered({ asks }: ListKey, key: string, reading: Typing): boolean {
  if (asks === 'number' || asks === 'text') return false;
  if (reading.key !== null) return reading.key === key;
  return asks !== 'since' && asks !== 'before' && reading.needle.trim().length > 1;
}

function ranked(offers: readonly ListOffer[], key: string, reading: Typing): Ranked[] {
  const needle = foldNeedle(reading.needle);
  const { before, replaces } = reading;
  return offers.flatMap(({ value, name, count }) => {
    const plain = foldName(value.replace(/^"|"$/g, ''));
    const rank = needle === '' ? 1 : Math.min(rankOf(plain, needle), rankOf(foldName(name), needle));
    if (rank === far || (reading.key === null && count === 0)) return [];
    const token = reading.key === null ? `${before}${key}:${value}` : `${before}${value}`;
    return [{ token, key, value: name, detail: '', count, replaces, rank }];
  });
}

/** The keys that begin so; one that is typed to its end is what was meant. */
function keysFor<Key extends string>(language: ListLanguage<Key>, reading: Typing): Ranked[] {
  const { before, replaces } = reading;
  const wanted = reading.needle.trim().toLowerCase();
  return keysOf(language)
    .filter((key) => wanted.length > 1 && key.startsWith(wanted))
    .map((key) => ({
      ...{ token: `${before}${key}:`, key, value: '', detail: '', count: null, replaces },
      rank: key === wanted ? 0 : 3,
    }));
}
