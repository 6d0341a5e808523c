import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { movedWords } from '../../src-main/accounts/move-words.ts';
import { formerKey } from '../../src-main/contract/former-routes.ts';
import { builtinType, type Route } from '../../src-main/contract/model.ts';
import { numberMigrations } from '../../src-main/inventory/migrations/index.ts';
import { insertJob } from '../../src-main/jobs/job-store.ts';
import { journalMigrations, journalStores } from '../../src-main/journal/parts.ts';
import { MovingStore, type Translation } from '../../src-main/moving/moving-store.ts';
import { RouteKeys } from '../../src-main/moving/route-keys.ts';
import { isOneAccount } from '../../src-main/moving/one-account.ts';
import { compareLists } from '../../src-main/moving/same-lists.ts';
import { closeDatabase, openDatabase, type Database } from '../../src-main/platform/storage/sqlite.ts';
import { oneWord, withClearSides } from '../../src-main/routing/pairs.ts';
import { KnownRoutes } from '../../src-main/routing/known-routes.ts';
import { storeRoutes } from '../../src-main/routing/stored-routes.ts';
import { dumpDatabase } from '../fixtures/dump.ts';

const route = (
  key: string,
  label: string,
  type = 'HOST',
  value: string | null = `${label}.example`,
): Route => ({
  ...{ key, label, type, value, builtin: type === builtinType },
});
const inV1 = { builtin: 'sip-reg', none: false, billing: true };
const inV2 = { builtin: '0', none: true, billing: false };
const v1Routes = [
  route('sip-reg', 'sip-reg', builtinType, null),
  route('pbx', 'pbx'),
  route('fax', 'fax', 'PSTN', '12065550100'),
  route('twice', 'twice'),
  route('other-kind', 'other-kind'),
  route('501', '501'),
  route('odd', 'odd', 'PRIVACY-PSTN', '1'),
];
const v2Routes = [
  route('0', 'sip-reg', builtinType, null),
  route('501', 'pbx'),
  route('502', 'fax', 'PSTN', '12065550100'),
  route('503', 'twice'),
  route('504', 'twice'),
  route('505', 'other-kind', 'URI'),
  route('506', 'odd', 'privacy-pstn', '1'),
];
const toV2: Translation = { from: inV1, to: { ...inV2, routes: v2Routes, at: 5_000 } };
const toV1: Translation = { from: inV2, to: { ...inV1, routes: v1Routes, at: 6_000 } };
const store = new MovingStore();
let folder: string;
const at = (name: string) => path.join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function file(
  name: string,
  migrations: typeof journalMigrations,
  fill: (database: Database) => void,
): string {
  const { database } = openDatabase(at(name), migrations);
  fill(database);
  closeDatabase(database);
  return at(name);
}
const journal = (name: string, fill: (database: Database) => void = () => undefined, routes = v1Routes) =>
  file(name, journalMigrations, (database) => {
    storeRoutes(database, routes);
    fill(database);
  });

type Item = readonly [
  number: string,
  before: readonly [string, string],
  to: readonly [string, string],
  more?: { keep?: number; status?: string; reason?: object; code?: string },
];

function plan(database: Database, phase: string, items: readonly Item[], kind = 'assign'): number {
  const head = { created_at: 1, kind, title: 'Set it', of_id: null, phase: 'draft' };
  const id = insertJob(database, 'plan', { ...head, checked_at: 7, already_right: 0 });
  for (const [number, before, to, { keep = 0, status = 'planned', reason = null, code = '' } = {}] of items)
    database
      .prepare(
        `INSERT INTO plan_item (plan_id, number, keep, before_primary, before_failover, to_primary, to_failover, flagged,
           status, reason, sent, reason_detail) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?)`,
      )
      .run(
        ...[id, number, keep, ...before, ...to, status, code],
        ...[status === 'planned' ? 0 : 1, JSON.stringify(reason)],
      );
  database.prepare('UPDATE plan SET phase = ? WHERE id = ?').run(phase, id);
  return id;
}

