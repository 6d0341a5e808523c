/** The routes of the account, and the places (PoPs) that calls may prefer to come from. */
import type { Answer } from '../answer.ts';
import { problemWith, type RouteRecord } from '../routes.ts';
import type { World } from '../world.ts';
import { routeResource, routeType } from './resources.ts';
import {
  attributesOf,
  codeOf,
  document,
  done,
  given,
  invalid,
  invalidAttributes,
  list,
  missing,
  notAuthorized,
  notYours,
  pageOf,
  readBody,
  readPage,
  refuse,
  withOdd,
  type Call,
  type Json,
} from './wire.ts';

const types: Readonly<Record<string, string>> = { host: 'HOST', number: 'PSTN', uri: 'URI' };

/** `GET /v2/routes` */
export function listRoutes(call: Call, world: World): Answer {
  const page = readPage(call.query, world);
  if ('status' in page) return page;
  const wanted = given(call.query, 'route_type');
  if (wanted !== null && wanted !== 'sip-reg' && !Object.hasOwn(types, wanted)) {
    return invalid({ route_type: ['Must be sip-reg, host, uri or number.'] });
  }
  const matching = function* () {
    for (const route of world.account.routes.records())
      if (wanted === null || routeType(route.type) === wanted) yield route;
  };
  const { items, more } = pageOf(matching(), page);
  const rows = items.map((route) => routeResource(call.origin, world, route));
  return list(
    call,
    world,
    '/v2/routes',
    page,
    { route_type: wanted },
    withOdd(rows, world.account.oddV2.routes, page),
    more,
  );
}

/** `POST /v2/routes` */
export function createRoute(call: Call, world: World): Answer {
  const { account, ledger } = world;
  const attributes = attributesOf(readBody(call.body) ?? {});
  if (attributes === null) return invalid({ data: { attributes: missing } });
  const wanted = readRoute(world, attributes, null);
  if ('status' in wanted) return wanted;
  account.routes.set(wanted.alias, { type: wanted.type, value: wanted.value });
  const id = account.routes.idAt(account.routes.placeOf(wanted.alias)) ?? '';
  account.routes.edit({ ...wanted, id });
  ledger.createdRoute(wanted.alias, wanted.type, wanted.value ?? '');
  return shown(call, world, 201, id);
}

/** `PATCH /v2/routes/{id}`: any of its attributes. All numbers that have it move with it. */
export function editRoute(call: Call, world: World): Answer {
  const { account, ledger } = world;
  const before = account.routes.byId(call.params[0] ?? '');
  if (before === null) return notYours();
  if (before.id === '0') return notAuthorized();
  const attributes = attributesOf(readBody(call.body) ?? {});
  if (attributes === null) return invalid({ data: { attributes: missing } });
  const wanted = readRoute(world, attributes, before);
  if ('status' in wanted) return wanted;
  account.routes.edit(wanted);
  ledger.changed('route', before.id, before, wanted);
  return shown(call, world, 200, before.id);
}

/** `DELETE /v2/routes/{id}`: refused while a number has it. */
export function deleteRoute(call: Call, world: World): Answer {
  const { account, ledger } = world;
  const route = account.routes.byId(call.params[0] ?? '');
  if (route === null) return notYours();
  if (route.id === '0') return notAuthorized();
  if (account.usersOf(route.id) > 0) {
    const title = 'This Route has numbers still associated to it.';
    return refuse(403, 'Please disassociate all numbers before deleting.', title);
  }
  account.routes.delete(route.alias);
  ledger.changed('route', route.id, route, null);
  return done;
}

function shown(call: Call, world: World, status: number, id: string): Answer {
  const route = world.account.routes.byId(id);
  if (route === null) return notYours();
  const data = routeResource(call.origin, world, route);
  return document(status, { data, links: data['links'] });
}

/** The route that attributes ask for: a new one, or `before` with what they change. */
function readRoute(world: World, attributes: Json, before: RouteRecord | null): RouteRecord | Answer {
  const { account, switches } = world;
  const alias = attributes['alias'] ?? before?.alias;
  const type = attributes['route_type'] ?? (before ? routeType(before.type) : undefined);
  const value = attributes['value'] ?? before?.value;
  const absent = { alias, route_type: type, value };
  const gaps = Object.entries(absent).filter(([, one]) => one === undefined || one === '');
  if (gaps.length > 0) return invalidAttributes(Object.fromEntries(gaps.map(([name]) => [name, missing])));
  if (typeof alias !== 'string' || alias.length > 64)
    return invalidAttributes({ alias: ['Not a valid string.'] });
  const known = typeof type === 'string' && Object.hasOwn(types, type) ? types[type] : undefined;
  if (known === undefined) return invalidAttributes({ route_type: ['Must be host, number or uri.'] });
  const problem = problemWith(known, value);
  if (problem !== null) return invalidAttributes({ value: [problem] });
  const edge = readEdge(attributes, before);
  if (edge === undefined) return invalidAttributes({ edge_strategy_id: ['Not a valid choice.'] });
  const other = account.routes.placeOf(alias);
  if (other >= 0 && account.routes.at(other) !== null && account.routes.idAt(other) !== before?.id) {
    return refuse(
      codeOf(switches.duplicateRoute),
      'A route with this alias already exists.',
      'Duplicate route',
    );
  }
  return { id: before?.id ?? '', alias, type: known, value: String(value), edgeStrategy: edge };
}

/** The documented name is `edge_strategy_id`; some SDKs' demos send `edge_strategy` as a text. Undefined for no such place. */
function readEdge(attributes: Json, before: RouteRecord | null): number | null | undefined {
  const sent =
    attributes['edge_strategy_id'] === undefined
      ? attributes['edge_strategy']
      : attributes['edge_strategy_id'];
  if (sent === undefined) return before?.edgeStrategy ?? null;
  if (sent === null) return null;
  return edgeStrategies.find(({ id }) => String(id) === String(sent))?.id;
}

/** The first three are made up; the fourth is the documented sample. Ids are numbers here, and only here. */
const edgeStrategies = (
  [
    [1, 'US-West-WA', 'Washington', '198.51.100.0/28', 'us-west-wa'],
    [2, 'US-East-NJ', 'New Jersey', '198.51.100.16/28', 'us-east-nj'],
    [3, 'US-West-OR', 'Oregon', '198.51.100.32/28', 'us-west-or'],
    [4, 'US-East-VA', 'North Virginia', '34.226.36.32/28, 34.226.36.32-34.226.36.47', 'us-east-va'],
  ] as const
).map(([id, name, place, firewall, host]) => ({
  type: 'edge_strategy',
  id,
  attributes: {
    name,
    description: `Data will be sent preferentially from our edge systems in ${place}.`,
    firewall_rules: firewall,
    naptr: `${host}.sip.flowroute.com`,
  },
}));

/** `GET /v2/routes/edge_strategies`: all of them, without pages. */
export const listEdgeStrategies = (): Answer => document(200, { data: edgeStrategies });
