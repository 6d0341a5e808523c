import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';

const maxBytes = 1024 * 1024;

/** A log in `<dataDir>/logs/main.log`, the one before it beside it. Callers pass codes and names, never input. */
export function openLog(dataDir: string): (line: string) => void {
  const folder = path.join(dataDir, 'logs');
  const file = path.join(folder, 'main.log');
  return (line) => {
    try {
      mkdirSync(folder, { recursive: true });
      const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      if (size > maxBytes) renameSync(file, `${file}.1`);
      appendFileSync(file, `${new Date().toISOString()} ${line.replaceAll('\n', ' ')}\n`, { mode: 0o600 });
    } catch {
      // A full disk must not stop the app for a log line.
    }
  };
}
