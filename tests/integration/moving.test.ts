import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Failure } from '../../src-main/contract/errors.ts';
import type { PlanView } from '../../src-main/contract/routing.ts';
import { files } from '../../src-main/platform/files.ts';
import { dumpDatabase } from '../fixtures/dump.ts';
import { some } from '../support/some.ts';
import { filesWith, startApplication, temporaryFolder } from './app-rig.ts';
import { backUp, look } from './backup-steps.ts';
import { BuyRig, until } from './buy-rig.ts';

const secret = 'canary-4b81f0';
const sort = { column: 'number', direction: 'asc' } as const;
const options = { owned: 60, available: 4000, routes: 6, seed: 21, secretKey: secret };
let rig: BuyRig;

beforeEach(async () => {
  rig = await BuyRig.start(options);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rig.close();
});

const kinds = async () => (await rig.app.call('accounts.get', {})).accounts.map(({ kind }) => kind);
const v2Calls = () => rig.sandbox.ledger().classes.v2;
const truth = () => {
  const { account } = rig.sandbox;
  return Array.from({ length: account.ownedCount }, (_, place) =>
    [account.ownedAt(place), ...account.pairAt(place)].join(' '),
  ).sort();
};
/** What is shown; without a real failover both APIs have another word. */
const shown = async () => {
  const { rows } = await rig.app.call('numbers.query', { text: '', sort, offset: 0, limit: 500 });
  return rows.map(({ number, primary, failover }) => `${number} ${primary} ${failover || 'sip-reg'}`);
};
const move = (api: 'v1' | 'v2' = 'v2') => rig.app.call('accounts.move', { id: rig.account.id, api });
const compared = ({ checking, checkedAt, waiting }: PlanView) =>
  checking === null && (checkedAt !== null || waiting?.code === 'not-compared');

async function draft(count: number, primary: string, failover: string): Promise<PlanView> {
  const { numbers } = await rig.app.call('numbers.matching', { text: '', sort, limit: count });
  const change = { primary: { route: primary }, failover: { route: failover } };
  const { id } = await rig.app.call('plans.draft', {
    source: { kind: 'numbers', numbers: [...numbers], change },
  });
  return planOnce(id, compared);
}
const planOnce = (id: number, ready: (plan: PlanView) => boolean) =>
  until(() => rig.app.call('plans.get', { id }), ready);
async function apply(id: number): Promise<PlanView> {
  await rig.app.applyPlan(id);
  return planOnce(id, ({ phase }) => phase === 'done' || phase === 'paused');
}
const folderOf = () => path.join(rig.folder.path, 'accounts', rig.account.id);

