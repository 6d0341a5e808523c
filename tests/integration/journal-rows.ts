import { cpSync, openSync, closeSync, readFileSync, statSync, utimesSync, writeSync } from 'node:fs';
import { journalKind, type JournalStores } from '../../src-main/journal/file.ts';
import type { KeeperOptions } from '../../src-main/platform/storage/backup-keeper.ts';
import { DurableFile } from '../../src-main/platform/storage/durable-file.ts';
import { openToRead, type Database } from '../../src-main/platform/storage/sqlite.ts';

/** A journal.db as its thread opens it, without a thread in between. */
export type RecordFile = DurableFile<JournalStores>;
export const openRecord = (file: string, options: Partial<KeeperOptions> = {}): RecordFile =>
  new DurableFile(file, journalKind, options);
export const callsOf = (record: RecordFile): JournalStores => record.stores;

export const numberAt = (place: number) => String(12_065_000_000 + place);

const offer = (place: number) => ({
  ...{ number: numberAt(place), setup: 100, monthly: 125, billingMethods: ['METERED'] },
  ...{ rateCenter: 'SEATTLE', state: 'WA' },
});

/** Fills a journal with some of everything, over many pages. */
export function fill(calls: JournalStores, tags = 1_500): void {
  for (let from = 0; from < tags; from += 100) {
    const numbers = Array.from({ length: 100 }, (_, at) => numberAt(from + at));
    calls.tags.changeTags(numbers, ['a place to remember', 'vip'], []);
  }
  calls.cart.addToCart(Array.from({ length: 300 }, (_, at) => offer(5_000 + at)));
  const items = calls.cart.wholeCart().slice(0, 250);
  const order =
    calls.orders.createOrder(items, { primary: 'a', failover: 'b' }, 1_000, {
      pricedAt: items.map(() => 1_000),
      listKnown: true,
    }) ?? 0;
  for (const item of calls.orders.claim(order, 2, '', 100)) {
    const paid = { item, at: 2_000, found: false };
    calls.orders.mark(order, [{ number: item.number, status: 'bought', reason: null, paid }]);
  }
  for (let at = 0; at < 400; at += 1) {
    const text = `Something happened, number ${at}, and was written down`;
    calls.activity.record({ at: 3_000 + at, kind: 'order', text, outcome: 'ok', numbers: [numberAt(at)] });
  }
  calls.routes.putRoutes([{ key: 'a', label: 'a', type: 'HOST', value: '192.0.2.1', builtin: false }]);
  calls.searches.useSearch('206', true, 5);
}

/** Every row of every table, as text, by table. */
export function rowsOf(file: string | Database): Record<string, string[]> {
  const database = typeof file === 'string' ? openToRead(file) : file;
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all() as { name: string }[];
  const rows = tables.map(({ name }) => [
    name,
    database
      .prepare(`SELECT * FROM "${name}"`)
      .all()
      .map((row) => JSON.stringify(row))
      .sort(),
  ]);
  if (typeof file === 'string') database.close();
  return Object.fromEntries(rows) as Record<string, string[]>;
}

/** Writes bytes into a file as a failing disk does: nobody has written it since, as its time says. */
export function spoil(file: string, at: number, bytes: Buffer): void {
  const { atime, mtime } = statSync(file);
  const handle = openSync(file, 'r+');
  writeSync(handle, bytes, 0, bytes.length, at);
  closeSync(handle);
  utimesSync(file, atime, mtime);
}

/** Where a text stands in a file. */
export function placeOf(file: string, text: string): number {
  const at = readFileSync(file).indexOf(text);
  if (at < 0) throw new Error(`"${text}" is not in the file`);
  return at;
}

/** The file with its side files, as a process that is killed leaves them. */
export function copyAlive(file: string, to: string): void {
  for (const suffix of ['', '-wal', '-shm', '.state'])
    cpSync(file + suffix, to + suffix, { preserveTimestamps: true });
}
