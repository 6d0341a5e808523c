import { expect, test } from 'vitest';
import type { Client } from '../../../src-main/contract/client.ts';
import type { PlanView } from '../../../src-main/contract/routing.ts';
import { RoutesState } from '../../../src-renderer/state/routes.svelte.ts';

const plan = { id: 7, total: 1200 } as PlanView;
const item = { number: '12065550142' };

/** Answers `plans.items` page by page; the page at `broken` fails. */
function clientOf(asked: unknown[], broken: number): Client {
  const call = (_name: string, input: { offset: number; limit: number }) => {
    asked.push(input);
    if (input.offset === broken) return Promise.resolve({ ok: false, error: { message: 'Gone.' } });
    const length = Math.min(input.limit, 1200 - input.offset);
    return Promise.resolve({ ok: true, value: { matching: 1200, items: Array(length).fill(item) } });
  };
  return { call, on: () => () => undefined } as unknown as Client;
}

test('a plan is read to its end for a file, by its own id whichever plan is open', async () => {
  const asked: { id?: number }[] = [];
  const routes = new RoutesState(clientOf(asked, -1));
  routes.plan = { id: 8, total: 3 } as PlanView;
  const items = await routes.allItems(plan);
  expect(items.ok && items.value.length).toBe(1200);
  expect(asked.map(({ id }) => id)).toEqual([7, 7, 7]);
});

test('a page that fails leaves no part of a plan that looks like all of it', async () => {
  const items = await new RoutesState(clientOf([], 500)).allItems(plan);
  expect(items).toEqual({ ok: false, error: { message: 'Gone.' } });
});
