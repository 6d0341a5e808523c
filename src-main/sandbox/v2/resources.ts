/** How v2 writes what a number relates to: a route, an emergency address, a caller name. */
import type { CallerName } from '../caller-names.ts';
import type { Address } from '../emergency.ts';
import type { RouteRecord } from '../routes.ts';
import type { World } from '../world.ts';
import type { Json } from './wire.ts';

/** A route; v2 writes v1's PSTN as `number`, and all types in lower case. */
export function routeResource(origin: string, { switches }: World, route: RouteRecord): Json {
  return {
    type: 'route',
    id: route.id,
    attributes: {
      alias: route.alias,
      route_type: routeType(route.type),
      value: route.value,
      edge_strategy_id: route.edgeStrategy,
    },
    links: { self: `${origin}${switches.oddLinks ? '' : '/v2'}/routes/${route.id}` },
  };
}

export const routeType = (type: string): string => (type === 'PSTN' ? 'number' : type.toLowerCase());

export function addressResource(origin: string, id: string, address: Address): Json {
  return { type: 'e911', id, attributes: address, links: { self: `${origin}/v2/e911s/${id}` } };
}

export function nameResource(origin: string, { account }: World, id: string, record: CallerName): Json {
  const state = account.callerNames.stateOf(record, account.now());
  return {
    type: 'cnam',
    id,
    attributes: {
      value: record.value,
      is_approved: state === 'approved',
      rejection_reason: state === 'rejected' ? 'The name is generic or misleading.' : null,
      creation_datetime: `${new Date(record.createdAt).toISOString().slice(0, -1).replace('T', ' ')}000+00:00`,
      approval_datetime: null,
    },
    links: { self: `${origin}/v2/cnams/${id}` },
  };
}
