/** What is for sale: area codes, exchanges, price tiers, and the search for numbers. */
import type { SandboxAccount } from '../account.ts';
import { isTollFree } from '../account.ts';
import type { Answer } from '../answer.ts';
import type { World } from '../world.ts';
import { countryOf, dollars, numberLink, numberType, placeOf, tierOf } from './number-document.ts';
import { readDigits, type DigitFilters } from './owned.ts';
import { given, invalid, list, pageOf, readPage, withOdd, type Call, type Json } from './wire.ts';

const base = '/v2/numbers/available';

/** `GET /v2/numbers/available/areacodes` */
export function areaCodes(call: Call, world: World): Answer {
  const page = readPage(call.query, world, 400);
  if ('status' in page) return page;
  const most = readMost(call.query);
  if (typeof most === 'object' && most !== null) return most;
  const { items, more } = pageOf(prefixes(world.account, '', 3, most), page);
  const rows = items.map((id) => ({
    type: 'areacode',
    id,
    links: { related: `${call.origin}${base}/exchanges?areacode=${id}` },
  }));
  return list(call, world, `${base}/areacodes`, page, { max_setup_cost: echo(world, most) }, rows, more);
}

/** `GET /v2/numbers/available/exchanges` */
export function exchanges(call: Call, world: World): Answer {
  const page = readPage(call.query, world);
  if ('status' in page) return page;
  const most = readMost(call.query);
  if (typeof most === 'object' && most !== null) return most;
  const areacode = given(call.query, 'areacode');
  if (areacode !== null && !/^\d{1,3}$/.test(areacode))
    return invalid({ areacode: ['Must be an area code.'] });
  const { items, more } = pageOf(prefixes(world.account, areacode ?? '', 6, most), page);
  const rows = items.map((id) => ({
    type: 'exchange',
    id,
    links: { related: `${call.origin}${base}?starts_with=1${id}` },
  }));
  const filters = { areacode, max_setup_cost: echo(world, most) };
  return list(call, world, `${base}/exchanges`, page, filters, rows, more);
}

/** The dearest set-up cost asked for, in dollars. */
function readMost(query: URLSearchParams): number | null | Answer {
  const text = given(query, 'max_setup_cost');
  if (text === null) return null;
  return /^\d{1,9}(\.\d*)?$/.test(text) ? Number(text) : invalid({ max_setup_cost: ['Not a valid number.'] });
}

/** The carrier's samples echo 3.25 as 3. */
const echo = ({ switches }: World, most: number | null): string | null =>
  most === null ? null : String(switches.oddLinks ? Math.floor(most) : most);

/** Prefixes of `length` digits that begin with `within` and have a number left at or below the cost, ascending. */
function* prefixes(
  account: SandboxAccount,
  within: string,
  length: number,
  most: number | null,
): Generator<string> {
  const unit = 10 ** (10 - length);
  let from = Number(`1${within.padEnd(10, '0')}`);
  const end = Number(`1${within.padEnd(10, '9')}`);
  for (;;) {
    const number = account.nextOffer(from);
    if (number === null || number > end) return;
    const tooDear = most !== null && dollars(account.offer(String(number)).setupCost) > most;
    if (tooDear) {
      from = number + 1;
      continue;
    }
    yield String(number).slice(1, 1 + length);
    from = (Math.floor(number / unit) + 1) * unit;
  }
}

const tierIds = [
  'US Standard $1.0/$1.25/$0.012',
  'US Promo $0.0/$0.50/$0.005',
  'US Premium $3.99/$1.75/$0.012',
];

/** `GET /v2/numbers/available/tiers` */
export function tiers(call: Call, world: World): Answer {
  const page = readPage(call.query, world);
  if ('status' in page) return page;
  const { items, more } = pageOf(tierIds, page);
  const rows = items.map((id) => ({
    type: 'tier',
    id,
    links: { related: `${call.origin}/v2/numbers?tier=${encodeURIComponent(id)}` },
  }));
  const path = world.switches.oddLinks ? '/v2/numbers/tiers' : `${base}/tiers`;
  return list(call, world, path, page, {}, rows, more);
}

type Search = DigitFilters & {
  readonly rate_center: string | null;
  readonly state: string | null;
  readonly number_type: string | null;
  readonly iso_country: string | null;
  readonly order_by: string | null;
};

/** `GET /v2/numbers/available` */
export function search(call: Call, world: World): Answer {
  const page = readPage(call.query, world);
  if ('status' in page) return page;
  const asked = readSearch(call.query);
  if ('status' in asked) return asked;
  const { items, more } = pageOf(ordered(world, asked), page);
  const rows = items.map((number) => offerRow(call, world, String(number)));
  return list(call, world, base, page, asked, withOdd(rows, world.account.oddV2.offers, page), more);
}

const fields = [
  'monthly_cost',
  'iso_country',
  'number_type',
  'state',
  'rate_center',
  'number',
  'value',
  'tn',
];

