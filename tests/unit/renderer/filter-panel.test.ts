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

test('a name of a route is taken while the routes are not here; later one that none has is not', () => {
  const picked: string[] = [];
  const given = new SvelteMap<string, readonly FilterField[]>([
    ['fields', [{ key: 'route', label: 'Route', kind: 'route', routes: [] }]],
  ]);
  const props = {
    get fields() {
      return given.get('fields') ?? [];
    },
    onpick: (piece: string) => picked.push(piece),
  };
  shown = mount(FilterPanel, { target: document.body, props });
  const submit = () => {
    document.querySelector('button')?.click();
    flushSync();
    const input = document.querySelector('input');
    if (!input) throw new Error('there is no field');
    input.value = 'sbc-east';
    input.dispatchEvent(new Event('input', { bubbles: true }));
    flushSync();
    document.querySelector('form')?.requestSubmit();
    flushSync();
  };
  submit();
  expect(picked).toEqual(['route:"sbc-east"']);
  const other = { label: 'sbc-west', type: 'HOST', value: null, count: 0 };
  given.set('fields', [{ key: 'route', label: 'Route', kind: 'route', routes: [other] }]);
  submit();
  expect(picked).toHaveLength(1);
  expect(document.querySelector('[role="alert"]')?.textContent).toContain('There is no route "sbc-east"');
});
