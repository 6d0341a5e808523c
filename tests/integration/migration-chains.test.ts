import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { numberMigrations } from '../../src-main/inventory/migrations/index.ts';
import { journalKind } from '../../src-main/journal/file.ts';
import { journalMigrations } from '../../src-main/journal/parts.ts';
import { DurableFile } from '../../src-main/platform/storage/durable-file.ts';
import {
  closeDatabase,
  openDatabase,
  openSound,
  openToRead,
  readVersion,
  type Migration,
} from '../../src-main/platform/storage/sqlite.ts';
import { databasesIn, dumpFolder, type Row, type Tables } from '../fixtures/dump.ts';
import { temporaryFolder } from './app-rig.ts';

/**
 * Both chains of migrations, from every version a file may have to the newest, whole rows of every table. What a step makes of
 * rows is said here a second time, in plain words of this language: a step without that fails.
 */
type Step = (tables: Tables) => Tables;
type Chain = {
  readonly file: 'journal.db' | 'numbers.db';
  readonly migrations: readonly Migration[];
  /** By the version that a step leads to. */
  readonly steps: Readonly<Record<number, Step>>;
  /** Rows in the tables that each version brought, for files older than any that was released. */
  readonly rows: Readonly<Record<number, string>>;
};

const rowsIn = (tables: Tables, table: string): Row[] => tables[table] ?? [];
/** Every row of a table with these members more, or other. */
const each = (tables: Tables, table: string, more: (row: Row) => Row): Tables => ({
  ...tables,
  [table]: rowsIn(tables, table).map((row) => ({ ...row, ...more(row) })),
});
const stays: Step = (tables) => tables;
const empty = (...names: string[]): Step => {
  const made = Object.fromEntries(names.map((name) => [name, []]));
  return (tables) => ({ ...tables, ...made });
};

/** Which of an order's requests may have done something without anybody being told. */
const doubt = ({ status, sent }: Row) =>
  (status === 'refused' && Number(sent) > 1) ||
  status === 'sending' ||
  status === 'unknown' ||
  (status === 'planned' && Number(sent) > 0);

const ordinalsOfPlans = (tables: Tables) =>
  new Map(
    rowsIn(tables, 'plan')
      .map(({ id }) => Number(id))
      .sort((a, b) => a - b)
      .map((id, place) => [id, place + 1]),
  );

const ordinals: Step = (tables) => {
  const places = ordinalsOfPlans(tables);
  const renamed = (text: string) =>
    text
      .replace(/^Plan (\d+) \(/, (whole, id: string) =>
        places.has(Number(id)) ? `Change ${places.get(Number(id))} (` : whole,
      )
      .replace(/^(Change .*) of plan (\d+)\)/, (whole, before: string, id: string) =>
        places.has(Number(id)) ? `${before} of Change ${places.get(Number(id))})` : whole,
      );
  const of = (title: string) => {
    const id = Number(/^(?:Undo|Rest) of plan (\d+)$/.exec(title)?.[1]);
    return places.has(id) ? id : null;
  };
  const orders = each(tables, 'purchase_order', ({ id }) => ({ ordinal: id ?? null }));
  const plans = each(orders, 'plan', (row) => {
    const source = of(String(row['title']));
    return {
      ordinal: places.get(Number(row['id'])) ?? null,
      of_id: source,
      title: source === null ? (row['title'] ?? null) : '',
    };
  });
  return each(plans, 'activity', ({ text }) => ({ text: renamed(String(text)) }));
};

/** A sentence becomes data, but for the two that something depended on. */
const coded = (tables: Tables, table: string, column: string) =>
  each(tables, table, (row) => {
    const sentence = row[column];
    const code = String(sentence).startsWith('Not asked for before the backup was made.')
      ? 'backup'
      : String(sentence).startsWith('An order whose own entry was lost.')
        ? 'lost-order'
        : null;
    if (sentence === '' || code) return { [column]: code ?? '', [`${column}_detail`]: 'null' };
    return { [column]: 'text', [`${column}_detail`]: JSON.stringify(sentence) };
  });