/** A list of numbers with their routes, read at 1,000; null for those that were not read. */
const list = (
  name: string,
  rows: readonly (readonly [string, (readonly [string, string])?])[],
  complete = true,
) =>
  file(name, numberMigrations, (database) => {
    const types = new Map([...v1Routes, ...v2Routes].map(({ key, type }) => [key, type]));
    const put = database.prepare("INSERT INTO number VALUES (?, ?, ?, ?, ?, 'METERED', 1000, 1, ?)");
    for (const [number, pair] of rows) {
      const sides = (pair ?? ['', '']).flatMap((key) => [key, key === '' ? '' : (types.get(key) ?? 'HOST')]);
      put.run(number, ...sides, pair ? null : 0);
    }
    database.prepare('UPDATE list_state SET total = ?, last_pass = 2').run(rows.length);
    if (complete) database.exec('INSERT INTO sync_pass (id, started_at, ended_at) VALUES (1, 900, 1000)');
    database.exec(
      "INSERT INTO sync_pass (id, started_at) VALUES (2, 1100); INSERT INTO sync_page VALUES (2, 1, 1, 0, 5, '200')",
    );
  });
const rowsOf = (name: string) =>
  dumpDatabase(at(name))['number']?.map((row) =>
    ['number', 'primary_name', 'primary_type', 'failover_name', 'failover_type', 'routes_at'].map(
      (column) => row[column],
    ),
  );
const itemsOf = (name: string) =>
  dumpDatabase(at(name))['plan_item']?.map((row) => [
    ...[
      row['number'],
      row['keep'],
      row['before_primary'],
      row['before_failover'],
      row['to_primary'],
      row['to_failover'],
    ],
  ]);

describe('keys of routes', () => {
  const keys = new RouteKeys({ ...inV1, routes: v1Routes }, toV2.to);

  test.each([
    ['pbx', 'primary', '501'],
    ['fax', 'failover', '502'],
    ['sip-reg', 'primary', '0'],
    ['sip-reg', 'failover', ''],
    ['gone', 'primary', formerKey('gone')],
    ['twice', 'primary', formerKey('twice')],
    ['other-kind', 'primary', formerKey('other-kind')],
    // A type that we do not know may be written in another way.
    ['odd', 'primary', '506'],
    // A name that is the id of another route in v2.
    ['501', 'primary', formerKey('501')],
    [formerKey('pbx'), 'primary', '501'],
  ] as const)('of v1 in v2: %s as %s', (key, side, other) => {
    expect(keys.of(key, side).key).toBe(other);
  });

  test('of v2 in v1: none is the built-in route, and an id without a route is told by its name', () => {
    const back = new RouteKeys({ ...inV2, routes: v2Routes }, toV1.to);
    expect(['0', '', '501', '502', '503'].map((key) => back.of(key, 'failover').key)).toEqual([
      ...['sip-reg', 'sip-reg', 'pbx', 'fax', 'twice'],
    ]);
    expect(back.of('999', 'primary')).toEqual({ key: formerKey('999'), type: '', lost: true });
  });

  test('people see the name of a route that is not found, and no key', () => {
    expect(new KnownRoutes(v2Routes).labelOf(formerKey('old-pbx'))).toBe('old-pbx');
    expect(new KnownRoutes(v2Routes).keyOf('old-pbx')).toBeNull();
  });
});

