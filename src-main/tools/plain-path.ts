import { mkdtempSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { files } from '../platform/files.ts';

/** With these options Vite takes files by the path they are asked for, and not by where a link leads. */
export const byPath = { preserveSymlinks: true };

/**
 * The folder by a path that Vite can read: it takes everything from a `#` or `?` on in a file's path for a part of an address.
 * Where the path has one, a link in the system's folder for temporary files stands for it until this process ends. With a
 * slash at the end, like the folder given.
 */
export function plainPath(folder: string): string {
  if (!/[#?]/.test(folder)) return folder;
  const place = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-build-'));
  const link = path.join(place, 'app');
  // A junction: on Windows other links need rights that most people do not have.
  symlinkSync(folder, link, 'junction');
  process.on('exit', () => {
    // Only the link is removed, not the folder of the app that it leads to.
    files.removeSync(link);
    files.removeSync(place);
  });
  return `${link}${path.sep}`;
}
