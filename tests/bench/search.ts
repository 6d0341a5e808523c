import { DatabaseSync } from '@photostructure/sqlite';
import { NumberStore } from '../../src-main/inventory/store.ts';
import { seeded } from '../../src-main/sandbox/random.ts';
import { makeBigList, type BigList } from './big-list.ts';
import { figure, timed, type Bench } from './measure.ts';
import { launchBrowser, openPage } from './page.ts';

const sort = { column: 'number', direction: 'asc' } as const;
const shown = 300;

/**
 * Exact total and first window. "In the worker" is the store without the hop between threads. Baselines ask SQLite for
 * the same: the total and the first 300 rows by number, with LIKE and with an FTS5 trigram table.
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
    return [...inWorker(list, short, long, combined(random, pattern)), await endToEnd(list, patterns)];
  } finally {
    list.remove();
  }
};

function combined(random: () => number, pattern: (length: number) => string): string[] {
  const parts = [
    () => `npa:${['206', '212', '604', '800'][Math.floor(random() * 4)] ?? ''}`,
    () => `state:${['wa', 'ny', 'ca', 'tx'][Math.floor(random() * 4)] ?? ''}`,
    () => `route:${['fax', 'pbx-1', 'sbc-east'][Math.floor(random() * 3)] ?? ''}`,
    () => '-primary:sip-reg',
    () => 'failover:none',
    () => 'billing:vpri',
    () => pattern(1 + Math.floor(random() * 4)),
    () => `ends:${pattern(2)}`,
  ];
  return Array.from({ length: 50 }, () =>
    Array.from(
      { length: 2 + Math.floor(random() * 2) },
      () => parts[Math.floor(random() * parts.length)]?.() ?? '',
    ).join(' '),
  );
}

function inWorker(list: BigList, short: string[], long: string[], mixed: string[]) {
  const store = new NumberStore(list.file);
  for (const _ of store.load()) void _;
  const other = sqlite(list);
  const ask = (texts: string[]) =>
    texts.map((text) => {
      const begun = performance.now();
      store.query({ text, sort, offset: 0, limit: shown });
      return performance.now() - begun;
    });
  // Once for the compiler, not measured; then every text anew.
  ask([...short, ...long, ...mixed].reverse());
  const measured = { short: ask(short), long: ask(long), mixed: ask(mixed) };
  const wrong = [...short, ...long]
    .slice(0, 20)
    .find((text) => other.like(text).total !== store.query({ text, sort, offset: 0, limit: 1 }).matching);
  if (wrong !== undefined) throw new Error(`the baseline counts other numbers for "${wrong}"`);
  const sample = (texts: string[]) => texts.filter((_, at) => at % Math.ceil(texts.length / 20) === 0);
  const figures = [
    figure('1-2 digits', 'ms', measured.short, { LIKE: sample(short).map((text) => other.like(text).ms) }),
    figure('3-11 digits', 'ms', measured.long, {
      'FTS5 trigram': long.map((text) => other.fts(text).ms),
      LIKE: sample(long).map((text) => other.like(text).ms),
    }),
    figure('combined', 'ms', measured.mixed),
  ];
  other.close();
  store.close();
  return figures;
}

function sqlite({ numbers }: BigList) {
  const database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE plain (number TEXT PRIMARY KEY) WITHOUT ROWID');
  database.exec(
    "CREATE VIRTUAL TABLE grams USING fts5 (number, tokenize = 'trigram', detail = 'none', content = '')",
  );
  const [plain, grams] = [
    'INSERT INTO plain VALUES (?)',
    'INSERT INTO grams (rowid, number) VALUES (?, ?)',
  ].map((sql) => database.prepare(sql));
  database.exec('BEGIN');
  numbers.forEach((number, at) => {
    plain?.run(number);
    grams?.run(at + 1, number);
  });
  database.exec('COMMIT');
  const measure = (count: string, rows: string, value: string) => {
    const [first, second] = [database.prepare(count), database.prepare(rows)];
    const begun = performance.now();
    const { total } = first.get(value) as { total: number };
    second.all(value);
    return { total, ms: performance.now() - begun };
  };
  return {
    like: (text: string) =>
      measure(
        'SELECT count(*) AS total FROM plain WHERE number LIKE ?',
        `SELECT number FROM plain WHERE number LIKE ? ORDER BY number LIMIT ${shown}`,
        `%${text}%`,
      ),
    fts: (text: string) => {
      // Without positions every three digits have to match, which is what it is fastest at.
      const words = Array.from({ length: text.length - 2 }, (_, at) => `"${text.slice(at, at + 3)}"`).join(
        ' AND ',
      );
      return measure(
        'SELECT count(*) AS total FROM grams WHERE grams MATCH ?',
        `SELECT rowid FROM grams WHERE grams MATCH ? ORDER BY rowid LIMIT ${shown}`,
        words,
      );
    },
    close() {
      database.close();
    },
  };
}

/** From the key in the query field of a real browser to the frame that shows its count and rows. */
async function endToEnd(list: BigList, patterns: string[]) {
  const browser = await launchBrowser();
  const opened = await openPage(list.folder, browser);
  const samples: number[] = [];
  try {
    await opened.page
      .getByTestId('counts')
      .filter({ hasText: list.numbers.length.toLocaleString('en-US') })
      .waitFor();
    await opened.page.waitForTimeout(4_000);
    await timed(async () => {
      for (const text of patterns.slice(0, 120))
        samples.push(...(await opened.page.evaluate(typeAndWait, text)));
    });
  } finally {
    await opened.close();
    await browser.close();
  }
  return figure('end to end', 'ms', samples);
}

/** Runs in the page. Milliseconds until the frame that shows another count is painted; nothing when it stays the same. */
async function typeAndWait(text: string): Promise<number[]> {
  const field = document.querySelector<HTMLInputElement>('input[aria-label="Filter numbers"]');
  const counts = document.querySelector('[data-testid=counts]');
  if (!field || !counts) throw new Error('there is no query field');
  const before = counts.textContent;
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
