import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  autostartFile,
  linuxLoginItems,
  LoginItem,
  loginCommand,
  macLoginItems,
  openedAtLogin,
  windowsLoginItems,
  type LoginItemApp,
} from '../../src-main/desktop/login-item.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-login-'))));
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The program of a command line as Windows finds it: unquoted, it ends at the first space. */
const program = (line: string) => (/^"([^"]*)"/.exec(line)?.[1] ?? line.split(' ')[0] ?? '').toLowerCase();

/** The registry of Windows behind the two calls, as Electron's browser_win.cc reads and writes it. */
function windows() {
  const registry = { run: null as string | null, enabled: true };
  const writes: string[] = [];
  const app: LoginItemApp = {
    getLoginItemSettings({ path: given = '', args = [] } = {}) {
      const { run, enabled } = registry;
      const found = run !== null && program(run) === program(given);
      return {
        openAtLogin: run === [given, ...args].join(' '),
        launchItems: found ? [{ enabled, scope: 'user' }] : [],
      };
    },
    setLoginItemSettings({ openAtLogin, path: given = 'C:\\unquoted.exe', args = [], enabled = true }) {
      registry.run = openAtLogin ? [given, ...args].join(' ') : null;
      registry.enabled = enabled;
      writes.push(registry.run ?? 'removed');
    },
  };
  return { registry, writes, items: windowsLoginItems(app) };
}
const exe = 'C:\\Users\\Ann Example\\AppData\\Local\\Programs\\numberdesk\\Numberdesk.exe';
const file = () => path.join(folder, 'login-item.json');
const item = (items: ReturnType<typeof windowsLoginItems>, executable = exe) =>
  new LoginItem({ items, command: loginCommand('win32', executable, []), file: file() });

describe('Windows', () => {
  test('the person switches it on: one entry, its path quoted, found again by Electron', async () => {
    const { items, registry, writes } = windows();
    expect(await item(items).check(false)).toBe('off');
    expect(writes).toEqual([]);
    expect(await item(items).set(true)).toBe('on');
    expect(registry.run).toBe(`"${exe}" --hidden`);
    expect(await item(items).check(true)).toBe('on');
    expect(await item(items).set(false)).toBe('off');
    expect([registry.run, existsSync(file())]).toEqual([null, false]);
  });

  test('switched off in Task Manager it stays so, start after start', async () => {
    const { items, registry, writes } = windows();
    await item(items).set(true);
    registry.enabled = false;
    for (let start = 0; start < 3; start += 1) expect(await item(items).check(true)).toBe('blocked');
    expect([registry.enabled, writes.length]).toEqual([false, 1]);
    // The person's own yes in our settings is a newer word.
    expect(await item(items).set(true)).toBe('on');
    expect(registry.enabled).toBe(true);
  });

  test('an app that has moved is entered anew, and stays off where it was off', async () => {
    const { items, registry, writes } = windows();
    const moved = 'D:\\Apps\\Numberdesk.exe';
    await item(items).set(true);
    registry.enabled = false;
    expect(await item(items, moved).check(true)).toBe('blocked');
    expect(registry).toEqual({ run: `"${moved}" --hidden`, enabled: false });
    registry.enabled = true;
    expect(await item(items, moved).check(true)).toBe('on');
    expect(writes).toHaveLength(2);
  });

  test('an entry that was taken out is not put back', async () => {
    const { items, registry } = windows();
    await item(items).set(true);
    registry.run = null;
    expect(await item(items).check(true)).toBe('removed');
    expect(await item(items, 'D:\\Apps\\Numberdesk.exe').check(true)).toBe('removed');
    expect(registry.run).toBeNull();
  });

  test('the unquoted entry of 0.1.0 is written once more, quoted', async () => {
    const { items, registry } = windows();
    registry.run = `${exe} --hidden`;
    expect(await item(items).check(true)).toBe('on');
    expect(registry.run).toBe(`"${exe}" --hidden`);
  });
});

describe('macOS', () => {
  const mac = (status: string, wasOpenedAtLogin = false) => {
    const writes: boolean[] = [];
    const app: LoginItemApp = {
      getLoginItemSettings: () => ({ openAtLogin: status === 'enabled', status, wasOpenedAtLogin }),
      setLoginItemSettings: (settings) => {
        expect(settings).toEqual({ openAtLogin: settings.openAtLogin });
        writes.push(settings.openAtLogin);
      },
    };
    return { app, writes, items: macLoginItems(app) };
  };
  test('what System Settings say is respected, and no arguments are given, which macOS knows nothing of', async () => {
    const { items, writes } = mac('requires-approval');
    // Entered, and still off where the person switched it off.
    expect(await item(items).set(true)).toBe('blocked');
    expect(await item(items).check(true)).toBe('blocked');
    expect(await item(mac('enabled').items).check(true)).toBe('on');
    expect(await item(mac('not-registered').items).check(true)).toBe('removed');
    expect(writes).toEqual([true]);
  });
  test('a start at login is known by asking the system, and only there', () => {
    expect(openedAtLogin(mac('enabled', true).app, 'darwin')).toBe(true);
    expect(openedAtLogin(mac('enabled', false).app, 'darwin')).toBe(false);
    expect(openedAtLogin(mac('enabled', true).app, 'win32')).toBe(false);
  });
});

describe('Linux', () => {
  test('an entry that begins without a window, quoted as the specification asks, and left as the person left it', async () => {
    const entry = path.join(folder, 'autostart/numberdesk.desktop');
    const make = (executable: string) =>
      new LoginItem({
        items: linuxLoginItems(entry),
        command: loginCommand('linux', executable, ['/home/a$b/50%']),
        file: file(),
      });
    const here = make('/opt/Number desk/numberdesk');
    await here.set(true);
    expect(readFileSync(entry, 'utf8')).toContain(
      'Exec="/opt/Number desk/numberdesk" "/home/a\\$b/50%%" --hidden\n',
    );
    const off = readFileSync(entry, 'utf8').replace('enabled=true', 'enabled=false');
    writeFileSync(entry, off);
    expect(await here.check(true)).toBe('blocked');
    expect(readFileSync(entry, 'utf8')).toBe(off);
    expect(await make('/usr/bin/numberdesk').check(true)).toBe('blocked');
    expect(readFileSync(entry, 'utf8')).toMatch(/^Exec=\/usr\/bin\/numberdesk .*enabled=false$/ms);
    rmSync(entry);
    expect(await make('/usr/bin/numberdesk').check(true)).toBe('removed');
    expect(existsSync(entry)).toBe(false);
    await here.set(true);
    await here.set(false);
    expect(existsSync(entry)).toBe(false);
  });
  test('an empty XDG_CONFIG_HOME is as good as none', () => {
    expect(autostartFile({ XDG_CONFIG_HOME: '' })).toMatch(/\.config.autostart.numberdesk\.desktop$/);
  });
});