function readSearch(query: URLSearchParams): Search | Answer {
  const digits = readDigits(query);
  if ('status' in digits) return digits;
  const kind = given(query, 'number_type');
  if (kind !== null && !['toll-free', 'longcode', 'tollfree', 'standard'].includes(kind)) {
    return invalid({ number_type: ['Must be toll-free or longcode.'] });
  }
  const state = given(query, 'state');
  if (state !== null && !/^[A-Za-z]{2}$/.test(state)) return invalid({ state: ['Must be two letters.'] });
  const country = given(query, 'iso_country');
  if (country !== null && !/^[A-Za-z]{2}$/.test(country))
    return invalid({ iso_country: ['Must be two letters.'] });
  const order = given(query, 'order_by');
  const [field = '', direction = 'asc'] = order?.split(',') ?? [];
  if (order !== null && (!fields.includes(field) || !['asc', 'desc'].includes(direction))) {
    return invalid({ order_by: [`Must be one of ${fields.join(', ')}, then ",asc" or ",desc".`] });
  }
  return {
    ...digits,
    rate_center: given(query, 'rate_center'),
    state,
    number_type: kind,
    iso_country: country,
    order_by: order,
  };
}

function offerRow(call: Call, world: World, number: string): Json {
  const { setupCost, monthlyCost } = world.account.offer(number);
  return {
    type: 'number',
    id: number,
    attributes: {
      value: number,
      ...placeOf(world, number),
      number_type: numberType(world, number),
      monthly_cost: dollars(monthlyCost),
      setup_cost: dollars(setupCost),
      inbound_rate: isTollFree(number) ? 0.018 : 0.012,
      rate_type: isTollFree(number) ? 'toll-free' : 'local',
      tier: tierOf(world, number),
      iso_country: countryOf(number),
    },
    links: { related: numberLink(call.origin, number) },
  };
}

/** All matches, ascending by their digits. */
function* matches(world: World, asked: Search): Generator<number> {
  const { account } = world;
  const starts = asked.starts_with?.replace('+', '') ?? '';
  const [state, center, country] = [asked.state, asked.rate_center, asked.iso_country].map((one) =>
    one?.toLowerCase(),
  );
  const tollFree = asked.number_type?.startsWith('toll');
  for (const [low, high] of ranges(starts)) {
    for (const one of account.everyOffer(low, high)) {
      const number = String(one);
      if (asked.contains !== null && !number.includes(asked.contains)) continue;
      if (asked.ends_with !== null && !number.endsWith(asked.ends_with)) continue;
      if (tollFree !== undefined && isTollFree(number) !== tollFree) continue;
      if (country !== undefined && countryOf(number).toLowerCase() !== country) continue;
      if (state !== undefined || center !== undefined) {
        const place = placeOf(world, number);
        if (state !== undefined && place.state !== state) continue;
        if (center !== undefined && place.rate_center !== center) continue;
      }
      yield one;
    }
  }
}

/** The spans of whole numbers of 7 to 15 digits that begin with these digits, ascending. */
function* ranges(starts: string): Generator<readonly [low: number, high: number]> {
  if (starts === '') yield [0, Infinity];
  else
    for (let length = Math.max(7, starts.length); length <= 15; length += 1)
      yield [Number(starts.padEnd(length, '0')), Number(starts.padEnd(length, '9'))];
}

type Sorted = { readonly key: string; readonly numbers: readonly number[] };
const lastSorted = new WeakMap<World, Sorted>();

/** Matches in the order that was asked for; the pages of one search share the work of sorting. */
function ordered(world: World, asked: Search): Iterable<number> {
  const [field = 'tn', direction = 'asc'] = asked.order_by?.split(',') ?? [];
  const byNumber = ['number', 'value', 'tn'].includes(field);
  if (byNumber && direction === 'asc') return matches(world, asked);
  const key = JSON.stringify([asked, world.account.offersVersion, world.switches.nulls]);
  const known = lastSorted.get(world);
  if (known?.key === key) return known.numbers;
  const numbers = [...matches(world, asked)];
  if (!byNumber) sortBy(numbers, (number) => sortKey(world, field, String(number)));
  if (direction === 'desc') numbers.reverse();
  lastSorted.set(world, { key, numbers });
  return numbers;
}

/** In place; what is equal stays ascending by its digits. */
function sortBy(numbers: number[], keyOf: (number: number) => string | number): void {
  const ranked = numbers.map((number) => ({ number, key: keyOf(number) }));
  ranked.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.number - b.number));
  ranked.forEach(({ number }, at) => {
    numbers[at] = number;
  });
}

function sortKey(world: World, field: string, number: string): string | number {
  if (field === 'monthly_cost') return dollars(world.account.offer(number).monthlyCost);
  if (field === 'iso_country') return countryOf(number);
  if (field === 'number_type') return numberType(world, number);
  const place = placeOf(world, number);
  return (field === 'state' ? place.state : place.rate_center) ?? '';
}
