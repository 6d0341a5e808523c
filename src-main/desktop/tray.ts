import path from 'node:path';
import { nativeImage, Tray, type MenuItemConstructorOptions } from 'electron';
import { commands, type CommandId } from '../contract/commands.ts';
import type { PlanSummary } from '../contract/routing.ts';
import type { OrderSummary } from '../contract/buying.ts';
import type { AccountsView } from '../contract/accounts.ts';
import type { SyncStatus } from '../contract/sync.ts';
import { formatCount } from '../contract/words.ts';

/** What the tray menu tells, as far as it was told itself. */
export type TrayState = {
  readonly visible: boolean;
  readonly accounts: AccountsView | null;
  readonly sync: SyncStatus | null;
  readonly order: OrderSummary | null;
  readonly plan: PlanSummary | null;
};

export type TrayActions = {
  readonly toggleWindow: () => void;
  readonly quickSearch: () => void;
  readonly syncNow: () => void;
  readonly switchTo: (id: string) => void;
  /** Shows the main window and has it run a command. */
  readonly run: (id: CommandId) => void;
  readonly quit: () => void;
};

/** The menu as a template: pure, so that a test can read it. `now` is Unix milliseconds. */
export function trayTemplate(
  state: TrayState,
  actions: TrayActions,
  now: number,
): MenuItemConstructorOptions[] {
  const { accounts } = state;
  const busy = [
    { id: 'order', label: orderLine(state.order), leadsTo: 'buy' as const },
    { id: 'plan', label: planLine(state.plan), leadsTo: 'routes' as const },
  ];
  const others = accounts?.accounts ?? [];
  return [
    {
      id: 'toggle',
      label: state.visible ? 'Hide Numberdesk' : 'Show Numberdesk',
      click: actions.toggleWindow,
    },
    {
      id: 'quick',
      label: commands['quick-search'].title,
      click: actions.quickSearch,
      enabled: others.length > 0,
    },
    { type: 'separator' },
    { id: 'sync', label: syncLine(state.sync, now), click: actions.syncNow, enabled: others.length > 0 },
    ...(others.length > 1
      ? [
          {
            id: 'accounts',
            label: 'Accounts',
            submenu: others.map((account) => ({
              id: account.id,
              label: account.label,
              type: 'radio' as const,
              checked: account.id === accounts?.currentId,
              click: () => {
                actions.switchTo(account.id);
              },
            })),
          },
        ]
      : []),
    ...busy.flatMap(({ id, label, leadsTo }) =>
      label === null
        ? []
        : [
            {
              id,
              label,
              click: () => {
                actions.run(leadsTo);
              },
            },
          ],
    ),
    {
      id: 'settings',
      label: `${commands.settings.title}…`,
      click: () => {
        actions.run('settings');
      },
    },
    { type: 'separator' },
    { id: 'quit', label: 'Quit Numberdesk', click: actions.quit },
  ];
}

/** Puts the icon into the tray. Null where the system has none to offer; the menu and the key in the app remain. */
export function openTray(icons: string, onClick: () => void): Tray | null {
  try {
    const tray = new Tray(nativeImage.createFromPath(path.join(icons, trayPicture(process.platform))));
    tray.setToolTip('Numberdesk');
    if (process.platform === 'win32') tray.on('click', onClick);
    return tray;
  } catch {
    return null;
  }
}

/**
 * macOS colours a picture by itself when its name ends so; it and the one of Linux have a larger one beside them for finer
 * displays. Windows takes the size that its display wants out of one file.
 */
export function trayPicture(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'trayTemplate.png';
  return platform === 'win32' ? 'tray.ico' : 'tray.png';
}

function syncLine(sync: SyncStatus | null, now: number): string {
  const { title } = commands.sync;
  if (sync && sync.phase !== 'idle') return `Syncing… ${formatCount(sync.received)}`;
  if (!sync?.completedAt) return title;
  const minutes = Math.floor((now - sync.completedAt) / 60_000);
  return `${title} (${minutes < 1 ? 'just now' : minutes < 60 ? `${minutes} min ago` : `${Math.floor(minutes / 60)} h ago`})`;
}

function orderLine(order: OrderSummary | null): string | null {
  if (!order || order.phase === 'done') return null;
  return `Order ${formatCount(order.ordinal)}: ${formatCount(order.counts.bought + order.counts.refused)} of ${formatCount(order.total)}${order.phase === 'paused' ? ', paused' : ''}`;
}

function planLine(plan: PlanSummary | null): string | null {
  if (!plan || plan.phase === 'done' || plan.phase === 'draft') return null;
  const { done, same, changed, failed } = plan.counts;
  return `Change ${formatCount(plan.ordinal)}: ${formatCount(done + same + changed + failed)} of ${formatCount(plan.total)}${plan.phase === 'paused' ? ', paused' : ''}`;
}
