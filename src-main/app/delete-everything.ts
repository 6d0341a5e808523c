import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Accounts } from '../accounts/accounts.ts';
import type { Transfers } from '../backup/transfers.ts';
import { failure, toAppError } from '../contract/errors.ts';
import { files } from '../platform/files.ts';
import type { SettingsFile } from './settings.ts';
import type { Sessions } from './sessions.ts';

export type DeletedParts = {
  readonly dataDir: string;
  readonly accounts: Accounts;
  readonly settings: SettingsFile;
  readonly sessions: Sessions;
  readonly transfers: Transfers;
};

/** Folders of accounts on their way out: nothing looks into them any more. */
const leaving = /^accounts\.deleted-\d+$/;
const besides = /^((window|login-item)\.json(\.copy)?|.*\.damaged-\d+|logs)$/;

/**
 * Signs every account out and deletes what was kept of them, in steps that can each be done again: keys, folders, the list,
 * the rest. Where one fails, the rejection says what is done and what is left, and doing it again goes on from there.
 */
export async function deleteEverything({
  dataDir,
  accounts,
  settings,
  sessions,
  transfers,
}: DeletedParts): Promise<void> {
  if (await sessions.busy()) {
    throw failure('rejected', 'An order or a change of routes is running.', 'Pause or stop it, then delete.');
  }
  // Keys first: where the keychain refuses, nothing else is lost.
  await step('Nothing else was deleted.', () => accounts.removeKeys());
  await sessions.close();
  try {
    // Files of backups on their way, once nobody reads the accounts for one any more.
    await step('The keys were removed.', () => transfers.endAll());
    // By one rename, so that no account is left with half of its data.
    const gone = path.join(dataDir, `accounts.deleted-${Date.now()}`);
    await step('The keys were removed; lists, records and settings are still here.', () =>
      files.move(path.join(dataDir, 'accounts'), gone).catch((thrown: unknown) => {
        if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
      }),
    );
    await step('The keys were removed. Not all files of the accounts could be deleted.', () =>
      remove(dataDir, leaving),
    );
    await step('Keys and files were deleted; the accounts are still listed.', () => accounts.forgetAll());
  } finally {
    sessions.open(accounts.current);
  }
  await step('Everything was deleted but the log, the place of the window and the settings.', async () => {
    await remove(dataDir, besides);
    await settings.reset();
  });
}

/** Deletes what a deletion could not delete: because it was interrupted, or because another program held a file. */
export async function finishDeleting(dataDir: string): Promise<void> {
  await remove(dataDir, leaving).catch(() => undefined);
}

async function remove(dataDir: string, names: RegExp): Promise<void> {
  for (const name of await readdir(dataDir))
    if (names.test(name)) await files.remove(path.join(dataDir, name));
}

async function step(state: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    const { code, message, action, retryable } = toAppError(thrown);
    throw failure(code, `${message} ${state}`, `${action} Then delete again.`, { retryable, cause: thrown });
  }
}
