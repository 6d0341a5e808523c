import type { SavedSearch } from '../contract/buying.ts';
import { fitting } from '../platform/storage/fitting.ts';
import type { Database } from '../platform/storage/sqlite.ts';

const keptSearches = 30;
/** All of them fit into one answer, however long they are. */
const mostSaved = 200;

/** Recent and saved searches, and lists of the carrier that change slowly, each with its age. */
export class SearchStore {
  #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  searches(): SavedSearch[] {
    const rows = this.#database
      .prepare('SELECT text, saved, used_at AS usedAt FROM search ORDER BY saved DESC, used_at DESC')
      .all() as { text: string; saved: number; usedAt: number }[];
    return fitting(rows.map((row) => ({ ...row, saved: row.saved === 1 })));
  }

  /** True when as many are saved as there may be, and this one is not among them. */
  savedEnough(text: string): boolean {
    const { saved } = this.#database
      .prepare('SELECT count(*) AS saved FROM search WHERE saved = 1 AND text <> ?')
      .get(text) as { saved: number };
    return saved >= mostSaved;
  }

  useSearch(text: string, saved: boolean, at: number): SavedSearch[] {
    this.#database
      .prepare(
        `INSERT INTO search VALUES (?1, ?2, ?3)
         ON CONFLICT (text) DO UPDATE SET saved = max(saved, ?2), used_at = ?3`,
      )
      .run(text, saved ? 1 : 0, at);
    this.#database
      .prepare(
        `DELETE FROM search WHERE saved = 0 AND text NOT IN
           (SELECT text FROM search WHERE saved = 0 ORDER BY used_at DESC LIMIT ?)`,
      )
      .run(keptSearches);
    return this.searches();
  }

  forgetSearch(text: string): SavedSearch[] {
    this.#database.prepare('DELETE FROM search WHERE text = ?').run(text);
    return this.searches();
  }

  stock(name: string): { at: number; codes: string[] } | null {
    const row = this.#database.prepare('SELECT at, codes FROM stock WHERE name = ?').get(name) as
      { at: number; codes: string } | undefined;
    return row ? { at: row.at, codes: JSON.parse(row.codes) as string[] } : null;
  }

  putStock(name: string, at: number, codes: readonly string[]): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO stock VALUES (?, ?, ?)')
      .run(name, at, JSON.stringify(codes));
  }
}
