/** What the list suggests for a query, in words. */
import type { Suggestion } from '#main/contract/numbers.ts';
import { columnOf, columnOfField } from '#main/contract/number-columns.ts';
import { queryField } from '#main/contract/query.ts';
import { formatCount } from '../../lib/format.ts';
import { placeWords } from '../../lib/places.ts';
import type { Offer } from '../../lib/suggesting.svelte.ts';

/** What a key asks for, where no column says it. */
const titles: Readonly<Record<string, string>> = {
  npa: 'Area code',
  country: 'Country',
  nxx: 'Exchange',
  starts: 'Starts with',
  ends: 'Ends with',
  contains: 'Contains',
  route: 'Route',
  routes: 'Routes read',
  audit: 'Audit',
  tag: 'Tag',
};

/** A key is offered as it is typed, a value with its count. */
export function offersOf(suggestions: readonly Suggestion[]): readonly Offer[] {
  return suggestions.map(({ token, key, value, detail, count, replaces }) => ({
    token,
    title: value === '' ? token : titleOf(key),
    value: value === '' ? titleOf(key) : key === 'area' ? placeWords(value, '') : value,
    detail,
    count: count === null ? '' : formatCount(count),
    replaces,
  }));
}

function titleOf(key: string): string {
  const column = columnOfField(queryField(key) ?? '');
  return titles[key] ?? (column === null ? key : columnOf(column).title);
}
