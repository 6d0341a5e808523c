import type { ServedFile } from './served-file.ts';
import { abandon, isDamage, openToRead, type Database } from './sqlite.ts';

/** Looks at the structure of a database that others have open, in a thread of its own: a large one takes a moment. */
export class FileCheck {
  #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** False when SQLite finds the file damaged. What cannot be looked at now is not damaged for that. */
  isSound(): boolean {
    let database: Database | null = null;
    try {
      database = openToRead(this.#file);
      const found = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
      return found.quick_check === 'ok';
    } catch (thrown) {
      return !isDamage(thrown);
    } finally {
      if (database) abandon(database);
    }
  }
}

/** Nothing is kept open between two looks. */
export function openFileCheck(file: string): ServedFile & { stores: { check: FileCheck } } {
  return { stores: { check: new FileCheck(file) }, close: () => undefined };
}
