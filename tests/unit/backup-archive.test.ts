import { createHash, randomBytes, randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type * as files from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readArchive, writeArchive } from '../../src-main/backup/archive.ts';
import { commitMoves, finishCommits } from '../../src-main/backup/commit.ts';
import { plainAddress, readManifest } from '../../src-main/backup/manifest.ts';

/** Calls of rename that still succeed; after a `kill` nothing is taken back, as in a process that is gone. */
const disk = vi.hoisted(() => ({ renames: Infinity, kill: false, held: false }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof files>();
  return {
    ...real,
    rename(from: string, to: string) {
      disk.renames -= 1;
      if (disk.renames === -1 || (disk.kill && disk.renames < 0))
        return Promise.reject(Object.assign(new Error('EBUSY'), { code: 'EBUSY' }));
      return real.rename(from, to);
    },
    rm(...given: Parameters<typeof real.rm>) {
      if (disk.held) return Promise.reject(Object.assign(new Error('EBUSY'), { code: 'EBUSY' }));
      return real.rm(...given);
    },
  };
});

let folder: string;
const at = (...names: string[]) => path.join(folder, ...names);
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-'));
  Object.assign(disk, { renames: Infinity, kill: false, held: false });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the file of a backup', () => {
  const big = randomBytes(300_000);
  async function made(): Promise<Buffer> {
    writeFileSync(at('j'), big);
    writeFileSync(at('empty'), '');
    await writeArchive(at('made'), [
      { name: 'manifest.json', text: '{"a":"ü"}' },
      { name: 'journal-0.db', file: at('j') },
      { name: 'journal-1.db', file: at('empty') },
    ]);
    return readFileSync(at('made'));
  }
  const read = (bytes: Uint8Array) => {
    rmSync(at('out'), { recursive: true, force: true });
    mkdirSync(at('out'));
    writeFileSync(at('given'), bytes);
    return readArchive(at('given'), at('out'));
  };
  const codeOf = (bytes: Uint8Array) =>
    read(bytes).then(
      () => 'read',
      (thrown: { code?: string }) => thrown.code,
    );

  test('comes back as it was', async () => {
    expect(await read(await made())).toEqual(['manifest.json', 'journal-0.db', 'journal-1.db']);
    expect(readFileSync(at('out', 'manifest.json'), 'utf8')).toBe('{"a":"ü"}');
    expect(readFileSync(at('out', 'journal-0.db')).equals(big)).toBe(true);
    expect(readFileSync(at('out', 'journal-1.db'))).toHaveLength(0);
  });

  test('with one bit changed, or cut anywhere, is refused', async () => {
    const bytes = await made();
    const places = [0, 5, 18, 19, 30, 84, 85, 86, 95, 1000, bytes.length - 1];
    for (const place of [...places, ...Array.from({ length: 20 }, (_, i) => 100 + i * 14_000)]) {
      const damaged = Buffer.from(bytes);
      damaged[place] = (damaged[place] ?? 0) ^ 4;
      expect(await codeOf(damaged), `byte ${place}`).toMatch(/invalid-input|storage-newer/);
      expect(readdirSync(at('out')), `byte ${place}`).toEqual([]);
      expect(await codeOf(bytes.subarray(0, place)), `cut at ${place}`).toBe('invalid-input');
    }
  });

  test.each([
    ['nothing', Buffer.alloc(0), 'invalid-input'],
    ['a picture', Buffer.from('\x89PNG\r\n\x1a\n'.padEnd(400)), 'invalid-input'],
    ['a newer form', Buffer.from('numberdesk-backup 2 something else\n'.padEnd(200)), 'storage-newer'],
    ['no stream', sealed(Buffer.from('no gzip')), 'invalid-input'],
    ['a part with a path', sealed(gzipSync('{"name":"../x","bytes":1}\nx')), 'invalid-input'],
    ['a part twice', sealed(gzipSync('{"name":"manifest.json","bytes":0}\n'.repeat(2))), 'invalid-input'],
    ['a part of no size', sealed(gzipSync('{"name":"manifest.json","bytes":-1}\n')), 'invalid-input'],
    ['a part that is too short', sealed(gzipSync('{"name":"manifest.json","bytes":9}\nx')), 'invalid-input'],
    [
      'a part that is too large',
      sealed(gzipSync('{"name":"manifest.json","bytes":9e12}\nx')),
      'invalid-input',
    ],
    ['no manifest', sealed(gzipSync('{"name":"journal-0.db","bytes":0}\n')), 'invalid-input'],
    ['an endless line', sealed(gzipSync('x'.repeat(100_000))), 'invalid-input'],
  ])('that is %s is refused', async (_, bytes, code) => {
    expect(await codeOf(bytes)).toBe(code);
  });

  function sealed(body: Buffer): Buffer {
    const sum = createHash('sha256').update(body).digest('hex');
    return Buffer.concat([Buffer.from(`numberdesk-backup 1 ${sum}\n`), body]);
  }
});

