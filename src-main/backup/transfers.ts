import { randomUUID } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { failure } from '../contract/errors.ts';
import { files } from '../platform/files.ts';

/** Files on their way are in folders of their own here; all of them go at a start. */
const folderName = 'transfer';
/** Of files that nobody works on, the oldest go when there are more. */
const mostAtOnce = 4;

export const transferFolder = (dataDir: string): string => path.join(dataDir, folderName);

/** Folders for files that come or go in pieces, each known by an id. */
export class Transfers {
  #dataDir: string;
  /** By the id: what is being done with its files. */
  #work = new Map<string, Set<Promise<unknown>>>();

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  /** Makes an empty folder; the oldest one goes when there are too many. Rejects with `rejected` when all are in use. */
  async begin(): Promise<{ id: string; folder: string }> {
    const idle = [...this.#work].filter(([, work]) => work.size === 0).map(([id]) => id);
    const over = this.#work.size + 1 - mostAtOnce;
    if (over > idle.length)
      throw failure('rejected', 'Other files are being read or made.', 'Wait until that is done.');
    const id = randomUUID();
    this.#work.set(id, new Set());
    const folder = this.#path(id);
    await this.use(id, async () => {
      for (const old of idle.slice(0, Math.max(0, over))) await this.end(old);
      await mkdir(folder, { recursive: true });
    });
    return { id, folder };
  }

  /** Works on the files of an id, which stay for so long. Rejects with `not-found` when it has ended. */
  async use<T>(id: string, work: (folder: string) => Promise<T>): Promise<T> {
    const all = this.#work.get(id);
    if (!all) throw failure('not-found', 'This file is not here any more.', 'Begin again.');
    const done = work(this.#path(id));
    all.add(done);
    try {
      return await done;
    } finally {
      all.delete(done);
    }
  }

  /** Removes the files of an id, once nobody works on them any more. Nothing new can be begun with them. */
  async end(id: string): Promise<void> {
    const work = this.#work.get(id);
    if (!work) return;
    this.#work.delete(id);
    await Promise.allSettled(work);
    await files.remove(this.#path(id));
  }

  /** The same of all of them. */
  async endAll(): Promise<void> {
    await Promise.all([...this.#work.keys()].map((id) => this.end(id)));
  }

  #path(id: string): string {
    return path.join(transferFolder(this.#dataDir), id);
  }
}

/** Bytes of a file from an offset; fewer than asked for at its end. */
export async function readPiece(file: string, offset: number, most: number): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const piece = Buffer.alloc(most);
    const { bytesRead } = await handle.read(piece, 0, most, offset);
    return piece.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Adds bytes at the end of a file, which must be at `offset`. */
export async function addPiece(file: string, offset: number, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'a', 0o600);
  try {
    if ((await handle.stat()).size !== offset)
      throw failure('invalid-input', 'A piece of the file is missing.', 'Choose the file again.');
    await handle.write(bytes);
  } finally {
    await handle.close();
  }
}