/** The text of an entry goes on after the name of what it is about, where that is there and was made before. */
const subjects: Step = (tables) => {
  const plans = rowsIn(tables, 'plan');
  const titleOf = ({ kind, title, of_id: of }: Row) => {
    const source = plans.find(({ id }) => id === of)?.['ordinal'];
    return title || `${kind === 'undo' ? 'Undo' : 'Rest'} of Change ${source}`;
  };
  const jobs = [
    ...rowsIn(tables, 'purchase_order').map((row) => ({
      kind: 'order',
      row,
      name: `Order ${row['ordinal']}`,
    })),
    ...plans.map((row) => ({ kind: 'plan', row, name: `Change ${row['ordinal']} (${titleOf(row)})` })),
  ];
  return each(tables, 'activity', ({ at, text }) => {
    const found = jobs.find(
      ({ name, row }) =>
        String(text).startsWith(name) &&
        !/^\d/.test(String(text).slice(name.length)) &&
        Number(row['created_at']) <= Number(at),
    );
    if (!found) return { about_kind: null, about_id: null };
    const { kind, row, name } = found;
    return { about_kind: kind, about_id: row['id'] ?? null, text: String(text).slice(name.length) };
  });
};

const sipReg = (side: 'primary' | 'failover') => (row: Row) =>
  row[`${side}_name`] === 'sip-reg' ? { [`${side}_type`]: 'SIP-REG' } : {};

