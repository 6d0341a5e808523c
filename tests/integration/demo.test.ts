import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { memoryKeychain, startApplication, temporaryFolder, type RunningApplication } from './app-rig.ts';

const sort = { column: 'number', direction: 'asc' } as const;
let folder: ReturnType<typeof temporaryFolder>;
let app: RunningApplication;

async function open(): Promise<void> {
  app = await startApplication(folder.path, memoryKeychain());
  await app.call('accounts.tryDemo', {});
  await app.status((status) => status.completedAt !== null);
}
beforeEach(async () => {
  folder = temporaryFolder();
  await open();
});
afterEach(async () => {
  await app.application.close();
  folder.remove();
});

const find = (text: string) => app.call('numbers.query', { text, sort, offset: 0, limit: 50 });
const count = async (text: string) => (await find(text)).matching;
const tags = async () => new Map((await app.call('tags.names', {})).map((tag) => [tag.name, tag.count]));

test('the demo account speaks API v2 and has what that can tell: toll-free and foreign numbers, tags, routes that are read behind the list', async () => {
  expect((await find('')).total).toBe(2_480);
  const tollFree = await count('area:toll-free');
  const abroad = await count('country:other');
  expect([tollFree, abroad]).toEqual([18, 12]);
  expect(await count('country:gb')).toBeGreaterThan(0);
  expect(await count('country:au')).toBeGreaterThan(0);
  await expect.poll(tags).toEqual(
    new Map([
      ['hotline', tollFree],
      ['abroad', abroad],
    ]),
  );
  await expect.poll(() => count('routes:unread')).toBe(0);
  expect(await count('failover:none')).toBeGreaterThan(0);
  const { accounts } = await app.call('accounts.get', {});
  expect(accounts[0]?.features).toMatchObject({ listTellsRoutes: false, tollFree: true });
});

test('tags that somebody took away stay away', async () => {
  await expect.poll(async () => (await tags()).size).toBe(2);
  for (const [text, tag] of [
    ['area:toll-free', 'hotline'],
    ['country:other', 'abroad'],
  ] as const)
    await app.call('tags.change', { source: { kind: 'query', text }, add: [], remove: [tag] });
  await app.application.close();
  await open();
  const before = (await app.status(() => true)).completedAt ?? 0;
  await app.call('sync.start', {});
  await app.status((status) => (status.completedAt ?? 0) > before);
  expect((await tags()).size).toBe(0);
});

test('what the demo of an earlier version kept is removed, and nothing of a demo of this one', async () => {
  await app.call('tags.change', {
    source: { kind: 'query', text: 'npa:206' },
    add: ['mine'],
    remove: [],
  });
  await app.application.close();
  await open();
  expect((await tags()).has('mine')).toBe(true);
  await app.application.close();
  const data = path.join(folder.path, 'accounts/demo');
  const marker = readdirSync(data).find((name) => name.startsWith('simulated')) ?? '';
  rmSync(path.join(data, marker));
  writeFileSync(path.join(data, 'left-over'), '');
  await open();
  expect((await tags()).has('mine')).toBe(false);
  expect((await find('')).total).toBe(2_480);
  expect(existsSync(path.join(data, 'left-over'))).toBe(false);
});
