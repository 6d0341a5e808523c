/** The query language of the numbers list. Pure: the worker filters with it, screens may explain with it. */
import { regions } from './regions.ts';
import type { QueryToken } from './views.ts';

export type ClauseField =
  | 'contains'
  | 'starts'
  | 'ends'
  | 'npa'
  | 'nxx'
  | 'state'
  | 'area'
  | 'route'
  | 'primary'
  | 'failover'
  | 'billing'
  | 'tag'
  | 'audit'
  | 'word'
  /** Matches no number: what stands for a query that is not understood. */
  | 'nothing';

/**
 * One condition: any of `values`, or none of them when `negated`. Values are lower case or digits; a route's name that was
 * typed in quotes keeps its case and one quote on each side, and means that very name.
 */
export type Clause = {
  readonly field: ClauseField;
  readonly values: readonly string[];
  readonly negated: boolean;
};

/**
 * A query as it was understood. Where a token has a problem the whole query finds nothing: `clauses` is then the one
 * clause that matches no number, and `problem` says why, so that no caller can take it for "no filter".
 */
export type ParsedQuery = {
  readonly tokens: readonly QueryToken[];
  readonly clauses: readonly Clause[];
  /** Why it finds nothing; null for a query that was understood. */
  readonly problem: QueryProblem | null;
};
/** The first token that has a problem. `unfinished` when it only lacks what is still to be typed, as `state:` does. */
export type QueryProblem = {
  readonly token: string;
  readonly sentence: string;
  readonly unfinished: boolean;
};

const nothing: Clause = { field: 'nothing', values: [], negated: false };

/** Keys a person may type, and the field each one means. v1 tells no rate center of an owned number: its area does. */
const keys: Readonly<Record<string, ClauseField>> = {
  npa: 'npa',
  nxx: 'nxx',
  state: 'state',
  area: 'area',
  ratecenter: 'area',
  rc: 'area',
  route: 'route',
  primary: 'primary',
  failover: 'failover',
  billing: 'billing',
  tag: 'tag',
  starts: 'starts',
  ends: 'ends',
  contains: 'contains',
  audit: 'audit',
};
export const queryKeys = Object.keys(keys);

/** What `audit:` looks for: both routes the same, a route that does not exist (on either side, or one), a route with one number only (on either side, or one), and numbers that are missing from the carrier's list. */
export const auditValues = [
  'same',
  'missing-route',
  'missing-primary',
  'missing-failover',
  'single-use',
  'single-primary',
  'single-failover',
  'missing',
] as const;

const onlyMarks = /^[+().\-/\u2010-\u2015]+$/;
const digitsOnly = /^[\d+().\-/\u2010-\u2015]*\d[\d+().\-/\u2010-\u2015]*$/;
const pieces = /-?[a-z]+:(?:"[^"]*"?|[^\s"])*|-?"[^"]*"?|\S+/gi;

/** Reads a query. Never throws: a token that is not understood carries its problem, and the query finds nothing. */
export function parseQuery(text: string): ParsedQuery {
  const tokens: QueryToken[] = [];
  const clauses: Clause[] = [];
  for (const piece of joinPhoneNumber(split(text))) {
    const read = readToken(piece.text);
    const { clause, ...token } = read;
    tokens.push({ ...token, text: piece.text, start: piece.start, end: piece.start + piece.text.length });
    if (clause) clauses.push(clause);
  }
  const problem = problemOf(tokens);
  return { tokens, clauses: problem ? [nothing] : clauses, problem };
}

/** What is said of a query with these tokens: something wrong before something unfinished. */
export function problemOf(tokens: readonly QueryToken[]): QueryProblem | null {
  const wrong = tokens.filter((token) => token.problem !== null);
  const token = wrong.find((one) => !one.unfinished) ?? wrong[0];
  return token ? { token: token.text, sentence: token.problem ?? '', unfinished: token.unfinished } : null;
}

/**
 * The query without the tokens that are still being typed: what a list may go on showing meanwhile. The text itself when
 * all of it is understood, or when a part of it is wrong.
 */
export function finishedPart(text: string): string {
  const { tokens, problem } = parseQuery(text);
  if (!problem?.unfinished) return text;
  return tokens
    .filter((token) => token.problem === null)
    .map((token) => text.slice(token.start, token.end))
    .join(' ');
}

type Piece = { text: string; start: number };
type Read = Pick<QueryToken, 'key' | 'value' | 'negated' | 'problem' | 'unfinished'> & {
  clause: Clause | null;
};

function split(text: string): Piece[] {
  return [...text.matchAll(pieces)].map((match) => ({ text: match[0], start: match.index }));
}

/** A pasted "(206) 555 0142" is one number, not three filters: bare digits side by side that make 10 or 11 are joined. */
function joinPhoneNumber(parts: Piece[]): Piece[] {
  const joined: Piece[] = [];
  for (let i = 0; i < parts.length; i += 1) {
    let text = '';
    let end = i;
    for (let j = i; j < parts.length && digitsOnly.test(parts[j]?.text ?? ''); j += 1) {
      const part = parts[j];
      if (!part || part.text.startsWith('-')) break;
      text += (text && ' ') + part.text;
      const count = text.replace(/\D/g, '').length;
      if (count > 11) break;
      if (j > i && (count === 10 || (count === 11 && /^\D*1/.test(text)))) end = j;
    }
    const first = parts[i];
    if (!first) continue;
    const last = parts[end] ?? first;
    const between = parts.slice(i, end + 1).map((part) => part.text);
    const whole = last.start + last.text.length - first.start;
    joined.push({ text: between.join(' ').padEnd(whole), start: first.start });
    i = end;
  }
  return joined;
}

