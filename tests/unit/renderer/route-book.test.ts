import { expect, test } from 'vitest';
import type { Client } from '../../../src-main/contract/client.ts';
import { RouteBook } from '../../../src-renderer/features/routes/route-book.svelte.ts';

const route = (label: string) => ({ label, listed: true });

/** A client that answers one page after the other. */
function answering(pages: readonly (readonly string[])[], matching: number): Client {
  let asked = 0;
  const call = async () => {
    const rows = (pages[asked++] ?? []).map(route);
    return { ok: true, value: { rows, matching } };
  };
  return { call, on: () => () => undefined } as unknown as Client;
}

test('a route that moved between two pages is one choice, and no name is called unknown for one that was missed', async () => {
  const book = new RouteBook();
  // Between the pages "b" went down a place and "c" up: "c" is on none of them.
  await book.load(
    answering(
      [
        ['a', 'b'],
        ['b', 'd'],
      ],
      4,
    ),
  );
  expect(book.known.map(({ label }) => label)).toEqual(['a', 'b', 'd']);
  expect(book.lacks('c')).toBe(false);
});

test('all pages are asked for, and a name on none of them is unknown', async () => {
  const book = new RouteBook();
  await book.load(answering([['a', 'b'], ['c']], 3));
  expect([book.lacks('c'), book.lacks('x')]).toEqual([false, true]);
});
