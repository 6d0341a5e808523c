import { beforeEach, expect, test } from 'vitest';
import { createClient } from '../../../src-main/contract/client.ts';
import type { Inputs } from '../../../src-main/contract/contract.ts';
import { BuyState } from '../../../src-renderer/features/buy/buy.svelte.ts';

const settled = () => new Promise((resolve) => setTimeout(resolve));
let asked: { method: string; input: unknown }[];
let total: number;
let kept: boolean;
let holdRoutes: (() => void)[] | null;
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
        ...{ number: String(12_065_550_000 + offset + at), setup: 100, monthly: 125 },
      }));
      return { status: { phase: 'done' }, matching: total, blocks: 0, offset, rows };
    }
    case 'find.among':
      return (input as Inputs['find.among']).numbers.filter((number) => number.endsWith('0'));
    case 'numbers.keep':
      return { id: 'abc', count: (input as Inputs['numbers.keep']).numbers.length, owned: 0 };
    case 'cart.get':
      return { count: 1, routes: { primary: 'sbc-east', failover: '' } };
    case 'cart.add':
      return { added: (input as Inputs['cart.add']).numbers.length };
    default:
      return [];
  }
}

beforeEach(async () => {
  asked = [];
  total = 1_200;
  [kept, holdRoutes] = [true, null];
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
        if ((method === 'find.resume' || method === 'find.window') && !kept) {
          const error = { code: 'not-found', message: 'Not kept.', action: '', retryable: false };
          return Promise.resolve({ ok: false, error } as never);
        }
        const result = { ok: true, value: answer(method, input) } as never;
        if (method !== 'cart.setRoutes' || holdRoutes === null) return Promise.resolve(result);
        return new Promise((resolve) => {
          holdRoutes?.push(() => {
            resolve(result);
          });
        });
      },
      subscribe: () => () => undefined,
    }),
  );
  buy.setText('npa:206', 'now');
  await settled();
});

test('what is selected costs what its rows say, wherever they are by then', async () => {
  await buy.selectRange(0, 700);
  expect(buy.selectedCost).toEqual({ setup: 70_000, monthly: 87_500 });
  buy.toggle(buy.rowAt(0));
  expect(buy.selectedCost).toEqual({ setup: 69_900, monthly: 87_375 });
  await buy.addToCart();
  expect(buy.selectedCost).toEqual({ setup: 0, monthly: 0 });
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

test('going on asks nothing anew and keeps the selection; a search that is not kept any more begins again', async () => {
  buy.toggle(buy.rowAt(0));
  await buy.goOn();
  expect([calls('find.resume').length, calls('find.start').length]).toEqual([1, 1]);
  kept = false;
  await buy.goOn();
  expect([calls('find.resume').length, calls('find.start').length]).toEqual([2, 2]);
  expect([buy.selected.size, buy.failed]).toEqual([1, null]);
});

test('coming back to the screen shows what was found, and searches again only where that is gone', async () => {
  buy.start()();
  await settled();
  buy.start();
  await settled();
  expect([calls('find.start').length, calls('find.resume').length]).toEqual([1, 0]);
  kept = false;
  buy.start();
  await settled();
  expect(calls('find.start').length).toBe(2);
});

test('pasted numbers take the place of the query; they are searched for and not kept among the recent ones', async () => {
  expect(await buy.findNumbers({ numbers: ['12065550142', '12065550143'], others: ['x'] })).toBe('');
  await settled();
  expect(calls('find.start').at(-1)?.input).toMatchObject({ text: 'numbers:abc' });
  expect(buy.pasted).toEqual({ id: 'abc', count: 2, others: ['x'] });
  expect([buy.parsed.list, buy.parsed.problem, buy.stale]).toEqual(['abc', null, false]);
  await buy.note();
  expect(calls('find.note').map(({ input }) => input)).toEqual([{ text: 'npa:206' }]);
  const { asked: all, added } = await buy.addAll();
  expect([all, added]).toEqual([1_200, { ok: true, value: 1_200 }]);
});

test('routes that are typed for the cart are kept, the newest last; those of the cart are taken at the start', async () => {
  buy.start();
  await settled();
  expect(buy.cartRoutes.primary).toBe('sbc-east');
  holdRoutes = [];
  const first = buy.setCartRoutes({ primary: 's' });
  for (const primary of ['sb', 'sbc', 'sbc-west']) void buy.setCartRoutes({ primary });
  for (let release = holdRoutes.shift(); release; release = holdRoutes.shift()) {
    release();
    await settled();
  }
  expect(await first).toBeNull();
  expect(calls('cart.setRoutes').map(({ input }) => (input as Inputs['cart.setRoutes']).primary)).toEqual([
    's',
    'sbc-west',
  ]);
  expect(buy.cartRoutes).toEqual({ primary: 'sbc-west', failover: '' });
});