describe('the list', () => {
  test('names routes as v2 does; what is not found is not read yet, what may be none is read again soon', () => {
    list('list', [
      ['12065550101', ['pbx', 'fax']],
      ['12065550102', ['pbx', 'sip-reg']],
      ['12065550103', ['sip-reg', 'pbx']],
      ['12065550104', ['pbx', 'twice']],
      ['12065550105', ['gone', 'fax']],
      ['12065550106'],
      ['12065550107', ['odd', 'fax']],
    ]);
    expect(store.translate(journal('journal'), at('list'), toV2, null)).toEqual({ names: [], unread: 2 });
    expect(rowsOf('list')).toEqual([
      ['12065550101', '501', 'HOST', '502', 'PSTN', null],
      ['12065550102', '501', 'HOST', '0', builtinType, 1],
      ['12065550103', '0', builtinType, '501', 'HOST', 1],
      ['12065550104', '', '', '', '', 0],
      ['12065550105', '', '', '', '', 0],
      ['12065550106', '', '', '', '', 0],
      ['12065550107', '506', 'privacy-pstn', '502', 'PSTN', null],
    ]);
    expect(new Set(dumpDatabase(at('list'))['number']?.map(({ billing }) => billing))).toEqual(new Set(['']));
    const { sync_pass: passes, sync_page: pages } = dumpDatabase(at('list'));
    expect([passes?.map(({ id }) => id), pages]).toEqual([[1], []]);
  });

  test('goes back: none becomes the built-in route', () => {
    list('list', [
      ['12065550101', ['501', '']],
      ['12065550102', ['502', '0']],
      ['12065550103', ['', '501']],
    ]);
    store.translate(journal('journal', undefined, v2Routes), at('list'), toV1, null);
    expect(rowsOf('list')).toEqual([
      ['12065550101', 'pbx', 'HOST', 'sip-reg', builtinType, null],
      ['12065550102', 'fax', 'PSTN', 'sip-reg', builtinType, null],
      ['12065550103', 'sip-reg', builtinType, 'pbx', 'HOST', null],
    ]);
  });
});

