/**
 * Shapes of Flowroute v1 answers. Only what we use is checked; members we do not know are left alone, and so are
 * route types we do not know. Lists are objects whose keys come in no order: translated lists are sorted. Each record of a
 * list is read for itself: one that cannot be used is kept aside, with the reason, and the others are used.
 */
import { z } from 'zod';
import { failure } from '../../../contract/errors.ts';
import {
  builtinType,
  type AreaCode,
  type AvailableNumber,
  type Exchange,
  type Money,
  type OddRecord,
  type OwnedNumber,
  type PhoneNumber,
  type Route,
} from '../../../contract/model.ts';
import { isNorthAmerican, isPhoneNumber } from '../../../contract/phone.ts';
import type { Slice } from '../../carrier.ts';
import { malformed, parseObject } from '../http/json.ts';
import { SIP_REG } from './features.ts';

/** Old routes hold values that break today's rules ("178"): anything that can be shown is kept. */
const value = z.union([z.string(), z.number().transform(String), z.null()]);
/** A number whose route tells no type is routed all the same: the name is what counts. */
const routeRef = z.looseObject({
  name: z.string().min(1),
  type: z.string().nullish(),
  value: value.optional(),
});
const ownedBody = z.looseObject({ billing_method: z.string().nullish(), routes: z.unknown().optional() });
/** Prices are text such as "1.25"; v2's JSON numbers are read too. */
const price = z.union([z.string(), z.number().transform(String)]).pipe(z.string().regex(/^\d+(\.\d{1,4})?$/));
const offerBody = z.looseObject({
  initial_cost: z.unknown().optional(),
  monthly_cost: z.unknown().optional(),
  billing_methods: z.unknown().optional(),
  ratecenter: z.string().nullish().catch(null),
  state: z.string().nullish().catch(null),
});
const routeBody = z.looseObject({ type: z.unknown().optional(), value: z.unknown().optional() });

const typeOf = (name: string, type: string) => (name === SIP_REG ? builtinType : type);

/** A record as it is used, or the clause that says why it cannot be. */
type Read<T> = { readonly item: T } | { readonly why: string };
const odd = (why: string) => ({ why });

/** What is kept of the name of a record that cannot be used. */
const longestName = 1_000;
/** What is kept of texts that are only shown; how long a billing method is, and how many an offer has, at most. */
const longestText = 60;
const longestMethod = 32;
const mostMethods = 8;

type List = 'npas' | 'npanxxs' | 'tns' | 'routes';

/**
 * One page of a list, which `cursor` asked for: its name is a member that holds an object keyed by number, code or name. An empty list is left out, and
 * then nothing but `links` is there. Rejects with `malformed-answer` for anything else.
 */
export function readPage<T>(
  list: List,
  what: OddRecord['what'],
  cursor: string | null,
  text: string,
  read: (key: string, record: unknown) => Read<T>,
): Slice<T> {
  const body = parseObject(text);
  const records = body[list] ?? {};
  const isEmptyArray = Array.isArray(records) && records.length === 0;
  if (!isObject(records) && !isEmptyArray) throw malformed(`${list} is no list`);
  if (!Object.hasOwn(body, list) && Object.keys(body).some((key) => key !== 'links')) {
    throw malformed(`it has no ${list}`);
  }
  const links = isObject(body['links']) ? body['links'] : {};
  const items: T[] = [];
  const aside: OddRecord[] = [];
  for (const [key, record] of sortedEntries(records)) {
    const one = read(key, record);
    if ('item' in one) items.push(one.item);
    else aside.push({ what, name: key.slice(0, longestName), why: one.why });
  }
  // `links.next` is there exactly when more follows; some answers write it as null when nothing does.
  const more = typeof links['next'] === 'string' && links['next'] !== '';
  return { items, odd: aside, next: more ? String(Number(cursor ?? 1) + 1) : null };
}

export function readAreaCode(key: string): Read<AreaCode> {
  return /^\d{3}$/.test(key) ? { item: { npa: key } } : odd('it is not three digits');
}

