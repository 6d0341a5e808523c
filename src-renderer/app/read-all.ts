import type { Pages } from '../lib/export.ts';
import type { AppState } from './app.svelte.ts';

/** All rows of the pages; null where they cannot be read, which is said, and where another account is open by now. */
export async function readAll<Row>(app: AppState, pages: Pages<Row>): Promise<readonly Row[] | null> {
  const account = app.accounts?.currentId;
  const rows: Row[] = [];
  for await (const page of pages) {
    if (account !== app.accounts?.currentId) return null;
    if (!page.ok) {
      app.say(`${page.error.message} ${page.error.action}`);
      return null;
    }
    for (const row of page.value) rows.push(row);
  }
  return rows;
}
