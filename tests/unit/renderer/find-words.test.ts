import { expect, test } from 'vitest';
import type { FindStatus, KnownStock } from '#main/contract/buying.ts';
import { listWords, nothingShown, stockWords } from '#renderer/features/buy/find-words.ts';

const error = {
  code: 'carrier-down',
  message: 'The carrier is in trouble.',
  action: 'Wait.',
  retryable: true,
} as const;
const said = (change: Partial<FindStatus>) =>
  nothingShown({
    status: statusOf(change),
  });
const statusOf = (change: Partial<FindStatus>): FindStatus => ({
  ...{ id: 1, phase: 'done', loaded: 0, odd: { count: 0, some: [] }, list: null, error: null, ...change },
});
const list = { total: 40, owned: 2, foreign: 0, open: 0, absent: 7, unclear: 0 };

test('nothing is for sale only when a search went through to its end', () => {
  expect(said({})).toContain('Nothing for sale');
  expect(said({ phase: 'stopped', error })).toBe('Search failed. The carrier is in trouble. Wait.');
  expect(said({ phase: 'stopped', error, loaded: 200 })).toContain('Search failed');
  expect(said({ phase: 'running' })).toBe('Asking the carrier…');
  expect(said({ phase: 'stopped' })).toContain('was stopped before');
  expect(said({ loaded: 200 })).toContain('fits the pattern');
});

test('what became of pasted numbers is told, and how far a search for them is', () => {
  expect(listWords(statusOf({}))).toBe('');
  expect(listWords(statusOf({ loaded: 31, list }))).toBe('31 on offer, 7 not, 2 already yours');
  expect(listWords(statusOf({ phase: 'running', loaded: 5, list: { ...list, absent: 0, open: 33 } }))).toBe(
    '7 of 40 numbers looked up: 5 on offer, 2 already yours',
  );
  expect(
    listWords(
      statusOf({ phase: 'stopped', loaded: 5, list: { ...list, owned: 0, foreign: 1, absent: 1, open: 33 } }),
    ),
  ).toBe('5 on offer, 1 not, 1 is no North American number, 33 not looked up');
  expect(said({ list: { ...list, absent: 38 } })).toBe('None of the 40 numbers is on offer.');
  expect(said({ list: { ...list, absent: 36, unclear: 2 } })).toBe(
    'None of the 40 numbers can be bought now: the offers of 2 cannot be read. Search again later.',
  );
});

test('what is known of the stock says when it was told, once that is not just now, and when there may be more', () => {
  const now = 1_000_000_000;
  const words = (change: Partial<KnownStock>) =>
    stockWords({ of: 'number', count: 1_240, rateCenters: null, complete: true, at: now, ...change }, now);
  expect(words({})).toBe('1,240 numbers');
  expect(words({ rateCenters: 12 })).toBe('1,240 numbers in 12 rate centers');
  expect(words({ complete: false, count: 1, rateCenters: 1 })).toBe('1 number in 1 rate center so far');
  expect(words({ of: 'area code', count: 8, at: now - 2 * 86_400_000 })).toBe('8 area codes, 2 days ago');
  expect(words({ of: 'exchange', count: 0, rateCenters: 0 })).toBe('none for sale');
});
