import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ESLint } from 'eslint';
import { createFiles, pauses, type FileSystem } from '../../src-main/platform/files.ts';
import { openLog } from '../../src-main/app/log-file.ts';
import { writeJsonFile } from '../../src-main/platform/storage/json-file.ts';

const failing = (code: string) => Object.assign(new Error(code), { code });

/** A file system that refuses the first `times` calls with `code`, and a clock that only counts. */
function held(code: string, times: number, platform: NodeJS.Platform = 'win32') {
  const calls: string[] = [];
  const waited: number[] = [];
  let left = times;
  const call = (name: string) => {
    calls.push(name);
    if (left > 0) {
      left -= 1;
      throw failing(code);
    }
  };

  const later = async (name: string) => {
    call(name);
  };
  const fs: FileSystem = {
    rename: (from, to) => later(`rename ${from} ${to}`),
    remove: (target) => later(`remove ${target}`),
    renameSync: (from, to) => {
      call(`rename ${from} ${to}`);
    },
    removeSync: (target) => {
      call(`remove ${target}`);
    },
  };
  const files = createFiles({
    platform,
    fs,
    wait: (ms) => Promise.resolve(void waited.push(ms)),
    waitSync: (ms) => void waited.push(ms),
  });
  return { files, calls, waited };
}

describe('a file that a scanner holds for a moment', () => {
  test.each(['EPERM', 'EACCES', 'EBUSY'])('%s: moving and removing wait and try again', async (code) => {
    const moving = held(code, 3);
    await moving.files.move('a', 'b');
    expect(moving.calls).toEqual(Array.from({ length: 4 }, () => 'rename a b'));
    expect(moving.waited).toEqual(pauses.slice(0, 3));
    const removing = held(code, 2);
    await removing.files.remove('a');
    expect(removing.calls).toHaveLength(3);
    const now = held(code, 2);
    now.files.moveSync('a', 'b');
    now.files.removeSync('a');
    expect([now.calls.length, now.waited.length]).toEqual([4, 2]);
  });

  test('what stays held is given up after a bounded time, with its own code', async () => {
    const { files, waited } = held('EBUSY', 1_000);
    await expect(files.move('a', 'b')).rejects.toMatchObject({ code: 'EBUSY' });
    expect(waited).toEqual([...pauses]);
    expect(waited.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(2_500);
    const thread = held('EBUSY', 1_000);
    expect(() => {
      thread.files.moveSync('a', 'b');
    }).toThrow('EBUSY');
    expect(thread.waited.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(600);
  });

  test('other codes, and other systems, are not waited for', async () => {
    for (const [code, platform] of [
      ['ENOENT', 'win32'],
      ['ENOSPC', 'win32'],
      ['EACCES', 'linux'],
      ['EPERM', 'darwin'],
    ] as const) {
      const { files, calls, waited } = held(code, 1, platform);
      await expect(files.move('a', 'b'), `${code} ${platform}`).rejects.toMatchObject({ code });
      expect([calls.length, waited.length]).toEqual([1, 0]);
    }
  });

  test('a folder is waited for until what was in it is gone', async () => {
    const { files, calls } = held('ENOTEMPTY', 1);
    await files.remove('folder');
    expect(calls).toHaveLength(2);
    const moving = held('ENOTEMPTY', 1);
    await expect(moving.files.move('a', 'b')).rejects.toMatchObject({ code: 'ENOTEMPTY' });
  });
});

describe('in a folder', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-files-'))));
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  test('a small file that cannot be written leaves nothing behind', async () => {
    const file = path.join(folder, 'settings.json');
    // A folder with something in it cannot be replaced by a file.
    mkdirSync(path.join(file, 'x'), { recursive: true });
    await expect(writeJsonFile(file, { a: 1 })).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['settings.json']);
  });

  test('a log whose former part is held goes on, and does not grow for ever', () => {
    const log = openLog(folder, { tryMoveSync: () => false });
    const file = path.join(folder, 'logs/main.log');
    log('first');
    appendFileSync(file, 'x'.repeat(1024 * 1024));
    log('second');
    expect(readFileSync(file, 'utf8')).toMatch(/first[^]*second\n$/);
    appendFileSync(file, 'x'.repeat(3 * 1024 * 1024));
    log('third');
    expect(readFileSync(file, 'utf8')).toMatch(/^\S+ third\n$/);
    const rotating = openLog(folder);
    writeFileSync(file, 'x'.repeat(1024 * 1024 + 1));
    rotating('fourth');
    expect(existsSync(`${file}.1`)).toBe(true);
    expect(readFileSync(file, 'utf8')).toMatch(/^\S+ fourth\n$/);
  });
});

test('lint refuses to move and remove files past the one module that waits', async () => {
  const eslint = new ESLint({ cwd: path.resolve(import.meta.dirname, '../..') });
  const refused = async (code: string, file = 'src-main/app/settings.ts') => {
    const [result] = await eslint.lintText(code, { filePath: file });
    return (result?.messages ?? []).some(({ message }) => message.includes('src-main/platform/files.ts'));
  };
  for (const code of [
    "import { rename } from 'node:fs/promises';\nexport { rename };\n",
    "import { rmSync } from 'node:fs';\nexport { rmSync };\n",
    "import { unlink, rmdir } from 'fs';\nexport { unlink, rmdir };\n",
    "import fs from 'node:fs';\nexport { fs };\n",
    "import * as fs from 'node:fs';\nexport { fs };\n",
    "export const fs = await import('node:fs');\n",
  ])
    expect(await refused(code), code).toBe(true);
  const plain = "import { rename } from 'node:fs/promises';\nexport { rename };\n";
  expect(await refused(plain, 'src-main/platform/files.ts')).toBe(false);
  expect(await refused(plain, 'src-main/desktop/main.ts')).toBe(true);
  expect(await refused(plain, 'src-main/platform/storage/sqlite.ts')).toBe(true);
}, 30_000);
