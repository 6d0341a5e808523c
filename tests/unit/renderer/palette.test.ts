import { beforeEach, expect, test, vi } from 'vitest';
import { createClient } from '../../../src-main/contract/client.ts';
import type { AccountsView, AccountView } from '../../../src-main/contract/accounts.ts';
import { AppState } from '../../../src-renderer/app/app.svelte.ts';
import { Palette } from '../../../src-renderer/app/palette.svelte.ts';

const row = { number: '12065550142', primary: 'pbx-1', failover: 'fax', area: 'Seattle', tags: 'vip' };
let app: AppState;
let palette: Palette;
const titles = () =>
  palette.sections.map(({ title, entries }) => [title, ...entries.map((one) => one.title)]);
const settled = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  localStorage.clear();
  app = new AppState(
    createClient({
      invoke: () => Promise.resolve({ ok: true, value: { rows: [row], matching: 7, total: 9, offset: 0 } }),
      subscribe: () => () => undefined,
    }),
  );
  palette = new Palette(app);
  palette.open();
});

test('digits find numbers, whose details are opened, and all that match', async () => {
  palette.type('555-01');
  await settled();
  expect(titles()).toEqual([['Numbers', '(206) 555-0142', 'Show numbers that match 555-01']]);
  const shown = vi.spyOn(app, 'showNumbers').mockReturnValue(undefined);
  await palette.run();
  palette.move(1);
  await palette.run();
  expect(shown.mock.calls).toEqual([['12065550142', '12065550142'], ['555-01']]);
});

test.each([
  ['+44 (0)20 7946', '+44207946'],
  ['0044 20 7946', '+44207946'],
  ['011 44 20 7946', '+44207946'],
  ['+1 206 555', '1206555'],
  ['206 555', '206555'],
])('%s is looked for as the list does', async (typed, asked) => {
  const call = vi.spyOn(app.client, 'call');
  palette.type(typed);
  await settled();
  expect(call.mock.lastCall?.[1]).toMatchObject({ text: asked });
});

test('fewer than three digits ask for no number', async () => {
  palette.type('20');
  await settled();
  expect(titles().map(([title]) => title)).not.toContain('Numbers');
});

test('many words take no longer than a few, whatever an account is called', () => {
  const account = { id: 'b', label: 'a'.repeat(80), kind: 'flowroute' } as unknown as AccountView;
  app.accounts = { accounts: [account], currentId: null } as unknown as AccountsView;
  const before = performance.now();
  palette.type(`${'a '.repeat(30)}b`);
  expect(titles().map(([title]) => title)).toContain('Search');
  expect(performance.now() - before).toBeLessThan(2_000);
  palette.type('switch to aaaa');
  expect(titles().map(([title]) => title)).toContain('Accounts');
});

test('what is selected comes first, with what can be done to it', () => {
  app.here.numbers.selection.toggle('12065550142');
  expect(titles()[0]).toEqual([
    ...['1 number selected', 'Set routes…', 'Tags…', 'Copy', 'Copy as E.164', 'Copy as digits', 'Export…'],
  ]);
  palette.type('rout');
  expect(titles()[0]).toEqual(['1 number selected', 'Set routes…']);
});

test('commands that were run lately come first, and words that are none can be searched for', async () => {
  const ran = vi.spyOn(app, 'run').mockReturnValue(undefined);
  palette.type('activity');
  await palette.run();
  expect(ran.mock.calls).toEqual([['activity']]);
  palette.open();
  expect(palette.entries[0]?.id).toBe('activity');
  palette.type('sbc-east');
  expect(titles().at(-1)).toEqual(['Search', 'Show numbers that match sbc-east']);
});
