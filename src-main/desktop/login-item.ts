/**
 * The start at login. What the person chose last counts, wherever that was: in our settings, or in the system's (Task Manager,
 * System Settings, a desktop's list of autostart programs). So the system is read first, and written only when the
 * person changes our setting or the app has moved.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { files } from '../platform/files.ts';
import { copyOf, readJsonFile, writeJsonFile } from '../platform/storage/json-file.ts';

/** `blocked`: on in our settings, and switched off in the system's. `removed`: our entry is gone from there. */
export type LoginItemState = 'on' | 'off' | 'blocked' | 'removed';

/** How one system keeps what begins with a session. */
export type LoginItems = {
  /** The entry as the system has it, for the program that it was written for. */
  read(command: string): LoginItemState;
  /** `blocked` keeps the system's own switch off while the entry is written anew. */
  write(command: string, blocked: boolean): void;
  remove(): void;
};

type ElectronItem = { readonly enabled: boolean; readonly scope: string };
/** What of Electron's `app` is used. */
export type LoginItemApp = {
  getLoginItemSettings(options?: { path?: string; args?: string[] }): {
    readonly openAtLogin: boolean;
    readonly wasOpenedAtLogin?: boolean;
    readonly status?: string;
    readonly launchItems?: readonly ElectronItem[];
  };
  setLoginItemSettings(settings: {
    openAtLogin: boolean;
    path?: string;
    args?: string[];
    enabled?: boolean;
  }): void;
};

/**
 * Windows: a value of the key `Run`. Electron writes path and arguments into it as they are given, so both are quoted here, and
 * reads the value back by the program it names, which it finds only in a quoted path (electron/electron#53911).
 */
export function windowsLoginItems(app: LoginItemApp): LoginItems {
  return {
    read(command) {
      const { path: program, args } = split(command);
      const { launchItems = [] } = app.getLoginItemSettings({ path: program, args });
      const ours = launchItems.filter(({ scope }) => scope === 'user');
      if (ours.length === 0) return 'removed';
      return ours.some(({ enabled }) => enabled) ? 'on' : 'blocked';
    },
    write(command, blocked) {
      const { path: program, args } = split(command);
      app.setLoginItemSettings({ openAtLogin: true, path: program, args, enabled: !blocked });
    },
    remove() {
      app.setLoginItemSettings({ openAtLogin: false });
    },
  };
}

/** macOS starts the app itself, without arguments, from wherever it is. */
export function macLoginItems(app: LoginItemApp): LoginItems {
  return {
    read() {
      const { status, openAtLogin } = app.getLoginItemSettings();
      if (status === 'requires-approval') return 'blocked';
      return openAtLogin || status === 'enabled' ? 'on' : 'removed';
    },
    write() {
      app.setLoginItemSettings({ openAtLogin: true });
    },
    remove() {
      app.setLoginItemSettings({ openAtLogin: false });
    },
  };
}

/** Where a desktop of Linux looks for what begins with a session. */
export function autostartFile(env: NodeJS.ProcessEnv = process.env): string {
  const config = env['XDG_CONFIG_HOME'] || path.join(os.homedir(), '.config');
  return path.join(config, 'autostart', 'numberdesk.desktop');
}

/** Linux: the entry is a file. Desktops switch it off by a line in it. */
export function linuxLoginItems(file = autostartFile()): LoginItems {
  return {
    read() {
      try {
        const off = /^(Hidden=true|X-GNOME-Autostart-enabled=false)\s*$/m.test(readFileSync(file, 'utf8'));
        return off ? 'blocked' : 'on';
      } catch {
        return 'removed';
      }
    },
    write(command, blocked) {
      mkdirSync(path.dirname(file), { recursive: true });
      const lines = [
        '[Desktop Entry]',
        'Type=Application',
        'Name=Numberdesk',
        `Exec=${command}`,
        'Terminal=false',
        `X-GNOME-Autostart-enabled=${blocked ? 'false' : 'true'}`,
      ];
      writeFileSync(file, `${lines.join('\n')}\n`);
    },
    remove() {
      files.removeSync(file);
    },
  };
}

/** The command line an entry holds, quoted as the system wants it. `args` come before our `--hidden`. */
export function loginCommand(platform: NodeJS.Platform, executable: string, args: readonly string[]): string {
  const words = [executable, ...args];
  // A path on Windows cannot hold a quotation mark.
  const quote = platform === 'win32' ? (word: string) => `"${word}"` : quoted;
  return [...words.map(quote), '--hidden'].join(' ');
}

const fileSchema = z.object({ version: z.literal(1), command: z.string() });

export type LoginItemOptions = {
  readonly items: LoginItems;
  readonly command: string;
  /** Keeps which command was written last: only so can it be told that the app has moved. */
  readonly file: string;
};

export class LoginItem {
  #options: LoginItemOptions;

  constructor(options: LoginItemOptions) {
    this.#options = options;
  }

  /** At a start, with what our settings say. An app that has moved is entered anew, switched off where it was. */
  async check(wanted: boolean): Promise<LoginItemState> {
    if (!wanted) return 'off';
    const { items, command } = this.#options;
    // The version before wrote no such file, and an entry that may be wrong: it is written once more.
    const written = await this.#written();
    const state = items.read(written ?? command);
    if (written === command) return state;
    if (written !== null && state === 'removed') return state;
    const blocked = state === 'blocked';
    await this.#write(blocked);
    return blocked ? 'blocked' : 'on';
  }

  /** The person changed our setting. */
  async set(wanted: boolean): Promise<LoginItemState> {
    if (!wanted) {
      this.#options.items.remove();
      for (const file of [this.#options.file, copyOf(this.#options.file)]) await files.remove(file);
      return 'off';
    }
    await this.#write(false);
    // When the app was switched off in the settings of macOS, entering it again does not switch it on.
    return this.#options.items.read(this.#options.command) === 'blocked' ? 'blocked' : 'on';
  }

  async #write(blocked: boolean): Promise<void> {
    const { items, command, file } = this.#options;
    items.write(command, blocked);
    await writeJsonFile(file, { version: 1, command });
  }

  async #written(): Promise<string | null> {
    const read = await readJsonFile(this.#options.file, fileSchema);
    return read.state === 'ready' || read.state === 'restored' ? read.value.command : null;
  }
}

/** True when the system opened the app at login: macOS gives no argument that would say so. */
export function openedAtLogin(app: LoginItemApp, platform: NodeJS.Platform): boolean {
  return platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin === true;
}

/** The quoted program and the rest, as Electron takes them. */
function split(command: string): { path: string; args: string[] } {
  const program = /^"[^"]*"/.exec(command)?.[0] ?? '';
  const rest = command.slice(program.length).trim();
  return { path: program, args: rest ? [rest] : [] };
}

/** Quoting of the Desktop Entry Specification; `%` begins a field code there. */
function quoted(word: string): string {
  const escaped = word.replace(/["`$\\]/g, '\\$&').replaceAll('%', '%%');
  return /^[\w./:=@%+-]+$/.test(word) ? escaped : `"${escaped}"`;
}
