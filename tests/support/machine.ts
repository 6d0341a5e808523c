import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { program } from './programs.ts';

/** What this machine has for the tests that need more than Node; where it may, it fetches what is missing. */

const has = (command: string) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
const quietly = (command: string, args: string[]) =>
  spawnSync(command, args, { stdio: 'ignore', timeout: 600_000 }).status === 0;

const isLinux = process.platform === 'linux';
const mayInstall = isLinux && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
let listsFresh = false;

function install(...packages: string[]): boolean {
  if (!mayInstall) return false;
  listsFresh ||= quietly('apt-get', ['update', '-q']);
  return quietly('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages]);
}

/** True when there is a Chromium to drive. Playwright's own is fetched where the system has none. */
export function findBrowser(): boolean {
  const found = () => existsSync('/usr/bin/chromium') || existsSync(chromium.executablePath());
  if (found()) return true;
  install('chromium');
  if (!found()) {
    const [node = '', ...playwright] = program('playwright', '@playwright/test');
    quietly(node, [...playwright, 'install', 'chromium']);
  }
  return found();
}

/** True when a session with a keychain of its own can be started: nobody's own keychain is touched by tests. */
export function findKeyring(): boolean {
  if (!isLinux) return false;
  const found = () => has('dbus-run-session') && has('gnome-keyring-daemon');
  return found() || (install('gnome-keyring', 'dbus-x11', 'libsecret-1-0') && found());
}

/**
 * The command to run desktop tests through ([] for none), or why there can be none. DESKTOP_TEST_RUNNER names one
 * that brings its own Electron and display.
 */
export function findDesktop(): readonly string[] | string {
  const given = process.env['DESKTOP_TEST_RUNNER'];
  if (given) return given.split(' ');
  if (!findElectron()) return 'Electron could not be downloaded';
  if (!isLinux || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']) return [];
  if (has('xvfb-run') || (install('xvfb', 'xauth') && has('xvfb-run'))) return ['xvfb-run', '-a'];
  return 'there is no display and no xvfb-run';
}

/** Tells the packaging of an Electron that is here, so that it is not fetched once more. */
export function electronHere(): NodeJS.ProcessEnv {
  const dist = path.join(electronFolder(), 'dist');
  return existsSync(dist) ? { ELECTRON_OVERRIDE_DIST_PATH: dist } : {};
}

function electronFolder(): string {
  return path.dirname(createRequire(import.meta.url).resolve('electron/package.json'));
}

function findElectron(): boolean {
  if (process.env['ELECTRON_OVERRIDE_DIST_PATH']) return true;
  const folder = electronFolder();
  const found = () => existsSync(path.join(folder, 'path.txt'));
  if (!found()) quietly(process.execPath, [path.join(folder, 'install.js')]);
  return found();
}
