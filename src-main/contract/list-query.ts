/**
 * The query language of a list that is kept on this computer, such as the changes: made from one table of its keys. Pure; a list is filtered by
 * it in the main process, and its field shows what was understood.
 */
import { plainText, readTyped, withoutInvisible, type TypedNumber } from './clean.ts';
import type { QueryToken } from './numbers.ts';
import { joinNumbers, splitQuery } from './query-pieces.ts';
import { beginsMoment, momentOf, timeHint } from './query-times.ts';
import { keyedPiece, problemOf, routeNames, type QueryProblem } from './query.ts';
import { foldName } from './route-names.ts';

/**
 * What a key asks, and its name in suggestions. A `choice` is one of a few codes, each with the word that people read; a `text` is
 * looked for anywhere.
 */
export type ListKey = { readonly title: string } & (
  | { readonly asks: 'choice'; readonly words: Readonly<Record<string, string>> }
  /** `ordinal` is what people call a row: "Change 7". */
  | { readonly asks: 'number' | 'route' | 'since' | 'before' | 'ordinal' | 'text' }
);
/** The keys of a language. Words and digits without a key are looked for in what a row is called, its routes and its numbers. */
export type ListLanguage<Key extends string = string> = Readonly<Record<Key, ListKey>>;

/** Digits of numbers: of one that begins so, or (fewer than ten) of one that has them anywhere. */
export type AskedDigits = { readonly begins: readonly string[] } | { readonly has: string };

/** One condition: any of its values, or none of them when `negated`. */
export type ListClause = { readonly negated: boolean } & (
  | { readonly asks: 'choice'; readonly key: string; readonly codes: readonly string[] }
  | { readonly asks: 'number'; readonly numbers: readonly AskedDigits[] }
  /** Folded names; one in quotes is that very name. */
  | { readonly asks: 'route'; readonly names: readonly string[] }
  /** Unix milliseconds: at that moment or later, or before it. */
  | { readonly asks: 'since' | 'before'; readonly at: number }
  | { readonly asks: 'ordinal'; readonly key: string; readonly ordinals: readonly number[] }
  /** Folded parts of a text. */
  | { readonly asks: 'text'; readonly key: string; readonly texts: readonly string[] }
  /** A folded part of what a row is called, or of the name of a route of it. */
  | { readonly asks: 'word'; readonly word: string }
  /** The ordinal of a row (0: none), or digits of a number; null where they are too few to tell one. `typed` is the folded text. */
  | {
      readonly asks: 'digits';
      readonly typed: string;
      readonly ordinal: number;
      readonly number: AskedDigits | null;
    }
);

/** A query as it was understood: with a `problem` it finds nothing, and has no clauses. */
export type ListQuery = {
  readonly tokens: readonly QueryToken[];
  readonly clauses: readonly ListClause[];
  readonly problem: QueryProblem | null;
};

type Read = Pick<QueryToken, 'key' | 'value' | 'problem' | 'unfinished' | 'note'> & {
  readonly clause: Unsigned | null;
};
/** Distributes over the kinds of clauses. */
type Unsigned = ListClause extends infer C ? (C extends ListClause ? Omit<C, 'negated'> : never) : never;
type Checked = { readonly clause: Unsigned } | { readonly problem: string; readonly unfinished: boolean };

/** Numbers outside of North America have so many digits at most. */
const mostDigits = 15;
/** Fewer digits than this are in nearly any number. */
const leastDigits = 3;
const onlyMarks = /^[+().\-/]+$/;

/** Reads a query of a language; `now` is Unix milliseconds. Never throws. */
export function readListQuery(language: ListLanguage, text: string, now: number): ListQuery {
  const tokens: QueryToken[] = [];
  const clauses: ListClause[] = [];
  for (const piece of joinNumbers(splitQuery(text))) {
    const negated = piece.text.startsWith('-') && piece.text.length > 1;
    const { clause, ...read } = readPiece(language, piece.text.slice(negated ? 1 : 0), now);
    tokens.push({
      ...read,
      negated,
      text: piece.text,
      start: piece.start,
      end: piece.start + piece.text.length,
    });
    if (clause) clauses.push({ ...clause, negated });
  }
  const problem = problemOf(tokens);
  return { tokens, clauses: problem ? [] : clauses, problem };
}

/** The query without what is still being typed: what a list goes on showing meanwhile. The text itself where a part of it is wrong. */
export function finishedList(language: ListLanguage, text: string): string {
  const { tokens, problem } = readListQuery(language, text, Date.now());
  if (!problem?.unfinished) return text;
  return tokens
    .filter((token) => token.problem === null)
    .map((token) => text.slice(token.start, token.end))
    .join(' ');
}

