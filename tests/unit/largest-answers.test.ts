import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { PhoneNumber } from '../../src-main/contract/model.ts';
import { NumberStore } from '../../src-main/inventory/number-store.ts';

import { journalMigrations, journalStores, type JournalStores } from '../../src-main/journal/parts.ts';
import { openStrictly } from '../../src-main/platform/storage/sqlite.ts';
import { some } from '../support/some.ts';

/** Letters that a message to a window may hold: 256 kB. */
const most = 262_144;
const long = (text: string, place: number) => `${text}${place}`.padEnd(256, 'é').slice(0, 256);
const number = (place: number) => `1206${String(5_550_000 + place)}`;
const count = 520;
let calls: JournalStores;

/** A journal with rows as long as anything lets them be. */
beforeAll(() => {
  const database = openStrictly(':memory:', journalMigrations);
  calls = journalStores(database);
  const numbers = Array.from({ length: 200 }, (_, place) => number(place));
  const head = { at: 1, kind: 'import', title: long('t', 0), of: null } as const;
  const csv = [
    'number,primary,failover',
    ...Array.from({ length: count }, (_, i) => [number(i), long('p', i), long('f', i)].join()),
  ].join('\n');
  const search = database.prepare('INSERT INTO search VALUES (?, 1, ?)');
  for (let place = 0; place < count; place += 1) {
    calls.activity.record({ at: place, kind: 'order', text: long('x', place), outcome: 'ok', numbers });
    search.run(`${place}`.padEnd(1_000, 'ü'), place);
    calls.tags.changeTags(
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
    calls.cart.addToCart([offer]);
    calls.orders.createOrder(
      calls.cart.wholeCart(),
      { primary: long('p', place), failover: long('f', place) },
      place,
      {
        pricedAt: [place],
        listKnown: true,
      },
    );
  }
  const routes = Array.from({ length: count }, (_, i) => [long('p', i), long('f', i)])
    .flat()
    .map((key) => ({ key, label: key, type: 'HOST', value: 'v'.repeat(512), builtin: false }));
  calls.routes.putRoutes(routes);
  const begin = () => {
    const begun = calls.drafts.beginDraft({
      kind: 'file',
      base64: Buffer.from(csv).toString('base64'),
      mapping: null,
    });
    if ('ask' in begun) throw new Error('the columns of the file are not understood');
    return begun;
  };
  const { token } = begin();
  calls.drafts.addDraftPairs(
    token,
    Array.from({ length: count }, (_, i) => ({ primary: long('a', i), failover: long('b', i) })),
  );
  calls.drafts.finishDraft(token, head, routes, true, false);
  const wrong = begin();
  calls.drafts.addDraftPairs(
    wrong.token,
    Array.from({ length: count }, () => null),
  );
  calls.drafts.finishDraft(wrong.token, head, [], true, false);
});
const page = { offset: 0, limit: 500 };
const plans = () => calls.plans.plans(page).plans;
const right = () => plans().find(({ total }) => total > 0)?.id ?? 0;
const problems = () => plans().find(({ total }) => total === 0)?.id ?? 0;
test.each<[string, () => unknown]>([
  ['activity.list', () => calls.activity.activity({ ...page, text: '' })],
  ['find.searches', () => calls.searches.searches()],
  ['tags.names', () => calls.tags.tagNames()],
  ['orders.list', () => calls.orders.orders(page)],
  ['plans.get', () => calls.plans.plan(right())],
  ['plans.items', () => calls.plans.planItems({ ...page, id: right(), status: null })],
  ['plans.problems', () => calls.drafts.planProblems({ ...page, id: problems() })],
  ['plans.rows', () => calls.fileRows.planRows({ ...page, id: right(), problems: false })],
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
        primary: { key: `p${place}`.padEnd(8_192, 'é'), type: 'HOST' },
        failover: { key: `f${place}`.padEnd(8_192, 'é'), type: 'HOST' },
      },
    }));
    store.putPage(id, { page: 1, isLast: true, next: null }, items, 1);
    const sort = { column: 'number', direction: 'asc' } as const;
    const input = { text: '', sort, offset: 0, limit: 500 };
    const answers = [
      store.query(input).rows,
      (store.early('numbers.query', [input]) as { rows: unknown[] }).rows,
      store.rows(numbers),
      store.routeUse('', 500),
    ];
    for (const rows of some(answers)) {
      expect(rows.length).toBeGreaterThan(1);
      expect(JSON.stringify(rows).length).toBeLessThan(most);
    }
    // Whoever goes on after what came gets everything.
    const all = new Set<string>();
    for (let after = ''; ;) {
      const page = store.routeUse(after, 500);
      const end = page.at(-1);
      if (!end) break;
      for (const { key } of page) all.add(key);
      after = `${end.key}\n${end.type}`;
    }
    expect(all.size).toBe(1_000);
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
