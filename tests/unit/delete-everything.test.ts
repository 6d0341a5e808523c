import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type * as files from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Accounts } from '../../src-main/accounts/accounts.ts';
import { Transfers } from '../../src-main/backup/transfers.ts';
import { toAppError } from '../../src-main/contract/errors.ts';
import { deleteEverything, finishDeleting } from '../../src-main/app/delete-everything.ts';
import { SettingsFile } from '../../src-main/app/settings.ts';
import type { Sessions } from '../../src-main/app/sessions.ts';

const faults = vi.hoisted(() => ({ rename: /^$/, rm: /^$/ }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof files>();
  const held = () => Promise.reject(Object.assign(new Error('EBUSY'), { code: 'EBUSY' }));
  return {
    ...real,
    rename: (from: string, to: string) => (faults.rename.test(from) ? held() : real.rename(from, to)),
    rm: (file: string, options: object) => (faults.rm.test(file) ? held() : real.rm(file, options)),
  };
});

let folder: string;
let steps: string[];
const at = (...names: string[]) => path.join(folder, ...names);
async function deleted() {
  const step = (name: string) => () => {
    steps.push(name);
    return Promise.resolve();
  };
  const { settings } = await SettingsFile.open(folder);
  await deleteEverything({
    dataDir: folder,
    settings,
    transfers: new Transfers(folder),
    accounts: { removeKeys: step('keys'), forgetAll: step('list'), current: null } as unknown as Accounts,
    sessions: {
      busy: () => Promise.resolve(false),
      close: step('close'),
      open: step('open'),
    } as unknown as Sessions,
  });
}
const refusal = () => deleted().then(() => null, toAppError);

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-'));
  Object.assign(faults, { rename: /^$/, rm: /^$/ });
  steps = [];
  mkdirSync(at('accounts', 'a'), { recursive: true });
  writeFileSync(at('accounts', 'a', 'journal.db'), 'x');
  writeFileSync(at('window.json'), '{}');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('a folder that another program holds stays whole, and it is said what is left', async () => {
  faults.rename = /accounts$/;
  expect(await refusal()).toMatchObject({
    code: 'storage',
    message: expect.stringContaining('The keys were removed; lists, records and settings are still here.'),
    action: expect.stringContaining('delete again'),
  });
  expect(existsSync(at('accounts', 'a', 'journal.db'))).toBe(true);
  // The account is on screen again, and still in the list.
  expect(steps).toEqual(['keys', 'close', 'open']);
  faults.rename = /^$/;
  await deleted();
  expect(readdirSync(folder).sort()).toEqual(['settings.json', 'settings.json.copy']);
});

test('files that cannot be deleted are in no account any more, and go at the next start', async () => {
  faults.rm = /accounts\.deleted/;
  expect(await refusal()).toMatchObject({ message: expect.stringContaining('Not all files') });
  expect(existsSync(at('accounts'))).toBe(false);
  expect(readdirSync(folder).some((name) => name.startsWith('accounts.deleted-'))).toBe(true);
  faults.rm = /^$/;
  await finishDeleting(folder);
  expect(readdirSync(folder)).toEqual(['window.json']);
});
