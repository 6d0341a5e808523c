/**
 * The one place that moves and removes files. On Windows a virus scanner or an indexer opens a file just after it was
 * written and keeps it for a moment: moving or removing it then fails with EPERM, EACCES or EBUSY, and works a little
 * later. So it is tried again, for a bounded time. On other systems these codes mean what they say and are not waited for.
 */
import { renameSync, rmSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** What of the file system is used; a test brings one that fails as Windows does. */
export type FileSystem = {
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or a folder with all that is in it; a missing one is no error. */
  remove(target: string): Promise<void>;
  renameSync(from: string, to: string): void;
  removeSync(target: string): void;
};

export type FilesOptions = {
  readonly platform: NodeJS.Platform;
  readonly fs: FileSystem;
  readonly wait: (ms: number) => Promise<void>;
  /** Holds this thread up: for the storage thread, which has nothing else to do meanwhile. */
  readonly waitSync: (ms: number) => void;
};

export type Files = {
  /** Moves a file or folder; what is there at `to` is replaced if it is a file. */
  move(from: string, to: string): Promise<void>;
  /** The same for a thread of its own. Never on the main thread of a window's process: it may wait for a second. */
  moveSync(from: string, to: string): void;
  /** Removes a file, or a folder with all that is in it. A missing one is no error. */
  remove(target: string): Promise<void>;
  removeSync(target: string): void;
  /** One try without any wait, for the main thread; false when it failed. */
  tryMoveSync(from: string, to: string): boolean;
  /** One try as well, of what is half written and is not needed: false when it failed. */
  tryRemoveSync(target: string): boolean;
};

/** Milliseconds before each further try: 2.5 s in all. */
export const pauses = [10, 20, 40, 80, 150, 300, 600, 1300] as const;
/** A thread that is held up is held up for half a second at most. */
const shortPauses = pauses.slice(0, 6);
const heldCodes = new Set(['EPERM', 'EACCES', 'EBUSY']);

export function createFiles(options: FilesOptions): Files {
  const { fs, wait, waitSync } = options;
  /** A folder cannot be removed while something in it is still going. */
  const isHeld = (thrown: unknown, folder: boolean) => {
    const { code = '' } = thrown as NodeJS.ErrnoException;
    return options.platform === 'win32' && (heldCodes.has(code) || (folder && code === 'ENOTEMPTY'));
  };
  const patiently = async (work: () => Promise<void>, folder = false) => {
    for (const pause of [...pauses, null]) {
      try {
        await work();
        return;
      } catch (thrown) {
        if (pause === null || !isHeld(thrown, folder)) throw thrown;
        await wait(pause);
      }
    }
  };
  const patientlySync = (work: () => void, folder = false) => {
    for (const pause of [...shortPauses, null]) {
      try {
        work();
        return;
      } catch (thrown) {
        if (pause === null || !isHeld(thrown, folder)) throw thrown;
        waitSync(pause);
      }
    }
  };
  return {
    move: (from, to) => patiently(() => fs.rename(from, to)),
    moveSync(from, to) {
      patientlySync(() => {
        fs.renameSync(from, to);
      });
    },
    remove: (target) => patiently(() => fs.remove(target), true),
    removeSync(target) {
      patientlySync(() => {
        fs.removeSync(target);
      }, true);
    },
    tryMoveSync(from, to) {
      try {
        fs.renameSync(from, to);
        return true;
      } catch {
        return false;
      }
    },
    tryRemoveSync(target) {
      try {
        fs.removeSync(target);
        return true;
      } catch {
        return false;
      }
    },
  };
}

const nodeFileSystem: FileSystem = {
  rename,
  remove: (target) => rm(target, { recursive: true, force: true }),
  renameSync,
  removeSync: (target) => {
    rmSync(target, { recursive: true, force: true });
  },
};

export const files: Files = createFiles({
  platform: process.platform,
  fs: nodeFileSystem,
  wait: (ms) => sleep(ms),
  waitSync: (ms) => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  },
});
