import { beforeEach, expect, test } from 'vitest';
import { createClient } from '../../../src-main/contract/client.ts';
import type { Inputs } from '../../../src-main/contract/contract.ts';
import type { Result } from '../../../src-main/contract/errors.ts';
import type { NumberRow, NumbersWindow } from '../../../src-main/contract/numbers.ts';
import { NumbersState } from '../../../src-renderer/features/numbers/numbers.svelte.ts';

type Query = Inputs['numbers.query'];
type Matching = Inputs['numbers.matching'] & { offset: number };
let asked: { input: Query; answer(result: Result<NumbersWindow>): Promise<void> }[];
let state: NumbersState;

const size = 1_000;
const rowOf = (place: number, text = '') => ({
  number: String(12_065_550_000 + place),
  primary: text,
  primaryType: 'HOST',
  failover: 'sip-reg',
  failoverType: 'SIP-REG',
  billing: 'METERED',
  state: 'WA',
  area: 'Seattle',
  seenAt: 1,
  routesAt: 1,
  monthly: null,
  tags: '',
});
type Window = Omit<NumbersWindow, 'rows'> & { rows: NumberRow[] };
function windowFor({ offset, limit, text }: Query, matching = size): Result<Window> {
  const count = Math.max(0, Math.min(limit, matching - offset));
  const rows = Array.from({ length: count }, (_, i) => rowOf(offset + i, text));
  return {
    ok: true,
    value: {
      revision: 1,
      total: size,
      matching,
      offset,
      rows,
      cost: { monthly: 0, known: 0 },
      unread: 0,
      known: [],
      tokens: [],
      digits: [],
    },
  };
}
const settled = () => new Promise((resolve) => setTimeout(resolve));
const last = () => {
  const call = asked.at(-1);
  if (!call) throw new Error('nothing was asked');
  return call;
};

beforeEach(() => {
  asked = [];
  state = new NumbersState(
    createClient({
      invoke: (_, input) =>
        new Promise((resolve) => {
          asked.push({
            input: input as Query,
            async answer(result) {
              resolve(result);
              await settled();
            },
          });
        }),
      subscribe: () => () => undefined,
    }),
  );
});

test('an answer to an older query is never shown, in whatever order answers come', async () => {
  state.setText('2');
  state.setText('206');
  expect(asked.map(({ input }) => input.text)).toEqual(['2', '206']);
  // The worker can tell that they are the same view, and that another window is another.
  expect(new Set(asked.map(({ input }) => input.view)).size).toBe(1);
  await last().answer(windowFor(last().input));
  expect(state.rowAt(0)?.primary).toBe('206');
  await asked[0]?.answer(windowFor({ ...last().input, text: '2' }));
  expect(state.rowAt(0)?.primary).toBe('206');
  expect(asked).toHaveLength(2);
});

test('rows of the query before are shown as stale and nothing acts on them', async () => {
  state.requery();
  await last().answer(windowFor(last().input));
  expect([state.stale, state.rowAt(3)?.number]).toEqual([false, '12065550003']);
  state.table.cursor = 3;
  state.setText('206');
  expect(state.stale).toBe(true);
  expect(state.source.shownAt(3)?.number).toBe('12065550003');
  expect(state.rowAt(3)).toBeUndefined();
  state.table.cursor = 3;
  state.toggle(3);
  expect(state.selected.size).toBe(0);
  // What is asked to act waits for the rows it will act on.
  const subject = state.subject();
  await last().answer(windowFor(last().input, 2));
  expect(state.stale).toBe(false);
  expect(state.table.cursor).toBe(1);
  expect(await subject).toEqual({ numbers: ['12065550001'], outside: 0 });
  state.sortBy('primary');
  expect(state.rowAt(0)).toBeUndefined();
});

test('a query that fails leaves no rows of the one before', async () => {
  state.requery();
  await last().answer(windowFor(last().input));
  state.setText('206');
  const error = { code: 'storage', message: 'Stopped.', action: 'Restart.', retryable: false } as const;
  await last().answer({ ok: false, error });
  expect([state.view, state.source.error, state.rowAt(0)]).toEqual([null, error, undefined]);
  expect(await state.subject()).toEqual({ refused: 'Choose a number first.' });
  state.refresh();
  await last().answer(windowFor(last().input));
  expect([state.source.error, state.rowAt(0)?.primary]).toEqual([null, '206']);
});