describe('an account that moves from v1 to v2', () => {
  test('keeps everything, and what was done before can be undone after it', async () => {
    const before = truth();
    const { numbers } = await rig.begin(2, { primary: 'sbc-east', failover: 'sip-reg' });
    await until(
      () => rig.app.call('orders.list', { offset: 0, limit: 9 }),
      ({ orders }) => orders[0]?.phase === 'done',
    );
    await rig.app.call('tags.change', { source: { kind: 'numbers', numbers }, add: ['vip'], remove: [] });
    await rig.fillCart(1);
    const done = await apply((await draft(20, 'sbc-east', 'sip-reg')).id);
    expect(done.counts.done).toBeGreaterThan(0);
    const open = await draft(5, 'main-office', 'sbc-east');
    const lost = await rig.app.call('activity.list', { text: '', offset: 0, limit: 100 });
    // The secret has not left so far.
    expect(v2Calls()).toEqual({});

    const moved = await move();
    expect(moved).toMatchObject({ api: 'v2', names: [], unread: 0 });
    expect(await kinds()).toEqual(['flowroute-v2']);
    const { accounts } = await rig.app.call('accounts.get', {});
    expect(accounts[0]).toMatchObject({ keys: 'keychain', features: { listTellsRoutes: false } });
    expect(v2Calls()['listRoutes']).toBeGreaterThan(0);

    await rig.app.status((status) => status.completedAt !== null);
    const tagged = await until(
      () => rig.app.call('numbers.query', { text: 'tag:vip', sort, offset: 0, limit: 9 }),
      ({ matching, cost }) => matching === 2 && cost.known === 2,
    );
    expect(tagged.rows.map(({ number }) => number)).toEqual(numbers.toSorted());
    expect(await rig.cartItems()).toHaveLength(1);
    expect((await rig.app.call('orders.list', { offset: 0, limit: 9 })).orders).toHaveLength(1);
    const record = await rig.app.call('activity.list', { text: '', offset: 0, limit: 100 });
    expect(record.entries.map(({ text }) => text)).toEqual(
      expect.arrayContaining(lost.entries.map(({ text }) => text)),
    );
    const moves = async () => (await rig.activity()).filter((text) => text.includes('was moved'));
    expect(await moves()).toEqual(['A was moved from API v1 to API v2']);
    await until(shown, (rows) => rows.join() === truth().join());

    // What was a guess is no change that somebody made.
    expect((await draft(30, 'sbc-west', 'sbc-east')).flagged).toBe(0);

    // A draft of before has to be compared again, and then it is applied.
    expect(await rig.app.call('plans.get', { id: open.id })).toMatchObject({
      ...{ phase: 'draft', checkedAt: null, waiting: { code: 'account-changed' } },
    });
    const middle = truth();
    await rig.app.call('plans.check', { id: open.id });
    await planOnce(open.id, compared);
    expect(await apply(open.id)).toMatchObject({ phase: 'done', counts: { failed: 0, changed: 0 } });
    const after = truth();
    expect(after).not.toEqual(middle);

    // Both changes are taken back, the one of v1 too, to the exact pairs of before.
    for (const plan of [open.id, done.id]) {
      const undo = await rig.app.call('plans.draft', { source: { kind: 'undo', plan } });
      await planOnce(undo.id, compared);
      const { problems } = await rig.app.call('plans.problems', { id: undo.id, offset: 0, limit: 99 });
      expect(problems).toEqual([]);
      expect(await apply(undo.id)).toMatchObject({ phase: 'done', counts: { failed: 0, changed: 0 } });
    }
    expect(truth().filter((line) => !numbers.some((number) => line.startsWith(number)))).toEqual(before);
    expect(filesWith(rig.folder.path, secret)).toEqual([]);
    expect(rig.app.told.join()).not.toContain(secret);

    await rig.quit();
    await rig.launch();
    expect(await kinds()).toEqual(['flowroute-v2']);
    await rig.app.status((status) => status.completedAt !== null);
    expect(await moves()).toHaveLength(1);
    // Nothing is told as changed because another API tells it.
    expect((await rig.activity('kind:sync')).filter((text) => /[1-9]\d* changed/.test(text))).toEqual([]);
    expect(existsSync(path.join(folderOf(), 'journal.db.before-move'))).toBe(true);
  });

  test('says which route is not there by its name, and leaves its numbers to be read', async () => {
    const { account } = rig.sandbox;
    const done = await apply((await draft(10, 'sbc-east', 'main-office')).id);
    const first = (await rig.app.call('numbers.matching', { text: '', sort, limit: 1 })).numbers[0] ?? '';
    await rig.quit();
    // The route is called otherwise by now: v1's list of before has the old name.
    const record = [...account.routes.records()].find(({ alias }) => alias === 'sbc-east');
    if (!record) throw new Error('the sandbox has no such route');
    account.routes.edit({ ...record, alias: 'sbc-new' });
    rig.sandbox.setFaults(['owned:503:1', 'details:503:1']);
    await rig.launch();
    await until(
      () => rig.app.call('accounts.get', {}),
      ({ accounts }) => accounts[0]?.keys === 'keychain',
    );
    const moved = await move();
    expect(moved.names).toEqual(['sbc-east']);
    expect(moved.unread).toBeGreaterThan(0);
    const unread = await rig.app.call('numbers.query', { text: 'routes:unread', sort, offset: 0, limit: 99 });
    expect(unread.matching).toBe(moved.unread);
    expect((await rig.app.call('app.notices', {})).map(({ text }) => text).join()).toContain('sbc-east');
    rig.sandbox.setFaults([]);
    await rig.app.call('sync.start', {});
    await until(shown, (rows) => rows.join() === truth().join());
    const again = await rig.app.call('plans.items', { id: done.id, status: null, offset: 0, limit: 99 });
    expect(again.items.find(({ number }) => number === first)).toMatchObject({ primary: 'sbc-east' });
  });

  test.each([
    ['does not serve it', () => rig.sandbox.setSwitches({ v2Gone: true }), 'foreign-answer'],
    ['refuses the keys', () => rig.sandbox.setFaults(['listRoutes:401:1']), 'rejected'],
    ['is down', () => rig.sandbox.setFaults(['listRoutes:503:1']), 'foreign-answer'],
  ] as const)('stays with v1 where the carrier %s, and says why', async (_, strike, code) => {
    await rig.app.call('routes.refresh', {});
    strike();
    const refused = await move().catch((thrown: unknown) => thrown);
    expect((refused as Failure).error).toMatchObject({
      code,
      message: expect.stringMatching(
        /^API v2 did not work with the keys of A: .* A stays with API v1/,
      ) as string,
    });
    rig.sandbox.setFaults([]);
    expect(await kinds()).toEqual(['flowroute-v1']);
    expect(await rig.activity('kind:account')).toContainEqual(
      expect.stringContaining('A move to API v2 failed'),
    );
    await rig.sync();
    expect(await shown()).toEqual(truth());
    expect(existsSync(path.join(folderOf(), 'journal.db.before-move'))).toBe(false);
  });

  test('does not while an order waits, and says which one; nothing is asked of v2', async () => {
    rig.sandbox.setFaults(['purchase:403:1']);
    const { id } = await rig.begin(2);
    await rig.ended(id, ['paused']);
    rig.sandbox.setFaults([]);
    await expect(move()).rejects.toMatchObject({
      ...{ code: 'rejected', error: { message: 'Order 1 of A is not finished.' } },
    });
    expect(v2Calls()).toEqual({});
    await rig.app.call('orders.stop', { id });
    await rig.ended(id, ['done']);
    expect(await move()).toMatchObject({ api: 'v2' });
  });

  test('with keys that are kept for the session only, and back again', async () => {
    const keys = { accessKey: rig.sandbox.accessKey, secretKey: secret, remember: 'session' } as const;
    await rig.app.call('accounts.replaceKeys', { id: rig.account.id, ...keys });
    const before = truth();
    const done = await apply((await draft(10, 'sbc-east', 'sip-reg')).id);
    await move();
    await rig.app.status((status) => status.completedAt !== null);
    expect((await rig.app.call('accounts.get', {})).accounts[0]?.keys).toBe('session');
    await move('v1');
    await rig.app.status((status) => status.completedAt !== null);
    expect(await kinds()).toEqual(['flowroute-v1']);
    await rig.sync();
    expect(await shown()).toEqual(truth());
    const undo = await rig.app.call('plans.draft', { source: { kind: 'undo', plan: done.id } });
    await planOnce(undo.id, compared);
    await apply(undo.id);
    expect(truth()).toEqual(before);
    expect(filesWith(rig.folder.path, secret)).toEqual([]);
  });

  test('a backup of before it comes back into it, with what can be undone', async () => {
    const before = truth();
    const done = await apply((await draft(10, 'sbc-east', 'sip-reg')).id);
    const file = await backUp(rig.app);
    await move();
    await rig.app.status((status) => status.completedAt !== null);
    const { id, preview } = await look(rig.app, file);
    expect(preview.accounts).toMatchObject([
      { state: 'here', overlaps: { plan: { here: 1, there: 1, both: 1 } } },
    ]);
    await rig.app.call('restore.apply', { id, way: 'replace' });
    expect(await kinds()).toEqual(['flowroute-v2']);
    await rig.app.status((status) => status.completedAt !== null);
    const undo = await rig.app.call('plans.draft', { source: { kind: 'undo', plan: done.id } });
    await planOnce(undo.id, compared);
    expect(await apply(undo.id)).toMatchObject({ phase: 'done', counts: { failed: 0, changed: 0 } });
    expect(truth()).toEqual(before);
  });

  test('an order of before the move and one after it buy once each', async () => {
    const first = await rig.begin(1);
    await rig.ended(first.id, ['done']);
    await move();
    await rig.app.status((status) => status.completedAt !== null);
    const numbers = await rig.fillCart(1);
    const { id } = await rig.buy();
    await rig.ended(id, ['done']);
    expect(rig.bought()).toEqual([...first.numbers, ...numbers].sort());
  });
});

