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
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { Profiles } from '../../src-main/accounts/profiles.ts';
import { toAppError } from '../../src-main/contract/errors.ts';
import { readWindowState } from '../../src-main/desktop/window-state.ts';
import { SettingsFile } from '../../src-main/app/settings.ts';
import { usualSettings } from '../../src-main/contract/settings.ts';
import { readJsonFile, removeLeftOvers, writeJsonFile } from '../../src-main/platform/storage/json-file.ts';
import { sealJson, unsealJson } from '../../src-main/platform/storage/sealed-json.ts';

/** What the next call of each kind fails with. */
const faults = vi.hoisted(() => ({ write: '', rename: '', only: /./ }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof files>();
  const refuse = (code: string) =>
    Object.assign(new Error(`${code}: refused, open '/home/somebody'`), { code });
  return {
    ...real,
    async open(file: string, ...rest: [string, number]) {
      const handle = await real.open(file, ...rest);
      if (faults.write && faults.only.test(file)) {
        // As a full disk does it: the file is there, and part of what was to be in it.
        handle.writeFile = () => handle.write('{').then(() => Promise.reject(refuse(faults.write)));
      }
      return handle;
    },
    rename(from: string, to: string) {
      return faults.rename && faults.only.test(to)
        ? Promise.reject(refuse(faults.rename))
        : real.rename(from, to);
    },
  };
});

const schema = z.object({ version: z.literal(1), word: z.string(), list: z.array(z.string()).default([]) });
const value = { version: 1, word: 'näme', list: ['a', 'b'] } as const;
let folder: string;
const at = (...names: string[]) => path.join(folder, ...names);
const names = () => readdirSync(folder).sort();

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-'));
  Object.assign(faults, { write: '', rename: '', only: /./ });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('a sealed file', () => {
  test('notices every single bit that is changed, and every cut', () => {
    const bytes = Buffer.from(sealJson(value));
    expect(unsealJson(bytes, schema)).toEqual({ state: 'ready', value });
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const damaged = Buffer.from(bytes);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(unsealJson(damaged, schema).state, `bit ${bit}`).toBe('damaged');
    }
    // The last line end is nobody's loss.
    for (let length = 0; length < bytes.length - 1; length += 1)
      expect(unsealJson(bytes.subarray(0, length), schema).state, `length ${length}`).toBe('damaged');
  });

  test('takes the marks of an editor for what they are', () => {
    const text = sealJson(value);
    for (const marked of [
      Buffer.from(`\ufeff${text}`),
      Buffer.from(text.replaceAll('\n', '\r\n')),
      Buffer.from(`\ufeff${text}`, 'utf16le'),
      Buffer.from(`\ufeff${JSON.stringify(value)}`),
    ])
      expect(unsealJson(marked, schema)).toEqual({ state: 'ready', value });
  });

  test('of version 0.1.0 has no checksum and is valid; one whose checksum lost its name is not', () => {
    expect(unsealJson(Buffer.from(JSON.stringify(value)), schema)).toMatchObject({ state: 'ready' });
    const renamed = sealJson(value).replace('"checksum"', '"chdcksum"');
    expect(unsealJson(Buffer.from(renamed), schema).state).toBe('damaged');
  });

  test('of a newer version is whole, and not understood', async () => {
    const newer = sealJson({ version: 2, other: true });
    expect(unsealJson(Buffer.from(newer), schema).state).toBe('newer');
    writeFileSync(at('x.json'), newer);
    await expect(readJsonFile(at('x.json'), schema)).rejects.toMatchObject({ code: 'storage-newer' });
    expect(readFileSync(at('x.json'), 'utf8')).toBe(newer);
  });
});

describe('the last good copy', () => {
  test('is used when the file is damaged, gone or cut, and the file is made again', async () => {
    for (const damage of [
      () => {
        writeFileSync(at('x.json'), readFileSync(at('x.json'), 'utf8').replace('näme', 'nöme'));
      },
      () => {
        rmSync(at('x.json'));
      },
      () => {
        writeFileSync(at('x.json'), '');
      },
    ]) {
      await writeJsonFile(at('x.json'), value);
      damage();
      expect(await readJsonFile(at('x.json'), schema)).toMatchObject({ state: 'restored', value });
      expect(await readJsonFile(at('x.json'), schema)).toEqual({ state: 'ready', value });
    }
  });

  test('is made for a file that never had one, and mended when it is the damaged one', async () => {
    writeFileSync(at('x.json'), JSON.stringify(value));
    await readJsonFile(at('x.json'), schema);
    expect(readFileSync(at('x.json.copy'), 'utf8')).toBe(JSON.stringify(value));
    writeFileSync(at('x.json.copy'), 'x');
    await readJsonFile(at('x.json'), schema);
    expect(readFileSync(at('x.json.copy'), 'utf8')).toBe(JSON.stringify(value));
  });

  test('lost together with the file: both are kept aside', async () => {
    await writeJsonFile(at('x.json'), value);
    writeFileSync(at('x.json'), '{');
    writeFileSync(at('x.json.copy'), '}');
    const read = await readJsonFile(at('x.json'), schema);
    expect(read).toMatchObject({ state: 'damaged', keptAs: expect.stringContaining('x.json.damaged-') });
    expect(names().map((name) => name.replace(/\d+$/, ''))).toEqual([
      'x.json.copy.damaged-',
      'x.json.damaged-',
    ]);
  });

  test('of the window brings its place back', async () => {
    const state = { bounds: { x: 5, y: 6, width: 1000, height: 700 }, maximized: false };
    await writeJsonFile(at('window.json'), state);
    writeFileSync(at('window.json'), readFileSync(at('window.json'), 'utf8').replace('1000', '1001'));
    expect(readWindowState(at('window.json'))).toEqual(state);
  });
});

