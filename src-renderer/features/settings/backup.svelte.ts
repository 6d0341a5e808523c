import type { RestorePreview, RestoreWay } from '#main/contract/backup.ts';
import type { Client } from '#main/contract/client.ts';
import type { AppError, Result } from '#main/contract/errors.ts';
import { readBase64 } from '../../lib/csv.ts';

/** Bytes of a file in one message: as base64 it stays below 256 kB. */
export const pieceBytes = 180_000;
const mostBytes = 512 * 2 ** 20;

type Progress = {
  readonly what: 'making' | 'reading' | 'checking' | 'restoring';
  readonly done: number;
  readonly total: number;
};

/** A backup on its way out of the app, or back into it. */
export class BackupState {
  #client: Client;
  progress = $state.raw<Progress | null>(null);
  error = $state.raw<AppError | null>(null);
  /** Accounts that are not in the backup that was made last, each with the reason. */
  leftOut = $state.raw<readonly { label: string; reason: string }[]>([]);
  /** What restoring the chosen file would do. */
  preview = $state.raw<RestorePreview | null>(null);
  name = $state('');
  #transfer: string | null = null;
  /** Grows with each file: answers about an earlier one are dropped. */
  #turn = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Makes a backup and gives it to the person as a file. Resolves with what is in it, or null when it failed. */
  async make(
    save: (name: string, parts: Uint8Array<ArrayBuffer>[]) => void,
  ): Promise<readonly string[] | null> {
    this.error = null;
    this.leftOut = [];
    this.progress = { what: 'making', done: 0, total: 0 };
    const made = await this.#client.call('backup.make', {});
    const parts: Uint8Array<ArrayBuffer>[] = [];
    if (made.ok) {
      const { id, bytes } = made.value;
      for (let offset = 0; offset < bytes && !this.error;) {
        const piece = this.#kept(await this.#client.call('backup.read', { id, offset }));
        if (piece === null) break;
        const read = bytesOf(piece.base64);
        parts.push(read);
        offset += read.length;
        this.progress = { what: 'making', done: offset, total: bytes };
      }
      await this.#client.call('backup.end', { id });
    }
    this.progress = null;
    const value = this.#kept(made);
    if (value === null || this.error) return null;
    this.leftOut = value.leftOut;
    save(value.name, parts);
    return value.accounts;
  }

  /** Hands a file over and looks at what restoring it would do. */
  async choose(file: File): Promise<void> {
    await this.forget();
    const turn = this.#turn;
    this.name = file.name;
    if (file.size > mostBytes) {
      this.error = {
        code: 'invalid-input',
        message: `${file.name} is too large to be a backup.`,
        action: 'Choose another file.',
        retryable: false,
      };
      return;
    }
    const begun = this.#kept(await this.#client.call('restore.begin', {}));
    if (begun === null || turn !== this.#turn) return;
    this.#transfer = begun.id;
    const { id } = begun;
    for (let offset = 0; offset < file.size; offset += pieceBytes) {
      this.progress = { what: 'reading', done: offset, total: file.size };
      const base64 = await readBase64(file.slice(offset, offset + pieceBytes));
      const added = await this.#client.call('restore.add', { id, offset, base64 });
      if (turn !== this.#turn) return;
      if (!added.ok) return this.#failed(added.error);
    }
    this.progress = { what: 'checking', done: 0, total: 0 };
    const preview = await this.#client.call('restore.preview', { id });
    if (turn !== this.#turn) return;
    if (!preview.ok) return this.#failed(preview.error);
    this.progress = null;
    this.preview = preview.value;
  }

  /** Restores what was shown. Every window begins anew when it is done. True then. */
  async apply(way: RestoreWay): Promise<boolean> {
    if (this.#transfer === null || this.progress) return false;
    this.error = null;
    this.progress = { what: 'restoring', done: 0, total: 0 };
    const result = await this.#client.call('restore.apply', { id: this.#transfer, way });
    this.progress = null;
    if (!result.ok) this.error = result.error;
    return result.ok;
  }

  /** Nothing is restored of the file. */
  async forget(): Promise<void> {
    this.#turn += 1;
    const id = this.#transfer;
    this.#transfer = null;
    [this.preview, this.error, this.progress, this.name] = [null, null, null, ''];
    if (id !== null) await this.#client.call('restore.end', { id });
  }

  #failed(error: AppError): void {
    this.progress = null;
    this.error = error;
  }

  #kept<T>(result: Result<T>): T | null {
    if (result.ok) return result.value;
    this.#failed(result.error);
    return null;
  }
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
