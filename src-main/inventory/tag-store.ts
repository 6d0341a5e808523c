import { transaction, type Database } from '../storage/sqlite.ts';
import type { TagUse } from '../contract/views.ts';
import type { Tagged } from './rows.ts';

/** Tags of numbers, in the journal: the carrier knows nothing of them, so that they cannot be fetched again. */
export class TagStore {
  #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  tags(): Tagged[] {
    const rows = this.#database.prepare('SELECT number, tag FROM tag ORDER BY number, tag').all() as Row[];
    return collect(rows);
  }

  /** Adds and removes tags, all or none; returns what the numbers have then. */
  changeTags(numbers: readonly string[], add: readonly string[], remove: readonly string[]): Tagged[] {
    const insert = this.#database.prepare('INSERT OR IGNORE INTO tag VALUES (?, ?)');
    const drop = this.#database.prepare('DELETE FROM tag WHERE number = ? AND tag = ?');
    const read = this.#database.prepare('SELECT number, tag FROM tag WHERE number = ? ORDER BY tag');
    return transaction(this.#database, () =>
      numbers.map((number) => {
        for (const tag of remove) drop.run(number, tag);
        for (const tag of add) insert.run(number, tag);
        const [tagged] = collect(read.all(number) as Row[]);
        return tagged ?? { number, tags: [] };
      }),
    );
  }

  /** Every tag there is, the most used first. */
  tagNames(): TagUse[] {
    return this.#database
      .prepare('SELECT tag AS name, count(*) AS count FROM tag GROUP BY tag ORDER BY count DESC, tag')
      .all() as TagUse[];
  }
}

type Row = { readonly number: string; readonly tag: string };

function collect(rows: readonly Row[]): Tagged[] {
  const byNumber = new Map<string, string[]>();
  for (const { number, tag } of rows) {
    const tags = byNumber.get(number);
    if (tags) tags.push(tag);
    else byNumber.set(number, [tag]);
  }
  return Array.from(byNumber, ([number, tags]) => ({ number, tags }));
}
