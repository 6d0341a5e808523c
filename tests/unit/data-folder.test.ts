import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bringFormerData, isOnNetwork, type BringOptions } from '../../src-main/app/data-folder.ts';
import { files } from '../../src-main/platform/files.ts';
import { holdFolder } from '../../src-main/platform/storage/hold-folder.ts';

let root: string;
let from: string;
let to: string;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-data-'));
  from = path.join(root, 'Roaming/Numberdesk');
  to = path.join(root, 'Local/Numberdesk');
  mkdirSync(path.join(root, 'Local'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

/** What a person has, as far as it matters: everything but the locks. */
const filled = {
  'accounts.json': '{"version":1}',
  'settings.json': '{}',
  'accounts/a1/numbers.db': 'n'.repeat(5000),
  'accounts/a1/journal.db': 'orders and plans',
  'browser/Local Storage/leveldb/1.log': 'columns',
  'logs/main.log': 'line\n',
};
function fill(folder: string, content: Record<string, string> = filled): void {
  for (const [name, text] of Object.entries(content)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}
function read(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('in-use.db'))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  return Object.fromEntries(
    names.map((name) => [name.replaceAll('\\', '/'), readFileSync(path.join(folder, name), 'utf8')]),
  );
}

/** Folders on two disks: a folder cannot be renamed from one to the other. */
const twoDisks: NonNullable<BringOptions['moving']> = {
  removeSync: files.removeSync,
  moveSync(source, target) {
    const disk = (file: string) => path.relative(root, file).split(path.sep)[0];
    if (disk(source) !== disk(target)) throw Object.assign(new Error('other disk'), { code: 'EXDEV' });
    renameSync(source, target);
  },
};
const ways = [
  ['on one disk', files, 'moved'],
  ['between two disks', twoDisks, 'copied'],
] as const;

class Killed extends Error {}
/** Ends the process at the step of this number: nothing after it happens, whatever catches the error. */
function killedAt(number: number) {
  let at = 0;
  return () => {
    at += 1;
    if (at >= number) throw new Killed();
  };
}

describe.each(ways)('the data of 0.1.0, %s', (_, moving, result) => {
  test('is moved whole, once', () => {
    fill(from);
    expect(bringFormerData({ from, to, moving })).toBe(result);
    expect(read(to)).toEqual(filled);
    expect([readdirSync(path.join(root, 'Local')), readdirSync(path.join(root, 'Roaming'))]).toEqual([
      ['Numberdesk'],
      [],
    ]);
    expect(bringFormerData({ from, to, moving })).toBe('nothing');
  });

  test('killed at any step, one place has all of it, and the next start has it in the new one', () => {
    let steps = 0;
    for (let kill = 1; ; kill += 1) {
      for (const folder of ['Roaming', 'Local'])
        rmSync(path.join(root, folder), { recursive: true, force: true });
      mkdirSync(path.join(root, 'Local'));
      fill(from);
      // A start without an account was here already.
      fill(to, { 'logs/main.log': 'x', 'window.json': '{}' });
      let killed = false;
      try {
        bringFormerData({ from, to, moving, step: killedAt(kill) });
      } catch (thrown) {
        if (!(thrown instanceof Killed)) throw thrown;
        killed = true;
      }
      const whole = [from, to].filter((folder) => isDeepStrictEqual(read(folder), filled));
      expect(whole.length, `after step ${kill}`).toBeGreaterThanOrEqual(1);
      bringFormerData({ from, to, moving });
      expect(read(to), `after step ${kill}`).toEqual(filled);
      expect(readdirSync(path.join(root, 'Local')), `after step ${kill}`).toEqual(['Numberdesk']);
      expect(readdirSync(path.join(root, 'Roaming')), `after step ${kill}`).toEqual([]);
      if (!killed) break;
      steps = kill;
    }
    // The copy has a step for each file and folder.
    expect(steps).toBeGreaterThanOrEqual(result === 'copied' ? 16 : 4);
  });

  test('an older copy that comes back from another computer never wins, and is not touched', () => {
    fill(from, { 'accounts.json': 'old' });
    fill(to);
    expect(bringFormerData({ from, to, moving })).toBe('nothing');
    expect([read(to), read(from)]).toEqual([filled, { 'accounts.json': 'old' }]);
  });

  test('is not moved away under a Numberdesk of before that still runs', () => {
    fill(from);
    const running = holdFolder(from);
    expect(() => bringFormerData({ from, to, moving })).toThrow(/running already/);
    expect(read(from)).toEqual(filled);
    running.release();
    expect(bringFormerData({ from, to, moving })).toBe(result);
  });

  test('what somebody else put into the target is kept beside it', () => {
    fill(from);
    fill(to, { 'notes.txt': 'mine' });
    bringFormerData({ from, to, moving });
    const beside = readdirSync(path.join(root, 'Local')).find((name) => name.includes('.before-')) ?? '';
    expect(read(path.join(root, 'Local', beside))).toEqual({ 'notes.txt': 'mine' });
    expect(read(to)).toEqual(filled);
  });
});

test('a folder that a scanner holds is copied, and the old one stays where it is', () => {
  fill(from);
  const held: BringOptions['moving'] = {
    removeSync: files.removeSync,
    moveSync(source, target) {
      if (source === from) throw Object.assign(new Error('held'), { code: 'EBUSY' });
      renameSync(source, target);
    },
  };
  expect(bringFormerData({ from, to, moving: held })).toBe('copied');
  expect([read(to), read(from)]).toEqual([filled, filled]);
});

test('left-overs that somebody holds keep nobody from starting, and go with the next start', () => {
  for (const moving of [files, twoDisks]) {
    fill(from);
    let held = '';
    const holding: BringOptions['moving'] = {
      ...moving,
      removeSync(target) {
        if (!/\.mov(ed|ing)$/.test(target)) moving.removeSync(target);
        else throw Object.assign(new Error('held'), { code: (held = 'EBUSY') });
      },
    };
    bringFormerData({ from, to, moving: holding });
    expect([read(to), held]).toEqual([filled, 'EBUSY']);
    bringFormerData({ from, to, moving: holding });
    bringFormerData({ from, to, moving });
    expect(read(to)).toEqual(filled);
    expect(readdirSync(path.join(root, 'Local'))).toEqual(['Numberdesk']);
    expect(readdirSync(path.join(root, 'Roaming'))).toEqual([]);
    rmSync(to, { recursive: true });
  }
});

test('a copy that is not the same is refused, and the data stays where it was', () => {
  fill(from);
  const spoil = (name: string) => {
    if (name === `copy ${path.join(from, 'settings.json')}`)
      writeFileSync(path.join(`${to}.moving`, 'data/accounts.json'), 'damaged on its way');
  };
  expect(() => bringFormerData({ from, to, moving: twoDisks, step: spoil })).toThrow(/could not be copied/);
  expect([read(from), existsSync(to)]).toEqual([filled, false]);
});

test('nothing to bring is no error', () => {
  expect(bringFormerData({ from, to })).toBe('nothing');
  fill(from, { 'logs/main.log': 'x' });
  expect(bringFormerData({ from, to })).toBe('nothing');
  expect([existsSync(to), readdirSync(path.join(root, 'Local'))]).toEqual([false, []]);
});

describe('a folder on another computer', () => {
  const on = (platform: NodeJS.Platform, real: string, type = 0) =>
    isOnNetwork('folder', { platform, realpath: () => real, fileSystemType: () => type });
  test('is known on Windows by its path, also behind the letter of a drive', () => {
    for (const real of ['\\\\server\\share\\Ann', '\\\\?\\UNC\\server\\share'])
      expect(on('win32', real), real).toBe(true);
    for (const real of ['C:\\Users\\Ann', '\\\\?\\C:\\Users\\Ann', '\\\\.\\C:\\x'])
      expect(on('win32', real), real).toBe(false);
  });
  test('is known on Linux by its file system', () => {
    expect([on('linux', '', 0x6969), on('linux', '', -0xacb2be), on('linux', '', 0xef53)]).toEqual([
      ...[true, true, false],
    ]);
    expect(isOnNetwork(os.tmpdir())).toBe(false);
  });
  test('and one that cannot be asked is taken for near', () => {
    const realpath = () => {
      throw new Error('gone');
    };
    expect(isOnNetwork('x', { platform: 'win32', realpath, fileSystemType: () => 0 })).toBe(false);
  });
});
