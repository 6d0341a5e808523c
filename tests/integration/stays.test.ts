import { afterEach, beforeEach, expect, test } from 'vitest';
import { memoryKeychain, startApplication, temporaryFolder, type RunningApplication } from './app-rig.ts';

let folder: ReturnType<typeof temporaryFolder>;
let app: RunningApplication;

beforeEach(async () => {
  folder = temporaryFolder();
  app = await startApplication(folder.path, memoryKeychain());
});
afterEach(async () => {
  await app.application.close();
  folder.remove();
});

/** Servers of this process that listen. */
const servers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length;

test('the demo account takes its carrier along when it is left, and has one again when it is tried again', async () => {
  const before = servers();
  for (let round = 0; round < 2; round += 1) {
    await app.call('accounts.tryDemo', {});
    await app.status((status) => status.completedAt !== null);
    expect(servers()).toBe(before + 1);
    await app.call('accounts.signOut', { id: 'demo', deleteCache: false });
    await expect.poll(servers).toBe(before);
  }
  await app.call('accounts.tryDemo', {});
  await app.call('app.deleteEverything', { confirm: 'delete' });
  await expect.poll(servers).toBe(before);
});

test('what the menu asks for before a page listens waits for it, in order, and is taken once', async () => {
  app.application.command('routes');
  app.application.command('import-routes');
  expect(await app.call('shell.commands', {})).toEqual(['routes', 'import-routes']);
  expect(await app.call('shell.commands', {})).toEqual([]);
  app.told.length = 0;
  for (let i = 0; i < 30; i += 1) app.application.command('buy');
  expect(app.told.filter((text) => text.includes('"command"'))).toHaveLength(30);
  expect(await app.call('shell.commands', {})).toHaveLength(10);
});