describe('the journal', () => {
  test('plans that ended keep what they did, under the names of v2, and what is not found keeps its name', () => {
    journal('journal', (database) => {
      plan(database, 'done', [
        ['12065550101', ['pbx', 'sip-reg'], ['fax', 'pbx'], { status: 'done' }],
        ['12065550102', ['old-pbx', 'fax'], ['pbx', 'fax'], { status: 'done' }],
        [
          '12065550103',
          ['pbx', 'fax'],
          ['fax', 'fax'],
          { status: 'changed', code: 'elsewhere', reason: { primary: 'fax', failover: 'sip-reg' } },
        ],
      ]);
    });
    const entry = { at: 9, kind: 'account', text: 'A was moved', outcome: 'ok', numbers: [] } as const;
    expect(store.translate(at('journal'), null, toV2, entry)).toEqual({ names: ['old-pbx'], unread: 0 });
    expect(itemsOf('journal')).toEqual([
      ['12065550101', oneWord, '501', '', '502', '501'],
      ['12065550102', 0, formerKey('old-pbx'), '502', '501', '502'],
      ['12065550103', 0, '501', '502', '502', '502'],
    ]);
    const { plan_item: items, route: routes, stock, activity } = dumpDatabase(at('journal'));
    expect(items?.[2]?.['reason_detail']).toBe('{"primary":"502","failover":""}');
    expect(routes?.map(({ name }) => name)).toEqual(v2Routes.map(({ key }) => key));
    expect(stock).toMatchObject([{ name: 'routes', at: 5_000 }]);
    expect(activity).toMatchObject([{ text: 'A was moved', kind: 'account' }]);
  });

  test('a draft is to be compared again, without numbers that were to get what is not found', () => {
    let revision = 0;
    journal('journal', (database) => {
      const id = plan(database, 'draft', [
        ['12065550101', ['pbx', 'fax'], ['fax', 'fax']],
        ['12065550102', ['pbx', 'fax'], ['old-pbx', 'fax']],
        ['12065550103', ['old-pbx', 'fax'], ['old-pbx', 'pbx'], { keep: 1 }],
      ]);
      revision = journalStores(database).plans.plan(id)?.revision ?? 0;
    });
    store.translate(at('journal'), null, toV2, null);
    const { plan: plans, plan_problem: problems } = dumpDatabase(at('journal'));
    expect(plans).toMatchObject([
      { phase: 'draft', checked_at: null, waiting: 'account-changed', revision: revision + 1 },
    ]);
    // The side that is kept is what the carrier has, and what that was is not known before the comparison.
    expect(itemsOf('journal')).toEqual([
      ['12065550101', 0, '501', '502', '502', '502'],
      ['12065550103', 1 | 4, formerKey('old-pbx'), '502', formerKey('old-pbx'), '501'],
    ]);
    expect(problems).toMatchObject([
      {
        number: '12065550102',
        code: 'former-route-gone',
        detail: JSON.stringify({ route: formerKey('old-pbx') }),
      },
    ]);
  });

  test('there and back is what it was', () => {
    const filled = (database: Database) => {
      plan(database, 'done', [
        ['12065550101', ['pbx', 'sip-reg'], ['fax', 'pbx'], { status: 'done' }],
        ['12065550102', ['old-pbx', 'fax'], ['pbx', 'fax'], { status: 'done' }],
        ['12065550103', ['twice', 'sip-reg'], ['501', 'sip-reg'], { status: 'done' }],
      ]);
    };
    journal('journal', filled);
    const before = itemsOf('journal')?.map(([number, , ...pairs]) => [number, ...pairs]);
    store.translate(at('journal'), null, toV2, null);
    store.translate(at('journal'), null, toV1, null);
    expect(itemsOf('journal')?.map(([number, , ...pairs]) => [number, ...pairs])).toEqual(
      before?.map((row) => row.map((key) => (key === 'old-pbx' ? formerKey('old-pbx') : key))),
    );
  });

  test('an order keeps its routes, and one without any has none', () => {
    journal('journal', (database) => {
      const order = (primary: string, failover: string) =>
        insertJob(database, 'purchase_order', {
          ...{ created_at: 1, phase: 'done', primary_name: primary, failover_name: failover },
        });
      order('pbx', 'sip-reg');
      order('', '');
    });
    store.translate(at('journal'), null, toV2, null);
    const orders = () =>
      dumpDatabase(at('journal'))
        ['purchase_order']?.toSorted((a, b) => Number(a['ordinal']) - Number(b['ordinal']))
        .map((row) => [row['primary_name'], row['failover_name']]);
    expect(orders()).toEqual([
      ['501', ''],
      ['', ''],
    ]);
    store.translate(at('journal'), null, toV1, null);
    expect(orders()).toEqual([
      ['pbx', 'sip-reg'],
      ['', ''],
    ]);
  });

  test('a failure in the middle changes nothing', () => {
    journal('journal', (database) => {
      plan(database, 'done', [['12065550101', ['pbx', 'fax'], ['fax', 'pbx'], { status: 'done' }]]);
    });
    const before = dumpDatabase(at('journal'));
    const broken = [...v2Routes, { ...route('599', 'x'), type: null as unknown as string }];
    expect(() =>
      store.translate(at('journal'), null, { ...toV2, to: { ...toV2.to, routes: broken } }, null),
    ).toThrow();
    expect(dumpDatabase(at('journal'))).toEqual(before);
  });

  test('the first job that has not ended is named, also one that only waits', () => {
    const made = (name: string, phase: string) => journal(name, (database) => void plan(database, phase, []));
    expect(store.openJob(made('a', 'done'))).toBeNull();
    expect(store.openJob(made('b', 'draft'))).toBeNull();
    expect(store.openJob(made('c', 'paused'))).toBe('Change 1');
  });
});

test('a side that is the built-in route or none is what the number has of both; a primary is never left as none', () => {
  const change = {
    keep: oneWord,
    before: { primary: '0', failover: '' },
    to: { primary: '0', failover: '' },
  };
  const now = { primary: '', failover: '0' };
  expect(withClearSides(change, now, '0')).toMatchObject({
    before: now,
    to: { primary: '0', failover: '0' },
  });
  expect(withClearSides(change, { primary: '501', failover: '502' }, '0')).toEqual(change);
  expect(withClearSides({ ...change, keep: 0 }, now, '0')).toEqual({ ...change, keep: 0 });
});

