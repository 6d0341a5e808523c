import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { setAutostart } from '../../src-main/desktop/login-item.ts';
import { trayHost } from '../../src-main/desktop/tray-host.ts';
import { Updates, type Updater } from '../../src-main/desktop/updates.ts';
import { redact } from '../../src-main/diagnostics.ts';
import { ownArguments } from '../../src-main/options.ts';

describe('updates', () => {
  function updates(answers: boolean[], available = true, busy = false) {
    const updater = {
      autoDownload: true,
      autoInstallOnAppQuit: true,
      checkForUpdates: vi.fn(() =>
        Promise.resolve({ isUpdateAvailable: available, updateInfo: { version: '9.9.9' } }),
      ),
      downloadUpdate: vi.fn(() => Promise.resolve()),
      quitAndInstall: vi.fn(),
    } satisfies Updater;
    const asked: string[] = [];
    const said: string[] = [];
    const checker = new Updates({
      load: () => Promise.resolve(updater),
      ask: ({ text, detail }) => {
        asked.push(`${text} ${detail}`);
        return Promise.resolve(answers.shift() ?? false);
      },
      say: (text) => said.push(text),
      log: () => undefined,
      busy: () => Promise.resolve(busy),
    });
    return { checker, updater, asked, said };
  }

  test('nothing is fetched and nothing installed without a yes to each', async () => {
    const { checker, updater, asked } = updates([true, false]);
    await checker.check(false);
    expect([updater.autoDownload, updater.autoInstallOnAppQuit]).toEqual([false, false]);
    expect(asked).toHaveLength(2);
    expect(updater.downloadUpdate).toHaveBeenCalledOnce();
    expect(updater.quitAndInstall).not.toHaveBeenCalled();
    // Fetched: it is offered again when a person asks, and not looked for any more.
    await checker.check(false);
    await checker.check(true);
    expect(updater.checkForUpdates).toHaveBeenCalledOnce();
    expect(asked).toHaveLength(3);
  });

  test('a version that was put off is asked about again only by a person', async () => {
    const { checker, updater, asked } = updates([false, false, false]);
    await checker.check(false);
    await checker.check(false);
    expect(asked).toHaveLength(1);
    await checker.check(true);
    expect(asked).toHaveLength(2);
    expect(updater.downloadUpdate).not.toHaveBeenCalled();
  });

  test('with two yeses it installs, and says what that interrupts', async () => {
    const { checker, updater, asked } = updates([true, true], true, true);
    await checker.check(true);
    expect(asked[1]).toContain('It is paused');
    expect(updater.quitAndInstall).toHaveBeenCalledOnce();
  });

  test('no news is told to a person only, and so is a server that does not answer', async () => {
    const { checker, updater, said } = updates([], false);
    await checker.check(false);
    expect(said).toEqual([]);
    await checker.check(true);
    expect(said).toEqual(['This is the newest version.']);
    updater.checkForUpdates.mockRejectedValue(new Error('down'));
    await checker.check(false);
    await checker.check(true);
    expect(said).toHaveLength(2);
  });
});

test('a start at login on Linux is an entry that begins without a window, quoted as the specification asks', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-autostart-'));
  const file = path.join(folder, 'autostart/numberdesk.desktop');
  const item = { executable: '/opt/Number desk/numberdesk', args: ['/home/a$b/50%'] };
  setAutostart({ ...item, enabled: true }, file);
  expect(readFileSync(file, 'utf8')).toContain(
    'Exec="/opt/Number desk/numberdesk" "/home/a\\$b/50%%" --hidden\n',
  );
  setAutostart({ ...item, enabled: false }, file);
  expect(existsSync(file)).toBe(false);
  rmSync(folder, { recursive: true });
});

test('macOS and Windows always show a tray', async () => {
  expect([await trayHost('darwin'), await trayHost('win32')]).toEqual(['shown', 'shown']);
});

test('diagnostics lose names, numbers and keys, and keep what helps', () => {
  const secret = '0123456789abcdef0123456789abcdef';
  const text = [
    '2026-11-25T04:31:21.000Z slow storage call: query 61 ms',
    `West office asked for +1 (206) 555-0142 and 12065550142 with ${secret} from ${os.homedir()}/x`,
    'access 80001234',
  ].join('\n');
  const clean = redact(text, ['West office', '80001234']);
  expect(clean).toContain('2026-11-25T04:31:21.000Z slow storage call: query 61 ms');
  expect(redact('quickShortcut: CommandOrControl+Shift+Space', [])).toContain('Control+Shift+Space');
  for (const hidden of ['West office', '555', '12065550142', secret, '80001234'])
    expect(clean).not.toContain(hidden);
});

test("our options are picked out of Chromium's command line", () => {
  const argv = [
    'electron',
    '--no-sandbox',
    'dist/main',
    '--account',
    'West',
    '--inspect=0',
    '--quick-search',
  ];
  expect(ownArguments(argv)).toEqual(['--account', 'West', '--quick-search']);
});
