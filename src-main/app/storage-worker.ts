/**
 * Entry of the storage thread: every kind of file that Numberdesk keeps in SQLite, and what serves it. A thread loads the code
 * of its own kind only, since a start waits for it.
 */
import { serve } from '../platform/storage/serve.ts';

void serve({
  async numbers() {
    const { openListFile } = await import('../inventory/list-file.ts');
    return (file) => openListFile(file);
  },
  journal: async () => (await import('../journal/file.ts')).openJournalFile,
  backup: async () => (await import('../backup/backup-store.ts')).openBackupFiles,
  moving: async () => (await import('../moving/moving-store.ts')).openMovingFiles,
  check: async () => (await import('../platform/storage/file-check.ts')).openFileCheck,
});
