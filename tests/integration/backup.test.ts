import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dumpFolder } from '../fixtures/dump.ts';
import { backUp, look } from './backup-steps.ts';
import { BuyRig, until } from './buy-rig.ts';
import { memoryKeychain, startApplication, temporaryFolder, type RunningApplication } from './app-rig.ts';
import { some } from '../support/some.ts';

let rig: BuyRig;
let folder: ReturnType<typeof temporaryFolder>;
let second: RunningApplication | null;

beforeEach(async () => {
  rig = await BuyRig.start({ secretKey: 'canary-77e1c2' });
  folder = temporaryFolder();
  second = null;
});
afterEach(async () => {
  await second?.application.close();
  await rig.close();
  folder.remove();
});

/** Another computer: an application on an empty folder. */
async function otherComputer(keychain = memoryKeychain()): Promise<RunningApplication> {
  second = await startApplication(folder.path, keychain);
  return second;
}

const left = () => readdirSync(folder.path).filter((name) => name === 'transfer');

test('another computer gets everything but keys; an order that was open there buys nothing here', async () => {
  // One number after the other, so that it is known which of them were asked for.
  await rig.quit();
  await rig.launch({ lanes: 1 });
  await rig.app.status((status) => status.completedAt !== null);
  const { app } = rig;
  const done = await rig.begin(2);
  await rig.ended(done.id, ['done']);
  await app.call('tags.change', {
    source: { kind: 'numbers', numbers: done.numbers },
    add: ['vip'],
    remove: [],
  });
  await app.call('settings.set', { numberFormat: 'digits', quickShortcut: 'Alt+F1' });
  // An order of four: one bought, one whose answer was lost, two that were never asked for.
  const { account } = rig.sandbox;
  const own = account.own.bind(account);
  account.own = (...bought) => {
    own(...bought);
    rig.sandbox.setFaults(['purchase:cut-after:1', 'details:504:1']);
  };
  const open = await rig.begin(4);
  const here = await rig.ended(open.id, ['paused']);
  expect(here.counts).toMatchObject({ bought: 1, unknown: 1, planned: 2 });
  expect(rig.bought()).toHaveLength(4);
  account.own = own;
  const file = await backUp(app);
  rig.sandbox.setFaults([]);

  const text = gunzipSync(file.subarray(85)).toString('latin1');
  for (const form of ['canary-77e1c2', Buffer.from('canary-77e1c2').toString('base64').slice(0, 14)])
    expect(text.includes(form)).toBe(false);

  const other = await otherComputer();
  const { id, preview } = await look(other, file);
  expect(preview).toMatchObject({
    accounts: [
      {
        label: 'A',
        state: 'new',
        overlaps: { order: { here: 0, there: 2, both: 0 }, tags: { here: 0, there: 2, both: 0 } },
        unfinished: { order: { jobs: 1, unsent: 2, unclear: 1 } },
      },
    ],
    settings: expect.arrayContaining([{ name: 'numberFormat', here: 'national', there: 'digits' }]),
    replaceRefused: null,
  });
  // A shortcut is about the computer it was set on.
  expect(preview.settings.map(({ name }) => name)).not.toContain('quickShortcut');
  await other.call('restore.apply', { id, way: 'replace' });
  expect(left()).toEqual(['transfer']);
  expect(readdirSync(path.join(folder.path, 'transfer'))).toEqual([]);
  const { accounts, currentId } = await other.call('accounts.get', {});
  expect(accounts).toMatchObject([{ label: 'A', accessKey: rig.sandbox.accessKey, keys: 'missing' }]);
  expect(await other.call('settings.get', {})).toMatchObject({
    numberFormat: 'digits',
    orderLimit: 10_000_000,
  });

  const calls = rig.sandbox.calls().length;
  const [opened] = (await other.call('orders.list', { offset: 0, limit: 99 })).orders;
  expect(opened).toMatchObject({
    id: open.id,
    phase: 'paused',
    stopped: true,
    counts: { planned: 0, sending: 0 },
  });
  expect((await other.call('cart.items', { offset: 0, limit: 10 })).total).toBe(2);
  await expect(other.call('orders.resume', { id: open.id })).rejects.toMatchObject({ code: 'signed-out' });
  expect(rig.sandbox.calls()).toHaveLength(calls);

  const keys = { accessKey: rig.sandbox.accessKey, secretKey: rig.sandbox.secretKey };
  await other.call('accounts.replaceKeys', { id: currentId ?? '', ...keys, remember: 'session' });
  await other.status((status) => status.completedAt !== null);
  await other.call('orders.resume', { id: open.id });
  const rested = await until(
    () => other.call('orders.get', { id: open.id }),
    (order) => order.phase === 'done',
  );
  // What was bought without an answer is found, and nothing was bought by looking.
  expect(rested.counts).toMatchObject({ unknown: 0, bought: 2 });
  expect(rig.bought()).toHaveLength(4);

  // Both go on with the rest: the first one by its order, this one by a review of its cart. Nothing is bought twice.
  await other.call('settings.set', { orderLimit: 10_000_000 });
  const { token, count } = await other.call('orders.review', {});
  const begun = await other.call('orders.buy', { token, typedCount: null, routes: null });
  await app.call('orders.resume', { id: open.id });
  const ended = await until(
    () => other.call('orders.get', { id: begun.id }),
    (order) => order.phase !== 'running',
  );
  await rig.ended(open.id);
  expect(count).toBe(2);
  expect([ended.phase, new Set(rig.bought()).size]).toEqual(['done', rig.bought().length]);
  expect(rig.bought()).toHaveLength(6);
});

