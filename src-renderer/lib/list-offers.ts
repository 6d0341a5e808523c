import type { ListLanguage } from '#main/contract/list-query.ts';
import type { Suggestion } from '#main/contract/numbers.ts';
import { formatCount } from './format.ts';
import type { Offer } from './suggesting.svelte.ts';

/** What a small language suggests, in words: a key as it is typed, a value under what it is, with its count. */
export function offersOf(language: ListLanguage, suggestions: readonly Suggestion[]): readonly Offer[] {
  return suggestions.map(({ token, key, value, detail, count, replaces }) => {
    const title = language[key]?.title ?? key;
    return {
      ...{
        token,
        detail,
        replaces,
        title: value === '' ? token : title,
        value: value === '' ? title : value,
      },
      count: count === null ? '' : formatCount(count),
    };
  });
}
