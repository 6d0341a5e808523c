/**
 * Shapes of Flowroute v2 answers (JSON:API). Only what we use is checked; members and types we do not know are left alone. Each
 * record of a list is read for itself: one that cannot be used is kept aside, with the reason, and the others are used.
 */
import { z } from 'zod';
import { failure } from '../../../contract/errors.ts';
import {
  builtinType,
  type AreaCode,
  type AvailableNumber,
  type Exchange,
  type ListedNumber,
  type Money,
  type OddRecord,
  type OwnedNumber,
  type PhoneNumber,
  type PriceTier,
  type Route,
  type RouteRef,
} from '../../../contract/model.ts';
import { isInNumberingPlan, isNorthAmerican, isPhoneNumber } from '../../../contract/phone.ts';
import { callingCode } from '../../../nanp/countries.ts';
import type { Slice } from '../../carrier.ts';
import { malformed, parseObject } from '../http/json.ts';
import { builtinId } from './features.ts';

/** Ids are texts by the documentation and numbers here and there. */
const id = z.union([z.string().min(1), z.number().transform(String)]);
const text = z.union([z.string(), z.number().transform(String), z.null()]);
const resource = z.looseObject({
  id: id.nullish(),
  type: z.string().nullish(),
  attributes: z.looseObject({}).nullish(),
  relationships: z.looseObject({}).nullish(),
});
type Resource = z.infer<typeof resource>;
const related = z.looseObject({ data: z.union([z.looseObject({ id }), z.null()]) });
/** Dollars: numbers by the documentation, texts in some of its samples. */
const price = z
  .union([z.string(), z.number().transform((number) => number.toFixed(4))])
  .pipe(z.string().regex(/^\d+(\.\d{1,4})?$/));

/** A record as it is used, or the clause that says why it cannot be. */
type Read<T> = { readonly item: T } | { readonly why: string };
const odd = (why: string) => ({ why });

/** What is kept of the name of a record that cannot be used, and of texts that are only shown. */
const longestName = 1_000;
const longestText = 60;

/** One page of a list as it came: how many rows it had is what the place of the next one is worked out by. */
export type Page<T> = Slice<T> & { readonly rows: number };

/**
 * One page of a list that begins at `offset`: `data` is an array of resources. Only the presence of `links.next` says that more
 * follows: its address may be wrong. An empty page is the last. What `read` gives null for is left out. Rejects with `malformed-answer` for anything else.
 */
export function readPage<T>(
  what: OddRecord['what'],
  offset: number,
  body: string,
  read: (record: Resource, included: Included) => Read<T> | null,
): Page<T> {
  const json = parseObject(body);
  const data = json['data'];
  if (!Array.isArray(data)) throw malformed('its data is no list');
  const links = isObject(json['links']) ? json['links'] : {};
  const included = readIncluded(json['included']);
  const items: T[] = [];
  const aside: OddRecord[] = [];
  for (const record of data as unknown[]) {
    const parsed = resource.safeParse(record);
    const one = parsed.success ? read(parsed.data, included) : odd('it tells nothing of itself');
    if (one === null) continue;
    if ('item' in one) items.push(one.item);
    else aside.push({ what, name: nameOf(record), why: one.why });
  }
  const more = data.length > 0 && typeof links['next'] === 'string' && links['next'] !== '';
  return { items, odd: aside, rows: data.length, next: more ? String(offset + data.length) : null };
}

export function readAreaCode({ id }: Resource): Read<AreaCode> {
  const npa = id ?? '';
  return /^\d{3}$/.test(npa) ? { item: { npa } } : odd('it is not three digits');
}

export function readExchange({ id }: Resource): Read<Exchange> {
  const digits = id ?? '';
  if (!/^\d{6}$/.test(digits)) return odd('it is not six digits');
  return { item: { npa: digits.slice(0, 3), nxx: digits.slice(3) } };
}

export function readTier({ id }: Resource): Read<PriceTier> {
  return id ? { item: { name: id } } : odd('it has no name');
}

