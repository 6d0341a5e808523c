import type { Migration } from './sqlite.ts';
import type { PageFile } from './page-file.ts';
import {
  isOfRows,
  kindOfPage,
  leafOfKeys,
  leafOfRows,
  readTreePage,
  type Row,
  type Value,
} from './records.ts';
import { abandon, migrate, openMemory, transaction, type Database } from './sqlite.ts';

/** A row by the names of its columns, and whether it makes sense to the domain. */
export type IsSound = (table: string, row: Readonly<Record<string, Value>>) => boolean;
/** Where the trees of tables and indexes begin, by name. */
export type Roots = ReadonlyMap<string, number>;

type Column = {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  /** The column is the row id itself: stored as nothing in the record. */
  readonly isRowid: boolean;
};
type Table = {
  readonly name: string;
  /** A table without row ids is a tree of keys. */
  readonly keys: boolean;
  /** Columns it had at first: a row has no fewer. */
  readonly least: number;
  /** In the order in which they are stored. */
  readonly columns: readonly Column[];
};

/** The tables of a schema as its migrations make it, up to a version. */
export function tablesOf(migrations: readonly Migration[], version: number): Table[] {
  const database = openMemory();
  const least = new Map<string, number>();
  const list = database.prepare(
    `SELECT name, wr, ncol FROM pragma_table_list
     WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'`,
  );
  const tables = () => list.all() as { name: string; wr: number; ncol: number }[];
  try {
    for (let step = 1; step <= version; step += 1) {
      migrate(database, step - 1, migrations.slice(0, step));
      for (const { name, ncol } of tables()) if (!least.has(name)) least.set(name, ncol);
    }
    return tables().map(({ name, wr }) => ({
      ...{ name, keys: wr === 1, least: least.get(name) ?? 0 },
      columns: columnsOf(database, name, wr === 1),
    }));
  } finally {
    abandon(database);
  }
}

function columnsOf(database: Database, table: string, keys: boolean): Column[] {
  const columns = database
    .prepare('SELECT name, type, "notnull", pk FROM pragma_table_xinfo(?)')
    .all(table) as {
    name: string;
    type: string;
    notnull: number;
    pk: number;
  }[];
  const keyed = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  // In a table without row ids the key comes first.
  const stored = keys ? [...keyed, ...columns.filter(({ pk }) => pk === 0)] : columns;
  return stored.map(({ name, type, notnull, pk }) => ({
    ...{ name, type },
    required: notnull === 1 || pk > 0,
    isRowid: !keys && pk > 0 && keyed.length === 1 && type === 'INTEGER',
  }));
}

/** Tables and indexes as the file itself lists them; empty when that cannot be read. */
export function schemaOf(file: PageFile): { roots: Map<string, number>; sql: Map<string, string> } {
  const roots = new Map<string, number>();
  const sql = new Map<string, string>();
  if (!file.headed) return { roots, sql };
  for (const { values } of new Tree(file, false).walk(1)) {
    const [type, name, , root, text] = values;
    if (typeof name !== 'string' || typeof root !== 'number' || root < 1) continue;
    roots.set(name, root);
    if (type === 'table' && typeof text === 'string' && !name.startsWith('sqlite_')) sql.set(name, text);
  }
  return { roots, sql };
}

/** One tree, walked from its root. What cannot be read is left out, and `lost` says so. */
class Tree {
  lost = false;
  #file: PageFile;
  #keys: boolean;
  #visited = new Set<number>();
  #claimed: Set<number>;

  /** `claimed` gets every page that was read. */
  constructor(file: PageFile, keys: boolean, claimed = new Set<number>()) {
    this.#file = file;
    this.#keys = keys;
    this.#claimed = claimed;
  }

  *walk(root: number): Generator<Row> {
    const waiting = [root];
    for (let page = waiting.pop(); page !== undefined; page = waiting.pop()) {
      // A page that was reached twice: one of the two ways to it is wrong.
      const read = this.#visited.has(page) ? null : readTreePage(this.#file, page, this.#keys);
      if (!read || read.lost) this.lost = true;
      if (!read) continue;
      this.#visited.add(page);
      this.#claimed.add(page);
      yield* read.rows;
      waiting.push(...read.children);
    }
  }
}

/**
 * Puts every row that can be read from a damaged file into a database of the same version, which holds none yet. First those
 * that hang together, then pages that no tree leads to any more, where only one table can be what they are of. `into` must
 * not enforce foreign keys.
 */
