import { beforeEach, expect, test, vi } from 'vitest';
import { createClient } from '../../../src-main/contract/client.ts';
import type { Inputs } from '../../../src-main/contract/contract.ts';
import { QuickState } from '../../../src-renderer/features/quick-search/quick.svelte.ts';

let asked: { method: string; input: unknown }[];
let listeners: Record<string, (payload: unknown) => void>;
let quick: QuickState;
const copied: string[] = [];
const settled = () => new Promise((resolve) => setTimeout(resolve));
const revealed = () => asked.filter(({ method }) => method === 'shell.reveal').map(({ input }) => input);
const queried = () =>
  asked
    .filter(({ method }) => method === 'numbers.query')
    .map(({ input }) => (input as Inputs['numbers.query']).text);

beforeEach(() => {
  asked = [];
  listeners = {};
  copied.length = 0;
  vi.stubGlobal('navigator', {
    clipboard: { writeText: (text: string) => Promise.resolve(void copied.push(text)) },
  });
  quick = new QuickState(
    createClient({
      invoke(method, input) {
        asked.push({ method, input });
        const rows = ['12065550100', '12065550101'].map((number) => ({ number }));
        const value = method === 'settings.get' ? { numberFormat: 'national' } : { rows, matching: 2 };
        return Promise.resolve({ ok: true, value });
      },
      subscribe(event, listener) {
        listeners[event] = listener;
        return () => undefined;
      },
    }),
  );
});

test.each([
  ['npa:2o6', /An area code is three digits/],
  ['state:', /Type a value/],
  ['colour:red', /no filter "colour"/],
])('%s copies, opens and routes nothing, and says why', async (text, why) => {
  quick.type(text);
  await settled();
  expect([quick.chosen, quick.problem]).toEqual([undefined, expect.stringMatching(why)]);
  await quick.copy('e164');
  expect(quick.said).toMatch(/^Nothing was done\. /);
  await quick.reveal('routes');
  await quick.reveal('details');
  expect([copied, revealed()]).toEqual([[], []]);
});

test('what is understood is copied as it was typed last; an unfinished part shows what the rest finds', async () => {
  quick.type('npa:206 state:');
  expect(queried()).toEqual(['npa:206']);
  quick.type('npa:206');
  quick.move(1);
  await settled();
  quick.move(1);
  await quick.copy('e164');
  expect(copied).toEqual(['+12065550101']);
});

test('hidden in whatever way, what was typed was given up', async () => {
  quick.start();
  quick.type('206');
  await settled();
  listeners['quickHidden']?.(null);
  await settled();
  expect([quick.text, queried().at(-1)]).toEqual(['', '']);
});

test('an extension is said beside what is found', async () => {
  quick.type('206-555-0100 x12');
  await settled();
  expect([quick.note, quick.problem]).toEqual(['Extension 12 is no part of the number.', '']);
});

test('after a copy the window goes, unless somebody types on', async () => {
  vi.useFakeTimers();
  quick.type('206');
  await vi.runAllTimersAsync();
  await quick.copy('e164');
  quick.type('2065');
  await vi.runAllTimersAsync();
  expect([quick.text, revealed()]).toEqual(['2065', []]);
  await quick.copy('e164');
  await vi.runAllTimersAsync();
  vi.useRealTimers();
  expect([quick.text, revealed().length]).toEqual(['', 1]);
});

test('digits find what ends so first; how many more there are is said', async () => {
  const answers: Record<string, { numbers: string[]; matching: number }> = {
    '0142': { numbers: ['12060142555', '12065550142'], matching: 94 },
    'ends:0142': { numbers: ['12065550142'], matching: 1 },
    '0142 -ends:0142': { numbers: ['12060142555'], matching: 93 },
  };
  const client = createClient({
    invoke(_, input) {
      const { text } = input as Inputs['numbers.query'];
      const { numbers = [], matching = 0 } = answers[text] ?? {};
      return Promise.resolve({ ok: true, value: { rows: numbers.map((number) => ({ number })), matching } });
    },
    subscribe: () => () => undefined,
  });
  const state = new QuickState(client);
  state.type('0142');
  await settled();
  await settled();
  expect(state.view?.rows.map(({ number }) => number)).toEqual(['12065550142', '12060142555']);
  expect(state.count).toBe('2 of 94 numbers');
});