test('rows whose names are so long that one answer does not hold them come in several', async () => {
  state.requery();
  const first = last().input;
  const cut = (input: Query, rows: number) => {
    const whole = windowFor(input);
    if (whole.ok) whole.value.rows = whole.value.rows.slice(0, rows);
    return whole;
  };
  await last().answer(cut(first, 120));
  expect(last().input).toMatchObject({ offset: 120, limit: first.limit - 120 });
  expect(state.stale).toBe(true);
  await last().answer(cut(last().input, 100));
  await last().answer(windowFor(last().input));
  expect([state.stale, state.view?.offset, state.view?.rows.length]).toEqual([false, 0, first.limit]);
  expect(state.rowAt(first.limit - 1)?.number).toBe(String(12_065_550_000 + first.limit - 1));
  expect(asked).toHaveLength(3);
});

test('the window follows what is visible, and nothing is asked twice for what cannot be had', async () => {
  state.requery();
  state.source.show(0, 420);
  await last().answer(windowFor(last().input));
  await last().answer(windowFor(last().input));
  expect(last().input.limit).toBe(500);
  expect(state.rowAt(419)?.number).toBe('12065550419');
  const before = asked.length;
  state.source.show(100, 900);
  await last().answer(windowFor(last().input));
  expect(state.rowAt(100)).toBeDefined();
  expect(asked.length).toBe(before + 1);
});

test('the cursor stays on its number when the list changes above it', async () => {
  state.requery();
  await last().answer(windowFor(last().input));
  state.table.cursor = 10;
  state.table.anchor = 10;
  state.refresh();
  const { input } = last();
  const moved = windowFor(input);
  if (moved.ok) moved.value.rows.unshift({ ...rowOf(99), number: '12060000000' });
  await last().answer(moved);
  expect([state.table.cursor, state.table.anchor, state.rowAt(state.table.cursor)?.number]).toEqual([
    11,
    11,
    '12065550010',
  ]);
});

test('rows on screen stay until the new ones are here, and scrolling asks only when it must', async () => {
  state.requery();
  await last().answer(windowFor(last().input));
  state.source.show(100, 130);
  expect(asked).toHaveLength(1);
  state.source.show(600, 630);
  expect(last().input.offset).toBe(500);
  expect(state.view?.offset).toBe(0);
  await last().answer(windowFor(last().input));
  expect(state.rowAt(615)?.number).toBe('12065550615');
  expect(asked).toHaveLength(2);
});

test('a failed question leaves the rows and tells why', async () => {
  state.requery();
  await last().answer(windowFor(last().input));
  state.refresh();
  const error = { code: 'storage', message: 'Stopped.', action: 'Restart.', retryable: false } as const;
  await last().answer({ ok: false, error });
  expect(state.source.error).toEqual(error);
  expect(state.view?.rows).toHaveLength(300);
});

type Page = { total: number; numbers: readonly string[]; snapshot: number | null };
const answerPages = async (until: () => boolean) => {
  const pages: Matching[] = [];
  while (!until()) {
    const input = last().input as unknown as Matching;
    pages.push(input);
    const count = Math.max(0, Math.min(input.limit, 25_000 - input.offset));
    const numbers = Array.from({ length: count }, (_, i) => String(12_065_550_000 + input.offset + i));
    const page: Page = { total: 25_000, numbers, snapshot: input.offset + input.limit < 25_000 ? 7 : null };
    await last().answer({ ok: true, value: page } as never);
  }
  return pages;
};

test('a range over what is not loaded selects every number of it, from one snapshot', async () => {
  state.requery();
  await last().answer(windowFor(last().input, 25_000));
  state.toggle(10);
  const extended = state.extendTo(24_000);
  await settled();
  const pages = await answerPages(() => state.selected.size >= 23_991);
  await extended;
  expect(pages.map(({ offset, snapshot }) => [offset, snapshot])).toEqual([
    [10, 'new'],
    [10_010, 7],
    [20_010, 7],
  ]);
  expect([state.selected.has('12065550010'), state.selected.has('12065574000')]).toEqual([true, true]);
  expect(state.selected.size).toBe(23_991);
});

test('everything is selected page by page', async () => {
  state.requery();
  await last().answer(windowFor(last().input, 25_000));
  const left = state.selectAll();
  await settled();
  await answerPages(() => state.selected.size >= 25_000);
  expect(await left).toBe('');
});

const failed = {
  code: 'storage',
  message: 'The list cannot be read.',
  action: 'Restart.',
  retryable: false,
} as const;

