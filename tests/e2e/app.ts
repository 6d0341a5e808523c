import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import {
  _electron,
  chromium,
  expect,
  test as base,
  type Browser,
  type ElectronApplication,
  type Page,
} from '@playwright/test';
import { ended, firstLine } from '../support/child.ts';
import { startSandboxProcess, type SandboxProcess } from '../support/sandbox-process.ts';

const root = path.resolve(import.meta.dirname, '../..');
const asRoot = process.getuid?.() === 0;

/** The running app, whichever host it is. */
export type RunningApp = {
  readonly host: 'browser' | 'desktop';
  readonly page: Page;
  readonly dataDir: string;
  readonly electron: ElectronApplication | null;
  /** Address of the browser host, '' on the desktop. */
  readonly address: string;
  clipboard(): Promise<string>;
  close(): Promise<void>;
};

type Fixtures = {
  host: 'browser' | 'desktop';
  dataDir: string;
  sandbox: SandboxProcess;
  /** Starts the app on the test's data folder; call again after `close()` for a restart. */
  launch: (args?: string[]) => Promise<RunningApp>;
};

export const test = base.extend<Fixtures>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the fixtures a function needs from this pattern.
  host: async ({}, use, info) => {
    await use(info.project.metadata['host'] as 'browser' | 'desktop');
  },
  // eslint-disable-next-line no-empty-pattern -- as above
  dataDir: async ({}, use, info) => {
    const dataDir = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-e2e-'));
    await use(dataDir);
    const log = path.join(dataDir, 'logs/main.log');
    if (info.status !== info.expectedStatus && existsSync(log)) {
      await info.attach('main.log', { body: readFileSync(log), contentType: 'text/plain' });
    }
    rmSync(dataDir, { recursive: true, force: true });
  },
  // eslint-disable-next-line no-empty-pattern -- as above
  sandbox: async ({}, use) => {
    const sandbox = await startSandboxProcess(['--owned', '1200', '--routes', '8', '--seed', '5']);
    await use(sandbox);
    await sandbox.stop();
  },
  launch: async ({ host, dataDir }, use) => {
    const running: RunningApp[] = [];
    await use(async (args = []) => {
      const app = await (host === 'desktop' ? launchDesktop : launchBrowser)(dataDir, args);
      running.push(app);
      return app;
    });
    for (const app of running) await app.close();
  },
});
export { expect } from '@playwright/test';

/** No violation that axe can find on what is shown now. */
export async function expectAccessible(page: Page): Promise<void> {
  // Legacy mode runs inside the page: a second page, which axe would open, is refused by the desktop.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
}

async function launchBrowser(dataDir: string, args: string[]): Promise<RunningApp> {
  const entry = path.join(root, 'src-main/browser-host/cli.ts');
  const child = spawn(process.execPath, [entry, '--data-dir', dataDir, ...args]);
  const address = (await firstLine(child, /Numberdesk is at (\S+)/)).split(' ').at(-1) ?? '';
  const browser: Browser = await chromium.launch(chromiumOptions());
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  await page.goto(address);
  return {
    host: 'browser',
    page,
    dataDir,
    electron: null,
    address,
    clipboard: () => page.evaluate(() => navigator.clipboard.readText()),
    close: once(async () => {
      await browser.close();
      await ended(child);
    }),
  };
}

async function launchDesktop(dataDir: string, args: string[]): Promise<RunningApp> {
  const env = { ...(process.env as Record<string, string>) };
  delete env['ELECTRON_RUN_AS_NODE'];
  const electron = await _electron.launch({
    executablePath: electronExecutable(),
    args: electronArguments(dataDir, args),
    env,
  });
  const page = await electron.firstWindow();
  return {
    host: 'desktop',
    page,
    dataDir,
    electron,
    address: '',
    clipboard: () => electron.evaluate(({ clipboard }) => clipboard.readText()),
    close: once(() => electron.close()),
  };
}

export function electronArguments(dataDir: string, args: string[]): string[] {
  return [path.join(root, 'dist/main'), '--data-dir', dataDir, ...args, ...(asRoot ? ['--no-sandbox'] : [])];
}

export function electronExecutable(): string {
  const given = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (given) return path.join(given, process.platform === 'win32' ? 'electron.exe' : 'electron');
  return createRequire(import.meta.url)('electron') as string;
}

/** A Chromium of the system when it is named or in its usual place, Playwright's own otherwise. */
function chromiumOptions() {
  const system = process.env['PLAYWRIGHT_CHROMIUM'] ?? '/usr/bin/chromium';
  return {
    ...(existsSync(system) ? { executablePath: system } : {}),
    args: [...(asRoot ? ['--no-sandbox'] : []), '--disable-background-networking', '--no-first-run'],
  };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => (done ??= work());
}

/** Signs in to a sandbox through the screen, as a person would. */
export async function signIn(
  page: Page,
  sandbox: SandboxProcess,
  secretKey = sandbox.secretKey,
): Promise<void> {
  await page.getByLabel('Account name').fill('Test account');
  await page.getByLabel('Access key').fill(sandbox.accessKey);
  await page.getByLabel('Secret key').fill(secretKey);
  const address = page.getByLabel('API address');
  if (!(await address.isVisible())) await page.getByText('Advanced').click();
  await address.fill(sandbox.url);
  // Where the machine has no keychain, the screen says so and offers this.
  const session = page.getByLabel('Keep it for this session only');
  await page
    .getByText(/keychain of this computer|cannot be kept safely/)
    .first()
    .waitFor();
  if (await session.isVisible()) await session.check();
  await page.getByRole('button', { name: 'Sign in' }).click();
}
