/** The different values of each column and what they mean: how they are compared, found and told, by the type of the column. */
import {
  columnOf,
  columnOfField,
  numberColumns,
  storedColumns,
  type ColumnTypeOf,
  type NumberColumn,
} from '../../contract/number-columns.ts';
import { regionCode } from '../../contract/regions.ts';
import { foldName } from '../../contract/route-names.ts';
import { Interned, type Meaning } from './interned.ts';

/** A column of which the index keeps, for every number, the id of its value. */
export type ValueColumn = Exclude<NumberColumn, 'number' | 'seen'>;
export const valueColumns = numberColumns.filter(
  (column) => column !== 'number' && column !== 'seen',
) as readonly ValueColumn[];

/** Columns of which a listing or the details of a number tell: the two routes, and what is stored as it is. */
export const toldColumns: readonly ValueColumn[] = ['primary', 'failover', ...storedColumns];

/** The column that a field of a query asks; null for fields that ask for digits and the like. */
export function valueColumnOf(field: string): ValueColumn | null {
  const column = columnOfField(field);
  return column === 'number' || column === 'seen' ? null : column;
}

/** Columns in which bare words are looked for. */
export const wordColumns = valueColumns.filter((column) => columnOf(column).query?.words === true);

/** A route as numbers refer to it: by its key, null where that was not read yet and '' for none. */
export type RouteKey = { readonly key: string | null; readonly type: string };

/** Values as the index has them. Null is what is not known, or was not read yet. */
type Held = {
  route: RouteKey;
  region: string;
  code: string | null;
  text: string | null;
  tags: readonly string[];
  money: number | null;
  time: number | null;
};
export type HeldIn<Column extends ValueColumn> = Held[Exclude<ColumnTypeOf<Column>, 'digits'>];

type Test<T> = (value: T) => boolean;

const lower = (text: string) => text.toLowerCase();
/** What was not read yet comes before what is empty, and that before every text. */
const readable = (text: string | null) => (text === null ? '' : lower(text) || '\0');
const itself = <T>(value: T) => value;
const never = () => () => false;
const isNull = (text: string | null) => text === null;

const oneOf = (values: readonly string[]) => (text: string) => values.includes(text.toLowerCase());
const partOf = (values: readonly string[]) => (text: string) => {
  const folded = foldName(text);
  return values.some((value) => folded.includes(value));
};
/** Names in quotes are meant exactly, others in any case of their letters. */
const isNamed = (values: readonly string[]) => (name: string) =>
  values.includes(foldName(name)) || values.includes(`"${name}"`);

/** A text, or what is said of one that is empty (`none`) or not read yet (`unread`). */
const textual =
  (test: (values: readonly string[]) => Test<string>) =>
  (values: readonly string[]): Test<string | null> => {
    const passes = test(values);
    const [none, unread] = [values.includes('none'), values.includes('unread')];
    return (text) => (text === null ? unread : text === '' ? none : passes(text));
  };

const meanings: { readonly [Type in Exclude<keyof Held, 'route'>]: Meaning<Held[Type]> } = {
  region: {
    key: itself,
    sortKey: lower,
    nothing: '',
    is: oneOf,
    // A state by its whole name as well: "maine" is one, and "main" may be a route.
    has: (words) => oneOf(words.map((word) => regionCode(word)?.toLowerCase() ?? word)),
    told: itself,
  },
  code: {
    key: keyOf,
    sortKey: readable,
    nothing: null,
    unread: isNull,
    is: textual(oneOf),
    has: textual(oneOf),
    told: itself,
  },
  text: {
    key: keyOf,
    sortKey: readable,
    nothing: null,
    unread: isNull,
    is: textual(partOf),
    has: textual(partOf),
    told: itself,
  },
  tags: {
    key: (tags) => tags.join('\n'),
    // Numbers with one tag come before those that have others besides, and both before the next tag.
    sortKey: (tags) => lower(tags.join('\0')),
    nothing: [],
    is: (values) => {
      const asked = oneOf(values);
      const none = values.includes('none');
      return (tags) => tags.some(asked) || (none && tags.length === 0);
    },
    has: (words) => {
      const part = partOf(words);
      return (tags) => tags.some(part);
    },
    told: (tags) => tags.join(', '),
  },
  money: { key: String, sortKey: amount, nothing: null, is: never, has: never, told: itself },
  time: { key: String, sortKey: amount, nothing: null, is: never, has: never, told: itself },
};

/** Routes are told apart by their keys, and ordered, found and shown by what people call them. */
function routeMeaning(
  labelOf: (key: string) => string,
  sharedNameOf: (key: string) => string | null,
): Meaning<RouteKey> {
  const label = (key: string | null) => key && labelOf(key);
  return {
    key: ({ key, type }) => (key === null ? keyOf(null) : `${key}\n${type}`),
    sortKey: ({ key }) => readable(label(key)),
    nothing: { key: null, type: '' },
    unread: ({ key }) => key === null,
    is: (values) => {
      const isOne = textual(isNamed)(values);
      const isShared = isNamed(values);
      return ({ key }) => {
        const shared = key === null ? null : sharedNameOf(key);
        return isOne(label(key)) || (shared !== null && isShared(shared));
      };
    },
    has: (words) => {
      const part = partOf(words);
      return ({ key }) => Boolean(key) && part(labelOf(key ?? ''));
    },
    told: ({ key }) => label(key),
    alsoTold: ({ type }) => type,
  };
}

/** No text begins with a zero character and an N. */
function keyOf(text: string | null): string {
  return text ?? '\0N';
}

/** What is not known comes before every amount. */
function amount(value: number | null): number {
  return value ?? Number.NEGATIVE_INFINITY;
}

export type AllValues = { readonly [Column in ValueColumn]: Interned<HeldIn<Column>> };

/**
 * Sets with no values yet but the one for nothing, which has the id 0. Both routes of a number share one set; `labelOf` tells what
 * people call them.
 */
export function noValues(
  labelOf: (key: string) => string = itself,
  sharedNameOf: (key: string) => string | null = () => null,
): AllValues {
  const routes = new Interned(routeMeaning(labelOf, sharedNameOf));
  const sets = valueColumns.map((column) => {
    const type = columnOf(column).type as keyof Held;
    return [column, type === 'route' ? routes : new Interned(meanings[type] as Meaning<unknown>)] as const;
  });
  return Object.fromEntries(sets) as unknown as AllValues;
}
