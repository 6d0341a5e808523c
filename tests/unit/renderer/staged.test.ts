import { beforeEach, expect, test } from 'vitest';
import { createClient } from '../../../src-main/contract/client.ts';
import type { NumberRow } from '../../../src-main/contract/numbers.ts';
import { tagsOf, tagsProblem } from '../../../src-renderer/features/numbers/staged-parts.ts';
import { StagedChanges } from '../../../src-renderer/features/numbers/staged.svelte.ts';
import { cellAfter } from '../../../src-renderer/lib/table.ts';

const [first, second, third] = ['12065550100', '12065550101', '12065550102'] as const;
let listed: Record<string, NumberRow | null>;
let asked: { method: string; input: unknown }[];
let staged: StagedChanges;

const rowOf = (number: string, change: Partial<NumberRow> = {}): NumberRow => ({
  ...{ number, primary: 'sbc-west', primaryType: 'HOST', failover: 'sip-reg', failoverType: 'SIP-REG' },
  ...{ billing: 'METERED', state: 'WA', area: 'Seattle', seenAt: 1, routesAt: 1, monthly: null, tags: '' },
  ...change,
});
const settled = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  listed = Object.fromEntries([first, second, third].map((number) => [number, rowOf(number)]));
  asked = [];
  staged = new StagedChanges(
    createClient({
      invoke(method, input) {
        asked.push({ method, input });
        if (method !== 'numbers.rows') return Promise.resolve({ ok: true, value: null });
        // As many as fit into one answer.
        const numbers = (input as { numbers: string[] }).numbers.slice(0, 2);
        return Promise.resolve({ ok: true, value: numbers.map((number) => listed[number] ?? null) });
      },
      subscribe: () => () => undefined,
    }),
  );
});

test('a cell shows what is staged; what a number has already, and nothing, take it back', () => {
  const row = rowOf(first, { tags: 'spare, vip' });
  staged.setRoute(row, 'primary', { route: 'sbc-east' });
  staged.setRoute(row, 'failover', 'none');
  staged.setTags(row, ['vip', 'west']);
  expect((['primary', 'failover', 'tags'] as const).map((column) => staged.textOf(first, column))).toEqual([
    ...['sbc-east', 'none', 'vip, west'],
  ]);
  expect([staged.count, staged.routes, staged.tags]).toEqual([3, 2, 1]);
  expect(staged.textOf(second, 'primary')).toBeNull();
  staged.setRoute(row, 'primary', { route: 'sbc-west' });
  staged.setRoute(row, 'failover', 'keep');
  // The order and the case of tags do not matter.
  staged.setTags(row, ['VIP', 'spare']);
  expect([staged.count, staged.typedFor(row, 'tags'), staged.typedFor(row, 'primary')]).toEqual([
    ...[0, 'spare, vip', ''],
  ]);
});

test('numbers with the same change are one part of the plan, and one change of tags', () => {
  for (const number of [first, third]) staged.setRoute(rowOf(number), 'primary', { route: 'sbc-east' });
  staged.setRoute(rowOf(second), 'primary', { route: 'sbc-east' });
  staged.setRoute(rowOf(second), 'failover', { route: 'fax' });
  expect(staged.routeParts).toEqual([
    {
      of: { kind: 'numbers', numbers: [first, third] },
      change: { primary: { route: 'sbc-east' }, failover: 'keep' },
    },
    {
      of: { kind: 'numbers', numbers: [second] },
      change: { primary: { route: 'sbc-east' }, failover: { route: 'fax' } },
    },
  ]);
  staged.setTags(rowOf(first, { tags: 'old, vip' }), ['VIP', 'new']);
  staged.setTags(rowOf(second, { tags: 'old' }), ['new']);
  expect(staged.tagParts).toEqual([{ numbers: [first, second], add: ['new'], remove: ['old'] }]);
  staged.tagged(staged.tagParts);
  expect([staged.tags, staged.routes]).toEqual([0, 4]);
});

