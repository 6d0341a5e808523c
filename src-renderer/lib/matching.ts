import type { Client } from '#main/contract/client.ts';
import type { Inputs } from '#main/contract/contract.ts';
import type { Result } from '#main/contract/errors.ts';
import type { MatchingPage } from '#main/contract/numbers.ts';

/** Numbers in one page of an answer. */
export const pageSize = 10_000;

/** Those of some numbers that a query finds; null where that cannot be told, or `wanted` says that nobody waits any more. */
export async function amongQuery(
  client: Client,
  text: string,
  numbers: readonly string[],
  wanted: () => boolean,
): Promise<string[] | null> {
  const found: string[] = [];
  for (let at = 0; at < numbers.length; at += pageSize) {
    const result = await client.call('numbers.among', { text, numbers: numbers.slice(at, at + pageSize) });
    if (!wanted() || !result.ok) return null;
    for (const number of result.value) found.push(number);
  }
  return found;
}

/** The numbers of a query in the places [from, end), page by page from one snapshot: none is missed, none comes twice. */
export async function* matchingPages(
  client: Client,
  query: Pick<Inputs['numbers.matching'], 'text' | 'sort'>,
  from: number,
  end: number,
): AsyncGenerator<Result<MatchingPage>> {
  let snapshot: number | 'new' = 'new';
  for (let offset = from; offset < end;) {
    const limit = Math.min(pageSize, end - offset);
    const single: boolean = snapshot === 'new' && offset + limit >= end;
    const input: Inputs['numbers.matching'] = { ...query, offset, limit, ...(single ? {} : { snapshot }) };
    const page: Result<MatchingPage> = await client.call('numbers.matching', input);
    yield page;
    if (!page.ok || page.value.snapshot === null) return;
    snapshot = page.value.snapshot;
    offset += limit;
  }
}
