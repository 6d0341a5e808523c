import { cpSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readWindowState } from '../../src-main/desktop/window-state.ts';
import { dumpFolder, type Row, type Tables } from '../fixtures/dump.ts';
import { memoryKeychain, startApplication, temporaryFolder, type RunningApplication } from './app-rig.ts';
import { openRecord } from './journal-rows.ts';
import { some } from '../support/some.ts';

/**
 * Data folders of 0.1.0, opened by the code of today: every row is still there. Only what ran when the process was killed is
 * different afterwards, as every start makes it: it waits, and what was being sent is not known.
 */
const fixtures = path.resolve(import.meta.dirname, '../fixtures/0.1.0');
type Folder = Record<string, Tables>;
const expected = JSON.parse(readFileSync(path.join(fixtures, 'expected.json'), 'utf8')) as {
  rich: Folder;
  stopping: Folder;
};
const everything = { sort: { column: 'number', direction: 'asc' }, text: '', offset: 0, limit: 500 } as const;

let folder: ReturnType<typeof temporaryFolder>;
let app: RunningApplication | null = null;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  await close();
  folder.remove();
});

/** Opens a copy of a fixture. The keychain is empty: nothing is asked of a carrier that is not there. */
async function open(name: 'rich' | 'stopping'): Promise<RunningApplication> {
  cpSync(path.join(fixtures, name), folder.path, { recursive: true });
  app = await startApplication(folder.path, memoryKeychain());
  return app;
}

async function close(): Promise<void> {
  await app?.application.close();
  app = null;
}

const readJson = (name: string) => JSON.parse(readFileSync(path.join(folder.path, name), 'utf8')) as unknown;
const accounts = () =>
  readJson('accounts.json') as { accounts: { id: string; label: string }[]; former: { id: string }[] };
const journalOf = (name: keyof typeof expected, id = '') => expected[name][`accounts/${id}/journal.db`] ?? {};

type Names = Readonly<Record<'order' | 'plan' | 'called', ReadonlyMap<unknown, unknown>>>;

/**
 * Ids of orders and of plans in a dumped journal, by what the same order or plan was called in 0.1.0; and what the record of activity
 * calls each today.
 */
function names(before: Tables, after: Tables): Names {
  const by = (column: string) => (a: Row, b: Row) => Number(a[column]) - Number(b[column]);
  const pairs = (table: string) => {
    const were = (before[table] ?? []).toSorted(by('id'));
    const are = (after[table] ?? []).toSorted(by('ordinal'));
    return new Map(are.map((row, place) => [row['id'], were[place]?.['id']]));
  };
  const plans = after['plan'] ?? [];
  const titleOf = ({ kind, title, of_id: of }: Row) =>
    title ||
    `${kind === 'undo' ? 'Undo' : 'Rest'} of Change ${plans.find(({ id }) => id === of)?.['ordinal']}`;
  const called = new Map([
    ...(after['purchase_order'] ?? []).map(({ id, ordinal }) => [id, `Order ${ordinal}`] as const),
    ...plans.map((plan) => [plan['id'], `Change ${plan['ordinal']} (${titleOf(plan)})`] as const),
  ]);
  return { order: pairs('purchase_order'), plan: pairs('plan'), called };
}

/** A row of today in the columns and with the ids it had in 0.1.0. */
function asBefore(table: string, row: Row, like: Row, { order, plan, called }: Names): Row {
  const known = Object.fromEntries(Object.keys(like).map((column) => [column, row[column] ?? null]));
  // A sentence is the data of the code "text" since.
  for (const column of ['waiting', 'reason'])
    if (known[column] === 'text') known[column] = JSON.parse(String(row[`${column}_detail`])) as string;
  if (table === 'purchase_order') known['id'] = order.get(row['id']) as number;
  if (table === 'plan') known['id'] = plan.get(row['id']) as number;
  // A sentence of before is the detail of a reason that has no code of its own.
  if (table === 'plan_problem' && row['code'] === 'text')
    known['text'] = JSON.parse(String(row['detail'])) as string;
  // An entry goes on after the name of what it is about.
  if (table === 'activity' && row['about_id'] !== null)
    known['text'] = `${called.get(row['about_id'])}${row['text']}`;
  if ('order_id' in known) known['order_id'] = order.get(row['order_id']) as number;
  if ('plan_id' in known) known['plan_id'] = plan.get(row['plan_id']) as number;
  return known;
}

