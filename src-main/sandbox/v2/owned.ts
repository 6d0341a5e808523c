/** The numbers of the account: list, details of one and of many, alias and what is switched on, release. */
import type { SandboxAccount } from '../account.ts';
import type { Answer } from '../answer.ts';
import type { World } from '../world.ts';
import { details, includedOf, ownedRow, relationships, wholeNumber } from './number-document.ts';
import {
  document,
  done,
  given,
  invalid,
  isObject,
  list,
  missing,
  notServed,
  notYours,
  pageOf,
  readBody,
  readFlag,
  readPage,
  withOdd,
  type Call,
  type Json,
} from './wire.ts';

/** `GET /v2/numbers`: no routes in its rows. */
export function listNumbers(call: Call, world: World): Answer {
  const page = readPage(call.query, world);
  if ('status' in page) return page;
  const filters = readDigits(call.query);
  if ('status' in filters) return filters;
  const { account } = world;
  const alias = given(call.query, 'alias');
  if (alias !== null && alias.length > 64) return invalid({ alias: ['Longer than maximum length 64.'] });
  const { starts_with: starts, contains, ends_with: ends } = filters;
  const unfiltered = starts === null && contains === null && ends === null && alias === null;
  const found =
    unfiltered && account.hidesNone
      ? ranked(account, page.offset, page.limit)
      : pageOf(matching(account, filters, alias), page);
  const rows = found.items.map((number) => ownedRow(call, world, number));
  const answer = list(
    call,
    world,
    '/v2/numbers',
    page,
    { ...filters, alias },
    withOdd(rows, account.oddV2.owned, page),
    found.more,
  );
  shift(world, found.items[0] ?? null);
  return answer;
}

/** A page of all numbers, without walking what is before it. */
function ranked(account: SandboxAccount, offset: number, limit: number): { items: string[]; more: boolean } {
  const order = account.ascending;
  const items = Array.from(order.subarray(offset, offset + limit), (place) => account.ownedAt(place));
  return { items, more: offset + limit < order.length };
}

function* matching(account: SandboxAccount, filters: DigitFilters, alias: string | null): Generator<string> {
  const order = account.ascending;
  const starts = filters.starts_with?.replace('+', '') ?? null;
  for (const place of order) {
    const number = account.ownedAt(place);
    if (starts !== null && !number.startsWith(starts)) continue;
    if (filters.contains !== null && !number.includes(filters.contains)) continue;
    if (filters.ends_with !== null && !number.endsWith(filters.ends_with)) continue;
    if (alias !== null && account.traits(number).alias !== alias) continue;
    if (!account.isHidden(number)) yield number;
  }
}

export type DigitFilters = Readonly<Record<'starts_with' | 'contains' | 'ends_with', string | null>>;

/** The filters by digits. `starts_with` gets the country code 1 unless it has one or begins with a plus. */
export function readDigits(query: URLSearchParams): DigitFilters | Answer {
  const [starts, contains, ends] = ['starts_with', 'contains', 'ends_with'].map((name) => given(query, name));
  // A plus that was not encoded arrives as a space.
  const begin = starts?.replace(/^ /, '+') ?? null;
  if (begin !== null && !/^\+?\d{1,15}$/.test(begin)) return invalid({ starts_with: ['Must be digits.'] });
  for (const [name, value] of [['contains', contains] as const, ['ends_with', ends] as const])
    if (value && !/^\d{1,15}$/.test(value)) return invalid({ [name]: ['Must be digits.'] });
  const whole = begin === null || /^[+1]/.test(begin) ? begin : `1${begin}`;
  return { starts_with: whole, contains: contains ?? null, ends_with: ends ?? null };
}

const pagesAsked = new WeakMap<World, number>();

/** On every k-th page something comes or goes before it, as the switch says. */
function shift(world: World, first: string | null): void {
  const { listShift } = world.switches;
  const { account, ledger } = world;
  if (listShift === null || first === null) return;
  const asked = (pagesAsked.get(world) ?? 0) + 1;
  pagesAsked.set(world, asked);
  if (asked % listShift.every !== 0) return;
  const lowest = account.ownedAt(account.ascending[0] ?? 0);
  if (listShift.what === 'remove') {
    if (account.disown(lowest)) ledger.shifted(lowest, 'remove');
    return;
  }
  const offered = account.nextOffer(0);
  const added = offered !== null && offered < Number(first) ? offered : Number(lowest) - 1;
  account.sell(String(added));
  account.own(String(added));
  ledger.shifted(String(added), 'insert');
}

/** The owned number of a path, or null; digits without a plus. */
export function ownNumber({ account }: World, number: string): string | null {
  return /^\d{7,15}$/.test(number) && account.find(number) >= 0 && !account.isHidden(number) ? number : null;
}

