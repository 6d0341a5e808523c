/** The files of an account. */
export type AccountFiles = { readonly journal: string; readonly list: string };

/** How many numbers and routes of their own two accounts have, and how many of them both have. */
export type ListsCompared = {
  readonly numbers: Counted;
  readonly routes: Counted;
  /** Numbers and routes of both were read to their end at least once. */
  readonly complete: boolean;
};
export type Counted = { readonly ours: number; readonly theirs: number; readonly both: number };

/** Fewer numbers than this say nothing where there are no routes beside the built-in one: they may have moved from one account to another. */
const leastNumbers = 3;
/** Lists are read at different times: so much of the longer one is in both where one account is meant. All of it, below 20. */
const mostOf = 0.95;

export function isMostOf(part: number, whole: number): boolean {
  return part >= whole * mostOf;
}

/**
 * True when two lists are those of one account. A number belongs to one account only, so nearly all of them have to be in both,
 * and nearly all routes of their own, by name, type and value. Two accounts with hardly a number, or with the built-in route alone,
 * are told apart where that is not enough to know.
 */
export function isOneAccount({ numbers, routes, complete }: ListsCompared): boolean {
  const same = ({ ours, theirs, both }: Counted) => isMostOf(both, Math.max(ours, theirs));
  if (!complete || numbers.both === 0 || !same(numbers) || !same(routes)) return false;
  return routes.both > 0 || numbers.both >= leastNumbers;
}