describe('two accounts that may be one', () => {
  const numbers = (count: number, from = 0) =>
    Array.from({ length: count }, (_, place) => [`1206555${String(from + place).padStart(4, '0')}`] as const);
  const own = (...names: string[]) => [
    route('sip-reg', 'sip-reg', builtinType, null),
    ...names.map((name) => route(name, name)),
  ];
  const account = (
    name: string,
    held: ReturnType<typeof numbers>,
    routes: readonly Route[],
    complete = true,
  ) => ({
    journal: journal(`${name}.journal`, undefined, [...routes]),
    list: list(`${name}.list`, held, complete),
  });
  const same = (one: Parameters<typeof compareLists>[0], other: Parameters<typeof compareLists>[0]) =>
    isOneAccount(compareLists(one, other));

  test.each([
    ['the same numbers and routes', numbers(10), numbers(10), own('pbx'), own('pbx'), true],
    ['one of few numbers differs', numbers(10), numbers(10, 1), own('pbx'), own('pbx'), false],
    [
      'a few of many differ, as lists of two times do',
      numbers(100),
      numbers(98, 1),
      own('pbx'),
      own('pbx'),
      true,
    ],
    ['other routes', numbers(10), numbers(10), own('pbx'), own('sbc'), false],
    ['no numbers on both sides', numbers(0), numbers(0), own('pbx'), own('pbx'), false],
    [
      'one number that went from one to the other, and no routes',
      numbers(1),
      numbers(1),
      own(),
      own(),
      false,
    ],
    ['three numbers and no routes', numbers(3), numbers(3), own(), own(), true],
    ['one number with a route', numbers(1), numbers(1), own('pbx'), own('pbx'), true],
  ])('%s', (_, ours, theirs, ourRoutes, theirRoutes, is) => {
    expect(same(account('a', ours, ourRoutes), account('b', theirs, theirRoutes))).toBe(is);
  });

  test('routes are the same by name, type and value, whatever they are keyed by', () => {
    const v2 = [route('0', 'sip-reg', builtinType, null), route('501', 'pbx')];
    expect(same(account('a', numbers(10), own('pbx')), account('b', numbers(10), v2))).toBe(true);
    const moved = [
      route('0', 'sip-reg', builtinType, null),
      route('501', 'pbx', 'HOST', 'elsewhere.example'),
    ];
    expect(same(account('c', numbers(10), own('pbx')), account('d', numbers(10), moved))).toBe(false);
  });

  test('a list that was never read to its end, or is not there, says nothing', () => {
    const whole = account('a', numbers(10), own('pbx'));
    expect(same(whole, account('b', numbers(10), own('pbx'), false))).toBe(false);
    expect(same(whole, { ...whole, list: at('none') })).toBe(false);
    const [one, other] = [account('c', numbers(10), []), account('d', numbers(10), [])];
    expect(same(one, other)).toBe(false);
  });
});

test('a move says what was not found, in the singular and in the plural', () => {
  const moved = { id: 'a', label: 'West', api: 'v2', names: [], unread: 0 } as const;
  expect(movedWords(moved)).toBe('West uses API v2 now. Everything that was kept of it is still here.');
  expect(movedWords({ ...moved, names: ['pbx'], unread: 1 })).toMatch(
    /1 route of .* under its name.*: pbx\. .*1 number are/,
  );
  expect(movedWords({ ...moved, names: ['a', 'b', 'c', 'd', 'e', 'f', 'g'], unread: 1200 })).toMatch(
    /7 routes .* their names.*: a, b, c, d, e, and 2 more\. .* 1,200 numbers are/,
  );
});
