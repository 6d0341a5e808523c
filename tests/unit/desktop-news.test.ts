import { expect, test } from 'vitest';
import { commandIds, commandOf, commands, commandsFor, keysOf } from '../../src-main/contract/commands.ts';
import type { Events } from '../../src-main/contract/contract.ts';
import { Jobs } from '../../src-main/desktop/jobs.ts';
import { NewsDesk, progressOf } from '../../src-main/desktop/news.ts';

const plan = (phase: string, done = 0) =>
  ({
    ...{
      id: 3,
      ordinal: 5,
      title: 'Set primary to a',
      phase,
      total: 10,
      waiting: { code: 'paused', detail: null },
    },
    counts: { planned: 10 - done, sending: 0, unknown: 0, done, same: 0, changed: 0, failed: 0, left: 0 },
  }) as unknown as Events['plans'];
const order = (phase: string) =>
  ({
    ...{ id: 1, ordinal: 2, phase, total: 4, waiting: { code: 'text', detail: 'The keys were refused.' } },
    counts: { planned: 2, sending: 0, bought: 1, refused: 1, unknown: 0 },
  }) as unknown as Events['orders'];
const sync = (change: object) =>
  ({ phase: 'idle', error: null, completedAt: 1, last: null, ...change }) as unknown as Events['sync'];

test('an end and a halt are told once, and only of what was seen running', () => {
  const desk = new NewsDesk();
  expect(desk.plan(plan('done'))).toBeNull();
  expect(desk.plan(plan('running'))).toBeNull();
  expect(desk.plan(plan('done', 10))).toMatchObject({
    title: 'Change 5 is done',
    body: 'Set primary to a: 10 changed, 0 failed.',
    command: 'routes',
  });
  expect(desk.plan(plan('done', 10))).toBeNull();
  desk.order(order('running'));
  expect(desk.order(order('paused'))).toMatchObject({
    title: 'Order 2 waits',
    body: 'The keys were refused.',
  });
});

test('a failing sync is told when the trouble begins, new numbers when they are found later', () => {
  const desk = new NewsDesk();
  expect(desk.sync(sync({ completedAt: null }))).toBeNull();
  expect(desk.sync(sync({ last: { added: 500 } }))).toBeNull();
  expect(desk.sync(sync({ completedAt: 2, last: { added: 3 } }))).toMatchObject({ title: 'New numbers' });
  const offline = { message: 'No network.', code: 'offline' };
  expect(desk.sync(sync({ completedAt: 2, error: offline }))).toMatchObject({ body: 'No network.' });
  expect(desk.sync(sync({ completedAt: 2, error: offline }))).toBeNull();
  expect(desk.sync(sync({ phase: 'listing', completedAt: 3, last: { added: 9 } }))).toBeNull();
});

test('progress follows what runs', () => {
  expect(progressOf(null, null)).toBe(-1);
  expect(progressOf(order('running'), null)).toBe(0.5);
  expect(progressOf(order('running'), plan('running', 3))).toBe(0.3);
});

test('tray and badge follow the account that is left to its end, and then the next one', () => {
  const jobs = new Jobs();
  const tell = (accountId: string, job: Partial<Events['jobs']>) => {
    jobs.told({ accountId, left: false, order: null, plan: null, closed: false, ...job });
  };
  tell('a', { order: order('running') });
  tell('a', { plan: { ...plan('running'), id: 4 } });
  // A draft beside it changes nothing.
  tell('a', { plan: { ...plan('draft'), id: 5 } });
  expect([jobs.order?.phase, jobs.plan?.id, jobs.waiting]).toEqual(['running', 4, 0]);
  // The account is changed: what runs there is told until it has halted, whatever the next one tells.
  tell('b', { order: { ...order('paused'), id: 9 } });
  expect(jobs.order?.id).toBe(1);
  // An update must not be installed now, whichever account is on screen.
  expect(jobs.running).toBe(true);
  tell('a', { order: order('paused'), left: true });
  tell('a', { plan: { ...plan('paused'), id: 4 }, left: true });
  expect(progressOf(jobs.order, jobs.plan)).toBe(-1);
  expect(jobs.running).toBe(false);
  tell('a', { closed: true, left: true });
  expect([jobs.order?.id, jobs.plan, jobs.waiting]).toEqual([9, null, 1]);
  tell('b', { order: { ...order('done'), id: 9 } });
  expect([jobs.order, jobs.waiting]).toEqual([null, 0]);
});

test('no two commands share their keys', () => {
  const keys = commandIds.flatMap((id) => commands[id].accelerator ?? []);
  expect(new Set(keys).size).toBe(keys.length);
  expect(commandOf('k', { command: true, shift: false })).toBe('palette');
  expect(commandOf('k', { command: false, shift: false })).toBeNull();
  expect(commandOf(',', { command: true, shift: false })).toBe('settings');
  expect(commandOf('F', { command: true, shift: true })).toBe('quick-search');
  expect(commandOf('f', { command: true, shift: false })).toBeNull();
  expect(commandsFor(null)).not.toContain('quick-search');
  expect(commandsFor({ updates: false })).not.toContain('updates');
  expect(commandsFor({ updates: true })).toEqual(commandIds);
  expect(keysOf('CommandOrControl+Shift+F', 'linux')).toBe('Ctrl+Shift+F');
  expect(keysOf('CommandOrControl+Shift+Alt+F', 'darwin')).toBe('⌥⇧⌘F');
  expect(keysOf('CommandOrControl+,', 'win32')).toBe('Ctrl+,');
  expect(keysOf('', 'darwin')).toBe('');
});
