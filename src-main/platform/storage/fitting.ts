/** Letters of JSON that the rows of one answer may take: with what is around them it stays below 256 kB. */
const mostLetters = 240_000;

/**
 * The first rows of a window, as many as one message may hold, and always one. Whoever asks goes on after the last one that came:
 * a window may have fewer rows than it was asked for. `lettersEach`: what no row takes more of, where that is known without a
 * look at them.
 */
export function fitting<T>(rows: readonly T[], lettersEach = Number.POSITIVE_INFINITY): T[] {
  if (rows.length * (lettersEach + 1) <= mostLetters || surelyFits(rows)) return [...rows];
  let letters = 0;
  const end = rows.findIndex((row, at) => {
    letters += JSON.stringify(row).length + 1;
    return letters > mostLetters && at > 0;
  });
  return end < 0 ? [...rows] : rows.slice(0, end);
}

/** Tells without writing them as JSON, which takes ten times as long. Most windows are far below. */
function surelyFits(rows: readonly unknown[]): boolean {
  let most = 0;
  for (const row of rows) {
    most += mostOf(row) + 1;
    if (most > mostLetters) return false;
  }
  return true;
}

/** Letters that a row of plain values takes at most, each letter of a text being escaped. */
function mostOf(row: unknown): number {
  if (row === null) return 4;
  if (typeof row !== 'object') return Number.POSITIVE_INFINITY;
  let most = 2;
  for (const key in row) {
    const value = (row as Readonly<Record<string, unknown>>)[key];
    most += key.length + 4;
    if (typeof value === 'string') most += value.length * 6 + 2;
    else if (typeof value === 'object' && value !== null) return Number.POSITIVE_INFINITY;
    else most += 24;
  }
  return most;
}
