import { flushSync, mount, unmount } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import { afterEach, expect, test } from 'vitest';
import type { FilterField } from '../../../src-renderer/lib/filter-fields.ts';
import FilterPanel from '../../../src-renderer/ui/FilterPanel.svelte';

const typed: readonly FilterField[] = [
  { key: 'npa', label: 'Area code', kind: 'digits', example: '206' },
  { key: 'alias', label: 'Alias', kind: 'text', example: '' },
];
let shown: object | null = null;
afterEach(async () => {
  if (shown) await unmount(shown);
  shown = null;
});

test('what can be chosen may come while somebody types in a field: the focus stays there', () => {
  const given = new SvelteMap([['fields', typed]]);
  const props = {
    get fields() {
      return given.get('fields') ?? [];
    },
    onpick: () => undefined,
  };
  shown = mount(FilterPanel, { target: document.body, props });
  document.querySelector('button')?.click();
  flushSync();
  expect(document.activeElement?.getAttribute('name')).toBe('npa');
  document.querySelector<HTMLInputElement>('input[name="alias"]')?.focus();
  given.set(
    'fields',
    typed.map((field) => ({ ...field })),
  );
  flushSync();
  expect(document.activeElement?.getAttribute('name')).toBe('alias');
});
