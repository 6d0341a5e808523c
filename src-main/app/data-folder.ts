/** Where the data of a person is: brought to where it belongs, once, and warned about where it does not. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statfsSync,
} from 'node:fs';
import path from 'node:path';
import { failure } from '../contract/errors.ts';
import { files, type Files } from '../platform/files.ts';
import { holdFolder } from '../platform/storage/hold-folder.ts';

export type BringOptions = {
  /** The folder of 0.1.0. */
  readonly from: string;
  readonly to: string;
  /** Told before each step that changes something, by name; a test ends the process there. */
  readonly step?: (name: string) => void;
  readonly moving?: Pick<Files, 'moveSync' | 'removeSync'>;
};

/** What 0.1.0 kept that somebody would miss. */
const data = ['accounts.json', 'accounts', 'settings.json'];
/** What a start leaves in a folder without an account: made again by the next one. */
const made = /^(logs|browser|lockfile|in-use\.db.*|(window|login-item)\.json.*)$/;

/**
 * Version 0.1.0 kept everything in the roaming folder of Windows, which is copied between computers: a list of 75 MB at each
 * log-in, and an older copy may come back over a newer one. It is moved to the local folder once, whole or not at all: a
 * rename where both are on one disk, else a copy beside the target that is compared byte for byte before it takes its
 * place, and only then is the old one removed. Killed at any moment, one of the two places has all of it, and the next start
 * goes on. Rejects with `storage` when another Numberdesk has the old folder open, or the disk refuses.
 */
export function bringFormerData(options: BringOptions): 'nothing' | 'moved' | 'copied' {
  const { from, to, step = () => undefined, moving = files } = options;
  const staging = `${to}.moving`;
  const leaving = `${from}.moved`;
  const remove = (target: string) => {
    step(`remove ${target}`);
    moving.removeSync(target);
  };
  // What an earlier move was killed before it could remove. A former folder that is there beside a new one is left alone:
  // another computer may have sent it.
  const tidy = () => {
    for (const left of [leaving, staging]) {
      if (!existsSync(left)) continue;
      step(`remove ${left}`);
      try {
        moving.removeSync(left);
      } catch {
        // Held by somebody: all data is in its place, so the app starts, and the next start removes it.
      }
    }
  };
  if (holdsData(to)) {
    // Killed after the copy took its place and before anything used it.
    const placed = existsSync(staging) && !existsSync(path.join(staging, 'data')) && holdsData(from);
    if (placed && contentsOf(to) === contentsOf(from)) takeAway({ from, leaving, step, moving });
    tidy();
    return 'nothing';
  }
  if (!holdsData(from)) return 'nothing';
  step('make the folder beside the target');
  mkdirSync(staging, { recursive: true });
  // One process at a time, and never under one of 0.1.0 that is still running.
  const lock = holdFolder(staging);
  let result: 'moved' | 'copied';
  try {
    holdFolder(from).release();
    clear(to, remove, moving, step);
    result = place({ from, to, staging, leaving, step, moving, remove });
  } finally {
    lock.release();
  }
  tidy();
  return result;
}

type Places = Required<BringOptions> & {
  readonly staging: string;
  readonly leaving: string;
  readonly remove: (target: string) => void;
};

function place({ from, to, staging, leaving, step, moving, remove }: Places): 'moved' | 'copied' {
  try {
    step('rename the folder');
    moving.moveSync(from, to);
    return 'moved';
  } catch (thrown) {
    // Another disk, or somebody who holds a file in it: reading is possible all the same.
    const { code = '' } = thrown as NodeJS.ErrnoException;
    if (!['EXDEV', 'EPERM', 'EACCES', 'EBUSY'].includes(code)) throw thrown;
  }
  const copy = path.join(staging, 'data');
  if (existsSync(copy)) remove(copy);
  copyAll(from, copy, step);
  if (contentsOf(copy) !== contentsOf(from)) {
    throw failure(
      'storage',
      `The data of Numberdesk could not be copied from ${from} to ${to}.`,
      'It is whole where it was. Check both disks, then start Numberdesk again.',
    );
  }
  step('put the copy in its place');
  moving.moveSync(copy, to);
  takeAway({ from, leaving, step, moving });
  return 'copied';
}

function takeAway({
  from,
  leaving,
  step,
  moving,
}: Pick<Places, 'from' | 'leaving' | 'step' | 'moving'>): void {
  // Under another name first: a folder that is half removed must not be taken for data.
  step('take the old folder away');
  try {
    moving.moveSync(from, leaving);
  } catch {
    // Held by somebody: it stays as it is, and is not looked at any more.
  }
}

/** A target without data of a person makes room; what is not known to be of ours is kept beside it. */
function clear(
  to: string,
  remove: (target: string) => void,
  moving: Pick<Files, 'moveSync'>,
  step: (name: string) => void,
): void {
  if (!existsSync(to)) return;
  if (readdirSync(to).every((name) => made.test(name))) {
    remove(to);
    return;
  }
  step('put the target aside');
  moving.moveSync(to, `${to}.before-${Date.now()}`);
}

function holdsData(folder: string): boolean {
  return data.some((name) => existsSync(path.join(folder, name)));
}

function copyAll(from: string, to: string, step: (name: string) => void): void {
  step(`make ${to}`);
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) copyAll(source, target, step);
    else if (entry.isFile()) {
      step(`copy ${source}`);
      copyFileSync(source, target);
      const file = openSync(target, 'r+');
      // On the disk before the old one goes.
      fsyncSync(file);
      closeSync(file);
    }
  }
}

/** Every file of a folder by its place, size and content, as one text. */
function contentsOf(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const bytes = readFileSync(file);
      const hash = createHash('sha256').update(bytes).digest('hex');
      return `${path.relative(folder, file)} ${bytes.length} ${hash}`;
    })
    .sort()
    .join('\n');
}

/** File systems of Linux that are on another computer, by the number statfs(2) gives: NFS, SMB, CIFS, SMB2, AFS, Ceph, 9P. */
const remote = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x5346414f, 0xc36400, 0x01021997]);

export type FolderSystem = {
  readonly platform: NodeJS.Platform;
  /** The path behind links; on Windows also behind the letter of a network drive. */
  readonly realpath: (folder: string) => string;
  readonly fileSystemType: (folder: string) => number;
};

const system: FolderSystem = {
  platform: process.platform,
  realpath: (folder) => realpathSync.native(folder),
  fileSystemType: (folder) => statfsSync(folder).type,
};

/**
 * True when the folder is on another computer, as far as the system tells: a database there can be damaged when the connection
 * ends, and its lock does not keep a second computer out. macOS tells nothing that could be relied on.
 */
export function isOnNetwork(folder: string, from: FolderSystem = system): boolean {
  try {
    if (from.platform === 'win32') return /^(\\\\\?\\UNC\\|\\\\(?![?.]\\))/i.test(from.realpath(folder));
    return from.platform === 'linux' && remote.has(from.fileSystemType(folder) >>> 0);
  } catch {
    return false;
  }
}
