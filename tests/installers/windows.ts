/**
 * node tests/installers/windows.ts FIRST SECOND, on Windows only: the installer of the folder FIRST is installed without a
 * question, the app is started, the later one of SECOND is installed over it while it runs, as its updater does, and all is
 * uninstalled. It fails when the start at login is not quoted, goes with the update, or stays after uninstalling. It
 * installs for this account of Windows: meant for machines that are thrown away.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

if (process.platform !== 'win32') throw new Error('This can be run on Windows only.');
const [first = '', second = ''] = process.argv.slice(2).map((folder) => path.resolve(folder));
const local = process.env['LOCALAPPDATA'] ?? '';
const installed = path.join(local, 'Programs/numberdesk');
const executable = path.join(installed, 'Numberdesk.exe');
const data = path.join(mkdtempSync(path.join(os.tmpdir(), 'numberdesk-')), 'data');
const runKey = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run';
const minutes = 3 * 60_000;

// The person has switched the start at login on: the app writes its entry when it starts.
mkdirSync(data, { recursive: true });
const settings = { version: 1, numberFormat: 'national', syncMinutes: 0, startAtLogin: true };
writeFileSync(path.join(data, 'settings.json'), JSON.stringify(settings));

run(installerOf(first), ['/S']);
await until('the app is installed', () => existsSync(executable));
const before = versionOf();
const app = spawn(executable, ['--demo', '--data-dir', data], { stdio: 'ignore', detached: true });
app.unref();
await until('the start at login is entered, quoted', () => runValue() === `"${executable}" --hidden`);
await until('the app has its data', () => existsSync(path.join(data, 'accounts.json')));

run(installerOf(second), ['--updated', '/S']);
await until('the later version is installed', () => versionOf() !== before && versionOf().startsWith('99.'));
await until('the version before has ended', () => app.exitCode !== null || !isRunning(app.pid ?? 0));
check('an update keeps the start at login', runValue() === `"${executable}" --hidden`);
check('an update keeps the data', existsSync(path.join(data, 'accounts.json')));

run(path.join(installed, 'Uninstall Numberdesk.exe'), ['/S']);
await until('the app is gone', () => !existsSync(executable));
await until('nothing is left in Run', () => runValue() === null);
check('uninstalling leaves the data', existsSync(path.join(data, 'accounts.json')));
console.log('installed, started, updated, uninstalled');

function installerOf(folder: string): string {
  const name = readdirSync(folder).find((file) => file.endsWith('.exe'));
  if (!name) throw new Error(`There is no installer in ${folder}.`);
  return path.join(folder, name);
}

function run(file: string, args: string[]): void {
  const { status, error } = spawnSync(file, args, { timeout: minutes });
  if (error ?? status !== 0) throw error ?? new Error(`${path.basename(file)} ended with ${status}.`);
}

function versionOf(): string {
  const command = `(Get-Item -LiteralPath '${executable}').VersionInfo.ProductVersion`;
  return spawnSync('powershell', ['-NoProfile', '-Command', command], { encoding: 'utf8' }).stdout.trim();
}

function runValue(): string | null {
  const { status, stdout } = spawnSync('reg', ['query', runKey, '/v', 'app.numberdesk'], {
    encoding: 'utf8',
  });
  return status === 0 ? (/REG_SZ\s+(.*)/.exec(stdout)?.[1]?.trim() ?? null) : null;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function check(what: string, holds: boolean): void {
  if (!holds) throw new Error(`Not so: ${what}.`);
  console.log(`ok: ${what}`);
}

/** Another program does it, and tells nobody when: looked at twice a second, for three minutes at most. */
async function until(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + minutes;
  while (!holds() && Date.now() < end) await sleep(500);
  check(what, holds());
}
