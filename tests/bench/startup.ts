import { rmSync } from 'node:fs';
import { codeCache } from '../../src-main/browser-host/code-cache.ts';
import { NumberStore } from '../../src-main/inventory/number-store.ts';
import { ended } from '../support/child.ts';
import { makeBigList } from './big-list.ts';
import { figure, type Bench, type Figure } from './measure.ts';
import { launchBrowser, longestBlock, startHost } from './page.ts';

/** Milliseconds of each step, from the start of the process; and blocks. */
type Steps = [
  host: number[],
  drawn: number[],
  rows: number[],
  ready: number[],
  alone: number[],
  clock: number[],
  own: number[],
];

/**
 * Browser host, cold: from the start of the process to the first rows in the page, and to the index that answers digits.
 * The browser itself is running, and an earlier start has left the code compiled, but for the figure of the first start, which finds
 * nothing. The baseline has no index: opening the list and its first window, alone, in one thread.
 */
export const startup: Bench = async ({ quick }) => {
  const figures = [];
  for (const count of quick ? [1_000, 100_000] : [1_000, 100_000, 1_000_000]) {
    const list = await makeBigList(count);
    const browser = await launchBrowser();
    const [host, drawn, rows, ready, alone, clock, own] = Array.from(
      { length: 7 },
      (): number[] => [],
    ) as Steps;
    try {
      for (let run = 0; run < (quick ? 1 : 5); run += 1) {
        const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
        const begun = performance.now();
        const running = await startHost(list.folder);
        host.push(performance.now() - begun);
        await page.goto(running.address, { waitUntil: 'commit' });
        await page.locator('main').first().waitFor();
        drawn.push(performance.now() - begun);
        await page.waitForFunction(() =>
          /\d/.test(document.querySelector('.data .number')?.textContent ?? ''),
        );
        rows.push(performance.now() - begun);
        // Digits are answered by the index only: its first answer is the moment it is ready.
        await page.getByLabel('Filter numbers').fill('206');
        await page.getByTestId('counts').filter({ hasText: ' of ' }).waitFor();
        ready.push(performance.now() - begun);
        const longest = await longestBlock(running);
        clock.push(longest.clock);
        own.push(longest.own);
        await page.close();
        await ended(running.child);
        const opening = performance.now();
        const store = new NumberStore(list.file);
        store.early('numbers.query', [
          { text: '', sort: { column: 'number', direction: 'asc' }, offset: 0, limit: 300 },
        ]);
        alone.push(performance.now() - opening);
        store.close();
      }
    } finally {
      await browser.close();
      list.remove();
    }
    const name = count.toLocaleString('en-US');
    figures.push(figure(`host answers with ${name}`, 'ms', host));
    figures.push(figure(`window drawn with ${name}`, 'ms', drawn));
    figures.push(figure(`first rows of ${name}`, 'ms', rows, { 'the database alone': alone }));
    figures.push(figure(`index ready with ${name}`, 'ms', ready));
    const busy = `longest time the main thread was busy once the host answered, with ${name}`;
    figures.push(figure(`${busy}, by the clock`, 'ms', clock), figure(`${busy}, of its own`, 'ms', own));
  }
  figures.push(await firstStart(quick ? 1 : 5));
  return figures;
};

/** The first start of a version: nothing of its code was compiled before. */
async function firstStart(runs: number): Promise<Figure> {
  const list = await makeBigList(1_000);
  const host: number[] = [];
  try {
    for (let run = 0; run < runs; run += 1) {
      rmSync(codeCache, { recursive: true, force: true });
      const begun = performance.now();
      const { child } = await startHost(list.folder);
      host.push(performance.now() - begun);
      await ended(child);
    }
  } finally {
    list.remove();
  }
  return figure('host answers with 1,000, its code never compiled before', 'ms', host);
}
