import { describe, expect, test } from 'vitest';
import type { Carrier, RouteList, ToldRoutes } from '../../src-main/carrier/carrier.ts';
import { v2Features } from '../../src-main/carrier/flowroute/v2/features.ts';
import { failure, type Failure } from '../../src-main/contract/errors.ts';
import { pairOf, type OwnedNumber, type PhoneNumber, type RouteRef } from '../../src-main/contract/model.ts';
import { readRouteList, requestsFor } from '../../src-main/inventory/sync/route-list-reader.ts';
import { some } from '../support/some.ts';

const host = (key: string): RouteRef => ({ key, type: 'HOST' });
const numberAt = (at: number) => String(12_065_550_000 + at) as PhoneNumber;
type Known = 'unread' | { primary: string; failover: string } | null;

/** A list of pages of ten, and what was known before; `truth` is what details tell. */
function makeDesk(count: number, options: { total?: number } = {}) {
  const told = Array.from({ length: count }, (_, at): ToldRoutes => ({
    ...{ number: numberAt(at), primary: host('7'), failover: at % 3 === 0 ? 'unclear' : host('8') },
  }));
  const desk = {
    told,
    truth: (number: PhoneNumber): OwnedNumber | Failure => {
      const one = told.find((each) => each.number === number);
      const side = (ref: ToldRoutes['primary'] | undefined) => (ref === 'unclear' || !ref ? null : ref);
      return { number, billing: '', routes: { primary: side(one?.primary), failover: side(one?.failover) } };
    },
    known: new Map<string, Known>(told.map(({ number }) => [number, 'unread'])),
    written: new Map<string, { primary: string; failover: string }>(),
    pages: [] as number[],
    asked: [] as string[],
    denied: [] as string[],
    unclear: [] as string[],
    shown: 0,
    /** The list always says that more follows. */
    endless: false,
    /** What asking for a page comes to, instead of the page. */
    instead: (_: number): ToldRoutes[] | Error | null => null,
    read: () => run(),
  };
  const list: RouteList = {
    maxPage: 10,
    worthAsking: true,
    cursorAt: (place) => String(place + 1),
    page({ cursor, background }) {
      expect(background).toBe(true);
      const page = Number(cursor ?? 1);
      desk.pages.push(page);
      const instead = desk.instead(page);
      if (instead instanceof Error) return Promise.reject(instead);
      const items = instead ?? desk.told.slice((page - 1) * 10, page * 10);
      return Promise.resolve({
        items,
        odd: [],
        next: desk.endless || page * 10 < desk.told.length ? String(page + 1) : null,
      });
    },
    deny(why) {
      desk.denied.push(why);
    },
  };
  const carrier = {
    features: v2Features,
    details(numbers: readonly PhoneNumber[]) {
      desk.asked.push(...numbers);
      return Promise.resolve(numbers.map((number) => desk.truth(number)));
    },
  } as unknown as Carrier;
  const run = () =>
    readRouteList({
      ...{ carrier, list, total: options.total ?? count, signal: new AbortController().signal, now: () => 5 },
      inventory: {
        pairs: (numbers) => Promise.resolve(numbers.map((number) => desk.known.get(number) ?? null)),
        applyFresh(items, askedAt) {
          expect(askedAt).toBe(5);
          for (const item of items) {
            desk.written.set(item.number, pairOf(item));
            desk.known.set(item.number, pairOf(item));
          }
          return Promise.resolve();
        },
        guess(numbers, at) {
          expect(at).toBe(5);
          desk.unclear.push(...numbers);
          return Promise.resolve();
        },
      },
      before() {
        desk.shown += 1;
        return Promise.resolve();
      },
    });
  return desk;
}

