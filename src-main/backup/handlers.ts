import type { EmitEvent, HandlersOf } from '../contract/contract.ts';
import type { Notices } from '../app/notices.ts';
import type { Sessions } from '../app/sessions.ts';
import type { SettingsFile } from '../app/settings.ts';
import type { Backups } from './backups.ts';
import type { Restores } from './restores.ts';
import type { Transfers } from './transfers.ts';

export type BackupServices = {
  readonly backups: Backups;
  readonly restores: Restores;
  readonly transfers: Transfers;
  readonly notices: Notices;
  readonly settings: SettingsFile;
  readonly sessions: Sessions;
  readonly emit: EmitEvent;
};

/** One file of everything but keys, and what comes back from one. */
export function backupHandlers(services: BackupServices): HandlersOf<'backup' | 'restore'> {
  const { notices, settings, sessions, emit } = services;
  return {
    'backup.make': () => services.backups.make(),
    'backup.read': ({ id, offset }) => services.backups.read(id, offset),
    async 'backup.end'({ id }) {
      await services.transfers.end(id);
      return null;
    },
    'restore.begin': () => services.restores.begin(),
    async 'restore.add'({ id, offset, base64 }) {
      await services.restores.add(id, offset, Buffer.from(base64, 'base64'));
      return null;
    },
    'restore.preview': ({ id }) => services.restores.preview(id),
    async 'restore.apply'({ id, way }) {
      const restored = await services.restores.apply(id, way);
      const { accounts: count } = restored;
      const accountsSaid = `${count} ${count === 1 ? 'account' : 'accounts'}`;
      const kept = restored.keptAs
        ? ` The records of before are kept beside the new ones as ${restored.keptAs}.`
        : '';
      notices.keep('info', `The backup was restored: ${accountsSaid}.${kept}`);
      const text = `A backup was restored (${way === 'merge' ? 'merged' : 'replaced'})`;
      void sessions.record({ kind: 'account', text, outcome: 'ok', numbers: [] });
      emit('settings', settings.value);
      emit('restored', { accounts: count });
      return restored;
    },
    async 'restore.end'({ id }) {
      await services.restores.end(id);
      return null;
    },
  };
}
