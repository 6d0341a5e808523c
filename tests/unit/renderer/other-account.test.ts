import { beforeEach, expect, test } from 'vitest';
import { createClient } from '#main/contract/client.ts';
import { AppState } from '#renderer/app/app.svelte.ts';

/** Everything is answered by whichever account is open when it is asked, as the main process does, once the test lets it through. */
let open: string;
let gate: (() => void)[];
let sent: string[];
let app: AppState;

const accounts = () => ({
  accounts: ['a', 'b'].map((id) => ({ id, label: id })),
  currentId: open,
  keychain: { available: true },
});
const row = () => ({ number: open === 'a' ? '12065550001' : '13105550002' });
const answerTo = (method: string): unknown => {
  switch (method) {
    case 'accounts.get':
      return accounts();
    case 'numbers.query':
      return {
        revision: 1,
        total: 1,
        matching: 1,
        known: [],
        offset: 0,
        rows: [row()],
        cost: {},
        unread: 0,
        tokens: [],
        digits: [],
      };
    case 'numbers.matching':
      return { total: 1, numbers: [row().number], snapshot: null };
    case 'cart.add':
      return { added: 1 };
    case 'app.info':
      return { platform: 'linux', locale: null, desktop: null };
    case 'find.start':
      return { id: 5 };
    case 'app.notices':
    case 'shell.commands':
      return [];
    default:
      return undefined;
  }
};
const settled = () => new Promise((resolve) => setTimeout(resolve));
const held = new Set(['numbers.query', 'numbers.matching']);

beforeEach(async () => {
  open = 'a';
  gate = [];
  sent = [];
  app = new AppState(
    createClient({
      invoke(method) {
        sent.push(method);
        const value = answerTo(method);
        const error = { code: 'internal', message: 'No.', action: '', retryable: false } as const;
        const answer = value === undefined ? ({ ok: false, error } as const) : ({ ok: true, value } as const);
        if (!held.has(method)) return Promise.resolve(answer);
        return new Promise((resolve) => {
          gate.push(() => {
            resolve(answer);
          });
        });
      },
      subscribe: () => () => undefined,
    }),
  );
  await app.load();
});

async function passAll(): Promise<void> {
  for (const pass of gate.splice(0)) pass();
  await settled();
}

async function switchTo(id: string): Promise<void> {
  open = id;
  await app.load();
}

test('an answer that another account gave is not shown in the list of the one that asked', async () => {
  const { numbers } = app.here;
  numbers.requery();
  await passAll();
  expect(numbers.view?.rows[0]?.number).toBe('12065550001');
  // The main process has opened the other one; the window does not know yet, and asks.
  open = 'b';
  numbers.refresh();
  await switchTo('b');
  expect(app.here.numbers).not.toBe(numbers);
  await passAll();
  expect(numbers.view?.rows[0]?.number).toBe('12065550001');
  // Nor is anything asked for it while the other one is open.
  numbers.refresh();
  await settled();
  expect(gate).toEqual([]);
  await switchTo('a');
  expect(app.here.numbers).toBe(numbers);
  expect([numbers.view?.rows[0]?.number, numbers.source.error]).toEqual(['12065550001', null]);
  numbers.refresh();
  await passAll();
  expect([numbers.view?.rows[0]?.number, numbers.stale]).toEqual(['12065550001', false]);
});

test('going there and back does not make an answer of the other account right', async () => {
  const { numbers } = app.here;
  numbers.requery();
  await passAll();
  open = 'b';
  numbers.refresh();
  await switchTo('b');
  await switchTo('a');
  await passAll();
  expect(numbers.view?.rows[0]?.number).toBe('12065550001');
});

test('numbers of another account do not come into a selection', async () => {
  const { numbers } = app.here;
  numbers.requery();
  await passAll();
  open = 'b';
  const all = numbers.selectAll();
  await settled();
  await switchTo('b');
  await passAll();
  await all;
  expect([...numbers.selected]).toEqual([]);
  expect(numbers.selection.trouble?.text).toMatch(/^Nothing was selected/);
});

test('what was chosen in one account does not go into the cart of another', async () => {
  const { buy } = app.here;
  buy.selected.add('12065550001');
  await switchTo('b');
  const added = await buy.addToCart();
  expect(added.ok).toBe(false);
  expect(sent).not.toContain('cart.add');
});

test('a search that was typed and not begun yet is begun when its account is looked at again, and no dialog comes back', async () => {
  const { buy, numbers, routes } = app.here;
  const leave = [buy.start(), numbers.start(), routes.start()];
  buy.setText('npa:206');
  [numbers.exporting, routes.creating] = [true, true];
  await switchTo('b');
  for (const end of leave) end();
  expect(sent).not.toContain('find.start');
  await switchTo('a');
  for (const start of [buy, numbers, routes]) start.start();
  await settled();
  expect([sent.includes('find.start'), buy.failed]).toEqual([true, null]);
  expect([numbers.exporting, routes.creating]).toEqual([false, false]);
});
