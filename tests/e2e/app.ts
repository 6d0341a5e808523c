import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
import { holdAnswers } from './main-process.ts';
import { startSandboxProcess, type SandboxProcess } from '../support/sandbox-process.ts';

const root = path.resolve(import.meta.dirname, '../..');
const asRoot = process.getuid?.() === 0;

/** `packaged` is the desktop as it is shipped: driven over the DevTools protocol, since its fuses let nothing else in. */
export type TestHost = 'browser' | 'desktop' | 'packaged';

/** The running app, whichever host it is. */
export type RunningApp = {
  readonly host: TestHost;
  readonly page: Page;
  readonly dataDir: string;
  readonly electron: ElectronApplication | null;
  /** Address of the browser host, '' on the desktop. */
  readonly address: string;
  clipboard(): Promise<string>;
  close(): Promise<void>;
};

export type ApiVersion = 'v1' | 'v2';

type Fixtures = {
  host: TestHost;
  /** The version of the API that `signIn` chooses: v1 on the browser host and v2 on the desktop, or what NUMBERDESK_E2E_API says. */
  api: ApiVersion;
  dataDir: string;
  /** Its `url` is the address of that version. */
  sandbox: SandboxProcess;
  /** A test is skipped where the other version is asked for than the one in its tag. */
  tagged: undefined;
  /** Starts the app on the test's data folder; call again after `close()` for a restart. */
  launch: (args?: string[]) => Promise<RunningApp>;
  /** Whether the desktop of this test says that it shows tray icons; null leaves it to the system. */
  tray: boolean | null;
  /** Variables the app is started with besides our own. */
  environment: Record<string, string>;
};
/** The account that a test's sandbox simulates. */
export const sandboxArguments = ['--owned', '1200', '--routes', '8', '--seed', '5'];

type WorkerFixtures = {
  /** One Chromium for all tests of a worker, begun when the first one wants it: each test has a profile of its own in it. */
  chromiumHere: () => Promise<Browser>;
};

