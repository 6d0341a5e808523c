import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Toasts } from '#renderer/app/toasts.svelte.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());
const texts = (toasts: Toasts) => toasts.shown.map(({ text }) => text);

test('what was said goes by itself, what offers an action later', () => {
  const toasts = new Toasts();
  toasts.say('Copied');
  toasts.say('Routes are set.', { label: 'Undo', run: () => undefined });
  vi.advanceTimersByTime(4_000);
  expect(texts(toasts)).toEqual(['Routes are set.']);
  vi.advanceTimersByTime(11_000);
  expect(texts(toasts)).toEqual([]);
});

test('nothing goes while the pointer is on it, and everything goes soon after', () => {
  const toasts = new Toasts();
  toasts.say('Copied');
  toasts.hold();
  toasts.say('Routes are set.', { label: 'Undo', run: () => undefined });
  vi.advanceTimersByTime(60_000);
  expect(texts(toasts)).toEqual(['Copied', 'Routes are set.']);
  toasts.release();
  vi.advanceTimersByTime(1_999);
  expect(texts(toasts)).toEqual(['Copied', 'Routes are set.']);
  vi.advanceTimersByTime(1);
  expect(texts(toasts)).toEqual([]);
  // One that goes while it is held holds nothing any more.
  toasts.hold();
  toasts.say('Once more');
  toasts.remove(toasts.shown[0]?.id ?? -1);
  toasts.say('The last');
  vi.advanceTimersByTime(4_000);
  expect(texts(toasts)).toEqual([]);
});

test('the newest three are shown; those with an action can be dropped', () => {
  const toasts = new Toasts();
  for (const text of ['a', 'b', 'c', 'd'])
    toasts.say(text, text === 'c' ? { label: 'Undo', run: () => undefined } : null);
  expect(texts(toasts)).toEqual(['b', 'c', 'd']);
  toasts.dropActions();
  expect(texts(toasts)).toEqual(['b', 'd']);
});
