import { beforeEach, expect, test } from 'vitest';
import { createClient } from '#main/contract/client.ts';
import { Navigation } from '#renderer/app/navigation.svelte.ts';
import { Screens } from '#renderer/app/screens.svelte.ts';

let screens: Screens;
let nav: Navigation;

beforeEach(() => {
  const error = { code: 'internal', message: 'No.', action: '', retryable: false } as const;
  const client = createClient({
    invoke: () => Promise.resolve({ ok: false, error }),
    subscribe: () => () => undefined,
  });
  screens = new Screens(client);
  nav = new Navigation(() => screens);
});

test('back and forward lead along the places one was at, with what was open there', () => {
  screens.numbers.setText('state:wa');
  nav.go({ screen: 'buy', tab: 'orders', order: 3 });
  nav.go({ screen: 'routes', tab: 'audit' });
  nav.go({ screen: 'numbers', text: 'audit:missing', opened: '12065550142' });
  expect(nav.place).toEqual({ screen: 'numbers', text: 'audit:missing', opened: '12065550142' });
  nav.back();
  expect(nav.place).toEqual({ screen: 'routes', tab: 'audit', plan: null });
  nav.back();
  nav.back();
  expect(nav.place).toEqual({ screen: 'numbers', text: 'state:wa', opened: null });
  nav.back();
  expect(nav.screen).toBe('numbers');
  nav.forward();
  expect(nav.place).toEqual({ screen: 'buy', tab: 'orders', order: 3 });
  // A new way ends the old one.
  nav.go({ screen: 'activity' });
  nav.forward();
  expect(nav.screen).toBe('activity');
});

test('back from a change closes it where none was open, and forward opens it again', () => {
  nav.go({ screen: 'routes', tab: 'changes' });
  nav.go({ screen: 'routes', tab: 'changes', plan: 7 });
  nav.back();
  expect(nav.place).toEqual({ screen: 'routes', tab: 'changes', plan: null });
  nav.forward();
  expect(nav.place).toEqual({ screen: 'routes', tab: 'changes', plan: 7 });
});

test('going to where one is leads nowhere back, and what a place does not name stays', () => {
  nav.go({ screen: 'buy', tab: 'cart' });
  nav.go({ screen: 'buy' });
  nav.go({ screen: 'buy', tab: 'cart' });
  expect(screens.buy.tab).toBe('cart');
  nav.back();
  expect(nav.screen).toBe('numbers');
});

test('what was open in one account is no place of another', () => {
  nav.go({ screen: 'routes', tab: 'changes', plan: 7 });
  nav.forget();
  nav.back();
  expect(nav.screen).toBe('routes');
});

test('the query of the activity is a part of the place', () => {
  nav.go({ screen: 'activity', text: 'kind:order' });
  nav.go({ screen: 'activity', text: 'change:7' });
  screens.activity.setText('change:7 since:7d');
  nav.go({ screen: 'numbers' });
  nav.back();
  expect(nav.place).toEqual({ screen: 'activity', text: 'change:7 since:7d' });
  nav.back();
  expect(nav.place).toEqual({ screen: 'activity', text: 'kind:order' });
  // Left by the sidebar it is as it was left.
  nav.go({ screen: 'buy' });
  nav.go({ screen: 'activity' });
  expect(screens.activity.text).toBe('kind:order');
});
