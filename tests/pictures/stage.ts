import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { launchBrowser } from '../bench/page.ts';
import { startBrowserHost, type BrowserHostProcess } from '../support/browser-host-process.ts';
import { ended } from '../support/child.ts';
import { startSandboxProcess, type SandboxProcess } from '../support/sandbox-process.ts';
import { connectTo, until, valueOf, type HostClient } from '../support/host-client.ts';
import { leaveInDoubt, prepare, startWork, type Prepared } from './prepare.ts';
import { watchPage, type PageWatch } from './watch.ts';

export const stateNames = ['empty', 'full', 'loading', 'stale', 'offline', 'failing'] as const;
/**
 * What a screen can be in. `empty`: an account that owns nothing and a carrier that sells nothing. `loading`: the carrier takes ten
 * minutes for an answer. `stale`: a list of yesterday and no key. `offline`: nobody answers at the carrier's address. `failing`: the
 * carrier fails at every call, its list lacks numbers, and some records cannot be read.
 */
export type StateName = (typeof stateNames)[number];

/** What a screen is opened with: one state of the application, in a browser. */
export type Rig = {
  readonly state: StateName;
  readonly sandbox: SandboxProcess;
  /** Another window of the same host. */
  readonly client: HostClient;
  readonly prepared: Prepared;
  /** Waits until the page has its answers and has drawn them; what the state keeps waiting is not waited for. */
  settled(): Promise<void>;
};
/** `newcomer`: of a host that has no account; `desktop`: of the account, told that the desktop shows it. */
export type WindowKind = 'account' | 'newcomer' | 'desktop';
export type Stage = {
  readonly rig: Rig;
  /** A window, at 200 % where it is `zoomed`; empty of everything that was done in it before. */
  windowOf(who: WindowKind, zoomed: boolean): Promise<Window>;
  /** The window that was asked for last; null where there is none, or it crashed. */
  last(): Window | null;
  close(): Promise<void>;
};
export type Window = {
  readonly page: Page;
  readonly watch: PageWatch;
  /** What is seen now. */
  picture(format: 'png' | 'webp'): Promise<Buffer>;
};

/** Each answer to a question takes ten minutes, and each order is carried out after four seconds. */
export const keepsWaiting = ['writes:latency:1:4000', 'reads:latency:1:600000'];
/** Calls that ask the carrier: while it keeps everybody waiting, they stay open. */
const asksCarrier =
  /^(numbers\.details|find\.(areaCodes|exchanges)|cart\.check|orders\.(review|buy)|routes\.(refresh|create)|plans\.check|accounts\.(signIn|replaceKeys))$/;

const sizes: Readonly<Record<StateName, { readonly owned: number; readonly available: number }>> = {
  empty: { owned: 0, available: 0 },
  full: { owned: 20_000, available: 6_000 },
  loading: { owned: 2_400, available: 4_000 },
  stale: { owned: 2_400, available: 4_000 },
  offline: { owned: 2_400, available: 4_000 },
  failing: { owned: 2_400, available: 4_000 },
};

/**
 * Starts a carrier, a host and a browser in a state; `owned` where the account has not as many numbers as usual. What it starts ends
 * with `close`, or with this process.
 */