function readPiece(language: ListLanguage, body: string, now: number): Read {
  const colon = keyedPiece(body);
  if (!colon || readTyped(body)) return readBare(body);
  const key = (colon[1] ?? '').toLowerCase();
  const typed = colon[2] ?? '';
  const value = typed.replace(/^"|"$/g, '');
  const entry = Object.hasOwn(language, key) ? language[key] : undefined;
  if (!entry)
    return wrong(key, value, `There is no filter "${key}" here. Try ${Object.keys(language).join(', ')}.`);
  if (value.replace(/[",\s]/g, '') === '')
    return { ...wrong(key, value, `Type a value after "${key}:".`), unfinished: true };
  const read = check(entry, key, typed, value, now);
  if ('problem' in read) return { ...wrong(key, value, read.problem), unfinished: read.unfinished };
  return { key, value, problem: null, unfinished: false, clause: read.clause };
}

function check(entry: ListKey, key: string, typed: string, value: string, now: number): Checked {
  const values = value
    .split(',')
    .map((one) => plainText(one).trim().toLowerCase())
    .filter(Boolean);
  switch (entry.asks) {
    case 'choice': {
      const codes = values.map((one) => codeOf(entry.words, one));
      if (codes.every((code) => code !== null)) return { clause: { asks: 'choice', key, codes } };
      const begun = values
        .filter((_, at) => codes[at] === null)
        .every((one) => choicesFor(entry.words, one).length > 0);
      const words = Object.values(entry.words).map((word) => word.toLowerCase());
      return { problem: `Use one of ${words.join(', ')}.`, unfinished: begun };
    }
    case 'route':
      return { clause: { asks: 'route', names: routeNames(typed) } };
    case 'text':
      return { clause: { asks: 'text', key, texts: values.map(foldName) } };
    case 'ordinal': {
      const isOrdinal = values.every((one) => /^[1-9]\d{0,8}$/.test(one));
      if (isOrdinal) return { clause: { asks: 'ordinal', key, ordinals: values.map(Number) } };
      return { problem: `Use the number of the ${key}, such as 7.`, unfinished: false };
    }
    case 'number': {
      const numbers = values.map((one) => readTyped(one));
      const fit = numbers.flatMap((one) => (one && one.digits.length <= mostDigits ? askedDigits(one) : []));
      if (fit.length === values.length) return { clause: { asks: 'number', numbers: fit } };
      const begun = values.every((one, at) => numbers[at] !== null || onlyMarks.test(one));
      return {
        problem: numbersHint,
        unfinished: begun && !numbers.some((one) => one && one.digits.length > mostDigits),
      };
    }
    case 'since':
    case 'before': {
      const at = momentOf(plainText(value), now);
      if (at !== null) return { clause: { asks: entry.asks, at } };
      return { problem: timeHint, unfinished: beginsMoment(plainText(value)) };
    }
  }
}

const numbersHint = `Use digits of a number, ${mostDigits} at most, such as 2065550142.`;

function readBare(body: string): Read {
  const value = withoutInvisible(body).replace(/^"|"$/g, '').trim();
  if (onlyMarks.test(plainText(value)))
    return { ...wrong(null, body, 'Type the digits of a number after it.'), unfinished: true };
  if (!value) return { ...wrong(null, body, 'Type something between the quotes.'), unfinished: true };
  const token = { key: null, value, problem: null, unfinished: false };
  const typed = readTyped(value);
  if (!typed) return { ...token, clause: { asks: 'word', word: foldName(value) } };
  if (typed.digits.length > mostDigits)
    return wrong(null, value, `A number has at most ${mostDigits} digits.`);
  const number = typed.digits.length < leastDigits && !typed.international ? null : askedDigits(typed);
  const { extension } = typed;
  const ordinal = typed.international ? 0 : Number(typed.digits);
  const note = extension === null ? {} : { note: `Extension ${extension} is no part of the number.` };
  return {
    ...token,
    ...note,
    clause: { asks: 'digits', typed: foldName(value), ordinal, number },
  };
}

/** Ten digits are a number of North America, or begin one of another country. */
function askedDigits({ digits, international }: TypedNumber): AskedDigits {
  if (international) return { begins: [digits] };
  if (digits.length < 10) return { has: digits };
  return { begins: digits.length === 10 ? [`1${digits}`, digits] : [digits] };
}

/** The choices whose word or code begins so. */
function choicesFor(words: Readonly<Record<string, string>>, begun: string): readonly string[] {
  return Object.keys(words).filter(
    (code) => code.startsWith(begun) || words[code]?.toLowerCase().startsWith(begun),
  );
}

function codeOf(words: Readonly<Record<string, string>>, typed: string): string | null {
  return Object.keys(words).find((code) => code === typed || words[code]?.toLowerCase() === typed) ?? null;
}

function wrong(key: string | null, value: string, problem: string): Read {
  return { key, value, problem, unfinished: false, clause: null };
}
