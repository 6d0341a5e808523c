import { expect, test, vi } from 'vitest';
import type { AccountsView } from '../../src-main/contract/accounts.ts';
import { v1Features } from '../../src-main/carrier/flowroute/v1/features.ts';
import type { SyncStatus } from '../../src-main/contract/sync.ts';

vi.mock('electron', () => ({ Menu: {}, nativeImage: {}, Tray: vi.fn() }));
const { trayTemplate } = await import('../../src-main/desktop/tray.ts');

const account = {
  kind: 'demo',
  accessKey: '1',
  baseUrl: 'x',
  atMost: null,
  sameAs: null,
  keys: 'session',
  features: v1Features,
} as const;
const accounts: AccountsView = {
  accounts: [
    { ...account, id: 'a', label: 'One' },
    { ...account, id: 'b', label: 'Two' },
  ],
  currentId: 'b',
  keychain: { available: true, reason: null },
};
const sync = { phase: 'idle', completedAt: 1_000, received: 0 } as SyncStatus;
const actions = {
  toggleWindow: vi.fn(),
  quickSearch: vi.fn(),
  syncNow: vi.fn(),
  switchTo: vi.fn(),
  run: vi.fn(),
  quit: vi.fn(),
};
const nothing = { visible: false, accounts: null, sync: null, order: null, plan: null };

test('the tray menu tells the age of the list, the accounts and what is running', () => {
  const counts = { planned: 5, sending: 0, unknown: 0, done: 3, same: 1, changed: 0, failed: 1, left: 0 };
  const plan = { id: 392276001, ordinal: 7, phase: 'paused', counts, total: 10 } as never;
  const menu = trayTemplate({ ...nothing, visible: true, accounts, sync, plan }, actions, 200_000);
  expect(menu.map((item) => item.label)).toEqual([
    'Hide Numberdesk',
    'Quick Search',
    undefined,
    'Sync Now (3 min ago)',
    'Accounts',
    'Change 7: 5 of 10, paused',
    'Settings…',
    undefined,
    'Quit Numberdesk',
  ]);
  const submenu = menu.find((item) => item.id === 'accounts')?.submenu as {
    checked: boolean;
    click: () => void;
  }[];
  expect(submenu.map((item) => item.checked)).toEqual([false, true]);
  submenu[0]?.click();
  expect(actions.switchTo).toHaveBeenCalledWith('a');
  // The electron of this test draws nothing: what a click gets is not looked at.
  const click = menu.find((item) => item.id === 'plan')?.click as () => void;
  click();
  expect(actions.run).toHaveBeenCalledWith('routes');
});

test('without an account there is nothing to search or sync', () => {
  const menu = trayTemplate(nothing, actions, 0);
  expect(menu.filter((item) => item.enabled === false).map((item) => item.id)).toEqual(['quick', 'sync']);
  const running = { ...sync, phase: 'listing', received: 1_400 } as SyncStatus;
  expect(
    trayTemplate({ ...nothing, sync: running }, actions, 0).find((item) => item.id === 'sync')?.label,
  ).toBe('Syncing… 1,400');
});