/** Null for a number of another country: they are not bought here. */
export function readOffer(record: Resource): Read<AvailableNumber> | null {
  const number = numberOf(record);
  if (number === null) return odd('it is not a number of 11 digits');
  if (!isNorthAmerican(number)) return null;
  const { attributes } = record;
  const [setup, monthly] = [
    price.safeParse(attributes?.['setup_cost']),
    price.safeParse(attributes?.['monthly_cost']),
  ];
  if (!setup.success) return odd('it has no set-up cost');
  if (!monthly.success) return odd('it has no monthly cost');
  const item = {
    number,
    setupCost: readMoney(setup.data),
    monthlyCost: readMoney(monthly.data),
    billingMethods: [],
    rateCenter: shown(attributes?.['rate_center']).toUpperCase(),
    state: shown(attributes?.['state']).toUpperCase().slice(0, 20),
  };
  return { item };
}

/** A row of the list of owned numbers: without routes, by all samples; those that come are used. */
export function readListed(record: Resource, included: Included): Read<ListedNumber> {
  const number = numberOf(record);
  if (number === null) return odd('it is not a number of 7 to 15 digits');
  const lacking = lackingCode(number, record);
  if (lacking !== null) return odd(`it is of ${lacking.country} and does not begin with ${lacking.code}`);
  return { item: { number, billing: '', routes: readPair(record, included) } };
}

/** What is known of the type of a route by its id. */
export type Included = ReadonlyMap<string, string>;

/**
 * The details of one number. Rejects with `odd-record` when the account has it in a form that cannot be used, and with
 * `malformed-answer` for what is no such record.
 */
export function readDetails(number: PhoneNumber, body: string, types: Included): OwnedNumber {
  const json = parseObject(body);
  const parsed = resource.safeParse(json['data']);
  if (!parsed.success || numberOf(parsed.data) !== number)
    throw malformed('it is not about the number asked for');
  return ownedOf(number, parsed.data, new Map([...types, ...readIncluded(json['included'])]));
}

/** The numbers that an answer about many tells of, each as it can be used or why not. Rejects with `malformed-answer`. */
export function readMany(body: string): {
  readonly records: ReadonlyMap<string, Resource>;
  readonly included: Included;
} {
  const json = parseObject(body);
  const data = json['data'];
  if (!Array.isArray(data)) throw malformed('its data is no list');
  const records = new Map<string, Resource>();
  for (const record of data as unknown[]) {
    const parsed = resource.safeParse(record);
    const number = parsed.success ? numberOf(parsed.data) : null;
    if (parsed.success && number !== null) records.set(number, parsed.data);
  }
  return { records, included: readIncluded(json['included']) };
}

/** Rejects with `odd-record` for a number without a word about its routes. */
export function ownedOf(number: PhoneNumber, record: Resource, types: Included): OwnedNumber {
  const routes = readPair(record, types);
  if (routes === null) {
    throw failure(
      'odd-record',
      "The account has this number, but the carrier's record of it cannot be used: it has no routes.",
      'Look at it at Flowroute, and set its routes there.',
    );
  }
  return { number, billing: '', routes };
}

/** The ids of the routes that a record names. */
export function routeIdsOf({ relationships }: Resource): readonly string[] {
  return ['primary', 'failover'].flatMap((side) => idOf(relationships, side as 'primary' | 'failover') ?? []);
}

/** Both routes; null when the record does not tell them. */
function readPair(record: Resource, types: Included): OwnedNumber['routes'] | null {
  const [primary, failover] = [idOf(record.relationships, 'primary'), idOf(record.relationships, 'failover')];
  if (primary === undefined || failover === undefined) return null;
  const ref = (id: string | null): RouteRef | null =>
    id === null ? null : { key: id, type: typeOf(id, types.get(id) ?? '') };
  return { primary: ref(primary), failover: ref(failover) };
}

