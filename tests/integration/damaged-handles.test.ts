/** A damaged file is moved aside, which Windows allows only when nobody has it open: no handle may be left, whatever failed. */
import { readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { numberMigrations } from '../../src-main/inventory/migrations/index.ts';
import { files } from '../../src-main/platform/files.ts';
import { NumberStore } from '../../src-main/inventory/number-store.ts';
import { holdFolder } from '../../src-main/platform/storage/hold-folder.ts';
import {
  closeDatabase,
  keepBefore,
  moveAside,
  openDatabase,
  type Database,
} from '../../src-main/platform/storage/sqlite.ts';
import { journalMigrations } from '../../src-main/journal/parts.ts';
import { temporaryFolder } from './app-rig.ts';
import { openRecord } from './journal-rows.ts';

let folder: ReturnType<typeof temporaryFolder>;
let file: string;
beforeEach(() => {
  folder = temporaryFolder();
  file = path.join(folder.path, 'x.db');
});
afterEach(() => {
  folder.remove();
});

/** Files of the folder that this process has open. Linux tells; the rule is the same everywhere. */
function held(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith(folder.path) ? [path.basename(target)] : [];
    } catch {
      // Closed between the listing and the look.
      return [];
    }
  });
}
const aside = () => readdirSync(folder.path).filter((name) => name.includes('.corrupt-'));
const withoutTable = (table: string) => (database: Database) => {
  database.exec(`DROP TABLE ${table}`);
};
const damages: [string, (database: Database) => void][] = [
  ['a table is gone', withoutTable('number')],
  ['a column is gone', (database) => database.exec('ALTER TABLE number DROP COLUMN billing')],
];

test('a damaged lock of the folder does not keep the app from starting, and still keeps a second one out', () => {
  writeFileSync(path.join(folder.path, 'in-use.db'), 'x'.repeat(5_000));
  const held = holdFolder(folder.path);
  expect(() => holdFolder(folder.path)).toThrow(/running already/);
  held.release();
  holdFolder(folder.path).release();
});

test('a database is moved aside with its side files, or not at all', () => {
  for (const suffix of ['', '-wal', '-shm']) writeFileSync(file + suffix, `text${suffix}`);
  const held = {
    tryMoveSync: files.tryMoveSync,
    moveSync(from: string, to: string) {
      if (from.endsWith('-wal')) throw new Error('held');
      files.moveSync(from, to);
    },
  };
  expect(() => moveAside(file, held)).toThrow('held');
  expect(readdirSync(folder.path).sort()).toEqual(['x.db', 'x.db-shm', 'x.db-wal']);
  moveAside(file);
  expect(readdirSync(folder.path).every((name) => name.includes('.corrupt-'))).toBe(true);
});

describe.skipIf(process.platform !== 'linux')('no handle is left', () => {
  test.each(damages)('when %s from the list, which is begun anew', (_, damage) => {
    new NumberStore(file).close();
    const { database } = openDatabase(file, numberMigrations);
    damage(database);
    database.close();
    const store = new NumberStore(file);
    expect(store.movedTo).not.toBeNull();
    expect(aside().length).toBeGreaterThan(0);
    expect(held().filter((name) => name.includes('.corrupt-'))).toEqual([]);
    store.close();
    expect(held()).toEqual([]);
  });

  test('when the journal lacks a table', async () => {
    await openRecord(file).close();
    const { database } = openDatabase(file, journalMigrations);
    withoutTable('order_item')(database);
    database.close();
    const journal = openRecord(file);
    expect(held().filter((name) => name.includes('.corrupt-'))).toEqual([]);
    await journal.close();
    expect(held()).toEqual([]);
  });

  test('when the file is no database, and when what is made of it fails', () => {
    writeFileSync(file, 'x'.repeat(5_000));
    closeDatabase(openDatabase(file, numberMigrations).database);
    expect([aside().length, held()]).toEqual([1, []]);
    const fail = () => {
      throw new Error('not the file');
    };
    expect(() => openDatabase(file, numberMigrations, true, fail)).toThrow('not the file');
    expect([aside().length, held()]).toEqual([1, []]);
  });

  test('when the copy that is kept before a change of the schema cannot be read', () => {
    writeFileSync(file, 'x'.repeat(5_000));
    const damaged = { exec: () => undefined } as unknown as Database;
    expect(() => keepBefore(damaged, file, 1)).toThrow('not a database');
    expect(held()).toEqual([]);
  });

  test('when closing itself fails', () => {
    const { database } = openDatabase(file, numberMigrations);
    const damaged = {
      exec: () => {
        throw new Error('database disk image is malformed');
      },
      close: () => {
        database.close();
      },
    } as unknown as Database;
    expect(() => {
      closeDatabase(damaged);
    }).toThrow('malformed');
    expect(held()).toEqual([]);
  });
});