describe('a move that is cut short', () => {
  /** What a folder says: the kind of its account, and which API names the routes of its journal and of its list. */
  function stateOf(dataDir: string): string[] {
    const folder = path.join(dataDir, 'accounts', rig.account.id);
    const said = (rows: readonly Readonly<Record<string, unknown>>[] | undefined, column: string) =>
      rows?.some((row) => row[column] === 'sbc-east') ? 'v1' : 'v2';
    return [
      said(dumpDatabase(path.join(folder, 'journal.db'))['route'], 'name'),
      said(dumpDatabase(path.join(folder, 'journal.db'))['plan_item'], 'to_primary'),
      said(dumpDatabase(path.join(folder, 'numbers.db'))['number'], 'primary_name'),
    ];
  }

  test('by a kill at any step is done whole after the next start, or not at all', async () => {
    await apply((await draft(10, 'sbc-east', 'sip-reg')).id);
    const copies = temporaryFolder();
    let count = 0;
    const moveFile = files.move.bind(files);
    const snapshot = () => {
      const to = path.join(copies.path, String(count++));
      mkdirSync(to);
      cpSync(rig.folder.path, to, { recursive: true, filter: (from) => !/in-use\.db/.test(from) });
    };
    vi.spyOn(files, 'move').mockImplementation(async (from, to) => {
      snapshot();
      await moveFile(from, to);
    });
    await move();
    vi.restoreAllMocks();
    snapshot();
    await rig.quit();
    expect(count).toBeGreaterThan(4);
    const found = new Set<string>();
    for (const name of some(readdirSync(copies.path).sort((a, b) => Number(a) - Number(b)))) {
      const dataDir = path.join(copies.path, name);
      // Nothing is asked of the carrier: what is on the disk is looked at.
      rig.sandbox.setFaults(['*:503:1']);
      const app = await startApplication(dataDir, rig.keychain);
      const { accounts } = await app.call('accounts.get', {});
      const { total } = await app.call('numbers.query', { text: '', sort, offset: 0, limit: 0 });
      await app.application.close();
      const api = accounts[0]?.kind === 'flowroute-v2' ? 'v2' : 'v1';
      expect([accounts.length, total, ...stateOf(dataDir)]).toEqual([1, 60, api, api, api]);
      found.add(api);
    }
    expect([...found].sort()).toEqual(['v1', 'v2']);
    copies.remove();
  }, 120_000);

  test('by a file that cannot be moved is taken back, and the account goes on', async () => {
    await apply((await draft(10, 'sbc-east', 'sip-reg')).id);
    const moveFile = files.move.bind(files);
    vi.spyOn(files, 'move').mockImplementation((from, to) =>
      path.basename(to) === 'numbers.db' && from.endsWith('-numbers.db')
        ? Promise.reject(Object.assign(new Error('held'), { code: 'EBUSY' }))
        : moveFile(from, to),
    );
    await expect(move()).rejects.toBeDefined();
    vi.restoreAllMocks();
    expect(await kinds()).toEqual(['flowroute-v1']);
    await rig.sync();
    expect(await shown()).toEqual(truth());
    await rig.quit();
    expect(stateOf(rig.folder.path)).toEqual(['v1', 'v1', 'v1']);
    await rig.launch();
    await until(
      () => rig.app.call('accounts.get', {}),
      ({ accounts }) => accounts[0]?.keys === 'keychain',
    );
    expect(await move()).toMatchObject({ api: 'v2', names: [] });
  });
});

