import { Backups } from './backups.ts';
import { Restores, type RestoresOptions } from './restores.ts';

export type Backup = {
  readonly backups: Backups;
  readonly restores: Restores;
};

/** What makes backups of this computer's accounts and brings them back. */
export function openBackup(options: RestoresOptions): Backup {
  return { backups: new Backups(options), restores: new Restores(options) };
}