/** `GET /v2/numbers/{id}` */
export function numberDetails(call: Call, world: World): Answer {
  const odd = world.account.oddV2.owned[call.params[0] ?? ''];
  if (odd !== undefined) return document(200, { data: odd });
  const number = ownNumber(world, call.params[0] ?? '');
  return number === null ? notYours() : document(200, details(call, world, number));
}

/** `POST /v2/numbers/details`, which may not be there at all; nothing is ever bought by it. */
export function manyDetails(call: Call, world: World): Answer {
  const { switches } = world;
  if (switches.manyDetails === 'absent-path404') return notServed;
  if (switches.manyDetails === 'absent-resource404') return notYours();
  const asked = readBody(call.body)?.['numbers'];
  if (!Array.isArray(asked) || asked.length === 0) return invalid({ numbers: missing });
  if (asked.length > switches.manyDetailsMax) {
    return invalid({ numbers: [`Longer than maximum length ${switches.manyDetailsMax}.`] });
  }
  const found: string[] = [];
  for (const one of asked.map(String)) {
    const number = ownNumber(world, one.replace(/^\+/, ''));
    if (number !== null) found.push(number);
    else if (!switches.manyDetailsSkipUnknown)
      return invalid({ numbers: [`${one} is not on your account.`] });
  }
  const newer = switches.manyDetailsNames === 'v2.1';
  const data = found.map((number) => ({
    ...wholeNumber(call, world, number),
    ...(newer ? { links: { self: `${call.origin}/v2.1/numbers/${number}` } } : {}),
    relationships: relationships(world, number, newer ? 'voice_' : ''),
  }));
  return document(200, {
    data,
    ...(switches.manyDetailsIncluded ? { included: includedOf(call, world, found) } : {}),
  });
}

/** `PATCH /v2/numbers/{id}`, its body not wrapped: alias and what is switched on. */
export function updateNumber(call: Call, world: World): Answer {
  const { account, ledger, switches } = world;
  const number = ownNumber(world, call.params[0] ?? '');
  if (number === null) return notYours();
  const body = readBody(call.body) ?? {};
  if (body['type'] !== 'number')
    return invalid({ type: body['type'] === undefined ? missing : ['Must be number.'] });
  const options = readOptions(body);
  if ('status' in options) return options;
  const { alias } = body;
  if (alias !== undefined && alias !== null && (typeof alias !== 'string' || alias.length > 64)) {
    return invalid({ alias: ['Must be a text of at most 64 characters.'] });
  }
  const before = account.traits(number);
  account.change(number, { ...options, ...(alias === undefined ? {} : { alias }) });
  const after = account.traits(number);
  for (const what of ['alias', 'cnamLookups', 'messaging'] as const)
    if (before[what] !== after[what]) ledger.changed(what, number, before[what], after[what]);
  return document(
    options.messaging && switches.messageProvisionDown ? 207 : 200,
    details(call, world, number),
  );
}

export type NumberOptions = { readonly cnamLookups?: boolean; readonly messaging?: boolean };

/** What a purchase and an update may switch on, out of a body or a query. */
export function readOptions(body: Json): NumberOptions | Answer {
  const options: { cnamLookups?: boolean; messaging?: boolean } = {};
  for (const [name, key] of [
    ['cnam_lookups_enabled', 'cnamLookups'],
    ['messaging_enabled', 'messaging'],
  ] as const) {
    if (body[name] === undefined || body[name] === null) continue;
    const value = readFlag(body[name]);
    if (value === null) return invalid({ [name]: ['Not a valid boolean.'] });
    options[key] = value;
  }
  return options;
}

/** `DELETE /v2/numbers/{id}`: billing stops, and it is for sale again. */
export function releaseNumber(call: Call, world: World): Answer {
  const { account, ledger } = world;
  const number = ownNumber(world, call.params[0] ?? '');
  if (number === null) return notYours();
  account.release(number);
  ledger.released(number);
  return done;
}

/** `POST /v2/numbers/{id}/relationships/…_callback` */
export function setCallback(call: Call, world: World): Answer {
  const number = ownNumber(world, call.params[0] ?? '');
  if (number === null) return notYours();
  const data = readBody(call.body)?.['data'];
  const attributes = isObject(data) ? data['attributes'] : null;
  const url = isObject(attributes) ? attributes['callback_url'] : undefined;
  if (typeof url !== 'string' || !/^https?:\/\//.test(url)) {
    return invalid({
      data: { attributes: { callback_url: url === undefined ? missing : ['Not a valid URL.'] } },
    });
  }
  world.ledger.changed(call.params[1] ?? 'callback', number, null, url);
  return done;
}