const journal: Chain = {
  file: 'journal.db',
  migrations: journalMigrations,
  steps: {
    2: empty('route', 'plan', 'plan_item', 'plan_problem'),
    3: empty('tag'),
    4(tables) {
      const items = each(tables, 'order_item', (row) => ({ doubt: doubt(row) ? 1 : 0, priced_at: 0 }));
      const orders = each(items, 'purchase_order', ({ phase }) => ({
        stopped: phase === 'stopping' ? 1 : 0,
      }));
      return empty('activity_part')(each(orders, 'cart', () => ({ old_setup: null, old_monthly: null })));
    },
    5: (tables) => empty('plan_row')(each(tables, 'plan_item', () => ({ line: 0, already: 0 }))),
    6: ordinals,
    7: (tables) => each(tables, 'purchase_order', () => ({ raised: null })),
    8: empty('plan_file', 'import_mapping'),
    9: stays,
    10: (tables) => each(tables, 'cart', () => ({ doubt: 0 })),
    11: (tables) => each(tables, 'plan', () => ({ revision: 0 })),
    12: (tables) => each(tables, 'route', ({ name }) => ({ label: name ?? null })),
    13: (tables) => ({
      ...tables,
      plan_problem: rowsIn(tables, 'plan_problem').map(({ text, ...row }) => ({
        ...{ ...row, code: 'text', detail: JSON.stringify(text) },
      })),
    }),
    14: (tables) => each(tables, 'order_item', () => ({ routes_sent: 0 })),
    15(tables) {
      const jobs = coded(coded(tables, 'purchase_order', 'waiting'), 'plan', 'waiting');
      const items = coded(coded(jobs, 'order_item', 'reason'), 'plan_item', 'reason');
      return each(items, 'plan', ({ phase }) => ({ stopped: phase === 'stopping' ? 1 : 0 }));
    },
    16: subjects,
    17: empty('cart_routes'),
    18: stays,
    19: stays,
  },
  rows: {
    1: `
      INSERT INTO cart VALUES ('12065550001', 100, 125, '["METERED"]', 'METERED', 'SEATTLE', 'WA', NULL);
      INSERT INTO purchase_order VALUES (1, 1000, 'done', '', 'a', 'b'), (2, 2000, 'stopping', '', '', ''),
        (3, 2100, 'paused', 'Paused. Nothing is sent until you resume it.', '', ''),
        (4, 2200, 'paused', 'An order whose own entry was lost. Its numbers are listed as far as they could be read.', '', '');
      INSERT INTO order_item VALUES (1, '12065550002', 100, 125, 'METERED', 'SEATTLE', 'WA', 'bought', '', 1, 'set'),
        (1, '12065550004', 100, 125, 'METERED', 'SEATTLE', 'WA', 'refused', 'They said "no funds", or so', 2, 'none'),
        (1, '12065550006', 100, 125, 'METERED', 'SEATTLE', 'WA', 'refused',
          'Not asked for before the backup was made. It was put into the cart: review it there to buy it.', 0, 'none'),
        (1, '12065550005', 100, 125, 'METERED', 'SEATTLE', 'WA', 'planned', '', 1, 'none'),
        (2, '12065550003', 100, 125, 'METERED', 'SEATTLE', 'WA', 'sending', '', 1, 'none');
      INSERT INTO learned VALUES ('12065550002', 100, 125, 'SEATTLE', 'WA', 1500);
      INSERT INTO activity VALUES (1, 1500, 'order', 'Order 1 is done', 'ok', '["12065550002"]', 1),
        (11, 1500, 'order', 'Order 11 is done', 'ok', '[]', 0), (12, 1500, 'order', 'Order 2 waits: Order 1', 'ok', '[]', 0),
        (13, 2500, 'account', 'Signed in to Order 1', 'ok', '[]', 0);
      INSERT INTO search VALUES ('npa:206', 1, 900);
      INSERT INTO stock VALUES ('npa', 900, '[]');`,
    2: `
      INSERT INTO route VALUES ('a', 'HOST', 'sip.example.com');
      INSERT INTO plan VALUES (77001, 3000, 'assign', 'Set primary to a', 'paused', '', 2900, 0),
        (77005, 3100, 'undo', 'Undo of plan 77001', 'done', '', 2950, 1), (77009, 3200, 'again', 'Rest of plan 5', 'done', '', 2950, 1),
        (77011, 3300, 'assign', 'Set primary to a', 'stopping', 'The plan was stopped.', 2950, 1);
      INSERT INTO plan_item (plan_id, number, keep, before_primary, before_failover, to_primary, to_failover, flagged, status, reason, sent)
        VALUES (77001, '12065550002', 2, 'sip-reg', 'sip-reg', 'a', 'sip-reg', 0, 'sending', '', 1),
          (77011, '12065550002', 2, 'sip-reg', 'sip-reg', 'a', 'sip-reg', 0, 'failed', 'Given up after 3 attempts: é', 1);
      INSERT INTO plan_problem VALUES (77001, 2, '206', 'It is no number.');
      INSERT INTO activity VALUES (2, 3001, 'routes', 'Plan 77001 (Set primary to a) was applied', 'ok', '[]', 0),
        (3, 3002, 'routes', 'Change of 1 number (undo of plan 77001) was drafted', 'info', '[]', 0),
        (4, 3003, 'routes', 'Plan 5 (gone) was discarded', 'info', '[]', 0),
        (5, 3100, 'routes', 'Plan 77005 (Undo of plan 77001): 1 changed', 'ok', '[]', 0),
        (6, 3101, 'routes', 'Plan 77011 (Set primary to a): 1 changed', 'ok', '[]', 0),
        (7, 3102, 'routes', 'Plan 77001 (Set primary to b): 1 changed', 'ok', '[]', 0);`,
    3: "INSERT INTO tag VALUES ('12065550002', 'vip')",
  },
};

const list: Chain = {
  file: 'numbers.db',
  migrations: numberMigrations,
  steps: {
    2(tables) {
      const most = (table: string, column: string) =>
        rowsIn(tables, table).reduce((last, row) => Math.max(last, Number(row[column])), 0);
      const total = rowsIn(tables, 'number').length;
      const last = Math.max(most('number', 'seen_pass'), most('sync_pass', 'id'));
      return { ...tables, list_state: [{ id: 1, total, last_pass: last }] };
    },
    3: (tables) => each(tables, 'sync_page', () => ({ sum: -1 })),
    4: empty('missing', 'odd_record'),
    5(tables) {
      const numbers = each(tables, 'number', (row) => ({
        ...sipReg('primary')(row),
        ...sipReg('failover')(row),
        routes_at: null,
      }));
      return each(numbers, 'sync_page', () => ({ next: null }));
    },
  },
  rows: {
    1: `
      INSERT INTO number VALUES ('12065550001', 'a', 'HOST', 'b', 'HOST', 'METERED', 1, 3),
        ('12065550002', 'sip-reg', 'HOST', 'sip-reg', 'SIP-REG', 'VPRI', 2, 4);
      INSERT INTO sync_pass (id, started_at, ended_at, added) VALUES (3, 1, 2, 2), (4, 5, NULL, 0);
      INSERT INTO sync_page VALUES (4, 1, 1, 0)`,
    4: "INSERT INTO missing VALUES ('12065550001', 77); INSERT INTO odd_record VALUES (3, '1206', 'too short')",
  },
};

