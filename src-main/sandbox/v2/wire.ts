/** How v2 writes: documents, errors and pages, and how it reads a body. */
import { randomUUID } from 'node:crypto';
import type { Answer } from '../answer.ts';
import type { Operation } from '../operations.ts';
import type { World } from '../world.ts';

const mediaType = 'application/vnd.api+json';

/** Where files lie, outside the API: whoever sends keys there is refused. */
export const filesPath = '/cdr-files/';

/** Whether a path belongs to this version, served or not. */
export const isOurs = (path: string): boolean =>
  /^\/v2(\.\d+)?(\/|$)/.test(path) || path.startsWith(filesPath);

/** One request, once it is known what it asks for. */
export type Call = {
  readonly operation: Operation;
  /** What the path names, decoded: numbers and ids in the order of the path. */
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Buffer;
  /** `http://127.0.0.1:PORT`, which all links begin with. */
  readonly origin: string;
};

export type Json = Readonly<Record<string, unknown>>;
export type Handler = (call: Call, world: World) => Answer;

export const document = (status: number, value: unknown): Answer => ({
  status,
  body: JSON.stringify(value),
  type: mediaType,
});

/** Yes, with nothing to show. */
export const done: Answer = { status: 204, body: '', type: mediaType };

/** An error as most of them look; those with 403 have no id, as in the samples. */
export function refuse(status: number, detail: unknown, title?: string): Answer {
  const id = status === 403 ? {} : { id: randomUUID() };
  return document(status, { errors: [{ detail, ...id, status, ...(title === undefined ? {} : { title }) }] });
}

/** The 404 of a resource. */
export const notYours = (): Answer => refuse(404, 'Could not find that resource on your account.');
export const notAuthorized = (): Answer => refuse(403, '', 'ActionNotAuthorizedError');

export const denied = (): Answer => refuse(401, 'Authentication failed.', 'Unauthorized');

/** The other 404: nothing is served under this path. */
export const notServed: Answer = document(404, {
  errors: [{ status: '404 Not Found: The requested URL was not found on the server.' }],
});

/** A refusal of fields of the body or of the query: `{"alias": ["…"]}`. */
export const invalid = (problems: Readonly<Record<string, unknown>>): Answer => refuse(422, problems);
export const invalidAttributes = (attributes: Readonly<Record<string, unknown>>): Answer =>
  invalid({ data: { attributes } });

export const missing = ['Missing data for required field.'];

/** A code given as a switch. */
export const codeOf = (code: string): number => Number(code);

/** The JSON object that was sent. A body of no bytes is `{}`; null when it is not an object. */
export function readBody(body: Buffer): Json | null {
  const text = body.toString('utf8').trim();
  if (text === '') return {};
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) ? json : null;
  } catch {
    return null;
  }
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `data.attributes` of a wrapped body, or null when there is none. */
export function attributesOf(body: Json): Json | null {
  const data = body['data'];
  const attributes = isObject(data) ? data['attributes'] : null;
  return isObject(attributes) ? attributes : null;
}

/** A form as JSON: some of the carrier's own SDKs send one, with brackets for what is inside (`data[attributes][zip]`). */
export function formToJson(text: string): Json {
  const root: Record<string, unknown> = {};
  for (const [key, value] of new URLSearchParams(text)) {
    const [first = '', ...inner] = key.split('[').map((part) => part.replace(/\]$/, ''));
    put(root, [first, ...inner], value);
  }
  return root;
}

function put(into: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: string): void {
  // `numbers[]` and `numbers[0]` are lists, and so is a name that comes twice.
  const isList = rest.length === 1 && /^\d*$/.test(rest[0] ?? '');
  const known = into[key];
  if (isList) into[key] = [...(Array.isArray(known) ? (known as unknown[]) : []), value];
  else if (rest.length > 0) {
    const inner = isObject(known) ? { ...known } : {};
    put(inner, rest, value);
    into[key] = inner;
  } else
    into[key] =
      known === undefined ? value : [...(Array.isArray(known) ? (known as unknown[]) : [known]), value];
}

export type Page = { readonly limit: number; readonly offset: number };

/** The most that one page may have; null for as many as are asked for. */
export type Most = number | null;

/** `limit` (10 unless said) and `offset`, or the refusal that a page gets. */
export function readPage(query: URLSearchParams, { switches }: World, most: Most = 200): Page | Answer {
  const limit = given(query, 'limit') ?? '10';
  const offset = given(query, 'offset') ?? '0';
  if (!/^\d{1,9}$/.test(limit) || Number(limit) < 1)
    return invalid({ limit: ['Must be a whole number of at least 1.'] });
  if (!/^\d{1,9}$/.test(offset)) return invalid({ offset: ['Must be a whole number of at least 0.'] });
  const asked = Number(limit);
  if (most === null || asked <= most || switches.overLimit === 'whole')
    return { limit: asked, offset: Number(offset) };
  if (switches.overLimit === '422') return invalid({ limit: [`Must be at most ${most}.`] });
  return { limit: most, offset: Number(offset) };
}

/** A parameter of the query; null when it is absent or empty, as some SDKs send what they were not given. */
export const given = (query: URLSearchParams, name: string): string | null => query.get(name) || null;

/** Odd records in the places of their rows; those that have none come on the first page. */
export function withOdd(
  rows: readonly Json[],
  odd: Readonly<Record<string, unknown>>,
  page: Page,
): readonly unknown[] {
  const keys = Object.keys(odd);
  if (keys.length === 0) return rows;
  const placed = rows.map((row) => odd[String(row['id'])] ?? row);
  const besides = keys.filter((key) => !rows.some((row) => row['id'] === key));
  return page.offset > 0 ? placed : [...placed, ...besides.map((key) => odd[key])];
}

/** What a list answers with: the rows of one page, and whether more follow. */
export function list(
  call: Call,
  { switches }: World,
  path: string,
  page: Page,
  filters: Readonly<Record<string, string | null>>,
  rows: readonly unknown[],
  more: boolean,
): Answer {
  if (rows.length === 0 && switches.emptyList === '404') return notYours();
  const parts = Object.entries(filters)
    .filter((entry): entry is [string, string] => entry[1] !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}&`)
    .join('');
  const link = (offset: number) => `${call.origin}${path}?${parts}limit=${page.limit}&offset=${offset}`;
  const next = more ? { next: link(page.offset + page.limit) } : {};
  return document(200, { data: rows, links: { self: link(page.offset), ...next } });
}

/** One page out of a sequence, and whether more follows. */
export function pageOf<T>(items: Iterable<T>, { limit, offset }: Page): { items: T[]; more: boolean } {
  const taken: T[] = [];
  let at = 0;
  for (const item of items) {
    if (at >= offset + limit) return { items: taken, more: true };
    if (at >= offset) taken.push(item);
    at += 1;
  }
  return { items: taken, more: false };
}

/** True or false as JSON has it, or as a text: one documented sample sends `"true"`, Python `True`, PHP `1`. */
export function readFlag(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : null;
}
