import type { ActivityWindow } from '../contract/activity.ts';
import {
  activityPart,
  type ActivityEntry,
  type ActivityKind,
  type ActivitySubject,
} from '../contract/activity-entry.ts';
import { readTyped } from '../contract/clean.ts';
import { fitting } from '../platform/storage/fitting.ts';
import { transaction, type Database } from '../platform/storage/sqlite.ts';

/**
 * An entry as it is written down. `text` is the whole sentence, or what follows the name of its subject: what an order or a change is
 * called is put before it when it is read, since ordinals may change when accounts are joined.
 */
export type NewActivity = Omit<ActivityEntry, 'id' | 'count' | 'about'> & {
  readonly about?: ActivitySubject;
};
/** What a feature tells of it; whoever writes it down adds the time. */
export type ActivityNote = Omit<NewActivity, 'at'>;

/** In the place of a text that was lost with a damaged record. */
const lostText = 'An entry whose text was lost';

/** What orders and changes are called, by their id; null for one that is not there. */
export type SubjectNames = Readonly<Record<ActivitySubject['kind'], (id: number) => string | null>>;

/** In the place of the name of one that was lost with a damaged record. */
const lostNames: Readonly<Record<ActivitySubject['kind'], string>> = {
  order: 'An order whose own entry was lost',
  plan: 'A change of routes whose own entry was lost',
};

type StoredEntry = Omit<ActivityEntry, 'numbers' | 'about'> & {
  readonly numbers: string;
  readonly aboutKind: ActivitySubject['kind'] | null;
  readonly aboutId: number | null;
};

/** What happened, append-only (held by triggers of the schema). */
export class ActivityStore {
  #database: Database;
  /** Names that were asked for while one question is answered. */
  #names = new Map<string, string>();

  constructor(database: Database, names: SubjectNames) {
    this.#database = database;
    database.function('subject_name', (kind: ActivitySubject['kind'], id: number) => {
      const key = `${kind} ${id}`;
      const name = this.#names.get(key) ?? names[kind](id) ?? lostNames[kind];
      this.#names.set(key, name);
      return name;
    });
  }

  /** Returns how many entries there are now. */
  record({ at, kind, text, outcome, numbers, about }: NewActivity): number {
    return transaction(this.#database, () => {
      const part = (index: number) =>
        JSON.stringify(numbers.slice(index * activityPart, (index + 1) * activityPart));
      const made = this.#database
        .prepare(
          `INSERT INTO activity (at, kind, text, outcome, numbers, count, about_kind, about_id)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(at, kind, text, outcome, part(0), numbers.length, about?.kind ?? null, about?.id ?? null);
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
    about?: ActivitySubject | undefined;
    offset: number;
    limit: number;
  }): ActivityWindow {
    const words = `%${input.text.trim().replace(/[\\%_]/g, '\\$&')}%`;
    // "Order 1" is not about numbers that have a 1.
    const digits = readTyped(input.text)?.digits ?? '';
    const sentence =
      'CASE WHEN about_id IS NULL THEN text ELSE subject_name(about_kind, about_id) || text END';
    const about = input.about ? 'about_kind = ?4 AND about_id = ?5' : '?4 IS NULL AND ?5 IS NULL';
    const where = `WHERE (?1 IS NULL OR kind = ?1) AND ${about}
      AND (?2 = '%%' OR ${sentence} LIKE ?2 ESCAPE '\\' OR (?3 <> '' AND (numbers LIKE '%' || ?3 || '%' OR EXISTS (
        SELECT 1 FROM activity_part AS part
        WHERE part.activity_id = activity.id AND part.numbers LIKE '%' || ?3 || '%'))))`;
    const asked = [input.kind, words, digits, input.about?.kind ?? null, input.about?.id ?? null];
    this.#names.clear();
    const { total } = this.#database
      .prepare(`SELECT count(*) AS total FROM activity ${where}`)
      .get(...asked) as { total: number };
    const rows = this.#database
      .prepare(
        `SELECT id, at, kind, ${sentence} AS text, outcome, numbers, count, about_kind AS aboutKind, about_id AS aboutId
         FROM activity ${where} ORDER BY id DESC LIMIT ?6 OFFSET ?7`,
      )
      .all(...asked, input.limit, input.offset) as StoredEntry[];
    const entries = rows.map(({ aboutKind, aboutId, ...row }) => ({
      ...row,
      text: row.text || lostText,
      about: aboutKind === null || aboutId === null ? null : { kind: aboutKind, id: aboutId },
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
