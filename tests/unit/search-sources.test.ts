import { expect, test } from 'vitest';
import { SearchList } from '../../src-main/buying/search-list.ts';
import { SearchPages } from '../../src-main/buying/search-pages.ts';
import type { Carrier } from '../../src-main/carrier/carrier.ts';
import { failure } from '../../src-main/contract/errors.ts';
import type { AvailableNumber } from '../../src-main/contract/model.ts';

type Asked = {
  readonly npa?: string;
  readonly nxx?: string;
  readonly contains?: string;
  readonly cursor: string | null;
};

const offer = (number: string) =>
  ({
    ...{ number, rateCenter: 'SEATTLE', state: 'WA', billingMethods: ['METERED'] },
    ...{ setupCost: { cents: 100 }, monthlyCost: { cents: 125 } },
  }) as unknown as AvailableNumber;

/** A carrier that sells these numbers, so many on a page. `before` is awaited before each answer: what it throws is the answer. */
function selling(stock: readonly string[], maxPage: number, before: (at: number) => Promise<void> | void) {
  const asked: Asked[] = [];
  const answered: (string | null)[] = [];
  const carrier = {
    features: { maxPage },
    cursorAt: (place: number) => String(place),
    async searchAvailable({
      npa,
      nxx,
      contains,
      cursor,
      limit,
      signal,
    }: Asked & { limit: number; signal: AbortSignal }) {
      asked.push({ ...(npa && { npa }), ...(nxx && { nxx }), ...(contains && { contains }), cursor });
      await before(asked.length);
      if (signal.aborted) throw failure('cancelled', 'It was cancelled.', '');
      const fits = stock.filter(
        (number) => number.slice(1).startsWith(`${npa ?? ''}${nxx ?? ''}`) && number.includes(contains ?? ''),
      );
      const from = Number(cursor ?? 0) * limit;
      const next = from + limit < fits.length ? String(Number(cursor ?? 0) + 1) : null;
      answered.push(cursor);
      return { items: fits.slice(from, from + limit).map(offer), odd: [], next };
    },
  } as unknown as Carrier;
  return { carrier, asked, answered };
}

const numbersFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, at) => String(first + at));

test('pages that were answered are not asked for again after a stop, and none is missed', async () => {
  const stock = numbersFrom(12_065_550_000, 95);
  const abort = new AbortController();
  const { carrier, asked, answered } = selling(stock, 10, (at) => {
    // Four are on their way: the first page was alone, then 2, 3, 4 and 5.
    if (at === 7) abort.abort();
  });
  const pages = new SearchPages({ npa: '206' });
  const found = new Set<string>();
  const take = (items: readonly AvailableNumber[]) => {
    for (const { number } of items) found.add(number);
  };
  await pages.run(carrier, abort.signal, take).catch(() => undefined);
  const before = found.size;
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(95);
  await pages.run(carrier, new AbortController().signal, take);
  expect([...found].sort()).toEqual(stock);
  // No page twice, but for those that were on their way at the stop; some behind the end are asked for before it is known.
  expect(new Set(answered).size).toBe(answered.length);
  const cutOff = asked.length - answered.length;
  expect(cutOff).toBeGreaterThan(0);
  expect(cutOff).toBeLessThanOrEqual(4);
});

test('a page that failed is asked for again, and the others that were answered are not', async () => {
  const stock = numbersFrom(12_065_550_000, 60);
  let fails = true;
  const { carrier, asked } = selling(stock, 10, (at) => {
    if (at === 4 && fails) throw failure('carrier-down', 'The carrier is in trouble.', 'Wait.');
  });
  const pages = new SearchPages({ npa: '206' });
  const found = new Set<string>();
  const take = (items: readonly AvailableNumber[]) => {
    for (const { number } of items) found.add(number);
  };
  const { signal } = new AbortController();
  await expect(pages.run(carrier, signal, take)).rejects.toMatchObject({ code: 'carrier-down' });
  fails = false;
  const first = asked.length;
  await pages.run(carrier, signal, take);
  expect([...found].sort()).toEqual(stock);
  const later = asked.slice(first).map(({ cursor }) => cursor);
  expect(new Set(later).size).toBe(later.length);
  expect(later).not.toContain(null);
});

