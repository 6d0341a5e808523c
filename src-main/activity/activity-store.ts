import type { ActivityWindow } from '../contract/activity.ts';
import { activityPart, type ActivityEntry, type ActivityKind } from '../contract/activity-entry.ts';
import { readTyped } from '../contract/clean.ts';
import { fitting } from '../platform/storage/fitting.ts';
import { transaction, type Database } from '../platform/storage/sqlite.ts';

export type NewActivity = Omit<ActivityEntry, 'id' | 'count'>;
/** What a feature tells of it; whoever writes it down adds the time. */
export type ActivityNote = Omit<NewActivity, 'at'>;

/** In the place of a text that was lost with a damaged record. */
const lostText = 'An entry whose text was lost';

/** What happened, append-only (held by triggers of the schema). */
export class ActivityStore {
  #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Returns how many entries there are now. */
  record({ at, kind, text, outcome, numbers }: NewActivity): number {
    return transaction(this.#database, () => {
      const part = (index: number) =>
        JSON.stringify(numbers.slice(index * activityPart, (index + 1) * activityPart));
      const made = this.#database
        .prepare('INSERT INTO activity (at, kind, text, outcome, numbers, count) VALUES (?, ?, ?, ?, ?, ?)')
        .run(at, kind, text, outcome, part(0), numbers.length);
      const insert = this.#database.prepare('INSERT INTO activity_part VALUES (?, ?, ?)');
      for (let index = 1; index * activityPart < numbers.length; index += 1)
        insert.run(Number(made.lastInsertRowid), index, part(index));
      const { total } = this.#database.prepare('SELECT count(*) AS total FROM activity').get() as {
        total: number;
      };
      return total;
    });
  }

  activity(input: {
    text: string;
    kind: ActivityKind | null;
    offset: number;
    limit: number;
  }): ActivityWindow {
    const words = `%${input.text.trim().replace(/[\\%_]/g, '\\$&')}%`;
    // "Order 1" is not about numbers that have a 1.
    const digits = readTyped(input.text)?.digits ?? '';
    const where = `WHERE (?1 IS NULL OR kind = ?1)
      AND (text LIKE ?2 ESCAPE '\\' OR (?3 <> '' AND (numbers LIKE '%' || ?3 || '%' OR EXISTS (
        SELECT 1 FROM activity_part AS part
        WHERE part.activity_id = activity.id AND part.numbers LIKE '%' || ?3 || '%'))))`;
    const { total } = this.#database
      .prepare(`SELECT count(*) AS total FROM activity ${where}`)
      .get(input.kind, words, digits) as { total: number };
    const rows = this.#database
      .prepare(`SELECT * FROM activity ${where} ORDER BY id DESC LIMIT ?4 OFFSET ?5`)
      .all(input.kind, words, digits, input.limit, input.offset) as (Omit<ActivityEntry, 'numbers'> & {
      numbers: string;
    })[];
    const entries = rows.map((row) => ({
      ...row,
      text: row.text || lostText,
      numbers: JSON.parse(row.numbers) as string[],
    }));
    return { total, entries: fitting(entries) };
  }

  /** A part of an entry's numbers, `activityPart` of them; empty past the last one. */
  activityNumbers(id: number, part: number): string[] {
    const row =
      part === 0
        ? this.#database.prepare('SELECT numbers FROM activity WHERE id = ?').get(id)
        : this.#database
            .prepare('SELECT numbers FROM activity_part WHERE activity_id = ? AND part = ?')
            .get(id, part);
    return row ? (JSON.parse((row as { numbers: string }).numbers) as string[]) : [];
  }
}
