import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Profiles } from '../../src-main/accounts/profiles.ts';
import { startSandboxProcess } from '../support/sandbox-process.ts';
import { figure, type Bench } from './measure.ts';
import { launchBrowser, openPage } from './page.ts';

const child = path.join(import.meta.dirname, 'memory-child.ts');

/**
 * Resident memory of main process and worker together with all numbers cached: after a start, and after half an hour's
 * worth of syncs (two) and questions (600), done without the waiting. Then the heap of a window on the same list.
 */
export const memory: Bench = async ({ quick }) => {
  const owned = quick ? 50_000 : 1_000_000;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-bench-'));
  const sandbox = await startSandboxProcess(['--owned', `${owned}`, '--secret-key', 's']);
  try {
    const { profiles } = await Profiles.open(folder);
    const { accessKey, url: baseUrl } = sandbox;
    await profiles.add({ label: 'B', kind: 'flowroute-v1', accessKey, baseUrl, keptIn: 'keychain' });
    await run(folder, 0, 0);
    const [started = 0, worked = 0] = await run(folder, 2, 600);
    const { heap, resident } = await withWindow(folder, owned);
    const size = owned.toLocaleString('en-US');
    return [
      figure(`main and worker with ${size} cached, searched and scrolled`, 'MB', [resident]),
      figure('the same after a sync of all of them', 'MB', [started]),
      figure('the same after two more syncs and 600 queries', 'MB', [worked]),
      figure('heap of the window after scrolling and searching', 'MB', [heap]),
    ];
  } finally {
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

function run(folder: string, passes: number, queries: number): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const running = spawn(process.execPath, ['--expose-gc', child, folder, `${passes}`, `${queries}`], {
      env: { ...process.env, PROOF_SECRET: 's' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const told: number[] = [];
    createInterface({ input: running.stdout }).on('line', (line) => {
      told.push((JSON.parse(line) as { residentMb: number }).residentMb);
    });
    running.once('exit', (code) => {
      if (code === 0) resolve(told);
      else reject(new Error(`the application ended with ${code}`));
    });
  });
}

/** A window on the list, without keys: nothing is synced. */
async function withWindow(folder: string, owned: number): Promise<{ heap: number; resident: number }> {
  const browser = await launchBrowser();
  const { page, child: host, close } = await openPage(folder, browser);
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
    const session = await page.context().newCDPSession(page);
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', `${host.pid}`], { encoding: 'utf8' });
    return { heap: usedSize / 2 ** 20, resident: Number(stdout) / 1024 };
  } finally {
    await close();
    await browser.close();
  }
}
