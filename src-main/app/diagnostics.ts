import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Carrier } from '../carrier/carrier.ts';
import type { AccountsView } from '../contract/accounts.ts';
import type { AppInfo } from '../contract/app.ts';
import type { PaceView } from '../contract/pace.ts';
import type { Settings } from '../contract/settings.ts';
import type { SyncStatus } from '../contract/sync.ts';

export type DiagnosticsInput = {
  readonly info: AppInfo;
  readonly accounts: AccountsView;
  readonly settings: Settings;
  readonly sync: SyncStatus;
  /** Numbers in the open list; null while none is open. */
  readonly numbers: number | null;
  /** Records that the carrier sent since the start and that could not be used, by kind. */
  readonly odd: ReturnType<Carrier['oddRecords']>;
  /** How fast the carrier is asked; null while it cannot be. */
  readonly pace: PaceView | null;
};

const logLines = 200;

/**
 * What somebody who helps needs to know, as text a person can read before it is saved: versions, settings, states, and the
 * end of the log. Without keys, phone numbers, and names of accounts, people and folders.
 */
export async function diagnose(input: DiagnosticsInput): Promise<string> {
  const { info, accounts, settings, sync, numbers, odd, pace } = input;
  const { node, electron, chrome } = process.versions as Record<string, string | undefined>;
  const lines = [
    `Numberdesk ${info.version} (${info.host}) on ${info.platform} ${os.arch()}, ${os.release()}`,
    `Node ${node ?? ''}, Electron ${electron ?? 'none'}, Chromium ${chrome ?? 'none'}`,
    `Memory: ${Math.round(os.totalmem() / 2 ** 20)} MB in all, ${Math.round(process.memoryUsage().rss / 2 ** 20)} MB used by the app`,
    `Desktop: ${
      info.desktop
        ? Object.entries(info.desktop)
            .map((pair) => pair.join(' '))
            .join(', ')
        : 'no'
    }`,
    `Data folder: ${info.dataDir}`,
    `Keychain: ${accounts.keychain.available ? 'works' : (accounts.keychain.reason ?? 'does not work')}`,
    '',
    'Settings',
    ...Object.entries(settings).map(([name, value]) => `  ${name}: ${String(value)}`),
    '',
    'Accounts',
    ...accounts.accounts.map(
      (account, at) =>
        `  account ${at + 1}: ${account.kind}, keys ${account.keys}${account.id === accounts.currentId ? ', open' : ''}`,
    ),
    `  numbers in the open list: ${numbers ?? 'none open'}`,
    `  last complete sync: ${sync.completedAt === null ? 'never' : new Date(sync.completedAt).toISOString()}`,
    `  sync: ${sync.phase}, ${sync.error ? `${sync.error.code}: ${sync.error.message}` : 'no trouble'}`,
    `  missing from the carrier's list: ${sync.missing}`,
    `  records of the carrier that cannot be used: ${sync.odd.count} in the list of numbers; since the start ${
      Object.entries(odd)
        .map(([what, count]) => `${what} ${count}`)
        .join(', ') || 'none'
    }`,
    ...paceLines(pace),
    '',
    `The last ${logLines} lines of the log`,
    ...(await endOfLog(info.dataDir)),
  ];
  // The access key of the demo is the word "demo", which is no secret.
  const named = accounts.accounts
    .filter(({ kind }) => kind !== 'demo')
    .flatMap(({ label, accessKey, id }) => [label, accessKey, id]);
  return `${redact(lines.join('\n'), named)}\n`;
}

function paceLines(pace: PaceView | null): string[] {
  if (pace === null) return ['  requests: none can be sent'];
  const { atMost, classes, waiting, reading } = pace;
  const time = (at: number | null) => (at === null ? 'something changes' : new Date(at).toISOString());
  return [
    `  requests in the last second: ${pace.perSecond}, at most ${atMost ?? 'as many as the carrier takes'}`,
    ...classes.map(
      ({ name, perSecond, ceiling }) =>
        `    ${name}: ${perSecond}, ${ceiling === null ? 'no ceiling met' : `refused above ${ceiling}`}`,
    ),
    `  waiting: ${
      waiting === null
        ? 'no'
        : waiting.why === 'budget'
          ? 'for the limit of the person'
          : `until ${time(waiting.until)}, as the carrier asked`
    }`,
    `  reading routes: ${reading === null ? 'nothing keeps it' : `pauses until ${time(reading.until)}, ${reading.code}`}`,
  ];
}

/** Takes out what tells who somebody is or what they own: given words, folders of a person, and long runs of digits. */
export function redact(text: string, named: readonly string[]): string {
  const home = os.homedir();
  const words = [...named, home === '/' ? '' : home, userName()].filter((word) => word.length > 2);
  let clean = text;
  for (const word of words.sort((a, b) => b.length - a.length)) clean = clean.replaceAll(word, '[removed]');
  return (
    clean
      // A phone number as anybody writes one, and every longer run of digits.
      .replace(/\+?\b1?[ .-]?\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}\b/g, '[number]')
      .replace(/\d{7,}/g, '[digits]')
      // Keys are long and hexadecimal or base64; a shortcut of the keyboard is as long, and begins with a key's name.
      .replace(
        /\b(?!(?:CommandOrControl|Control|Command|Alt|Shift|Super)\+)[A-Za-z0-9+/_=-]{24,}/g,
        '[removed]',
      )
  );
}

function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    return '';
  }
}

async function endOfLog(dataDir: string): Promise<string[]> {
  const text = await readFile(path.join(dataDir, 'logs/main.log'), 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-logLines);
}
