import type { NumberRow } from '../../contract/numbers.ts';

/** What the index keeps of a number; state and area follow from the area code. */
export type IndexedNumber = Omit<NumberRow, 'state' | 'area' | 'monthly' | 'tags' | 'missingSince'>;
/** What was learned of a number when it was bought. Cents. */
export type Learned = {
  readonly number: string;
  readonly monthly: number;
  readonly state: string;
  readonly rateCenter: string;
};

/** The tags of a number, sorted; none when it lost its last one. */
export type Tagged = { readonly number: string; readonly tags: readonly string[] };
