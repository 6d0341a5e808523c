import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type Page } from '@playwright/test';
import { ended, firstLine } from '../support/child.ts';

const entry = path.resolve(import.meta.dirname, '../../src-main/browser-host/cli.ts');

export type OpenPage = { readonly page: Page; readonly child: ChildProcess; close(): Promise<void> };

export async function launchBrowser(): Promise<Browser> {
  const system = '/usr/bin/chromium';
  return chromium.launch({
    ...(existsSync(system) ? { executablePath: system } : {}),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}

/** The browser host on a data folder, and its address once it has said so. */
export async function startHost(folder: string): Promise<{ child: ChildProcess; address: string }> {
  const child = spawn(process.execPath, [entry, '--data-dir', folder]);
  const address = (await firstLine(child, /Numberdesk is at (\S+)/)).split(' ').at(-1) ?? '';
  return { child, address };
}

export async function openPage(folder: string, browser: Browser): Promise<OpenPage> {
  const { child, address } = await startHost(folder);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(address);
  return {
    page,
    child,
    async close() {
      await page.close();
      await ended(child);
    },
  };
}
