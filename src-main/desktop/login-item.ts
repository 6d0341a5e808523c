import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export type LoginItem = {
  readonly enabled: boolean;
  readonly executable: string;
  /** What the executable needs to find the app: its folder, unless it is packaged. */
  readonly args: readonly string[];
};

/** Where a desktop of Linux looks for what begins with a session. */
export function autostartFile(env: NodeJS.ProcessEnv = process.env): string {
  const config = env['XDG_CONFIG_HOME'] ?? path.join(os.homedir(), '.config');
  return path.join(config, 'autostart', 'numberdesk.desktop');
}

/** Linux has no call for this: the entry is a file. */
export function setAutostart({ enabled, executable, args }: LoginItem, file = autostartFile()): void {
  if (!enabled) {
    rmSync(file, { force: true });
    return;
  }
  mkdirSync(path.dirname(file), { recursive: true });
  const command = [executable, ...args, '--hidden'].map(quoted).join(' ');
  const lines = [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Numberdesk',
    `Exec=${command}`,
    'Terminal=false',
  ];
  writeFileSync(file, `${[...lines, 'X-GNOME-Autostart-enabled=true'].join('\n')}\n`);
}

/** Quoting of the Desktop Entry Specification; `%` begins a field code there. */
function quoted(word: string): string {
  const escaped = word.replace(/["`$\\]/g, '\\$&').replaceAll('%', '%%');
  return /^[\w./:=@%+-]+$/.test(word) ? escaped : `"${escaped}"`;
}
