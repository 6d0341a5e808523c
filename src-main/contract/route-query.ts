/** The query language of the list of routes. */
import type { ListLanguage } from './list-query.ts';
import { builtinType } from './model.ts';

/** Types of routes, lower case as they are asked for; a carrier may have others, which are found by their words. */
const types = {
  host: 'HOST',
  pstn: 'PSTN',
  uri: 'URI',
  [builtinType.toLowerCase()]: builtinType,
};
const uses = {
  primary: 'As primary',
  failover: 'As failover',
  once: 'By one number only',
  none: 'Not used',
};
const states = {
  listed: 'Listed by the carrier',
  missing: 'Not listed by the carrier',
  refused: 'Would be refused today',
};
export type RouteUsed = keyof typeof uses;
export type RouteState = keyof typeof states;

/** Words are looked for in the name, as fields for a route do, in the type and the address. */
export const routeQuery = {
  type: { title: 'Type', asks: 'choice', words: types },
  address: { title: 'Address', asks: 'text' },
  used: { title: 'Used', asks: 'choice', words: uses },
  state: { title: 'State', asks: 'choice', words: states },
} as const satisfies ListLanguage;