/** What a start makes of a row that a killed process left behind. */
function afterStart(table: string, row: Row, before: Tables): Row {
  const open = (found: Row | undefined) => found?.['phase'] === 'running' || found?.['phase'] === 'stopping';
  const jobs = table === 'purchase_order' || table === 'plan';
  if (jobs && open(row)) return { ...row, phase: 'paused', waiting: expect.any(String) as unknown as string };
  // An order that waits for a look-up says anew why.
  const unknown = (before['order_item'] ?? []).some(
    (item) => item['order_id'] === row['id'] && item['status'] === 'unknown',
  );
  if (table === 'purchase_order' && row['phase'] === 'paused' && unknown)
    return { ...row, waiting: expect.any(String) as unknown as string };
  // What a change was called by its id is called by its ordinal.
  const change = (id: string) =>
    (before['plan'] ?? []).filter((plan) => Number(plan['id']) <= Number(id)).length;
  if (table === 'plan' && (row['kind'] === 'undo' || row['kind'] === 'again')) return { ...row, title: '' };
  if (table === 'activity') {
    const text = String(row['text']).replace(
      /(Plan|plan) (\d+)/g,
      (_, __, id: string) => `Change ${change(id)}`,
    );
    return { ...row, text };
  }
  if ((table === 'order_item' || table === 'plan_item') && row['status'] === 'sending')
    return { ...row, status: 'unknown' };
  // What was being stopped gives up the rest.
  const stopping = (jobTable: string, key: string) =>
    (before[jobTable] ?? []).some((job) => job['id'] === row[key] && job['phase'] === 'stopping');
  if (table === 'order_item' && row['status'] === 'planned' && stopping('purchase_order', 'order_id'))
    return { ...row, status: 'refused', reason: 'stopped' };
  if (table === 'plan_item' && row['status'] === 'planned' && stopping('plan', 'plan_id'))
    return { ...row, status: 'left' };
  return row;
}