test('numbers of an exchange are asked for with one request, by the digits that all of them begin with', async () => {
  const block = numbersFrom(12_065_550_100, 40);
  const { carrier, asked } = selling(block.slice(0, 31), 200, () => undefined);
  const list = new SearchList(
    [...block, '12535550142', '14155550142', '442071234567'],
    new Set(['14155550142']),
  );
  expect(list.list).toEqual({ total: 43, owned: 1, foreign: 1, open: 41, absent: 0, unclear: 0 });
  const found: string[] = [];
  await list.run(carrier, new AbortController().signal, (items) => {
    for (const { number } of items) found.push(number);
  });
  expect(found.sort()).toEqual(block.slice(0, 31));
  expect(list.list).toEqual({ total: 43, owned: 1, foreign: 1, open: 0, absent: 10, unclear: 0 });
  expect(list.absent).toEqual([...block.slice(31), '12535550142']);
  expect(asked).toEqual([
    { npa: '206', nxx: '555', contains: '120655501', cursor: null },
    { npa: '253', nxx: '555', contains: '12535550142', cursor: null },
  ]);
});

test('where an exchange has more than one answer holds, the rest is asked for in parts', async () => {
  // 1,000 of an exchange are for sale; six that are wanted are spread over it, five of them for sale.
  const stock = numbersFrom(12_065_550_000, 1_000);
  const wanted = ['12065550000', '12065550450', '12065550451', '12065550999', '12065550700', '12065559999'];
  const { carrier, asked } = selling(stock, 200, () => undefined);
  const list = new SearchList(wanted, new Set());
  const found: string[] = [];
  await list.run(carrier, new AbortController().signal, (items) => {
    for (const { number } of items) found.push(number);
  });
  expect(found.sort()).toEqual(wanted.filter((number) => number !== '12065559999').sort());
  expect(list.absent).toEqual(['12065559999']);
  // The exchange, then its first thousand and the number alone, then what of the thousand was not in that answer.
  expect(asked.map(({ contains }) => contains ?? '')).toEqual([
    '',
    '12065550',
    '12065559999',
    '1206555045',
    '12065550700',
    '12065550999',
  ]);
});

test('an offer that cannot be read is neither on offer nor absent', async () => {
  const wanted = ['12065550142', '12065550143', '12065550144', '12535550142', '12535550143'];
  const odd = (name: string) => ({ what: 'offer', name, why: 'it has no monthly cost' }) as const;
  const { carrier } = selling(['12065550142', '12535550142'], 200, () => undefined);
  const answers = carrier.searchAvailable.bind(carrier);
  carrier.searchAvailable = async (request) => ({
    ...(await answers(request)),
    // One that tells no number may be any that was asked for.
    odd: [odd(request.npa === '206' ? '+12065550143' : '')],
  });
  const list = new SearchList(wanted, new Set());
  await list.run(carrier, new AbortController().signal, () => undefined);
  expect(list.list).toEqual({ total: 5, owned: 0, foreign: 0, open: 0, absent: 1, unclear: 2 });
  expect(list.absent).toEqual(['12065550144']);
});

test('a list that was stopped goes on with what was not answered', async () => {
  const wanted = Array.from({ length: 12 }, (_, at) => `1206${500 + at}0142`);
  const abort = new AbortController();
  const { carrier, asked } = selling(wanted, 200, (at) => {
    if (at === 6) abort.abort();
  });
  const list = new SearchList(wanted, new Set());
  const found: string[] = [];
  const take = (items: readonly AvailableNumber[]) => {
    for (const { number } of items) found.push(number);
  };
  await list.run(carrier, abort.signal, take).catch(() => undefined);
  const { open } = list.list;
  expect(open).toBe(12 - found.length);
  expect(open).toBeGreaterThan(0);
  const before = asked.length;
  await list.run(carrier, new AbortController().signal, take);
  expect(asked.length - before).toBe(open);
  expect(found.sort()).toEqual(wanted);
  expect(list.list).toMatchObject({ open: 0, absent: 0 });
});