export function salvage(
  file: PageFile,
  into: Database,
  tables: readonly Table[],
  roots: Roots,
  isSound: IsSound,
): void {
  const claimed = new Set<number>();
  let whole = file.headed && !file.stale && file.wal?.damaged !== true && file.wal?.foreign !== true;
  transaction(into, () => {
    for (const table of tables) {
      const root = roots.get(table.name);
      const tree = new Tree(file, table.keys, claimed);
      const all = root !== undefined && insertRows(into, table, tree.walk(root), isSound);
      if (!all || tree.lost) whole = false;
    }
    for (const [name, root] of roots) {
      if (tables.some((table) => table.name === name)) continue;
      // Of an index nothing is needed but which pages it has.
      const tree = new Tree(file, !isOfRows(kindOfPage(file, root)), claimed);
      for (const row of tree.walk(root)) void row;
    }
    if (!whole)
      for (const [table, found] of orphans(file, into, tables, claimed, isSound))
        insertRows(into, table, found, isSound);
  });
}

/** Leaf pages that no tree has led to, and the one table each can be of. */
function* orphans(
  file: PageFile,
  into: Database,
  tables: readonly Table[],
  claimed: ReadonlySet<number>,
  isSound: IsSound,
): Generator<[Table, Row[]]> {
  // The first page may be an older one: pages that it calls free may be in use since then.
  const free = file.stale || file.wal?.damaged === true ? new Set<number>() : file.freePages();
  for (let number = 2; number <= file.count; number += 1) {
    if (claimed.has(number) || free.has(number)) continue;
    const kind = kindOfPage(file, number);
    if (kind !== leafOfKeys && kind !== leafOfRows) continue;
    const keys = kind === leafOfKeys;
    const rows = readTreePage(file, number, keys)?.rows ?? [];
    const fitting = tables.filter(
      (table) =>
        table.keys === keys &&
        rows.every((row) => named(table, row, isSound) !== null) &&
        accepts(into, table, rows, isSound),
    );
    const [only, ...others] = rows.length > 0 ? fitting : [];
    if (only && others.length === 0) yield [only, rows];
  }
}

/** True when the rules of the schema allow these rows in this table. */
function accepts(into: Database, table: Table, rows: readonly Row[], isSound: IsSound): boolean {
  into.exec('SAVEPOINT attempt');
  const all = insertRows(into, table, rows, isSound, 'INSERT OR REPLACE');
  into.exec('ROLLBACK TO attempt; RELEASE attempt');
  return all;
}

/** False when a row among them is none of this table's. */
function insertRows(
  into: Database,
  table: Table,
  found: Iterable<Row>,
  isSound: IsSound,
  insert = 'INSERT OR IGNORE',
): boolean {
  const statements = new Map<string, ReturnType<Database['prepare']>>();
  let all = true;
  for (const row of found) {
    const value = named(table, row, isSound);
    if (!value) {
      all = false;
      continue;
    }
    const names = Object.keys(value);
    const key = names.join();
    let statement = statements.get(key);
    if (!statement) {
      const columns = names.map((name) => `"${name}"`).join();
      statement = into.prepare(
        `${insert} INTO "${table.name}" (${columns}) VALUES (${names.map(() => '?').join()})`,
      );
      statements.set(key, statement);
    }
    try {
      statement.run(...Object.values(value));
    } catch {
      // A rule of the schema does not allow it: it is not what was written.
      all = false;
    }
  }
  return all;
}

/** A row by its columns; null when it cannot be of this table. Columns that were added after it was written are left out. */
function named(table: Table, row: Row, isSound: IsSound): Record<string, Value> | null {
  const { columns, least } = table;
  if (row.values.length > columns.length || row.values.length < least) return null;
  const value: Record<string, Value> = {};
  // In a table without a column for it the row id is kept too: it tells the rows apart.
  if (row.rowid !== null && !columns.some(({ isRowid }) => isRowid)) value['rowid'] = row.rowid;
  for (const [at, column] of columns.entries()) {
    const stored = row.values[at];
    if (stored === undefined) continue;
    const read = column.isRowid && stored === null ? row.rowid : stored;
    const fits =
      read === null
        ? !column.required
        : column.type === 'TEXT'
          ? typeof read === 'string'
          : typeof read === 'bigint' || Number.isSafeInteger(read);
    if (!fits) return null;
    value[column.name] = read;
  }
  return isSound(table.name, value) ? value : null;
}
