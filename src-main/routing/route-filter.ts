import type { AskedDigits, ListClause } from '../contract/list-query.ts';
import { nearNames } from '../contract/near-names.ts';
import { foldName } from '../contract/route-names.ts';
import type { RouteState, RouteUsed } from '../contract/route-query.ts';
import type { RouteView } from '../contract/routing.ts';

/** `single` is known of routes that are used once on each side. */
export type FilteredRoute = RouteView & { readonly single?: boolean };

const used: Readonly<Record<RouteUsed, (route: FilteredRoute) => boolean>> = {
  primary: ({ primaryCount }) => primaryCount > 0,
  failover: ({ failoverCount }) => failoverCount > 0,
  // As primary, failover or both of the same number.
  once: ({ primaryCount, failoverCount, single }) => primaryCount + failoverCount === 1 || single === true,
  none: ({ primaryCount, failoverCount }) => primaryCount + failoverCount === 0,
};
const states: Readonly<Record<RouteState, (route: FilteredRoute) => boolean>> = {
  listed: ({ listed }) => listed,
  missing: ({ listed }) => !listed,
  refused: ({ problem }) => problem !== null,
};

/** The routes that fulfil all clauses of a query, in their order. */
export function filterRoutes(
  routes: readonly FilteredRoute[],
  clauses: readonly ListClause[],
): readonly FilteredRoute[] {
  return clauses.reduce((left, clause) => {
    const found = new Set(matching(left, clause));
    return left.filter((route) => found.has(route) !== clause.negated);
  }, routes);
}

function matching(routes: readonly FilteredRoute[], clause: ListClause): readonly FilteredRoute[] {
  switch (clause.asks) {
    case 'choice':
      return routes.filter((route) => clause.codes.some((code) => isOf(route, clause.key, code)));
    case 'text':
      return routes.filter(({ value }) =>
        clause.texts.some((text) => foldName(value ?? '').includes(text) || hasDigits(value, { has: text })),
      );
    case 'word':
      return withWord(routes, clause.word);
    case 'digits': {
      const { number, typed } = clause;
      return routes.filter(
        (route) =>
          textsOf(route).some((text) => text.includes(typed)) || (number && hasDigits(route.value, number)),
      );
    }
    default:
      return [];
  }
}

function isOf(route: FilteredRoute, key: string, code: string): boolean {
  if (key === 'type') return route.type.toLowerCase() === code;
  return key === 'used' ? used[code as RouteUsed](route) : states[code as RouteState](route);
}

function textsOf({ label, type, value }: FilteredRoute): readonly string[] {
  return [label, type, value ?? ''].map(foldName);
}

/** What has the word somewhere, and names that have its letters in their order. */
function withWord(routes: readonly FilteredRoute[], word: string): readonly FilteredRoute[] {
  const near = nearNames(
    word,
    routes.map(({ label }) => label),
  );
  const alike = new Set(near.map((at) => routes[at]));
  return routes.filter((route) => alike.has(route) || textsOf(route).some((text) => text.includes(word)));
}

/** Digits of an address, whatever stands between them. */
function hasDigits(value: string | null, asked: AskedDigits): boolean {
  const digits = (value ?? '').replace(/\D/g, '');
  if ('begins' in asked) return asked.begins.some((begun) => digits.startsWith(begun));
  return /^\d{3,}$/.test(asked.has) && digits.includes(asked.has);
}
