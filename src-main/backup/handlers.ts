import type { EmitEvent, HandlersOf } from '../contract/contract.ts';
import type { Notices } from '../app/notices.ts';
import type { Sessions } from '../app/sessions.ts';
import type { SettingsFile } from '../app/settings.ts';
import type { Backup } from './backup.ts';
import type { Transfers } from './transfers.ts';

export type BackupServices = {
  /** Loads it when it is first asked for: few starts make a backup. */
  readonly backup: () => Promise<Backup>;
  readonly transfers: Transfers;
  readonly notices: Notices;
  readonly settings: SettingsFile;
  readonly sessions: Sessions;
  readonly emit: EmitEvent;
};

/** One file of everything but keys, and what comes back from one. */
export function backupHandlers(services: BackupServices): HandlersOf<'backup' | 'restore'> {
  const { notices, settings, sessions, emit } = services;
  const backups = async () => (await services.backup()).backups;
  const restores = async () => (await services.backup()).restores;
  return {
    'backup.make': async () => (await backups()).make(),
    'backup.read': async ({ id, offset }) => (await backups()).read(id, offset),
    async 'backup.end'({ id }) {
      await services.transfers.end(id);
      return null;
    },
    'restore.begin': async () => (await restores()).begin(),
    async 'restore.add'({ id, offset, base64 }) {
      await (await restores()).add(id, offset, Buffer.from(base64, 'base64'));
      return null;
    },
    'restore.preview': async ({ id }) => (await restores()).preview(id),
    async 'restore.apply'({ id, way }) {
      const restored = await (await restores()).apply(id, way);
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
      await (await restores()).end(id);
      return null;
    },
  };
}
