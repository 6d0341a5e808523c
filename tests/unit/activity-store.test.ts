import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NewActivity } from '../../src-main/activity/activity-store.ts';
import { insertJob } from '../../src-main/jobs/job-store.ts';
import { journalMigrations, journalStores, type JournalStores } from '../../src-main/journal/parts.ts';
import { abandon, openStrictly, type Database } from '../../src-main/platform/storage/sqlite.ts';
import { some } from '../support/some.ts';

const now = new Date(2026, 10, 27, 12).getTime();
const day = 86_400_000;
const numberAt = (at: number) => `1206555${String(at).padStart(4, '0')}`;
let database: Database;
let stores: JournalStores;

beforeEach(() => {
  database = openStrictly(':memory:', journalMigrations);
  stores = journalStores(database);
});
afterEach(() => {
  abandon(database);
});

const record = (entry: Partial<NewActivity>) =>
  stores.activity.record({ at: now, kind: 'sync', text: 'Sync', outcome: 'ok', numbers: [], ...entry });
const window = (text: string) => stores.activity.activity({ text, offset: 0, limit: 50, now });
/** What the entries say that a query finds, the oldest first. */
const found = (text: string) =>
  window(text)
    .entries.map((entry) => entry.text)
    .reverse();

function order(primary: string, failover: string): number {
  const named = { primary_name: primary, failover_name: failover };
  return insertJob(database, 'purchase_order', { created_at: now, phase: 'done', ...named });
}

type Sides = readonly [primary: string, failover: string];
/** A change of routes of one number. */
function plan(number: string, before: Sides, to: Sides, already = 0): number {
  const id = insertJob(database, 'plan', {
    ...{ created_at: now, kind: 'assign', title: 'a title', phase: 'done', waiting: '', already_right: 0 },
  });
  database
    .prepare(
      `INSERT INTO plan_item (plan_id, number, keep, before_primary, before_failover, to_primary, to_failover,
         flagged, status, reason, sent, already) VALUES (?, ?, 0, ?, ?, ?, ?, 0, 'done', '', 1, ?)`,
    )
    .run(id, number, ...before, ...to, already);
  return id;
}

/** Two orders, two changes, two syncs and a failure, a day apart. */
function fill(): void {
  stores.routes.putRoutes([
    { key: '17', label: 'SBC East', type: 'HOST', value: 'east.example', builtin: false },
    { key: 'fax', label: 'fax', type: 'HOST', value: 'fax.example', builtin: false },
  ]);
  const orders = [order('17', ''), order('', '')];
  const plans = [
    plan(numberAt(1), ['17', 'fax'], ['gone', 'fax']),
    plan(numberAt(2), ['fax', ''], ['fax', ''], 1),
  ];
  const about = (kind: 'order' | 'plan', id = 0) => ({ kind, id });
  record({ at: now - 6 * day, kind: 'order', text: ' began', about: about('order', orders[0]) });
  record({
    ...{
      at: now - 5 * day,
      kind: 'order',
      text: ' is done',
      outcome: 'failed',
      about: about('order', orders[1]),
    },
    numbers: [numberAt(1), numberAt(2)],
  });
  record({
    ...{ at: now - 4 * day, kind: 'routes', text: ': 1 changed', about: about('plan', plans[0]) },
    numbers: [numberAt(1)],
  });
  record({ at: now - 3 * day, kind: 'routes', text: ': 0 changed', about: about('plan', plans[1]) });
  record({ at: now - 2 * day, kind: 'routes', text: 'Route fax was created: HOST fax.example' });
  record({ at: now - day, kind: 'failure', text: 'Sync: 100%_', outcome: 'failed' });
  record({ numbers: Array.from({ length: 450 }, (_, at) => numberAt(at + 1)) });
}
const [began, done, changed, nothing, created, failed, synced] = [
  'Order 1 began',
  'Order 2 is done',
  'Change 1 (a title): 1 changed',
  'Change 2 (a title): 0 changed',
  'Route fax was created: HOST fax.example',
  'Sync: 100%_',
  'Sync',
] as const;

