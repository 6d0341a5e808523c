import { expect, test } from 'vitest';
import type { FindStatus } from '#main/contract/buying.ts';
import { nothingShown } from '#renderer/features/buy/find-words.ts';

const error = {
  code: 'carrier-down',
  message: 'The carrier is in trouble.',
  action: 'Wait.',
  retryable: true,
} as const;
const said = (change: Partial<FindStatus>) =>
  nothingShown({
    status: { id: 1, phase: 'done', loaded: 0, odd: { count: 0, some: [] }, error: null, ...change },
  });

test('nothing is for sale only when a search went through to its end', () => {
  expect(said({})).toContain('Nothing for sale');
  expect(said({ phase: 'stopped', error })).toBe('Search failed. The carrier is in trouble. Wait.');
  expect(said({ phase: 'stopped', error, loaded: 200 })).toContain('Search failed');
  expect(said({ phase: 'running' })).toBe('Asking the carrier…');
  expect(said({ phase: 'stopped' })).toContain('was stopped before');
  expect(said({ loaded: 200 })).toContain('fits the pattern');
});