test('routes stay staged until their plan is applied; what was staged since stays then', async () => {
  staged.setRoute(rowOf(first), 'primary', { route: 'sbc-east' });
  staged.setRoute(rowOf(second), 'primary', { route: 'sbc-east' });
  staged.drafted(7, staged.routeParts);
  expect(staged.draft).toBe(7);
  staged.hear({ id: 7, phase: 'draft' });
  expect(staged.count).toBe(2);
  staged.setRoute(rowOf(second), 'primary', { route: 'fax' });
  // The draft is not of what is staged any more: the next review makes another one and forgets this one.
  expect(staged.draft).toBeNull();
  staged.hear({ id: 7, phase: 'running' });
  expect([staged.textOf(first, 'primary'), staged.textOf(second, 'primary')]).toEqual([null, 'fax']);
  staged.drafted(8, staged.routeParts);
  staged.forgotten(8);
  expect([staged.draft, staged.count]).toEqual([null, 1]);
  staged.drafted(9, staged.routeParts);
  staged.drafted(10, staged.routeParts);
  await settled();
  expect(asked).toEqual([{ method: 'plans.discard', input: { id: 9 } }]);
});

test('what was given up can be put back, without what was staged since being lost', () => {
  staged.setRoute(rowOf(first), 'primary', { route: 'sbc-east' });
  const kept = staged.discard();
  expect(staged.count).toBe(0);
  staged.setRoute(rowOf(first), 'failover', { route: 'fax' });
  staged.setRoute(rowOf(second), 'failover', { route: 'fax' });
  staged.putBack(kept);
  expect([staged.count, staged.textOf(first, 'primary')]).toEqual([3, 'sbc-east']);
});

test('numbers that leave the list take their changes along, and what became so is no change', async () => {
  for (const number of [first, second, third]) staged.setRoute(rowOf(number), 'primary', { route: 'fax' });
  listed = { [first]: rowOf(first), [second]: rowOf(second, { primary: 'fax' }), [third]: null };
  await staged.check();
  expect([staged.count, staged.gone]).toEqual([1, [third]]);
  expect(staged.textOf(first, 'primary')).toBe('fax');
});

test('tags are read once each, and refused as where they are changed', () => {
  expect(tagsOf(' vip, VIP ,, west office ')).toEqual(['vip', 'west office']);
  expect(tagsProblem(['vip'])).toBeNull();
  expect(tagsProblem(['vip', 'a:b'])).toMatch(/no commas, colons/);
  expect(tagsProblem(Array.from({ length: 21 }, (_, at) => `tag ${at}`))).toMatch(/at most 20/);
});

test('Enter goes to the cell below, Tab along the cells that can be changed and on to the next row', () => {
  const keys = ['primary', 'failover', 'tags'];
  const at = { row: 4, key: 'failover' };
  expect(cellAfter(at, keys, 'below')).toEqual({ row: 5, key: 'failover' });
  expect(cellAfter(at, keys, 'next')).toEqual({ row: 4, key: 'tags' });
  expect(cellAfter({ row: 4, key: 'tags' }, keys, 'next')).toEqual({ row: 5, key: 'primary' });
  expect(cellAfter({ row: 4, key: 'primary' }, keys, 'before')).toEqual({ row: 3, key: 'tags' });
});

test('what a filter hides of the changed cells is counted and given up alone; an answer to an older filter is dropped', async () => {
  const answers: ((inside: readonly string[]) => void)[] = [];
  const texts: unknown[] = [];
  staged = new StagedChanges(
    createClient({
      invoke: (_, input) =>
        new Promise((resolve) => {
          texts.push((input as { text: string }).text);
          answers.push((value) => {
            resolve({ ok: true, value });
          });
        }),
      subscribe: () => () => undefined,
    }),
  );
  staged.setRoute(rowOf(first), 'primary', { route: 'sbc-east' });
  staged.setRoute(rowOf(second), 'primary', { route: 'sbc-east' });
  staged.setTags(rowOf(second), ['vip']);
  const older = staged.compare('state:wa');
  const newer = staged.compare('state:or');
  answers[1]?.([first]);
  await newer;
  answers[0]?.([]);
  await older;
  expect(texts).toEqual(['state:wa', 'state:or']);
  expect(staged.outside).toEqual([second]);
  expect(staged.countOf(staged.outside ?? [])).toBe(2);
  const kept = staged.discard([second]);
  expect([staged.count, staged.numbers]).toEqual([1, [first]]);
  staged.putBack(kept);
  expect(staged.count).toBe(3);
});
