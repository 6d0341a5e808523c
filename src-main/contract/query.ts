/** The query language of the numbers list. Pure: the worker filters with it, screens may explain with it. */
import { plainText, readTyped, withoutInvisible } from './clean.ts';
import { joinNumbers, joinPlaces, splitQuery } from './query-pieces.ts';
import { columnKeys, columnOf, columnOfField, type ColumnField, type ColumnType } from './number-columns.ts';
import { countryCode, elsewhere, isCountryBegun } from '../nanp/countries.ts';
import { regionCode, regions } from './regions.ts';
import { foldName } from './route-names.ts';
import type { QueryToken } from './numbers.ts';

/** What a clause asks: one column, several of them, or the digits of a number. */
export type ClauseField =
  | ColumnField
  | DigitField
  /** What numbers of a country begin with. */
  | 'country'
  /** Either of the two routes. */
  | 'route'
  /** Whether they were read. */
  | 'routes'
  | 'audit'
  | 'numbers'
  | 'word'
  /** Matches no number. It stands for a query that is not understood. */
  | 'nothing';

const digitFields = ['npa', 'nxx', 'starts', 'ends', 'contains'] as const;
type DigitField = (typeof digitFields)[number];

/**
 * One condition: any of `values`, or none of them when `negated`. Values are lower case or digits; digits behind a plus sign
 * begin with the code of a country other than the 1 of North America. A route's name that was typed in quotes keeps its case
 * and one quote on each side, and means that very name.
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

/** Keys a person may type, and the field each one means. */
const keys: Readonly<Record<string, ClauseField>> = Object.fromEntries<ClauseField>([
  ...digitFields.map((field) => [field, field] as const),
  ...columnKeys,
  ['country', 'country'],
  ['route', 'route'],
  ['routes', 'routes'],
  ['audit', 'audit'],
  ['numbers', 'numbers'],
]);
/** Those a person types; `numbers:` stands for a set of numbers that was pasted. */
export const queryKeys = Object.keys(keys).filter((key) => key !== 'numbers');

/** What a key asks; null for what is none. */
export function queryField(key: string): ClauseField | null {
  return Object.hasOwn(keys, key) ? (keys[key] ?? null) : null;
}

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

const onlyMarks = /^[+().\-/]+$/;

