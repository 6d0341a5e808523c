import { beforeEach, expect, test } from 'vitest';
import type { Result } from '#main/contract/errors.ts';
import {
  asShown,
  WindowSource,
  type RowsWindow,
  type WindowPlace,
} from '#renderer/lib/window-source.svelte.ts';

type Asked = { place: WindowPlace; answer(result: Result<RowsWindow<string>>): Promise<void> };
let asked: Asked[];
const settled = () => new Promise((resolve) => setTimeout(resolve));
const read = (place: WindowPlace) =>
  new Promise<Result<RowsWindow<string>>>((resolve) => {
    asked.push({
      place,
      async answer(result) {
        resolve(result);
        await settled();
      },
    });
  });
const error = { code: 'storage', message: 'Stopped.', action: 'Restart.', retryable: false } as const;
const failed = { ok: false, error } as const;
function rowsAt({ offset, limit }: WindowPlace, name: string, matching = 2_000): Result<RowsWindow<string>> {
  const rows = Array.from(
    { length: Math.min(limit, matching - offset) },
    (_, at) => `${name} ${offset + at}`,
  );
  return { ok: true, value: { offset, rows, matching } };
}
const last = () => {
  const one = asked.at(-1);
  if (!one) throw new Error('nothing was asked');
  return one;
};

beforeEach(() => (asked = []));

test('what was shown stays until the answer to a newer question is here, and older answers are dropped', async () => {
  const source = new WindowSource<string>(read);
  void source.begin();
  await last().answer(rowsAt(last().place, 'a'));
  void source.begin();
  void source.begin();
  expect([asked.length, source.pending, source.shownAt(3)]).toEqual([3, true, 'a 3']);
  await last().answer(rowsAt(last().place, 'c'));
  await asked[1]?.answer(rowsAt(last().place, 'b'));
  expect([source.pending, source.shownAt(3)]).toEqual([false, 'c 3']);
});

test('of one question there is one request at a time, and what is wanted meanwhile is asked afterwards', async () => {
  const source = new WindowSource<string>(read);
  source.show(0, 30);
  source.show(1_500, 1_530);
  const again = source.refresh();
  expect(asked).toHaveLength(1);
  await last().answer(rowsAt(last().place, 'a'));
  expect([asked.length, last().place.offset]).toEqual([2, 1_400]);
  await last().answer(rowsAt(last().place, 'a'));
  await again;
  expect(source.shownAt(1_510)).toBe('a 1510');
});

test('an answer that fails leaves the rows of its question and none of another one', async () => {
  const source = new WindowSource<string>(read);
  void source.begin();
  await last().answer(rowsAt(last().place, 'a'));
  void source.refresh();
  await last().answer(failed);
  expect([source.shownAt(0), source.error?.message]).toEqual(['a 0', 'Stopped.']);
  void source.begin();
  await last().answer(failed);
  expect([source.view, source.count, source.pending]).toEqual([null, 0, false]);
});

test('more rows than one answer holds are asked for in parts, until a newer question makes them useless', async () => {
  const source = new WindowSource<string>(read, { keep: asShown });
  void source.begin({ first: 0, end: 700 });
  expect(last().place).toEqual({ offset: 0, limit: 500 });
  await last().answer(rowsAt(last().place, 'a'));
  expect(last().place).toEqual({ offset: 500, limit: 200 });
  await last().answer(rowsAt(last().place, 'a'));
  expect([source.view?.rows.length, source.shownAt(699)]).toEqual([700, 'a 699']);
  void source.begin({ first: 0, end: 700 });
  void source.begin({ first: 0, end: 700 });
  await asked.at(-2)?.answer(rowsAt({ offset: 0, limit: 500 }, 'b'));
  expect(asked).toHaveLength(4);
});

test('what is forgotten does not come back with an answer that was on its way', async () => {
  const source = new WindowSource<string>(read);
  const asking = source.begin();
  source.forget();
  await last().answer(rowsAt(last().place, 'a'));
  await asking;
  expect([source.view, source.pending]).toEqual([null, false]);
});
