import os from 'node:os';
import { describe, expect, test, vi } from 'vitest';
import { trayHost } from '../../src-main/desktop/tray-host.ts';
import { Updates, type Updater } from '../../src-main/desktop/updates.ts';
import { redact } from '../../src-main/app/diagnostics.ts';
import { ownArguments } from '../../src-main/app/options.ts';

describe('updates', () => {
  function updates(answers: boolean[], available = true) {
    const jobs = { running: false };
    const order: string[] = [];
    const errors: (() => void)[] = [];
    const updater = {
      autoDownload: true,
      autoInstallOnAppQuit: true,
      checkForUpdates: vi.fn(() =>
        Promise.resolve({ isUpdateAvailable: available, updateInfo: { version: '9.9.9' } }),
      ),
      downloadUpdate: vi.fn(() => Promise.resolve()),
      quitAndInstall: vi.fn(() => {
        order.push('install');
      }),
      on: vi.fn((_event: 'error', listener: () => void) => errors.push(listener)),
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
      busy: () => Promise.resolve(jobs.running),
      closeEverything: async () => {
        order.push('closing');
        await Promise.resolve();
        order.push('closed');
      },
      startAgain: () => order.push('again'),
    });
    return { checker, updater, asked, said, jobs, order, errors };
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

  test('everything is closed before the installer begins', async () => {
    const { checker, updater, order } = updates([true, true]);
    await checker.check(true);
    expect(order).toEqual(['closing', 'closed', 'install']);
    // From then on nothing is asked or looked for.
    await checker.check(true);
    await checker.jobsEnded();
    expect([updater.checkForUpdates.mock.calls.length, order.length]).toEqual([1, 3]);
  });

  test('never while a job runs: it is offered when that has ended', async () => {
    const { checker, asked, said, jobs, order } = updates([true, true]);
    jobs.running = true;
    await checker.check(false);
    expect([asked.length, said, order]).toEqual([1, [], []]);
    await checker.check(true);
    expect(said.join()).toContain('is running');
    await checker.jobsEnded();
    expect(order).toEqual([]);
    jobs.running = false;
    await checker.jobsEnded();
    expect(order).toEqual(['closing', 'closed', 'install']);
  });

  test('nor when one has begun while the question was open', async () => {
    const { checker, said, jobs, order, asked } = updates([true, true]);
    const begun = vi.spyOn(asked, 'push').mockImplementation((text) => {
      jobs.running = text.includes('Restart');
      return 0;
    });
    await checker.check(true);
    expect([order, said.length]).toEqual([[], 1]);
    begun.mockRestore();
  });

  test('an installer that does not begin brings the app back', async () => {
    const thrown = updates([true, true]);
    thrown.updater.quitAndInstall.mockImplementation(() => {
      throw new Error('no file');
    });
    await thrown.checker.check(true);
    expect(thrown.order).toEqual(['closing', 'closed', 'again']);
    const told = updates([true, true]);
    await told.checker.check(true);
    told.errors.forEach((listener) => {
      listener();
    });
    expect(told.order).toEqual(['closing', 'closed', 'install', 'again']);
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
  expect(redact('quickShortcut: CommandOrControl+Alt+Shift+Space', [])).toContain('Control+Alt+Shift');
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
