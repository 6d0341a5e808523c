import type { OffersWindow } from '#main/contract/buying.ts';
import type { Suggestion } from '#main/contract/numbers.ts';
import type { OfferKey } from '#main/contract/offer-query.ts';
import { formatCount, numbersOf } from '#main/contract/words.ts';
import type { Offer } from '../../lib/suggesting.svelte.ts';

/** What the keys of the query of Buy are called, in the order of their boxes. */
export const keyTitles: Readonly<Record<OfferKey, string>> = {
  npa: 'Area code',
  nxx: 'Exchange',
  ratecenter: 'Rate center',
  contains: 'Contains digits',
  word: 'Word',
  state: 'State',
};

/** Suggestions as they are offered: a key as it is typed, a value under what it is. */
export function offersOf(suggestions: readonly Suggestion[]): readonly Offer[] {
  return suggestions.map(({ token, key, value, detail, replaces }) => {
    const title = keyTitles[key as OfferKey];
    return { token, title: value ? title : token, value: value || title, detail, count: '', replaces };
  });
}

/**
 * Why no offer is shown: only a search that went through to its end can say that nothing is for sale. `inARow`: so many numbers in a
 * row are looked for; null for any.
 */
export function nothingShown(view: Pick<OffersWindow, 'status'>, inARow: number | null = null): string {
  const { phase, loaded, error } = view.status;
  if (error) return `Search failed. ${error.message} ${error.action}`;
  if (inARow !== null && loaded > 0) {
    const none = `No ${formatCount(inARow)} in a row among the ${numbersOf(loaded)}`;
    if (phase === 'running') return `${none} that are loaded so far. The search goes on.`;
    return phase === 'stopped'
      ? `${none} that were loaded before the search was stopped.`
      : `${none} that this search finds. Search more widely, or for fewer in a row.`;
  }
  if (phase === 'running') return 'Asking the carrier…';
  if (loaded > 0) return 'Nothing of what was loaded fits the pattern.';
  if (phase === 'stopped') return 'The search was stopped before anything was found.';
  return 'Nothing for sale fits this. Remove a token, or look at all area codes.';
}
