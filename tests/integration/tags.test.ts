import { afterEach, beforeEach, expect, test } from 'vitest';
import { startSandbox, type Sandbox } from '../../src-main/sandbox/server.ts';
import { memoryKeychain, startApplication, temporaryFolder, type RunningApplication } from './app-rig.ts';

let sandbox: Sandbox;
let app: RunningApplication;
const folder = temporaryFolder();
const keychain = memoryKeychain();
const sort = { column: 'number', direction: 'asc' } as const;
const numbers = async (text: string) => {
  const { rows } = await app.call('numbers.query', { text, sort, offset: 0, limit: 500 });
  return rows.map((row) => row.number);
};

beforeEach(async () => {
  sandbox = await startSandbox({ owned: 300, seed: 3 });
  app = await startApplication(folder.path, keychain);
  const { accessKey, secretKey, url: baseUrl } = sandbox;
  await app.call('accounts.signIn', { label: 'A', accessKey, secretKey, baseUrl, remember: 'keychain' });
  await app.status((status) => status.completedAt !== null);
});
afterEach(async () => {
  await app.application.close();
  await sandbox.close();
  folder.remove();
});

test('tags are found, sorted, counted, survive a sync and a restart, and go again', async () => {
  const [first = '', second = '', third = ''] = await numbers('');
  const chosen = { kind: 'numbers' as const, numbers: [first, second] };
  expect(
    await app.call('tags.change', { source: chosen, add: ['VIP', 'west office'], remove: [] }),
  ).toMatchObject({
    numbers: 2,
    created: ['VIP', 'west office'],
  });
  // Another case of the same word is the same tag.
  await app.call('tags.change', { source: { kind: 'numbers', numbers: [third] }, add: ['vip'], remove: [] });
  expect(await numbers('tag:vip')).toEqual([first, second, third]);
  expect(await numbers('tag:"west office"')).toEqual([first, second]);
  expect((await numbers('tag:none')).length).toBe(297);
  expect((await app.call('tags.names', {})).map(({ count }) => count)).toEqual([3, 2]);

  const before = (await app.status(() => true)).completedAt ?? 0;
  await app.call('sync.start', {});
  await app.status((status) => (status.completedAt ?? 0) > before);
  expect(await numbers('tag:vip')).toEqual([first, second, third]);

  await app.application.close();
  app = await startApplication(folder.path, keychain);
  await app.status(() => true);
  await expect.poll(() => numbers('tag:vip')).toEqual([first, second, third]);
  await app.call('tags.change', { source: { kind: 'query', text: 'tag:vip' }, add: [], remove: ['Vip'] });
  expect(await numbers('tag:vip')).toEqual([]);
  expect(await numbers('"west off"')).toEqual([first, second]);
});

test('several changes are made together and taken back together', async () => {
  const [first = '', second = '', third = ''] = await numbers('');
  await app.call('tags.change', {
    source: { kind: 'numbers', numbers: [second] },
    ...{ add: ['old'], remove: [] },
  });
  const changed = await app.call('tags.changeSeveral', {
    changes: [
      { numbers: [first], add: ['vip'], remove: [] },
      { numbers: [second, third], add: ['spare', 'vip'], remove: ['OLD'] },
    ],
  });
  expect(changed).toMatchObject({ numbers: 3, created: ['vip', 'spare'] });
  expect(await numbers('tag:vip')).toEqual([first, second, third]);
  expect(await numbers('tag:old')).toEqual([]);
  expect(await app.call('tags.undo', { id: changed.undo })).toEqual({ numbers: 3 });
  expect(await numbers('tag:vip')).toEqual([]);
  expect(await numbers('tag:old')).toEqual([second]);
});

test('a change of tags is taken back exactly, once: what a number had before it keeps', async () => {
  const [first = '', second = ''] = await numbers('');
  const tags = (of: readonly string[], add: string[], remove: string[] = []) =>
    app.call('tags.change', { source: { kind: 'numbers', numbers: [...of] }, add, remove });
  await tags([first], ['vip', 'old']);
  const change = await tags([first, second], ['VIP', 'acoma'], ['old']);
  expect(change).toMatchObject({ numbers: 2, created: ['acoma'] });
  expect(await numbers('tag:vip')).toEqual([first, second]);
  expect(await app.call('tags.undo', { id: change.undo })).toEqual({ numbers: 2 });
  expect([await numbers('tag:vip'), await numbers('tag:old'), await numbers('tag:acoma')]).toEqual([
    [first],
    [first],
    [],
  ]);
  await expect(app.call('tags.undo', { id: change.undo })).rejects.toThrow(/not kept any more/);
  // What changes nothing says so.
  expect(await tags([first], ['Vip'])).toMatchObject({ numbers: 0, created: [] });
});

