import type { Client } from '#main/contract/client.ts';
import type { Inputs } from '#main/contract/contract.ts';
import type { Result } from '#main/contract/errors.ts';
import type { MatchingPage } from '#main/contract/numbers.ts';

/** Numbers in one page of an answer. */
export const pageSize = 10_000;

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
