import type { PhoneNumber } from '../../src-main/contract/model.ts';
import { numberColumns, groupColumns, type Sort } from '../../src-main/contract/numbers.ts';
import { NumberStore } from '../../src-main/inventory/number-store.ts';
import { seeded } from '../../src-main/sandbox/random.ts';
import { makeBigList, type BigList } from './big-list.ts';
import { figure, type Bench } from './measure.ts';
import { launchBrowser, openPage } from './page.ts';
import { digitsPart, sqliteWith, type Part } from './search-baseline.ts';

const sort = { column: 'number', direction: 'asc' } as const;
const shown = 300;

/**
 * Exact total and first window; combined queries in every order, also right after a change. All but "end to end" is
 * in the worker, without the hop between threads. Baselines ask SQLite for the same: the total and the first 300 rows, with
 * LIKE and with an FTS5 trigram table.
 */
export const search: Bench = async ({ quick }) => {
  const list = await makeBigList(quick ? 100_000 : 1_000_000);
  try {
    const random = seeded(3);
    const pattern = (length: number) => {
      // Half of them from numbers that are there, half of any digits.
      const number = list.numbers[Math.floor(random() * list.numbers.length)] ?? '';
      const at = Math.floor(random() * (12 - length));
      return random() < 0.5
        ? number.slice(at, at + length)
        : String(Math.floor(random() * 10 ** length)).padStart(length, '0');
    };
    const patterns = Array.from({ length: 200 }, (_, at) => pattern(1 + (at % 7)));
    const long = [
      ...patterns.filter((one) => one.length >= 3),
      ...Array.from({ length: 40 }, (_, at) => pattern(8 + (at % 4))),
    ];
    const short = patterns.filter((one) => one.length < 3);
    const mixed = combined(random, pattern);
    const [digits, several] = await endToEnd(list, [patterns.slice(0, 120), mixed.map(textOf)]);
    return [
      ...inWorker(list, short, long, mixed),
      figure('end to end', 'ms', digits ?? []),
      figure('end to end, combined', 'ms', several ?? []),
    ];
  } finally {
    list.remove();
  }
};

function combined(random: () => number, pattern: (length: number) => string): Part[][] {
  const one = <T>(of: readonly [T, ...T[]]) => of[Math.floor(random() * of.length)] ?? of[0];
  const is = (key: string, column: string, value: string): Part => ({
    text: `${key}:${value}`,
    sql: `${column} = ? COLLATE NOCASE`,
    args: [value],
  });
  const parts = [
    () => is('npa', 'npa', one(['206', '212', '604', '800'])),
    () => is('state', 'state', one(['wa', 'ny', 'ca', 'tx'])),
    (): Part => {
      const route = one(['fax', 'pbx-1', 'sbc-east']);
      return { text: `route:${route}`, sql: '? IN (primary_name, failover_name)', args: [route] };
    },
    (): Part => ({ text: '-primary:sip-reg', sql: 'primary_name <> ?', args: ['sip-reg'] }),
    (): Part => ({
      text: 'failover:none',
      sql: '(failover_name = ? OR failover_name = primary_name)',
      args: ['sip-reg'],
    }),
    () => is('billing', 'billing', 'vpri'),
    () => digitsPart(pattern(1 + Math.floor(random() * 4))),
    (): Part => {
      const end = pattern(2);
      return { text: `ends:${end}`, sql: 'number LIKE ?', args: [`%${end}`] };
    },
  ];
  return Array.from({ length: 50 }, () =>
    Array.from({ length: 2 + Math.floor(random() * 2) }, () => one(parts as [() => Part])()),
  );
}

const textOf = (parts: readonly Part[]) => parts.map((part) => part.text).join(' ');

