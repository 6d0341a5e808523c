import type { OddRecords } from '#main/contract/model.ts';
import { formatCount } from './format.ts';

/** What odd records of one kind are called, and what follows from their being odd. */
export type OddWords = { readonly one: string; readonly many: string; readonly effect: string };

/**
 * Which records of the carrier could not be used and why, in one sentence: "1 offer of the carrier cannot be bought:
 * 12065550143 (it has no monthly cost)." Null when there are none.
 */
export function oddSentence({ count, some }: OddRecords, words: OddWords): string | null {
  if (count === 0) return null;
  const named = some.map(({ name, why }) => `${name} (${why})`).join(', ');
  const more = count > some.length ? ` and ${formatCount(count - some.length)} more` : '';
  const what = count === 1 ? words.one : words.many;
  return `${formatCount(count)} ${what} of the carrier ${words.effect}: ${named}${more}.`;
}