test('a query that is not understood finds nothing, in whatever asks by a query', async () => {
  const [first = '', second = ''] = await numbers('');
  expect(await app.call('numbers.among', { text: `starts:${first}`, numbers: [second, first] })).toEqual([
    first,
  ]);
  const change = { primary: { route: 'sip-reg' }, failover: 'keep' } as const;
  for (const text of ['colour:red', 'npa:2o6', 'state:', 'state:wa "', '1234567890123456']) {
    const found = await app.call('numbers.query', { text, sort, offset: 0, limit: 500 });
    expect([found.matching, found.rows, found.total], text).toEqual([0, [], 300]);
    const page = await app.call('numbers.matching', { text, sort, limit: 10_000, snapshot: 'new' });
    expect(page, text).toEqual({ total: 0, numbers: [], snapshot: null });
    expect(await app.call('numbers.among', { text, numbers: [first] }), text).toEqual([]);
    const source = { kind: 'query' as const, text };
    const refused = expect.objectContaining({ error: expect.objectContaining({ code: 'invalid-input' }) });
    await expect(app.call('tags.change', { source, add: ['x'], remove: [] }), text).rejects.toEqual(refused);
    await expect(app.call('plans.draft', { source: { ...source, change } }), text).rejects.toEqual(refused);
  }
  for (const text of ['npa:2o6', 'npa:20', 'state:', 'colour:red']) {
    const refused = expect.objectContaining({ error: expect.objectContaining({ code: 'invalid-input' }) });
    await expect(app.call('find.start', { text, replaces: null }), text).rejects.toEqual(refused);
    await expect(app.call('find.note', { text }), text).rejects.toEqual(refused);
    await expect(app.call('find.saveSearch', { text }), text).rejects.toEqual(refused);
  }
  expect(await numbers('tag:x')).toEqual([]);
});

test('a query that is not understood tags nothing, and what is no tag is refused with a sentence', async () => {
  const query = { kind: 'query' as const, text: 'state:wa colour:red' };
  await expect(app.call('tags.change', { source: query, add: ['x'], remove: [] })).rejects.toThrow(/colour/);
  expect(await numbers('tag:x')).toEqual([]);
  const all = { kind: 'query' as const, text: '' };
  for (const tag of ['a,b', 'none', ' ', 'x'.repeat(33), 'a:b'])
    await expect(app.call('tags.change', { source: all, add: [tag], remove: [] }), tag).rejects.toThrow();
});

test('pages of one snapshot are the list of one moment, whatever comes and goes meanwhile', async () => {
  const query = { text: '', sort: { column: 'number', direction: 'desc' } } as const;
  const all = (await numbers('')).reverse();
  const first = await app.call('numbers.matching', { ...query, limit: 100, snapshot: 'new' });
  expect(first).toMatchObject({ total: 300, numbers: all.slice(0, 100) });
  const before = (await app.status(() => true)).completedAt ?? 0;
  sandbox.account.disown(all[0] ?? '');
  sandbox.account.own('19895550123');
  await app.call('sync.start', {});
  await app.status((status) => (status.completedAt ?? 0) > before);
  expect((await numbers('19895550123')).length).toBe(1);
  const snapshot = first.snapshot ?? 0;
  const rest = await app.call('numbers.matching', { ...query, offset: 100, limit: 10_000, snapshot });
  expect(rest).toEqual({ total: 300, numbers: all.slice(100), snapshot: null });
  await expect(app.call('numbers.matching', { ...query, limit: 1, snapshot })).rejects.toThrow(/not kept/);
  const rows = await app.call('numbers.rows', { numbers: [all[1] ?? '', all[0] ?? ''] });
  expect(rows.map((row) => row?.number ?? null)).toEqual([all[1], null]);
});