/** Null for none, undefined when nothing is told. v2.1 puts `voice_` before both names. */
function idOf(
  relationships: Resource['relationships'],
  side: 'primary' | 'failover',
): string | null | undefined {
  const told = relationships?.[`${side}_route`] ?? relationships?.[`voice_${side}_route`];
  // The rows of the list have none: an error would be made for each.
  if (told === undefined) return undefined;
  const read = related.safeParse(told);
  return read.success ? (read.data.data?.id ?? null) : undefined;
}

export function readRoute(record: Resource): Read<Route> {
  const key = record.id ?? '';
  if (key === '') return odd('it has no id');
  const type = record.attributes?.['route_type'];
  if (typeof type !== 'string' || type === '') return odd('it has no type');
  const value = text.safeParse(record.attributes?.['value'] ?? null);
  if (!value.success) return odd('its value is no text');
  const label = record.attributes?.['alias'];
  const named = typeof label === 'string' && label !== '' ? label : key;
  return {
    item: { key, label: named, type: typeOf(key, type), value: value.data, builtin: key === builtinId },
  };
}

const types: Readonly<Record<string, string>> = {
  host: 'HOST',
  number: 'PSTN',
  uri: 'URI',
  'sip-reg': builtinType,
};

/** v2's names of the types of routes, as the application has them; one that is not known stays as it was written. */
function typeOf(id: string, type: string): string {
  if (id === builtinId) return builtinType;
  return types[type.toLowerCase()] ?? type;
}

function readIncluded(included: unknown): Included {
  const found = new Map<string, string>();
  if (!Array.isArray(included)) return found;
  for (const one of included as unknown[]) {
    const parsed = resource.safeParse(one);
    const type = parsed.data?.attributes?.['route_type'];
    if (parsed.data?.type === 'route' && parsed.data.id && typeof type === 'string')
      found.set(parsed.data.id, type);
  }
  return found;
}

/** The digits of a number, by its value, which is its id too. Null for what is no number. */
function numberOf({ id, attributes }: Resource): PhoneNumber | null {
  const value = text.safeParse(attributes?.['value'] ?? id ?? null);
  const digits = (value.data ?? '').replace(/^\+/, '');
  return isPhoneNumber(digits) ? digits : null;
}

/**
 * The country of a record, where its digits are a national number of that country, without the country's code: "2079460958" of GB
 * would be read as a number of Egypt. Everywhere else what a number begins with says its country, since that is what people dial:
 * `iso_country` may be missing, is not told by v1, and is not known for a number that is typed or pasted.
 */
function lackingCode(
  number: PhoneNumber,
  { attributes }: Resource,
): { readonly country: string; readonly code: string } | null {
  const told = attributes?.['iso_country'];
  if (typeof told !== 'string' || !/^[a-z]{2}$/i.test(told) || isInNumberingPlan(number)) return null;
  const code = callingCode(told);
  if (code === null || number.startsWith(code)) return null;
  // With more digits than a number of that country can have it is complete, whatever country is said.
  return isPhoneNumber(`${code}${number}`) && number.length <= 10
    ? { country: told.toUpperCase(), code }
    : null;
}

/** What a record calls itself: its id, else the number that it is about. */
function nameOf(record: unknown): string {
  const { id: name, attributes } = (record ?? {}) as {
    id?: unknown;
    attributes?: { value?: unknown } | null;
  };
  const named = text.safeParse(name ?? attributes?.value ?? null);
  return (named.data ?? '').slice(0, longestName);
}

/** A text that is only shown; null and '' are the same. */
function shown(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, longestText) : '';
}

/** Exact cents from wire text: "1.2500" is 125, "1.005" is rounded half up to 101. */
function readMoney(wire: string): Money {
  const [whole = '0', fraction = ''] = wire.split('.');
  const tenThousandths = Number(whole) * 10_000 + Number(fraction.padEnd(4, '0'));
  return { cents: Math.round(tenThousandths / 100), currency: 'USD' };
}

const isObject = (json: unknown): json is Record<string, unknown> =>
  typeof json === 'object' && json !== null && !Array.isArray(json);
