import { flushSync, mount, unmount } from 'svelte';
import { afterEach, expect, test } from 'vitest';
import RaisedOrder from '../../../src-renderer/features/buy/RaisedOrder.svelte';

const raised = { count: 3, setup: 300, monthly: 900, dueNow: 1_200, before: 675 };
let shown: object | null = null;
afterEach(async () => {
  if (shown) await unmount(shown);
  shown = null;
});

function show(limit: number): { agreed: object[]; button: HTMLButtonElement; text: string } {
  const agreed: object[] = [];
  shown = mount(RaisedOrder, {
    target: document.body,
    props: { raised, limit, onagree: (what: object) => agreed.push(what) },
  });
  const button = document.querySelector('button');
  if (!button) throw new Error('there is no button');
  return { agreed, button, text: document.body.textContent.replace(/\s+/g, ' ') };
}

test('what is left is shown at its new cost, and agreed to at exactly that', () => {
  const { agreed, button, text } = show(5_000);
  expect(text).toContain(
    '3 numbers are left: $3.00 set-up and $9.00 every month, $12.00 due now instead of $6.75',
  );
  expect(document.querySelector('input')).toBeNull();
  button.click();
  expect(agreed).toEqual([{ dueNow: 1_200, typedCount: null }]);
});

test('above the limit the count has to be typed first', () => {
  const { agreed, button, text } = show(1_000);
  expect(text).toContain('over your limit of $10.00');
  const input = document.querySelector('input');
  if (!input) throw new Error('there is no field');
  const type = (value: string) => {
    input.value = value;
    input.dispatchEvent(new Event('input'));
    flushSync();
  };
  expect(button.disabled).toBe(true);
  type('30');
  expect(button.disabled).toBe(true);
  document.querySelector('form')?.requestSubmit();
  expect(agreed).toEqual([]);
  type('3');
  button.click();
  expect(agreed).toEqual([{ dueNow: 1_200, typedCount: 3 }]);
});