export function readExchange(key: string): Read<Exchange> {
  if (!/^\d{6}$/.test(key)) return odd('it is not six digits');
  return { item: { npa: key.slice(0, 3), nxx: key.slice(3) } };
}

export function readOffer(key: string, record: unknown): Read<AvailableNumber> {
  if (!isPhoneNumber(key) || !isNorthAmerican(key)) return odd('it is not a North American number');
  const body = offerBody.safeParse(record);
  if (!body.success) return odd('it tells nothing of itself');
  const [setup, monthly] = [price.safeParse(body.data.initial_cost), price.safeParse(body.data.monthly_cost)];
  if (!setup.success) return odd('it has no set-up cost');
  if (!monthly.success) return odd('it has no monthly cost');
  const methods = z
    .array(z.string().min(1).max(longestMethod))
    .min(1)
    .max(mostMethods)
    .safeParse(body.data.billing_methods);
  if (!methods.success) return odd('it has no billing method');
  const item = {
    number: key,
    setupCost: readMoney(setup.data),
    monthlyCost: readMoney(monthly.data),
    billingMethods: methods.data,
    rateCenter: (body.data.ratecenter ?? '').slice(0, longestText),
    state: (body.data.state ?? '').slice(0, 20),
  };
  return { item };
}

export function readOwned(key: string, record: unknown): Read<OwnedNumber> {
  if (!isPhoneNumber(key)) return odd('it is not a number of 7 to 15 digits');
  const body = ownedBody.safeParse(record);
  if (!body.success) return odd('it tells nothing of itself');
  const { routes } = body.data;
  if (!Array.isArray(routes) || routes.length === 0) return odd('it has no routes');
  if (routes.length === 1) return odd('it has one route and not two');
  const refs = z.array(routeRef).safeParse(routes);
  if (!refs.success) return odd('it has a route without a name');
  const [primary, failover] = refs.data.map((wire) => {
    const ref = { key: wire.name, type: typeOf(wire.name, wire.type ?? '') };
    return wire.value === undefined ? ref : { ...ref, value: wire.value };
  });
  if (!primary || !failover) return odd('it has no routes');
  return {
    item: {
      number: key,
      billing: (body.data.billing_method ?? '').slice(0, longestText),
      routes: { primary, failover },
    },
  };
}

/**
 * The details of one number. Rejects with `odd-record` when the account has it in a form that cannot be used, and with
 * `malformed-answer` for what is no such record: one has two routes, or tells its billing method at least.
 */
export function readDetails(number: PhoneNumber, text: string): OwnedNumber {
  const body = parseObject(text);
  const read = readOwned(number, body);
  if ('item' in read) return read.item;
  if (!Object.hasOwn(body, 'billing_method')) throw malformed('routes');
  throw failure(
    'odd-record',
    `The account has this number, but the carrier's record of it cannot be used: ${read.why}.`,
    'Look at it at Flowroute, and set its routes there.',
  );
}

export function readRoute(key: string, record: unknown): Read<Route> {
  const body = routeBody.safeParse(record);
  if (!body.success) return odd('it tells nothing of itself');
  const { type } = body.data;
  if (typeof type !== 'string' || type === '') return odd('it has no type');
  const target = value.safeParse(body.data.value ?? null);
  if (!target.success) return odd('its value is no text');
  if (key === '') return odd('it has no name');
  const builtin = key === SIP_REG;
  return { item: { key, label: key, type: typeOf(key, type), value: target.data, builtin } };
}

/** Exact cents from wire text: "1.25" is 125, "0.8500" is 85, "1.005" is rounded half up to 101. */
function readMoney(text: string): Money {
  const [whole = '0', fraction = ''] = text.split('.');
  const tenThousandths = Number(whole) * 10_000 + Number(fraction.padEnd(4, '0'));
  return { cents: Math.round(tenThousandths / 100), currency: 'USD' };
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** The entries of a keyed list in ascending order of key. */
function sortedEntries(list: object): [string, unknown][] {
  return Object.entries(list).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