export async function startStage(state: StateName, owned = sizes[state].owned): Promise<Stage> {
  const { available } = sizes[state];
  const routes = state === 'empty' ? '0' : '24';
  const sandbox = await startSandboxProcess([
    ...['--owned', `${owned}`, '--available', `${available}`, '--routes', routes, '--seed', '5'],
  ]);
  const folders: string[] = [];
  const folder = () => {
    const made = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-pictures-'));
    folders.push(made);
    return made;
  };
  const own = folder();
  let host = await startBrowserHost(own);
  let client = await connectTo(host.address);
  const prepared = await prepare(client, sandbox, state === 'empty' ? 'nothing' : 'everything');
  let sandboxRuns = true;
  if (state === 'stale') {
    // No keychain: the key is gone with the restart.
    client.close();
    await ended(host.child);
    host = await startBrowserHost(own);
    client = await connectTo(host.address);
    await until(
      client,
      'accounts',
      () => client.call('accounts.get', {}),
      ({ accounts }) => accounts.some(({ keys }) => keys === 'missing'),
    );
  } else if (state === 'loading') {
    await startWork(client, sandbox);
    await sandbox.setFaults(keepsWaiting);
    await valueOf(client.call('sync.start', {}));
  } else if (state === 'offline') {
    await sandbox.stop();
    sandboxRuns = false;
    await troubled(client);
  } else if (state === 'failing') {
    await spoil(client, sandbox);
    await leaveInDoubt(client, sandbox);
    await sandbox.setFaults(['*:500:1']);
    await troubled(client);
  }
  let newcomer: BrowserHostProcess | null = null;
  let browser = await launchBrowser();
  const windows = new Map<string, Window>();
  const held = state === 'loading' ? asksCarrier : undefined;
  let current: Window | null = null;
  const rig: Rig = {
    ...{ state, sandbox, client, prepared },
    settled: async () => current?.watch.settled(held),
  };
  return {
    rig,
    async windowOf(who, zoomed) {
      if (who === 'newcomer') newcomer ??= await startBrowserHost(folder());
      const { address } = who === 'newcomer' ? (newcomer ?? host) : host;
      // A browser that crashed costs the picture it was taking, and not those that come after it.
      if (!browser.isConnected()) {
        browser = await launchBrowser();
        windows.clear();
      }
      const key = `${who} ${zoomed}`;
      let window = windows.get(key);
      if (!window || window.page.isClosed()) {
        window = await openWindow(browser, state, who, zoomed);
        const { page } = window;
        page.once('crash', () => {
          windows.delete(key);
          current = null;
        });
        windows.set(key, window);
      }
      current = window;
      const { page } = window;
      await page.goto('about:blank');
      await page.emulateMedia({ media: null, forcedColors: null });
      await page.goto(address);
      await page.getByRole('main').waitFor();
      await rig.settled();
      return window;
    },
    last: () => current,
    async close() {
      await browser.close();
      client.close();
      for (const one of [host, newcomer]) if (one) await ended(one.child);
      if (sandboxRuns) await sandbox.stop();
      for (const one of folders) rmSync(one, { recursive: true, force: true });
    },
  };
}

/** What the desktop host tells of itself, in the place of what the browser host does. */
const desktopSays = [
  ['"host":"browser"', '"host":"desktop"'],
  ['"desktop":null', '"desktop":{"tray":"shown","shortcut":true,"updates":true,"login":"on"}'],
] as const;

async function openWindow(
  browser: Browser,
  state: StateName,
  who: WindowKind,
  zoomed: boolean,
): Promise<Window> {
  const context = await browser.newContext({ reducedMotion: 'reduce', deviceScaleFactor: zoomed ? 2 : 1 });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  if (who === 'desktop') await context.addInitScript(readAs, desktopSays);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  // A window that was open over night: its clock goes on, and nobody fetched anything.
  if (state === 'stale') await page.clock.setFixedTime(Date.now() + 26 * 3_600_000);
  const devtools = await context.newCDPSession(page);
  return {
    ...{ page, watch: watchPage(page) },
    // Half of the time that a screenshot of Playwright takes: nothing moves here, so nothing has to be stopped.
    async picture(format) {
      const how = format === 'png' ? { optimizeForSpeed: true } : { quality: 90 };
      const { data } = await devtools.send('Page.captureScreenshot', { format, ...how });
      return Buffer.from(data, 'base64');
    },
  };
}

/** In the page: messages are read with some of their words replaced. */
function readAs(replaced: readonly (readonly [string, string])[]): void {
  const data = Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data');
  Object.defineProperty(MessageEvent.prototype, 'data', {
    get(this: MessageEvent): unknown {
      const read: unknown = data?.get?.call(this);
      if (typeof read !== 'string') return read;
      return replaced.reduce((text, [from, to]) => text.replace(from, to), read);
    },
  });
}

/** A sync that fails. */
async function troubled(client: HostClient): Promise<void> {
  await atRest(client);
  await valueOf(client.call('sync.start', {}));
  await until(
    client,
    'sync',
    () => client.call('sync.status', {}),
    ({ error }) => error !== null,
  );
}

/** A pass that runs already has read pages of before. */
async function atRest(client: HostClient): Promise<void> {
  await until(
    client,
    'sync',
    () => client.call('sync.status', {}),
    ({ phase }) => phase === 'idle',
  );
}

/** The carrier's list lacks some numbers, and some records of it cannot be read: seen by a sync that goes well. */
async function spoil(client: HostClient, sandbox: SandboxProcess): Promise<void> {
  const { numbers } = await valueOf(
    client.call('numbers.matching', {
      ...{ text: '', sort: { column: 'number', direction: 'asc' }, limit: 400 },
    }),
  );
  const odd = Object.fromEntries(numbers.slice(300, 303).map((number) => [number, { routes: 'none' }]));
  await atRest(client);
  await sandbox.mutate({ remove: numbers.slice(0, 200), odd: { owned: odd } });
  await valueOf(client.call('sync.start', {}));
  await until(
    client,
    'sync',
    () => client.call('sync.status', {}),
    ({ phase, missing }) => phase === 'idle' && missing > 0,
  );
}