test('a page that fails while all are selected: nothing is selected, it is said, and can be tried again', async () => {
  state.requery();
  await last().answer(windowFor(last().input, 25_000));
  state.table.cursor = 2;
  const all = state.selectAll();
  // At once: the verb waits for the selection it is meant for, and acts on nothing else.
  const verb = state.subject();
  await settled();
  const input = last().input as unknown as Matching;
  const first = Array.from({ length: 10_000 }, (_, i) => String(12_065_550_000 + i));
  await last().answer({ ok: true, value: { total: 25_000, numbers: first, snapshot: 7 } } as never);
  expect((last().input as unknown as Matching).offset).toBe(input.limit);
  await last().answer({ ok: false, error: failed });
  await all;
  expect(state.selected.size).toBe(0);
  expect(await verb).toEqual({
    refused: 'Nothing was selected: not all of the numbers could be read. The list cannot be read.',
  });
  state.selection.trouble?.again();
  await settled();
  await answerPages(() => state.selected.size > 0);
  await settled();
  expect([state.selected.size, state.selection.trouble]).toEqual([25_000, null]);
});

test('a selection whose filter changes before all of it is here is not taken', async () => {
  state.requery();
  await last().answer(windowFor(last().input, 25_000));
  const all = state.selectAll();
  await settled();
  const page = last();
  state.setText('206');
  await last().answer(windowFor(last().input, 4));
  await page.answer({ ok: true, value: { total: 25_000, numbers: ['12065550001'], snapshot: 7 } } as never);
  await all;
  expect(state.selected.size).toBe(0);
  expect(state.selection.trouble?.text).toMatch(/^Nothing was selected/);
});

test('what the filter hides of a selection is known, told with the subject, and can be dropped', async () => {
  state.requery();
  await last().answer(windowFor(last().input));
  for (const place of [0, 1, 2]) state.toggle(place);
  expect(state.selection.outside?.length).toBe(0);
  state.setText('555');
  // Not known before the answer is here.
  expect(state.selection.outside).toBeNull();
  await last().answer(windowFor(last().input, 1));
  expect(last().input).toMatchObject({ text: '555', numbers: ['12065550000', '12065550001', '12065550002'] });
  await last().answer({ ok: true, value: ['12065550000'] } as never);
  expect([...(state.selection.outside ?? [])]).toEqual(['12065550001', '12065550002']);
  const verb = state.subject();
  await settled();
  await last().answer({ ok: true, value: ['12065550000'] } as never);
  expect(await verb).toMatchObject({ outside: 2 });
  state.selection.drop();
  expect([[...state.selected], state.selection.outside?.length]).toEqual([['12065550000'], 0]);
  // What cannot be told is not acted on.
  const blind = state.subject();
  await settled();
  await last().answer({ ok: false, error: failed });
  expect(await blind).toEqual({ refused: expect.stringMatching(/cannot be told/) as string });
});

test('while a part of the query is being typed the rest is shown, and nothing acts on it', async () => {
  state.setText('npa:206 state:');
  expect(last().input.text).toBe('npa:206');
  await last().answer(windowFor(last().input));
  expect([state.stale, state.source.shownAt(0)?.number, state.rowAt(0)]).toEqual([
    true,
    '12065550000',
    undefined,
  ]);
  state.table.cursor = 0;
  const sentence = 'The filter is not typed to its end: "state:". Type a value after "state:".';
  expect(await state.subject()).toEqual({ refused: sentence });
  expect(await state.atCursor('open')).toBe(sentence);
  expect([state.opened, await state.copy('e164')]).toEqual([null, `Nothing was copied. ${sentence}`]);
  await state.selectAll();
  expect([state.selected.size, state.selection.trouble?.text]).toEqual([0, sentence]);
  expect(asked).toHaveLength(1);
});

test('a query that is not understood is asked as it is, and says why nothing is found', async () => {
  state.setText('npa:2o6');
  expect(last().input.text).toBe('npa:2o6');
  await last().answer(windowFor(last().input, 0));
  expect(state.refusal).toBe(
    'The filter is not understood: "npa:2o6". An area code is three digits, such as 206.',
  );
  // A long query is refused as a whole: its beginning would find more than was meant.
  state.setText(`${'206 '.repeat(300)}npa:206`);
  expect(last().input.text.length).toBe(1_207);
});

test('without a selection the open details are the subject, as their buttons say', async () => {
  state.requery();
  await last().answer(windowFor(last().input));
  state.opened = '12065550142';
  expect(await state.subject()).toEqual({ numbers: ['12065550142'], outside: 0 });
  state.table.cursor = 3;
  expect(await state.subject()).toEqual({ numbers: ['12065550003'], outside: 0 });
});