describe('a disk that refuses', () => {
  test.each([
    ['write', 'ENOSPC', /the disk is full/],
    ['write', 'EROFS', /read-only/],
    ['rename', 'EACCES', /does not allow it/],
    ['rename', 'EPERM', /does not allow it/],
    ['write', 'EIO', /reports an error/],
  ] as const)(
    'at the %s with %s: one clear sentence, nothing changed, nothing left',
    async (step, code, words) => {
      const { settings } = await SettingsFile.open(folder);
      const { profiles } = await Profiles.open(folder);
      const { id } = await profiles.add({
        ...{ label: 'West', kind: 'flowroute-v1', accessKey: 'k', baseUrl: 'https://x', keptIn: 'session' },
      });
      await settings.set({ syncMinutes: 5 });
      const before = names();
      faults[step] = code;
      for (const change of [
        () => settings.set({ syncMinutes: 60 }),
        () => settings.reset(),
        () => profiles.change(id, { label: 'East' }),
        () => profiles.choose(id),
        () => profiles.remove(id),
        () => profiles.clear(),
        () => writeJsonFile(at('window.json'), value),
      ]) {
        const error = await change().catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({
          code: code === 'ENOSPC' ? 'storage-full' : 'storage',
          message: expect.stringMatching(words),
        });
        expect(JSON.stringify(error)).not.toContain('/home/somebody');
      }
      expect(names()).toEqual(before);
      expect([settings.value.syncMinutes, profiles.need(id).label]).toEqual([5, 'West']);
      faults[step] = '';
      await Promise.all([settings.set({ density: 'compact' }), profiles.change(id, { label: 'East' })]);
      expect((await SettingsFile.open(folder)).settings.value).toEqual({
        ...usualSettings,
        ...{ syncMinutes: 5, density: 'compact' },
      });
      expect((await Profiles.open(folder)).profiles.need(id).label).toBe('East');
    },
  );

  test('only for the copy or the account’s own file: the change is kept', async () => {
    const { profiles } = await Profiles.open(folder);
    faults.write = 'ENOSPC';
    faults.only = /\.copy|account\.json/;
    const { id } = await profiles.add({
      ...{ label: 'West', kind: 'flowroute-v1', accessKey: 'k', baseUrl: 'https://x', keptIn: 'session' },
    });
    expect(names()).toEqual(['accounts', 'accounts.json']);
    expect(readdirSync(at('accounts', id))).toEqual([]);
    faults.write = '';
    await Profiles.open(folder);
    expect(existsSync(at('accounts', id, 'account.json'))).toBe(true);
    expect(names()).toEqual(['accounts', 'accounts.json', 'accounts.json.copy']);
  });

  test('is told in the same words by the list and the journal, whose texts are SQLite’s', () => {
    for (const [text, words, code] of [
      ['database or disk is full', 'the disk is full', 'storage-full'],
      ['attempt to write a readonly database', 'the data folder is read-only', 'storage'],
      ['disk I/O error', 'the disk reports an error', 'storage'],
      ['unable to open database file', 'the data folder cannot be opened', 'storage'],
    ] as const)
      expect(toAppError(new Error(text))).toMatchObject({
        code,
        message: `Numberdesk cannot write its data: ${words}.`,
      });
    expect(toAppError(Object.assign(new Error('x'), { code: 'ENOSPC' })).message).toMatch(/the disk is full/);
    expect(toAppError(Object.assign(new Error('x'), { code: 'ECONNRESET' })).code).toBe('internal');
  });

  test('what a killed process left is removed at the next start', async () => {
    for (const name of ['settings.json.1.tmp', 'accounts.json.copy.23.tmp', 'mine.txt.1.tmp'])
      writeFileSync(at(name), '{');
    await removeLeftOvers(folder);
    expect(names()).toEqual(['mine.txt.1.tmp']);
  });
});