const fixtures = path.resolve(import.meta.dirname, '../fixtures/0.1.0');
const released = ['rich', 'stopping'].flatMap((name) =>
  databasesIn(path.join(fixtures, name)).map((file) => path.join(fixtures, name, file)),
);

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  folder.remove();
});

/** Makes the file of a source as it was at its first version. */
type Source = { readonly name: string; readonly first: number; make(file: string, version: number): void };

function sourcesOf(chain: Chain): Source[] {
  const made: Source = {
    name: 'a file made by the first version',
    first: 1,
    make(file, version) {
      for (let at = 1; at <= version; at += 1) {
        const { database } = openDatabase(file, chain.migrations.slice(0, at));
        database.exec(chain.rows[at] ?? '');
        closeDatabase(database);
      }
    },
  };
  const ofFiles = released
    .filter((file) => path.basename(file) === chain.file)
    .map((from): Source => ({
      name: path.relative(fixtures, from).split(path.sep).slice(0, 3).join('/'),
      first: versionOf(from),
      make(file, version) {
        cpSync(path.dirname(from), path.dirname(file), { recursive: true });
        closeDatabase(openSound(file, chain.migrations.slice(0, version), { check: 'full' }));
      },
    }));
  return [made, ...ofFiles];
}

/** Of a copy: a file that is opened with a log beside it is changed. */
function versionOf(file: string): number {
  const copy = temporaryFolder();
  try {
    cpSync(path.dirname(file), copy.path, { recursive: true });
    const database = openToRead(path.join(copy.path, path.basename(file)));
    const version = readVersion(database);
    database.close();
    return version;
  } finally {
    copy.remove();
  }
}

/** All rows, with ids that are random since schema 6 called by what people call them. */
function rowsOf(file: string): Tables {
  const tables = dumpFolder(path.dirname(file))[path.basename(file)] ?? {};
  return named(tables);
}

function named(tables: Tables): Tables {
  const orders = new Map(
    rowsIn(tables, 'purchase_order').map(({ id, ordinal }) => [id, `order ${ordinal ?? id}`]),
  );
  const places = ordinalsOfPlans(tables);
  const plans = new Map(
    rowsIn(tables, 'plan').map(({ id, ordinal }) => [id, `plan ${ordinal ?? places.get(Number(id))}`]),
  );
  const call = (row: Row, column: string, names: Map<unknown, string>) =>
    row[column] === undefined || row[column] === null ? {} : { [column]: names.get(row[column]) ?? 'nobody' };
  return Object.fromEntries(
    Object.entries(tables).map(([table, rows]) => [
      table,
      sorted(
        rows.map((row) => ({
          ...row,
          ...(table === 'purchase_order' ? call(row, 'id', orders) : {}),
          ...(table === 'plan' ? call(row, 'id', plans) : {}),
          ...call(row, 'order_id', orders),
          ...call(row, 'plan_id', plans),
          ...call(row, 'of_id', plans),
          ...call(row, 'about_id', row['about_kind'] === 'order' ? orders : plans),
        })),
      ),
    ]),
  );
}

const sorted = (rows: readonly Row[]): Row[] =>
  rows
    .map((row) => [JSON.stringify(Object.entries(row).sort()), row] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, row]) => row);

