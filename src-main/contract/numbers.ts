import { z } from 'zod';
import type { AppError } from './errors.ts';
import { takes } from './method.ts';
import { numberColumns, type ColumnValues, type NumberColumn } from './number-columns.ts';
import type { Sorting } from './sorting.ts';
import { view, phoneNumber, queryText, numbers, offset, limit, direction, mostAtOnce } from './schemas.ts';

export { numberColumns, type NumberColumn };

/** Which column decides the order, and which ones after it where it leaves two numbers equal; at last the numbers themselves do. */
export type Sort = Sorting<NumberColumn> & {
  /** Numbers with the same value here stand together, in the order of the values; the columns decide inside of these groups. */
  readonly group?: GroupColumn | undefined;
};

/** What numbers can be grouped by: a column, or the area code. */
export const groupColumns = ['primary', 'failover', 'state', 'npa', 'tags'] as const;
export type GroupColumn = (typeof groupColumns)[number];

/** Groups of a list that can be closed at once. */
export const mostClosedGroups = 10_000;

/** The groups of a query from `offset` on, as many as fit into one answer, and how many there are. */
export type GroupsWindow = {
  readonly revision: number;
  readonly total: number;
  readonly offset: number;
  /** `value` as rows say it: '' for none, null for what was not read yet; `otherCountries` (`phone.ts`) for numbers without area codes. */
  readonly groups: readonly { readonly value: string | null; readonly count: number }[];
};

/** One line of the numbers table: what its columns say (`column-table.ts`), and what stands behind them. */
export type NumberRow = ColumnValues & {
  /** '' while its routes were not read, and for none. */
  readonly primaryType: string;
  readonly failoverType: string;
  /** Unix milliseconds since when its routes are known to be so; null before they were read. */
  readonly routesAt: number | null;
  /** Unix milliseconds of the sync that last saw it. */
  readonly seenAt: number;
  /** Unix milliseconds since when the carrier's list lacks it; absent for all others. It stays until a second look agrees. */
  readonly missingSince?: number;
};

/**
 * A token of the query as it was understood: `problem` says why it could not be, `unfinished` that it only lacks what is
 * still to be typed.
 */
export type QueryToken = {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly key: string | null;
  readonly value: string;
  readonly negated: boolean;
  readonly problem: string | null;
  /** What is worth knowing of a token that is understood. */
  readonly note?: string;
  /** Of pasted numbers: how many of them the list does not have. */
  readonly missing?: number;
  readonly unfinished: boolean;
};

export type NumbersWindow = {
  /** Grows with every change of the list; windows of different revisions do not belong together. */
  readonly revision: number;
  readonly total: number;
  readonly matching: number;
  /** How many of these are in groups that are open; absent where they are not grouped. `offset` counts these. */
  readonly listed?: number;
  readonly offset: number;
  readonly rows: readonly NumberRow[];
  /** Cents a month of the matching numbers whose cost is known, and how many those are. */
  readonly cost: { readonly monthly: number; readonly known: number };
  /** Numbers of the whole list whose routes were not read yet; null while that is not known. */
  readonly unread: number | null;
  readonly tokens: readonly QueryToken[];
  /** Columns of which any number of the list has a value. */
  readonly known: readonly NumberColumn[];
  /** Bare digits of the query, for marking the match inside a number. */
  readonly digits: readonly string[];
};

/**
 * A page of the numbers a query matches, in its order, as digits each. Pages of one snapshot show the list as it was at
 * the first of them: whatever is synced meanwhile, none is missed and none comes twice.
 */
export type MatchingPage = {
  readonly total: number;
  readonly numbers: readonly string[];
  /** Asks for further pages; null when this was the last, or a single one. */
  readonly snapshot: number | null;
};

