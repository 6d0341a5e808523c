import { beforeEach, expect, test } from 'vitest';
import { createClient } from '../../../src-main/contract/client.ts';
import type { Inputs } from '../../../src-main/contract/contract.ts';
import type { Result } from '../../../src-main/contract/errors.ts';
import type { NumbersWindow } from '../../../src-main/contract/views.ts';
import { NumbersState } from '../../../src-renderer/state/numbers.svelte.ts';

type Query = Inputs['numbers.query'];
let asked: { input: Query; answer(result: Result<NumbersWindow>): Promise<void> }[];
let state: NumbersState;

const size = 1_000;
function windowFor({ offset, limit, text }: Query, matching = size): Result<NumbersWindow> {
  const count = Math.max(0, Math.min(limit, matching - offset));
  const rows = Array.from({ length: count }, (_, i) => ({
    number: String(12_065_550_000 + offset + i),
    primary: text,
    primaryType: 'HOST',
    failover: 'sip-reg',
    failoverType: 'SIP-REG',
    billing: 'METERED',
    state: 'WA',
    area: 'Seattle',
    seenAt: 1,
    monthly: null,
    tags: '',
  }));
  return {
    ok: true,
    value: {
      revision: 1,
      total: size,
      matching,
      offset,
      rows,
      cost: { monthly: 0, known: 0 },
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

test('an answer to an older query is never shown', async () => {
  state.setText('2');
  state.setText('20');
  state.setText('206');
  expect(asked).toHaveLength(1);
  await last().answer(windowFor(last().input));
  expect(state.view).toBeNull();
  expect(last().input.text).toBe('206');
  await last().answer(windowFor(last().input));
  expect(state.rowAt(0)?.primary).toBe('206');
  expect(asked).toHaveLength(2);
});

test('rows on screen stay until the new ones are here, and scrolling asks only when it must', async () => {
  state.requery();
  await last().answer(windowFor(last().input));
  state.show(100, 130);
  expect(asked).toHaveLength(1);
  state.show(600, 630);
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
  expect(state.error).toEqual(error);
  expect(state.view?.rows).toHaveLength(300);
});

test('a range over what is not loaded selects every number of it', async () => {
  state.requery();
  await last().answer(windowFor(last().input));
  state.toggle(10);
  const extended = state.extendTo(760);
  while (state.selected.size < 751) await last().answer(windowFor(last().input));
  await extended;
  expect([state.selected.has('12065550010'), state.selected.has('12065550760')]).toEqual([true, true]);
  expect(state.selected.size).toBe(751);
});