export const test = base.extend<Fixtures, WorkerFixtures>({
  chromiumHere: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the fixtures a function needs from this pattern.
    async ({}, use) => {
      let browser: Promise<Browser> | null = null;
      await use(() => (browser ??= chromium.launch(chromiumOptions())));
      await (await (browser as Promise<Browser> | null))?.close();
    },
    { scope: 'worker' },
  ],
  // eslint-disable-next-line no-empty-pattern -- as above
  host: async ({}, use, info) => {
    await use(info.project.metadata['host'] as TestHost);
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
  api: async ({}, use, info) => {
    const given = process.env['NUMBERDESK_E2E_API'] ?? (info.project.metadata['api'] as string | undefined);
    await use(given === 'v2' ? 'v2' : 'v1');
  },
  // What holds for one version only is tagged @v1 or @v2, and this is the one place that skips it.
  tagged: [
    async ({ api }, use, info) => {
      const other = api === 'v1' ? '@v2' : '@v1';
      info.skip(info.tags.includes(other), `of ${other.slice(1)} only`);
      await use(undefined);
    },
    { auto: true },
  ],
  sandbox: async ({ api }, use) => {
    // Routes are read soon after the list, so that a test of something else does not wait for them; api-v2.spec.ts has the other ways.
    const args = api === 'v2' ? ['--switch', 'manyDetails=on'] : [];
    const sandbox = await startSandboxProcess([...sandboxArguments, ...args]);
    await use(api === 'v2' ? { ...sandbox, url: sandbox.v2Url } : sandbox);
    await sandbox.stop();
  },
  tray: [null, { option: true }],
  environment: async ({ tray, dataDir }, use) => {
    const config = { XDG_CONFIG_HOME: path.join(dataDir, 'config') };
    if (tray === null) {
      await use(config);
      return;
    }
    // On Linux the app asks the session bus through this command whether anybody shows tray icons.
    const bin = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-bin-'));
    writeFileSync(path.join(bin, 'dbus-send'), `#!/bin/sh\necho "   boolean ${tray}"\n`, { mode: 0o755 });
    await use({ ...config, PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}` });
    rmSync(bin, { recursive: true });
  },
  launch: async ({ host, dataDir, environment, chromiumHere }, use) => {
    const running: RunningApp[] = [];
    await use(async (args = []) => {
      const app = await launchers[host](dataDir, args, environment, chromiumHere);
      running.push(app);
      return app;
    });
    for (const app of running) await app.close();
  },
});
export { expect } from '@playwright/test';

/** The field for the query of a screen: what is typed last is its value, what was finished stands before it as pills. */
export const queryField = (page: Page, label = 'Filter numbers') => page.getByLabel(label, { exact: true });

/** Types a query in the place of all that is in the field, pills too. */
export async function setQuery(page: Page, text: string, label?: string): Promise<void> {
  const field = queryField(page, label);
  await field.press('ControlOrMeta+a');
  if (text === '') await field.press('Backspace');
  else await field.fill(text);
}

/** The query that is in the field, pills and all. */
export async function expectQuery(page: Page, text: string | RegExp, label?: string): Promise<void> {
  const field = page.locator('[data-query]').filter({ has: queryField(page, label) });
  await expect(field).toHaveAttribute('data-query', text);
}

/** The list of orders, or of changes, by mouse and by keys alone. */
export function jobList(name: 'Orders' | 'Changes') {
  const list = (page: Page) => page.getByRole('grid', { name });
  const rows = (page: Page) => list(page).locator('.data:visible');
  return {
    list,
    rows,
    cells: (page: Page, column: string) => rows(page).locator(`[data-cell="${column}"]`),
    /** Signed in, with the list on screen, which is empty and says so. */
    async openEmpty(page: Page, sandbox: SandboxProcess): Promise<void> {
      await signInSynced(page, sandbox);
      await page.getByRole('link', { name: name === 'Orders' ? /^Buy/ : /^Routes/ }).click();
      await page.getByRole('button', { name: new RegExp(`^${name}`) }).click();
      await expect(page.getByText(`No ${name.toLowerCase()} yet.`)).toBeVisible();
      await expectAccessible(page);
    },
  };
}

/** No violation that axe can find on what is shown now. */
export async function expectAccessible(page: Page): Promise<void> {
  // Legacy mode runs inside the page: a second page, which axe would open, is refused by the desktop.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
}

async function launchBrowser(
  dataDir: string,
  args: string[],
  _: Environment,
  chromiumHere: WorkerFixtures['chromiumHere'],
): Promise<RunningApp> {
  const entry = path.join(root, 'src-main/browser-host/cli.ts');
  const child = spawn(process.execPath, [entry, '--data-dir', dataDir, ...args]);
  const address = (await firstLine(child, /Numberdesk is at (\S+)/)).split(' ').at(-1) ?? '';
  const context = await (await chromiumHere()).newContext({ viewport: { width: 1280, height: 800 } });
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
      await context.close();
      await ended(child);
    }),
  };
}

async function launchDesktop(dataDir: string, args: string[], given: Environment): Promise<RunningApp> {
  const env = { ...(process.env as Record<string, string>), ...given };
  delete env['ELECTRON_RUN_AS_NODE'];
  const electron = await _electron.launch({
    executablePath: electronExecutable(),
    args: electronArguments(dataDir, args),
    env,
  });
  holdAnswers(electron);
  const page = await mainPage(() => electron.windows());
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

type Environment = Readonly<Record<string, string>>;
const launchers: Record<
  TestHost,
  (
    ...given: [dataDir: string, args: string[], env: Environment, browser: WorkerFixtures['chromiumHere']]
  ) => Promise<RunningApp>
> = {
  browser: launchBrowser,
  desktop: launchDesktop,
  packaged: launchPackaged,
};

/** What `npm run package -- --dir` made, as a person starts it. */
async function launchPackaged(dataDir: string, args: string[], given: Environment): Promise<RunningApp> {
  const executable = process.env['NUMBERDESK_EXECUTABLE'] ?? '';
  const env: NodeJS.ProcessEnv = { ...process.env, ...given };
  delete env['ELECTRON_RUN_AS_NODE'];
  const own = ['--data-dir', dataDir, ...args, ...(asRoot ? ['--no-sandbox'] : [])];
  const child = spawn(executable, ['--remote-debugging-port=0', ...own], { env });
  const address = /ws:\S+/.exec(await firstLine(child, /DevTools listening on ws:\S+/))?.[0] ?? '';
  const browser = await chromium.connectOverCDP(address);
  const pages = () => browser.contexts().flatMap((context) => context.pages());
  return {
    host: 'packaged',
    page: await mainPage(pages),
    dataDir,
    electron: null,
    address: '',
    clipboard: () => Promise.reject(new Error('the packaged app gives no page the clipboard')),
    close: once(async () => {
      await browser.close();
      await ended(child);
    }),
  };
}

/** The large window: the small one of the quick search is made behind it, and may be there first. */
async function mainPage(pages: () => Page[]): Promise<Page> {
  for (;;) {
    const found = pages().find((page) => /index\.html$/.test(page.url()));
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Whether a window of the desktop can be seen: the large one, or the small one of the quick search. */
export const windowShown = (electron: ElectronApplication, which: 'large' | 'small'): Promise<boolean> =>
  electron.evaluate(
    ({ BrowserWindow }, large) =>
      BrowserWindow.getAllWindows().some((window) => window.isResizable() === large && window.isVisible()),
    which === 'large',
  );

/** Closes the large window, as a click on its cross does. */
export const closeLarge = (electron: ElectronApplication): Promise<void> =>
  electron.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()
      .find((window) => window.isResizable())
      ?.close();
  });

export function electronArguments(dataDir: string, args: string[]): string[] {
  // A packaged app knows where it is.
  const app = process.env['NUMBERDESK_EXECUTABLE'] ? [] : [path.join(root, 'dist/main')];
  return [...app, '--data-dir', dataDir, ...args, ...(asRoot ? ['--no-sandbox'] : [])];
}

export function electronExecutable(): string {
  const packaged = process.env['NUMBERDESK_EXECUTABLE'];
  if (packaged) return packaged;
  const given = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const names: Partial<Record<NodeJS.Platform, string>> = {
    win32: 'electron.exe',
    darwin: 'Electron.app/Contents/MacOS/Electron',
  };
  if (given) return path.join(given, names[process.platform] ?? 'electron');
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

/**
 * Signs in to a sandbox through the screen, as a person would. Resolves with whether the key is kept: where the machine has no
 * keychain it is gone with the next start.
 */
export async function signIn(
  page: Page,
  sandbox: SandboxProcess,
  secretKey = sandbox.secretKey,
): Promise<boolean> {
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
  const kept = !(await session.isVisible());
  if (!kept) await session.check();
  await page.getByRole('button', { name: 'Sign in' }).click();
  return kept;
}

/** The demo account that was just opened, until every number of it is in the list, and its routes. */
export async function demoListed(page: Page): Promise<void> {
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  await expect(page.getByTestId('routes-read')).toBeHidden();
}

/** The same with the right key, until every number of the sandbox is in the list, and its routes. */
export async function signInSynced(page: Page, sandbox: SandboxProcess): Promise<boolean> {
  const kept = await signIn(page, sandbox);
  await expect(page.getByTestId('counts')).toHaveText('1,200 numbers');
  await expect(page.getByTestId('routes-read')).toBeHidden();
  return kept;
}