export type NumberDetails = {
  readonly row: NumberRow;
  /** Unix milliseconds of the fresh answer; null when only the cache could answer. */
  readonly fetchedAt: number | null;
  readonly primaryValue: string | null;
  readonly failoverValue: string | null;
  /** What was paid when it was bought here (cents), and when (Unix milliseconds). */
  readonly bought: { readonly setup: number; readonly monthly: number; readonly boughtAt: number } | null;
  /** Why it is not fresh, when it is not. */
  readonly error: AppError | null;
};

export type RouteUse = {
  readonly key: string;
  readonly label: string;
  readonly type: string;
  readonly primaryCount: number;
  readonly failoverCount: number;
};

/** What the end of a query may be meant to become: a whole piece of it, or a key. */
export type Suggestion = {
  /** What it puts into the query, a minus and earlier values of the piece included. */
  readonly token: string;
  /** The key of the query language that it asks by. */
  readonly key: string;
  /** As people read it; '' for a key alone. */
  readonly value: string;
  /** What is worth knowing beside it, as the place of an area code; '' for nothing. */
  readonly detail: string;
  /** How many numbers have it, of those that the rest of the query finds; null for a key. */
  readonly count: number | null;
  /** It takes the place of so many characters at the end of what was typed. */
  readonly replaces: number;
};

/** What windows may ask about this. */
export const numberMethods = () => {
  const sortBy = { column: z.enum(numberColumns), direction };
  const sort = z.strictObject({
    ...sortBy,
    also: z.array(z.strictObject(sortBy)).max(2).optional(),
    group: z.enum(groupColumns).optional(),
  });
  return {
    'numbers.query': takes({
      text: queryText,
      sort,
      offset,
      limit,
      /** Whoever asks: a newer question of the same view ends older ones that still wait, with `cancelled`. */
      view: view.optional(),
      /** Groups that are closed, by their values: no rows of them are answered. */
      closed: z.array(z.string().max(8_192).nullable()).max(mostClosedGroups).optional(),
    }).gives<NumbersWindow>(),
    /** The numbers a query matches, counted by what they have in common. */
    'numbers.groups': takes({ text: queryText, by: z.enum(groupColumns), offset }).gives<GroupsWindow>(),
    'numbers.details': takes({ number: phoneNumber }).gives<NumberDetails>(),
    'numbers.matching': takes({
      text: queryText,
      sort,
      offset: offset.optional(),
      limit: z.int().min(1).max(mostAtOnce),
      /** `new` when more pages will be asked for; then what the first answer said. Absent for a single page. */
      snapshot: z.union([z.literal('new'), z.int().min(1)]).optional(),
    }).gives<MatchingPage>(),
    /**
     * These numbers as they are now, in their order, as many of them as fit into one answer; null for those the list
     * does not have any more.
     */
    'numbers.rows': takes({ numbers: z.array(phoneNumber).max(500) }).gives<readonly (NumberRow | null)[]>(),
    /**
     * `count` different numbers are kept; `owned` of them are in the list. The id stands in a query as `numbers:id`.
     * Numbers that were pasted, as one filter: digits each, with the country's code.
     */
    'numbers.keep': takes({
      numbers: z
        .array(phoneNumber)
        .min(1)
        .max(100_000, 'These are more than 100,000 numbers: paste them in parts.'),
    }).gives<{ readonly id: string; readonly count: number; readonly owned: number }>(),
    /** Those of a kept set that the list does not have, 10,000 at most. */
    'numbers.keptMissing': takes({ id: z.string().regex(/^[a-z0-9]{1,24}$/) }).gives<{
      readonly numbers: readonly string[];
    }>(),
    /**
     * What the end of `typed`, the text before the caret, may be meant to become: eight at most, the nearest first. `text` is the
     * rest of the query. Questions for rows go before it.
     */
    'numbers.suggest': takes({ text: queryText, typed: queryText }).gives<readonly Suggestion[]>(),
    /** Those of the numbers that the query matches. */
    'numbers.among': takes({ text: queryText, numbers }).gives<readonly string[]>(),
  };
};

/** What windows are told about this. */
export type NumberEvents = {
  /** The list changed: ask again for what is on screen. */
  inventory: { readonly revision: number; readonly total: number };
};
