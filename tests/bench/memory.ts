import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Profiles } from '../../src-main/accounts/profiles.ts';
import { startSandboxProcess } from '../support/sandbox-process.ts';
import type { Watched } from './host-watch.ts';
import { figure, type Bench } from './measure.ts';
import { launchBrowser, openPage } from './page.ts';

const child = path.join(import.meta.dirname, 'memory-child.ts');
const watch = path.join(import.meta.dirname, 'host-watch.ts');
/** All but when it was busy. */
type Memory = Omit<Watched, 'blocks'>;

/**
 * Memory of main process and workers with all numbers cached: with a window that scrolls and searches, after a first sync
 * and after each of more syncs with 200 questions, done without the waiting between them. Nothing is collected on demand.
 */
export const memory: Bench = async ({ quick }) => {
  const owned = quick ? 50_000 : 1_000_000;
  const passes = quick ? 2 : 4;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-bench-'));
  const sandbox = await startSandboxProcess(['--owned', `${owned}`, '--secret-key', 's']);
  try {
    const { profiles } = await Profiles.open(folder);
    const { accessKey, url: baseUrl } = sandbox;
    await profiles.add({ label: 'B', kind: 'flowroute-v1', accessKey, baseUrl, keptIn: 'keychain' });
    const [first] = await run(folder, 0);
    const worked = await run(folder, passes);
    const after = worked.slice(1);
    const grown = ((after.at(-1)?.residentMb ?? 0) - (after[0]?.residentMb ?? 0)) / (after.length - 1);
    const shown = await withWindow(folder, owned);
    const all = [...worked, shown.host];
    const most = (what: keyof Memory) => [Math.max(...all.map((one) => one[what]))];
    const size = owned.toLocaleString('en-US');
    return [
      figure(`main and worker with ${size} cached, searched and scrolled`, 'MB', [shown.host.residentMb]),
      figure('the same after a first sync', 'MB', [first?.residentMb ?? Number.NaN]),
      figure('the same after another start and a sync', 'MB', [worked[0]?.residentMb ?? Number.NaN]),
      figure(`the same after ${passes} more syncs and ${passes * 200} queries`, 'MB', [
        after.at(-1)?.residentMb ?? Number.NaN,
      ]),
      figure('growth with each further sync', 'MB', [grown]),
      figure('heap of the main process, at most', 'MB', most('mainHeapMb')),
      figure('heaps of the workers, at most', 'MB', most('workerHeapMb')),
      figure('outside the heaps of the workers, at most', 'MB', most('workerOutsideMb')),
      figure('heap of the window after scrolling and searching', 'MB', [shown.heapMb]),
    ];
  } finally {
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

/** What the application told of its memory: after its start, and after each pass. */
function run(folder: string, passes: number): Promise<Memory[]> {
  return new Promise((resolve, reject) => {
    const running = spawn(process.execPath, ['--import', watch, child, folder, `${passes}`, '200'], {
      env: { ...process.env, PROOF_SECRET: 's' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const told: Memory[] = [];
    createInterface({ input: running.stdout }).on('line', (line) => {
      told.push(JSON.parse(line) as Memory);
    });
    running.once('exit', (code) => {
      if (code === 0 && told.length === passes + 1) resolve(told);
      else reject(new Error(`the application ended with ${code} after telling ${told.length} times`));
    });
  });
}

/** A window on the list, without keys: nothing is synced. */
async function withWindow(folder: string, owned: number): Promise<{ heapMb: number; host: Memory }> {
  const browser = await launchBrowser();
  const { page, host, close } = await openPage(folder, browser);
  try {
    await page
      .getByTestId('counts')
      .filter({ hasText: owned.toLocaleString('en-US') })
      .waitFor();
    await page.mouse.move(600, 400);
    for (let at = 0; at < 60; at += 1) await page.mouse.wheel(0, 4_000);
    for (const text of ['2', '20', '206', '2065', '']) {
      await page.getByLabel('Filter numbers').fill(text);
      await page.waitForTimeout(300);
    }
    await page.waitForTimeout(1_500);
    const session = await page.context().newCDPSession(page);
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    return { heapMb: usedSize / 2 ** 20, host: host.watched() };
  } finally {
    await close();
    await browser.close();
  }
}