describe('the list of accounts', () => {
  const west = {
    label: 'West',
    kind: 'flowroute-v1',
    accessKey: 'w',
    baseUrl: 'https://w',
    keptIn: 'keychain',
  } as const;
  const east = { ...west, label: 'East', accessKey: 'e', baseUrl: 'https://e' } as const;
  const data = (id: string, name = 'journal.db') => {
    mkdirSync(at('accounts', id), { recursive: true });
    writeFileSync(at('accounts', id, name), 'data');
  };
  const lose = () => {
    for (const name of ['accounts.json', 'accounts.json.copy']) writeFileSync(at(name), 'garbage');
  };

  test('is made again from the folders, signed-out accounts too', async () => {
    const { profiles } = await Profiles.open(folder);
    const [a, b] = [await profiles.add(west), await profiles.add(east)];
    for (const { id } of [a, b]) data(id);
    await profiles.remove(b.id);
    lose();
    const again = await Profiles.open(folder);
    expect(again.profiles.all).toEqual([a]);
    expect(again.profiles.current).toEqual(a);
    expect(again.profiles.formerOf('e', 'https://e')?.id).toBe(b.id);
    expect(again.told).toEqual([expect.stringMatching(/list of accounts was damaged.*made again.*: West\./)]);
    const third = await Profiles.open(folder);
    expect([third.profiles.all, third.told]).toEqual([[a], []]);
  });

  const rightId = '0b9d1d3e-5d0a-4b2f-9a51-0c8f6f8c1a11';
  const wrongId = rightId.replace('9d1', '9d3');

  test.each([
    ['gone', () => rmSync(at('accounts.json'))],
    ['with one bit changed in an id', () => flip('accounts.json', '"id": "', 7)],
    ['with one bit changed in an address', () => flip('accounts.json', 'https://w', 8)],
  ])('%s: its copy is used, and it is said', async (_, damage) => {
    const { profiles } = await Profiles.open(folder);
    const a = await profiles.add(west);
    data(a.id);
    damage();
    const again = await Profiles.open(folder);
    expect([again.profiles.all, again.profiles.current]).toEqual([[a], a]);
    expect(again.told).toEqual([expect.stringContaining('last good copy is used: nothing is missing')]);
  });

  test('of folders of 0.1.0, which say nothing of themselves, has accounts that ask for keys', async () => {
    for (const id of ['1111', '2222', 'demo', 'Not an id']) data(id);
    writeFileSync(at('accounts.json'), '{"version":1');
    const { profiles, told } = await Profiles.open(folder);
    const found = profiles.all.map(({ id, label, kind, keptIn }) => [id, label, kind, keptIn].join(' '));
    expect(found.sort()).toEqual([
      expect.stringMatching(/^1111 Account found on this computer( \d)? flowroute-v1 session$/),
      expect.stringMatching(/^2222 Account found on this computer( \d)? flowroute-v1 session$/),
      expect.stringMatching(/^demo Account found on this computer( \d)? demo session$/),
    ]);
    expect(new Set(profiles.all.map(({ label }) => label)).size).toBe(3);
    expect(told).toHaveLength(1);
  });

  test.each(['current', 'former'])(
    'of 0.1.0 with one bit changed in the id of a %s account finds its folder',
    async (of) => {
      const [id, wrong] = [rightId, wrongId];
      data(id);
      const profile = { ...west, id: wrong };
      const former = { id: wrong, accessKey: 'w', baseUrl: 'https://w' };
      const list =
        of === 'current' ? { accounts: [profile], former: [] } : { accounts: [], former: [former] };
      writeFileSync(at('accounts.json'), JSON.stringify({ version: 1, currentId: wrong, ...list }));
      const { profiles, told } = await Profiles.open(folder);
      expect([profiles.all[0]?.id, profiles.formerOf('w', 'https://w')?.id ?? null]).toEqual(
        of === 'current' ? [id, null] : [undefined, id],
      );
      expect(told).toEqual([expect.stringContaining('pointed at an empty folder')]);
    },
  );

  test.each([
    [
      'the id of the account that was open',
      (list: object) => ({ ...list, accounts: [{ ...west, id: wrongId }] }),
    ],
    ['what names the account that was open', (list: object) => ({ ...list, currentId: wrongId })],
    ['what names it, past finding', (list: object) => ({ ...list, currentId: '?' })],
  ])('of 0.1.0 with one bit changed in %s opens that account', async (_, damage) => {
    const list = { version: 1, currentId: rightId, accounts: [{ ...west, id: rightId }], former: [] };
    data(rightId);
    writeFileSync(at('accounts.json'), JSON.stringify(damage(list)));
    const { profiles } = await Profiles.open(folder);
    expect(profiles.current?.id).toBe(rightId);
  });

  test('an account with nothing, beside a folder that is in no list, is told', async () => {
    const { profiles } = await Profiles.open(folder);
    await profiles.add(west);
    data('0b9d1d3e-5d0a-4b2f-9a51-0c8f6f8c1a11');
    const again = await Profiles.open(folder);
    expect(again.profiles.all.map(({ label }) => label)).toEqual(['West', 'Account found on this computer']);
    expect(again.told).toEqual([expect.stringContaining('was in no list: it is here again')]);
    expect((await Profiles.open(folder)).told).toEqual([]);
  });

  test('the folder that the demo left behind is no lost account', async () => {
    const { profiles } = await Profiles.open(folder);
    await profiles.add(west);
    data('demo');
    expect((await Profiles.open(folder)).told).toEqual([]);
  });

  function flip(name: string, after: string, add: number): void {
    const bytes = readFileSync(at(name));
    const place = bytes.indexOf(after) + add;
    bytes[place] = (bytes[place] ?? 0) ^ 1;
    writeFileSync(at(name), bytes);
  }
});
