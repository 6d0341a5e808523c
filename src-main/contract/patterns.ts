/** Patterns people pay for, found in the ten digits after the leading 1. Pure: it looks only at the numbers it is given. */

export const patternNames = ['repeats', 'sequence', 'palindrome', 'round', 'pairs', 'block'] as const;
export type PatternName = (typeof patternNames)[number];

export const patternTexts: Readonly<Record<PatternName, string>> = {
  repeats: 'Repeats: one digit three times or more in a row',
  sequence: 'Sequences: four digits or more up or down',
  palindrome: 'Palindromes: the last seven read both ways',
  round: 'Ends with 00 or 000',
  pairs: 'Pairs: the last four are two pairs',
  block: 'Blocks: numbers in a row',
};

/** [first, end) inside the 11 digits. */
export type Mark = readonly [first: number, end: number];

/** Where a number shows a pattern, or null. `block` needs its neighbours: see `findBlocks`. */
export function findPattern(number: string, pattern: Exclude<PatternName, 'block'>): Mark | null {
  switch (pattern) {
    case 'repeats':
      return longestRun(number, 3, (before, digit) => before === digit);
    case 'sequence':
      return longer(
        longestRun(number, 4, (before, digit) => digit === before + 1),
        longestRun(number, 4, (before, digit) => digit === before - 1),
      );
    case 'palindrome':
      return number[4] === number[10] && number[5] === number[9] && number[6] === number[8] ? [4, 11] : null;
    case 'round':
      return number.endsWith('000') ? [8, 11] : number.endsWith('00') ? [9, 11] : null;
    case 'pairs':
      return number[7] === number[8] && number[9] === number[10] ? [7, 11] : null;
  }
}

/** Where rows of at least `least` numbers begin and end among sorted numbers: [first, end). */
export function blocksOf(
  sorted: readonly string[],
  least: number,
): (readonly [first: number, end: number])[] {
  const blocks: (readonly [number, number])[] = [];
  for (let first = 0; first < sorted.length;) {
    let end = first + 1;
    while (end < sorted.length && Number(sorted[end]) === Number(sorted[end - 1]) + 1) end += 1;
    if (end - first >= least) blocks.push([first, end]);
    first = end;
  }
  return blocks;
}

/** Marks (1) the places of sorted numbers that stand in a row of at least `least`. */
export function findBlocks(sorted: readonly string[], least: number): Uint8Array {
  const marks = new Uint8Array(sorted.length);
  for (const [first, end] of blocksOf(sorted, least)) marks.fill(1, first, end);
  return marks;
}

/** The longest stretch, beginning after the 1, in which each digit follows from the one before. */
function longestRun(
  number: string,
  least: number,
  follows: (before: number, digit: number) => boolean,
): Mark | null {
  let best: Mark | null = null;
  let first = 1;
  for (let at = 2; at <= number.length; at += 1) {
    if (at < number.length && follows(number.charCodeAt(at - 1), number.charCodeAt(at))) continue;
    if (at - first >= least && (!best || at - first > best[1] - best[0])) best = [first, at];
    first = at;
  }
  return best;
}

function longer(a: Mark | null, b: Mark | null): Mark | null {
  if (!a || !b) return a ?? b;
  return b[1] - b[0] > a[1] - a[0] ? b : a;
}

/** A word as the keypad types it; null when it has no letter or something that is on no key. */
export function keypadDigits(word: string): string | null {
  if (!/^[a-z0-9]+$/i.test(word) || !/[a-z]/i.test(word)) return null;
  return word
    .toLowerCase()
    .replace(/[a-z]/g, (letter) => '22233344455566677778889999'[letter.charCodeAt(0) - 97] ?? '');
}
