import { fitting } from '../platform/storage/fitting.ts';
import { transaction, type Database } from '../platform/storage/sqlite.ts';
import type { TagUse } from '../contract/tags.ts';
import type { Tagged } from './index/indexed-number.ts';

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

  /**
   * Adds and removes tags, all or none. `tagged` is what the numbers have then, `steps` what was changed of each number
   * that was changed, `created` those of the added tags that no number had.
   */
  changeTags(numbers: readonly string[], add: readonly string[], remove: readonly string[]): TagChange {
    return this.changeSeveralTags([{ numbers, add, remove }]);
  }

  /** The same for several changes of different numbers, all or none of them. */
  changeSeveralTags(changes: readonly TagsWanted[]): TagChange {
    return transaction(this.#database, () => {
      const known = this.#database.prepare('SELECT 1 FROM tag WHERE tag = ? LIMIT 1');
      const added = [...new Set(changes.flatMap(({ add }) => add))];
      const created = added.filter((tag) => known.get(tag) === undefined);
      const wanted = changes.flatMap(({ numbers, add, remove }) =>
        numbers.map((number) => ({ number, add, remove })),
      );
      return { ...this.#apply(wanted), created };
    });
  }

  /** Takes steps back: what a number lost it gets again, what it got it loses. */
  restoreTags(steps: readonly TagStep[]): Omit<TagChange, 'created'> {
    return transaction(this.#database, () =>
      this.#apply(steps.map(({ number, add, remove }) => ({ number, add: remove, remove: add }))),
    );
  }

  #apply(wanted: readonly TagStep[]): Omit<TagChange, 'created'> {
    const insert = this.#database.prepare('INSERT OR IGNORE INTO tag VALUES (?, ?)');
    const drop = this.#database.prepare('DELETE FROM tag WHERE number = ? AND tag = ?');
    const read = this.#database.prepare('SELECT number, tag FROM tag WHERE number = ? ORDER BY tag');
    const tagsOf = (number: string) => collect(read.all(number) as Row[])[0]?.tags ?? [];
    const steps: TagStep[] = [];
    const tagged = wanted.map(({ number, add, remove }) => {
      const before = tagsOf(number);
      for (const tag of remove) drop.run(number, tag);
      for (const tag of add) insert.run(number, tag);
      const tags = tagsOf(number);
      const lost = before.filter((tag) => !tags.includes(tag));
      const got = tags.filter((tag) => !before.includes(tag));
      if (lost.length + got.length > 0) steps.push({ number, add: got, remove: lost });
      return { number, tags };
    });
    return { tagged, steps };
  }

  /** The tags there are, the most used first, as many as one answer holds. */
  tagNames(): TagUse[] {
    const all = this.#database
      .prepare('SELECT tag AS name, count(*) AS count FROM tag GROUP BY tag ORDER BY count DESC, tag')
      .all() as TagUse[];
    return fitting(all);
  }
}

/** Tags that numbers get and lose. */
export type TagsWanted = {
  readonly numbers: readonly string[];
  readonly add: readonly string[];
  readonly remove: readonly string[];
};
/** What a number got and what it lost. */
export type TagStep = {
  readonly number: string;
  readonly add: readonly string[];
  readonly remove: readonly string[];
};
export type TagChange = {
  readonly tagged: readonly Tagged[];
  readonly steps: readonly TagStep[];
  readonly created: readonly string[];
};
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
