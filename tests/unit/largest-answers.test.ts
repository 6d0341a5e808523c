import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { PhoneNumber } from '../../src-main/contract/model.ts';
import { SearchStore } from '../../src-main/buying/search-store.ts';
import { NumberStore } from '../../src-main/inventory/number-store.ts';
import { TagStore } from '../../src-main/inventory/tag-store.ts';
import { ActivityStore } from '../../src-main/activity/activity-store.ts';
import { CartStore } from '../../src-main/buying/cart-store.ts';
import { OrderStore } from '../../src-main/buying/order-store.ts';
import { DraftStore } from '../../src-main/routing/draft-store.ts';
import { PlanStore } from '../../src-main/routing/plan-store.ts';
import { RowStore } from '../../src-main/routing/import/row-store.ts';
import type { JournalCalls } from '../../src-main/platform/storage/durable-file.ts';
import { journalMigrations } from '../../src-main/journal/migrations.ts';
import { openStrictly } from '../../src-main/platform/storage/sqlite.ts';

/** Letters that a message to a window may hold: 256 kB. */
const most = 262_144;
const long = (text: string, place: number) => `${text}${place}`.padEnd(256, 'é').slice(0, 256);
const number = (place: number) => `1206${String(5_550_000 + place)}`;
const count = 520;
let calls: JournalCalls;

/** A journal with rows as long as anything lets them be. */
beforeAll(() => {
  const database = openStrictly(':memory:', journalMigrations);
  const parts = [
    ActivityStore,
    CartStore,
    DraftStore,
    OrderStore,
    PlanStore,
    RowStore,
    SearchStore,
    TagStore,
  ].map((Part) => new Part(database));
  calls = new Proxy({} as JournalCalls, {
    get: (_, name: string) => {
      const part = parts.find((one) => name in one) as unknown as Record<
        string,
        (...args: unknown[]) => unknown
      >;
      return (...args: unknown[]) => part[name]?.(...args);
    },
  });
  const numbers = Array.from({ length: 200 }, (_, place) => number(place));
  const head = { at: 1, kind: 'import', title: long('t', 0), of: null } as const;
  const csv = [
    'number,primary,failover',
    ...Array.from({ length: count }, (_, i) => [number(i), long('p', i), long('f', i)].join()),
  ].join('\n');
  const search = database.prepare('INSERT INTO search VALUES (?, 1, ?)');
  for (let place = 0; place < count; place += 1) {
    calls.record({ at: place, kind: 'order', text: long('x', place), outcome: 'ok', numbers });
    search.run(`${place}`.padEnd(1_000, 'ü'), place);
    calls.changeTags(
      [number(place)],
      Array.from({ length: 12 }, (_, i) => `${place}-${i}`.padEnd(32, 'ö')),
      [],
    );
    if (place >= 220) continue;
    const offer = {
      number: number(place),
      setup: 1,
      monthly: 1,
      rateCenter: 'R',
      state: 'WA',
      billingMethods: ['METERED'],
    };
    calls.addToCart([offer]);
    calls.createOrder(calls.wholeCart(), { primary: long('p', place), failover: long('f', place) }, place, {
      pricedAt: [place],
      listKnown: true,
    });
  }
  const routes = Array.from({ length: count }, (_, i) => [long('p', i), long('f', i)])
    .flat()
    .map((name) => ({ name, type: 'HOST', value: 'v'.repeat(512) }));
  calls.putRoutes(routes);
  const begin = () => {
    const begun = calls.beginDraft({
      kind: 'file',
      base64: Buffer.from(csv).toString('base64'),
      mapping: null,
    });
    if ('ask' in begun) throw new Error('the columns of the file are not understood');
    return begun;
  };
  const { token } = begin();
  calls.addDraftPairs(
    token,
    Array.from({ length: count }, (_, i) => ({ primary: long('a', i), failover: long('b', i) })),
  );
  calls.finishDraft(token, head, routes, true);
  const wrong = begin();
  calls.addDraftPairs(
    wrong.token,
    Array.from({ length: count }, () => null),
  );
  calls.finishDraft(wrong.token, head, [], true);
});
const page = { offset: 0, limit: 500 };
const plans = () => calls.plans(page).plans;
const right = () => plans().find(({ total }) => total > 0)?.id ?? 0;
const problems = () => plans().find(({ total }) => total === 0)?.id ?? 0;
test.each<[string, () => unknown]>([
  ['activity.list', () => calls.activity({ ...page, text: '', kind: null })],
  ['find.searches', () => calls.searches()],
  ['tags.names', () => calls.tagNames()],
  ['orders.list', () => calls.ordersFrom(0)],
  ['plans.get', () => calls.plan(right())],
  ['plans.items', () => calls.planItems({ ...page, id: right(), status: null })],
  ['plans.problems', () => calls.planProblems({ ...page, id: problems() })],
  ['plans.rows', () => calls.planRows({ ...page, id: right(), problems: false })],
])('%s stays below 256 kB with the longest rows there can be', (_, ask) => {
  const answer = ask();
  expect(JSON.stringify(answer).length).toBeGreaterThan(10_000);
  expect(JSON.stringify(answer).length).toBeLessThan(most);
});

test('rows of the list stay below it too, whatever the carrier calls its routes', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-largest-'));
  const store = new NumberStore(path.join(folder, 'numbers.db'));
  try {
    const { id } = store.beginPass(1);
    const numbers = Array.from({ length: 500 }, (_, place) => number(place) as PhoneNumber);
    const items = numbers.map((one, place) => ({
      ...{ number: one, billing: 'METERED' },
      routes: {
        primary: { name: `p${place}`.padEnd(8_192, 'é'), type: 'HOST' },
        failover: { name: `f${place}`.padEnd(8_192, 'é'), type: 'HOST' },
      },
    }));
    store.putPage(id, 1, items, true, 1);
    const sort = { column: 'number', direction: 'asc' } as const;
    const input = { text: '', sort, offset: 0, limit: 500 };
    const answers = [
      store.query(input).rows,
      (store.early('query', [input]) as { rows: unknown[] }).rows,
      store.rows(numbers),
      store.routeUse('', 500),
    ];
    for (const rows of answers) {
      expect(rows.length).toBeGreaterThan(1);
      expect(JSON.stringify(rows).length).toBeLessThan(most);
    }
    // Whoever goes on after what came gets everything.
    const all = new Set<string>();
    for (let after = ''; ;) {
      const page = store.routeUse(after, 500);
      const end = page.at(-1);
      if (!end) break;
      for (const { name } of page) all.add(name);
      after = `${end.name}\n${end.type}`;
    }
    expect(all.size).toBe(1_000);
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
