import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';

/**
 * What must still be there of a journal after a damage, found without the code that repairs: which row lies on which page is
 * looked for by the bytes of the row, among the pages that SQLite's own `dbstat` names for its table, in a copy that is sound.
 */
export type StoredRow = {
  readonly table: string;
  readonly key: string;
  readonly row: Readonly<Record<string, unknown>>;
  /**
   * Where its bytes lie: pages of the file (`p7`) and frames of the log (`f12`). More than one where an older copy was left in
   * the unused part of a page. None when they were not found in one piece.
   */
  readonly units: readonly string[];
};

const pageSize = 4_096;
const frameSize = pageSize + 24;
const headSize = 32;

type Database = InstanceType<typeof DatabaseSync>;
type Column = { name: string; pk: number };

/** Every row of a database with its log, and where each lies. Works on a copy. */
export function storedRows(file: string, scratch: string): StoredRow[] {
  copy(file, scratch);
  const database = new DatabaseSync(scratch);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const bytes = readFileSync(scratch);
  const frames = latestFrames(file);
  const rows = tablesOf(database).flatMap((table) => {
    const columns = columnsOf(database, table);
    const pages = leafPages(database, table);
    return rowsOf(database, table).map((row) => {
      const body = bodyOf(row, columns, table, database);
      const units = pages
        .filter((page) => bytes.subarray((page - 1) * pageSize, page * pageSize).includes(body))
        .map((page) => (frames.has(page) ? `f${frames.get(page)}` : `p${page}`));
      return { table, key: keyOf(table, row, columns), row, units };
    });
  });
  database.close();
  removeAll(scratch);
  return rows;
}

/** The rows by table and key. */
export function readRows(file: string, scratch: string): Map<string, Record<string, unknown>> {
  copy(file, scratch);
  const database = new DatabaseSync(scratch);
  try {
    const found = new Map<string, Record<string, unknown>>();
    for (const table of tablesOf(database)) {
      const columns = columnsOf(database, table);
      for (const row of rowsOf(database, table)) found.set(keyOf(table, row, columns), row);
    }
    return found;
  } finally {
    database.close();
    removeAll(scratch);
  }
}

/** Pages and frames that are not byte for byte what they were; all of them when the file is gone. */
export function changedUnits(before: string, after: string): Set<string> {
  const changed = new Set<string>();
  const part = (file: string) => (existsSync(file) ? readFileSync(file) : Buffer.alloc(0));
  const [page, pageNow] = [part(before), part(after)];
  for (let at = 0; at * pageSize < page.length; at += 1)
    if (!same(page, pageNow, at * pageSize, pageSize)) changed.add(`p${at + 1}`);
  const [log, logNow] = [part(`${before}-wal`), part(`${after}-wal`)];
  for (let at = 0; headSize + at * frameSize < log.length; at += 1)
    if (!same(log, logNow, headSize + at * frameSize, frameSize)) changed.add(`f${at}`);
  return changed;
}

function same(a: Buffer, b: Buffer, at: number, size: number): boolean {
  return a.subarray(at, at + size).equals(b.subarray(at, at + size));
}

/** The frame that has a page's newest version, of those that are committed. */
function latestFrames(file: string): Map<number, number> {
  const log = existsSync(`${file}-wal`) ? readFileSync(`${file}-wal`) : Buffer.alloc(0);
  const latest = new Map<number, number>();
  let waiting: [number, number][] = [];
  for (let at = 0; headSize + (at + 1) * frameSize <= log.length; at += 1) {
    const begin = headSize + at * frameSize;
    if (!log.subarray(begin + 8, begin + 16).equals(log.subarray(16, 24))) break;
    waiting.push([log.readUInt32BE(begin), at]);
    if (log.readUInt32BE(begin + 4) === 0) continue;
    for (const [page, frame] of waiting) latest.set(page, frame);
    waiting = [];
  }
  return latest;
}

function tablesOf(database: Database): string[] {
  const sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
  return (database.prepare(sql).all() as { name: string }[]).map(({ name }) => name);
}

function columnsOf(database: Database, table: string): Column[] {
  return database.prepare('SELECT name, pk FROM pragma_table_xinfo(?)').all(table) as Column[];
}

function rowsOf(database: Database, table: string): Record<string, unknown>[] {
  const keyed = columnsOf(database, table).some(({ pk }) => pk > 0);
  const sql = keyed ? `SELECT * FROM "${table}"` : `SELECT rowid AS rowid, * FROM "${table}"`;
  return database.prepare(sql).all() as Record<string, unknown>[];
}

function keyOf(table: string, row: Record<string, unknown>, columns: readonly Column[]): string {
  const names = columns.filter(({ pk }) => pk > 0).map(({ name }) => name);
  return [table, ...(names.length > 0 ? names : ['rowid']).map((name) => String(row[name]))].join('\n');
}

function leafPages(database: Database, table: string): number[] {
  const sql = "SELECT pageno FROM dbstat WHERE name = ? AND pagetype <> 'overflow'";
  return (database.prepare(sql).all(table) as { pageno: number }[]).map(({ pageno }) => pageno);
}

/** The values of a row as they stand one after another in its record: https://sqlite.org/fileformat2.html#record_format. */
function bodyOf(
  row: Record<string, unknown>,
  columns: readonly Column[],
  table: string,
  database: Database,
): Buffer {
  const { wr } = database.prepare('SELECT wr FROM pragma_table_list WHERE name = ?').get(table) as {
    wr: number;
  };
  const keys = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  const alias = wr === 0 && keys.length === 1 ? keys[0]?.name : undefined;
  const order = wr === 1 ? [...keys, ...columns.filter(({ pk }) => pk === 0)] : columns;
  return Buffer.concat(order.filter(({ name }) => name !== alias).map(({ name }) => bytesOf(row[name])));
}

function bytesOf(value: unknown): Buffer {
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  if (typeof value !== 'number' || value === 0 || value === 1) return Buffer.alloc(0);
  const whole = Buffer.alloc(8);
  whole.writeBigInt64BE(BigInt(value));
  const size =
    [1, 2, 3, 4, 6].find((bytes) => value >= -(2 ** (bytes * 8 - 1)) && value < 2 ** (bytes * 8 - 1)) ?? 8;
  return whole.subarray(8 - size);
}

function copy(file: string, to: string): void {
  removeAll(to);
  for (const suffix of ['', '-wal']) if (existsSync(file + suffix)) copyFileSync(file + suffix, to + suffix);
}

function removeAll(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(file + suffix, { force: true });
}
