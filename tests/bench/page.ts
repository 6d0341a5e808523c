import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type Page } from '@playwright/test';
import { ended, firstLine } from '../support/child.ts';
import type { Watched } from './host-watch.ts';
import { MissingHost } from './measure.ts';

const watch = path.join(import.meta.dirname, 'host-watch.ts');
const entry = path.resolve(import.meta.dirname, '../../src-main/browser-host/cli.ts');

export type Host = {
  readonly child: ChildProcess;
  readonly address: string;
  /** Unix milliseconds when it said so. */
  readonly answeredAt: number;
  /** What its threads did and hold, at most half a second old. */
  watched(): Watched;
};
export type OpenPage = { readonly page: Page; readonly host: Host; close(): Promise<void> };

export async function launchBrowser(): Promise<Browser> {
  const system = '/usr/bin/chromium';
  if (!existsSync(system) && !existsSync(chromium.executablePath()))
    throw new MissingHost('there is no Chromium');
  return chromium.launch({
    ...(existsSync(system) ? { executablePath: system } : {}),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}

/** The browser host on a data folder, and its address once it has said so. */
export async function startHost(folder: string): Promise<Host> {
  const file = path.join(folder, 'bench-watch.json');
  rmSync(file, { force: true });
  const child = spawn(process.execPath, ['--import', watch, entry, '--data-dir', folder], {
    env: { ...process.env, BENCH_WATCH: file },
  });
  // A benchmark that fails half-way leaves nobody behind.
  const leave = () => child.kill();
  process.once('exit', leave);
  child.once('exit', () => process.off('exit', leave));
  const address = (await firstLine(child, /Numberdesk is at (\S+)/)).split(' ').at(-1) ?? '';
  const watched = () => JSON.parse(readFileSync(file, 'utf8')) as Watched;
  return { child, address, answeredAt: Date.now(), watched };
}

/** The longest times (ms) the main thread of a host was busy without a pause since it first answered: by the clock, and of its own. */
export async function longestBlock({ watched, answeredAt }: Host): Promise<{ clock: number; own: number }> {
  await new Promise((resolve) => setTimeout(resolve, 700));
  const since = watched().blocks.filter(({ at }) => at >= answeredAt);
  const most = (what: 'clock' | 'own') => Math.max(0, ...since.map((block) => block[what]));
  return { clock: most('clock'), own: most('own') };
}

export async function openPage(folder: string, browser: Browser): Promise<OpenPage> {
  const host = await startHost(folder);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(host.address);
  return {
    page,
    host,
    async close() {
      await page.close();
      await ended(host.child);
    },
  };
}
