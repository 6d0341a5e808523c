import type { ListLanguage } from '#main/contract/list-query.ts';
import { exactName } from '#main/contract/query.ts';
import type { OtherChoice, RouteChoice } from './route-choices.ts';

/** A filter as a form offers it: a field for each key of a query language. */
export type FilterField = { readonly key: string; readonly label: string } & (
  | {
      readonly kind: 'choice';
      readonly choices: readonly { readonly value: string; readonly title: string }[];
    }
  | {
      readonly kind: 'route';
      readonly routes: readonly RouteChoice[];
      readonly others?: readonly OtherChoice[];
    }
  | { readonly kind: 'text' | 'digits'; readonly example: string }
  | { readonly kind: 'day' }
);

/** The piece of a query that a value of a field stands for; a value with spaces gets quotes, and so does each route. */
export function pieceOf({ key, kind }: FilterField, value: string): string {
  if (kind === 'route') return `${key}:${exactName(value)}`;
  return `${key}:${/\s/.test(value) ? `"${value.replaceAll('"', '')}"` : value}`;
}

/** A field for each key of a language. `routes` are those that can be chosen. */
export function fieldsOf(language: ListLanguage, routes: readonly RouteChoice[]): readonly FilterField[] {
  return Object.entries(language).map(([key, entry]): FilterField => {
    const label = entry.title;
    switch (entry.asks) {
      case 'choice': {
        const choices = Object.entries(entry.words).map(([value, title]) => ({ value, title }));
        return { key, label, kind: 'choice', choices };
      }
      case 'route':
        return { key, label, kind: 'route', routes };
      case 'since':
      case 'before':
        return { key, label, kind: 'day' };
      case 'number':
        return { key, label, kind: 'digits', example: '(206) 555-0142' };
      case 'ordinal':
        return { key, label, kind: 'digits', example: '12' };
      case 'text':
        return { key, label, kind: 'text', example: '' };
    }
  });
}