/** Reads a query. Never throws: a token that is not understood carries its problem, and the query finds nothing. */
export function parseQuery(text: string): ParsedQuery {
  const tokens: QueryToken[] = [];
  const clauses: Clause[] = [];
  const parts = joinPlaces(joinNumbers(splitQuery(text)), isPlaceName);
  for (const piece of parts) {
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

type Read = Pick<QueryToken, 'key' | 'value' | 'negated' | 'problem' | 'unfinished' | 'note'> & {
  clause: Clause | null;
};

/** A name has more than two letters. */
function isPlaceName(text: string): boolean {
  return text.trim().length > 2 && (regionCode(text) ?? countryCode(text)) !== null;
}

function readToken(whole: string): Read {
  const negated = whole.startsWith('-') && whole.length > 1;
  const body = negated ? whole.slice(1) : whole;
  const colon = keyedPiece(body);
  if (!colon) return bare(body, negated);
  const key = (colon[1] ?? '').toLowerCase();
  if (addresses.has(key)) return address(key, body, negated);
  const value = unquote(colon[2] ?? '');
  const field = Object.hasOwn(keys, key) ? keys[key] : undefined;
  if (field === undefined) {
    return problem(
      key,
      value,
      negated,
      `There is no filter "${key}". Try npa, nxx, state, area, ratecenter or route.`,
    );
  }
  const type = typeOf(field);
  const values =
    type === 'route'
      ? routeNames(colon[2] ?? '')
      : value
          .split(',')
          .map((one) =>
            type === 'text' || type === 'tags' ? foldName(one) : plainText(one).trim().toLowerCase(),
          )
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

/** How the values of a field are read: as those of its column, a route's name, or digits and the like. */
function typeOf(field: ClauseField): ColumnType | 'other' {
  if (field === 'route') return 'route';
  const column = columnOfField(field);
  return column === null ? 'other' : columnOf(column).type;
}

/** What stands before a number that was copied from a link. */
const addresses = new Set(['tel', 'sip', 'sips', 'callto', 'sms', 'fax']);

/** The key and the value of a piece that has one, where a key is written in any width. */
export function keyedPiece(body: string): RegExpExecArray | null {
  const [wide, key] = /^([\p{L}\u200b-\u200f\u202a-\u202e]+)[:\uff1a]/u.exec(body) ?? [];
  if (wide === undefined || key === undefined) return null;
  return /^([a-z]+):(.*)$/is.exec(`${plainText(key)}:${body.slice(wide.length)}`);
}

function address(key: string, body: string, negated: boolean): Read {
  return readTyped(body)
    ? bare(body, negated)
    : problem(key, body, negated, 'There is no number in this address, such as tel:+12065550142.');
}

/** Names by comma. In quotes a comma, a space or a doubled quote is a part of the name, and "none" is a name as any. */
export function routeNames(text: string): string[] {
  return [...text.matchAll(/\s*"((?:[^"]|"")*)"?[^,]*|[^,]+/g)]
    .map(([whole, quoted]) =>
      quoted === undefined ? foldName(whole) : quoted && `"${quoted.replaceAll('""', '"')}"`,
    )
    .filter(Boolean);
}

/** The value that finds one route by its exact name, whatever characters are in it. */
export function exactName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function bare(body: string, negated: boolean): Read {
  const value = unquote(withoutInvisible(body)).trim();
  // A dash begins an exclusion, a bracket or a plus a number.
  if (onlyMarks.test(plainText(value))) {
    return unfinished(null, body, negated, 'Type the digits of a number after it.');
  }
  if (!value) return unfinished(null, body, negated, 'Type something between the quotes.');
  const typed = readTyped(value);
  if (!typed) return word(value, negated);
  const { international, extension } = typed;
  if (typed.digits.length > 15) return problem(null, value, negated, 'A number has at most 15 digits.');
  const field = international ? 'starts' : 'contains';
  const note = extension === null ? undefined : `Extension ${extension} is no part of the number.`;
  return {
    ...{ key: null, value, negated, problem: null, unfinished: false, ...(note ? { note } : {}) },
    clause: { field, values: [prefixOf(typed)], negated },
  };
}

/** Digits as a clause has them: another country's code keeps its plus sign. */
function prefixOf({ digits, international }: { digits: string; international: boolean }): string {
  return international && !digits.startsWith('1') ? `+${digits}` : digits;
}

function word(value: string, negated: boolean): Read {
  return {
    key: null,
    value,
    negated,
    problem: null,
    unfinished: false,
    clause: { field: 'word', values: [foldName(value)], negated },
  };
}

function check(field: ClauseField, value: string): string | null {
  if (typeOf(field) === 'region' && regionCode(value) === null)
    return `"${value}" is not a state or province. Use its name or two letters, such as WA.`;
  switch (field) {
    case 'country':
      return value === elsewhere || countryCode(value) !== null
        ? null
        : `"${value}" is not a country. Use its name or two letters, such as GB, or ${elsewhere} for all outside North America.`;
    case 'npa':
      return /^[2-9]\d{0,2}$/.test(value) ? null : 'An area code is three digits, such as 206.';
    case 'nxx':
      return /^[2-9]\d{0,2}$/.test(value) ? null : 'An exchange is three digits, such as 555.';
    case 'routes':
      return value === 'unread' ? null : 'Use unread: numbers whose routes were not read yet.';
    case 'audit':
      return auditValues.some((one) => one === value) ? null : `Use one of ${auditValues.join(', ')}.`;
    case 'starts':
    case 'ends':
    case 'contains':
      return /^\+?\d{1,15}$/.test(clean(field, value)) ? null : 'Use 1 to 15 digits.';
    case 'numbers':
      return /^[a-z0-9]{1,24}$/.test(value) ? null : 'Paste the numbers into the field.';
    default:
      return null;
  }
}

/** True for a piece whose value goes on in the next word of a name: `area:new` may be on its way to New Jersey. */
export function beginsRegion({ key, value, text }: Pick<QueryToken, 'key' | 'value' | 'text'>): boolean {
  const ofPlace = key === null || keys[key] === 'state' || keys[key] === 'area';
  const begun = `${value.trim().toLowerCase()} `;
  return (
    ofPlace &&
    !text.includes('"') &&
    Object.values(regions).some(({ name }) => name.toLowerCase().startsWith(begun))
  );
}

/** True for a value that can become a right one when more is typed. */
function isBegun(field: ClauseField, value: string): boolean {
  if (typeOf(field) === 'region')
    return Object.entries(regions).some(
      ([code, { name }]) => code.startsWith(value.toUpperCase()) || name.toLowerCase().startsWith(value),
    );
  switch (field) {
    case 'country':
      return isCountryBegun(value);
    case 'routes':
      return 'unread'.startsWith(value);
    case 'audit':
      return auditValues.some((one) => one.startsWith(value));
    case 'starts':
    case 'ends':
    case 'contains':
      return onlyMarks.test(plainText(value));
    default:
      return false;
  }
}

function clean(field: ClauseField, value: string): string {
  if (typeOf(field) === 'region') return regionCode(value)?.toLowerCase() ?? value;
  if (field === 'country') return countryCode(value)?.toLowerCase() ?? value;
  if (field !== 'starts' && field !== 'ends' && field !== 'contains') return value;
  const typed = readTyped(value);
  if (!typed || typed.extension !== null) return value;
  return field === 'starts' ? prefixOf(typed) : typed.digits;
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
    .flatMap((c) => c.values.map((value) => value.replace('+', '')));
}
