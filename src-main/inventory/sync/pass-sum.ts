/** Sums of numbers are kept modulo this prime: they stay exact in a double, and one changed digit changes them. */
export const sumModulus = 2_147_483_647;

/** Rows of a pass, and the sum of their numbers modulo `sumModulus`. */
export type PassSum = { readonly rows: number; readonly sum: number };

/** A page of a pass as it was noted. `sum` speaks for the numbers that were stored and for the note itself. */
export type NotedPage = {
  readonly page: number;
  readonly numbers: number;
  readonly isLast: boolean;
  readonly sum: number;
  /** Where the next part begins, for a list that is read one part after another. */
  readonly next: string | null;
};

const pageWeight = 1_000_003;
const countWeight = 7_919;
const lastWeight = 500_009;

/** The sum of one page: of its numbers (digits each), which page it is, how many they are, whether it was the last. */
export function sumOfPage(page: number, numbers: readonly string[], isLast: boolean): number {
  const all = numbers.reduce((sum, number) => (sum + Number(number)) % sumModulus, 0);
  return (all + ofNote({ page, numbers: numbers.length, isLast })) % sumModulus;
}

/**
 * True when the pages that were noted and the rows they left agree: every number is there as it came, and the notes are as
 * they were written. A pass for which they do not is begun anew, so that no page is left out for a note that is wrong.
 */
export function agrees(pages: readonly NotedPage[], rows: PassSum): boolean {
  if (pages.reduce((sum, page) => sum + page.numbers, 0) !== rows.rows) return false;
  const noted = pages.reduce((sum, page) => (sum + page.sum) % sumModulus, 0);
  const found = pages.reduce((sum, page) => (sum + ofNote(page)) % sumModulus, rows.sum);
  return noted === found;
}

function ofNote({ page, numbers, isLast }: Omit<NotedPage, 'sum' | 'next'>): number {
  return (page * pageWeight + numbers * countWeight + (isLast ? lastWeight : 0)) % sumModulus;
}
