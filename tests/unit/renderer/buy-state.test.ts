import { beforeEach, expect, test } from 'vitest';
import { createClient } from '../../../src-main/contract/client.ts';
import type { Inputs } from '../../../src-main/contract/contract.ts';
import { BuyState } from '../../../src-renderer/features/buy/buy.svelte.ts';

const settled = () => new Promise((resolve) => setTimeout(resolve));
let asked: { method: string; input: unknown }[];
let total: number;
let failFrom: number;
let buy: BuyState;
const calls = (method: string) => asked.filter((call) => call.method === method);

function answer(method: string, input: unknown): unknown {
  switch (method) {
    case 'find.start':
      return { id: 1, phase: 'running', loaded: 0, error: null };
    case 'find.window': {
      const { offset, limit } = input as Inputs['find.window'];
      const count = Math.max(0, Math.min(limit, total - offset));
      const rows = Array.from({ length: count }, (_, at) => ({
        number: String(12_065_550_000 + offset + at),
      }));
      return { matching: total, blocks: 0, offset, rows };
    }
    case 'find.among':
      return (input as Inputs['find.among']).numbers.filter((number) => number.endsWith('0'));
    case 'cart.add':
      return { added: (input as Inputs['cart.add']).numbers.length };
    default:
      return [];
  }
}

beforeEach(async () => {
  asked = [];
  total = 1_200;
  failFrom = Number.POSITIVE_INFINITY;
  buy = new BuyState(
    createClient({
      invoke(method, input) {
        asked.push({ method, input });
        const { offset = 0 } = (input ?? {}) as { offset?: number };
        if (method === 'find.window' && offset >= failFrom) {
          const error = { code: 'timeout', message: 'No answer in time.', action: '', retryable: true };
          return Promise.resolve({ ok: false, error } as never);
        }
        return Promise.resolve({ ok: true, value: answer(method, input) });
      },
      subscribe: () => () => undefined,
    }),
  );
  buy.setText('npa:206', 'now');
  await settled();
});

test('a page that fails while all are selected selects nothing, and says so', async () => {
  failFrom = 500;
  expect(await buy.selectAll()).toBe('');
  expect(buy.selected.size).toBe(0);
  expect(buy.selectTrouble).toBe(
    'Nothing was selected: not all of the numbers could be read. No answer in time.',
  );
  failFrom = Number.POSITIVE_INFINITY;
  await buy.selectAll();
  expect([buy.selected.size, buy.selectTrouble]).toEqual([1_200, null]);
});

test('more than can be selected is said', async () => {
  total = 12_345;
  await buy.refresh();
  expect(await buy.selectAll()).toBe('The first 10,000 were selected; 2,345 more match.');
});

test('what a pattern hides of the selection is counted, and can be dropped', async () => {
  for (const at of [0, 1, 2]) buy.toggle(buy.rowAt(at));
  buy.showPattern('round');
  expect(buy.outside).toBeNull();
  await settled();
  expect(buy.outside).toEqual(['12065550001', '12065550002']);
  buy.dropOutside();
  expect([...buy.selected]).toEqual(['12065550000']);
});

test('nothing of the search before is added, searched or kept by a query that is not understood', async () => {
  buy.toggle(buy.rowAt(0));
  buy.setText('npa:2o6', 'now');
  await settled();
  expect(buy.stale).toBe(true);
  expect(await buy.addToCart()).toEqual({ ok: true, value: 0 });
  await buy.note();
  await buy.selectAll();
  expect([calls('cart.add'), calls('find.start').length, calls('find.note').length]).toEqual([[], 1, 1]);
  expect(buy.selected.size).toBe(1);
});
