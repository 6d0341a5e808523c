import type { Route } from '../contract/model.ts';

/** Stands between the name that several routes have and what tells them apart. */
const between = ' · ';

/**
 * Routes with labels that tell them apart: API v2 does not promise that nobody else has an alias. Those that share one get their value
 * behind it, "pbx · a.example.com", and their key too where that is the same. All others keep theirs.
 */
export function distinctLabels(routes: readonly Route[]): Route[] {
  const groups = Map.groupBy(routes, ({ label }) => label);
  const taken = new Set([...groups].flatMap(([label, { length }]) => (length === 1 ? [label] : [])));
  return routes.map((route) => {
    const group = groups.get(route.label) ?? [];
    if (group.length < 2) return route;
    const { key, value } = route;
    const alike = group.filter((one) => one.value === value).length > 1;
    const byValue = value === null || value === '' ? route.label : `${route.label}${between}${value}`;
    const label =
      alike || byValue === route.label || taken.has(byValue) ? `${byValue}${between}${key}` : byValue;
    return { ...route, label };
  });
}

/** The name that a route has at the carrier, without what `distinctLabels` may have put behind it. */
export function plainLabel({ label, key, value }: Route): string {
  const without = (text: string, more: string | null) =>
    more !== null && more !== '' && text.endsWith(between + more)
      ? text.slice(0, -(between + more).length)
      : text;
  return without(without(label, key), value);
}
