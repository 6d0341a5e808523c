import type { Result } from '#main/contract/errors.ts';
import { toCsv } from './csv.ts';

/** A column that can be chosen. `chosen` ones are ticked when the dialog opens. */
export type ExportColumn<Row> = {
  readonly name: string;
  readonly title: string;
  readonly cell: (row: Row) => string | number;
  readonly chosen?: boolean;
};
/** Rows page by page; one that failed is the last. */
export type Pages<Row> = AsyncGenerator<Result<readonly Row[]>, void, void>;
type Page<Row> = { readonly rows: readonly Row[]; readonly matching: number };
const pageSize = 500;

/** Reads page after page until there are no more. A page may have fewer rows than it was asked for. */
export async function* pagesOf<Row>(
  read: (offset: number, limit: number) => Promise<Result<Page<Row>>>,
): Pages<Row> {
  for (let offset = 0; ;) {
    const result = await read(offset, pageSize);
    if (!result.ok) {
      yield result;
      return;
    }
    yield { ok: true, value: result.value.rows };
    offset += result.value.rows.length;
    if (offset >= result.value.matching || result.value.rows.length === 0) return;
  }
}

/**
 * The same of a list that changes meanwhile: each page begins after the last row of the one before (null for the first), so
 * that rows which leave the list push no other ones out of it.
 */
export async function* pagesAfter<Row>(
  read: (last: Row | null, limit: number) => Promise<Result<readonly Row[]>>,
): Pages<Row> {
  for (let last: Row | null = null; ;) {
    const result: Result<readonly Row[]> = await read(last, pageSize);
    yield result;
    if (!result.ok || result.value.length === 0) return;
    last = result.value.at(-1) ?? null;
  }
}

/**
 * The parts of a CSV file of all pages, or what went wrong: a file that is cut off would look complete. Null when the signal
 * ended it. `onRows` is told how many rows there are so far.
 */
export async function csvOf<Row>(
  columns: readonly ExportColumn<Row>[],
  pages: Pages<Row>,
  onRows: (rows: number) => void,
  signal: AbortSignal,
): Promise<Result<readonly string[]> | null> {
  const parts = [toCsv([columns.map(({ name }) => name)])];
  let count = 0;
  for await (const page of pages) {
    if (signal.aborted) return null;
    if (!page.ok) return page;
    if (page.value.length > 0)
      parts.push(toCsv(page.value.map((row) => columns.map(({ cell }) => cell(row)))));
    count += page.value.length;
    onRows(count);
  }
  return signal.aborted ? null : { ok: true, value: parts };
}
