import path from 'node:path';
import { failure } from '../../contract/errors.ts';
import { files } from '../files.ts';
import { abandon, isDamage, openLock, type Database } from './sqlite.ts';

/**
 * Takes a data folder for this process, until `release` or the end of the process, however it ends. Rejects with `storage`
 * when another one has it: two of them would each believe that they alone send orders.
 */
export function holdFolder(folder: string): { release(): void } {
  const file = path.join(folder, 'in-use.db');
  let lock: Database;
  try {
    lock = takeLock(file);
  } catch (thrown) {
    // The file is used as a lock only and stays empty.
    if (!isDamage(thrown)) throw thrown;
    for (const suffix of ['', '-journal', '-wal', '-shm']) files.removeSync(file + suffix);
    lock = takeLock(file);
  }
  return {
    release() {
      lock.close();
    },
  };
}

function takeLock(file: string): Database {
  const lock = openLock(file);
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  } catch (thrown) {
    abandon(lock);
    if (!/locked|busy/i.test(thrown instanceof Error ? thrown.message : '')) throw thrown;
    throw failure(
      'storage',
      'Numberdesk is running already with this data folder.',
      'Close it first, or choose another folder with --data-dir.',
    );
  }
}
