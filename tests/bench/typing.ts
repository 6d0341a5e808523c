import type { Browser } from '@playwright/test';
import { makeBigList, type BigList } from './big-list.ts';
import { figure, Missed, type Bench } from './measure.ts';
import { launchBrowser, openPage } from './page.ts';

/** Typed letter by letter: places, routes, keys and digits, each of which has suggestions on the way. */
const texts = [
  ...[
    'new york',
    'seattle',
    'texas',
    'sbc-west',
    'west',
    'state:ny',
    'failover:none',
    'npa:206',
    '206',
    '41',
  ],
  ...['los angeles', 'route:fax', '-state:wa', 'main-office', 'primary:pbx-1', 'washington'],
];
/** So many times as slow as without suggestions it may be. */
const most = 1.25;

/**
 * From a key in the query field to the frame that shows the rows of it, while the list of suggestions is asked for and drawn after
 * each key, and in the same field when no suggestion is ever asked for. Both in turns, twice.
 */
export const typing: Bench = async ({ quick }) => {
  const list = await makeBigList(quick ? 100_000 : 1_000_000);
  const browser = await launchBrowser();
  const samples = { with: [] as number[], without: [] as number[] };
  let offered = 0;
  try {
    for (const kind of ['without', 'with', 'without', 'with'] as const) {
      const run = await typed(list, browser, kind === 'with');
      samples[kind].push(...run.samples);
      if (kind === 'with') offered += run.offered;
      else if (run.offered > 0) throw new Error('suggestions were shown where none were to be asked for');
    }
  } finally {
    await browser.close();
    list.remove();
  }
  if (offered === 0) throw new Error('no suggestion was shown');
  const measured = figure('key to painted rows, with suggestions', 'ms', samples.with, {
    'without suggestions': samples.without,
  });
  const [before] = measured.baselines;
  if (!quick && before && measured.median > most * before.median)
    throw new Missed(`${measured.median} ms are more than ${most} × ${before.median} ms without suggestions`);
  return [measured];
};

async function typed(
  list: BigList,
  browser: Browser,
  asks: boolean,
): Promise<{ samples: number[]; offered: number }> {
  const { page, close } = await openPage(list.folder, browser);
  try {
    await page
      .getByTestId('counts')
      .filter({ hasText: list.numbers.length.toLocaleString('en-US') })
      .waitFor();
    await page.waitForTimeout(4_000);
    if (!asks) await page.evaluate(dropSuggestions);
    const samples: number[] = [];
    let offered = 0;
    for (const text of texts) {
      const run = await page.evaluate(typeLetters, text);
      samples.push(...run.samples);
      offered += run.offered;
    }
    return { samples, offered };
  } finally {
    await close();
  }
}

/** Runs in the page. No question for suggestions leaves it: the field never hears of any. */
function dropSuggestions(): void {
  const send = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'send')?.value as (
    this: WebSocket,
    data: string,
  ) => void;
  WebSocket.prototype.send = function (this: WebSocket, data: unknown) {
    if (!String(data).includes('numbers.suggest')) send.call(this, String(data));
  };
}

/**
 * Runs in the page. Milliseconds of each key until the frame that shows another count is painted, of those keys that change it,
 * and at how many keys there was a list of suggestions.
 */
async function typeLetters(text: string): Promise<{ samples: number[]; offered: number }> {
  const field = document.querySelector<HTMLInputElement>('input[aria-label="Filter numbers"]');
  const counts = document.querySelector('[data-testid=counts]');
  if (!field || !counts) throw new Error('there is no query field');
  const shows = (before: string | null) =>
    new Promise<boolean>((resolve) => {
      const watcher = new MutationObserver(() => {
        if (counts.textContent === before) return;
        watcher.disconnect();
        resolve(true);
      });
      watcher.observe(counts, { characterData: true, childList: true, subtree: true });
      setTimeout(() => {
        watcher.disconnect();
        resolve(false);
      }, 300);
    });
  const painted = async () => {
    await new Promise(requestAnimationFrame);
    await new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = resolve;
      port2.postMessage(null);
    });
  };
  field.focus();
  // The pills of the text before go with it.
  field.dispatchEvent(
    new KeyboardEvent('keydown', { key: 'a', ctrlKey: true, metaKey: true, bubbles: true }),
  );
  const samples: number[] = [];
  let offered = 0;
  for (let end = 1; end <= text.length; end += 1) {
    const changed = shows(counts.textContent);
    const begun = performance.now();
    field.value = text.slice(0, end);
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    if (await changed) {
      await painted();
      samples.push(performance.now() - begun);
    }
    // As fast as people type, so that what a key offers may still be on its way at the next one.
    await new Promise((resolve) => setTimeout(resolve, 60));
    if (document.querySelector('[role=listbox][aria-label="Suggestions"]')) offered += 1;
  }
  return { samples, offered };
}