test.each(['v1', 'v2'] as const)(
  'keys of %s that expired are replaced, and refused ones change nothing',
  async (api) => {
    if (api === 'v2') await move();
    await rig.app.status((status) => status.completedAt !== null);
    const fresh = { accessKey: 'next', secretKey: 'canary-next' };
    rig.sandbox.setKeys([fresh]);
    await rig.app.call('sync.start', {});
    const { error } = await rig.app.status((status) => status.error !== null);
    expect(error).toMatchObject({ code: 'wrong-keys', action: expect.stringMatching(/key/i) as string });
    const given = { id: rig.account.id, remember: 'keychain' } as const;
    await expect(
      rig.app.call('accounts.replaceKeys', { ...given, accessKey: 'next', secretKey: 'no' }),
    ).rejects.toMatchObject({ code: 'wrong-keys' });
    expect([...rig.keychain.kept.values()]).toEqual([secret]);
    await rig.app.call('accounts.replaceKeys', { ...given, ...fresh });
    await rig.app.status((status) => status.error === null && status.completedAt !== null);
    expect([...rig.keychain.kept.values()]).toEqual(['canary-next']);
    expect((await rig.app.call('accounts.get', {})).accounts).toMatchObject([
      { kind: `flowroute-${api}`, keys: 'keychain', accessKey: 'next' },
    ]);
  },
);
