import { describe, expect, test } from 'vitest';
import type { Slice } from '../../src-main/carrier/carrier.ts';
import { PagingGuard, readAll } from '../../src-main/carrier/paging.ts';
import { parseOfferQuery } from '../../src-main/contract/offer-query.ts';
import { Search } from '../../src-main/buying/running-search.ts';
import { SearchPages } from '../../src-main/buying/search-pages.ts';
import { readPages } from '../../src-main/inventory/sync/pages.ts';
import type { Carrier } from '../../src-main/carrier/carrier.ts';
import { json, scriptedCarrier } from './carrier-server.ts';

const page = (items: string[]): Slice<string> => ({ items, odd: [], next: 'more' });
const same = (item: string) => item;

describe('a list ends', () => {
  const endless: readonly (readonly [string, (page: number) => Slice<string>, RegExp])[] = [
    ['the same page again', () => page(['a', 'b']), /page 2 is page 1 again/],
    ['a page of before', (at) => page([String(at % 3)]), /page 4 is page 1 again/],
    ['empty pages', () => page([]), /one empty page after another/],
    ['a length that no list has', (at) => page([String(at)]), /30 pages and no end/],
    [
      'the same odd record for ever',
      () => ({ items: [], odd: [{ what: 'route', name: 'x', why: 'it has no type' }], next: 'more' }),
      /page 2 is page 1 again/,
    ],
  ];
  test.each(endless)('%s is an error', async (_, answer, message) => {
    let asked = 0;
    const list = () => {
      asked += 1;
      return Promise.resolve(answer(asked));
    };
    await expect(readAll(list, same, 30)).rejects.toMatchObject({
      code: 'malformed-answer',
      message: expect.stringMatching(message) as unknown,
    });
    expect(asked).toBeLessThanOrEqual(30);
  });

  test('pages in any order, one empty page among them, and a last page like another are no trouble', () => {
    const guard = new PagingGuard(100);
    for (const at of [3, 1, 2, 5, 4]) guard.check(at, at === 2 ? [] : [`n${at}`], true);
    guard.check(6, ['n5'], false);
    // The same page may be asked for twice: then it is no other one.
    guard.check(3, ['n3'], true);
  });

  test('empty pages are counted together in whatever order they come', () => {
    const guard = new PagingGuard(100);
    for (const at of [10, 12, 13]) guard.check(at, [], true);
    expect(() => {
      guard.check(11, [], true);
    }).toThrow(/empty page/);
  });

  test('a search, a sync and every list of the adapter end within some requests', async () => {
    const server = await scriptedCarrier((seen, response) => {
      const next = `/v1/x?page=2`;
      const tns = {
        '12065550142': { initial_cost: '1.00', monthly_cost: '1.25', billing_methods: ['METERED'] },
      };
      if (seen.url.startsWith('/v1/available-tns/tns/')) json(response, 200, { tns, links: { next } });
      else json(response, 200, { tns: {}, links: { next } });
    });
    const { carrier } = server;
    const { search } = parseOfferQuery('npa:206');
    const status = await new Promise<{ error: { message: string } | null; loaded: number }>((resolve) => {
      new Search(1, new SearchPages(search), carrier as Carrier, (told) => {
        if (told.phase !== 'running') resolve(told);
      });
    });
    expect(status).toMatchObject({
      loaded: 1,
      error: { message: expect.stringMatching(/does not end/) as unknown },
    });
    const signal = new AbortController().signal;
    const store = () => Promise.resolve();
    await expect(readPages({ carrier, signal, done: [], lastPage: null, store })).rejects.toThrow(
      /does not end/,
    );
    expect(server.seen.length).toBeLessThan(60);
    await server.close();
  });
});

test('pages are asked for while others are stored, up to a bound; each is stored once', async () => {
  const pages = 60;
  const asked: number[] = [];
  const stored: number[] = [];
  const waiting: (() => void)[] = [];
  const carrier = {
    features: { maxPage: 10, partsOverlap: false },
    cursorAt: (place: number) => String(place + 1),
    listOwned({ cursor }: { cursor: string | null }) {
      const at = Number(cursor ?? 1);
      asked.push(at);
      const items = Array.from({ length: at > pages ? 0 : 10 }, (_, of) => ({ number: `${at} ${of}` }));
      return Promise.resolve({ items, odd: [], next: at < pages ? String(at + 1) : null });
    },
  } as unknown as Carrier;
  let held = true;
  const all = readPages({
    ...{ carrier, signal: new AbortController().signal, done: [], lastPage: null },
    async store({ page }) {
      // Nothing is stored for a while.
      if (held) await new Promise<void>((resolve) => waiting.push(resolve));
      stored.push(page);
    },
  });
  const settled = async () => {
    for (let before = -1; before !== asked.length;) {
      before = asked.length;
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    }
  };
  await settled();
  // More than may be on the way at once have come, and wait to be stored.
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.length).toBeLessThanOrEqual(40);
  expect(stored).toEqual([]);
  held = false;
  for (const go of waiting.splice(0)) go();
  await all;
  expect([...stored].sort((a, b) => a - b)).toEqual(Array.from({ length: pages }, (_, at) => at + 1));
});