function readToken(whole: string): Read {
  const negated = whole.startsWith('-') && whole.length > 1;
  const body = negated ? whole.slice(1) : whole;
  const colon = /^([a-z]+):(.*)$/is.exec(body);
  if (!colon) return bare(body, negated);
  const key = (colon[1] ?? '').toLowerCase();
  const value = unquote(colon[2] ?? '');
  const field = Object.hasOwn(keys, key) ? keys[key] : undefined;
  if (field === undefined) {
    return problem(
      key,
      value,
      negated,
      `There is no filter "${key}". Try ${queryKeys.slice(0, 5).join(', ')} or route.`,
    );
  }
  const values = routeFields.has(field)
    ? routeNames(colon[2] ?? '')
    : value
        .split(',')
        .map((one) => one.trim().toLowerCase())
        .filter(Boolean);
  if (values.length === 0) return unfinished(key, value, negated, `Type a value after "${key}:".`);
  const wrong = values.filter((one) => check(field, one) !== null);
  const [first] = wrong.filter((one) => !isBegun(field, one));
  if (first !== undefined) return problem(key, value, negated, check(field, first) ?? '');
  if (wrong[0] !== undefined) return unfinished(key, value, negated, check(field, wrong[0]) ?? '');
  return {
    key,
    value,
    negated,
    problem: null,
    unfinished: false,
    clause: { field, values: values.map((v) => clean(field, v)), negated },
  };
}

const routeFields = new Set<ClauseField>(['route', 'primary', 'failover']);

/** Names by comma. In quotes a comma, a space or a doubled quote is a part of the name, and "none" is a name as any. */
function routeNames(text: string): string[] {
  return [...text.matchAll(/\s*"((?:[^"]|"")*)"?[^,]*|[^,]+/g)]
    .map(([whole, quoted]) =>
      quoted === undefined ? whole.trim().toLowerCase() : quoted && `"${quoted.replaceAll('""', '"')}"`,
    )
    .filter(Boolean);
}

/** The value that finds one route by its exact name, whatever characters are in it. */
export function exactName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function bare(body: string, negated: boolean): Read {
  const value = unquote(body).trim();
  const digits = value.replace(/\D/g, '');
  // A dash begins an exclusion, a bracket or a plus a number.
  if (onlyMarks.test(body)) return unfinished(null, body, negated, 'Type the digits of a number after it.');
  if (!value) return unfinished(null, body, negated, 'Type something between the quotes.');
  if (!digitsOnly.test(value.replace(/\s/g, ''))) {
    return word(value, negated);
  }
  if (digits.length > 11) return problem(null, value, negated, 'A number has at most 11 digits.');
  const field = value.startsWith('+') ? 'starts' : 'contains';
  return {
    key: null,
    value,
    negated,
    problem: null,
    unfinished: false,
    clause: { field, values: [digits], negated },
  };
}

function word(value: string, negated: boolean): Read {
  return {
    key: null,
    value,
    negated,
    problem: null,
    unfinished: false,
    clause: { field: 'word', values: [value.toLowerCase()], negated },
  };
}

function check(field: ClauseField, value: string): string | null {
  switch (field) {
    case 'npa':
      return /^[2-9]\d{0,2}$/.test(value) ? null : 'An area code is three digits, such as 206.';
    case 'nxx':
      return /^[2-9]\d{0,2}$/.test(value) ? null : 'An exchange is three digits, such as 555.';
    case 'state':
      return value.toUpperCase() in regions
        ? null
        : `"${value}" is not a state or province. Use two letters, such as WA.`;
    case 'audit':
      return auditValues.some((one) => one === value) ? null : `Use one of ${auditValues.join(', ')}.`;
    case 'starts':
    case 'ends':
    case 'contains':
      return /^\d{1,11}$/.test(clean(field, value)) ? null : 'Use 1 to 11 digits.';
    default:
      return null;
  }
}

/** True for a value that can become a right one when more is typed. */
function isBegun(field: ClauseField, value: string): boolean {
  switch (field) {
    case 'state':
      return Object.keys(regions).some((code) => code.startsWith(value.toUpperCase()));
    case 'audit':
      return auditValues.some((one) => one.startsWith(value));
    case 'starts':
    case 'ends':
    case 'contains':
      return clean(field, value) === '';
    default:
      return false;
  }
}

function clean(field: ClauseField, value: string): string {
  return field === 'starts' || field === 'ends' || field === 'contains'
    ? value.replace(/[\s+().-]/g, '')
    : value;
}

function unquote(text: string): string {
  return text.replace(/^"|"$/g, '');
}

function problem(key: string | null, value: string, negated: boolean, sentence: string): Read {
  return { key, value, negated, problem: sentence, unfinished: false, clause: null };
}

function unfinished(key: string | null, value: string, negated: boolean, sentence: string): Read {
  return { key, value, negated, problem: sentence, unfinished: true, clause: null };
}

/** The digits a query looks for inside numbers, for marking them on screen. */
export function markedDigits(query: ParsedQuery): string[] {
  const fields = new Set<ClauseField>(['contains', 'starts', 'ends', 'npa', 'nxx']);
  return query.clauses
    .filter((clause) => !clause.negated && fields.has(clause.field))
    .flatMap((c) => c.values);
}
