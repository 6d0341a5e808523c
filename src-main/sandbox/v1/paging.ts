import type { Answer } from '../answer.ts';
import { shuffle } from '../random.ts';

export const refuse = (status: number, error: string): Answer => ({
  status,
  body: JSON.stringify({ error }),
});

export type Paging = { readonly limit: number; readonly page: number };

/** `limit` 1 to 200, 10 when absent; `page` from 1. A limit of 0 is a 500 everywhere but on routes, as it really is. */
export function readPaging(query: URLSearchParams, zeroLimitStatus: 500 | 422): Paging | Answer {
  const limit = query.get('limit') ?? '10';
  const page = query.get('page') ?? '1';
  if (limit === '0') {
    return refuse(
      zeroLimitStatus,
      zeroLimitStatus === 500 ? 'Internal Server Error' : 'limit must be 1 to 200',
    );
  }
  if (!/^\d+$/.test(limit) || Number(limit) < 1 || Number(limit) > 200) {
    return refuse(422, 'Validation Error: limit must be between 1 and 200.');
  }
  if (!/^\d+$/.test(page) || Number(page) < 1) {
    return refuse(422, 'Validation Error: page must be 1 or greater.');
  }
  return { limit: Number(limit), page: Number(page) };
}

/**
 * The text of one page. Keys are shuffled: the carrier promises no order, and JSON.stringify would sort those that
 * look like small integers. An empty list is left out, and so are links that lead nowhere.
 */
export function listAnswer(
  name: string,
  entries: readonly (readonly [key: string, json: string])[],
  links: { readonly prev: string | null; readonly next: string | null },
  random: () => number,
): Answer {
  const parts: string[] = [];
  if (entries.length > 0) {
    const members = shuffle([...entries], random).map(([key, json]) => `${JSON.stringify(key)}: ${json}`);
    parts.push(`${JSON.stringify(name)}: {${members.join(', ')}}`);
  }
  const given = Object.entries(links).filter(([, value]) => value !== null);
  if (given.length > 0) parts.push(`"links": ${JSON.stringify(Object.fromEntries(given))}`);
  return { status: 200, body: `{${parts.join(', ')}}` };
}

/** Links as v1 writes them: relative, the caller's own spelling, in a fixed order that is not the alphabet's. */
export function makeLinks(
  path: string,
  query: URLSearchParams,
  order: readonly string[],
  paging: Paging,
  more: boolean,
): { prev: string | null; next: string | null } {
  const link = (page: number) => {
    const params = new URLSearchParams();
    for (const key of order) {
      const value = query.get(key);
      if (value !== null && value !== '') params.set(key, value);
    }
    params.set('limit', String(paging.limit));
    params.set('page', String(page));
    return `${path}?${params.toString()}`;
  };
  return { prev: paging.page > 1 ? link(paging.page - 1) : null, next: more ? link(paging.page + 1) : null };
}

/** One page out of a sequence, and whether more follows. */
export function slice<T>(items: Iterable<T>, paging: Paging): { items: T[]; more: boolean } {
  const start = (paging.page - 1) * paging.limit;
  const taken: T[] = [];
  let at = 0;
  for (const item of items) {
    if (at >= start + paging.limit) return { items: taken, more: true };
    if (at >= start) taken.push(item);
    at += 1;
  }
  return { items: taken, more: false };
}
