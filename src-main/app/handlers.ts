import { accountHandlers, type AccountServices } from '../accounts/handlers.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { activityHandlers } from '../activity/handlers.ts';
import { backupHandlers, type BackupServices } from '../backup/handlers.ts';
import { buyingHandlers } from '../buying/handlers.ts';
import type { AccountsView } from '../contract/accounts.ts';
import type { AppInfo, Reveal } from '../contract/app.ts';
import type { CommandId } from '../contract/commands.ts';
import type { Handlers, HandlersOf } from '../contract/contract.ts';
import { inventoryHandlers } from '../inventory/handlers.ts';
import { routingHandlers } from '../routing/handlers.ts';

export type HandlerServices = BackupServices &
  AccountServices & {
    readonly info: () => AppInfo;
    readonly accounts: Accounts;
    readonly takeCommands: () => readonly CommandId[];
    readonly deleteEverything: () => Promise<AccountsView>;
  };

/** Every method of the contract: each feature brings its own. Inputs are validated before they come here. */
export function createHandlers(services: HandlerServices): Handlers {
  const { sessions } = services;
  const session = () => sessions.need();
  return {
    ...appHandlers(services),
    ...settingsHandlers(services),
    ...syncHandlers(services),
    ...accountHandlers(services),
    ...backupHandlers(services),
    ...inventoryHandlers(session),
    ...buyingHandlers(session),
    ...routingHandlers(session),
    ...activityHandlers(session),
  };
}

function appHandlers(services: HandlerServices): HandlersOf<'app' | 'shell'> {
  const { accounts, settings, notices, sessions, emit } = services;
  let pending: Reveal | null = null;
  return {
    'app.info': () => Promise.resolve(services.info()),
    'app.notices': () => Promise.resolve(notices.take()),
    'app.busy': () => sessions.busy(),
    async 'app.diagnostics'() {
      const { diagnose } = await import('./diagnostics.ts');
      const sync = await sessions.syncStatus();
      const numbers = await sessions.size();
      const about = { info: services.info(), accounts: accounts.view(), settings: settings.value };
      return {
        text: await diagnose({
          ...about,
          sync,
          numbers,
          odd: sessions.carrier()?.oddRecords() ?? {},
          pace: sessions.pace(),
        }),
      };
    },
    'app.deleteEverything': () => services.deleteEverything(),
    'shell.commands': () => Promise.resolve(services.takeCommands()),
    'shell.run': ({ id }) => {
      emit('shell', { id });
      return Promise.resolve(null);
    },
    'shell.reveal': (reveal) => {
      pending = reveal.number === null ? null : reveal;
      emit('reveal', reveal);
      return Promise.resolve(null);
    },
    'shell.take': () => {
      const taken = pending;
      pending = null;
      return Promise.resolve(taken);
    },
  };
}

function settingsHandlers({ accounts, settings, sessions, emit }: HandlerServices): HandlersOf<'settings'> {
  return {
    'settings.get': () => Promise.resolve(settings.value),
    async 'settings.set'(input) {
      const value = await settings.set(input);
      emit('settings', value);
      if (accounts.current) (await sessions.need().sync).schedule();
      return value;
    },
  };
}

function syncHandlers({ sessions }: HandlerServices): HandlersOf<'sync' | 'pace'> {
  return {
    'sync.status': () => sessions.syncStatus(),
    'pace.now': () => Promise.resolve(sessions.pace()),
    async 'sync.start'() {
      const sync = await sessions.need().sync;
      void sync.start('manual');
      return sync.status();
    },
    async 'sync.cancel'() {
      const sync = await sessions.need().sync;
      sync.cancel();
      return sync.status();
    },
  };
}
