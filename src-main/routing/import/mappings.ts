import type { ImportFile, ImportMapping } from '../../contract/importing.ts';
import type { Database } from '../../platform/storage/sqlite.ts';
import { headersKey, mappingOf } from './file-columns.ts';
import type { Line } from './file-table.ts';

/** So many sets of headers are remembered, the ones used last. */
const mostKept = 200;

/** Which column is what, as somebody chose for a set of headers; and what the columns of an imported file were used for. */
export class ImportMappings {
  #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * The columns of a file: as they are chosen now, as they were chosen for the same headers, or as their names tell. No mapping
   * when somebody has to say.
   */
  read(
    lines: readonly Line[],
    chosen: ImportMapping | null,
    describe: (mapping: ImportMapping | null) => ImportFile,
  ): { file: ImportFile; mapping: ImportMapping | null } {
    if (chosen) {
      const file = describe(chosen);
      this.#remember(headersKey(lines, chosen.header), chosen);
      return { file, mapping: chosen };
    }
    const file = describe(null);
    const known = this.#known(headersKey(lines, file.header));
    // Columns without a name may be missing this time: then the names tell, or it is asked.
    const fits = (at: number | null) => (at ?? 0) < file.columns.length;
    if (known && [known.number, known.primary, known.failover].every(fits))
      return { file: { ...describe(known), remembered: true }, mapping: known };
    return { file, mapping: file.question === null ? mappingOf(file) : null };
  }

  /** Keeps beside a plan what its file's columns were used for. */
  keep(plan: number, file: ImportFile): void {
    this.#database.prepare('INSERT INTO plan_file VALUES (?, ?)').run(plan, JSON.stringify(file));
  }

  #known(key: string | null): ImportMapping | null {
    if (key === null) return null;
    const kept = this.#database.prepare('SELECT mapping FROM import_mapping WHERE headers = ?').get(key) as
      { mapping: string } | undefined;
    return kept ? (JSON.parse(kept.mapping) as ImportMapping) : null;
  }

  #remember(key: string | null, mapping: ImportMapping): void {
    if (key === null) return;
    this.#database
      .prepare('INSERT OR REPLACE INTO import_mapping VALUES (?, ?, ?)')
      .run(key, JSON.stringify(mapping), Date.now());
    this.#database
      .prepare(
        `DELETE FROM import_mapping WHERE headers NOT IN
           (SELECT headers FROM import_mapping ORDER BY used_at DESC LIMIT ${mostKept})`,
      )
      .run();
  }
}
