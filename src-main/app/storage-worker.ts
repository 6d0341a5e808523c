/** Entry of the storage thread: every kind of file that Numberdesk keeps in SQLite, and what serves it. */
import { openBackupFiles } from '../backup/backup-store.ts';
import { openListFile } from '../inventory/list-file.ts';
import { openJournalFile } from '../journal/file.ts';
import { openFileCheck } from '../platform/storage/file-check.ts';
import { serve } from '../platform/storage/serve.ts';

serve({
  numbers: (file) => openListFile(file),
  journal: openJournalFile,
  backup: openBackupFiles,
  check: openFileCheck,
});