test('merging twice doubles nothing, and an order is named by a number that is free', async () => {
  const done = await rig.begin(1);
  await rig.ended(done.id, ['done']);
  // The activity tells of the end once that is written down.
  const told = { text: 'order:1 "is done"', offset: 0, limit: 10 };
  await until(
    () => rig.app.call('activity.list', told),
    ({ entries }) => entries.length > 0,
  );
  const file = await backUp(rig.app);
  const other = await otherComputer();
  const { accessKey, secretKey, url: baseUrl } = rig.sandbox;
  const account = { label: 'Mine', accessKey, secretKey, baseUrl, remember: 'session' } as const;
  const { id: mine } = await other.call('accounts.signIn', account);
  await other.status((status) => status.completedAt !== null);
  const { rows } = await other.call('numbers.query', {
    ...{ text: '', sort: { column: 'number', direction: 'asc' }, offset: 0, limit: 1 },
  });
  const [number = ''] = rows.map((row) => row.number);
  await other.call('tags.change', {
    source: { kind: 'numbers', numbers: [number] },
    add: ['own'],
    remove: [],
  });
  for (const orders of [0, 1]) {
    const { id, preview } = await look(other, file);
    expect(preview.accounts).toMatchObject([
      { label: 'A', state: 'here', overlaps: { order: { here: orders, both: orders } } },
    ]);
    expect(await other.call('restore.apply', { id, way: 'merge' })).toEqual({
      ...{ accounts: 1, keptAs: 'journal.db.before-restore' },
    });
    const view = await other.call('accounts.get', {});
    // The account is the one of this computer: its name, its id, and its keys.
    expect(view.accounts).toMatchObject([{ id: mine, label: 'Mine', keys: 'session' }]);
  }
  expect((await other.call('orders.list', { offset: 0, limit: 99 })).orders).toMatchObject([
    { id: done.id, ordinal: 1, counts: { bought: 1 } },
  ]);
  expect((await other.call('tags.names', {})).map(({ name }) => name)).toEqual(['own']);
  const { entries } = await other.call('activity.list', told);
  expect(entries).toHaveLength(1);
  // The next start finds everything as it was left: nothing of it is taken for damage.
  const noticed = await other.call('app.notices', {});
  await other.application.close();
  const again = await otherComputer();
  await again.call('orders.list', { offset: 0, limit: 99 });
  const notices = [...noticed, ...(await again.call('app.notices', {}))];
  expect(notices.filter(({ kind }) => kind === 'warning')).toEqual([]);
});

