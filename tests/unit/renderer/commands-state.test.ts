import { expect, test } from 'vitest';
import { createClient } from '#main/contract/client.ts';
import type { CommandId } from '#main/contract/commands.ts';
import { AppState } from '#renderer/app/app.svelte.ts';

test('a page does what was asked before it listened, and what is asked later, each once', async () => {
  let waiting: CommandId[] = ['routes'];
  let nudge: () => void = () => undefined;
  const client = createClient({
    invoke(method) {
      const taken = method === 'shell.commands' ? waiting.splice(0) : method === 'app.notices' ? [] : null;
      if (method === 'accounts.get')
        return Promise.resolve({
          ok: true,
          value: { accounts: [], currentId: null, keychain: { available: true } },
        });
      if (method === 'app.info')
        return Promise.resolve({ ok: true, value: { platform: 'linux', locale: null, desktop: null } });
      return Promise.resolve({ ok: true, value: taken });
    },
    subscribe(event, listener) {
      if (event === 'command')
        nudge = () => {
          listener({});
        };
      return () => undefined;
    },
  });
  const app = new AppState(client);
  const stop = app.start();
  await expect.poll(() => app.nav.screen).toBe('routes');
  waiting = ['activity', 'settings'];
  nudge();
  await expect.poll(() => app.dialog).toBe('settings');
  expect([app.nav.screen, waiting]).toEqual(['activity', []]);
  stop();
});
