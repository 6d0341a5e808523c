/** Numbers that the carrier's list lacks: when that is believed at once, and when it waits for a second look. */

/** How much later the pass has to begin that confirms it, in milliseconds. */
export const secondLookMs = 10 * 60_000;
/** A list that lacks at least so many numbers, and more than this share of them, has changed all of a sudden. */
const fewest = 3;
const share = 0.05;

/**
 * True when a list lacks so many of the numbers that were known (`known` is null when there was no complete list before) that
 * it may be the list that is wrong. What this app releases is no part of it: a release takes its number out of the list when
 * the carrier has confirmed it, so that no later pass misses it.
 */
export function isSudden(lacking: number, known: number | null): boolean {
  return known !== null && lacking >= fewest && lacking > known * share;
}

/**
 * What a pass that began at `startedAt` makes of the numbers it missed: `fresh` ones are missed for the first time, `due`
 * ones have been missing for long enough to leave when the carrier, asked for each, does not have them. Others wait.
 */
export function sortLacking(
  missed: readonly string[],
  since: ReadonlyMap<string, number>,
  startedAt: number,
): { fresh: string[]; due: string[] } {
  const fresh = missed.filter((number) => !since.has(number));
  const due = missed.filter((number) => startedAt - (since.get(number) ?? startedAt) >= secondLookMs);
  return { fresh, due };
}
