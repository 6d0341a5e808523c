import { request as httpRequest } from 'node:http';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './app.ts';

/** Runs in the page what an attacker would, and says how each attempt ended. */
const attempt = (page: Page, name: string) =>
  page.evaluate(async (what) => {
    const outcome = async (work: () => unknown) => {
      // Outside the debugger's own call, which the policy does not bind.
      await new Promise((resolve) => setTimeout(resolve));
      try {
        return `worked: ${String(await work())}`;
      } catch {
        return 'refused';
      }
    };
    switch (what) {
      case 'fetch':
        return outcome(() => fetch('https://example.com/'));
      case 'eval':
        return outcome(() => (0, eval)('1'));
      case 'html':
        return outcome(() => (document.createElement('div').innerHTML = '<b>x</b>'));
      case 'open':
        return outcome(() =>
          window.open('http://example.com/') === null ? Promise.reject(new Error()) : 'opened',
        );
      case 'frame':
        return outcome(
          () =>
            new Promise((resolve, reject) => {
              document.addEventListener('securitypolicyviolation', reject, { once: true });
              setTimeout(resolve, 3_000);
              const frame = document.createElement('iframe');
              frame.src = 'https://example.com/';
              document.body.append(frame);
            }),
        );
      case 'node':
        return outcome(() =>
          'require' in window || 'process' in window ? 'node' : Promise.reject(new Error()),
        );
      default:
        throw new Error(what);
    }
  }, name);

test('a page can neither reach the network, run text as code, open windows nor embed pages', async ({
  launch,
}) => {
  const { page } = await launch(['--demo']);
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  for (const name of ['fetch', 'eval', 'html', 'frame', 'node'])
    expect(await attempt(page, name), name).toBe('refused');
});

test('the app itself never breaks its own policy', async ({ launch }) => {
  const { page } = await launch(['--demo']);
  const broken: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') broken.push(message.text());
  });
  page.on('pageerror', (error) => broken.push(error.message));
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  await page.keyboard.press('/');
  await page.keyboard.type('wa');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('freshness')).toContainText('just now');
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.keyboard.press('Escape');
  expect(broken).toEqual([]);
});

test('desktop: no navigation, no window, no permission, a sandboxed page, nothing outside its folder', async ({
  host,
  launch,
}) => {
  test.skip(host !== 'desktop', 'of the desktop only');
  const { page, electron } = await launch(['--demo']);
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  const address = page.url();
  expect(address).toMatch(/^app:\/\/numberdesk\/index\.html/);
  expect(await attempt(page, 'open')).toBe('refused');
  expect(await page.evaluate(() => Notification.requestPermission())).toBe('denied');
  const preferences = await electron?.evaluate(({ BrowserWindow }) => {
    const window = BrowserWindow.getAllWindows().find((one) => one.isResizable());
    const contents = window?.webContents as unknown as {
      getLastWebPreferences(): { sandbox: boolean; contextIsolation: boolean; nodeIntegration: boolean };
    };
    const { sandbox, contextIsolation, nodeIntegration } = contents.getLastWebPreferences();
    return { sandbox, contextIsolation, nodeIntegration };
  });
  expect(preferences).toEqual({ sandbox: true, contextIsolation: true, nodeIntegration: false });
  const statuses = await electron?.evaluate(async ({ net }) => {
    const found: number[] = [];
    for (const target of [
      'app://numberdesk/index.html',
      'app://numberdesk/..%2f..%2fpackage.json',
      'app://numberdesk/%2e%2e/main/main.cjs',
      'app://elsewhere/index.html',
    ]) {
      found.push((await net.fetch(target)).status);
    }
    return found;
  });
  expect(statuses).toEqual([200, 404, 404, 403]);
  // Last, and asked of Electron: the test's own view of the page waits for a navigation that never comes.
  const stayed = await electron?.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows().find((one) => one.isResizable())?.webContents;
    for (const target of ['https://example.com/', 'file:///etc/passwd', 'app://elsewhere/']) {
      await contents?.executeJavaScript(`void (location.href = '${target}')`);
      // A navigation that is refused tells nobody: this is time for one that is not.
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return contents?.getURL();
  });
  expect(stayed).toBe(address);
});

test('desktop: another page in our own process is not listened to', async ({ host, launch }) => {
  test.skip(host !== 'desktop', 'of the desktop only');
  const { page, electron } = await launch(['--demo']);
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  const answer = await electron?.evaluate(
    async ({ BrowserWindow }, preload) => {
      // A window that main-window.ts did not make, with our preload and on our origin.
      const window = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
      await window.loadURL('app://numberdesk/index.html');
      const said: unknown = await window.webContents
        .executeJavaScript("numberdesk.invoke('accounts.get', {}).then(() => 'answered', () => 'refused')")
        .catch(() => 'refused');
      window.destroy();
      return said;
    },
    path.resolve(import.meta.dirname, '../../dist/main/preload.cjs'),
  );
  expect(answer).toBe('refused');
});

test('browser: only its own page, address and token are answered', async ({ host, launch }) => {
  test.skip(host !== 'browser', 'of the browser host only');
  const { page, address } = await launch(['--demo']);
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  const { origin, port, hash } = new URL(address);
  // The token is not left where a history or a screenshot keeps it.
  expect(page.url()).not.toContain('token');
  const status = (target: string, headers: Record<string, string> = {}) =>
    new Promise<number | undefined>((resolve, reject) => {
      httpRequest({ port, host: '127.0.0.1', path: target, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
  expect(await status('/index.html')).toBe(200);
  expect(await status('/index.html', { Host: 'evil.example' })).toBe(403);
  expect(await status('/..%2f..%2fpackage.json')).toBe(404);
  expect(await status('/../main/main.cjs')).toBe(404);
  const upgrade = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  };
  expect(await status('/ipc?token=guess', { ...upgrade, Origin: origin })).toBe(403);
  expect(await status(`/ipc?${hash.slice(1)}`, { ...upgrade, Origin: 'https://evil.example' })).toBe(403);
});
