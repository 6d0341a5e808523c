import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from './start-trouble.ts';

export type StartOptions = {
  readonly demo: boolean;
  readonly browser: boolean;
  readonly open: boolean;
  /** 0 for any free port. */
  readonly port: number;
  readonly dataDir: string;
  /** Where 0.1.0 kept its data, when that was elsewhere and no folder was asked for. */
  readonly formerDataDir: string | null;
  /** Opens the quick search: of this start or of the app that is running already. */
  readonly quickSearch: boolean;
  /** Name or id of the account to open; null for the last one. */
  readonly account: string | null;
  /** Begins without a window where the tray keeps the app: what a start at login asks for. */
  readonly hidden: boolean;
  readonly help: boolean;
};

export const startHelp = `Numberdesk

  npm start -- [options]

  --demo           open the demo account: no keys, no network, no keychain
  --browser        serve the app to a browser on this computer instead of opening its window
  --port N         port for --browser (any free one)
  --data-dir DIR   where the cached list and settings are kept
  --no-open        do not open the browser
  --account NAME   open this account
  --quick-search   open the quick search (desktop)
  --hidden         begin in the tray, without a window (desktop)
  --help
`;

/** Reads the command line of both hosts. Throws with a sentence for what it does not know. */
export function readStartOptions(argv: readonly string[]): StartOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      demo: { type: 'boolean', default: false },
      browser: { type: 'boolean', default: false },
      'no-open': { type: 'boolean', default: false },
      port: { type: 'string', default: '0' },
      'data-dir': { type: 'string' },
      'quick-search': { type: 'boolean', default: false },
      account: { type: 'string' },
      hidden: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535)
    throw new UsageError('--port must be a number from 0 to 65535.');
  if (values['data-dir']?.trim() === '') throw new UsageError('--data-dir needs the name of a folder.');
  return {
    demo: values.demo,
    browser: values.browser,
    open: !values['no-open'],
    port,
    dataDir: path.resolve(values['data-dir'] ?? defaultDataDir()),
    formerDataDir: values['data-dir'] === undefined ? formerDataDir() : null,
    quickSearch: values['quick-search'],
    account: values.account ?? null,
    hidden: values.hidden,
    help: values.help,
  };
}

/** Our options out of Electron's command line: Chromium's switches and the app's own path are not for us. */
export function ownArguments(argv: readonly string[]): string[] {
  const own: string[] = [];
  for (let i = 1; i < argv.length; i += 1) {
    const word = argv[i] ?? '';
    if (/^--(data-dir|port|account)$/.test(word)) own.push(word, argv[(i += 1)] ?? '');
    else if (/^--(demo|browser|no-open|quick-search|hidden|(data-dir|port|account)=.*)$/.test(word))
      own.push(word);
  }
  return own;
}

/**
 * The user-data folder of the platform's conventions. On Windows the local one: the roaming one is copied between computers at
 * each log-in. A variable that is empty is as good as none.
 */
export function defaultDataDir(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  const home = os.homedir();
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'Numberdesk');
  if (platform === 'win32')
    return path.join(
      folderIn(env['LOCALAPPDATA'], path.win32) ?? path.join(home, 'AppData', 'Local'),
      'Numberdesk',
    );
  return path.join(folderIn(env['XDG_CONFIG_HOME'], path.posix) ?? path.join(home, '.config'), 'Numberdesk');
}

/** The folder of 0.1.0 where it was another one: the roaming one of Windows. */
export function formerDataDir(
  env: NodeJS.ProcessEnv = process.env,
  platform = process.platform,
): string | null {
  if (platform !== 'win32') return null;
  const roaming = folderIn(env['APPDATA'], path.win32) ?? path.join(os.homedir(), 'AppData', 'Roaming');
  return path.join(roaming, 'Numberdesk');
}

/** A variable that is empty, or no absolute path, is as good as none (XDG Base Directory Specification): never the current folder. */
function folderIn(value: string | undefined, { isAbsolute }: path.PlatformPath): string | null {
  return value && isAbsolute(value) ? value : null;
}
