import { existsSync } from 'node:fs';
import { builtinType } from '../contract/model.ts';
import { isMostOf, type AccountFiles, type Counted, type ListsCompared } from './one-account.ts';
import { abandon, openMemory, type Database } from '../platform/storage/sqlite.ts';

const none: Counted = { ours: 0, theirs: 0, both: 0 };
const nothing: ListsCompared = { numbers: none, routes: none, complete: false };

/** Counts what the files of two accounts have in common. Nothing is changed. Throws where a file cannot be read. */
export function compareLists(ours: AccountFiles, theirs: AccountFiles): ListsCompared {
  // To attach a file that is not there would make it.
  if (![ours, theirs].every((of) => existsSync(of.list) && existsSync(of.journal))) return nothing;
  const database = openMemory();
  try {
    const attach = (file: string, name: string) => database.prepare(`ATTACH DATABASE ? AS ${name}`).run(file);
    attach(ours.list, 'our_list');
    attach(theirs.list, 'their_list');
    const isRead = (list: string) =>
      Boolean(database.prepare(`SELECT 1 FROM ${list}.sync_pass WHERE ended_at IS NOT NULL LIMIT 1`).get());
    const complete = isRead('our_list') && isRead('their_list');
    const [here, there] = ['our_list', 'their_list'].map((list) =>
      count(database, `SELECT total AS count FROM ${list}.list_state`),
    ) as [number, number];
    // Numbers are compared only where there are about as many of them: that takes a second for a million.
    const near = complete && isMostOf(Math.min(here, there), Math.max(here, there));
    const both = near
      ? count(database, 'SELECT count(*) AS count FROM our_list.number JOIN their_list.number USING (number)')
      : 0;
    const numbers = { ours: here, theirs: there, both };
    if (!near) return { numbers, routes: none, complete };
    attach(ours.journal, 'our_journal');
    attach(theirs.journal, 'their_journal');
    const own = (of: string) => `FROM ${of}.route WHERE type <> '${builtinType}'`;
    const routes = {
      ours: count(database, `SELECT count(*) AS count ${own('our_journal')}`),
      theirs: count(database, `SELECT count(*) AS count ${own('their_journal')}`),
      both: count(
        database,
        `SELECT count(*) AS count FROM (SELECT label, type, value ${own('our_journal')}
           INTERSECT SELECT label, type, value ${own('their_journal')})`,
      ),
    };
    // Every account has the built-in route: where none is listed, nobody has looked yet.
    const isListed = (of: string) => count(database, `SELECT count(*) AS count FROM ${of}.route`) > 0;
    return { numbers, routes, complete: isListed('our_journal') && isListed('their_journal') };
  } finally {
    abandon(database);
  }
}

function count(database: Database, sql: string): number {
  return (database.prepare(sql).get() as { count: number } | undefined)?.count ?? 0;
}
