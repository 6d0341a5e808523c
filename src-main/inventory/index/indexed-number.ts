import type { ToldTexts } from '../../contract/number-columns.ts';
import type { NumberRow } from '../../contract/numbers.ts';
import type { HeldIn, ValueColumn } from './column-values.ts';

/** What the carrier tells of a number, and when it was seen so. */
export type IndexedNumber = ToldTexts &
  Pick<NumberRow, 'number' | 'primary' | 'primaryType' | 'failover' | 'failoverType' | 'seenAt'>;

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
