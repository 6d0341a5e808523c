import { expect, test } from 'vitest';
import { Suggesting, type Offer } from '../../../src-renderer/lib/suggesting.svelte.ts';

const offer = (token: string, replaces: number): Offer => ({
  ...{ token, title: '', value: token, detail: '', count: '', replaces },
});
const settled = () => new Promise((resolve) => setTimeout(resolve));

test('offers that are shown say what they were for while newer ones are on their way; those for another text are gone', async () => {
  const waiting: ((offers: readonly Offer[]) => void)[] = [];
  const suggesting = new Suggesting(() => () => new Promise((resolve) => waiting.push(resolve)));
  suggesting.ask('', 'kind:');
  waiting[0]?.([offer('kind:order', 5), offer('kind:routes', 5)]);
  await settled();
  suggesting.ask('', 'kind:rou');
  expect([suggesting.offers.length, suggesting.of]).toEqual([2, 'kind:']);
  // A piece before it became a pill: the text is another one.
  suggesting.ask('kind:routes', 'since');
  expect(suggesting.open).toBe(false);
  waiting[1]?.([offer('kind:routes', 8)]);
  await settled();
  expect(suggesting.open).toBe(false);
  waiting[2]?.([offer('since:', 5)]);
  await settled();
  expect([suggesting.offers.map(({ token }) => token), suggesting.of]).toEqual([['since:'], 'since']);
});

test('what was chosen before the answer came stays chosen, or is the first; typing on chooses nothing', async () => {
  const waiting: ((offers: readonly Offer[]) => void)[] = [];
  const suggesting = new Suggesting(() => () => new Promise((resolve) => waiting.push(resolve)));
  suggesting.ask('', 'kind:');
  waiting[0]?.([offer('kind:order', 5), offer('kind:routes', 5), offer('kind:sync', 5)]);
  await settled();
  suggesting.move(-1);
  expect(suggesting.chosen?.token).toBe('kind:sync');
  suggesting.ask('', 'kind:r');
  expect(suggesting.chosen).toBeUndefined();
  suggesting.move(1);
  suggesting.move(1);
  waiting[1]?.([offer('kind:restore', 6), offer('kind:routes', 6)]);
  await settled();
  expect(suggesting.chosen?.token).toBe('kind:routes');
  suggesting.ask('', 'kind:');
  waiting[2]?.([offer('kind:order', 5), offer('kind:routes', 5)]);
  await settled();
  expect(suggesting.chosen).toBeUndefined();
  suggesting.ask('', 'kind:rou');
  suggesting.move(1);
  waiting[3]?.([offer('kind:routes', 8)]);
  await settled();
  expect(suggesting.chosen).toEqual(offer('kind:routes', 8));
  suggesting.ask('', 'kind:routx');
  suggesting.move(1);
  waiting[4]?.([]);
  await settled();
  expect([suggesting.open, suggesting.at]).toEqual([false, -1]);
});
