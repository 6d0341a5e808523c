import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';

/** What disks, other programs and people do to files. A failing disk leaves a file's time as it was; so do these. */
export const kinds = ['bit', 'bytes', 'page', 'cut', 'head', 'missing', 'stale'] as const;
export type Kind = (typeof kinds)[number];

/** What was done, for the report. */
export type Damage = { readonly kind: Kind; readonly file: string; readonly detail: string };

const pageSize = 4_096;

/**
 * Damages a file; null when this kind cannot be done to it. `stale` are logs of an earlier time, by the path of the database.
 */
export function damage(
  kind: Kind,
  path: string,
  random: () => number,
  stale: (path: string) => string | null,
): string | null {
  const size = statSync(path).size;
  const at = () => Math.floor(random() * size);
  switch (kind) {
    case 'bit': {
      if (size === 0) return null;
      const place = at();
      const bit = Math.floor(random() * 8);
      overwrite(path, place, Buffer.from([(readFileSync(path)[place] ?? 0) ^ (1 << bit)]));
      return `bit ${bit} of byte ${place}`;
    }
    case 'bytes': {
      if (size === 0) return null;
      const places = Array.from({ length: 8 }, at);
      for (const place of places) overwrite(path, place, Buffer.from([Math.floor(random() * 256)]));
      return `bytes ${places.join(', ')}`;
    }
    case 'page': {
      if (size === 0) return null;
      const page = Math.floor(random() * Math.ceil(size / pageSize));
      overwrite(path, page * pageSize, Buffer.alloc(Math.min(pageSize, size - page * pageSize)));
      return `page ${page + 1}`;
    }
    case 'cut': {
      if (size === 0) return null;
      const left = at();
      const { atime, mtime } = statSync(path);
      truncateSync(path, left);
      utimesSync(path, atime, mtime);
      return `after ${left} of ${size} bytes`;
    }
    case 'head': {
      const length = Math.min(Math.max(size, 1), 1 + Math.floor(random() * 128));
      overwrite(path, 0, Buffer.from(Array.from({ length }, () => Math.floor(random() * 256))));
      return `${length} bytes`;
    }
    case 'missing':
      rmSync(path);
      return '';
    case 'stale': {
      const log = stale(path);
      if (log === null || !existsSync(log)) return null;
      writeFileSync(`${path}-wal`, readFileSync(log));
      return 'an older log beside it';
    }
  }
}

function overwrite(path: string, at: number, bytes: Buffer): void {
  const { atime, mtime } = statSync(path);
  const handle = openSync(path, 'r+');
  writeSync(handle, bytes, 0, bytes.length, at);
  closeSync(handle);
  utimesSync(path, atime, mtime);
}