test('nothing is restored while an order runs, after something changed, or over what is not settled', async () => {
  const { app } = rig;
  const file = await backUp(app);
  const first = await look(app, file);
  await app.call('tags.change', {
    ...{ source: { kind: 'query', text: '' }, add: ['late'], remove: [] },
  });
  const apply = (id: string, way: 'merge' | 'replace') => app.call('restore.apply', { id, way });
  await expect(apply(first.id, 'merge')).rejects.toMatchObject({
    message: expect.stringContaining('changed here since'),
  });
  const during = await look(app, file);
  rig.sandbox.setFaults(['purchase:latency:1:1500']);
  const { id } = await rig.begin(2);
  await expect(apply(during.id, 'merge')).rejects.toMatchObject({
    message: expect.stringContaining('is running'),
  });
  await app.call('orders.pause', { id });
  await rig.ended(id, ['paused']);
  const over = await look(app, file);
  expect(over.preview.replaceRefused).toMatch(/A has an order here that is not settled/);
  await expect(apply(over.id, 'replace')).rejects.toMatchObject({ code: 'rejected' });
  expect(await app.call('orders.get', { id })).toMatchObject({ phase: 'paused' });
  expect((await app.call('tags.names', {})).map(({ name }) => name)).toEqual(['late']);
});

test('a damaged, foreign or newer file changes nothing', async () => {
  const file = await backUp(rig.app);
  const other = await otherComputer();
  await other.call('settings.set', { density: 'compact' });
  const kept = () => ['accounts.json', 'settings.json'].map((name) => readOr(path.join(folder.path, name)));
  const before = kept();
  const damaged = Buffer.from(file);
  damaged[file.length >> 1] = (damaged[file.length >> 1] ?? 0) ^ 1;
  for (const [bytes, code] of [
    [damaged, 'invalid-input'],
    [file.subarray(0, -5), 'invalid-input'],
    [Buffer.from('number,primary\n12065550101,fax\n'.repeat(9)), 'invalid-input'],
    [Buffer.from(file.toString('latin1').replace('backup 1', 'backup 7'), 'latin1'), 'storage-newer'],
  ] as const) {
    const { id } = await other.call('restore.begin', {});
    await other.call('restore.add', { id, offset: 0, base64: bytes.toString('base64').slice(0, 240_000) });
    await expect(other.call('restore.preview', { id })).rejects.toMatchObject({ code });
    await expect(other.call('restore.apply', { id, way: 'replace' })).rejects.toMatchObject({
      code: 'rejected',
    });
    await other.call('restore.end', { id });
  }
  const { id } = await other.call('restore.begin', {});
  await expect(other.call('restore.add', { id, offset: 7, base64: 'AAAA' })).rejects.toMatchObject({
    code: 'invalid-input',
  });
  expect(kept()).toEqual(before);
  expect(existsSync(path.join(folder.path, 'accounts'))).toBe(false);
});

test('a backup of a folder of 0.1.0 restores whole: every tag, cost, search, order and change', async () => {
  const fixture = path.resolve(import.meta.dirname, '../fixtures/0.1.0/rich');
  const old = temporaryFolder();
  cpSync(fixture, old.path, { recursive: true });
  const was = dumpFolder(old.path);
  const first = await startApplication(old.path, memoryKeychain());
  const file = await backUp(first);
  await first.application.close();
  old.remove();
  const other = await otherComputer();
  const { id, preview } = await look(other, file);
  expect(preview.accounts).toHaveLength(3);
  await other.call('restore.apply', { id, way: 'merge' });
  await other.application.close();
  second = null;
  const is = dumpFolder(folder.path);
  const journals = Object.keys(was).filter((name) => name.endsWith('journal.db'));
  expect(
    Object.keys(is)
      .filter((name) => name.endsWith('journal.db'))
      .sort(),
  ).toEqual(journals.sort());
  for (const name of some(journals)) {
    for (const table of ['tag', 'learned', 'search', 'stock', 'plan_row', 'activity_part'])
      expect(is[name]?.[table]?.length, `${name} ${table}`).toBe(was[name]?.[table]?.length);
    for (const table of ['purchase_order', 'order_item', 'plan', 'plan_item'])
      expect(is[name]?.[table]?.length, `${name} ${table}`).toBe(was[name]?.[table]?.length);
    expect(is[name]?.['tag']).toEqual(was[name]?.['tag']);
    expect(is[name]?.['learned']).toEqual(was[name]?.['learned']);
  }
});

function readOr(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