describe('a list that tells the routes of all numbers', () => {
  test('is read once, each page, after a sample of its first page', async () => {
    const desk = makeDesk(95);
    expect(await desk.read()).toBe(true);
    expect([...desk.pages].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(desk.asked).toHaveLength(10);
    expect(desk.written.size).toBe(95);
    expect(desk.shown).toBe(10);
    expect(requestsFor({ maxPage: 200 } as RouteList, 20_000)).toBe(122);
  });

  test('puts the built-in route where it has one word for that and none, and keeps what was known', async () => {
    const desk = makeDesk(30);
    desk.known.set(numberAt(12), { primary: '7', failover: '' });
    desk.known.set(numberAt(15), { primary: '1', failover: '0' });
    // Only details can tell which of both took the place of this one.
    desk.known.set(numberAt(18), { primary: '7', failover: '8' });
    // The list of numbers does not have it any more.
    desk.known.delete(numberAt(20));
    expect(await desk.read()).toBe(true);
    expect(desk.written.get(numberAt(12))).toEqual({ primary: '7', failover: '' });
    expect(desk.written.get(numberAt(15))).toEqual({ primary: '7', failover: '0' });
    expect([desk.written.has(numberAt(18)), desk.written.has(numberAt(20))]).toEqual([false, false]);
    expect(desk.written.get(numberAt(21))).toEqual({ primary: '7', failover: '0' });
    // Of the first page all were asked for alone. What stays the built-in route may have become none, or have been none before the last start.
    expect([...desk.unclear].sort()).toEqual([15, 21, 24, 27].map(numberAt));
    expect(desk.written.get(numberAt(3))).toEqual({ primary: '7', failover: '' });
  });

  test('is denied when it goes on without a number behind all that there are', async () => {
    const desk = makeDesk(45);
    desk.endless = true;
    // A list that does not end would keep this test from ending.
    desk.instead = (page) => (page > 100 ? failure('internal', 'It goes on.', '') : null);
    expect(await desk.read()).toBe(false);
    expect(desk.denied).toEqual(['untrue']);
    expect(Math.max(...some(desk.pages))).toBeLessThan(20);
  });

  test('is believed when a number of the sample got another route while it was read', async () => {
    const desk = makeDesk(50);
    const { truth } = desk;
    let readings = 0;
    desk.truth = (number) => {
      if (number !== numberAt(4)) return truth(number);
      readings += 1;
      const primary = host('9');
      // The list has it from its next page on.
      desk.told[4] = { number, primary, failover: host('8') };
      return { number, billing: '', routes: { primary, failover: host('8') } };
    };
    expect(await desk.read()).toBe(true);
    expect([desk.denied, desk.pages.filter((page) => page === 1), readings]).toEqual([[], [1, 1], 2]);
    expect([desk.written.size, desk.written.get(numberAt(4))]).toEqual([50, { primary: '9', failover: '8' }]);
  });

  test('is believed when another number differs each time: numbers are being changed', async () => {
    const desk = makeDesk(50);
    const { truth } = desk;
    const changed = new Set<string>();
    desk.truth = (number) => {
      const at = desk.pages.length === 1 ? 4 : 5;
      if (number !== numberAt(at) || changed.has(number)) return truth(number);
      changed.add(number);
      desk.told[at] = { number, primary: host('9'), failover: host('8') };
      return { number, billing: '', routes: { primary: host('9'), failover: host('8') } };
    };
    expect(await desk.read()).toBe(true);
    expect([desk.denied, changed.size]).toEqual([[], 2]);
  });

  test('is denied when one of the sample is told otherwise again, and what was read alone is kept', async () => {
    const desk = makeDesk(50);
    const { truth } = desk;
    desk.truth = (number) =>
      number === numberAt(4)
        ? { number, billing: '', routes: { primary: host('9'), failover: host('8') } }
        : truth(number);
    expect(await desk.read()).toBe(false);
    expect([desk.denied, desk.pages, desk.written.size]).toEqual([['untrue'], [1, 1], 10]);
    expect(desk.written.get(numberAt(4))).toEqual({ primary: '9', failover: '8' });
  });

  test('of which most of the sample is not there tells nothing', async () => {
    const desk = makeDesk(50);
    desk.truth = () => failure('not-found', 'Not here.', '');
    expect(await desk.read()).toBe(false);
    expect([desk.denied, desk.written.size]).toEqual([['untrue'], 0]);
  });

  test('that is longer than the account is read to its end', async () => {
    const desk = makeDesk(95, { total: 20 });
    expect(await desk.read()).toBe(true);
    expect(desk.written.size).toBe(95);
  });

  test('that became shorter may refuse what is behind its end', async () => {
    const desk = makeDesk(35, { total: 90 });
    desk.instead = (page) => (page > 4 ? failure('not-found', 'No such page.', '') : null);
    expect(await desk.read()).toBe(true);
    expect(desk.written.size).toBe(35);
  });

  test('that repeats a page is none', async () => {
    const desk = makeDesk(95);
    desk.instead = (page) => (page > 1 ? desk.told.slice(0, 10) : null);
    expect(await desk.read()).toBe(false);
    expect(desk.denied).toContain('untrue');
  });

  test('rejects with what is about the network, and stays believed', async () => {
    const desk = makeDesk(95);
    desk.instead = (page) => (page === 5 ? failure('offline', 'No network.', 'Wait.') : null);
    await expect(desk.read()).rejects.toMatchObject({ code: 'offline' });
    expect(desk.denied).toEqual([]);
    expect(desk.written.size).toBeGreaterThanOrEqual(40);
  });

  test('that has denied itself is left', async () => {
    const desk = makeDesk(95);
    desk.instead = () => failure('not-found', 'Gone.', '');
    expect(await desk.read()).toBe(false);
    expect([desk.pages, desk.asked]).toEqual([[1], []]);
  });
});