describe('putting restored files in their places', () => {
  const moves = [
    { from: 'transfer/t/a.db', to: 'accounts/a/journal.db', aside: 'accounts/a/journal.db.before-restore' },
    { from: 'transfer/t/b.db', to: 'accounts/b/journal.db', aside: 'accounts/b/journal.db.before-restore' },
    { from: 'transfer/t/accounts.json', to: 'accounts.json', aside: 'transfer/t/old/accounts.json' },
  ];
  function prepare(): void {
    for (const name of ['transfer/t', 'accounts/a']) mkdirSync(at(name), { recursive: true });
    for (const name of ['a.db', 'b.db', 'accounts.json'])
      writeFileSync(at('transfer/t', name), `new ${name}`);
    writeFileSync(at('accounts/a/journal.db'), 'old a');
    writeFileSync(at('accounts/a/journal.db-wal'), 'old wal');
    writeFileSync(at('accounts/a/journal.db.state'), 'old state');
    writeFileSync(at('accounts/a/journal.db.backup-1234567890123-00ff'), 'old backup');
    writeFileSync(at('accounts/a/journal.db.before-restore-wal'), 'of an older restore');
    writeFileSync(at('accounts.json'), 'old list');
  }
  const journal = ['', '-wal', '.state', '.backup-1234567890123-00ff'].map(
    (suffix) => `accounts/a/journal.db${suffix}`,
  );
  const text = (name: string) => (existsSync(at(name)) ? readFileSync(at(name), 'utf8') : null);
  const state = () => [...journal, 'accounts/b/journal.db', 'accounts.json'].map(text);
  const before = ['old a', 'old wal', 'old state', 'old backup', null, 'old list'];
  const after = ['new a.db', null, null, null, 'new b.db', 'new accounts.json'];

  test('keeps what was there aside, with the files that belong to it', async () => {
    prepare();
    await commitMoves(folder, at('transfer/t'), moves);
    expect(state()).toEqual(after);
    expect([
      text('accounts/a/journal.db.before-restore'),
      text('accounts/a/journal.db.before-restore-wal'),
    ]).toEqual([...['old a', 'old wal']]);
  });

  test('what cannot be removed afterwards keeps nobody from starting', async () => {
    prepare();
    await commitMoves(folder, at('transfer/t'), moves);
    disk.held = true;
    for (let start = 0; start < 2; start += 1) expect(await finishCommits(folder)).toBe('restore');
    expect(state()).toEqual(after);
    disk.held = false;
    await finishCommits(folder);
    expect([state(), existsSync(at('transfer'))]).toEqual([after, false]);
  });

  test('at whatever move the disk refuses, everything is as it was', async () => {
    // The first one writes `commit.json`.
    for (let renames = 0; renames < 9; renames += 1) {
      prepare();
      disk.renames = renames;
      await expect(commitMoves(folder, at('transfer/t'), moves)).rejects.toThrow();
      expect(state(), `after ${renames}`).toEqual(before);
      expect(existsSync(at('transfer/t/commit.json'))).toBe(false);
      disk.renames = Infinity;
      expect(await finishCommits(folder)).toBeNull();
      expect(state()).toEqual(before);
      for (const name of readdirSync(folder)) rmSync(at(name), { recursive: true });
    }
  });

  test('at whatever move the process is killed, the next start finds all of it or nothing', async () => {
    for (let renames = 0; renames < 9; renames += 1) {
      prepare();
      Object.assign(disk, { renames, kill: true });
      await expect(commitMoves(folder, at('transfer/t'), moves)).rejects.toThrow();
      Object.assign(disk, { renames: Infinity, kill: false });
      const decided = existsSync(at('transfer/t/commit.json'));
      expect(await finishCommits(folder)).toBe(decided ? 'restore' : null);
      expect(state(), `after ${renames}`).toEqual(decided ? after : before);
      expect(existsSync(at('transfer'))).toBe(false);
      for (const name of readdirSync(folder)) rmSync(at(name), { recursive: true });
    }
  });
});

test('an address goes into a backup without the name and the password in it', () => {
  expect(plainAddress('https://user:secret@api.example/v1/')).toBe('https://api.example/v1');
  expect(plainAddress('https://api.example/v1')).toBe('https://api.example/v1');
  expect(plainAddress('')).toBe('');
});

test('addresses of a backup are brought into the form that is kept, whatever wrote it', async () => {
  const account = { label: 'A', accessKey: '80001234', signedOut: false, journal: null };
  const addresses = ['https://API.flowroute.com:443/v1/', 'https://me:secret@api.flowroute.com/v1', ''];
  const accounts = addresses.map((baseUrl) => ({ ...account, id: randomUUID(), baseUrl }));
  const manifest = {
    format: 'numberdesk-backup',
    version: 1,
    madeAt: 1,
    appVersion: '1',
    settings: { numberFormat: 'national', syncMinutes: 15 },
    accounts,
  };
  writeFileSync(at('manifest.json'), JSON.stringify(manifest));
  const read = await readManifest(folder, ['manifest.json']);
  expect(read.accounts.map(({ baseUrl }) => baseUrl)).toEqual([
    'https://api.flowroute.com',
    'https://api.flowroute.com',
    '',
  ]);
});
