/** How v2 writes a number: as a row of a list, and whole, with what it relates to. */
import { areaOf } from '../../nanp/area.ts';
import { isLocal, isTollFree } from '../account.ts';
import { drawnFor } from '../random.ts';
import type { World } from '../world.ts';
import { addressResource, nameResource, routeResource } from './resources.ts';
import type { Call, Json } from './wire.ts';

/** State and rate center of a number as v2 tells them: lower case, and not of every number. */
export function placeOf(
  { account, switches }: World,
  number: string,
): { state: string | null; rate_center: string | null } {
  if (!isLocal(number)) return { state: null, rate_center: null };
  const { name, state } = account.centerOf(number);
  const draw = drawnFor(Number(number), account.seed * 16 + 10);
  if (name === '' || draw < switches.nulls) {
    const nothing = draw < switches.nulls / 2 ? '' : null;
    return { state: nothing, rate_center: nothing };
  }
  return { state: state.toLowerCase(), rate_center: shortened(name) };
}

const shorter: Readonly<Record<string, string>> = {
  north: 'no',
  south: 'so',
  east: 'e',
  west: 'w',
  saint: 'st',
  mount: 'mt',
  fort: 'ft',
  port: 'pt',
};

/** One word of letters and digits, as the carrier abbreviates its rate centers; ten characters at most. */
export function shortened(name: string): string {
  const words = name.toLowerCase().split(/[^a-z0-9]+/);
  const short = words.map((word) => (words.length > 1 ? (shorter[word] ?? word) : word)).join('');
  return short.slice(0, 10);
}

export function numberType({ switches }: World, number: string): string {
  const old = switches.numberType === 'standard';
  if (isTollFree(number)) return old ? 'tollfree' : 'toll-free';
  return old ? 'standard' : 'longcode';
}

/** ISO 3166 code of the country a number belongs to. */
export function countryOf(number: string): string {
  if (number.startsWith('1')) return areaOf(number.slice(1, 4)).country || 'US';
  return number.startsWith('44')
    ? 'GB'
    : number.startsWith('61')
      ? 'AU'
      : number.startsWith('49')
        ? 'DE'
        : '';
}

/** Dollars as a JSON number. */
export const dollars = (text: string): number => Number(text);

export function tierOf({ account }: World, number: string): string {
  return account.offer(number).setupCost === '3.99' ? 'Premium' : 'Standard';
}

/** An attribute set of a row in the list of owned numbers. */
function ownedAttributes(world: World, number: string): Json {
  const { alias, cnamLookups, messaging } = world.account.traits(number);
  return {
    value: number,
    alias,
    ...placeOf(world, number),
    number_type: numberType(world, number),
    cnam_lookups_enabled: cnamLookups,
    messaging_enabled: messaging,
    status: 'PURCHASED',
    iso_country: countryOf(number),
    tier: tierOf(world, number),
  };
}

export const numberLink = (origin: string, number: string): string => `${origin}/v2/numbers/${number}`;

/** A row of the list: no routes, unless the switch for it is on. */
export function ownedRow(call: Call, world: World, number: string): Json {
  return {
    type: 'number',
    id: number,
    attributes: ownedAttributes(world, number),
    links: { self: numberLink(call.origin, number) },
    ...(world.switches.rowsWithRelationships ? { relationships: relationships(world, number, '') } : {}),
  };
}

/** All there is to tell of an owned number. */
export function details(call: Call, world: World, number: string): Json {
  const self = numberLink(call.origin, number);
  return {
    data: { ...wholeNumber(call, world, number), relationships: relationships(world, number, '') },
    included: includedOf(call, world, [number]),
    links: { self },
  };
}

export function wholeNumber(call: Call, world: World, number: string): Json {
  const { setupCost, monthlyCost } = world.account.offer(number);
  return {
    type: 'number',
    id: number,
    attributes: {
      ...ownedAttributes(world, number),
      note: null,
      rate_type: isTollFree(number) ? 'toll-free' : 'local',
      inbound_rate: isTollFree(number) ? 0.018 : 0.012,
      monthly_cost: dollars(monthlyCost),
      setup_cost: dollars(setupCost),
    },
    links: { self: numberLink(call.origin, number) },
  };
}

/** `prefix` is `voice_` in the names of v2.1. */
export function relationships(world: World, number: string, prefix: 'voice_' | ''): Json {
  const { account } = world;
  const place = account.find(number);
  const linked = (type: string, id: string | null) => ({ data: id === null ? null : { type, id } });
  return {
    cnam_preset: linked('cnam', shownName(world, number)),
    e911_address: linked('e911', account.traits(number).e911),
    [`${prefix}primary_route`]: linked('route', account.routeIdAt(place, 'primary')),
    [`${prefix}failover_route`]: linked('route', account.routeIdAt(place, 'failover')),
  };
}

/** The caller name that details show: it appears some time after it was assigned. */
function shownName({ account }: World, number: string): string | null {
  const { cnam, cnamFrom } = account.traits(number);
  return cnam !== null && cnamFrom <= account.now() ? cnam : null;
}

/** Each thing the numbers relate to, once. */
export function includedOf(call: Call, world: World, numbers: readonly string[]): Json[] {
  const { account } = world;
  const included = new Map<string, Json>();
  for (const number of numbers) {
    const place = account.find(number);
    for (const side of ['primary', 'failover'] as const) {
      const route = account.routes.byId(account.routeIdAt(place, side) ?? '');
      if (route) included.set(`route ${route.id}`, routeResource(call.origin, world, route));
    }
    const { e911, messaging } = account.traits(number);
    const address = e911 === null ? null : account.emergency.get(e911);
    if (e911 !== null && address) included.set(`e911 ${e911}`, addressResource(call.origin, e911, address));
    const cnam = shownName(world, number);
    const record = cnam === null ? null : account.callerNames.get(cnam);
    if (cnam !== null && record) included.set(`cnam ${cnam}`, nameResource(call.origin, world, cnam, record));
    if (messaging)
      included.set(`messaging ${number}`, {
        type: 'messaging-provision',
        id: number,
        attributes: { status: 'success', tn: number },
      });
  }
  return [...included.values()];
}
