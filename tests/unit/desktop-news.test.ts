import { expect, test } from 'vitest';
import { commandIds, commandOf, commands, commandsFor, keysOf } from '../../src-main/contract/commands.ts';
import type { Events } from '../../src-main/contract/contract.ts';
import { NewsDesk, progressOf, waitingFor } from '../../src-main/desktop/news.ts';

const plan = (phase: string, done = 0) =>
  ({
    ...{ id: 3, ordinal: 5, title: 'Set primary to a', phase, total: 10, waiting: 'Paused.' },
    counts: { planned: 10 - done, sending: 0, unknown: 0, done, same: 0, changed: 0, failed: 0, left: 0 },
  }) as unknown as Events['plans'];
const order = (phase: string) =>
  ({
    ...{ id: 1, ordinal: 2, phase, total: 4, waiting: 'The keys were refused.' },
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

test('progress and badge follow what runs and what waits', () => {
  expect(progressOf(null, null)).toBe(-1);
  expect(progressOf(order('running'), null)).toBe(0.5);
  expect(progressOf(order('running'), plan('running', 3))).toBe(0.3);
  expect(waitingFor(order('paused'), plan('paused'))).toBe(2);
  expect(waitingFor(order('done'), null)).toBe(0);
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
  expect(keysOf('CommandOrControl+Shift+F')).toBe('Ctrl/⌘ Shift F');
});
