import { flushSync, mount, unmount, type Component } from 'svelte';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AccountView } from '#main/contract/accounts.ts';
import { createClient } from '#main/contract/client.ts';
import type { AppError } from '#main/contract/errors.ts';
import { AppState } from '#renderer/app/app.svelte.ts';
import Banners from '#renderer/app/Banners.svelte';
import MoveDialog from '#renderer/features/accounts/MoveDialog.svelte';
import OneAccountDialog from '#renderer/features/accounts/OneAccountDialog.svelte';
import WithApp from './WithApp.svelte';

type Kind = 'flowroute-v1' | 'flowroute-v2';
const account = (id: string, kind: Kind, sameAs: string | null = null) => ({
  ...{ id, label: id.toUpperCase(), kind, accessKey: `key-${id}`, baseUrl: 'https://api.flowroute.com' },
  sameAs: sameAs && { id: sameAs, label: sameAs.toUpperCase() },
});
let accounts: ReturnType<typeof account>[];
let refusal: AppError | null;
let asked: (readonly [string, unknown])[];
let app: AppState;
let shown: object | null = null;

beforeEach(() => {
  // The DOM of the tests has no modal dialogs.
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function () {
    this.open = false;
  };
  [accounts, refusal, asked] = [[account('a', 'flowroute-v1')], null, []];
});
afterEach(async () => {
  if (shown) await unmount(shown);
  shown = null;
});

const settled = () => new Promise((resolve) => setTimeout(resolve));
const text = () => document.body.textContent.replace(/\s+/g, ' ');
const button = (name: string) => {
  const found = [...document.querySelectorAll('button')].find(
    (one) => one.textContent.replace(/\s+/g, ' ').trim() === name,
  );
  if (!found) throw new Error(`there is no button ${name}`);
  return found;
};
const changes = () => asked.filter(([method]) => /^accounts\.(move|join|tellApart)$/.test(method));

async function show(part: Component<{ account: AccountView }>): Promise<void> {
  const view = () => ({ accounts, currentId: 'a', keychain: { available: true, reason: null } });
  const answers: Record<string, unknown> = {
    ...{ 'app.info': { platform: 'linux', locale: null, desktop: null }, 'app.notices': [] },
    'shell.commands': [],
  };
  app = new AppState(
    createClient({
      invoke(method, input) {
        asked.push([method, input]);
        if (refusal && method.startsWith('accounts.') && method !== 'accounts.get')
          return Promise.resolve({ ok: false, error: refusal } as const);
        return Promise.resolve({
          ok: true as const,
          value: method === 'accounts.get' ? view() : answers[method],
        });
      },
      subscribe: () => () => undefined,
    }),
  );
  await app.load();
  const given = () => ({ account: app.current as AccountView });
  shown = mount(WithApp, { target: document.body, props: { app, part, given } });
  flushSync();
}

describe('the move to API v2', () => {
  test('says that the secret key is sent and where to, and its yes says so too', async () => {
    await show(MoveDialog);
    app.show('move');
    flushSync();
    expect(text()).toContain('API v2 sends the secret key itself with each request.');
    expect(text()).toContain('The key goes to api.flowroute.com and nowhere else');
    expect(document.activeElement?.textContent.trim()).toBe('Cancel');
    button('Cancel').click();
    flushSync();
    expect([app.dialog, changes()]).toEqual([null, []]);
    app.show('move');
    flushSync();
    button('Send the secret key and use API v2').click();
    await settled();
    expect(changes()).toEqual([['accounts.move', { id: 'a', api: 'v2' }]]);
  });

  test('that is refused says why, and stays', async () => {
    refusal = {
      code: 'rejected',
      message: 'Order 1 of A is not finished.',
      action: 'Finish it.',
      retryable: false,
    };
    await show(MoveDialog);
    app.show('move');
    flushSync();
    button('Send the secret key and use API v2').click();
    await settled();
    flushSync();
    expect(document.querySelector('[role="alert"]')?.textContent).toContain('Order 1 of A is not finished.');
    expect(app.dialog).toBe('move');
    // What was said of it is not said again of the next try.
    app.dialog = null;
    flushSync();
    app.show('move');
    flushSync();
    expect(document.querySelector('[role="alert"]')).toBeNull();
  });

  test('the way back sends nothing', async () => {
    accounts = [account('a', 'flowroute-v2')];
    await show(MoveDialog);
    app.show('move');
    flushSync();
    expect(text()).toContain('does not send it');
    button('Use API v1').click();
    await settled();
    expect(changes()).toEqual([['accounts.move', { id: 'a', api: 'v1' }]]);
  });
});

describe('two accounts that seem to be one', () => {
  beforeEach(() => {
    accounts = [account('a', 'flowroute-v1', 'b'), account('b', 'flowroute-v2', 'a')];
  });

  test('are told of once, until somebody says later', async () => {
    await show(Banners as Component<object>);
    expect(text()).toContain('A and B seem to be one account.');
    button('Later').click();
    flushSync();
    expect(text()).not.toContain('seem to be one account');
  });

  test('are joined into the one that is chosen', async () => {
    await show(OneAccountDialog);
    app.show('one-account');
    flushSync();
    const [first, second] = document.querySelectorAll<HTMLInputElement>('input[type="radio"]');
    expect([first?.checked, second?.checked]).toEqual([true, false]);
    second?.click();
    flushSync();
    button('Join them').click();
    await settled();
    expect(changes()).toEqual([['accounts.join', { id: 'a', keep: 'b' }]]);
  });

  test('or are said to be two', async () => {
    await show(OneAccountDialog);
    app.show('one-account');
    flushSync();
    button('They are two accounts').click();
    await settled();
    expect(changes()).toEqual([['accounts.tellApart', { id: 'a', other: 'b' }]]);
    expect(app.dialog).toBeNull();
  });
});
