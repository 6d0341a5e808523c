import { stat } from 'node:fs/promises';
import path from 'node:path';
import { accountFolder } from '../accounts/account-folders.ts';
import type { Profiles } from '../accounts/profiles.ts';
import type { BackupMade, BackupPiece } from '../contract/backup.ts';
import { failure, toAppError } from '../contract/errors.ts';
import type { SettingsFile } from '../app/settings.ts';
import { openFile } from '../platform/storage/client.ts';
import type { Stores } from '../platform/storage/served-file.ts';
import { writeArchive, type Part } from './archive.ts';
import type { BackupStore } from './backup-store.ts';
import { plainAddress, type BackedUpAccount, type Manifest } from './manifest.ts';
import { readPiece, type Transfers } from './transfers.ts';

export type BackupsOptions = {
  readonly dataDir: string;
  readonly workerUrl: URL;
  readonly version: string;
  readonly profiles: Profiles;
  readonly settings: SettingsFile;
  readonly transfers: Transfers;
  readonly log: (line: string) => void;
};

export type BackupStoreCalls = Stores<{ backup: BackupStore }>['backup'];

/** As base64 it stays below 256 kB. */
const pieceBytes = 180_000;

/** Opens the thread that works on files of journals, for as long as `work` takes. */
export async function withBackupStore<T>(
  { workerUrl, log }: Pick<BackupsOptions, 'workerUrl' | 'log'>,
  work: (store: BackupStoreCalls) => Promise<T>,
): Promise<T> {
  const client = await openFile<{ backup: BackupStore }>('backup', { file: '', workerUrl, log });
  try {
    return await work(client.stores.backup);
  } finally {
    await client.close();
  }
}

/**
 * Makes one file of everything that cannot be fetched again, of all accounts of this computer, signed-out ones too; without the
 * demo account, whose carrier is invented anew. No key is in it.
 */
export class Backups {
  #options: BackupsOptions;
  #making: Promise<unknown> = Promise.resolve();
  #made = new Set<string>();

  constructor(options: BackupsOptions) {
    this.#options = options;
  }

  /** One after another: each reads all that there is. */
  make(): Promise<BackupMade> {
    const made = this.#making.then(() => this.#make());
    this.#making = made.catch(() => undefined);
    return made;
  }

  async #make(): Promise<BackupMade> {
    const { transfers } = this.#options;
    const { id } = await transfers.begin();
    try {
      return await transfers.use(id, (folder) => this.#write(id, folder));
    } catch (thrown) {
      await transfers.end(id);
      throw thrown;
    }
  }

  async #write(id: string, folder: string): Promise<BackupMade> {
    const { settings, version } = this.#options;
    const { accounts, parts, leftOut } = await this.#copyJournals(folder);
    const madeAt = Date.now();
    const manifest: Manifest = {
      ...{ format: 'numberdesk-backup', version: 1, madeAt, appVersion: version },
      ...{ settings: settings.value, accounts },
    };
    const file = path.join(folder, 'backup');
    this.#made.add(id);
    await writeArchive(file, [{ name: 'manifest.json', text: JSON.stringify(manifest) }, ...parts]);
    return {
      ...{ id, leftOut },
      name: `numberdesk-${new Date(madeAt).toISOString().slice(0, 10)}.backup`,
      bytes: (await stat(file)).size,
      accounts: accounts.map(({ label }) => label),
    };
  }

  /** A piece of a backup that was made. */
  read(id: string, offset: number): Promise<BackupPiece> {
    return this.#options.transfers.use(id, async (folder) => {
      const file = path.join(folder, 'backup');
      // The id belongs to a file that is being restored, not to a backup that was made.
      if (!this.#made.has(id)) throw failure('not-found', 'This file is not here any more.', 'Begin again.');
      const piece = await readPiece(file, offset, pieceBytes);
      return { base64: piece.toString('base64'), end: piece.length < pieceBytes };
    });
  }

  /** One account whose records cannot be read must not keep the others from being saved. */
  async #copyJournals(folder: string) {
    const { dataDir, profiles } = this.#options;
    const accounts: BackedUpAccount[] = [];
    const parts: Part[] = [];
    const leftOut: { label: string; reason: string }[] = [];
    const all = [
      ...profiles.all.flatMap(({ kind, ...profile }) =>
        kind === 'demo' ? [] : [{ ...profile, kind, signedOut: false }],
      ),
      ...profiles.former.map((one) => ({
        ...one,
        label: one.label || 'Signed-out account',
        signedOut: true,
      })),
    ];
    await withBackupStore(this.#options, async (store) => {
      for (const [at, { id, kind, label, accessKey, baseUrl, signedOut }] of all.entries()) {
        const name = `journal-${at}.db`;
        const file = path.join(folder, name);
        const from = path.join(accountFolder(dataDir, id), 'journal.db');
        const account = { id, kind, label, accessKey, baseUrl: plainAddress(baseUrl), signedOut };
        try {
          // An account that was never opened has none.
          const exists = await stat(from).then(
            () => true,
            () => false,
          );
          if (exists) {
            await store.copy(from, file);
            parts.push({ name, file });
          }
          accounts.push({ ...account, journal: exists ? name : null });
        } catch (thrown) {
          const { code, message, action } = toAppError(thrown);
          if (code === 'storage-full') throw thrown;
          leftOut.push({ label, reason: `${message} ${action}` });
        }
      }
    });
    return { accounts, parts, leftOut };
  }
}
