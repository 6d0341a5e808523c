/** What somebody is typing at the end of a query: the piece, or the words, that a suggestion would take the place of. */
import { splitQuery } from './query-pieces.ts';
import { foldName } from './route-names.ts';

/** One way to read the end of what was typed. */
export type Typing = {
  /** The key before the colon; null for words without one. */
  readonly key: string | null;
  /** What is looked for, without its quotes; with the space behind it when one was typed. */
  readonly needle: string;
  /** What a suggestion keeps of it: a minus, and the values before the last comma. */
  readonly before: string;
  /** Characters at the end of the text that a suggestion takes the place of. */
  readonly replaces: number;
};

/** No name of a place has more words. */
const mostWords = 5;
const keyed = /^(-?)([a-z]+):((?:[^,"]*,|"[^"]*",)*)("?)([^"]*)$/is;
const wholeValue = /"[^"]*"$/;
const digits = /^[\d()+.-]+$/;

/** The readings of the end of a text, the longest first: "new jersey" before "jersey". None where nothing is being typed. */
export function readTyping(text: string): Typing[] {
  const pieces = splitQuery(text);
  const readings: Typing[] = [];
  for (let count = 1; count <= Math.min(mostWords, pieces.length); count += 1) {
    const first = pieces.at(-count);
    if (!first) break;
    const part = text.slice(first.start).replace(/\s+/g, ' ');
    const replaces = text.length - first.start;
    const found = keyed.exec(part);
    if (found) {
      const [, minus = '', key = '', values = '', , needle = ''] = found;
      readings.push({ key: key.toLowerCase(), needle, before: `${minus}${key}:${values}`, replaces });
      break;
    }
    if (/[":]/.test(first.text) || wholeValue.test(part)) break;
    // Digits side by side may be one number: they are no name of several words.
    if (count > 1 && digits.test(first.text)) break;
    const minus = part.startsWith('-') ? '-' : '';
    readings.push({ key: null, needle: part.slice(minus.length), before: minus, replaces });
    if (minus) break;
  }
  return readings.filter(({ key, needle }) => key !== null || needle.trim() !== '').toReversed();
}

/** How near a value is to what was typed: the very same, a word of it begins so, it has it somewhere, a key begins so. */
export type Rank = 0 | 1 | 2 | 3;
/** The value has nothing of what was typed. */
export const far = 4;

/** What was typed, as folded values are compared with it. */
export function foldNeedle(text: string): string {
  // The space behind a word is a part of what is looked for: after "new " no "newark".
  return foldName(text) + (/\S\s+$/.test(text) ? ' ' : '');
}

/** How near a folded value is to a needle. */
export function rankOf(folded: string, needle: string): Rank | typeof far {
  if (folded === needle) return 0;
  if (folded.startsWith(needle)) return 1;
  if (needle.length < 2) return far;
  for (let at = folded.indexOf(needle); at > 0; at = folded.indexOf(needle, at + 1))
    if (!/[\p{L}\p{N}]/u.test(folded.charAt(at - 1))) return 1;
  return needle.length > 2 && folded.includes(needle) ? 2 : far;
}
