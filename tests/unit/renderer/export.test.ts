import { expect, test } from 'vitest';
import type { Result } from '../../../src-main/contract/errors.ts';
import { csvOf, pagesAfter, pagesOf } from '../../../src-renderer/lib/export.ts';

type Row = { name: string; count: number };
const all: Row[] = Array.from({ length: 1_200 }, (_, at) => ({
  name: at === 3 ? '=1+1' : `r${at}`,
  count: at,
}));
const error = { code: 'storage', message: 'Gone.', action: 'Restart.', retryable: false } as const;
const columns = [
  { name: 'name', title: 'Name', cell: (row: Row) => row.name },
  { name: 'count', title: 'Count', cell: (row: Row) => row.count },
];

function pages(asked: number[], broken = -1) {
  return pagesOf<Row>((offset, limit): Promise<Result<{ rows: Row[]; matching: number }>> => {
    asked.push(offset);
    if (offset === broken) return Promise.resolve({ ok: false, error });
    return Promise.resolve({ ok: true, value: { rows: all.slice(offset, offset + limit), matching: 1_200 } });
  });
}

test('all pages become one table with the chosen columns, formulas kept as text', async () => {
  const asked: number[] = [];
  const told: number[] = [];
  const result = await csvOf(columns, pages(asked), (rows) => told.push(rows), new AbortController().signal);
  const lines = result?.ok ? result.value.join('').trimEnd().split('\r\n') : [];
  expect([lines.length, lines[0], lines[4], lines.at(-1)]).toEqual([
    ...[1_201, 'name,count', "'=1+1,3", 'r1199,1199'],
  ]);
  expect([asked, told]).toEqual([
    [0, 500, 1_000],
    [500, 1_000, 1_200],
  ]);
});

test('a page that fails leaves no part that looks like the whole, and one that was ended asks no further', async () => {
  const signal = new AbortController().signal;
  expect(await csvOf(columns, pages([], 500), () => undefined, signal)).toEqual({ ok: false, error });
  const asked: number[] = [];
  const ending = new AbortController();
  const ended = await csvOf(
    columns,
    pages(asked),
    () => {
      ending.abort();
    },
    ending.signal,
  );
  expect([ended, asked]).toEqual([null, [0, 500]]);
});

test('rows that leave the list while it is read push no other ones out of the file', async () => {
  let waiting = Array.from({ length: 1_700 }, (_, at) => 12065550000 + at);
  const kept = waiting.slice(900);
  const got: number[] = [];
  const pages = pagesAfter<number>((last, limit) => {
    const rows = waiting.filter((number) => number > (last ?? 0)).slice(0, limit);
    // A running plan works through them from the first on.
    waiting = waiting.slice(300);
    return Promise.resolve({ ok: true, value: rows });
  });
  for await (const page of pages) if (page.ok) got.push(...page.value);
  expect(got).toEqual(got.toSorted((a, b) => a - b));
  expect(kept.filter((number) => !got.includes(number))).toEqual([]);
});
