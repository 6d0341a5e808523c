/**
 * Shapes of Flowroute v1 answers. Only what we use is checked; members we do not know are left alone, and so are
 * route types we do not know. Lists are objects whose keys come in no order: translated lists are sorted.
 */
import { z } from 'zod';
import { failure } from '../../contract/errors.ts';
import type {
  AvailableNumber,
  Money,
  OwnedNumber,
  PhoneNumber,
  Route,
  RouteRef,
} from '../../contract/model.ts';

const links = z.looseObject({ next: z.string().optional(), prev: z.string().optional() }).optional();
const number = z.string().regex(/^\d{11}$/, 'not a number of 11 digits');
/** Old routes hold values that break today's rules ("178"): anything that can be shown is kept. */
const value = z.union([z.string(), z.number().transform(String), z.null()]);
const routeRef = z.looseObject({ name: z.string(), type: z.string(), value: value.optional() });
const ownedBody = z.looseObject({
  billing_method: z.string().nullish(),
  routes: z.array(routeRef).min(1),
});
/** Prices are text such as "1.25"; v2's JSON numbers are read too. */
const price = z.union([z.string(), z.number().transform(String)]).pipe(z.string().regex(/^\d+(\.\d{1,4})?$/));

export const shapes = {
  npas: z.looseObject({ npas: z.record(z.string().regex(/^\d{3}$/), z.unknown()).optional(), links }),
  npanxxs: z.looseObject({ npanxxs: z.record(z.string().regex(/^\d{6}$/), z.unknown()).optional(), links }),
  available: z.looseObject({
    tns: z
      .record(
        number,
        z.looseObject({
          initial_cost: price,
          monthly_cost: price,
          billing_methods: z.array(z.string()),
          ratecenter: z.string().nullish(),
          state: z.string().nullish(),
        }),
      )
      .optional(),
    links,
  }),
  owned: z.looseObject({ tns: z.record(number, ownedBody).optional(), links }),
  details: ownedBody,
  routes: z.looseObject({
    routes: z.record(z.string(), z.looseObject({ type: z.string(), value: value.optional() })).optional(),
    links,
  }),
} as const;

type Shapes = typeof shapes;
export type Wire<K extends keyof Shapes> = z.infer<Shapes[K]>;

/** Parses and checks an answer. Rejects with `malformed-answer`, naming the place, never the content. */
export function parseAnswer<K extends keyof Shapes>(kind: K, text: string): Wire<K> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw malformed('it is not JSON');
  }
  const parsed = shapes[kind].safeParse(json);
  if (!parsed.success) throw malformed(parsed.error.issues[0]?.path.join('.') ?? 'unknown place');
  return parsed.data as Wire<K>;
}

function malformed(where: string): Error {
  return failure(
    'malformed-answer',
    `The carrier sent an answer Numberdesk cannot read (${where}).`,
    'Try again. If it stays, the carrier may have changed its API.',
    { retryable: true },
  );
}

/** Exact cents from wire text: "1.25" is 125, "0.8500" is 85, "1.005" is rounded half up to 101. */
export function readMoney(text: string): Money {
  const [whole = '0', fraction = ''] = text.split('.');
  const tenThousandths = Number(whole) * 10_000 + Number(fraction.padEnd(4, '0'));
  return { cents: Math.round(tenThousandths / 100), currency: 'USD' };
}

export function readOwned(digits: string, body: Wire<'details'>): OwnedNumber {
  const [primary, failover] = body.routes.map(readRouteRef);
  if (primary === undefined) throw malformed('routes');
  return {
    number: digits as PhoneNumber,
    billing: body.billing_method ?? '',
    // A list of one entry was never documented: with no second route, calls have nowhere else to go.
    routes: { primary, failover: failover ?? primary },
  };
}

function readRouteRef(wire: z.infer<typeof routeRef>): RouteRef {
  const ref = { name: wire.name, type: wire.type };
  return wire.value === undefined ? ref : { ...ref, value: wire.value };
}

export function readAvailable(body: Wire<'available'>): AvailableNumber[] {
  return sortedEntries(body.tns).map(([digits, item]) => ({
    number: digits as PhoneNumber,
    setupCost: readMoney(item.initial_cost),
    monthlyCost: readMoney(item.monthly_cost),
    billingMethods: item.billing_methods,
    rateCenter: item.ratecenter ?? '',
    state: item.state ?? '',
  }));
}

export function readRoutes(body: Wire<'routes'>): Route[] {
  return sortedEntries(body.routes).map(([name, route]) => ({
    name,
    type: route.type,
    value: route.value ?? null,
  }));
}

/** The entries of a keyed list in ascending order of key; [] when the carrier left the empty list out. */
export function sortedEntries<T>(list: Record<string, T> | undefined): [string, T][] {
  return Object.entries(list ?? {}).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
