import { openFile, type FileClient, type FileOptions } from '../platform/storage/client.ts';
import type { Stores } from '../platform/storage/served-file.ts';
import type { JournalStores } from './file.ts';

/** The record of an account, as features call it: `journal.orders.summary(id)`. */
export type Journal = Stores<JournalStores>;

/** Opens journal.db in its thread. Rejects with `storage-newer` or `storage` when that cannot be done. */
export function openJournal(options: FileOptions): Promise<FileClient<JournalStores>> {
  return openFile<JournalStores>('journal', options);
}