describe('the record of activity', () => {
  beforeEach(fill);

  test.each<[string, readonly string[]]>([
    ['', [began, done, changed, nothing, created, failed, synced]],
    ['kind:order', [began, done]],
    ['kind:order,failure', [began, done, failed]],
    ['-kind:order,routes', [failed, synced]],
    ['outcome:failed', [done, failed]],
    ['outcome:failed kind:order', [done]],
    ['order:1', [began]],
    ['order:2,1', [began, done]],
    ['-order:1', [done, changed, nothing, created, failed, synced]],
    ['change:1', [changed]],
    ['order:77', []],
    ['order 2', [done]],
    ['since:3d', [nothing, created, failed, synced]],
    ['before:3d', [began, done, changed]],
    ['since:2026-11-22 before:2026-11-24', [done, changed]],
    ['since:today', [synced]],
    ['sync', [failed, synced]],
    ['100%_', [failed]],
    ['"is done"', [done]],
    ['done is', [done]],
    ["'; DROP TABLE activity; --", []],
    // What a text says of a number is not what was touched.
    [`number:${numberAt(1)}`, [done, changed, synced]],
    ['(206) 555-0001', [done, changed, synced]],
    ['2065550002', [done, synced]],
    [`number:${numberAt(1)},${numberAt(450)} -kind:sync`, [done, changed]],
    [numberAt(451), []],
    ['5550002', [done, synced]],
    // By what people call it, what is not listed any more by its key; a side that stays is not touched.
    ['route:"SBC East"', [began, changed]],
    ['route:"sbc east"', []],
    ['route:gone', [changed]],
    ['route:17', []],
    ['route:fax', [created]],
    ['route:fax,gone', [changed, created]],
    ['-route:gone', [began, done, nothing, created, failed, synced]],
    ['kind:order colour:red', []],
    ['number:abc', []],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected);
    expect(window(text).total).toBe(expected.length);
  });

  test('finds words whatever the case of their letters, beyond those of English', () => {
    record({ kind: 'routes', text: 'Route ZÜRICH\u00a0Äußeres was created' });
    const all = ['Route ZÜRICH\u00a0Äußeres was created'];
    for (const text of ['zürich', 'Zürich', '"zürich äußeres"', 'ZU\u0308RICH', 'route:zürich'])
      expect([text, found(text)]).toEqual([text, all]);
    expect(found('-zürich')).not.toContain(all[0]);
    expect(found('ri_h')).toEqual([]);
  });

  test('says which of its numbers an entry was found by, also one that the entry does not list', () => {
    const last = window(`number:${numberAt(450)}`);
    expect(last.entries.map(({ count, numbers, found }) => [count, numbers.length, found])).toEqual([
      [450, 200, { number: numberAt(450), count: 1 }],
    ]);
    expect(window('555044').entries[0]?.found).toEqual({ number: numberAt(440), count: 10 });
    expect(window('kind:sync').entries[0]?.found).toBeNull();
    expect(window(`-number:${numberAt(1)}`).entries[0]?.found).toBeNull();
  });

  test('knows what entries touched that came after the first question', () => {
    expect(found(numberAt(7))).toEqual([synced]);
    record({ text: 'Later', numbers: [numberAt(7)] });
    expect(found(numberAt(7))).toEqual([synced, 'Later']);
    const id = plan(numberAt(9), ['fax', ''], ['SBC', '']);
    expect(found('route:sbc')).toEqual([]);
    record({ kind: 'routes', text: ': later', about: { kind: 'plan', id } });
    expect(found('route:sbc')).toEqual(['Change 3 (a title): later']);
  });

  test('knows the routes of a change as they are now, however often it was asked before', () => {
    const id = plan(numberAt(9), ['fax', ''], ['SBC', '']);
    record({ kind: 'routes', text: ': began', about: { kind: 'plan', id } });
    expect([found('route:sbc'), found('route:other')]).toEqual([['Change 3 (a title): began'], []]);
    stores.plans.mark(id, [
      {
        ...{ number: numberAt(9), status: 'done', reason: null },
        before: { primary: 'fax', failover: '' },
        to: { primary: 'other', failover: '' },
      },
    ]);
    expect([found('route:sbc'), found('route:other')]).toEqual([[], ['Change 3 (a title): began']]);
    const routes = stores.activity.suggestActivity({ text: '', typed: 'route:', now });
    expect(routes.map(({ token }) => token)).not.toContain('route:"SBC"');
  });

  test('offers values with how many entries have them among what the rest finds', () => {
    const tokens = (typed: string, text = '') =>
      stores.activity.suggestActivity({ text, typed, now }).map(({ token, count }) => [token, count]);
    expect(tokens('kind:')).toEqual([
      ['kind:routes', 3],
      ['kind:order', 2],
      ['kind:sync', 1],
      ['kind:failure', 1],
      ['kind:account', 0],
    ]);
    expect(tokens('kind:', 'outcome:failed').slice(0, 2)).toEqual([
      ['kind:order', 1],
      ['kind:failure', 1],
    ]);
    expect(tokens('change:')).toEqual([
      ['change:2', 1],
      ['change:1', 1],
    ]);
    expect(tokens('sbc')).toEqual([['route:"SBC East"', 2]]);
    expect(tokens('since:')).toContainEqual(['since:today', 1]);
    expect(tokens('since:', `number:${numberAt(1)}`)).toContainEqual(['since:7d', 3]);
  });
});

test('a filter uses an index, whatever it asks', () => {
  const steps = (text: string) => stores.activity.activityPlan(text).join('\n');
  record({ numbers: [numberAt(1)] });
  expect(steps('kind:order')).toMatch(/SEARCH activity USING COVERING INDEX activity_kind/);
  expect(steps('outcome:failed')).toMatch(/SEARCH activity USING COVERING INDEX activity_outcome/);
  expect(steps('since:7d')).toMatch(/SEARCH activity USING COVERING INDEX activity_at/);
  expect(steps('order:7')).toMatch(/SEARCH activity USING COVERING INDEX activity_about/);
  expect(steps(`number:${numberAt(1)}`)).toMatch(/SEARCH temp.activity_touch USING PRIMARY KEY/);
  plan(numberAt(1), ['fax', ''], ['SBC', '']);
  expect(steps('route:fax')).toMatch(/SEARCH activity USING (COVERING )?INDEX activity_about/);
  for (const text of some([`number:${numberAt(1)}`, 'route:fax']))
    expect(steps(text)).not.toMatch(/SCAN activity\b/);
});
