import type { ToldTexts } from '../../contract/number-columns.ts';
import type { NumberRow } from '../../contract/numbers.ts';
import type { HeldIn, ValueColumn } from './column-values.ts';

/**
 * What the carrier tells of a number, and when it was seen so. Its routes are what the carrier keys them by: null before they were
 * read, '' where it has none on that side. The rows that people see have the labels in their place.
 */
export type IndexedNumber = ToldTexts &
  Pick<NumberRow, 'number' | 'primary' | 'primaryType' | 'failover' | 'failoverType' | 'seenAt' | 'routesAt'>;

/** What is known of the routes that exist, for all that people see and type. */
export type ListedRoutes = {
  /** Of each key. */
  readonly labels: ReadonlyMap<string, string>;
  /** The names at the carrier of keys that share theirs with others: who asks for such a name means all of them. */
  readonly shared?: ReadonlyMap<string, string>;
  /** The built-in route as a failover is none: this carrier has no other way to say so. */
  readonly builtinIsNone: boolean;
};

/** What is known of a number beside the carrier's list: it is kept for numbers that come later, too. */
export type Overlay = { readonly number: string } & {
  readonly [Column in ValueColumn]?: HeldIn<Column>;
};

/** What was learned of a number when it was bought. Cents. */
export type Learned = {
  readonly number: string;
  readonly monthly: number;
  readonly state: string;
  readonly rateCenter: string;
};

/** The tags of a number, sorted; none when it lost its last one. */
export type Tagged = { readonly number: string; readonly tags: readonly string[] };