function inWorker(list: BigList, short: string[], long: string[], mixed: Part[][]) {
  const store = new NumberStore(list.file);
  for (const _ of store.load()) void _;
  const other = sqliteWith(list, shown);
  const ask = (texts: readonly string[], by: Sort = sort) =>
    texts.map((text) => {
      const begun = performance.now();
      store.query({ text, sort: by, offset: 0, limit: shown });
      return performance.now() - begun;
    });
  const sorts = numberColumns.flatMap((column): Sort[] => [
    { column, direction: 'asc' },
    { column, direction: 'desc' },
  ]);
  const texts = mixed.map(textOf);
  // Once for the compiler, not measured; then every text anew.
  for (const by of sorts) ask([...short, ...long, ...texts].reverse(), by);
  const measured = { short: ask(short), long: ask(long), mixed: sorts.flatMap((by) => ask(texts, by)) };
  const others = mixed.map((parts, at) => {
    const asked = other.combined(parts, sorts[at % sorts.length] ?? sort);
    return { ...asked, text: textOf(parts) };
  });
  const wrong = [
    ...[...short, ...long].slice(0, 20).map((text) => ({ text, total: other.like(text).total })),
    ...others,
  ].find(({ text, total }) => total !== store.query({ text, sort, offset: 0, limit: 1 }).matching);
  if (wrong) throw new Error(`the baseline counts other numbers for "${wrong.text}"`);
  const changed = sorts.flatMap((by, at) =>
    texts.flatMap((text, place) => {
      touch(store, list.numbers[(at * 7919 + place) % list.numbers.length] ?? '', place);
      return ask([text], by);
    }),
  );
  // The first window by groups, and all groups with their counts.
  const grouped = groupColumns.flatMap((group) =>
    ['', ...texts].map((text) => {
      const begun = performance.now();
      store.query({ text, sort: { ...sort, group }, offset: 0, limit: shown });
      store.groups({ text, by: group, offset: 0 });
      return performance.now() - begun;
    }),
  );
  const sample = (all: string[]) => all.filter((_, at) => at % Math.ceil(all.length / 20) === 0);
  const trigram = { 'FTS5 trigram': others.map(({ ms }) => ms) };
  const figures = [
    figure('1-2 digits', 'ms', measured.short, { LIKE: sample(short).map((text) => other.like(text).ms) }),
    figure('3-11 digits', 'ms', measured.long, {
      'FTS5 trigram': long.map((text) => other.fts(text).ms),
      LIKE: sample(long).map((text) => other.like(text).ms),
    }),
    figure('combined', 'ms', measured.mixed, trigram),
    figure('combined, right after a change', 'ms', changed, trigram),
    figure('grouped, with counts', 'ms', grouped, trigram),
  ];
  other.close();
  store.close();
  return figures;
}

/** Gives one number other routes, as a sync or a plan does. */
function touch(store: NumberStore, number: string, turn: number): void {
  const [primary, failover] = [`sbc-${turn % 2 === 0 ? 'east' : 'west'}`, 'fax'];
  const item = {
    number: number as PhoneNumber,
    billing: 'METERED',
    routes: { primary: { key: primary, type: 'HOST' }, failover: { key: failover, type: 'HOST' } },
  };
  for (const _ of store.applySeen([{ item, at: Date.now() }])) void _;
}

/** From the key in the query field of a real browser to the frame that shows its count and rows. */
async function endToEnd(list: BigList, series: readonly (readonly string[])[]): Promise<number[][]> {
  const browser = await launchBrowser();
  const opened = await openPage(list.folder, browser);
  const measured: number[][] = [];
  try {
    await opened.page
      .getByTestId('counts')
      .filter({ hasText: list.numbers.length.toLocaleString('en-US') })
      .waitFor();
    await opened.page.waitForTimeout(4_000);
    for (const texts of series) {
      const samples: number[] = [];
      for (const text of texts) samples.push(...(await opened.page.evaluate(typeAndWait, text)));
      measured.push(samples);
    }
  } finally {
    await opened.close();
    await browser.close();
  }
  return measured;
}

/** Runs in the page. Milliseconds until the frame that shows another count is painted; nothing when it stays the same. */
async function typeAndWait(text: string): Promise<number[]> {
  const field = document.querySelector<HTMLInputElement>('input[aria-label="Filter numbers"]');
  const counts = document.querySelector('[data-testid=counts]');
  if (!field || !counts) throw new Error('there is no query field');
  const before = counts.textContent;
  // The pills of the query before go with it.
  field.dispatchEvent(
    new KeyboardEvent('keydown', { key: 'a', ctrlKey: true, metaKey: true, bubbles: true }),
  );
  const begun = performance.now();
  field.value = text;
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  const changed = new Promise<boolean>((resolve) => {
    const watcher = new MutationObserver(() => {
      if (counts.textContent !== before) resolve(true);
    });
    watcher.observe(counts, { characterData: true, childList: true, subtree: true });
    setTimeout(() => {
      watcher.disconnect();
      resolve(false);
    }, 1_000);
  });
  if (!(await changed)) return [];
  // The frame that shows it, and the first task after that frame was painted.
  await new Promise(requestAnimationFrame);
  await new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = resolve;
    port2.postMessage(null);
  });
  return [performance.now() - begun];
}
