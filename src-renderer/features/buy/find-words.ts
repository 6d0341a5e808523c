import type { FindStatus, KnownStock, OffersWindow, OfferSuggestion } from '#main/contract/buying.ts';
import type { OfferKey } from '#main/contract/offer-query.ts';
import { agree, countOf, formatCount, numbersOf } from '#main/contract/words.ts';
import { formatAge } from '../../lib/format.ts';
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

/** What is older than this is said to be (milliseconds). */
const saidAgeMs = 5 * 60_000;

/** Suggestions as they are offered: a key as it is typed, a value under what it is, with what is known of its stock. */
export function offersOf(suggestions: readonly OfferSuggestion[], now: number): readonly Offer[] {
  return suggestions.map(({ token, key, value, detail, stock, replaces }) => {
    const title = keyTitles[key as OfferKey];
    const count = stock === null ? '' : stockWords(stock, now);
    return { token, title: value ? title : token, value: value || title, detail, count, replaces };
  });
}

/** "1,240 numbers in 12 rate centers", "8 area codes, 2 days ago", "none for sale". */
export function stockWords({ of, count, rateCenters, complete, at }: KnownStock, now: number): string {
  const many = count === 0 ? 'none for sale' : countOf(count, of);
  const places = rateCenters === null || count === 0 ? '' : ` in ${countOf(rateCenters, 'rate center')}`;
  const soFar = complete ? '' : ' so far';
  const age = now - at < saidAgeMs ? '' : `, ${formatAge(at, now)}`;
  return many + places + soFar + age;
}

/** What became of pasted numbers: "31 on offer, 7 not, 2 already yours"; while it runs, how far it is. '' for other searches. */
export function listWords({ phase, loaded, list }: FindStatus): string {
  if (list === null) return '';
  const { owned, foreign, open, absent, unclear, total } = list;
  const parts = [`${formatCount(loaded)} on offer`];
  if (absent > 0) parts.push(`${formatCount(absent)} not`);
  if (unclear > 0)
    parts.push(`${formatCount(unclear)} with ${agree(unclear, 'an offer', 'offers')} that cannot be read`);
  if (owned > 0) parts.push(`${formatCount(owned)} already yours`);
  if (foreign > 0)
    parts.push(
      `${formatCount(foreign)} ${agree(foreign, 'is no North American number', 'are no North American numbers')}`,
    );
  if (phase === 'running')
    return `${formatCount(total - open)} of ${numbersOf(total)} looked up: ${parts.join(', ')}`;
  if (open > 0) parts.push(`${formatCount(open)} not looked up`);
  return parts.join(', ');
}

/**
 * Why no offer is shown: only a search that went through to its end can say that nothing is for sale. `inARow`: so many numbers in a
 * row are looked for; null for any.
 */
export function nothingShown(view: Pick<OffersWindow, 'status'>, inARow: number | null = null): string {
  const { phase, loaded, error, list } = view.status;
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
  if (list !== null && list.unclear > 0)
    return `None of the ${numbersOf(list.total)} can be bought now: ${agree(list.unclear, 'the offer', 'the offers')} of ${formatCount(list.unclear)} cannot be read. Search again later.`;
  if (list !== null) return `None of the ${numbersOf(list.total)} is on offer.`;
  return 'Nothing for sale fits this. Remove a token, or look at all area codes.';
}
