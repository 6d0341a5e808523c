import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ListedNumber, OwnedNumber, PhoneNumber } from '../../src-main/contract/model.ts';
import { NumberStore } from '../../src-main/inventory/number-store.ts';

const numberAt = (at: number) => `1206555${String(1_000 + at)}`;
const listed = (at: number) =>
  ({ number: numberAt(at), billing: '', routes: null }) as unknown as ListedNumber;
const owned = (at: number) =>
  ({
    number: numberAt(at),
    billing: '',
    routes: { primary: { key: '7', type: 'HOST', value: '192.0.2.1' }, failover: null },
  }) as unknown as OwnedNumber;
const run = <T>(steps: Generator<void, T>): T => {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
};

describe('numbers whose routes are due', () => {
  let folder: string;
  let store: NumberStore;
  const open = () => {
    store = new NumberStore(path.join(folder, 'numbers.db'));
    run(store.load());
  };
  const due = (limit: number, before: number, skip: string[] = []) =>
    run(store.routesDue({ limit, before, skip, now: Date.now() })).numbers.map(
      (number) => Number(number.slice(7)) - 1_000,
    );
  const unread = () => {
    const sort = { column: 'number', direction: 'asc' } as const;
    return store.query({ text: '', sort, offset: 0, limit: 0 }).unread;
  };
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-'));
    open();
    const pass = store.beginPass(1_000);
    const items = Array.from({ length: 12 }, (_, at) => listed(at));
    store.putPage(pass.id, { page: 1, isLast: true, next: null }, items, 1_000);
    store.finishPass(pass.id, 1_001);
  });
  afterEach(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('are those that were never read, then the oldest, those of tomorrow among them', () => {
    expect(due(3, 0)).toEqual([0, 1, 2]);
    const tomorrow = Date.now() + 86_400_000;
    const read = (at: number, time: number) => ({ item: owned(at), at: time });
    run(store.applySeen([0, 1, 2, 3, 4, 5, 6, 7].map((at) => read(at, 9_000 - at * 100))));
    run(store.applySeen([read(8, tomorrow), read(9, 50_000)]));
    expect(unread()).toBe(2);
    expect(due(20, 8_700)).toEqual([10, 11, 8, 7, 6, 5, 4]);
    expect(due(5, 8_700, [numberAt(10), numberAt(7)])).toEqual([11, 8, 6, 5, 4]);
    // Many more are old than fit: the oldest of them are kept.
    expect(due(4, 60_000)).toEqual([10, 11, 8, 7]);
    // Where nothing is read again, that one is not either.
    expect(due(20, 0)).toEqual([10, 11]);
    expect(run(store.routesDue({ limit: 0, before: 60_000, now: 70_000, skip: [] }))).toEqual({
      numbers: [],
      total: 12,
    });
  });

  test('are the oldest in whatever order they were read', () => {
    for (const step of [1, 5, 7, 11]) {
      // Each of these steps comes by every number once.
      const order = Array.from({ length: 12 }, (_, at) => (at * step) % 12);
      const base = 10_000 * step;
      run(store.applySeen(order.map((at, place) => ({ item: owned(at), at: base + place }))));
      for (const limit of [1, 2, 5, 11, 12]) expect(due(limit, base + 100)).toEqual(order.slice(0, limit));
    }
  });

  test('are the same after a restart, and none that is gone', () => {
    run(store.applySeen([{ item: owned(0), at: 5_000 }]));
    const pass = store.beginPass(6_000);
    store.remove(pass.id, [{ number: numberAt(1), askedAt: 6_000 }]);
    expect([due(20, 9_000), unread()]).toEqual([[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0], 10]);
    store.close();
    open();
    expect([due(20, 9_000), unread()]).toEqual([[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0], 10]);
  });

  test('a guess is told until the number is read, whatever moves in the list, and is taken once', () => {
    const guess = (some: number[], at: number) => {
      run(store.applySeen(some.map((one) => ({ item: owned(one), at }))));
      store.guess(some.map(numberAt), at);
    };
    const all = Array.from({ length: 12 }, (_, at) => numberAt(at));
    const guesses = () => store.guesses(all).map((number) => Number(number.slice(7)) - 1_000);
    guess([1, 2, 3, 4, 5], 5_000);
    // Known from another time by now, or not here.
    store.guess([numberAt(6), numberAt(1)], 4_000);
    store.guess(['12065559999'], 5_000);
    expect(guesses()).toEqual([1, 2, 3, 4, 5]);
    // The list of numbers tells nothing of routes; details do.
    const pass = store.beginPass(6_000);
    store.putPage(pass.id, { page: 1, isLast: true, next: null }, [1, 2, 3, 4, 5].map(listed), 6_000);
    run(store.applySeen([{ item: owned(2), at: 7_000 }]));
    store.remove(pass.id, [{ number: numberAt(3), askedAt: 8_000 }]);
    expect(guesses()).toEqual([1, 4, 5]);
    // Numbers that come late are put among the others.
    const late = Array.from({ length: 2_500 }, (_, at) => ({
      ...listed(0),
      number: `1206444${1_000 + at}` as PhoneNumber,
    }));
    store.putPage(pass.id, { page: 2, isLast: true, next: null }, late, 6_000);
    store.finishPass(pass.id, 9_000);
    const steps = store.tidying();
    steps?.next();
    // While the slots are being moved.
    guess([7, 8], 8_500);
    run(store.applySeen([{ item: owned(4), at: 8_600 }]));
    expect(store.takeGuess()).toBe(numberAt(1));
    let moves = 1;
    while (steps?.next().done === false) moves += 1;
    expect(moves).toBeGreaterThan(1);
    expect(guesses()).toEqual([5, 7, 8]);
    expect([0, 1, 2, 3].map(() => store.takeGuess())).toEqual([...[5, 7, 8].map(numberAt), null]);
    expect(guesses()).toEqual([]);
  });
});
