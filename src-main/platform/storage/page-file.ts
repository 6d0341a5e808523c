import { existsSync, readFileSync } from 'node:fs';
import { readWal, type Wal } from './wal.ts';

const usualPage = 4_096;
const headText = 'SQLite format 3\0';
const none: ReadonlySet<number> = new Set();

/**
 * The pages of a database as they lie on disk, with what its log holds laid over them, without SQLite: it reads on where SQLite
 * would stop. Pages count from 1.
 */
export class PageFile {
  readonly pageSize: number;
  readonly count: number;
  readonly wal: Wal | null;
  /** False when the file's own head cannot be believed: no schema, no version, no list of free pages. */
  readonly headed: boolean;
  /** A page of the log was not sound: what is read in its place is older. */
  readonly stale: boolean;
  #main: Buffer;
  #bad: ReadonlySet<number>;
  #over = new Map<number, number>();

  /** `bad`: pages of the database itself that are known not to be as they were written. */
  constructor(file: string, bad: ReadonlySet<number> = none) {
    this.#main = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
    this.#bad = bad;
    this.wal = readWal(file);
    this.pageSize = pageSizeOf(this.#main) ?? this.wal?.pageSize ?? usualPage;
    const usable = this.wal !== null && !this.wal.foreign && this.wal.pageSize === this.pageSize;
    for (const frame of usable ? (this.wal?.frames ?? []) : [])
      if (frame.usable) this.#over.set(frame.page, frame.at);
    this.stale = usable && (this.wal?.frames ?? []).some(({ sound }) => !sound);
    this.count = Math.max(Math.ceil(this.#main.length / this.pageSize), ...this.#over.keys());
    const first = this.page(1);
    this.headed = first !== null && first.toString('latin1', 0, 16) === headText;
  }

  /** The bytes of a page; null when they are not there or not sound. */
  page(number: number): Buffer | null {
    const over = this.#over.get(number);
    if (over !== undefined && this.wal) return this.wal.bytes.subarray(over, over + this.pageSize);
    if (this.#bad.has(number)) return null;
    const page = this.#main.subarray((number - 1) * this.pageSize, number * this.pageSize);
    return number >= 1 && page.length === this.pageSize ? page : null;
  }

  /** `user_version`, as the head has it. */
  get version(): number {
    return this.headed ? (this.page(1)?.readUInt32BE(60) ?? 0) : 0;
  }

  /** Pages that hold nothing any more. */
  freePages(): Set<number> {
    const free = new Set<number>();
    let trunk = this.headed ? (this.page(1)?.readUInt32BE(32) ?? 0) : 0;
    while (trunk > 0 && !free.has(trunk)) {
      free.add(trunk);
      const page = this.page(trunk);
      if (!page) break;
      const leaves = Math.min(page.readUInt32BE(4), this.pageSize / 4 - 2);
      for (let at = 0; at < leaves; at += 1) free.add(page.readUInt32BE(8 + at * 4));
      trunk = page.readUInt32BE(0);
    }
    return free;
  }
}

function pageSizeOf(main: Buffer): number | null {
  if (main.length < 100 || main.toString('latin1', 0, 16) !== headText) return null;
  const size = main.readUInt16BE(16);
  return size >= 512 && size <= 32_768 && (size & (size - 1)) === 0 ? size : null;
}
