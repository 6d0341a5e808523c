import { appendFileSync, mkdirSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { files, type Files } from '../platform/files.ts';

const maxBytes = 1024 * 1024;
/** A log that cannot be put aside grows on up to this size. */
const mostBytes = 4 * maxBytes;

/**
 * A log in `<dataDir>/logs/main.log`, the one before it beside it. Callers pass codes and names, never input. Where the file
 * before is held by somebody (an editor or a scanner on Windows), lines go on into the same file; at four times its
 * size it begins anew.
 */
export function openLog(
  dataDir: string,
  { tryMoveSync }: Pick<Files, 'tryMoveSync'> = files,
): (line: string) => void {
  const folder = path.join(dataDir, 'logs');
  const file = path.join(folder, 'main.log');
  return (line) => {
    try {
      mkdirSync(folder, { recursive: true });
      const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      if (size > maxBytes && !tryMoveSync(file, `${file}.1`) && size > mostBytes) truncateSync(file);
      appendFileSync(file, `${new Date().toISOString()} ${line.replaceAll('\n', ' ')}\n`, { mode: 0o600 });
    } catch {
      // A full disk must not stop the app for a log line.
    }
  };
}