const raw = (file: string) => dumpFolder(path.dirname(file))[path.basename(file)] ?? {};

/** What the rows become on the way to a version, by what is said here of the steps. */
const becoming = (chain: Chain, tables: Tables, from: number, to: number): Tables =>
  Array.from({ length: to - from }, (_, at) => from + at + 1).reduce(
    (rows, version) => (chain.steps[version] ?? missingStep(version))(rows),
    tables,
  );

function missingStep(version: number): never {
  throw new Error(`say in "steps" of this file what migration ${version} makes of rows`);
}

describe.each([journal, list])('$file', (chain) => {
  const newest = chain.migrations.length;
  const sources = sourcesOf(chain);
  const cases = sources.flatMap((source) =>
    Array.from({ length: newest - source.first + 1 }, (_, at) => ({
      source,
      name: source.name,
      version: source.first + at,
    })),
  );
  const before = cases.filter(({ version }) => version < newest);
  const fileIn = () => path.join(folder.path, 'account', chain.file);
  const prepare = ({ source, version }: { source: Source; version: number }) => {
    const file = fileIn();
    mkdirSync(path.dirname(file), { recursive: true });
    source.make(file, version);
    expect(versionOf(file)).toBe(version);
    return file;
  };
  const upgrade = (file: string, migrations = chain.migrations) => {
    closeDatabase(openSound(file, migrations, { check: 'full' }));
  };

  test('every step says what it makes of rows, and released files are among what is tried', () => {
    expect(Object.keys(chain.steps)).toEqual(Array.from({ length: newest - 1 }, (_, at) => String(at + 2)));
    expect(sources.length).toBe(5);
    expect(Math.min(...sources.slice(1).map(({ first }) => first))).toBeLessThan(newest);
  });

  test.each(cases)(
    '$name, at schema $version, has every row at the newest, and a second run changes nothing',
    (one) => {
      const file = prepare(one);
      const rows = raw(file);
      upgrade(file);
      expect(versionOf(file)).toBe(newest);
      expect(rowsOf(file)).toEqual(named(becoming(chain, rows, one.version, newest)));
      const first = raw(file);
      upgrade(file);
      expect(raw(file)).toEqual(first);
    },
  );

  test.each(before)('$name, at schema $version, is as it was after a step that fails', (one) => {
    const file = prepare(one);
    const rows = raw(file);
    const next = chain.migrations[one.version] as Migration;
    const upTo = chain.migrations.slice(0, one.version);
    const fails: Migration = {
      ...next,
      run(database) {
        next.run?.(database);
        // Rows and tables are changed by now.
        database.exec('INSERT INTO no_such_table VALUES (1)');
      },
    };
    expect(() => {
      upgrade(file, [...upTo, fails]);
    }).toThrow(/no_such_table/);
    expect(versionOf(file)).toBe(one.version);
    expect(raw(file)).toEqual(rows);
    upgrade(file);
    expect(rowsOf(file)).toEqual(named(becoming(chain, rows, one.version, newest)));
  });
});

test('a journal whose upgrade fails as the application opens it is kept, and opens with the version that can', async () => {
  const file = path.join(folder.path, 'journal.db');
  const [made] = sourcesOf(journal);
  made?.make(file, 3);
  const rows = raw(file);
  const broken = [
    ...journalMigrations.slice(0, -1),
    { version: journalMigrations.length, sql: 'INSERT INTO no_such_table VALUES (1)' },
  ];
  expect(() => new DurableFile(file, { ...journalKind, migrations: broken })).toThrow(/no_such_table/);
  // The steps before it hold; the file of before is beside it as well.
  expect(rowsOf(file)).toEqual(named(becoming(journal, rows, 3, journalMigrations.length - 1)));
  const kept = path.join(folder.path, 'kept', 'journal.db');
  mkdirSync(path.dirname(kept));
  cpSync(`${file}.before-3`, kept);
  expect(raw(kept)).toEqual(rows);
  await new DurableFile(file, journalKind).close();
  expect(rowsOf(file)).toEqual(named(becoming(journal, rows, 3, journalMigrations.length)));
});