/** In an order that the ids of today have no part in. */
function sorted(rows: readonly Row[]): Row[] {
  const key = (row: Row) =>
    ['order_id', 'plan_id', 'id', 'line', 'number', 'name', 'text', 'tag', 'part']
      .map((column) => String(row[column] ?? '').padStart(20))
      .join(' ');
  return [...rows].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Every row of before is there, and no other but new entries of the activity. */
function expectWhole(before: Folder, after: Folder): void {
  expect(Object.keys(after)).toEqual(Object.keys(before));
  for (const [file, tables] of some(Object.entries(before))) {
    const now = after[file] ?? {};
    const ids = names(tables, now);
    for (const [table, [like = {}, ...others]] of some(
      Object.entries(tables).filter(([, rows]) => rows.length > 0),
    )) {
      const rows = [like, ...others];
      const found = (now[table] ?? []).map((row) => asBefore(table, row, like, ids));
      const wanted = rows.map((row) => afterStart(table, row, tables));
      const kept = table === 'activity' ? found.slice(0, rows.length) : found;
      expect(sorted(kept), `${file} ${table}`).toEqual(sorted(wanted));
    }
  }
}

test('a rich folder of 0.1.0 opens with every row of it', async () => {
  const { call } = await open('rich');
  const before = accounts();
  for (const { id } of before.accounts) {
    await call('accounts.switch', { id });
    await call('orders.list', { offset: 0, limit: 99 });
    await call('plans.list', { offset: 0, limit: 1 });
    await call('numbers.query', everything);
  }
  await close();
  // Nobody signs in to the third one: its file is opened as the application opens it.
  for (const { id } of before.former)
    await openRecord(path.join(folder.path, 'accounts', id, 'journal.db')).close();
  expectWhole(expected.rich, dumpFolder(folder.path));
  expect(readdirSync(folder.path, { recursive: true }).join()).not.toMatch(/corrupt|damaged/);
});

test('what the window shows of it is what was there', async () => {
  const { call } = await open('rich');
  const [main, branch] = accounts().accounts;
  const view = await call('accounts.get', {});
  expect(view.accounts.map(({ id, label }) => ({ id, label }))).toEqual(
    accounts().accounts.map(({ id, label }) => ({ id, label })),
  );
  expect(view.currentId).toBe(main?.id);
  const { version, ...settings } = JSON.parse(
    readFileSync(path.join(fixtures, 'rich/settings.json'), 'utf8'),
  ) as Record<string, unknown>;
  expect(version).toBe(1);
  expect(await call('settings.get', {})).toMatchObject(settings);
  expect(await call('app.notices', {})).toEqual([]);
  const journal = journalOf('rich', main?.id);
  const list = expected.rich[`accounts/${main?.id}/numbers.db`]?.['number'] ?? [];
  expect((await call('tags.names', {})).length).toBe(
    new Set(journal['tag']?.map((row) => String(row['tag']).toLowerCase())).size,
  );
  await call('orders.list', { offset: 0, limit: 99 });
  const { rows, matching } = await call('numbers.query', everything);
  expect(matching).toBe(list.length);
  expect(rows.map(({ number, primary, failover }) => [number, primary, failover])).toEqual(
    list.map((row) => [row['number'], row['primary_name'], row['failover_name']]),
  );
  expect(rows.filter((row) => row.tags !== '').length).toBe(
    new Set(journal['tag']?.map((row) => row['number'])).size,
  );
  expect(rows.filter((row) => row.monthly !== null).length).toBe(
    (journal['learned'] ?? []).filter((row) => list.some((one) => one['number'] === row['number'])).length,
  );
  const cart = await call('cart.get', {});
  expect([cart.count, cart.gone, cart.repriced]).toEqual([journal['cart']?.length, 1, 1]);
  expect((await call('find.searches', {})).map(({ text }) => text).sort()).toEqual(
    journal['search']?.map((row) => row['text']).sort(),
  );
  const { orders } = await call('orders.list', { offset: 0, limit: 99 });
  expect(orders.map(({ phase }) => phase)).toEqual([...Array(4).fill('paused'), ...Array(4).fill('done')]);
  expect(orders.map(({ counts }) => counts.unknown)).toEqual([1, 0, 1, 0, 1, 0, 0, 0]);
  expect(orders.map(({ ordinal }) => ordinal)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
  const { plans, total } = await call('plans.list', { offset: 0, limit: 50 });
  expect(total).toBe(journal['plan']?.length);
  expect(plans.map(({ ordinal }) => ordinal)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  expect(plans.map(({ title }) => title).filter((title) => title.includes('Change'))).toEqual([
    'Rest of Change 3',
    'Undo of Change 1',
  ]);
  expect(plans.map(({ phase }) => phase).sort()).toEqual([
    ...Array(4).fill('done'),
    ...Array(3).fill('draft'),
    ...Array(2).fill('paused'),
  ]);
  expect((await call('activity.list', { text: '', offset: 0, limit: 1 })).total).toBeGreaterThanOrEqual(
    journal['activity']?.length ?? 0,
  );
  await call('accounts.switch', { id: branch?.id ?? '' });
  expect(
    (await call('orders.list', { offset: 0, limit: 99 })).orders.map(({ counts }) => counts.bought),
  ).toEqual([3]);
  expect((await call('numbers.query', everything)).matching).toBe(
    expected.rich[`accounts/${branch?.id}/numbers.db`]?.['number']?.length,
  );
  expect(readWindowState(path.join(folder.path, 'window.json')).bounds).toEqual(
    (readJson('window.json') as { bounds: object }).bounds,
  );
});

test('an order and a change of routes that were being stopped when 0.1.0 was killed wait, whole', async () => {
  const { call } = await open('stopping');
  const [order] = (await call('orders.list', { offset: 0, limit: 99 })).orders;
  expect(order).toMatchObject({ phase: 'paused', stopped: true, counts: { bought: 1, unknown: 1 } });
  const { plans } = await call('plans.list', { offset: 0, limit: 5 });
  const items = journalOf('stopping', accounts().accounts[0]?.id)['plan_item'] ?? [];
  const were = (status: string) => items.filter((item) => item['status'] === status).length;
  const killed = { done: were('done'), unknown: were('sending') };
  expect(killed.unknown).toBeGreaterThan(0);
  expect(plans[0]).toMatchObject({ phase: 'paused', counts: killed });
  await close();
  expectWhole(expected.stopping, dumpFolder(folder.path));
});
