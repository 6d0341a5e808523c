/** Letters of JSON that the rows of one answer may take: with what is around them it stays below 256 kB. */
const mostLetters = 240_000;

/**
 * The first rows of a window, as many as one message may hold, and always one. Whoever asks goes on after the last one that came:
 * a window may have fewer rows than it was asked for.
 */
export function fitting<T>(rows: readonly T[]): T[] {
  let letters = 0;
  const end = rows.findIndex((row, at) => {
    letters += JSON.stringify(row).length + 1;
    return letters > mostLetters && at > 0;
  });
  return end < 0 ? [...rows] : rows.slice(0, end);
}
