import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorCodes, failure } from '../../src-main/contract/errors.ts';
import { plainReason } from '../../src-main/contract/plain-reason.ts';
import { agree, billingName, countOf, formatMoney, numbersOf } from '../../src-main/contract/words.ts';
import { NewsDesk } from '../../src-main/desktop/news.ts';
import { doneEntry } from '../../src-main/buying/order-words.ts';
import { some } from '../support/some.ts';

test('one and many, thousands, money and billing', () => {
  expect([numbersOf(0), numbersOf(1), numbersOf(2_480)]).toEqual(['0 numbers', '1 number', '2,480 numbers']);
  expect([countOf(1, 'entry', 'entries'), countOf(1_000, 'entry', 'entries')]).toEqual([
    '1 entry',
    '1,000 entries',
  ]);
  expect([agree(1, 'is', 'are'), agree(0, 'is', 'are'), agree(2, 'is', 'are')]).toEqual(['is', 'are', 'are']);
  expect([formatMoney(125), formatMoney(1_234_500)]).toEqual(['$1.25', '$12,345.00']);
  expect(['METERED', 'metered', 'VPRI', ''].map(billingName)).toEqual(['Metered', 'Metered', 'VPRI', '']);
});

test('a record tells what went wrong in our words, and repeats none of the carrier', () => {
  // These hold what the carrier said, where it said something.
  for (const code of ['rejected', 'not-found', 'carrier-down', 'forbidden', 'outcome-unknown'] as const)
    expect(plainReason(failure(code, 'canary', '').error)).not.toContain('canary');
  for (const code of some(errorCodes))
    expect(plainReason(failure(code, 'It failed.', '').error)).toMatch(/\.$/);
});

test('records and notifications count as the window does', () => {
  const counts = { planned: 0, sending: 0, unknown: 1, bought: 6_824, refused: 1 };
  const order = {
    id: 1,
    ordinal: 3,
    phase: 'done',
    counts,
    unset: 1,
    spent: 682_400,
    total: 6_826,
    waiting: null,
  };
  const { text, about } = doneEntry(order as unknown as Parameters<typeof doneEntry>[0], []);
  expect(about).toEqual({ kind: 'order', id: 1 });
  expect(text).toBe(
    ' is done: 6,824 bought ($6,824.00 set-up), 1 not bought, routes of 1 number not set, 1 not known',
  );
  const synced = (added: number, completedAt: number) => {
    const desk = new NewsDesk();
    const status = { phase: 'idle', error: null, completedAt: 1, last: null };
    desk.sync(status as unknown as Parameters<typeof desk.sync>[0]);
    const next = { ...status, completedAt, last: { added, changed: 0, removed: 0 } };
    return desk.sync(next as unknown as Parameters<typeof desk.sync>[0]);
  };
  expect(synced(1, 2)).toMatchObject({ title: 'New number', body: '1 number was found at the carrier.' });
  expect(synced(1_200, 2)?.body).toBe('1,200 numbers were found at the carrier.');
});

describe('what Svelte does to spaces', () => {
  const folder = path.join(import.meta.dirname, '../../src-renderer');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.svelte'),
  );

  // Spaces at the beginning and the end of a block are dropped: "went well." and what follows become one word.
  test.each(files)('%s has no text that a block runs into', (name) => {
    const text = readFileSync(path.join(folder, name), 'utf8');
    const markup = text.slice(text.lastIndexOf('</script>') + 1);
    const ends = markup.match(/[^\s>}'][^\S\n]*\n\s*\{\/(if|each)\}[{\w(]|<\/\w+>\s+\{\/(if|each)\}[{\w(]/g);
    const begins = markup.match(/[\w}.]\{#if [^}]*\}\n\s+[(\w·]/g);
    expect([...(ends ?? []), ...(begins ?? [])]).toEqual([]);
  });

  test('and the rule finds what was wrong', () => {
    expect('<b>Not all went well.</b>\n  {/if}{entry.text}').toMatch(/<\/\w+>\s+\{\/(if|each)\}[{\w(]/);
    expect("loaded{/if}{#if status === 'stopped'}\n   (stopped){/if}").toMatch(
      /[\w}.]\{#if [^}]*\}\n\s+[(\w·]/,
    );
  });
});
